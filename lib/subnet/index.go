// Package subnet owns the index by which a server finds the subnet of a client:
// by an address inside it, by the address of a relay, by the interface that
// received the query, by the interface-id that a relay adds. Which of these applies to a message is the rule of the
// protocol and stays in the daemons. It serves DHCPv4 and DHCPv6.
package subnet

import (
	"net/netip"
	"slices"

	"github.com/gaissmai/bart"

	"nestor/lib/config"
)

// Entry is one subnet to be found. Relays, Interface and InterfaceID are those that
// apply to it: its own, or its shared network's. It is not found by what it has
// not.
type Entry[S any] struct {
	ID          uint32
	Prefix      netip.Prefix
	Relays      []netip.Addr
	Interface   string
	InterfaceID string
	Subnet      S
}

// EntryOf is the entry of a configured subnet that found stands for; interface and relays
// come from the shared network, if any, where the subnet has none.
func EntryOf[S any](s *config.Subnet, network *config.SharedNetwork, found S) Entry[S] {
	e := Entry[S]{ID: s.ID, Prefix: s.Prefix, Relays: s.Relays, Interface: s.Interface, Subnet: found}
	if network != nil {
		if len(e.Relays) == 0 {
			e.Relays = network.Relays
		}
		if e.Interface == "" {
			e.Interface = network.Interface
		}
	}
	return e
}

// Index finds subnets. It is immutable and safe for concurrent use. Wherever
// several subnets fit they are given in ascending order of their id, the order
// in which Kea tries them.
type Index[S any] struct {
	byPrefix      bart.Table[[]S]
	byRelay       map[netip.Addr][]S
	byInterface   map[string][]S
	byInterfaceID map[string][]S
	all           []S
}

// NewIndex builds the index.
func NewIndex[S any](entries []Entry[S]) *Index[S] {
	entries = slices.Clone(entries)
	slices.SortStableFunc(entries, func(a, b Entry[S]) int {
		switch {
		case a.ID < b.ID:
			return -1
		case a.ID > b.ID:
			return 1
		}
		return 0
	})
	x := &Index[S]{byRelay: map[netip.Addr][]S{}, byInterface: map[string][]S{}, byInterfaceID: map[string][]S{}}
	for _, e := range entries {
		x.all = append(x.all, e.Subnet)
		for _, r := range e.Relays {
			x.byRelay[r] = append(x.byRelay[r], e.Subnet)
		}
		if e.Interface != "" {
			x.byInterface[e.Interface] = append(x.byInterface[e.Interface], e.Subnet)
		}
		if e.InterfaceID != "" {
			x.byInterfaceID[e.InterfaceID] = append(x.byInterfaceID[e.InterfaceID], e.Subnet)
		}
	}
	x.indexPrefixes(entries)
	return x
}

// indexPrefixes gives each prefix the list of all subnets that contain it, since
// of overlapping subnets the lowest id comes first and not the longest prefix:
// one longest match then answers with every candidate.
func (x *Index[S]) indexPrefixes(entries []Entry[S]) {
	var positions bart.Table[[]int]
	for i, e := range entries {
		at, _ := positions.Get(e.Prefix)
		positions.Insert(e.Prefix, append(at, i))
	}
	for prefix := range positions.All() {
		var covering []int
		for _, at := range positions.Supernets(prefix) {
			covering = append(covering, at...)
		}
		slices.Sort(covering)
		subnets := make([]S, len(covering))
		for i, p := range covering {
			subnets[i] = entries[p].Subnet
		}
		x.byPrefix.Insert(prefix, subnets)
	}
}

// ByAddr returns the subnets whose prefix holds the address.
func (x *Index[S]) ByAddr(a netip.Addr) []S {
	s, _ := x.byPrefix.Lookup(a)
	return s
}

// ByRelay returns the subnets that name the relay's address.
func (x *Index[S]) ByRelay(a netip.Addr) []S { return x.byRelay[a] }

// ByInterface returns the subnets that name the interface.
func (x *Index[S]) ByInterface(name string) []S { return x.byInterface[name] }

// ByInterfaceID returns the subnets that name the interface-id.
func (x *Index[S]) ByInterfaceID(id []byte) []S { return x.byInterfaceID[string(id)] }

// All returns every subnet.
func (x *Index[S]) All() []S { return x.all }
