package leasestats

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/lease"
	"nestor/lib/stats"
)

// A Configured is a subnet of a configuration.
type Configured interface {
	// Stats are its statistics, under its id.
	Stats() (s *Subnet, id uint32)
	// EachPoolID calls fn for each id that pools of it have, by kind, with their
	// statistics and the number of their addresses or prefixes.
	EachPoolID(fn func(p *Pool, total int64))
	// Total is the number of addresses or prefixes in its pools.
	Total(k Kind) int64
}

// Census counts stored leases by state.
type Census interface {
	Counts(subnetID uint32, k Kind) lease.Counts
	PoolCounts(subnetID uint32, k Kind, poolID uint32) lease.Counts
}

// Recount begins the statistics of subnets and pools anew after a configuration:
// totals from the pools, assigned and declined from the lease store, the others
// with 0. Only the failed allocations go on. Statistics of subnets that are gone go
// too. Global ones of leases come back where they were removed.
func Recount[S Configured](c *Counters, subnets []S, leases Census, now time.Time) {
	var declined atomic.Int64
	part := max(1, (len(subnets)+runtime.NumCPU()-1)/runtime.NumCPU())
	var counting sync.WaitGroup // packets wait for all of it
	for some := range slices.Chunk(subnets, part) {
		counting.Go(func() {
			for _, s := range some {
				declined.Add(c.recount(s, leases, now))
			}
		})
	}
	counting.Wait()
	c.declined.Set(declined.Load(), now)
	for _, i := range append(c.cumulative[:], c.reclaimed, c.reclaimedDeclined) {
		if i != nil {
			c.Registry.Int(i.Name())
		}
	}
	DropUnused(c, subnets)
}

// recount returns how many addresses of the subnet are declined.
func (c *Counters) recount(subnet Configured, leases Census, now time.Time) (declined int64) {
	s, id := subnet.Stats()
	for k := range kinds {
		if s.numbers[k].total == nil {
			continue
		}
		n := leases.Counts(id, k)
		s.numbers[k].begin(subnet.Total(k), n, now)
		declined += n.Declined
		if k == Address && n.Registered > 0 && s.registered != nil {
			s.registered.Begin(n.Registered, now)
			s.cumulativeRegistered.Begin(n.Registered, now)
		}
	}
	s.declined.Begin(declined, now)
	begin0(now, s.reclaimed, s.reclaimedDeclined, s.conflicts)
	begin0(now, s.reuses[:]...)
	subnet.EachPoolID(func(p *Pool, total int64) {
		n := leases.PoolCounts(id, p.key.kind, p.key.id)
		p.begin(total, n, now)
		begin0(now, p.reclaimed, p.reclaimedDeclined)
		if p.declined != nil {
			p.declined.Begin(n.Declined, now)
		}
	})
	return declined
}

// begin0 begins with 0 what there is.
func begin0(now time.Time, all ...*stats.Int) {
	for _, i := range all {
		if i != nil {
			i.Begin(0, now)
		}
	}
}

func (a *numbers) begin(total int64, n lease.Counts, now time.Time) {
	a.total.Begin(total, now)
	a.assigned.Begin(n.Assigned(), now)
	a.cumulative.Begin(n.Assigned(), now)
}

// DropUnused forgets the statistics of subnets and pools that a configuration does
// not have. It has none that are not known here, so where it has as many there is
// nothing to forget.
func DropUnused[S Configured](c *Counters, subnets []S) {
	c.mu.Lock()
	defer c.mu.Unlock()
	usedPools := 0
	for _, s := range subnets {
		s.EachPoolID(func(*Pool, int64) { usedPools++ })
	}
	if len(c.subnets) == len(subnets) && len(c.pools) == usedPools {
		return
	}
	ids, pools := make(map[uint32]bool, len(subnets)), make(map[*Pool]bool, usedPools)
	for _, s := range subnets {
		_, id := s.Stats()
		ids[id] = true
		s.EachPoolID(func(p *Pool, _ int64) { pools[p] = true })
	}
	for id := range c.subnets {
		if !ids[id] {
			delete(c.subnets, id)
			c.Registry.Drop(subnetScope(id))
		}
	}
	for key, p := range c.pools {
		if !pools[p] {
			delete(c.pools, key)
			c.Registry.Drop(key.scope())
		}
	}
}
