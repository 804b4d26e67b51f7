package dhcp6

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"math"
	"net/netip"
	"slices"

	"nestor/lib/alloc"
	"nestor/lib/classify"
	"nestor/lib/clientclass"
	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/host/confhost"
	"nestor/lib/hostname"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/nameupdate"
	"nestor/lib/option"
	"nestor/lib/optionset"
	"nestor/lib/subnet"
)

// snapshot is a configuration compiled for the packet path: inheritance
// resolved, options encoded, subnets indexed, statistics found. It is immutable;
// a new configuration makes a new one. Queries in work keep the snapshot that
// they began with.
type snapshot struct {
	cfg      *config.Dhcp6
	serverID []byte // DUID
	names    *classify.Names
	classes  *clientclass.Classes
	byClass  classify.Table[class6]
	index    *subnet.Index[*subnet6]
	byID     map[uint32]*subnet6
	hosts    host.Source6
	// identifiers are the identifier types to look for, in order.
	identifiers []config.IdentifierType
	macSources  []macSource // in order
	// hostOptions and hostClasses hold what reservations bring, for those that bring any.
	hostOptions map[*host.Host6]optionChain
	hostClasses map[*host.Host6][]int
	options     optionChain // global scope
	charset     *hostname.Filter
	// skipUpdates is the class whose clients have no updates, 0 for none: it counts
	// only with the hook library that knows it (ARM 16.8).
	skipUpdates int
	// high are the configured codes from 256 on, ascending: of what clients ask for
	// beyond that nothing else can be sent.
	high []uint16
	// tuples are options that do not count when they are cut short inside.
	tuples []*option.Definition
}

// subnets are all subnets, in no order.
func (s *snapshot) subnets() []*subnet6 { return slices.Collect(maps.Values(s.byID)) }

// class6 is a compiled client class.
type class6 struct {
	*clientclass.Class
	options optionChain
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
	position   int // in network.subnets
	network    *network6
	admit      classify.Mask // both must admit a client
	netAdmit   classify.Mask
	additional []int       // classes to evaluate before options: its own, then the network's
	addresses  poolSet     // its pools
	prefixes   poolSet     // its pd-pools
	options    optionChain // subnet over shared network
	hostTypes  uint8       // identifier types that its reservations use
	stats      *leasestats.Subnet
	charset    *hostname.Filter
	updates    nameupdate.Params
}

// poolSet are the pools of one lease type in a subnet.
type poolSet struct {
	pools     []pool6          // ascending
	everybody []int            // indexes of all pools when none is restricted, else nil
	alloc     alloc.Allocator6 // nil without pools
}

// pool6 is a compiled pool of addresses or of prefixes.
type pool6 struct {
	row         lease.Range6 // of what it gives
	first, last [16]byte     // of all addresses in it
	id          uint32
	admit       classify.Mask
	additional  []int
	options     optionChain // its own only
	// excluded is what each prefix leaves out, as it is in the first one (RFC 6603);
	// not valid: nothing.
	excluded netip.Prefix
	stats    *leasestats.Pool
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

// isShared reports whether the subnet is in a shared network.
func (s *subnet6) isShared() bool { return s.network.name != "" }

// admits reports whether clients of these classes may use the subnet.
func (s *subnet6) admits(c *classify.Set) bool { return s.admit.Admits(c) && s.netAdmit.Admits(c) }

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
	s := &snapshot{
		cfg:         cfg,
		serverID:    keep.serverID,
		names:       classify.NewNames(),
		byID:        map[uint32]*subnet6{},
		hostOptions: map[*host.Host6]optionChain{},
		hostClasses: map[*host.Host6][]int{},
	}
	for _, d := range cfg.Definitions.Space(option.Space6) {
		if d.HasTuples() {
			s.tuples = append(s.tuples, d)
		}
	}
	if cfg.SkipsUpdates() {
		s.skipUpdates = s.names.Add(config.ClassSkipDDNS)
	}
	s.options = s.compileOptions(cfg.Options, nil)
	if err := s.compileClasses(); err != nil {
		return nil, err
	}
	s.identifiers = cfg.Identifiers()
	s.macSources = compileMACSources(cfg.MACSources)
	s.compileHosts()
	b := snapshotBuilder{snapshot: s, keep: keep}
	if err := b.subnets(); err != nil {
		return nil, err
	}
	return s, nil
}

