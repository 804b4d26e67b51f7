package dhcp6

import (
	"bytes"
	"net/netip"
	"slices"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/lease"
)

// snapshot is a configuration compiled for the packet path: inheritance
// resolved, options encoded, subnets indexed, statistics found. It is immutable;
// a new configuration makes a new one. Queries in work keep the snapshot that
// they began with.
type snapshot struct {
	cfg      *config.Dhcp6
	serverID []byte // DUID
	byID     map[uint32]*subnet6
}

// network6 is a shared network; a plain subnet is a network of its own without
// a name.
type network6 struct {
	name    string
	subnets []*subnet6 // ascending id
}

// subnet6 is a compiled subnet.
type subnet6 struct {
	*config.Subnet6
	network   *network6
	addresses poolSet // its pools
	prefixes  poolSet // its pd-pools
	stats     *subnetStats
}

// poolSet are the pools of one lease type in a subnet.
type poolSet struct {
	pools []pool6          // ascending
	alloc alloc.Allocator6 // nil without pools
}

// pool6 is a compiled pool of addresses or of prefixes.
type pool6 struct {
	row         lease.Range6 // of what it gives
	first, last [16]byte     // of all addresses in it
	id          uint32
	stats       *poolStats
}

// of returns the pool that holds the address or prefix, nil if none does.
func (s *poolSet) of(addr [16]byte) *pool6 {
	i, found := slices.BinarySearchFunc(s.pools, addr, func(p pool6, a [16]byte) int {
		switch {
		case bytes.Compare(p.last[:], a[:]) < 0:
			return -1
		case bytes.Compare(p.first[:], a[:]) > 0:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &s.pools[i]
}

// poolsOf are the subnet's pools of a lease type.
func (s *subnet6) poolsOf(t lease.Type6) *poolSet {
	if t == lease.TypePD {
		return &s.prefixes
	}
	return &s.addresses
}

// contains reports whether the address lies in the subnet's prefix.
func (s *subnet6) contains(addr [16]byte) bool { return s.Prefix.Contains(ip6(addr)) }

// ip6 is the address of its bytes.
func ip6(a [16]byte) netip.Addr { return netip.AddrFrom16(a) }

// keepers hold what outlives a snapshot: statistics and allocators are found by
// subnet and pool.
type keepers struct {
	stats     *counters
	addresses *alloc.State6
	prefixes  *alloc.State6
	serverID  []byte
}

// compile builds a snapshot.
func compile(cfg *config.Dhcp6, keep keepers) (*snapshot, error) {
	return &snapshot{cfg: cfg, serverID: keep.serverID, byID: map[uint32]*subnet6{}}, nil
}
