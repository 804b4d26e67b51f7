package perf

import "math/rand/v2"

// leasePoolSize is how many leases are remembered for renewing and releasing;
// further ones are simply left to the server.
const leasePoolSize = 1 << 17

// A held lease is one that a simulated client got and did not give back.
type held[B any] struct {
	client  uint32
	server  uint32
	relay   int
	binding B
}

// A leasePool remembers leases for -f and -F.
type leasePool[B any] struct {
	leases []held[B]
	holds  map[uint32]bool // clients with a lease in the pool or being renewed
	rng    *rand.Rand
}

func newLeasePool[B any](rng *rand.Rand) *leasePool[B] {
	return &leasePool[B]{leases: make([]held[B], 0, leasePoolSize), holds: make(map[uint32]bool, leasePoolSize), rng: rng}
}

// add remembers a lease, unless the client's lease is known or the pool is full.
func (p *leasePool[B]) add(l held[B]) {
	if p.holds[l.client] || len(p.leases) == cap(p.leases) {
		return
	}
	p.holds[l.client] = true
	p.leases = append(p.leases, l)
}

// take removes one lease at random. The client still counts as holding it,
// until giveBack or forget.
func (p *leasePool[B]) take() (held[B], bool) {
	n := len(p.leases)
	if n == 0 {
		return held[B]{}, false
	}
	i := p.rng.IntN(n)
	l := p.leases[i]
	p.leases[i] = p.leases[n-1]
	p.leases = p.leases[:n-1]
	return l, true
}

// giveBack returns a lease that take removed: it was renewed.
func (p *leasePool[B]) giveBack(l held[B]) {
	delete(p.holds, l.client)
	p.add(l)
}

// forget drops a lease that take removed: it was released or lost.
func (p *leasePool[B]) forget(l held[B]) { delete(p.holds, l.client) }