func (s *snapshot) compileClasses() error {
	s.classes = clientclass.New(s.names)
	for _, c := range s.cfg.Classes {
		k, err := s.classes.Add(c, s.cfg.Definitions)
		if err != nil {
			return err
		}
		s.byClass.Add(k.Number, &class6{k, s.compileOptions(c.Options, nil)})
	}
	s.classes.Compile()
	return nil
}

// compileOptions encodes the options of a scope and puts them before those of the
// scopes around it.
func (s *snapshot) compileOptions(own []*config.OptionData, outer optionChain) optionChain {
	for _, o := range own {
		if code := uint16(o.Code); o.Space == option.Space6 && code >= 256 {
			if i, found := slices.BinarySearch(s.high, code); !found {
				s.high = slices.Insert(s.high, i, code)
			}
		}
	}
	return optionCompiler{s.names, s.cfg.Definitions}.chain(own, outer)
}

func (s *snapshot) compileHosts() {
	rs := slices.Clone(s.cfg.Reservations)
	s.cfg.AllSubnets(func(sub *config.Subnet6, _ *config.SharedNetwork6) {
		rs = append(rs, sub.Reservations...)
	})
	s.hosts = confhost.New6(rs)
	for _, h := range s.hosts.All() {
		if len(h.Options) > 0 {
			s.hostOptions[h] = s.compileOptions(h.Options, nil)
		}
		for _, c := range h.ClientClasses {
			s.hostClasses[h] = append(s.hostClasses[h], s.names.Add(c))
		}
	}
}

// hostTypes are the identifier types of reservations that the subnet may have, a bit
// for each; nobody knows which a database holds.
func (s *snapshot) hostTypes(subnetID uint32) uint8 {
	if len(s.cfg.HostsDatabases) > 0 {
		return 0xff
	}
	return s.hosts.Identifiers(subnetID)
}

// snapshotBuilder compiles the subnets of one snapshot.
type snapshotBuilder struct {
	*snapshot
	keep    keepers
	entries []subnet.Entry[*subnet6]
	filters hostname.Filters
}

func (b *snapshotBuilder) subnets() error {
	var err error
	if b.snapshot.charset, err = b.filters.Of(&b.cfg.DDNS); err != nil {
		return err
	}
	for _, c := range b.cfg.Subnets {
		n := &network6{}
		if err := b.subnet(c, n, nil, nil); err != nil {
			return err
		}
	}
	for _, c := range b.cfg.SharedNetworks {
		n := &network6{name: c.Name}
		options := b.compileOptions(c.Options, nil)
		for _, sub := range c.Subnets {
			if err := b.subnet(sub, n, c, options); err != nil {
				return err
			}
		}
		slices.SortFunc(n.subnets, func(x, y *subnet6) int { return cmp.Compare(x.ID, y.ID) })
		for i, sub := range n.subnets {
			sub.position = i
		}
	}
	b.index = subnet.NewIndex(b.entries)
	return nil
}

func (b *snapshotBuilder) subnet(c *config.Subnet6, n *network6, sn *config.SharedNetwork6, outer optionChain) error {
	if b.byID[c.ID] != nil {
		return fmt.Errorf("subnet id %d is used twice (%s and %s)", c.ID, b.byID[c.ID].Text, c.Text)
	}
	s := &subnet6{
		Subnet6:   c,
		network:   n,
		options:   b.compileOptions(c.Options, outer),
		hostTypes: b.hostTypes(c.ID),
		stats:     b.keep.stats.leases.Subnet(c.ID),
		updates:   nameupdate.ParamsOf(&c.DDNS),
	}
	s.admit = optionset.Mask(b.names, c.ClientClasses)
	if sn != nil {
		s.netAdmit = optionset.Mask(b.names, sn.ClientClasses)
		s.additional = b.names.Before(sn.AdditionalClasses, nil)
	}
	s.additional = b.names.Before(c.AdditionalClasses, s.additional)
	var err error
	if s.charset, err = b.filters.Of(&c.DDNS); err != nil {
		return fmt.Errorf("subnet %s: %w", c.Text, err)
	}
	if err := b.pools(s); err != nil {
		return err
	}
	n.subnets = append(n.subnets, s)
	b.byID[c.ID] = s
	b.entries = append(b.entries, entryOf(s, sn))
	return nil
}

