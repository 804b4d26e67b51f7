package dhcp6

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/lib/nameupdate"
	"nestor/lib/ncr"
	"nestor/lib/pkt6"
	"nestor/tests/ncrtap"
)

// updater is a server with what it sends to the DDNS daemon.
type updater struct {
	*testServer
	tap    *ncrtap.Tap
	fences int
}

// connection is a configuration with the tap in the place of the daemon.
func connection(tap *ncrtap.Tap) string {
	return fmt.Sprintf(`"dhcp-ddns": { "enable-updates": true, "server-port": %d }, "valid-lifetime": 7200, `, tap.Port())
}

// newUpdater starts a server with updates.
func newUpdater(t *testing.T, conf string) *updater {
	t.Helper()
	tap := ncrtap.New(t, "127.0.0.1:0")
	return &updater{testServer: newTestServer(t, connection(tap)+conf), tap: tap}
}

// requests are those that were sent since the last call.
func (u *updater) requests() []*ncr.Request {
	u.t.Helper()
	u.fences++
	name := fmt.Sprintf("fence-%d.", u.fences)
	var l nameupdate.List
	l.Add6(&lease.Lease6{DUID: duidOf(1), Hostname: []byte(name), FqdnFwd: true}, &nameupdate.Params{})
	u.srv.ddns.Send(&l)
	return u.tap.Until(u.t, "the server", name)
}

