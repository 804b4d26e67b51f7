package subnet_test

import (
	"net/netip"
	"slices"
	"testing"

	"nestor/lib/subnet"
)

func TestIndex(t *testing.T) {
	relay := []netip.Addr{netip.MustParseAddr("203.0.113.1")}
	index := subnet.NewIndex([]subnet.Entry[string]{
		{ID: 7, Prefix: netip.MustParsePrefix("10.0.0.0/8"), Interface: "eth0", Subnet: "seven"},
		{ID: 3, Prefix: netip.MustParsePrefix("10.1.0.0/16"), Relays: relay, InterfaceID: "port", Subnet: "three"},
		{ID: 5, Prefix: netip.MustParsePrefix("2001:db8::/32"), Interface: "eth0", Relays: relay, Subnet: "five"},
		{ID: 9, InterfaceID: "port", Subnet: "nine"}, // without prefix
	})
	at := func(text string) []string { return index.ByAddr(netip.MustParseAddr(text)) }
	for name, c := range map[string]struct{ got, want []string }{
		"the lowest id before the longest prefix": {at("10.1.2.3"), []string{"three", "seven"}},
		"the wider prefix alone":                  {at("10.2.0.1"), []string{"seven"}},
		"IPv6":                                    {at("2001:db8::1"), []string{"five"}},
		"outside of all":                          {at("192.0.2.1"), nil},
		"no address":                              {at("0.0.0.0"), nil},
		"invalid address":                         {index.ByAddr(netip.Addr{}), nil},
		"relay":                                   {index.ByRelay(relay[0]), []string{"three", "five"}},
		"another relay":                           {index.ByRelay(netip.MustParseAddr("203.0.113.2")), nil},
		"interface":                               {index.ByInterface("eth0"), []string{"five", "seven"}},
		"no interface":                            {index.ByInterface(""), nil},
		"interface-id":                            {index.ByInterfaceID([]byte("port")), []string{"three", "nine"}},
		"no interface-id":                         {index.ByInterfaceID(nil), nil},
		"all":                                     {index.All(), []string{"three", "five", "seven", "nine"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%s: %q, want %q", name, c.got, c.want)
		}
	}
	id := []byte("port")
	if n := testing.AllocsPerRun(100, func() { index.ByInterfaceID(id) }); n != 0 {
		t.Errorf("%v allocations to find an interface-id", n)
	}
}
