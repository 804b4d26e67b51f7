package leasestats

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/lib/stats"
)

// subnet is a subnet with pools by kind and id.
type subnet struct {
	stats *Subnet
	id    uint32
	pools []*Pool
	total int64
}

func (s *subnet) Stats() (*Subnet, uint32) { return s.stats, s.id }
func (s *subnet) Total(k Kind) int64 {
	if k == Prefix {
		return 1
	}
	return s.total
}

func (s *subnet) EachPoolID(fn func(p *Pool, total int64)) {
	for _, p := range s.pools {
		fn(p, s.total/2)
	}
}

// census is the same for every subnet and pool.
type census map[Kind]lease.Counts

func (c census) Counts(_ uint32, k Kind) lease.Counts               { return c[k] }
func (c census) PoolCounts(_ uint32, k Kind, _ uint32) lease.Counts { return c[k] }

func configured(c *Counters, id uint32, total int64, kinds ...Kind) *subnet {
	s := &subnet{stats: c.Subnet(id), id: id, total: total}
	for _, k := range kinds {
		s.pools = append(s.pools, c.Pool(id, k, 7))
	}
	return s
}

// shown are the statistics below a name that are not 0, without it and in order.
func shown(r *stats.Registry, prefix string) string {
	var all []string
	for i := range r.All() {
		if name, ok := strings.CutPrefix(i.Name(), prefix); ok && i.Value() != 0 {
			all = append(all, fmt.Sprintf("%s=%d", name, i.Value()))
		}
	}
	slices.Sort(all)
	return strings.Join(all, " ")
}

func TestRecount(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	r := stats.New(func() time.Time { return now })
	c := New(V6, r)
	one, two := configured(c, 1, 10, Address, Prefix), configured(c, 2, 20, Address)
	held := census{Address: {Default: 3, Declined: 1, Registered: 2}, Prefix: {Default: 4}}
	Recount(c, []*subnet{one, two}, held, now)
	for prefix, want := range map[string]string{
		"declined":              "-addresses=2",
		"subnet[1].pd-pool[7].": "assigned-pds=4 cumulative-assigned-pds=4 total-pds=5",
		"subnet[2].": "assigned-nas=4 assigned-pds=4 cumulative-assigned-nas=4 cumulative-assigned-pds=4 cumulative-registered-nas=2 " +
			"declined-addresses=1 pool[7].assigned-nas=4 pool[7].cumulative-assigned-nas=4 pool[7].declined-addresses=1 pool[7].total-nas=10 " +
			"registered-nas=2 total-nas=20 total-pds=1",
	} {
		if got := shown(r, prefix); got != want {
			t.Errorf("%s: %s\nwant %s", prefix, got, want)
		}
	}
	if c.Subnet(1) != one.stats || c.Pool(1, Prefix, 7) != one.pools[1] || one.pools[0] == one.pools[1] {
		t.Error("statistics are not found again, or shared")
	}
	// A pool and a subnet go, and what is left keeps its failures.
	var tally Tally
	tally.Failed(c, two.stats, Failure{Network: true, NoPools: true})
	tally.Apply(now)
	two.pools = nil
	Recount(c, []*subnet{two}, held, now)
	if got := shown(r, "subnet[1]") + shown(r, "subnet[2].pool"); got != "" {
		t.Errorf("left over: %s", got)
	}
	const failed = "-classes=1 -no-pools=1 -shared-network=1"
	if got := shown(r, "subnet[2].v6-allocation-fail"); got != failed {
		t.Errorf("failures of the subnet: %s", got)
	}
	if got := shown(r, "v6-allocation-fail"); got != failed {
		t.Errorf("failures: %s", got)
	}
}

func TestTally(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for _, c := range []struct {
		name  string
		count func(t *Tally, c *Counters, at Place)
		want  string // of subnet, pool and server, in this order
	}{
		{"assigned", func(t *Tally, c *Counters, at Place) { t.Assigned(c, at) },
			"assigned-addresses=1 cumulative-assigned-addresses=1 pool[7].assigned-addresses=1 pool[7].cumulative-assigned-addresses=1 | cumulative-assigned-addresses=1"},
		{"released", func(t *Tally, c *Counters, at Place) { t.Released(at) }, "assigned-addresses=-1 pool[7].assigned-addresses=-1 | "},
		{"declined", func(t *Tally, c *Counters, at Place) { t.Declined(c, at) }, "declined-addresses=1 pool[7].declined-addresses=1 | declined-addresses=1"},
		{"recovered", func(t *Tally, c *Counters, at Place) { t.Reclaimed(c, at, lease.StateDeclined) },
			"assigned-addresses=-1 declined-addresses=-1 pool[7].assigned-addresses=-1 pool[7].declined-addresses=-1 " +
				"pool[7].reclaimed-declined-addresses=1 pool[7].reclaimed-leases=1 reclaimed-declined-addresses=1 reclaimed-leases=1 | " +
				"declined-addresses=-1 reclaimed-declined-addresses=1 reclaimed-leases=1"},
		{"reclaimed after a release", func(t *Tally, c *Counters, at Place) { t.Reclaimed(c, at, lease.StateReleased) },
			"pool[7].reclaimed-leases=1 reclaimed-leases=1 | reclaimed-leases=1"},
		{"reused after reclamation", func(t *Tally, c *Counters, at Place) { t.Reused(c, at, lease.StateReclaimed) }, " | "},
		{"reused", func(t *Tally, c *Counters, at Place) { t.Reused(c, at, lease.StateDefault) },
			"assigned-addresses=-1 pool[7].assigned-addresses=-1 pool[7].reclaimed-leases=1 reclaimed-leases=1 | reclaimed-leases=1"},
		{"cached", func(t *Tally, c *Counters, at Place) { t.Cached(c, at.subnet, at.Kind) }, "v4-lease-reuses=1 | v4-lease-reuses=1"},
		{"conflict", func(t *Tally, c *Counters, at Place) { t.Conflict(c, at.subnet) }, "v4-reservation-conflicts=1 | v4-reservation-conflicts=1"},
		{"without subnet and pool", func(t *Tally, c *Counters, _ Place) { t.Reclaimed(c, PlaceOf(Address, nil, nil), lease.StateDefault) }, " | reclaimed-leases=1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := stats.New(func() time.Time { return now })
			counters := New(V4, r)
			at := PlaceOf(Address, counters.Subnet(1), counters.Pool(1, Address, 7))
			var tally Tally
			c.count(&tally, counters, at)
			if got := shown(r, ""); got != "" {
				t.Errorf("counted before the commit: %s", got)
			}
			tally.Apply(now)
			tally.Apply(now) // nothing is left to count
			sub := shown(r, "subnet[1].")
			r.Drop("subnet[1].")
			if got := sub + " | " + shown(r, ""); got != c.want {
				t.Errorf("%s\nwant %s", got, c.want)
			}
		})
	}
}
