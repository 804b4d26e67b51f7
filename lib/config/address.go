package config

import (
	"fmt"
	"net/netip"
)

// parse reads an address.
func (f *family) parse(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.BitLen() == f.bits && a.Zone() == ""
}

// parseIPv4 reads a dotted address.
func parseIPv4(s string) (netip.Addr, bool) {
	a, err := netip.ParseAddr(s)
	return a, err == nil && a.Is4()
}

// parsePrefix reads the two parts of a prefix.
func (f *family) parsePrefix(address, length string) (netip.Prefix, error) {
	a, ok := f.parse(address)
	if !ok {
		return netip.Prefix{}, fmt.Errorf("%s is not an %s address", orNothing(address), f.ip)
	}
	n, ok := parseLength(length)
	if !ok || n > f.bits {
		return netip.Prefix{}, fmt.Errorf("%s is not the length of an %s prefix, which is 0 to %d", orNothing(length), f.ip, f.bits)
	}
	return netip.PrefixFrom(a, n), nil
}

// parseLength reads a prefix length of up to three digits.
func parseLength(s string) (int, bool) {
	if s == "" || len(s) > 3 {
		return 0, false
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, true
}

func orNothing(s string) string {
	if s == "" {
		return "nothing"
	}
	return s
}

// lastOf returns the highest address of a prefix.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < 8*len(b); i++ {
		b[i/8] |= 1 << (7 - i%8)
	}
	last, _ := netip.AddrFromSlice(b)
	return last
}
