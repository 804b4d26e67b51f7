package config

import (
	"net/netip"
	"slices"

	"nestor/lib/element"
)

// pdPools decodes the pools of prefixes of a subnet, in ascending order.
func (l *loader) pdPools(n node) []*PDPool {
	pools := make([]*PDPool, 0, n.count("pd-pools"))
	for pn := range n.each("pd-pools") {
		if p := l.pdPool(pn); p != nil {
			pools = append(pools, p)
		}
	}
	slices.SortStableFunc(pools, func(a, b *PDPool) int { return a.Prefix.Addr().Compare(b.Prefix.Addr()) })
	l.checkPDPoolOverlap(n, pools)
	return pools
}

// pdPool decodes one pool, nil if its prefixes cannot be read.
func (l *loader) pdPool(n node) *PDPool {
	if !n.has("prefix") || !n.has("prefix-len") || !n.has("delegated-len") {
		return nil // reported by the checker
	}
	prefix, ok := l.pdPrefix(n)
	if !ok {
		return nil
	}
	p := &PDPool{
		Meta:              l.meta(n),
		Prefix:            prefix,
		DelegatedLen:      int(n.int("delegated-len")),
		ID:                n.uint32("pool-id"),
		ClientClasses:     l.guards(n),
		AdditionalClasses: l.additional(n),
		Options:           l.options(n, l.defs),
	}
	if p.DelegatedLen < prefix.Bits() {
		l.fail(n.at("delegated-len"), n.pos("delegated-len"), "%d is shorter than prefix-len, which is %d: no such prefix is in the pool",
			p.DelegatedLen, prefix.Bits())
		return nil
	}
	p.Excluded = l.excluded(n, netip.PrefixFrom(prefix.Addr(), p.DelegatedLen))
	return p
}

// pdPrefix reads the prefix of a pool, which has no bits behind its length.
func (l *loader) pdPrefix(n node) (netip.Prefix, bool) {
	a, ok := l.family.parse(n.str("prefix"))
	if !ok {
		l.fail(n.at("prefix"), n.pos("prefix"), "%s is not an IPv6 address", orNothing(n.str("prefix")))
		return netip.Prefix{}, false
	}
	prefix := netip.PrefixFrom(a, int(n.int("prefix-len")))
	if prefix != prefix.Masked() {
		l.fail(n.at("prefix"), n.pos("prefix"), "%s has host bits set: the prefix of that length is %s", prefix, prefix.Masked())
		return netip.Prefix{}, false
	}
	return prefix, true
}

// excluded decodes what each delegated prefix leaves out, given as it is in the
// first one (RFC 6603); without a length there is nothing.
func (l *loader) excluded(n node, first netip.Prefix) netip.Prefix {
	bits, text := int(n.int("excluded-prefix-len")), n.get("excluded-prefix", element.String)
	switch {
	case text == nil && bits == 0:
		return netip.Prefix{}
	case text == nil:
		l.fail(n.path, n.v.Pos, "excluded-prefix is missing beside excluded-prefix-len: give both, or none")
		return netip.Prefix{}
	}
	a, ok := l.family.parse(text.Str)
	switch {
	case !ok:
		l.fail(n.at("excluded-prefix"), text.Pos, "%s is not an IPv6 address", orNothing(text.Str))
		return netip.Prefix{}
	case bits == 0 && a.IsUnspecified():
		return netip.Prefix{}
	case bits == 0:
		l.fail(n.path, n.v.Pos, "excluded-prefix-len is missing beside excluded-prefix: give both, or none")
		return netip.Prefix{}
	}
	out := netip.PrefixFrom(a, bits).Masked()
	if err := checkExcluded(out, first); err != nil {
		l.fail(n.at("excluded-prefix"), text.Pos, "%v", err)
		return netip.Prefix{}
	}
	return out
}

func (l *loader) checkPDPoolOverlap(n node, sorted []*PDPool) {
	var reach *PDPool // the one seen that goes furthest
	for _, p := range sorted {
		if reach != nil && reach.Prefix.Overlaps(p.Prefix) {
			l.fail(n.at("pd-pools"), p.Pos, "pool %s overlaps pool %s", p.Prefix, reach.Prefix)
			continue
		}
		reach = p
	}
}

// Element renders the pool as config-get shows it; see Dhcp6.Element.
func (p *PDPool) Element() *element.Value {
	v := element.NewMap()
	showClasses(v, p.ClientClasses, p.AdditionalClasses)
	v.Add("delegated-len", element.NewInt(int64(p.DelegatedLen)))
	if p.Excluded.IsValid() {
		v.Add("excluded-prefix", element.NewString(p.Excluded.Addr().String()))
		v.Add("excluded-prefix-len", element.NewInt(int64(p.Excluded.Bits())))
	}
	v.Add("option-data", optionElements(p.Options))
	showPoolID(v, p.ID)
	v.Add("prefix", element.NewString(p.Prefix.Addr().String()))
	v.Add("prefix-len", element.NewInt(int64(p.Prefix.Bits())))
	p.Meta.show(v)
	return inOrder(v)
}
