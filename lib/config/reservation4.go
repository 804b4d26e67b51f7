package config

import (
	"bytes"
	"cmp"
	"encoding/hex"
	"fmt"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"sync"

	"nestor/lib/element"
	"nestor/lib/option"
)

// identifierNames are the keywords of the identifiers by IdentifierType.
var identifierNames = []string{
	IdentHWAddress: "hw-address",
	IdentDUID:      "duid",
	IdentCircuitID: "circuit-id",
	IdentClientID:  "client-id",
	IdentFlexID:    "flex-id",
}

// String gives the keyword of the identifier.
func (t IdentifierType) String() string {
	if int(t) < len(identifierNames) {
		return identifierNames[t]
	}
	return fmt.Sprintf("identifier type %d", t)
}

// maxBootFileReserved is one less than elsewhere: here Kea keeps room for a NUL.
const maxBootFileReserved = 127

// The longest identifiers: a link address (RFC 2131's chaddr and the longest
// InfiniBand one) and a DUID (RFC 8415 section 11.1).
const (
	maxHWAddress = 20
	maxDUID      = 128
)

// reservations4 decodes the reservations of a subnet, or the global ones when
// the prefix is not valid.
func (l *loader) reservations4(n node, subnetID uint32, prefix netip.Prefix) []*Reservation {
	count := n.count("reservations")
	if count == 0 {
		return nil
	}
	nodes := slices.AppendSeq(make([]node, 0, count), n.each("reservations"))
	decoded := l.decodeReservations4(nodes, subnetID)
	hosts := make([]*Reservation, 0, count)
	seen := reservationIndex{hosts: make(map[string]*Reservation, count), addresses: make(map[netip.Addr]*Reservation, count)}
	for i, r := range decoded {
		if r == nil {
			continue
		}
		l.checkReserved(nodes[i], r, prefix)
		l.checkUnique(nodes[i], r, seen)
		hosts = append(hosts, r)
	}
	return hosts
}

// decodeReservations4 decodes each of the nodes, nil for one that is faulty. Many
// are decoded in shares, one a processor.
func (l *loader) decodeReservations4(nodes []node, subnetID uint32) []*Reservation {
	decoded := make([]*Reservation, len(nodes))
	if len(nodes) < manyItems {
		for i, rn := range nodes {
			decoded[i] = l.reservation4(rn, subnetID)
		}
		return decoded
	}
	var work sync.WaitGroup
	shares := make([]*loader, runtime.NumCPU())
	size := (len(nodes) + len(shares) - 1) / len(shares)
	for n := range shares {
		share := newLoader(l.opts, l.defs)
		shares[n] = share
		work.Go(func() {
			for i := n * size; i < min((n+1)*size, len(nodes)); i++ {
				decoded[i] = share.reservation4(nodes[i], subnetID)
			}
		})
	}
	work.Wait()
	for _, share := range shares {
		l.errors = append(l.errors, share.errors...)
		l.warnings = append(l.warnings, share.warnings...)
	}
	return decoded
}

// reservationIndex finds what was reserved already in one subnet.
type reservationIndex struct {
	hosts     map[string]*Reservation
	addresses map[netip.Addr]*Reservation
}

func (l *loader) reservation4(n node, subnetID uint32) *Reservation {
	r := &Reservation{
		Meta:           l.meta(n),
		SubnetID:       subnetID,
		Hostname:       n.str("hostname"),
		Options:        l.options(n, l.defs),
		ClientClasses:  l.classNames(n, "client-classes", n.strs("client-classes")),
		NextServer:     l.fixedNextServer(n),
		ServerHostname: l.share(n.str("server-hostname")),
		BootFileName:   l.share(n.str("boot-file-name")),
	}
	l.checkFixedFields(n, maxBootFileReserved)
	r.IP = l.reservedAddress(n)
	if !l.identifier(n, r) {
		return nil
	}
	return r
}

// identifier finds the one identifier of a reservation.
func (l *loader) identifier(n node, r *Reservation) bool {
	found := ""
	for t, name := range identifierNames {
		v := n.get(name, element.String)
		if v == nil {
			continue
		}
		if found != "" {
			return false // reported by the checker, as is one without any
		}
		found = name
		ident, err := ParseIdentifier(IdentifierType(t), v.Str)
		if err != nil {
			l.fail(n.at(name), v.Pos, "%v", err)
			return false
		}
		r.IdentType, r.Ident = IdentifierType(t), ident
	}
	return found != ""
}

