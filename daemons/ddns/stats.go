package ddns

import (
	"time"

	"nestor/lib/stats"
)

// counters are the statistics of the daemon (ARM 13.4).
type counters struct {
	received, invalid, receiveError, queueFull *stats.Int
	signed, unsigned                           *stats.Int
	keyCounters
}

// keyCounters are those that there are in all and of each TSIG key.
type keyCounters struct{ sent, success, timeout, failure *stats.Int }

// of is the counter of an answer, or of what came in place of one.
func (c *keyCounters) of(err error) *stats.Int {
	switch err.(type) {
	case nil:
		return c.success
	case timeoutError:
		return c.timeout
	}
	return c.failure
}

func newCounters(r *stats.Registry) *counters {
	return &counters{
		received: r.Int("ncr-received"), invalid: r.Int("ncr-invalid"), receiveError: r.Int("ncr-error"),
		queueFull: r.Int("queue-mgr-queue-full"),
		signed:    r.Int("update-signed"), unsigned: r.Int("update-unsigned"),
		keyCounters: newKeyCounters(r, ""),
	}
}

func newKeyCounters(r *stats.Registry, prefix string) keyCounters {
	return keyCounters{
		sent: r.Int(prefix + "update-sent"), success: r.Int(prefix + "update-success"),
		timeout: r.Int(prefix + "update-timeout"), failure: r.Int(prefix + "update-error"),
	}
}

// begin sets the statistics of a key to 0, as those of a new one.
func (c *keyCounters) begin(now time.Time) {
	for _, i := range []*stats.Int{c.sent, c.success, c.timeout, c.failure} {
		i.Begin(0, now)
	}
}

// keyPrefix is what the names of a key's statistics begin with.
func keyPrefix(name string) string { return "key[" + name + "]." }
