package dhcp4

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/lease"
	"nestor/lib/pkt4"
	"nestor/lib/stats"
)

// counters are the statistics of the server as pointers (ARM 8.8). Those of
// subnets and pools outlive a configuration.
type counters struct {
	registry *stats.Registry

	received, sent, parseFailed, receiveDrop *stats.Int
	byType                                   [256]*stats.Int // received
	offerSent, ackSent, nakSent              *stats.Int

	cumulativeAssigned, declined, reclaimed, reclaimedDeclined *stats.Int
	allocFail, allocFailNetwork, allocFailSubnet               *stats.Int
	allocFailNoPools, allocFailClasses                         *stats.Int
	leaseReuses, reservationConflicts                          *stats.Int

	mu      sync.Mutex
	subnets map[uint32]*subnetStats
	pools   map[[2]uint32]*poolStats
}

// subnetStats are the statistics of one subnet.
type subnetStats struct {
	total, assigned, cumulativeAssigned, declined, reclaimed, reclaimedDeclined *stats.Int
	allocFail, allocFailNetwork, allocFailSubnet                                *stats.Int
	allocFailNoPools, allocFailClasses                                          *stats.Int
	leaseReuses, reservationConflicts                                           *stats.Int
}

// poolStats are the statistics of the pools of a subnet that share a pool id.
type poolStats struct {
	total, assigned, cumulativeAssigned, declined, reclaimed, reclaimedDeclined *stats.Int
}

func newCounters(r *stats.Registry) *counters {
	c := &counters{registry: r, subnets: map[uint32]*subnetStats{}, pools: map[[2]uint32]*poolStats{}}
	for name, p := range map[string]**stats.Int{
		"pkt4-received": &c.received, "pkt4-sent": &c.sent,
		"pkt4-parse-failed": &c.parseFailed, "pkt4-receive-drop": &c.receiveDrop,
		"pkt4-offer-sent": &c.offerSent, "pkt4-ack-sent": &c.ackSent, "pkt4-nak-sent": &c.nakSent,
		"cumulative-assigned-addresses": &c.cumulativeAssigned,
		"reclaimed-leases":              &c.reclaimed, "reclaimed-declined-addresses": &c.reclaimedDeclined,
		"v4-allocation-fail":                &c.allocFail,
		"v4-allocation-fail-shared-network": &c.allocFailNetwork,
		"v4-allocation-fail-subnet":         &c.allocFailSubnet,
		"v4-allocation-fail-no-pools":       &c.allocFailNoPools,
		"v4-allocation-fail-classes":        &c.allocFailClasses,
		"v4-lease-reuses":                   &c.leaseReuses,
		"v4-reservation-conflicts":          &c.reservationConflicts,
	} {
		*p = r.Int(name)
	}
	c.declined = r.Lazy("declined-addresses") // recount gives its first value
	unknown := r.Int("pkt4-unknown-received")
	for i := range c.byType {
		c.byType[i] = unknown
	}
	for typ, name := range map[int]string{
		pkt4.Discover: "discover", pkt4.Offer: "offer", pkt4.Request: "request", pkt4.Decline: "decline",
		pkt4.Ack: "ack", pkt4.Nak: "nak", pkt4.Release: "release", pkt4.Inform: "inform",
	} {
		c.byType[typ] = r.Int("pkt4-" + name + "-received")
	}
	return c
}

func (c *counters) receivedOf(typ byte) *stats.Int { return c.byType[typ] }

// countSent counts an answer that was sent.
func (c *counters) countSent(typ byte, now time.Time) {
	c.sent.Add(1, now)
	switch typ {
	case pkt4.Offer:
		c.offerSent.Add(1, now)
	case pkt4.Ack:
		c.ackSent.Add(1, now)
	case pkt4.Nak:
		c.nakSent.Add(1, now)
	}
}

