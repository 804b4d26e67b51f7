package perf

import (
	"fmt"
	"io"
	"net/netip"

	"nestor/lib/pkt6"
)

// maxLeases is how many leases a DHCPv6 client can have: one in each of its
// identity associations, of which there are two types.
const maxLeases = 2 * MaxIAs

// A binding6 is what a server gives to a client of DHCPv6: a lease for each
// identity association, in the order of family6.wanted.
type binding6 struct {
	leases [maxLeases]lease6
}

// A lease6 is an address or a prefix; a length of 0 is none.
type lease6 struct {
	addr   [16]byte
	length byte // 128 for an address
}

// An association is an identity association that each client has.
type association struct {
	code uint16 // pkt6.OptIANA or pkt6.OptIAPD
	iaid uint32
}

// family6 is DHCPv6.
type family6 struct {
	wanted  []association
	blue    [kinds]blueprint6
	links   [][16]byte // link addresses of the relays
	servers serverIDs
	view    pkt6.Message
}

// newFamily6 makes the messages of a run. Relays are at the addresses of -J, else
// at link.
func newFamily6(o *Options, link netip.Addr) *family6 {
	f := &family6{wanted: o.associations(), links: [][16]byte{link.As16()}}
	for i, a := range o.Relays {
		if i == 0 {
			f.links = f.links[:0]
		}
		f.links = append(f.links, a.As16())
	}
	f.blue = blueprints6(o, f.wanted, link.As16())
	return f
}

// associations returns what each client asks for: the identity associations of a
// template for SOLICIT, else those of -e and --ias, numbered from 1 in each type.
func (o *Options) associations() (list []association) {
	if len(o.Templates) > 0 {
		return o.Templates[0].associations()
	}
	for _, kind := range []struct {
		code uint16
		not  LeaseType
	}{{pkt6.OptIANA, PrefixOnly}, {pkt6.OptIAPD, AddressOnly}} {
		if o.Leases == kind.not {
			continue
		}
		for i := range o.IAs {
			list = append(list, association{kind.code, uint32(i + 1)})
		}
	}
	return list
}

func (f *family6) blank(k kind) []byte { return f.blue[k].octets }

func (f *family6) fill(k kind, b []byte, v *values[binding6]) int {
	return f.blue[k].fill(b, v, &f.links[v.relay], f.servers.id(v.server))
}

func (f *family6) relayCount() int { return len(f.links) }

func (f *family6) answersRelease() bool { return true }

func (f *family6) newLeaseSet() leaseSet[binding6] { return prefixSet{} }

// writeLease prints a line for each lease, as perfdhcp does: an address has no
// prefix length.
func (f *family6) writeLease(w io.Writer, mac uint64, b *binding6) {
	for i := range f.wanted {
		l := &b.leases[i]
		length := ""
		if l.length < 128 {
			length = fmt.Sprint(l.length)
		}
		fmt.Fprintf(w, "%x,%s,%s\n", f.blue[kindDiscover].duid(mac), netip.AddrFrom16(l.addr), length)
	}
}

func (f *family6) serverText(server uint32) string { return fmt.Sprintf("%x", f.servers.id(server)) }

// serverIDs numbers the identifiers of servers from 1, since they are too long to
// keep one with each exchange.
type serverIDs struct {
	ids     [][]byte // number 1 is the first
	numbers map[string]uint32
}

// number returns the number of an identifier, 0 for none.
func (s *serverIDs) number(duid []byte) uint32 {
	if len(duid) == 0 {
		return 0
	}
	if n, known := s.numbers[string(duid)]; known {
		return n
	}
	if s.numbers == nil {
		s.numbers = map[string]uint32{}
	}
	s.ids = append(s.ids, append([]byte(nil), duid...))
	n := uint32(len(s.ids))
	s.numbers[string(duid)] = n
	return n
}

// id returns the identifier of a number, nil for 0.
func (s *serverIDs) id(number uint32) []byte {
	if number == 0 {
		return nil
	}
	return s.ids[number-1]
}

// A prefixSet is a set of addresses and prefixes.
type prefixSet map[lease6]struct{}

func (s prefixSet) add(b *binding6) bool {
	fresh := true
	for _, l := range b.leases {
		if l.length == 0 {
			continue
		}
		_, known := s[l]
		fresh = fresh && !known
		s[l] = struct{}{}
	}
	return fresh
}

func (s prefixSet) remove(b *binding6) {
	for _, l := range b.leases {
		delete(s, l)
	}
}