// asks checks what was asked for since the last check.
func (u *updater) asks(want ...string) {
	u.t.Helper()
	if got := ncrtap.Lines(u.requests()); !slices.Equal(got, want) {
		u.t.Errorf("asked for\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

// does sends a message of a client, which must be answered.
func (u *updater) does(typ, n byte, options ...[]byte) {
	u.t.Helper()
	if u.one(query(typ, n, options...)) == nil {
		u.t.Fatalf("message of type %d is not answered", typ)
	}
}

// reclaim takes back the leases that have run out.
func (u *updater) reclaim() {
	u.t.Helper()
	if err := u.srv.reclaimAll(false); err != nil {
		u.t.Fatal(err)
	}
}

// named is option 39 with flags and a name in wire form.
func named(flags byte, name string) []byte { return opt(39, append([]byte{flags}, name...)...) }

const (
	updateNetwork = `"ddns-qualifying-suffix": "example.com", "subnet6": [ { "id": 1, "subnet": "2001:db8:1::/48", "interface": "eth0",
		"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ], "pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56 } ] } ]`
	full     = "\x04full\x07example\x03org\x00"
	fullOne  = "full.example.org. 2001:db8:1::10 2400"
	partial  = "\x04host"
	otherOne = "host.example.com. 2001:db8:1::10 2400"
)

func TestUpdates(t *testing.T) {
	const release, request, renew = pkt6.MsgRelease, pkt6.MsgRequest, pkt6.MsgRenew
	first := na(1, "2001:db8:1::10")
	for _, c := range []struct {
		name, conf string
		course     func(u *updater)
	}{
		{"D6.22.15 a new lease, not an ADVERTISE", "", func(u *updater) {
			u.does(pkt6.MsgSolicit, 1, na(1), named(1, full))
			u.asks()
			u.does(request, 1, first, named(1, full))
			u.asks("+fr " + fullOne)
		}},
		{"D6.22.15 renewal by another name, release", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first, named(1, partial))
			u.asks("+fr "+fullOne, "-fr "+fullOne, "+fr "+otherOne)
			u.does(release, 1, first)
			u.asks("-fr " + otherOne)
		}},
		{"D6.22.15 decline", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(pkt6.MsgDecline, 1, first)
			u.asks("+fr "+fullOne, "-fr "+fullOne)
		}},
		{"D6.22.15 expiry", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(request, 2, na(1, "2001:db8:1::12"), named(0, full))
			u.asks("+fr "+fullOne, "+r full.example.org. 2001:db8:1::12 2400")
			u.pass(3 * time.Hour)
			u.reclaim()
			got := u.requests()
			lines := ncrtap.Lines(got)
			slices.Sort(lines)
			if want := []string{"-fr " + fullOne, "-r full.example.org. 2001:db8:1::12 2400"}; !slices.Equal(lines, want) {
				u.t.Errorf("asked for %q, want %q", lines, want)
			}
			if left := got[0].Expires.Sub(u.now); left > 0 || left < -3*time.Hour {
				u.t.Errorf("a lease that ran out runs out in %v", left)
			}
			u.reclaim()
			u.asks()
		}},
		{"release with affinity: the entries go when the lease is reclaimed", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(release, 1, first)
			u.asks("+fr " + fullOne)
			u.pass(time.Minute)
			u.reclaim()
			u.asks("-fr full.example.org. 2001:db8:1::10 600")
		}},
		{"a lease that has run out goes to another client", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.pass(3 * time.Hour)
			u.does(request, 2, first, named(1, partial))
			u.asks("+fr "+fullOne, "-fr "+fullOne, "+fr "+otherOne)
		}},
		{"a lease that has run out is renewed", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.pass(3 * time.Hour)
			u.does(renew, 1, first, named(1, full))
			u.asks("+fr "+fullOne, "-fr "+fullOne, "+fr "+fullOne)
		}},
		{"renewal without a change", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first, named(1, full))
			u.does(pkt6.MsgRebind, 1, first, named(1, full))
			u.asks("+fr " + fullOne)
		}},
		{"D6.22.8 renewal without a change, ddns-update-on-renew", `"ddns-update-on-renew": true, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first, named(1, full))
			u.asks("+fr "+fullOne, "-fr "+fullOne, "+fr "+fullOne)
		}},
		{"renewal with other flags", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first, named(0, full))
			u.does(renew, 1, first, named(4, full))
			u.asks("+fr "+fullOne, "-fr "+fullOne, "+r "+fullOne, "-r "+fullOne)
		}},
		{"a client that renews without its name", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first)
			u.asks("+fr "+fullOne, "-fr "+fullOne)
		}},
		{"a lease out of the cache", `"cache-threshold": 0.5, "ddns-update-on-renew": true, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.does(renew, 1, first, named(1, full))
			u.asks("+fr " + fullOne)
		}},
		{"D6.22.16 no option 39", "", func(u *updater) {
			u.does(request, 1, first)
			u.asks()
		}},
		{"D6.22.16 no option 39, but a generated name", `"ddns-replace-client-name": "when-not-present", "ddns-generated-prefix": "gen", `, func(u *updater) {
			u.does(request, 1, first)
			u.asks("+fr gen-2001-db8-1--10.example.com. 2001:db8:1::10 2400")
		}},
		{"D6.22.18 only the first address, no prefix", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, `, func(u *updater) {
			u.does(request, 1, pd(1, "2001:db8:8000::/56"), first, na(2, "2001:db8:1::11"), named(1, full))
			u.asks("+fr " + fullOne)
			u.does(request, 2, pd(1), named(1, full))
			u.asks()
			u.does(release, 1, pd(1, "2001:db8:8000::/56"), first)
			u.asks("-fr " + fullOne)
		}},
		{"D6.22.13 flags 0-0: the reverse entry only", "", func(u *updater) {
			u.does(request, 1, first, named(0, full))
			u.asks("+r " + fullOne)
		}},
		{"D6.22.13 flags 1-0: none", "", func(u *updater) {
			u.does(request, 1, first, named(4, full))
			u.asks()
		}},
		{"D6.22.5 flags 0-0, overridden", `"ddns-override-client-update": true, `, func(u *updater) {
			u.does(request, 1, first, named(0, full))
			u.asks("+fr " + fullOne)
		}},
		{"D6.22.5 flags 1-0, overridden", `"ddns-override-no-update": true, `, func(u *updater) {
			u.does(request, 1, first, named(4, full))
			u.asks("+fr " + fullOne)
		}},
		{"D6.22.11 600 s at least", `"valid-lifetime": 1000, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.asks("+fr full.example.org. 2001:db8:1::10 600")
		}},
		{"D6.22.11 ddns-ttl-percent", `"ddns-ttl-percent": 0.05, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.asks("+fr full.example.org. 2001:db8:1::10 360")
		}},
		{"D6.22.11 ddns-ttl-percent that comes to nothing", `"ddns-ttl-percent": 0.00001, `, func(u *updater) {
			u.does(request, 1, first, named(1, full))
			u.asks("+fr " + fullOne)
		}},
		{"new leases do not tell when they run out", "", func(u *updater) {
			u.does(request, 1, first, named(1, full))
			if got := u.requests(); len(got) != 1 || got[0].Expires.Unix() != 0 {
				u.t.Errorf("requests %v", got)
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) { c.course(newUpdater(t, c.conf+updateNetwork)) })
	}
}

// D6.22.4 D6.22.7 D6.22.9
func TestUpdateScopes(t *testing.T) {
	subnet := func(n int, more string) string {
		return fmt.Sprintf(`{ "id": %[1]d, "subnet": "2001:db8:%[1]d::/48", "pools": [ { "pool": "2001:db8:%[1]d::/80" } ]%[2]s }`, n, more)
	}
	scopes := `"ddns-replace-client-name": "always", "ddns-qualifying-suffix": "g.example", "ddns-conflict-resolution-mode": "check-exists-with-dhcid", "subnet6": [ ` +
		subnet(1, "") + ", " +
		subnet(2, `, "ddns-send-updates": true, "ddns-generated-prefix": "s", "ddns-conflict-resolution-mode": "no-check-with-dhcid"`) + ", " +
		subnet(3, `, "ddns-send-updates": false`) + ` ], "shared-networks": [
		{ "name": "on", "ddns-send-updates": true, "ddns-qualifying-suffix": "n.example", "ddns-conflict-resolution-mode": "no-check-without-dhcid", "subnet6": [ ` +
		subnet(4, "") + ", " + subnet(5, `, "ddns-qualifying-suffix": "s.example", "ddns-send-updates": false`) + ` ] } ]`
	all := []string{
		"myhost-2001-db8-1--.g.example. check-exists-with-dhcid",
		"s-2001-db8-2--.g.example. no-check-with-dhcid",
		"myhost-2001-db8-4--.n.example. no-check-without-dhcid",
	}
	for _, c := range []struct {
		conf string
		want []string
	}{{"", all}, {`"ddns-send-updates": false, `, all[1:]}} {
		u := newUpdater(t, c.conf+scopes)
		for n := 1; n <= 5; n++ {
			if u.one(relay(fmt.Sprintf("2001:db8:%d::1", n), query(pkt6.MsgRequest, byte(n), na(1)))) == nil {
				t.Fatalf("no answer in subnet %d", n)
			}
		}
		var got []string
		for _, r := range u.requests() {
			got = append(got, r.Name+" "+r.Mode.String())
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%sasked for %q, want %q", c.conf, got, c.want)
		}
	}
}

// The class SKIP_DDNS, with its library and without (ARM 16.8).
func TestSkipUpdates(t *testing.T) {
	const conf = `"expired-leases-processing": { "hold-reclaimed-time": 0 }, "client-classes": [ { "name": "SKIP_DDNS", "test": "option[15].exists" } ], ` + updateNetwork
	first, class := na(1, "2001:db8:1::10"), opt(15, 0, 1, 'x')
	t.Run("D6.22.17 with the library", func(t *testing.T) {
		u := newUpdater(t, `"hooks-libraries": [ { "library": "libdhcp_ddns_tuning.so" } ], `+conf)
		u.does(pkt6.MsgRequest, 1, first, named(1, full), class)
		u.does(pkt6.MsgRenew, 1, first, named(1, partial), class)
		u.does(pkt6.MsgRelease, 1, first, class)
		u.does(pkt6.MsgRequest, 2, first, named(1, full))
		u.asks("+fr " + fullOne)
	})
	t.Run("without it", func(t *testing.T) {
		u := newUpdater(t, conf)
		u.does(pkt6.MsgRequest, 1, first, named(1, full), class)
		u.asks("+fr " + fullOne)
	})
}

// D6.22.21: leases are given out while the daemon is away and after the queue is full;
// the loss of the way to it suspends the updates until the next configuration.
func TestDaemonAway(t *testing.T) {
	t.Parallel()
	tap := ncrtap.New(t, "127.0.0.1:0")
	conf := fmt.Sprintf(`"dhcp-ddns": { "enable-updates": true, "server-port": %d, "max-queue-size": 3, "server-ip": "127.0.0.2" }, `, tap.Port())
	u := &updater{testServer: newTestServer(t, conf+updateNetwork), tap: tap}
	for n := range byte(6) {
		u.does(pkt6.MsgRequest, n, na(1), named(1, fmt.Sprintf("\x05host%d", n)))
	}
	if log := u.log.String(); strings.Count(log, "DHCPSRV_DHCP_DDNS_NCR_REJECTED") != 1 || !strings.Contains(log, "DHCPSRV_DHCP_DDNS_SENDER_STARTED") {
		t.Errorf("the log has\n%s", log)
	}
	// What waits goes where the next configuration says.
	u.configure(connection(tap) + updateNetwork)
	if got := u.requests(); len(got) != 3 || got[2].Name != "host2.example.com." {
		t.Errorf("asked for %v", got)
	}
	// From loopback there is no way to other hosts.
	u.configure(`"dhcp-ddns": { "enable-updates": true, "server-ip": "198.51.100.1", "sender-ip": "127.0.0.1" }, ` + updateNetwork)
	u.does(pkt6.MsgRequest, 9, na(1), named(1, full))
	limit := time.Now().Add(30 * time.Second)
	for u.srv.ddns.Enabled() || !strings.Contains(u.log.String(), "DHCPSRV_DHCP_DDNS_SUSPEND_UPDATES") {
		if time.Now().After(limit) {
			t.Fatal("updates are not suspended")
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, id := range []string{"DHCP6_DDNS_REQUEST_SEND_FAILED failed sending a request to kea-dhcp-ddns, error: ", "DHCPSRV_DHCP_DDNS_SUSPEND_UPDATES"} {
		if !strings.Contains(u.log.String(), id) {
			t.Errorf("no %s in the log\n%s", id, u.log.String())
		}
	}
	u.does(pkt6.MsgRequest, 10, na(1), named(1, full))
}