// subnet returns the statistics of a subnet. Those of failed allocations come
// into being at the first failure.
func (c *counters) subnet(id uint32) *subnetStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.subnets[id]
	if s != nil {
		return s
	}
	r := c.registry
	name := func(n string) string { return fmt.Sprintf("subnet[%d].%s", id, n) }
	s = &subnetStats{
		total: r.Int(name("total-addresses")), assigned: r.Int(name("assigned-addresses")),
		cumulativeAssigned: r.Int(name("cumulative-assigned-addresses")),
		declined:           r.Int(name("declined-addresses")), reclaimed: r.Int(name("reclaimed-leases")),
		reclaimedDeclined:    r.Int(name("reclaimed-declined-addresses")),
		allocFail:            r.Lazy(name("v4-allocation-fail")),
		allocFailNetwork:     r.Lazy(name("v4-allocation-fail-shared-network")),
		allocFailSubnet:      r.Lazy(name("v4-allocation-fail-subnet")),
		allocFailNoPools:     r.Lazy(name("v4-allocation-fail-no-pools")),
		allocFailClasses:     r.Lazy(name("v4-allocation-fail-classes")),
		leaseReuses:          r.Int(name("v4-lease-reuses")),
		reservationConflicts: r.Int(name("v4-reservation-conflicts")),
	}
	c.subnets[id] = s
	return s
}

func (c *counters) pool(subnetID, poolID uint32) *poolStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := [2]uint32{subnetID, poolID}
	p := c.pools[key]
	if p != nil {
		return p
	}
	r := c.registry
	name := func(n string) string { return fmt.Sprintf("subnet[%d].pool[%d].%s", subnetID, poolID, n) }
	p = &poolStats{
		total: r.Int(name("total-addresses")), assigned: r.Int(name("assigned-addresses")),
		cumulativeAssigned: r.Int(name("cumulative-assigned-addresses")),
		declined:           r.Int(name("declined-addresses")), reclaimed: r.Int(name("reclaimed-leases")),
		reclaimedDeclined: r.Int(name("reclaimed-declined-addresses")),
	}
	c.pools[key] = p
	return p
}

// recount begins the statistics of subnets and pools anew after a configuration:
// totals from the pools, assigned and declined from the lease store, the others
// with 0. Only the failed allocations go on. Statistics of subnets that are gone go
// too. Global ones of leases come back where they were removed.
func (c *counters) recount(s *snapshot, leases lease.Manager4, now time.Time) {
	var declined atomic.Int64
	all := slices.Collect(maps.Values(s.byID))
	part := max(1, (len(all)+runtime.NumCPU()-1)/runtime.NumCPU())
	var counting sync.WaitGroup // packets wait for all of it
	for some := range slices.Chunk(all, part) {
		counting.Go(func() {
			for _, sub := range some {
				declined.Add(sub.recount(leases, now))
			}
		})
	}
	counting.Wait()
	c.declined.Set(declined.Load(), now)
	for _, name := range []string{"cumulative-assigned-addresses", "reclaimed-leases", "reclaimed-declined-addresses"} {
		c.registry.Int(name)
	}
	c.dropUnused(s)
}

// recount returns how many addresses of the subnet are declined.
func (s *subnet4) recount(leases lease.Manager4, now time.Time) (declined int64) {
	n := leases.Counts4(s.ID)
	s.stats.begin(int64(s.capacity), n, now)
	s.eachPoolID(func(p *poolStats, poolID uint32, total int64) {
		p.begin(total, leases.PoolCounts4(s.ID, poolID), now)
	})
	return n.Declined
}

func (s *subnetStats) begin(total int64, n lease.Counts, now time.Time) {
	s.total.Begin(total, now)
	s.assigned.Begin(n.Assigned(), now)
	s.cumulativeAssigned.Begin(n.Assigned(), now)
	s.declined.Begin(n.Declined, now)
	for _, i := range []*stats.Int{s.reclaimed, s.reclaimedDeclined, s.leaseReuses, s.reservationConflicts} {
		i.Begin(0, now)
	}
}

func (p *poolStats) begin(total int64, n lease.Counts, now time.Time) {
	p.total.Begin(total, now)
	p.assigned.Begin(n.Assigned(), now)
	p.cumulativeAssigned.Begin(n.Assigned(), now)
	p.declined.Begin(n.Declined, now)
	p.reclaimed.Begin(0, now)
	p.reclaimedDeclined.Begin(0, now)
}

// eachPoolID gives the statistics of the subnet's pools and the number of their
// addresses. Pools of one id have them in common.
func (s *subnet4) eachPoolID(fn func(p *poolStats, poolID uint32, total int64)) {
	for i, first := range s.pools {
		same := func(p pool4) bool { return p.id == first.id }
		if slices.ContainsFunc(s.pools[:i], same) {
			continue
		}
		total := int64(0)
		for _, p := range s.pools[i:] {
			if same(p) {
				total += int64(p.last) - int64(p.first) + 1
			}
		}
		fn(first.stats, first.id, total)
	}
}

