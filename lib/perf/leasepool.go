package perf

import "math/rand/v2"

// leasePoolSize is how many leases are remembered for renewing and releasing;
// further ones are simply left to the server.
const leasePoolSize = 1 << 17

// A held lease is one that a simulated client got and did not give back.
type held struct {
	client, address, serverID, relay uint32
}

// A leasePool remembers leases for -f and -F.
type leasePool struct {
	leases []held
	holds  map[uint32]bool // clients with a lease in the pool or being renewed
	rng    *rand.Rand
}

func newLeasePool(rng *rand.Rand) *leasePool {
	return &leasePool{leases: make([]held, 0, leasePoolSize), holds: make(map[uint32]bool, leasePoolSize), rng: rng}
}

// add remembers a lease, unless the client's lease is known or the pool is full.
func (p *leasePool) add(l held) {
	if p.holds[l.client] || len(p.leases) == cap(p.leases) {
		return
	}
	p.holds[l.client] = true
	p.leases = append(p.leases, l)
}

// take removes one lease at random. The client still counts as holding it,
// until giveBack or forget.
func (p *leasePool) take() (held, bool) {
	n := len(p.leases)
	if n == 0 {
		return held{}, false
	}
	i := p.rng.IntN(n)
	l := p.leases[i]
	p.leases[i] = p.leases[n-1]
	p.leases = p.leases[:n-1]
	return l, true
}

// giveBack returns a lease that take removed: it was renewed.
func (p *leasePool) giveBack(l held) {
	delete(p.holds, l.client)
	p.add(l)
}

// forget drops a lease that take removed: it was released or lost.
func (p *leasePool) forget(l held) { delete(p.holds, l.client) }
