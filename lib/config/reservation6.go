package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/element"
)

// reservations6 decodes the reservations of a subnet; see reservations.
func (l *loader) reservations6(n node, subnetID uint32, prefix netip.Prefix) []*Reservation6 {
	return reservations(l, n, prefix, func(l *loader, n node) (*Reservation6, bool) { return l.reservation6(n, subnetID) })
}

// reservation6 decodes one reservation and tells whether it is good.
func (l *loader) reservation6(n node, subnetID uint32) (*Reservation6, bool) {
	r := &Reservation6{Addresses: l.reservedAddresses(n)}
	faults := len(l.errors)
	r.Prefixes = l.reservedPrefixes(n)
	if len(l.errors) == faults {
		r.Excluded = l.reservedExcluded(n, r.Prefixes)
	}
	return r, l.host(n, subnetID, &r.Host)
}

// reservedAddresses reads ip-addresses.
func (l *loader) reservedAddresses(n node) []netip.Addr {
	var out []netip.Addr
	for i, text := range n.strs("ip-addresses") {
		a, ok := l.family.parse(text)
		if !ok || a.IsUnspecified() || a.IsMulticast() {
			l.fail(n.item("ip-addresses", i), n.pos("ip-addresses"), "%s is not an IPv6 address that can be reserved", orNothing(text))
			continue
		}
		out = append(out, a)
	}
	return out
}

// reservedPrefixes reads prefixes.
func (l *loader) reservedPrefixes(n node) []netip.Prefix {
	var out []netip.Prefix
	for i, text := range n.strs("prefixes") {
		p, err := l.prefixOf(text)
		if err == nil && p.Addr().IsMulticast() {
			err = fmt.Errorf("%s is of multicast addresses, which cannot be reserved", p)
		}
		if err != nil {
			l.fail(n.item("prefixes", i), n.pos("prefixes"), "%v", err)
			continue
		}
		out = append(out, p)
	}
	return out
}

// prefixOf reads address and length with a slash between.
func (l *loader) prefixOf(text string) (netip.Prefix, error) {
	address, length, ok := strings.Cut(text, "/")
	if !ok {
		return netip.Prefix{}, fmt.Errorf("%s is no prefix: write %s", orNothing(text), l.family.prefix)
	}
	return l.family.parsePrefix(address, length)
}

// reservedExcluded reads excluded-prefixes: one for each of prefixes, "" for none.
func (l *loader) reservedExcluded(n node, prefixes []netip.Prefix) []netip.Prefix {
	texts := n.strs("excluded-prefixes")
	if !slices.ContainsFunc(texts, func(s string) bool { return s != "" }) {
		return nil
	}
	if len(texts) != len(prefixes) {
		l.fail(n.at("excluded-prefixes"), n.pos("excluded-prefixes"),
			"it has %d prefixes, and prefixes %d: give one for each, \"\" for those that have none", len(texts), len(prefixes))
		return nil
	}
	out := make([]netip.Prefix, len(texts))
	for i, text := range texts {
		if text == "" {
			continue
		}
		p, err := l.prefixOf(text)
		if err == nil {
			out[i] = p.Masked()
			err = checkExcluded(out[i], prefixes[i])
		}
		if err != nil {
			l.fail(n.item("excluded-prefixes", i), n.pos("excluded-prefixes"), "%v", err)
		}
	}
	return out
}

// checkExcluded checks what is left out of a prefix: a longer one inside it
// (RFC 6603 section 4.2).
func checkExcluded(excluded, of netip.Prefix) error {
	of = of.Masked()
	switch {
	case excluded.Bits() <= of.Bits():
		return fmt.Errorf("%s has to be longer than %s, which it is excluded from", excluded, of)
	case !of.Contains(excluded.Addr()):
		return fmt.Errorf("%s is not inside %s, which it is excluded from", excluded, of)
	}
	return nil
}

func (r *Reservation6) reserved(i int) (key string, a netip.Addr, ok bool) {
	if i < len(r.Addresses) {
		return "ip-addresses", r.Addresses[i], true
	}
	if i -= len(r.Addresses); i < len(r.Prefixes) {
		return "prefixes", r.Prefixes[i].Addr(), true
	}
	return "", netip.Addr{}, false
}

// Element renders the reservation as config-get shows it; see Dhcp6.Element.
func (r *Reservation6) Element() *element.Value {
	v := element.NewMap()
	v.Members = make([]element.Member, 0, 8)
	r.Host.show(v)
	v.Add("ip-addresses", textsOf(r.Addresses))
	v.Add("prefixes", textsOf(r.Prefixes))
	if r.Excluded != nil {
		list := element.NewList()
		for _, p := range r.Excluded {
			text := ""
			if p.IsValid() {
				text = p.String()
			}
			list.Append(element.NewString(text))
		}
		v.Add("excluded-prefixes", list)
	}
	return inOrder(v)
}

// textsOf is a list of values as texts.
func textsOf[T fmt.Stringer](values []T) *element.Value {
	if len(values) == 0 {
		return shownNone
	}
	list := element.NewList()
	for _, v := range values {
		list.Append(element.NewString(v.String()))
	}
	return list
}
