package e2e_test

import (
	"testing"
	"time"

	"nestor/tests/nameserver"
	"nestor/tests/servers"
)

// A real client's name is in the DNS while it has its lease, and no longer.
func TestNameOfClientInDNS(t *testing.T) {
	l := newLAN(t)
	var dns *nameserver.Server
	inside := func(f func()) {
		t.Helper()
		if err := l.server.Do(func() error { f(); return nil }); err != nil {
			t.Fatal(err)
		}
	}
	inside(func() {
		dns = nameserver.BIND(t, nil, nameserver.Zone{Name: "example.org"}, nameserver.Zone{Name: "10.in-addr.arpa"})
	})
	zone := func(name string) object {
		return object{"ddns-domains": list{object{"name": name, "dns-servers": list{object{"ip-address": "127.0.0.1", "port": dns.Addr.Port()}}}}}
	}
	servers.Nestor.StartDDNS(t, l.server, object{"forward-ddns": zone("example.org."), "reverse-ddns": zone("10.in-addr.arpa.")})
	servers.Nestor.Start(t, l.server, lanConfig().With(object{
		"dhcp-ddns": object{"enable-updates": true}, "ddns-qualifying-suffix": "example.org",
		"valid-lifetime": 6, "renew-timer": 2, "rebind-timer": 4,
		"expired-leases-processing": object{"reclaim-timer-wait-time": 1},
	}))
	dig := func(name, rtype, want string) {
		t.Helper()
		servers.Eventually(t, 20*time.Second, name+" "+rtype+" is "+want, func() (ok bool) {
			inside(func() { ok = dns.Dig(t, name, rtype) == want })
			return ok
		})
	}
	c := kinds[0].start(t, l.station(t))
	address, _ := c.bound(t)
	dig("station.example.org", "A", address)
	c.kill()
	dig("station.example.org", "A", "")
	inside(func() {
		if left := dns.Records(t, "10.in-addr.arpa"); len(left) > 0 {
			t.Errorf("the reverse zone keeps %q", left)
		}
	})
}
