package dhcp4

import (
	"slices"

	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/packetstats"
	"nestor/lib/pkt4"
	"nestor/lib/stats"
)

// counters are the statistics of the server (ARM 8.8).
type counters struct {
	*packetstats.Counters
	leases *leasestats.Counters
}

// messageTypes are those that have statistics.
var messageTypes = []packetstats.Type{
	{Number: pkt4.Discover, Name: "discover", Received: true},
	{Number: pkt4.Offer, Name: "offer", Received: true, Sent: true},
	{Number: pkt4.Request, Name: "request", Received: true},
	{Number: pkt4.Decline, Name: "decline", Received: true},
	{Number: pkt4.Ack, Name: "ack", Received: true, Sent: true},
	{Number: pkt4.Nak, Name: "nak", Received: true, Sent: true},
	{Number: pkt4.Release, Name: "release", Received: true},
	{Number: pkt4.Inform, Name: "inform", Received: true},
}

func newCounters(r *stats.Registry) *counters {
	return &counters{packetstats.New(r, "pkt4", messageTypes), leasestats.New(leasestats.V4, r)}
}

// census counts the leases of a store.
type census struct{ lease.Manager4 }

func (c census) Counts(subnetID uint32, _ leasestats.Kind) lease.Counts { return c.Counts4(subnetID) }

func (c census) PoolCounts(subnetID uint32, _ leasestats.Kind, poolID uint32) lease.Counts {
	return c.PoolCounts4(subnetID, poolID)
}

// Stats, Total and EachPoolID implement leasestats.Configured.
func (s *subnet4) Stats() (*leasestats.Subnet, uint32) { return s.stats, s.ID }

func (s *subnet4) Total(leasestats.Kind) int64 { return int64(s.capacity) }

func (s *subnet4) EachPoolID(fn func(p *leasestats.Pool, total int64)) {
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
		fn(first.stats, total)
	}
}

// placeOf finds the statistics that a stored lease counts in.
func (s *snapshot) placeOf(l *lease.Lease4) leasestats.Place {
	sub := s.byID[l.SubnetID]
	if sub == nil {
		return leasestats.PlaceOf(leasestats.Address, nil, nil)
	}
	return placeIn(sub, sub.poolOf(l.Addr))
}

// placeIn is where a lease counts in a subnet; the pool is nil outside of pools.
func placeIn(s *subnet4, p *pool4) leasestats.Place {
	if p == nil {
		return leasestats.PlaceOf(leasestats.Address, s.stats, nil)
	}
	return leasestats.PlaceOf(leasestats.Address, s.stats, p.stats)
}
