package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/element"
)

// pools decodes the pools of a subnet, in ascending order of address.
func (l *loader) pools(n node, prefix netip.Prefix) []*Pool {
	pools := make([]*Pool, 0, n.count("pools"))
	for pn := range n.each("pools") {
		if p := l.pool(pn); p != nil {
			pools = append(pools, p)
			l.checkPoolInside(pn, p, prefix)
		}
	}
	slices.SortStableFunc(pools, func(a, b *Pool) int { return a.First.Compare(b.First) })
	l.checkPoolOverlap(n, pools)
	return pools
}

// pool decodes one pool, nil if its range cannot be read.
func (l *loader) pool(n node) *Pool {
	text := n.get("pool", element.String)
	if text == nil {
		return nil
	}
	first, last, err := l.family.parsePool(text.Str)
	if err != nil {
		l.fail(n.at("pool"), text.Pos, "%v", err)
		return nil
	}
	return &Pool{
		Meta:              l.meta(n),
		First:             first,
		Last:              last,
		ID:                n.uint32("pool-id"),
		ClientClasses:     l.guards(n),
		AdditionalClasses: l.additional(n),
		Options:           l.options(n, l.defs),
	}
}

func (l *loader) checkPoolInside(n node, p *Pool, prefix netip.Prefix) {
	if prefix.IsValid() && !(prefix.Contains(p.First) && prefix.Contains(p.Last)) {
		l.fail(n.at("pool"), n.pos("pool"), "%s is not inside the subnet %s", FormatPool(p.First, p.Last), prefix)
	}
}

func (l *loader) checkPoolOverlap(n node, sorted []*Pool) {
	var reach *Pool // the one seen that goes furthest
	for _, p := range sorted {
		if reach != nil && p.First.Compare(reach.Last) <= 0 {
			l.fail(n.at("pools"), p.Pos, "pool %s overlaps pool %s",
				FormatPool(p.First, p.Last), FormatPool(reach.First, reach.Last))
		}
		if reach == nil || reach.Last.Less(p.Last) {
			reach = p
		}
	}
}

// parsePool reads a pool in either notation, blanks around its parts ignored:
// first and last address with a hyphen between, or a prefix (ARM 8.2.7, 9.2.8).
func (f *family) parsePool(s string) (first, last netip.Addr, err error) {
	if left, right, ok := strings.Cut(s, "/"); ok {
		return f.poolOfPrefix(strings.TrimSpace(left), strings.TrimSpace(right))
	}
	left, right, ok := strings.Cut(s, "-")
	if !ok {
		return first, last, fmt.Errorf("%q is no pool: write %s", s, f.poolText)
	}
	for _, end := range []struct {
		text string
		addr *netip.Addr
	}{{left, &first}, {right, &last}} {
		t := strings.TrimSpace(end.text)
		if *end.addr, ok = f.parse(t); !ok {
			return first, last, fmt.Errorf("%s is not an %s address", orNothing(t), f.ip)
		}
	}
	if last.Less(first) {
		return first, last, fmt.Errorf("%s-%s ends before it begins: give the lower address first", first, last)
	}
	return first, last, nil
}

func (f *family) poolOfPrefix(address, length string) (first, last netip.Addr, err error) {
	prefix, err := f.parsePrefix(address, length)
	if err != nil {
		return first, last, err
	}
	if prefix.Bits() == 0 {
		return first, last, fmt.Errorf("%s is the whole address space, which cannot be a pool", prefix)
	}
	if prefix.Masked() != prefix && !f.looseHost {
		return first, last, fmt.Errorf("%s has host bits set: the pool of that length that holds it is %s", prefix, prefix.Masked())
	}
	return prefix.Addr(), lastOf(prefix), nil
}

// FormatPool writes a range of addresses as config-get does: as a prefix if it is
// exactly one, else as first and last address. The whole address space is not
// written as a prefix, since that is not taken for a pool.
func FormatPool(first, last netip.Addr) string {
	for bits := first.BitLen(); bits > 0; bits-- {
		prefix := netip.PrefixFrom(first, bits)
		if prefix.Masked().Addr() != first {
			break // shorter ones begin before it
		}
		if lastOf(prefix) == last {
			return prefix.String()
		}
	}
	return first.String() + "-" + last.String()
}

// Element renders the pool as config-get shows it; see Dhcp4.Element.
func (p *Pool) Element() *element.Value {
	v := element.NewMap()
	showClasses(v, p.ClientClasses, p.AdditionalClasses)
	v.Add("option-data", optionElements(p.Options))
	v.Add("pool", element.NewString(FormatPool(p.First, p.Last)))
	showPoolID(v, p.ID)
	p.Meta.show(v)
	return inOrder(v)
}

func showPoolID(v *element.Value, id uint32) {
	if id != 0 {
		v.Add("pool-id", shownUint(id))
	}
}