// ParseIdentifier reads the identifier of a reservation: hexadecimal digits,
// with colons or blanks between octets or without, or text in single quotes
// (ARM 8.3.1).
func ParseIdentifier(t IdentifierType, s string) ([]byte, error) {
	if s == "" || s == "''" {
		return nil, fmt.Errorf("the identifier is empty")
	}
	ident, err := option.DecodeHex(s)
	if quoted := len(s) >= 2 && s[0] == '\'' && s[len(s)-1] == '\''; quoted {
		ident, err = []byte(strings.TrimSpace(s[1:len(s)-1])), nil
	}
	limit := 0
	switch t {
	case IdentHWAddress:
		limit = maxHWAddress
	case IdentDUID:
		limit = maxDUID
	}
	switch {
	case err != nil:
		return nil, fmt.Errorf("invalid host identifier value '%s': write octets in hexadecimal, as 1a:1b:1c, or 'some text'", s)
	case len(ident) == 0:
		return nil, fmt.Errorf("the identifier is empty")
	case limit > 0 && len(ident) > limit:
		return nil, fmt.Errorf("it has %d octets, at most %d are possible", len(ident), limit)
	}
	return ident, nil
}

// reservedAddress reads ip-address.
func (l *loader) reservedAddress(n node) Opt[netip.Addr] {
	v := n.get("ip-address", element.String)
	if v == nil {
		return Opt[netip.Addr]{}
	}
	a, ok := parseIPv4(v.Str)
	if !ok || a.IsUnspecified() || a == broadcast {
		l.fail(n.at("ip-address"), v.Pos, "%s is not an IPv4 address that can be reserved", orNothing(v.Str))
		return Opt[netip.Addr]{}
	}
	return Opt[netip.Addr]{Set: true, V: a}
}

func (l *loader) checkReserved(n node, r *Reservation, prefix netip.Prefix) {
	if r.IP.Set && prefix.IsValid() && !prefix.Contains(r.IP.V) {
		l.fail(n.at("ip-address"), n.pos("ip-address"), "specified reservation '%s' is not within the IPv4 subnet '%s'", r.IP.V, prefix)
	}
}

// checkUnique refuses a second reservation for a host in one subnet, and for an
// address unless ip-reservations-unique is false (ARM 8.3.12).
func (l *loader) checkUnique(n node, r *Reservation, seen reservationIndex) {
	key := string(append([]byte{byte(r.IdentType)}, r.Ident...))
	if old := seen.hosts[key]; old != nil {
		l.fail(n.path, r.Pos, "this %s has a reservation here already, at %s", r.IdentType, old.Pos)
	}
	seen.hosts[key] = r
	if !r.IP.Set || !l.uniqueAddresses {
		return
	}
	if old := seen.addresses[r.IP.V]; old != nil {
		l.failOn(relyOnUniqueness, n.at("ip-address"), n.pos("ip-address"),
			"%s is reserved already, at %s: change one, or set ip-reservations-unique to false", r.IP.V, old.Pos)
	}
	seen.addresses[r.IP.V] = r
}

// identText writes an identifier as config-get does: link addresses and DUIDs
// with colons, the others without, in upper case.
func (r *Reservation) identText() string {
	if r.IdentType != IdentHWAddress && r.IdentType != IdentDUID {
		return option.FormatHex(r.Ident)
	}
	if len(r.Ident) == 0 {
		return ""
	}
	b := make([]byte, 0, 3*len(r.Ident))
	for i := range r.Ident {
		if i > 0 {
			b = append(b, ':')
		}
		b = hex.AppendEncode(b, r.Ident[i:i+1])
	}
	return string(b)
}

// reservationElements renders a list of reservations, in the order of their
// identifiers.
func reservationElements(hosts []*Reservation) *element.Value {
	sorted := slices.Clone(hosts)
	slices.SortStableFunc(sorted, func(a, b *Reservation) int {
		return cmp.Or(bytes.Compare(a.Ident, b.Ident), cmp.Compare(a.IdentType, b.IdentType))
	})
	return listOfElements(sorted, (*Reservation).Element)
}

// Element renders the reservation as config-get shows it; see Dhcp4.Element.
func (r *Reservation) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 10)
	v.Add("boot-file-name", shownText(r.BootFileName))
	if len(r.ClientClasses) == 0 {
		v.Add("client-classes", shownNone)
	} else {
		v.Add("client-classes", stringList(r.ClientClasses))
	}
	v.Add("hostname", shownText(r.Hostname))
	v.Add(identifierNames[r.IdentType], element.NewString(r.identText()))
	if r.IP.Set {
		v.Add("ip-address", element.NewString(r.IP.V.String()))
	}
	v.Add("next-server", shownZero)
	if r.NextServer.Set {
		v.Set("next-server", element.NewString(r.NextServer.V.String()))
	}
	if len(r.Options) == 0 {
		v.Add("option-data", shownNone)
	} else {
		v.Add("option-data", optionElements(r.Options))
	}
	v.Add("server-hostname", shownText(r.ServerHostname))
	r.Meta.show(v)
	return inOrder(v)
}
