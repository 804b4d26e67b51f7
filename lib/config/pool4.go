package config

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"net/netip"
	"slices"
	"strings"

	"nestor/lib/element"
)

// pools4 decodes the pools of a subnet, in ascending order of address.
func (l *loader) pools4(n node, prefix netip.Prefix) []*Pool4 {
	pools := make([]*Pool4, 0, n.count("pools"))
	for pn := range n.each("pools") {
		if p := l.pool4(pn); p != nil {
			pools = append(pools, p)
			l.checkPoolInside(pn, p, prefix)
		}
	}
	slices.SortStableFunc(pools, func(a, b *Pool4) int { return a.First.Compare(b.First) })
	l.checkPoolOverlap(n, pools)
	return pools
}

// pool4 decodes one pool, nil if its range cannot be read.
func (l *loader) pool4(n node) *Pool4 {
	text := n.get("pool", element.String)
	if text == nil {
		return nil
	}
	first, last, err := ParsePool4(text.Str)
	if err != nil {
		l.fail(n.at("pool"), text.Pos, "%v", err)
		return nil
	}
	return &Pool4{
		Meta:              l.meta(n),
		First:             first,
		Last:              last,
		ID:                n.uint32("pool-id"),
		ClientClasses:     l.guards(n),
		AdditionalClasses: l.additional(n),
		Options:           l.options(n, l.defs),
	}
}

func (l *loader) checkPoolInside(n node, p *Pool4, prefix netip.Prefix) {
	if prefix.IsValid() && !(prefix.Contains(p.First) && prefix.Contains(p.Last)) {
		l.fail(n.at("pool"), n.pos("pool"), "%s is not inside the subnet %s", FormatPool4(p.First, p.Last), prefix)
	}
}

func (l *loader) checkPoolOverlap(n node, sorted []*Pool4) {
	var reach *Pool4 // the one seen that goes furthest
	for _, p := range sorted {
		if reach != nil && p.First.Compare(reach.Last) <= 0 {
			l.fail(n.at("pools"), p.Pos, "pool %s overlaps pool %s",
				FormatPool4(p.First, p.Last), FormatPool4(reach.First, reach.Last))
		}
		if reach == nil || reach.Last.Less(p.Last) {
			reach = p
		}
	}
}

// ParsePool4 reads a pool in either notation, blanks around its parts ignored:
// first and last address with a hyphen between, or a prefix, which must have no
// host bits (ARM 8.2.7).
func ParsePool4(s string) (first, last netip.Addr, err error) {
	if left, right, ok := strings.Cut(s, "/"); ok {
		return poolOfPrefix(strings.TrimSpace(left), strings.TrimSpace(right))
	}
	left, right, ok := strings.Cut(s, "-")
	if !ok {
		return first, last, fmt.Errorf("%q is no pool: write 192.0.2.10-192.0.2.99 or 192.0.2.64/26", s)
	}
	for _, end := range []struct {
		text string
		addr *netip.Addr
	}{{left, &first}, {right, &last}} {
		t := strings.TrimSpace(end.text)
		if *end.addr, ok = parseIPv4(t); !ok {
			return first, last, fmt.Errorf("%s is not an IPv4 address", orNothing(t))
		}
	}
	if last.Less(first) {
		return first, last, fmt.Errorf("%s-%s ends before it begins: give the lower address first", first, last)
	}
	return first, last, nil
}

func poolOfPrefix(address, length string) (first, last netip.Addr, err error) {
	prefix, err := parsePrefix4(address, length)
	if err != nil {
		return first, last, err
	}
	if prefix.Bits() == 0 {
		return first, last, fmt.Errorf("%s is the whole address space, which cannot be a pool", prefix)
	}
	if prefix.Masked() != prefix {
		return first, last, fmt.Errorf("%s has host bits set: the pool of that length that holds it is %s", prefix, prefix.Masked())
	}
	return prefix.Addr(), lastOf(prefix), nil
}

// parsePrefix4 reads the two parts of a prefix.
func parsePrefix4(address, length string) (netip.Prefix, error) {
	a, ok := parseIPv4(address)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("%s is not an IPv4 address", orNothing(address))
	}
	n, ok := parseLength(length)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("%s is not the length of an IPv4 prefix, which is 0 to 32", orNothing(length))
	}
	return netip.PrefixFrom(a, n), nil
}

// parseLength reads a prefix length of one or two digits.
func parseLength(s string) (int, bool) {
	if s == "" || len(s) > 2 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, n <= 32
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// lastOf returns the highest address of an IPv4 prefix.
func lastOf(p netip.Prefix) netip.Addr {
	return addr4(uint32Of(p.Masked().Addr()) | uint32(1<<(32-p.Bits())-1))
}

func uint32Of(a netip.Addr) uint32 {
	b := a.As4()
	return binary.BigEndian.Uint32(b[:])
}

func addr4(n uint32) netip.Addr {
	var b [4]byte
	binary.BigEndian.PutUint32(b[:], n)
	return netip.AddrFrom4(b)
}

// FormatPool4 writes a range of addresses as config-get does: as a prefix if it is
// exactly one, else as first and last address. The whole address space is not
// written as a prefix, since ParsePool4 does not take it.
func FormatPool4(first, last netip.Addr) string {
	a, b := uint32Of(first), uint32Of(last)
	size := uint64(b-a) + 1
	if bits.OnesCount64(size) == 1 && uint64(a)%size == 0 && size <= math.MaxUint32 {
		return netip.PrefixFrom(first, 32-bits.TrailingZeros64(size)).String()
	}
	return first.String() + "-" + last.String()
}

// Element renders the pool as config-get shows it; see Dhcp4.Element.
func (p *Pool4) Element() *element.Value {
	v := element.NewMap()
	showClasses(v, p.ClientClasses, p.AdditionalClasses)
	v.Add("option-data", optionElements(p.Options))
	v.Add("pool", element.NewString(FormatPool4(p.First, p.Last)))
	if p.ID != 0 {
		v.Add("pool-id", element.NewInt(int64(p.ID)))
	}
	p.Meta.show(v)
	return inOrder(v)
}
