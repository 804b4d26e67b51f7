package dhcp4

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"nestor/lib/alloc"
	"nestor/lib/classify"
	"nestor/lib/classify/query4"
	"nestor/lib/clientclass"
	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/host/confhost"
	"nestor/lib/hostname"
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
	cfg     *config.Dhcp4
	names   *classify.Names
	classes *clientclass.Classes
	byClass classify.Table[class4]
	index   *subnet.Index[*subnet4]
	over6   *subnet.Index[*subnet4] // of DHCPv4-over-DHCPv6
	byID    map[uint32]*subnet4
	hosts   host.Source4
	// identifiers are the identifier types to look for, in order.
	identifiers []config.IdentifierType
	// hostOptions and hostClasses hold what reservations bring, for those that bring any.
	hostOptions map[*host.Host]optionChain
	hostClasses map[*host.Host][]int
	options     optionChain // global scope
	serverIDs   map[uint32]bool
	texts       [4]uint64 // options of a query that hold text, a bit for each code
	// tuples are options that must not be cut short inside.
	tuples []*option.Definition
	// skipUpdates is the class whose clients have no updates, 0 for none: it counts
	// only with the hook library that knows it (ARM 16.8).
	skipUpdates int
}

// subnets are all subnets, in no order.
func (s *snapshot) subnets() []*subnet4 { return slices.Collect(maps.Values(s.byID)) }

// class4 is a compiled client class.
type class4 struct {
	*clientclass.Class
	defs       *option.Definitions // its own over the global ones
	options    optionChain
	nextServer uint32
}

// network4 is a shared network; a plain subnet is a network of its own without
// a name.
type network4 struct {
	name    string
	subnets []*subnet4 // ascending id
}

// subnet4 is a compiled subnet.
type subnet4 struct {
	*config.Subnet4
	position    int // in network.subnets
	network     *network4
	first, last uint32
	mask        []byte        // option 1
	admit       classify.Mask // both must admit a client
	netAdmit    classify.Mask
	additional  []int   // classes to evaluate before options: its own, then the network's
	pools       []pool4 // ascending
	everybody   []int   // indexes of all pools when none is restricted, else nil
	capacity    uint64  // addresses in all pools
	alloc       alloc.Allocator4
	options     optionChain // subnet over shared network
	nextServer  uint32
	hostTypes   uint8 // identifier types that its reservations use
	stats       *leasestats.Subnet
	charset     *hostname.Filter
	updates     nameupdate.Params
}

// pool4 is a compiled pool.
type pool4 struct {
	first, last uint32
	id          uint32
	admit       classify.Mask
	additional  []int       // its own, then the subnet's
	options     optionChain // pool over subnet over shared network
	stats       *leasestats.Pool
}

// keepers hold what outlives a snapshot and is found by subnet and pool.
type keepers struct {
	stats      *counters
	allocators *alloc.State4
}

// compile builds a snapshot.
func compile(cfg *config.Dhcp4, keep keepers) (*snapshot, error) {
	s := &snapshot{
		cfg:         cfg,
		names:       classify.NewNames(),
		byID:        map[uint32]*subnet4{},
		hostOptions: map[*host.Host]optionChain{},
		hostClasses: map[*host.Host][]int{},
		serverIDs:   map[uint32]bool{},
	}
	s.texts = query4.Texts(cfg.Definitions)
	if cfg.SkipsUpdates() {
		s.skipUpdates = s.names.Add(config.ClassSkipDDNS)
	}
	for _, d := range cfg.Definitions.Space(option.Space4) {
		if d.HasTuples() && !query4.IsPrivate(uint16(d.Code)) {
			s.tuples = append(s.tuples, d)
		}
	}
	s.options = s.compileOptions(cfg.Options, nil, cfg.Definitions)
	s.noteServerIDs(s.options)
	if err := s.compileClasses(); err != nil {
		return nil, err
	}
	s.identifiers = cfg.Identifiers()
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
		defs, err := s.cfg.Definitions.ForClass(c.OptionDefs)
		if err != nil {
			return fmt.Errorf("client class %s: %w", c.Name, err)
		}
		compiled, err := s.classes.Add(c, s.cfg.Definitions)
		if err != nil {
			return err
		}
		k := &class4{Class: compiled, defs: defs, options: s.compileOptions(c.Options, nil, defs), nextServer: addrOf(c.NextServer)}
		s.noteServerIDs(k.options)
		s.byClass.Add(k.Number, k)
	}
	s.classes.Compile()
	return nil
}

