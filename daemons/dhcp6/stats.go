package dhcp6

import (
	"fmt"
	"maps"
	"math"
	"math/big"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"nestor/lib/lease"
	"nestor/lib/pkt6"
	"nestor/lib/stats"
)

// counters are the statistics of the server as pointers (ARM 9.13). Those of
// subnets and pools outlive a configuration.
type counters struct {
	registry *stats.Registry

	received, sent, parseFailed, receiveDrop     *stats.Int
	byType                                       [256]*stats.Int // received
	advertiseSent, replySent, dhcpv4ResponseSent *stats.Int
	addrRegReplySent                             *stats.Int
	cumulativeNAs, cumulativePDs                 *stats.Int
	declined, reclaimed, reclaimedDeclined       *stats.Int
	allocFail, allocFailNetwork, allocFailSubnet *stats.Int
	allocFailNoPools, allocFailClasses           *stats.Int
	naLeaseReuses, pdLeaseReuses                 *stats.Int
	cumulativeRegistered                         *stats.Int

	mu      sync.Mutex
	subnets map[uint32]*subnetStats
	pools   map[poolKey]*poolStats
}

// poolKey finds the statistics of pools: those of addresses and of prefixes have
// ids of their own.
type poolKey struct {
	subnetID, id uint32
	prefixes     bool
}

// scope is the name of the pool's statistics up to the last dot.
func (k poolKey) scope() string {
	kind := "pool"
	if k.prefixes {
		kind = "pd-pool"
	}
	return fmt.Sprintf("subnet[%d].%s[%d].", k.subnetID, kind, k.id)
}

// subnetStats are the statistics of one subnet.
type subnetStats struct {
	nas, pds                                     assignedStats
	declined, reclaimed, reclaimedDeclined       *stats.Int
	allocFail, allocFailNetwork, allocFailSubnet *stats.Int
	allocFailNoPools, allocFailClasses           *stats.Int
	naLeaseReuses, pdLeaseReuses                 *stats.Int
	registered, cumulativeRegistered             *stats.Int // addresses that clients made themselves
}

// assignedStats tell how many addresses or prefixes there are, and are given out.
type assignedStats struct {
	total, assigned, cumulativeAssigned *stats.Int
}

// poolStats are the statistics of the pools of one kind of a subnet that share a
// pool id.
type poolStats struct {
	assignedStats
	reclaimed                   *stats.Int
	declined, reclaimedDeclined *stats.Int // nil for prefixes, which nobody declines
}

// of returns the numbers of leases of a type.
func (s *subnetStats) of(t lease.Type6) *assignedStats {
	if t == lease.TypePD {
		return &s.pds
	}
	return &s.nas
}

