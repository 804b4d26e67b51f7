package torture_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"nestor/lib/lease"
)

// A promise is a lease that a client was told it has and did not give up.
type promise struct {
	holder *binding
	addr   netip.Prefix
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

// versions are all that the lease may be by now.
func (p *promise) versions() []grant { return append([]grant{p.given}, p.later...) }

// lifetimes are those of the versions.
func (p *promise) lifetimes() (all []uint32) {
	for _, g := range p.versions() {
		if !slices.Contains(all, g.lifetime) {
			all = append(all, g.lifetime)
		}
	}
	return all
}

// holdsAt reports whether the lease must be valid at a time.
func (p *promise) holdsAt(at time.Time) bool {
	for _, g := range p.versions() {
		if !at.Before(g.end()) {
			return false
		}
	}
	return true
}

// is reports whether a stored lease is one of the versions, with a time at most early
// seconds before the request.
func (p *promise) is(l stored, early int64) bool {
	if l.holder != p.holder.identity || l.state != lease.StateDefault {
		return false
	}
	for _, g := range p.versions() {
		if l.lifetime == g.lifetime && l.cltt >= g.asked.Unix()-early && l.cltt <= g.seen.Unix() {
			return true
		}
	}
	return false
}

func (p *promise) String() string {
	return fmt.Sprintf("%v for %s, lifetime %d, acknowledged %v, %d unanswered requests later",
		p.addr, p.holder.identity, p.given.lifetime, p.given.seen.Format(time.StampMilli), len(p.later))
}

// ledger is what all clients were promised.
type ledger struct {
	promises map[netip.Prefix]*promise
	broken   []string
	// reorders tells that a request which was given up may wait in one server while
	// another one answers the next.
	reorders bool
	// early is how many seconds before a request its lease may begin. Over a cluster a
	// batch was once seen to be stored with the second before that of its requests; that
	// it is these requests which are stored their lifetimes tell.
	early int64
}

func (l *ledger) complain(format string, args ...any) {
	l.broken = append(l.broken, time.Now().Format(time.StampMilli)+" "+fmt.Sprintf(format, args...))
}

// of returns what is held in a binding, nil if nothing.
func (l *ledger) of(b *binding) *promise {
	if p := l.promises[b.held]; p != nil && p.holder == b {
		return p
	}
	return nil
}

// acknowledge enters a lease that a client was told it has.
func (l *ledger) acknowledge(b *binding, addr netip.Prefix, g grant) {
	if p := l.promises[addr]; p != nil && p.holder != b && p.holdsAt(g.seen) {
		l.complain("given to two clients: %s gets %v", b.identity, p)
	}
	if p := l.of(b); p != nil && p.addr != addr {
		if p.holdsAt(g.seen) {
			l.complain("lost: a client gets %v and had %v", addr, p)
		}
		delete(l.promises, p.addr)
	}
	next := &promise{holder: b, addr: addr, given: g}
	if p := l.of(b); l.reorders && p != nil && p.addr == addr {
		next.later = p.later
	}
	l.promises[addr] = next
	b.held = addr
}

// refused enters that the server denies a client its lease.
func (l *ledger) refused(b *binding, at time.Time) {
	if p := l.of(b); p != nil && p.holdsAt(at) {
		l.complain("lost, a request is refused: %v", p)
	}
	l.forget(b)
}

// forget takes out what a client gives up.
func (l *ledger) forget(b *binding) {
	if p := l.of(b); p != nil {
		delete(l.promises, p.addr)
	}
	b.held = netip.Prefix{}
}

// check compares what is stored with what was promised.
func (p *population) check(t *testing.T, found map[netip.Prefix]stored) {
	t.Helper()
	now := time.Now().Add(time.Second) // what ends now may be reclaimed or not
	for addr, want := range p.ledger.promises {
		if !want.holdsAt(now) {
			continue
		}
		p.checked++
		if got, ok := found[addr]; !ok {
			t.Errorf("lost, not in the lease files: %v", want)
		} else if !want.is(got, p.ledger.early) {
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
