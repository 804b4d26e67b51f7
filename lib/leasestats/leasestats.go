// Package leasestats owns the statistics of leases: of the server, of its subnets, and
// of the pools that share an id (ARM 8.8, 9.13, 17). It knows them as pointers, so that
// counting finds none by name, and keeps them over changes of the configuration. When
// something is counted is the business of the servers.
package leasestats

import (
	"fmt"
	"sync"

	"nestor/lib/stats"
)

// Kind is what leases lease.
type Kind uint8

// DHCPv4 has addresses only, and DHCPv6 prefixes too.
const (
	Address Kind = iota
	Prefix
	kinds
)

// Family is how the statistics of a family are called.
type Family struct {
	protocol  string        // of the names of failed allocations
	leased    [kinds]string // what is leased, "": nothing of the kind
	reuses    [kinds]string // leases that are answered from the lease cache
	conflicts string        // reserved addresses that others have, "": not counted
	registers bool          // clients register addresses that they made themselves
}

// The two families.
var (
	V4 = &Family{
		protocol: "v4", leased: [kinds]string{"addresses"}, reuses: [kinds]string{"v4-lease-reuses"}, conflicts: "v4-reservation-conflicts",
	}
	V6 = &Family{
		protocol: "v6", leased: [kinds]string{"nas", "pds"}, reuses: [kinds]string{"v6-ia-na-lease-reuses", "v6-ia-pd-lease-reuses"}, registers: true,
	}
)

// poolScope begins the names of the statistics of pools, inside of their subnets.
var poolScope = [kinds]string{"pool", "pd-pool"}

// Counters are the statistics of a server. Those of subnets and pools outlive a
// configuration. Subnet and Pool may be called concurrently.
type Counters struct {
	Registry *stats.Registry

	family                                 *Family
	cumulative, reuses                     [kinds]*stats.Int
	conflicts                              *stats.Int
	declined, reclaimed, reclaimedDeclined *stats.Int
	cumulativeRegistered                   *stats.Int
	failures                               failures

	mu      sync.Mutex
	subnets map[uint32]*Subnet
	pools   map[poolKey]*Pool
}

// Subnet are the statistics of one subnet. Counting in the zero value does nothing.
type Subnet struct {
	numbers                                [kinds]numbers
	reuses                                 [kinds]*stats.Int
	conflicts                              *stats.Int
	declined, reclaimed, reclaimedDeclined *stats.Int
	registered, cumulativeRegistered       *stats.Int
	failures                               failures
}

// Pool are the statistics of the pools of one kind of a subnet that share a pool id.
// Counting in the zero value does nothing.
type Pool struct {
	key poolKey
	numbers
	reclaimed                   *stats.Int
	declined, reclaimedDeclined *stats.Int // nil for prefixes, which nobody declines
}

// numbers tell how many addresses or prefixes there are, and are given out.
type numbers struct{ total, assigned, cumulative *stats.Int }

// failures are the statistics of allocations that failed.
type failures struct{ all, network, subnet, noPools, classes *stats.Int }

// poolKey finds the statistics of pools: those of addresses and of prefixes have
// ids of their own.
type poolKey struct {
	subnetID, id uint32
	kind         Kind
}

// scope is the name of the pool's statistics up to the last dot.
func (k poolKey) scope() string {
	return fmt.Sprintf("%s%s[%d].", subnetScope(k.subnetID), poolScope[k.kind], k.id)
}

func subnetScope(id uint32) string { return fmt.Sprintf("subnet[%d].", id) }

// New makes the statistics of a server.
func New(f *Family, r *stats.Registry) *Counters {
	c := &Counters{Registry: r, family: f, subnets: map[uint32]*Subnet{}, pools: map[poolKey]*Pool{}}
	c.reclaimed, c.reclaimedDeclined = r.Int("reclaimed-leases"), r.Int("reclaimed-declined-addresses")
	c.declined = r.Lazy("declined-addresses") // Recount gives its first value
	c.failures = f.failures(r.Int)
	for k, what := range f.leased {
		if what != "" {
			c.cumulative[k], c.reuses[k] = r.Int("cumulative-assigned-"+what), r.Int(f.reuses[k])
		}
	}
	if f.conflicts != "" {
		c.conflicts = r.Int(f.conflicts)
	}
	if f.registers {
		c.cumulativeRegistered = r.Lazy("cumulative-registered-nas") // from the first that registers
	}
	return c
}

func (f *Family) failures(get func(string) *stats.Int) failures {
	name := f.protocol + "-allocation-fail"
	return failures{
		all: get(name), network: get(name + "-shared-network"), subnet: get(name + "-subnet"),
		noPools: get(name + "-no-pools"), classes: get(name + "-classes"),
	}
}

func (c *Counters) numbers(scope string, k Kind) numbers {
	what := c.family.leased[k]
	if what == "" {
		return numbers{}
	}
	r := c.Registry
	return numbers{total: r.Int(scope + "total-" + what), assigned: r.Int(scope + "assigned-" + what), cumulative: r.Int(scope + "cumulative-assigned-" + what)}
}

// Subnet returns the statistics of a subnet. Those of failed allocations come into
// being at the first failure.
func (c *Counters) Subnet(id uint32) *Subnet {
	c.mu.Lock()
	defer c.mu.Unlock()
	s := c.subnets[id]
	if s != nil {
		return s
	}
	r, f, scope := c.Registry, c.family, subnetScope(id)
	s = &Subnet{
		declined: r.Int(scope + "declined-addresses"), reclaimed: r.Int(scope + "reclaimed-leases"),
		reclaimedDeclined: r.Int(scope + "reclaimed-declined-addresses"),
		failures:          f.failures(func(name string) *stats.Int { return r.Lazy(scope + name) }),
	}
	for k := range kinds {
		s.numbers[k] = c.numbers(scope, k)
		if name := f.reuses[k]; name != "" {
			s.reuses[k] = r.Int(scope + name)
		}
	}
	if f.conflicts != "" {
		s.conflicts = r.Int(scope + f.conflicts)
	}
	if f.registers {
		s.registered, s.cumulativeRegistered = r.Lazy(scope+"registered-nas"), r.Lazy(scope+"cumulative-registered-nas")
	}
	c.subnets[id] = s
	return s
}

// Pool returns the statistics of a subnet's pools of a kind and id.
func (c *Counters) Pool(subnetID uint32, k Kind, id uint32) *Pool {
	c.mu.Lock()
	defer c.mu.Unlock()
	key := poolKey{subnetID, id, k}
	p := c.pools[key]
	if p != nil {
		return p
	}
	r, scope := c.Registry, key.scope()
	p = &Pool{key: key, numbers: c.numbers(scope, k), reclaimed: r.Int(scope + "reclaimed-leases")}
	if k == Address {
		p.declined, p.reclaimedDeclined = r.Int(scope+"declined-addresses"), r.Int(scope+"reclaimed-declined-addresses")
	}
	c.pools[key] = p
	return p
}