func newCounters(r *stats.Registry) *counters {
	c := &counters{registry: r, subnets: map[uint32]*subnetStats{}, pools: map[poolKey]*poolStats{}}
	for name, p := range map[string]**stats.Int{
		"pkt6-received": &c.received, "pkt6-sent": &c.sent,
		"pkt6-parse-failed": &c.parseFailed, "pkt6-receive-drop": &c.receiveDrop,
		"pkt6-advertise-sent": &c.advertiseSent, "pkt6-reply-sent": &c.replySent,
		"pkt6-dhcpv4-response-sent": &c.dhcpv4ResponseSent,
		"cumulative-assigned-nas":   &c.cumulativeNAs, "cumulative-assigned-pds": &c.cumulativePDs,
		"reclaimed-leases": &c.reclaimed, "reclaimed-declined-addresses": &c.reclaimedDeclined,
		"v6-allocation-fail":                &c.allocFail,
		"v6-allocation-fail-shared-network": &c.allocFailNetwork,
		"v6-allocation-fail-subnet":         &c.allocFailSubnet,
		"v6-allocation-fail-no-pools":       &c.allocFailNoPools,
		"v6-allocation-fail-classes":        &c.allocFailClasses,
		"v6-ia-na-lease-reuses":             &c.naLeaseReuses,
		"v6-ia-pd-lease-reuses":             &c.pdLeaseReuses,
	} {
		*p = r.Int(name)
	}
	c.declined = r.Lazy("declined-addresses") // recount gives its first value
	// Those of address registration come into being when a client registers.
	c.addrRegReplySent = r.Lazy("pkt6-addr-reg-reply-sent")
	c.cumulativeRegistered = r.Lazy("cumulative-registered-nas")
	c.byType[pkt6.MsgAddrRegInform] = r.Lazy("pkt6-addr-reg-inform-received")
	unknown := r.Int("pkt6-unknown-received")
	for i := range c.byType {
		if c.byType[i] == nil {
			c.byType[i] = unknown
		}
	}
	for typ, name := range map[int]string{
		pkt6.MsgSolicit: "solicit", pkt6.MsgAdvertise: "advertise", pkt6.MsgRequest: "request", pkt6.MsgReply: "reply",
		pkt6.MsgRenew: "renew", pkt6.MsgRebind: "rebind", pkt6.MsgRelease: "release", pkt6.MsgDecline: "decline",
		pkt6.MsgInformationRequest: "infrequest",
		pkt6.MsgDHCPv4Query:        "dhcpv4-query", pkt6.MsgDHCPv4Response: "dhcpv4-response",
	} {
		c.byType[typ] = r.Int("pkt6-" + name + "-received")
	}
	return c
}

func (c *counters) receivedOf(typ byte) *stats.Int { return c.byType[typ] }

// countSent counts an answer that was sent.
func (c *counters) countSent(typ byte, now time.Time) {
	c.sent.Add(1, now)
	switch typ {
	case pkt6.MsgAdvertise:
		c.advertiseSent.Add(1, now)
	case pkt6.MsgReply:
		c.replySent.Add(1, now)
	case pkt6.MsgDHCPv4Response:
		c.dhcpv4ResponseSent.Add(1, now)
	case pkt6.MsgAddrRegReply:
		c.addrRegReplySent.Add(1, now)
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
		nas: assignedStats{
			total: r.Int(name("total-nas")), assigned: r.Int(name("assigned-nas")),
			cumulativeAssigned: r.Int(name("cumulative-assigned-nas")),
		},
		pds: assignedStats{
			total: r.Int(name("total-pds")), assigned: r.Int(name("assigned-pds")),
			cumulativeAssigned: r.Int(name("cumulative-assigned-pds")),
		},
		declined: r.Int(name("declined-addresses")), reclaimed: r.Int(name("reclaimed-leases")),
		reclaimedDeclined: r.Int(name("reclaimed-declined-addresses")),
		allocFail:         r.Lazy(name("v6-allocation-fail")),
		allocFailNetwork:  r.Lazy(name("v6-allocation-fail-shared-network")),
		allocFailSubnet:   r.Lazy(name("v6-allocation-fail-subnet")),
		allocFailNoPools:  r.Lazy(name("v6-allocation-fail-no-pools")),
		allocFailClasses:  r.Lazy(name("v6-allocation-fail-classes")),
		naLeaseReuses:     r.Int(name("v6-ia-na-lease-reuses")),
		pdLeaseReuses:     r.Int(name("v6-ia-pd-lease-reuses")),
		registered:        r.Lazy(name("registered-nas")), cumulativeRegistered: r.Lazy(name("cumulative-registered-nas")),
	}
	c.subnets[id] = s
	return s
}

