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

// Identifiers are the types of host-reservation-identifiers, in order.
func (c *Server) Identifiers() (types []IdentifierType) {
	for _, name := range c.HostReservationIdentifiers {
		types = append(types, IdentifierType(slices.Index(identifierNames, name)))
	}
	return types
}

// The longest identifiers: a link address (RFC 2131's chaddr and the longest
// InfiniBand one) and a DUID (RFC 8415 section 11.1).
const (
	maxHWAddress = 20
	maxDUID      = 128
)

// reservation is what Reservation and Reservation6 have in common.
type reservation interface {
	common() *Host
	Element() *element.Value
	// reserved is the address, or the first one of the prefix, at a position, and
	// the keyword that it comes from; behind the last one it is not ok.
	reserved(i int) (key string, a netip.Addr, ok bool)
}

func (h *Host) common() *Host { return h }

// reservations decodes the reservations of a subnet, or the global ones when the
// prefix is not valid.
func reservations[R reservation](l *loader, n node, prefix netip.Prefix, decode func(*loader, node) (R, bool)) []R {
	count := n.count("reservations")
	if count == 0 {
		return nil
	}
	nodes := slices.AppendSeq(make([]node, 0, count), n.each("reservations"))
	decoded, good := decodeMany(l, nodes, decode)
	hosts := make([]R, 0, count)
	seen := reservationIndex{hosts: make(map[string]*Host, count), addresses: make(map[netip.Addr]*Host, count)}
	for i, r := range decoded {
		if !good[i] {
			continue
		}
		l.checkReserved(nodes[i], r, prefix)
		l.checkUnique(nodes[i], r, seen)
		hosts = append(hosts, r)
	}
	return hosts
}

// decodeMany decodes each of the nodes and tells which are good. Many are decoded
// in shares, one a processor.
func decodeMany[R any](l *loader, nodes []node, decode func(*loader, node) (R, bool)) (decoded []R, good []bool) {
	decoded, good = make([]R, len(nodes)), make([]bool, len(nodes))
	if len(nodes) < manyItems {
		for i, rn := range nodes {
			decoded[i], good[i] = decode(l, rn)
		}
		return decoded, good
	}
	var work sync.WaitGroup
	shares := make([]*loader, runtime.NumCPU())
	size := (len(nodes) + len(shares) - 1) / len(shares)
	for n := range shares {
		share := newLoader(l.opts, l.family)
		share.defs = l.defs
		shares[n] = share
		work.Go(func() {
			for i := n * size; i < min((n+1)*size, len(nodes)); i++ {
				decoded[i], good[i] = decode(share, nodes[i])
			}
		})
	}
	work.Wait()
	for _, share := range shares {
		l.errors = append(l.errors, share.errors...)
		l.warnings = append(l.warnings, share.warnings...)
	}
	return decoded, good
}

// reservationIndex finds what was reserved already in one subnet.
type reservationIndex struct {
	hosts     map[string]*Host
	addresses map[netip.Addr]*Host
}

// host fills in what reservations of both protocols have, and tells whether there
// is an identifier.
func (l *loader) host(n node, subnetID uint32, h *Host) bool {
	h.Meta = l.meta(n)
	h.SubnetID = subnetID
	h.Hostname = n.str("hostname")
	h.Options = l.options(n, l.defs)
	h.ClientClasses = l.classNames(n, "client-classes", n.strs("client-classes"))
	return l.identifier(n, h)
}

// identifier finds the one identifier of a reservation.
func (l *loader) identifier(n node, h *Host) bool {
	found := false
	for t, name := range identifierNames {
		v := n.get(name, element.String)
		if v == nil || n.scope.index[name] == nil {
			continue
		}
		if found {
			return false // reported by the checker, as is one without any
		}
		found = true
		ident, err := ParseIdentifier(IdentifierType(t), v.Str)
		if err != nil {
			l.fail(n.at(name), v.Pos, "%v", err)
			return false
		}
		h.IdentType, h.Ident = IdentifierType(t), ident
	}
	return found
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

// checkReserved checks that addresses are in the subnet. Prefixes need not be.
func (l *loader) checkReserved(n node, r reservation, subnet netip.Prefix) {
	if !subnet.IsValid() {
		return
	}
	for i := 0; ; i++ {
		key, a, ok := r.reserved(i)
		if !ok {
			return
		}
		if key != "prefixes" && !subnet.Contains(a) {
			l.fail(n.at(key), n.pos(key), "specified reservation '%s' is not within the %s subnet '%s'", a, l.family.ip, subnet)
		}
	}
}

// checkUnique refuses a second reservation for a host in one subnet, and for an
// address or prefix unless ip-reservations-unique is false (ARM 8.3.12, 9.3.12).
func (l *loader) checkUnique(n node, r reservation, seen reservationIndex) {
	h := r.common()
	var room [64]byte // for all but the longest
	ident := append(append(room[:0], byte(h.IdentType)), h.Ident...)
	if old := seen.hosts[string(ident)]; old != nil {
		l.fail(n.path, h.Pos, "this %s has a reservation here already, at %s", h.IdentType, old.Pos)
	}
	seen.hosts[string(ident)] = h
	for i := 0; ; i++ {
		key, a, ok := r.reserved(i)
		if !ok {
			return
		}
		old := seen.addresses[a]
		seen.addresses[a] = h
		switch {
		case old == nil:
		case old == h:
			l.fail(n.at(key), n.pos(key), "%s is reserved for this host twice", a)
		case l.uniqueAddresses:
			l.failOn(relyOnUniqueness, n.at(key), n.pos(key),
				"%s is reserved already, at %s: change one, or set ip-reservations-unique to false", a, old.Pos)
		}
	}
}

// identText writes an identifier as config-get does: link addresses and DUIDs
// with colons, the others without, in upper case.
func (h *Host) identText() string {
	if h.IdentType != IdentHWAddress && h.IdentType != IdentDUID {
		return option.FormatHex(h.Ident)
	}
	if len(h.Ident) == 0 {
		return ""
	}
	b := make([]byte, 0, 3*len(h.Ident))
	for i := range h.Ident {
		if i > 0 {
			b = append(b, ':')
		}
		b = hex.AppendEncode(b, h.Ident[i:i+1])
	}
	return string(b)
}

// reservationElements renders a list of reservations, in the order of their
// identifiers.
func reservationElements[R reservation](hosts []R) *element.Value {
	sorted := slices.Clone(hosts)
	slices.SortStableFunc(sorted, func(a, b R) int {
		x, y := a.common(), b.common()
		return cmp.Or(bytes.Compare(x.Ident, y.Ident), cmp.Compare(x.IdentType, y.IdentType))
	})
	return listOfElements(sorted, R.Element)
}

// show adds what config-get has of reservations of both protocols.
func (h *Host) show(v *element.Value) {
	if len(h.ClientClasses) == 0 {
		v.Add("client-classes", shownNone)
	} else {
		v.Add("client-classes", stringList(h.ClientClasses))
	}
	v.Add("hostname", shownText(h.Hostname))
	v.Add(identifierNames[h.IdentType], element.NewString(h.identText()))
	if len(h.Options) == 0 {
		v.Add("option-data", shownNone)
	} else {
		v.Add("option-data", optionElements(h.Options))
	}
	h.Meta.show(v)
}
