package ddns

import (
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"nestor/lib/config"
)

// A catalog is the zones of one direction, by name in lower case without the
// final dot.
type catalog struct {
	zones map[string]*zone
	// fallback is the zone of the domain "*", which matches what no other does.
	fallback *zone
}

func newCatalog(domains []*config.DDNSDomain, makeZone func(*config.DDNSDomain) *zone) *catalog {
	c := &catalog{zones: make(map[string]*zone, len(domains))}
	for _, d := range domains {
		z := makeZone(d)
		if d.Name == "*" {
			c.fallback = z
			continue
		}
		c.zones[matchForm(d.Name)] = z
	}
	return c
}

// matchForm is a name as names are compared.
func matchForm(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// size is the number of zones.
func (c *catalog) size() int {
	if c.fallback != nil {
		return len(c.zones) + 1
	}
	return len(c.zones)
}

// match finds the zone with the longest name that the name ends in, by whole
// labels (ARM 13.1.1); nil if there is none.
func (c *catalog) match(name string) *zone {
	for rest := matchForm(name); ; {
		if z := c.zones[rest]; z != nil {
			return z
		}
		if rest == "" {
			return c.fallback
		}
		rest = parent(rest)
	}
}

// parent is the name less its first label, "" at the root. A dot behind a
// backslash is part of a label.
func parent(name string) string {
	for i := 0; i < len(name); i++ {
		switch name[i] {
		case '\\':
			i++
		case '.':
			return name[i+1:]
		}
	}
	return ""
}

// reverseName is the name at which an address has its PTR record (RFC 1035
// section 3.5, RFC 3596 section 2.5).
func reverseName(a netip.Addr) string {
	name, err := dns.ReverseAddr(a.String())
	if err == nil && (a.Is4() || !a.Is4In6()) {
		return name
	}
	const digits = "0123456789abcdef"
	b := a.As16()
	out := make([]byte, 0, 72)
	for i := len(b) - 1; i >= 0; i-- {
		out = append(out, digits[b[i]&15], '.', digits[b[i]>>4], '.')
	}
	return string(out) + "ip6.arpa."
}
