package torture_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"nestor/lib/lease"
)

// A promise is a lease that a client was told it has and did not give up.
type promise struct {
	holder *client
	addr   uint32
	given  grant
	// later are requests for the lease that were not answered: the server may
	// have granted them.
	later []grant
}

// grant is one version of a lease.
type grant struct {
	lifetime uint32
	// The server granted it between these.
	asked, seen time.Time
}

// end is the earliest time at which the lease may be over. The server reckons in
// whole seconds.
func (g grant) end() time.Time {
	return time.Unix(g.asked.Unix()+int64(g.lifetime), 0)
}

// holdsAt reports whether the lease must be valid at a time.
func (p *promise) holdsAt(at time.Time) bool {
	if !at.Before(p.given.end()) {
		return false
	}
	for _, g := range p.later {
		if !at.Before(g.end()) {
			return false
		}
	}
	return true
}

// is reports whether a stored lease is one of the versions.
func (p *promise) is(l *lease.Lease4) bool {
	if !bytes.Equal(l.HWAddr, p.holder.mac) || !bytes.Equal(l.ClientID, p.holder.id) || l.State != lease.StateDefault {
		return false
	}
	for _, g := range append([]grant{p.given}, p.later...) {
		if l.ValidLft == g.lifetime && l.CLTT >= g.asked.Unix() && l.CLTT <= g.seen.Unix() {
			return true
		}
	}
	return false
}

func (p *promise) String() string {
	return fmt.Sprintf("%v for %v (client-id %x), lifetime %d, acknowledged %v, %d unanswered requests later",
		ipv4(p.addr), p.holder.mac, p.holder.id, p.given.lifetime, p.given.seen.Format(time.StampMilli), len(p.later))
}

// ledger is what all clients were promised, by address.
type ledger struct {
	promises map[uint32]*promise
	broken   []string
}

func (l *ledger) complain(format string, args ...any) {
	l.broken = append(l.broken, time.Now().Format(time.StampMilli)+" "+fmt.Sprintf(format, args...))
}

// of returns what a client holds, nil if nothing.
func (l *ledger) of(c *client) *promise {
	if p := l.promises[c.held]; p != nil && p.holder == c {
		return p
	}
	return nil
}

// acknowledge enters a lease that a client was told it has.
func (l *ledger) acknowledge(c *client, addr uint32, g grant) {
	if p := l.promises[addr]; p != nil && p.holder != c && p.holdsAt(g.seen) {
		l.complain("given to two clients: %v (client-id %x) gets %v", c.mac, c.id, p)
	}
	if p := l.of(c); p != nil && p.addr != addr {
		if p.holdsAt(g.seen) {
			l.complain("lost: a client gets %v and had %v", ipv4(addr), p)
		}
		delete(l.promises, p.addr)
	}
	l.promises[addr] = &promise{holder: c, addr: addr, given: g}
	c.held = addr
}

// refused enters that the server denies a client its lease.
func (l *ledger) refused(c *client, at time.Time) {
	if p := l.of(c); p != nil && p.holdsAt(at) {
		l.complain("lost, a request is refused: %v", p)
	}
	l.forget(c)
}

// forget takes out what a client gives up.
func (l *ledger) forget(c *client) {
	if p := l.of(c); p != nil {
		delete(l.promises, p.addr)
	}
	c.held = 0
}

// check compares what is stored with what was promised.
func (p *population) check(t *testing.T, stored map[uint32]lease.Lease4) {
	t.Helper()
	now := time.Now().Add(time.Second) // what ends now may be reclaimed or not
	for addr, want := range p.ledger.promises {
		if !want.holdsAt(now) {
			continue
		}
		p.checked++
		if got, ok := stored[addr]; !ok {
			t.Errorf("lost, not in the lease files: %v", want)
		} else if !want.is(&got) {
			t.Errorf("stored is %+v, acknowledged was %v", got, want)
		}
	}
}

// report fails the test if a promise was broken.
func (p *population) report(t *testing.T) {
	t.Helper()
	for _, text := range p.ledger.broken {
		t.Error(text)
	}
}

func ipv4(addr uint32) net.IP {
	return binary.BigEndian.AppendUint32(nil, addr)
}
