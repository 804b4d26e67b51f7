package dhcp6

import (
	"math"
	"math/big"
	"slices"
	"strconv"

	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/packetstats"
	"nestor/lib/pkt6"
	"nestor/lib/stats"
)

// counters are the statistics of the server (ARM 9.13).
type counters struct {
	*packetstats.Counters
	leases *leasestats.Counters
}

// messageTypes are those that have statistics. The ones of address registration come
// into being when a client registers.
var messageTypes = []packetstats.Type{
	{Number: pkt6.MsgSolicit, Name: "solicit", Received: true},
	{Number: pkt6.MsgAdvertise, Name: "advertise", Received: true, Sent: true},
	{Number: pkt6.MsgRequest, Name: "request", Received: true},
	{Number: pkt6.MsgReply, Name: "reply", Received: true, Sent: true},
	{Number: pkt6.MsgRenew, Name: "renew", Received: true},
	{Number: pkt6.MsgRebind, Name: "rebind", Received: true},
	{Number: pkt6.MsgRelease, Name: "release", Received: true},
	{Number: pkt6.MsgDecline, Name: "decline", Received: true},
	{Number: pkt6.MsgInformationRequest, Name: "infrequest", Received: true},
	{Number: pkt6.MsgDHCPv4Query, Name: "dhcpv4-query", Received: true},
	{Number: pkt6.MsgDHCPv4Response, Name: "dhcpv4-response", Received: true, Sent: true},
	{Number: pkt6.MsgAddrRegInform, Name: "addr-reg-inform", Received: true, Late: true},
	{Number: pkt6.MsgAddrRegReply, Name: "addr-reg-reply", Sent: true, Late: true},
}

func newCounters(r *stats.Registry) *counters {
	return &counters{packetstats.New(r, "pkt6", messageTypes), leasestats.New(leasestats.V6, r)}
}

// kindOf is what statistics call a lease type, typeOf the other way round.
func kindOf(t lease.Type6) leasestats.Kind {
	if t == lease.TypePD {
		return leasestats.Prefix
	}
	return leasestats.Address
}

func typeOf(k leasestats.Kind) lease.Type6 {
	if k == leasestats.Prefix {
		return lease.TypePD
	}
	return lease.TypeNA
}

// leaseTypes are those that the server leases.
var leaseTypes = [...]lease.Type6{lease.TypeNA, lease.TypePD}

// census counts the leases of a store.
type census struct{ lease.Manager6 }

func (c census) Counts(subnetID uint32, k leasestats.Kind) lease.Counts {
	return c.Counts6(subnetID, typeOf(k))
}

func (c census) PoolCounts(subnetID uint32, k leasestats.Kind, poolID uint32) lease.Counts {
	return c.PoolCounts6(subnetID, typeOf(k), poolID)
}

// Stats, Total and EachPoolID implement leasestats.Configured.
func (s *subnet6) Stats() (*leasestats.Subnet, uint32) { return s.stats, s.ID }

func (s *subnet6) Total(k leasestats.Kind) int64 { return shown(s.poolsOf(typeOf(k)).capacity()) }

func (s *subnet6) EachPoolID(fn func(p *leasestats.Pool, total int64)) {
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
			fn(first.stats, shown(total))
		}
	}
}

// exactTotals are the totals that 64 bits do not hold, by the names of their statistics.
func (s *snapshot) exactTotals() map[string]*big.Int {
	exact := map[string]*big.Int{}
	for _, sub := range s.byID {
		scope := "subnet[" + strconv.FormatUint(uint64(sub.ID), 10) + "]."
		for _, t := range leaseTypes {
			pools, what, pool := sub.poolsOf(t), "total-nas", "pool["
			if t == lease.TypePD {
				what, pool = "total-pds", "pd-pool["
			}
			if total := pools.capacity(); !total.IsInt64() {
				exact[scope+what] = total
			}
			byID := map[uint32]*big.Int{}
			for i := range pools.pools {
				p := &pools.pools[i]
				if byID[p.id] == nil {
					byID[p.id] = new(big.Int)
				}
				byID[p.id].Add(byID[p.id], p.capacity())
			}
			for id, total := range byID {
				if !total.IsInt64() {
					exact[scope+pool+strconv.FormatUint(uint64(id), 10)+"]."+what] = total
				}
			}
		}
	}
	return exact
}

// shown is a total as far as 64 bits hold it; exactTotals have the others.
func shown(total *big.Int) int64 {
	if total.IsInt64() {
		return total.Int64()
	}
	return math.MaxInt64
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

// placeOf finds the statistics that a stored lease counts in.
func (s *snapshot) placeOf(l *lease.Lease6) leasestats.Place {
	sub := s.byID[l.SubnetID]
	if sub == nil {
		return leasestats.PlaceOf(kindOf(l.Type), nil, nil)
	}
	return placeIn(sub, sub.poolsOf(l.Type).of(l.Addr), l.Type)
}

// placeIn is where a lease counts in a subnet; the pool is nil outside of pools.
func placeIn(s *subnet6, p *pool6, t lease.Type6) leasestats.Place {
	if p == nil {
		return leasestats.PlaceOf(kindOf(t), s.stats, nil)
	}
	return leasestats.PlaceOf(kindOf(t), s.stats, p.stats)
}