// pool returns the statistics of a subnet's pools of a lease type and id.
func (c *counters) pool(subnetID uint32, t lease.Type6, poolID uint32) *poolStats {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := poolKey{subnetID, poolID, t == lease.TypePD}
	p := c.pools[key]
	if p != nil {
		return p
	}
	scope, what := key.scope(), "nas"
	if key.prefixes {
		what = "pds"
	}
	r := c.registry
	p = &poolStats{
		assignedStats: assignedStats{
			total: r.Int(scope + "total-" + what), assigned: r.Int(scope + "assigned-" + what),
			cumulativeAssigned: r.Int(scope + "cumulative-assigned-" + what),
		},
		reclaimed: r.Int(scope + "reclaimed-leases"),
	}
	if !key.prefixes {
		p.declined, p.reclaimedDeclined = r.Int(scope+"declined-addresses"), r.Int(scope+"reclaimed-declined-addresses")
	}
	c.pools[key] = p
	return p
}

// recount begins the statistics of subnets and pools anew after a configuration:
// totals from the pools, assigned and declined from the lease store, the others
// with 0. Only the failed allocations go on. Statistics of subnets that are gone go
// too. Global ones of leases come back where they were removed.
func (c *counters) recount(s *snapshot, leases lease.Manager6, now time.Time) {
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
	for _, name := range []string{
		"cumulative-assigned-nas", "cumulative-assigned-pds", "reclaimed-leases", "reclaimed-declined-addresses",
	} {
		c.registry.Int(name)
	}
	c.dropUnused(s)
}

// recount returns how many addresses of the subnet are declined.
func (s *subnet6) recount(leases lease.Manager6, now time.Time) (declined int64) {
	for _, t := range leaseTypes {
		n := leases.Counts6(s.ID, t)
		s.stats.of(t).begin(s.poolsOf(t).capacity(), n, now)
		declined += n.Declined
		if t == lease.TypeNA && n.Registered > 0 {
			s.stats.registered.Begin(n.Registered, now)
			s.stats.cumulativeRegistered.Begin(n.Registered, now)
		}
	}
	s.stats.declined.Begin(declined, now)
	for _, i := range []*stats.Int{s.stats.reclaimed, s.stats.reclaimedDeclined, s.stats.naLeaseReuses, s.stats.pdLeaseReuses} {
		i.Begin(0, now)
	}
	s.eachPoolID(func(p *poolStats, k poolKey, total *big.Int) {
		t := lease.TypeNA
		if k.prefixes {
			t = lease.TypePD
		}
		n := leases.PoolCounts6(s.ID, t, k.id)
		p.begin(total, n, now)
		p.reclaimed.Begin(0, now)
		if p.declined != nil {
			p.declined.Begin(n.Declined, now)
			p.reclaimedDeclined.Begin(0, now)
		}
	})
	return declined
}

// leaseTypes are those that the server leases.
var leaseTypes = [...]lease.Type6{lease.TypeNA, lease.TypePD}

func (a *assignedStats) begin(total *big.Int, n lease.Counts, now time.Time) {
	shown := int64(math.MaxInt64)
	if total.IsInt64() {
		shown = total.Int64()
	}
	a.total.Begin(shown, now)
	a.assigned.Begin(n.Assigned(), now)
	a.cumulativeAssigned.Begin(n.Assigned(), now)
}

// capacity is the number of addresses or prefixes in the pools.
func (s *poolSet) capacity() *big.Int {
	total := new(big.Int)
	for i := range s.pools {
		total.Add(total, s.pools[i].capacity())
	}
	return total
}

func (p *pool6) capacity() *big.Int {
	n := new(big.Int).SetBytes(p.last[:])
	n.Sub(n, new(big.Int).SetBytes(p.first[:]))
	n.Add(n, big.NewInt(1))
	return n.Rsh(n, uint(128-p.row.Len))
}

// eachPoolID gives the statistics of the subnet's pools and the number of their
// addresses or prefixes. Pools of one kind and id have them in common.
func (s *subnet6) eachPoolID(fn func(p *poolStats, k poolKey, total *big.Int)) {
	for _, t := range leaseTypes {
		pools := s.poolsOf(t).pools
		for i, first := range pools {
			same := func(p pool6) bool { return p.id == first.id }
			if slices.ContainsFunc(pools[:i], same) {
				continue
			}
			total := new(big.Int)
			for _, p := range pools[i:] {
				if same(p) {
					total.Add(total, p.capacity())
				}
			}
			fn(first.stats, poolKey{s.ID, first.id, t == lease.TypePD}, total)
		}
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
	used := make(map[poolKey]bool, len(c.pools))
	for _, sub := range s.byID {
		sub.eachPoolID(func(_ *poolStats, k poolKey, _ *big.Int) { used[k] = true })
	}
	if len(c.pools) == len(used) {
		return
	}
	for key := range c.pools {
		if !used[key] {
			delete(c.pools, key)
			c.registry.Drop(key.scope())
		}
	}
}

// leaseStats finds the statistics that a stored lease counts in; either may be
// nil when subnet or pool is not configured any more.
func leaseStats(s *snapshot, l *lease.Lease6) (*subnetStats, *poolStats) {
	sub := s.byID[l.SubnetID]
	if sub == nil {
		return nil, nil
	}
	p := sub.poolsOf(l.Type).of(l.Addr)
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
func (t *tally) released(s *snapshot, l *lease.Lease6) {
	sub, pool := leaseStats(s, l)
	if sub != nil {
		t.add(sub.of(l.Type).assigned, -1)
	}
	if pool != nil {
		t.add(pool.assigned, -1)
	}
}

// reused counts that a lease that ran out goes to a new client, or back to its
// own. Released and reclaimed ones have been counted before.
func (t *tally) reused(c *counters, s *snapshot, l *lease.Lease6) {
	if l.State != lease.StateReclaimed && l.State != lease.StateReleased {
		t.reclaimed(c, s, l)
	}
}

// reclaimed counts one lease that the server takes back.
func (t *tally) reclaimed(c *counters, s *snapshot, l *lease.Lease6) {
	sub, pool := leaseStats(s, l)
	t.add(c.reclaimed, 1)
	if sub != nil {
		t.add(sub.reclaimed, 1)
	}
	if pool != nil {
		t.add(pool.reclaimed, 1)
	}
	switch l.State {
	case lease.StateReleased:
	case lease.StateRegistered:
		if sub != nil {
			t.add(sub.registered, -1)
		}
	case lease.StateDeclined:
		t.recovered(c, sub, pool)
		t.released(s, l)
	default:
		t.released(s, l)
	}
}

// registered counts an address that a client made itself.
func (t *tally) registered(c *counters, sub *subnetStats) {
	t.add(c.cumulativeRegistered, 1)
	t.add(sub.registered, 1)
	t.add(sub.cumulativeRegistered, 1)
}

// recovered counts the end of a declined address's probation.
func (t *tally) recovered(c *counters, sub *subnetStats, pool *poolStats) {
	t.add(c.declined, -1)
	t.add(c.reclaimedDeclined, 1)
	if sub != nil {
		t.add(sub.declined, -1)
		t.add(sub.reclaimedDeclined, 1)
	}
	if pool != nil && pool.declined != nil {
		t.add(pool.declined, -1)
		t.add(pool.reclaimedDeclined, 1)
	}
}

// declined counts an address that its client found in use.
func (t *tally) declined(c *counters, s *snapshot, l *lease.Lease6) {
	sub, pool := leaseStats(s, l)
	t.add(c.declined, 1)
	if sub != nil {
		t.add(sub.declined, 1)
	}
	if pool != nil && pool.declined != nil {
		t.add(pool.declined, 1)
	}
}

// assigned counts a lease that is given out.
func (t *tally) assigned(c *counters, sub *subnetStats, pool *pool6, typ lease.Type6) {
	cumulative := c.cumulativeNAs
	if typ == lease.TypePD {
		cumulative = c.cumulativePDs
	}
	t.add(cumulative, 1)
	t.add(sub.of(typ).assigned, 1)
	t.add(sub.of(typ).cumulativeAssigned, 1)
	if pool != nil {
		t.add(pool.stats.assigned, 1)
		t.add(pool.stats.cumulativeAssigned, 1)
	}
}
