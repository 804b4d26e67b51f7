package perf

import (
	"math/rand/v2"
	"time"
)

// Clients of an avalanche wait a second before they send again, and each time
// twice as long, up to the 64 seconds of RFC 2131 section 4.1.
const (
	firstBackoff = time.Second
	mostDoubling = 6
)

// rescanSize is how many records each turn of the loop looks at for something to
// send again.
const rescanSize = 4096

// backoff returns the wait before retransmission n, spread by a tenth so that
// clients that started together drift apart.
func backoff(n uint8, rng *rand.Rand) time.Duration {
	d := firstBackoff << min(n, mostDoubling)
	return d - d/20 + time.Duration(rng.Int64N(int64(d/10)))
}

// resend sends what the clients of an avalanche have waited for too long.
func (e *engine[B]) resend(now int64) {
	if e.o.Scenario != Avalanche || e.phase != running {
		return
	}
	for range min(rescanSize, len(e.table.records)) {
		i := int32(e.rescan & e.table.mask)
		e.rescan++
		x := &e.table.records[i]
		if x.stage == idle || now < x.due {
			continue
		}
		if x.resent < 255 {
			x.resent++
		}
		x.due = now + int64(backoff(x.resent, e.rng))
		e.tally.stages[x.stage].resent++
		e.queueStage(i)
	}
}