func (b *snapshotBuilder) pools(s *subnet6) error {
	for _, p := range s.Pools {
		first, last := p.First.As16(), p.Last.As16()
		s.addresses.pools = append(s.addresses.pools, pool6{
			row: lease.Range6{First: first, Len: 128}, first: first, last: last, id: p.ID,
			admit: optionset.Mask(b.names, p.ClientClasses), additional: b.names.Before(p.AdditionalClasses, nil),
			options: b.compileOptions(p.Options, nil),
			stats:   b.keep.stats.leases.Pool(s.ID, leasestats.Address, p.ID),
		})
	}
	for _, p := range s.PDPools {
		first := p.Prefix.Addr().As16()
		s.prefixes.pools = append(s.prefixes.pools, pool6{
			row: lease.Range6{First: first, Len: uint8(p.DelegatedLen)}, first: first, last: lastOf(p.Prefix), id: p.ID,
			admit: optionset.Mask(b.names, p.ClientClasses), additional: b.names.Before(p.AdditionalClasses, nil),
			options:  b.compileOptions(p.Options, nil),
			excluded: p.Excluded,
			stats:    b.keep.stats.leases.Pool(s.ID, leasestats.Prefix, p.ID),
		})
	}
	if err := s.addresses.compile(b.keep.addresses, s.ID, s.Allocator); err != nil {
		return fmt.Errorf("subnet %s: %w", s.Text, err)
	}
	if err := s.prefixes.compile(b.keep.prefixes, s.ID, s.PDAllocator); err != nil {
		return fmt.Errorf("subnet %s: %w", s.Text, err)
	}
	return nil
}

// compile puts the pools in order and finds their allocator.
func (s *poolSet) compile(state *alloc.State6, subnetID uint32, kind string) (err error) {
	if len(s.pools) == 0 {
		return nil
	}
	slices.SortFunc(s.pools, func(x, y pool6) int { return bytes.Compare(x.first[:], y.first[:]) })
	ranges := make([]alloc.Range6, 0, len(s.pools))
	restricted := false
	for i := range s.pools {
		p := &s.pools[i]
		ranges = append(ranges, alloc.Pool6{Row: p.row, Count: p.count()})
		restricted = restricted || !p.admit.Empty()
		s.everybody = append(s.everybody, i)
	}
	if restricted {
		s.everybody = nil
	}
	s.alloc, err = state.For(subnetID, kind, ranges)
	return err
}

// count is how many addresses or prefixes the pool gives, as far as a number of 64
// bits can tell.
func (p *pool6) count() uint64 {
	n := p.capacity()
	if !n.IsUint64() {
		return math.MaxUint64
	}
	return n.Uint64()
}

// lastOf is the last address of a prefix.
func lastOf(p netip.Prefix) [16]byte {
	a := p.Masked().Addr().As16()
	for i := p.Bits(); i < 128; i++ {
		a[i/8] |= 0x80 >> (i % 8)
	}
	return a
}

// entryOf gives the index what it finds the subnet by; an interface-id comes from the
// shared network where the subnet has none.
func entryOf(s *subnet6, sn *config.SharedNetwork6) subnet.Entry[*subnet6] {
	if sn == nil {
		e := subnet.EntryOf(&s.Subnet, nil, s)
		e.InterfaceID = s.InterfaceID
		return e
	}
	e := subnet.EntryOf(&s.Subnet, &sn.SharedNetwork, s)
	e.InterfaceID = cmp.Or(s.InterfaceID, sn.InterfaceID)
	return e
}

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }
