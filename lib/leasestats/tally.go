package leasestats

import (
	"time"

	"nestor/lib/lease"
	"nestor/lib/stats"
)

// Tally collects what a transaction does to the statistics of leases. It is
// applied after the commit, so that a failed one counts nothing.
type Tally []change

type change struct {
	stat  *stats.Int
	delta int64
}

// Place is where a lease counts: in no subnet and no pool where these are not
// configured any more.
type Place struct {
	Kind   Kind
	subnet *Subnet
	pool   *Pool
}

var (
	noSubnet Subnet
	noPool   Pool
)

// PlaceOf is a place in a subnet and a pool, either of which may be nil.
func PlaceOf(k Kind, s *Subnet, p *Pool) Place {
	if s == nil {
		s = &noSubnet
	}
	if p == nil {
		p = &noPool
	}
	return Place{k, s, p}
}

// add counts in one statistic, if there is it.
func (t *Tally) add(s *stats.Int, delta int64) {
	if s != nil {
		*t = append(*t, change{s, delta})
	}
}

// Apply counts and empties the tally.
func (t *Tally) Apply(now time.Time) {
	for _, c := range *t {
		c.stat.Add(c.delta, now)
	}
	t.Reset()
}

// Reset empties the tally.
func (t *Tally) Reset() { *t = (*t)[:0] }

// Assigned counts a lease that is given out.
func (t *Tally) Assigned(c *Counters, at Place) {
	n := &at.subnet.numbers[at.Kind]
	t.add(c.cumulative[at.Kind], 1)
	t.add(n.assigned, 1)
	t.add(n.cumulative, 1)
	t.add(at.pool.assigned, 1)
	t.add(at.pool.cumulative, 1)
}

// Released counts that a lease is given back by its client.
func (t *Tally) Released(at Place) {
	t.add(at.subnet.numbers[at.Kind].assigned, -1)
	t.add(at.pool.assigned, -1)
}

// Reused counts that a lease of a state that ran out goes to a new client, or back to
// its own. Released and reclaimed ones have been counted before.
func (t *Tally) Reused(c *Counters, at Place, s lease.State) {
	if s != lease.StateReclaimed && s != lease.StateReleased {
		t.Reclaimed(c, at, s)
	}
}

// Reclaimed counts one lease of a state that the server takes back.
func (t *Tally) Reclaimed(c *Counters, at Place, s lease.State) {
	t.add(c.reclaimed, 1)
	t.add(at.subnet.reclaimed, 1)
	t.add(at.pool.reclaimed, 1)
	switch s {
	case lease.StateReleased:
	case lease.StateRegistered:
		t.add(at.subnet.registered, -1)
	case lease.StateDeclined:
		t.recovered(c, at)
		t.Released(at)
	default:
		t.Released(at)
	}
}

// recovered counts the end of a declined address's probation.
func (t *Tally) recovered(c *Counters, at Place) {
	t.add(c.declined, -1)
	t.add(c.reclaimedDeclined, 1)
	t.add(at.subnet.declined, -1)
	t.add(at.subnet.reclaimedDeclined, 1)
	t.add(at.pool.declined, -1)
	t.add(at.pool.reclaimedDeclined, 1)
}

// Declined counts an address that its client found in use.
func (t *Tally) Declined(c *Counters, at Place) {
	t.add(c.declined, 1)
	t.add(at.subnet.declined, 1)
	t.add(at.pool.declined, 1)
}

// Registered counts an address that a client made itself.
func (t *Tally) Registered(c *Counters, s *Subnet) {
	t.add(c.cumulativeRegistered, 1)
	t.add(s.registered, 1)
	t.add(s.cumulativeRegistered, 1)
}

// A Failure is an allocation that failed: whether in a shared network, and whether
// there was no pool at all that the client may use.
type Failure struct{ Network, NoPools bool }

// Failed counts a failure at the subnet that was tried last.
func (t *Tally) Failed(c *Counters, s *Subnet, f Failure) {
	for _, of := range [...]*failures{&c.failures, &s.failures} {
		where, why := of.subnet, of.all
		if f.Network {
			where = of.network
		}
		if f.NoPools {
			why = of.noPools
		}
		t.add(where, 1)
		t.add(why, 1)
		t.add(of.classes, 1)
	}
}

// Cached counts a lease that is answered from the lease cache.
func (t *Tally) Cached(c *Counters, s *Subnet, k Kind) {
	t.add(c.reuses[k], 1)
	t.add(s.reuses[k], 1)
}

// Conflict counts a reserved address that another client has.
func (t *Tally) Conflict(c *Counters, s *Subnet) {
	t.add(c.conflicts, 1)
	t.add(s.conflicts, 1)
}
