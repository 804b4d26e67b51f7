package differential_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/tests/nameserver"
	"nestor/tests/netns"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// dnsZones are what a DNS server is primary for.
var dnsZones = []nameserver.Zone{{Name: "example.org"}, {Name: "10.in-addr.arpa"}, {Name: "8.b.d.0.1.0.0.2.ip6.arpa"}}

// A nameWorld is both DHCP servers of a make with a DDNS daemon of the same or the
// other make and a DNS server.
type nameWorld struct {
	ns  *netns.NS
	dns *nameserver.Server
	v4  *responder
	v6  *responder6
}

func newNameWorld(t *testing.T, dhcp, ddns servers.Make) *nameWorld {
	t.Helper()
	ns, client := netns.New(t), netns.New(t)
	netns.Veth(t, ns, "eth0", "10.0.0.1/24", client, "eth0", client6Addr+"/64")
	ns.IP(t, "addr add "+server6Addr+"/64 dev eth0 nodad")
	w := &nameWorld{ns: ns}
	w.inside(t, func() { w.dns = nameserver.BIND(t, nil, dnsZones...) })
	domain := func(names ...string) object {
		var all list
		for _, name := range names {
			all = append(all, object{"name": name, "dns-servers": list{object{"ip-address": "127.0.0.1", "port": w.dns.Addr.Port()}}})
		}
		return object{"ddns-domains": all}
	}
	ddns.StartDDNS(t, ns, object{
		"dns-server-timeout": 2000,
		"forward-ddns":       domain("example.org."), "reverse-ddns": domain("10.in-addr.arpa.", "8.b.d.0.1.0.0.2.ip6.arpa."),
	})
	// Released leases are deleted, as 2.2.0 does with any setting.
	common := object{
		"dhcp-ddns": object{"enable-updates": true}, "ddns-qualifying-suffix": "example.org", "valid-lifetime": 3600,
		"expired-leases-processing": object{"hold-reclaimed-time": 0, "reclaim-timer-wait-time": 1},
	}
	dhcp.Start(t, ns, setting{config: func() object {
		return object{"subnet4": list{
			object{"id": 1, "subnet": "10.0.0.0/16", "interface": "eth0", "pools": list{object{"pool": "10.0.1.0 - 10.0.250.255"}}},
			object{"id": 2, "subnet": "10.7.0.0/16", "pools": list{object{"pool": "10.7.0.10 - 10.7.0.10"}}, "valid-lifetime": 2},
		}}
	}}.configuration(t).With(common).With(object{"expired-leases-processing": object{"hold-reclaimed-time": 0, "reclaim-timer-wait-time": 1}}))
	dhcp.Start6(t, ns, common6(common.With(object{"preferred-lifetime": 1800, "subnet6": list{
		object{"id": 1, "subnet": "2001:db8:1::/48", "interface": "eth0", "pools": list{object{"pool": "2001:db8:1:1::/64"}}},
	}})))
	w.v4 = &responder{make: dhcp, station: wire.NewStation(t, client, "eth0", ns, "eth0")}
	w.v6 = &responder6{station6: newStation6(t, client), make: dhcp}
	return w
}

// inside runs f where the DNS server is.
func (w *nameWorld) inside(t *testing.T, f func()) {
	t.Helper()
	if err := w.ns.Do(func() error { f(); return nil }); err != nil {
		t.Fatal(err)
	}
}

// records are those of all zones but the identifiers of clients.
func (w *nameWorld) records(t *testing.T, identifiers bool) (all []string) {
	t.Helper()
	w.inside(t, func() {
		for _, z := range dnsZones {
			all = append(all, w.dns.Records(t, z.Name)...)
		}
	})
	return slices.DeleteFunc(all, func(r string) bool { return strings.Contains(r, " DHCID ") && !identifiers })
}

// has waits until the zones have the records.
func (w *nameWorld) has(t *testing.T, want ...string) {
	t.Helper()
	slices.Sort(want)
	var got []string
	limit := time.Now().Add(15 * time.Second)
	for {
		got = w.records(t, false)
		slices.Sort(got)
		if slices.Equal(got, want) {
			return
		}
		if time.Now().After(limit) {
			t.Fatalf("the zones have\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
		}
		time.Sleep(50 * time.Millisecond)
	}
}

// DHCP servers and DDNS daemons of both makes, each with each, leave the same in the
// zones of a real DNS server.
func TestUpdatesInDNS(t *testing.T) {
	var first []string
	for _, c := range []struct{ dhcp, ddns servers.Make }{
		{servers.Nestor, servers.Nestor}, {servers.Nestor, servers.Kea}, {servers.Kea, servers.Nestor}, {servers.Kea, servers.Kea},
	} {
		t.Run(c.dhcp.Name+"-dhcp with "+c.ddns.Name+"-ddns", func(t *testing.T) {
			w := newNameWorld(t, c.dhcp, c.ddns)
			w.v4.hold(t, 0, course("leased", discover(text(12, "one")), selecting(text(12, "one"))))
			w.v4.hold(t, 1, course("reverse only", discover(fqdn(4, "\x03two\x07example\x03org\x00")), selecting(fqdn(4, "\x03two\x07example\x03org\x00"))))
			w.v6.hold(t, 2, dialogueOf("leased", solicit(na(1), fqdn6(1, "\x05three")), request(fqdn6(1, "\x05three"))))
			one := []string{"one.example.org. 1200 A 10.0.1.1", "1.1.0.10.in-addr.arpa. 1200 PTR one.example.org."}
			two := []string{"1.2.0.10.in-addr.arpa. 1200 PTR two.example.org."}
			three := func(name string) []string {
				return []string{name + ".example.org. 1200 AAAA 2001:db8:1:1::", strings.Repeat("0.", 16) + "1.0.0.0.1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa. 1200 PTR " + name + ".example.org."}
			}
			w.has(t, slices.Concat(one, two, three("three"))...)

			// The name is another client's: it stays there.
			w.v4.hold(t, 3, course("taken", discover(text(12, "one")), selecting(text(12, "one"))))
			w.v4.hold(t, 0, course("another name", discover(), selecting(text(12, "four"))))
			w.v6.hold(t, 2, dialogueOf("another name", solicit(na(1)), request(fqdn6(1, "\x04five"))))
			four := []string{"four.example.org. 1200 A 10.0.1.1", "1.1.0.10.in-addr.arpa. 1200 PTR four.example.org."}
			w.has(t, slices.Concat(four, two, three("five"))...)
			if got := w.records(t, true); first == nil {
				first = got
			} else if !slices.Equal(got, first) {
				t.Errorf("the zones have\n  %s\nafter the first pair it was\n  %s", strings.Join(got, "\n  "), strings.Join(first, "\n  "))
			}

			w.v4.hold(t, 0, course("released", discover(), selecting(text(12, "four")), release()))
			w.v6.hold(t, 2, dialogueOf("released", solicit(na(1)), request(fqdn6(1, "\x04five")), release6()))
			w.has(t, two...)

			// D4.26.2: a lease that runs out takes its name along.
			w.v4.hold(t, 4, course("short", discover(text(12, "short"), relayed("10.7.0.1")), selecting(text(12, "short"), relayed("10.7.0.1"))))
			w.has(t, append(two, "short.example.org. 600 A 10.7.0.10", "10.0.7.10.in-addr.arpa. 600 PTR short.example.org.")...)
			w.has(t, two...)
		})
	}
}
