package option

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// encodeRoutes writes a list of "subnet/length - router" as RFC 3442 has it: of
// each subnet only the octets that its length covers.
func encodeRoutes(data string) ([]byte, error) {
	values := splitCSV(data)
	if len(values) == 0 {
		return nil, errors.New("no option value specified: data needs at least one route such as 10.0.0.0/8 - 192.0.2.1")
	}
	var b []byte
	for i, v := range values {
		subnet, router, ok := parseRoute(v)
		if !ok {
			return nil, fmt.Errorf("field %d: %q is not a route such as 10.0.0.0/8 - 192.0.2.1", i+1, v)
		}
		octets, via := subnet.Masked().Addr().As4(), router.As4()
		b = append(b, byte(subnet.Bits()))
		b = append(b, octets[:(subnet.Bits()+7)/8]...)
		b = append(b, via[:]...)
	}
	return b, nil
}

func parseRoute(text string) (subnet netip.Prefix, router netip.Addr, ok bool) {
	left, right, ok := strings.Cut(text, "-")
	if !ok {
		return
	}
	subnet, err1 := netip.ParsePrefix(strings.TrimSpace(left))
	router, err2 := netip.ParseAddr(strings.TrimSpace(right))
	return subnet, router, err1 == nil && err2 == nil && subnet.Addr().Is4() && router.Is4()
}

func decodeRoutes(wire []byte) (string, error) {
	var routes []string
	for len(wire) > 0 {
		bits := int(wire[0])
		octets := (bits + 7) / 8
		if bits > 32 || len(wire) < 1+octets+4 {
			return "", fmt.Errorf("route %d is cut short or its subnet length %d is above 32", len(routes)+1, bits)
		}
		var subnet [4]byte
		copy(subnet[:], wire[1:1+octets])
		router := netip.AddrFrom4([4]byte(wire[1+octets:]))
		routes = append(routes, fmt.Sprintf("%s - %s", netip.PrefixFrom(netip.AddrFrom4(subnet), bits), router))
		wire = wire[1+octets+4:]
	}
	return strings.Join(routes, ", "), nil
}
