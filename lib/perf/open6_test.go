package perf

import (
	"net/netip"
	"strings"
	"testing"

	"nestor/tests/netns"
)

// Where a run speaks from and to, by -l, -A and the server given.
func TestLocate6(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "", b, "eth0", "2001:db8:1::2/64")
	netns.Veth(t, a, "eth1", "", b, "eth1", "")
	b.IP(t, "addr add fe80::b/64 dev eth1 nodad")
	b.IP(t, "addr del 2001:db8:1::2/64 dev eth0")
	b.IP(t, "addr add 2001:db8:1::2/64 dev eth0 nodad")
	for _, c := range []struct {
		line, fault         string
		server, local, link string // an empty local is any link-local address
		iface               string
	}{
		{line: "-l eth0", server: "ff02::1:2", link: "2001:db8:1::2", iface: "eth0"},
		{line: "-l eth0 all", server: "ff02::1:2", link: "2001:db8:1::2", iface: "eth0"},
		{line: "-l eth0 servers", server: "ff05::1:3", link: "2001:db8:1::2", iface: "eth0"},
		{line: "-l eth0 -A 1 2001:db8:1::1", server: "2001:db8:1::1", local: "2001:db8:1::2", link: "2001:db8:1::2", iface: "eth0"},
		{line: "-A 1 2001:db8:1::1", server: "2001:db8:1::1", local: "2001:db8:1::2", link: "2001:db8:1::2"},
		{line: "-l 2001:db8:1::2 -A 1", server: "ff02::1:2", local: "2001:db8:1::2", link: "2001:db8:1::2", iface: "eth0"},
		{line: "-l fe80::b all", server: "ff02::1:2", local: "fe80::b", link: "fe80::b", iface: "eth1"},
		{line: "fe80::1%eth0", server: "fe80::1%eth0", link: "2001:db8:1::2", iface: "eth0"},
		{line: "all", fault: "ff02::1:2 is on every link: name an interface with -l"},
		{line: "", fault: "with -l or --raw"},
		{line: "fe80::1", fault: "name an interface with -l"},
		{line: "-l eth1 -A 1", fault: "no global IPv6 address for a relay"},
		{line: "-l eth0 192.0.2.1", fault: "192.0.2.1 is not an IPv6 address"},
		{line: "-l eth9", fault: "neither an interface nor an IPv6 address"},
		{line: "-l 2001:db8::9", fault: "no interface has this address"},
	} {
		t.Run(c.line, func(t *testing.T) {
			var at place6
			var iface int
			err := b.Do(func() error {
				o, err := Parse(strings.Fields("-6 " + c.line))
				if err != nil {
					return err
				}
				if ifi, _, err := findLocal6(c.iface); err == nil && ifi != nil {
					iface = ifi.Index
				}
				at, err = o.locate6()
				return err
			})
			if c.fault != "" {
				if err == nil || !strings.Contains(err.Error(), c.fault) {
					t.Errorf("want an error with %q, got %v", c.fault, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if at.server != netip.MustParseAddr(c.server) || at.link != netip.MustParseAddr(c.link) || at.iface != iface {
				t.Errorf("%+v, want interface %d", at, iface)
			}
			if c.local == "" && !at.local.IsLinkLocalUnicast() || c.local != "" && at.local.String() != c.local {
				t.Errorf("speaks from %v, want %q", at.local, c.local)
			}
		})
	}
}