// compileOptions encodes the options of a scope and puts them before those of the
// scopes around it.
func (s *snapshot) compileOptions(own []*config.OptionData, outer optionChain, defs *option.Definitions) optionChain {
	return optionCompiler{s.names, defs}.chain(own, outer)
}

// noteServerIDs remembers configured server identifiers as ours.
func (s *snapshot) noteServerIDs(c optionChain) {
	for _, set := range c {
		if id := set.serverID(); len(id) == 4 {
			s.serverIDs[be32(id)] = true
		}
	}
}

func (s *snapshot) compileHosts() {
	rs := slices.Clone(s.cfg.Reservations)
	s.cfg.AllSubnets(func(sub *config.Subnet4, _ *config.SharedNetwork4) {
		rs = append(rs, sub.Reservations...)
	})
	s.hosts = confhost.New(rs)
	for _, h := range s.hosts.All() {
		if len(h.Options) > 0 {
			s.hostOptions[h] = s.compileOptions(h.Options, nil, s.cfg.Definitions)
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
	entries []subnet.Entry[*subnet4]
	over6s  []subnet.Entry[*subnet4]
	filters hostname.Filters
}

func (b *snapshotBuilder) subnets() error {
	for _, c := range b.cfg.Subnets {
		n := &network4{}
		if err := b.subnet(c, n, nil, nil); err != nil {
			return err
		}
	}
	for _, c := range b.cfg.SharedNetworks {
		n := &network4{name: c.Name}
		options := b.compileOptions(c.Options, nil, b.cfg.Definitions)
		b.noteServerIDs(options)
		for _, sub := range c.Subnets {
			if err := b.subnet(sub, n, c, options); err != nil {
				return err
			}
		}
		slices.SortFunc(n.subnets, func(x, y *subnet4) int {
			return cmp.Compare(x.ID, y.ID)
		})
		for i, sub := range n.subnets {
			sub.position = i
		}
	}
	b.index = subnet.NewIndex(b.entries)
	b.over6 = subnet.NewIndex(b.over6s)
	return nil
}

func (b *snapshotBuilder) subnet(c *config.Subnet4, n *network4, sn *config.SharedNetwork4, outer optionChain) error {
	if b.byID[c.ID] != nil {
		return fmt.Errorf("subnet id %d is used twice (%s and %s)", c.ID, b.byID[c.ID].Text, c.Text)
	}
	s := &subnet4{
		Subnet4:    c,
		network:    n,
		options:    b.compileOptions(c.Options, outer, b.cfg.Definitions),
		nextServer: addrOf(c.NextServer),
		hostTypes:  b.hostTypes(c.ID),
		stats:      b.keep.stats.leases.Subnet(c.ID),
		updates:    nameupdate.ParamsOf(&c.DDNS),
	}
	s.first, s.last = prefixRange(c.Prefix)
	s.mask = netmask(c.Prefix.Bits())
	s.admit = optionset.Mask(b.names, c.ClientClasses)
	var around *config.SharedNetwork
	if sn != nil {
		around = &sn.SharedNetwork
		s.netAdmit = optionset.Mask(b.names, sn.ClientClasses)
		s.additional = b.names.Before(sn.AdditionalClasses, nil)
	}
	s.additional = b.names.Before(c.AdditionalClasses, s.additional)
	b.noteServerIDs(s.options)
	var err error
	if s.charset, err = b.filters.Of(&c.DDNS); err != nil {
		return fmt.Errorf("subnet %s: %w", c.Text, err)
	}
	if err := b.pools(s); err != nil {
		return err
	}
	n.subnets = append(n.subnets, s)
	b.byID[c.ID] = s
	b.entries = append(b.entries, subnet.EntryOf(&c.Subnet, around, s))
	if e, ok := over6EntryOf(s); ok {
		b.over6s = append(b.over6s, e)
	}
	return nil
}

func (b *snapshotBuilder) pools(s *subnet4) error {
	ranges := make([]alloc.Range4, 0, len(s.Pools))
	restricted := false
	for _, p := range s.Pools {
		admit := optionset.Mask(b.names, p.ClientClasses)
		restricted = restricted || !admit.Empty()
		s.pools = append(s.pools, pool4{
			first: addr4(p.First), last: addr4(p.Last), id: p.ID, admit: admit,
			additional: b.names.Before(p.AdditionalClasses, s.additional),
			options:    b.compileOptions(p.Options, s.options, b.cfg.Definitions),
			stats:      b.keep.stats.leases.Pool(s.ID, leasestats.Address, p.ID),
		})
	}
	slices.SortFunc(s.pools, func(x, y pool4) int { return cmp.Compare(x.first, y.first) })
	skipEnds := b.cfg.Compat.ExcludeFirstLast24 && s.Prefix.Bits() <= 24
	for i, p := range s.pools {
		ranges = append(ranges, alloc.Pool4{First: p.first, Last: p.last, SkipEnds: skipEnds})
		s.capacity += uint64(p.last) - uint64(p.first) + 1
		if !restricted {
			s.everybody = append(s.everybody, i)
		}
	}
	if len(ranges) == 0 {
		return nil
	}
	var err error
	s.alloc, err = b.keep.allocators.For(s.ID, s.Allocator, ranges)
	if err != nil {
		return fmt.Errorf("subnet %s: %w", s.Text, err)
	}
	return nil
}

// isShared reports whether the subnet is in a shared network.
func (s *subnet4) isShared() bool { return s.network.name != "" }

// over6EntryOf tells by what DHCPv4-over-DHCPv6 finds the subnet, if by anything.
func over6EntryOf(s *subnet4) (e subnet.Entry[*subnet4], ok bool) {
	e = subnet.Entry[*subnet4]{ID: s.ID, Interface: s.FourOSixInterface, InterfaceID: s.FourOSixInterfaceID, Subnet: s}
	if p, err := netip.ParsePrefix(s.FourOSixSubnet); err == nil {
		e.Prefix = p.Masked()
	}
	return e, e.Prefix.IsValid() || e.Interface != "" || e.InterfaceID != ""
}

// admits reports whether clients of these classes may use the subnet.
func (s *subnet4) admits(c *classify.Set) bool { return s.admit.Admits(c) && s.netAdmit.Admits(c) }

// contains reports whether the address lies in the subnet's prefix.
func (s *subnet4) contains(addr uint32) bool { return addr >= s.first && addr <= s.last }

// poolOf returns the pool that holds the address, nil if none does.
func (s *subnet4) poolOf(addr uint32) *pool4 {
	i, found := slices.BinarySearchFunc(s.pools, addr, func(p pool4, a uint32) int {
		switch {
		case p.last < a:
			return -1
		case p.first > a:
			return 1
		}
		return 0
	})
	if !found {
		return nil
	}
	return &s.pools[i]
}

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// addr4 is an IPv4 address as a number in host byte order.
func addr4(a netip.Addr) uint32 {
	b := a.As4()
	return be32(b[:])
}

// ip4 is the address of a number.
func ip4(a uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], a)
	return netip.AddrFrom4(b)
}

func addrOf(o config.Opt[netip.Addr]) uint32 {
	if !o.Set || !o.V.Is4() {
		return 0
	}
	return addr4(o.V)
}

func prefixRange(p netip.Prefix) (first, last uint32) {
	first = addr4(p.Masked().Addr())
	return first, first | uint32(uint64(1)<<(32-p.Bits())-1)
}

func netmask(bits int) []byte {
	m := make([]byte, 4)
	binary.BigEndian.PutUint32(m, ^uint32(uint64(1)<<(32-bits)-1))
	return m
}