// dropUnused forgets the statistics of subnets and pools that the snapshot does
// not have. It has none that are not known here, so where it has as many there is
// nothing to forget.
func (c *counters) dropUnused(s *snapshot) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.subnets) > len(s.byID) {
		for id := range c.subnets {
			if s.byID[id] == nil {
				delete(c.subnets, id)
				c.registry.Drop(fmt.Sprintf("subnet[%d].", id))
			}
		}
	}
	used := 0
	for _, sub := range s.byID {
		sub.eachPoolID(func(*poolStats, uint32, int64) { used++ })
	}
	if len(c.pools) == used {
		return
	}
	pools := make(map[[2]uint32]bool, used)
	for id, sub := range s.byID {
		sub.eachPoolID(func(_ *poolStats, poolID uint32, _ int64) { pools[[2]uint32{id, poolID}] = true })
	}
	for key := range c.pools {
		if !pools[key] {
			delete(c.pools, key)
			c.registry.Drop(fmt.Sprintf("subnet[%d].pool[%d].", key[0], key[1]))
		}
	}
}

// leaseStats finds the statistics that a stored lease counts in; either may be
// nil when subnet or pool is not configured any more.
func leaseStats(s *snapshot, l *lease.Lease4) (*subnetStats, *poolStats) {
	sub := s.byID[l.SubnetID]
	if sub == nil {
		return nil, nil
	}
	p := sub.poolOf(l.Addr)
	if p == nil {
		return sub.stats, nil
	}
	return sub.stats, p.stats
}

// tally collects what a transaction does to the statistics of leases. It is
// applied after the commit, so that a failed one counts nothing.
type tally []change

type change struct {
	stat  *stats.Int
	delta int64
}

func (t *tally) add(s *stats.Int, delta int64) { *t = append(*t, change{s, delta}) }

// apply counts and empties the tally.
func (t *tally) apply(now time.Time) {
	for _, c := range *t {
		c.stat.Add(c.delta, now)
	}
	*t = (*t)[:0]
}

// released counts that a lease is given back by its client.
func (t *tally) released(s *snapshot, l *lease.Lease4) {
	sub, pool := leaseStats(s, l)
	if sub != nil {
		t.add(sub.assigned, -1)
	}
	if pool != nil {
		t.add(pool.assigned, -1)
	}
}

// reused counts that a lease that ran out goes to a new client, or back to its
// own. Released and reclaimed ones have been counted before.
func (t *tally) reused(c *counters, s *snapshot, l *lease.Lease4) {
	if l.State != lease.StateReclaimed && l.State != lease.StateReleased {
		t.reclaimed(c, s, l)
	}
}

// reclaimed counts one lease that the server takes back.
func (t *tally) reclaimed(c *counters, s *snapshot, l *lease.Lease4) {
	sub, pool := leaseStats(s, l)
	t.add(c.reclaimed, 1)
	if sub != nil {
		t.add(sub.reclaimed, 1)
	}
	if pool != nil {
		t.add(pool.reclaimed, 1)
	}
	if l.State != lease.StateReleased {
		t.released(s, l)
	}
	if l.State == lease.StateDeclined {
		t.recovered(c, sub, pool)
	}
}

// recovered counts the end of a declined address's probation.
func (t *tally) recovered(c *counters, sub *subnetStats, pool *poolStats) {
	t.add(c.declined, -1)
	t.add(c.reclaimedDeclined, 1)
	if sub != nil {
		t.add(sub.declined, -1)
		t.add(sub.reclaimedDeclined, 1)
	}
	if pool != nil {
		t.add(pool.declined, -1)
		t.add(pool.reclaimedDeclined, 1)
	}
}

// declined counts an address that its client found in use.
func (t *tally) declined(c *counters, s *snapshot, l *lease.Lease4) {
	sub, pool := leaseStats(s, l)
	t.add(c.declined, 1)
	if sub != nil {
		t.add(sub.declined, 1)
	}
	if pool != nil {
		t.add(pool.declined, 1)
	}
}

// assigned counts a lease that is given out.
func (t *tally) assigned(c *counters, sub *subnetStats, pool *pool4) {
	t.add(c.cumulativeAssigned, 1)
	t.add(sub.assigned, 1)
	t.add(sub.cumulativeAssigned, 1)
	if pool != nil {
		t.add(pool.stats.assigned, 1)
		t.add(pool.stats.cumulativeAssigned, 1)
	}
}
