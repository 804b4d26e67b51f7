package dhcp4

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/nameupdate"
	"nestor/lib/ncr"
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
	l.Add4(&lease.Lease4{Addr: 1, HWAddr: mac(1), Hostname: []byte(name), FqdnFwd: true}, &nameupdate.Params{})
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

// renews sends a request of a client for more time with its address.
func (u *updater) renews(n byte, addr string, mods ...dhcpv4.Modifier) {
	u.t.Helper()
	if r := u.one(from{src: ip(addr)}, query(requestMsg, n, append(mods, ciaddr(addr))...)); r == nil || r.MessageType() != dhcpv4.MessageTypeAck {
		u.t.Fatalf("no ACK: %v", r)
	}
}

func (u *updater) releases(n byte, addr string) {
	u.one(from{src: ip(addr)}, query(releaseMsg, n, ciaddr(addr), serverID("192.0.2.1")))
}

const (
	hostOne = "host.example.com. 192.0.2.10 2400"
	full    = "\x04full\x07example\x03org\x00"
)

func TestUpdates(t *testing.T) {
	for _, c := range []struct {
		name, conf string
		course     func(u *updater)
	}{
		{"D4.26.1 a new lease with option 12, not an offer", "", func(u *updater) {
			u.one(from{}, query(discoverMsg, 2, sent("host")))
			u.asks()
			u.lease(1, sent("Host"))
			u.asks("+fr host.example.com. 192.0.2.11 2400")
		}},
		{"D4.26.1 a new lease with option 81 and option 12", "", func(u *updater) {
			u.lease(1, sent("host"), fqdn(5, full))
			u.asks("+fr full.example.org. 192.0.2.10 2400")
		}},
		{"D4.26.2 renewal by another name, release", `"expired-leases-processing": { "hold-reclaimed-time": 0 }, `, func(u *updater) {
			u.lease(1, sent("host"))
			u.renews(1, "192.0.2.10", sent("other"))
			u.asks("+fr "+hostOne, "-fr "+hostOne, "+fr other.example.com. 192.0.2.10 2400")
			u.releases(1, "192.0.2.10")
			u.asks("-fr other.example.com. 192.0.2.10 2400")
		}},
		{"D4.26.2 decline", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.one(from{}, query(declineMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1")))
			u.asks("+fr "+hostOne, "-fr "+hostOne)
			u.pass(48 * time.Hour)
			u.reclaim()
			u.asks()
		}},
		{"D4.26.2 expiry", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.lease(2)
			u.lease(3, fqdn(4, full))
			u.asks("+fr "+hostOne, "+r full.example.org. 192.0.2.12 2400")
			u.pass(3 * time.Hour)
			u.reclaim()
			u.asks("-r full.example.org. 192.0.2.12 2400", "-fr "+hostOne)
			u.reclaim()
			u.asks()
			u.lease(1, sent("host"))
			u.asks("+fr " + hostOne)
		}},
		{"release with affinity: the entries go when the lease is reclaimed", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.releases(1, "192.0.2.10")
			u.asks("+fr " + hostOne)
			u.pass(time.Minute)
			u.reclaim()
			u.asks("-fr host.example.com. 192.0.2.10 600")
		}},
		{"a lease that has run out goes to another client", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.pass(3 * time.Hour)
			u.lease(9, sent("other"), requested("192.0.2.10"))
			u.asks("+fr "+hostOne, "-fr "+hostOne, "+fr other.example.com. 192.0.2.10 2400")
		}},
		{"a lease that has run out goes to its client again", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.pass(3 * time.Hour)
			u.lease(1, sent("host"))
			u.asks("+fr "+hostOne, "-fr "+hostOne, "+fr "+hostOne)
		}},
		{"a client that gets another address", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.one(from{}, query(requestMsg, 1, sent("host"), requested("192.0.2.17"), serverID("192.0.2.1")))
			u.asks("+fr "+hostOne, "-fr "+hostOne, "+fr host.example.com. 192.0.2.17 2400")
		}},
		{"D4.26.3 renewal without a change", "", func(u *updater) {
			u.lease(1, sent("host"))
			u.renews(1, "192.0.2.10", sent("host"))
			u.asks("+fr " + hostOne)
		}},
		{"D4.26.3 D4.25.6 renewal without a change, ddns-update-on-renew", `"ddns-update-on-renew": true, `, func(u *updater) {
			u.lease(1, sent("host"))
			u.renews(1, "192.0.2.10", sent("host"))
			u.asks("+fr "+hostOne, "-fr "+hostOne, "+fr "+hostOne)
		}},
		{"renewal with other flags", "", func(u *updater) {
			u.lease(1, fqdn(5, full))
			u.renews(1, "192.0.2.10", fqdn(4, full))
			u.renews(1, "192.0.2.10", fqdn(12, full))
			const name = "full.example.org. 192.0.2.10 2400"
			u.asks("+fr "+name, "-fr "+name, "+r "+name, "-r "+name)
		}},
		{"a lease out of the cache", `"cache-threshold": 0.5, "ddns-update-on-renew": true, `, func(u *updater) {
			u.lease(1, sent("host"))
			u.renews(1, "192.0.2.10", sent("host"))
			u.asks("+fr " + hostOne)
		}},
		{"D4.26.4 no name, never", "", func(u *updater) {
			u.lease(1)
			u.releases(1, "192.0.2.10")
			u.asks()
		}},
		{"D4.26.4 no name, when-present", `"ddns-replace-client-name": "when-present", `, func(u *updater) {
			u.lease(1)
			u.asks()
		}},
		{"no name, when-not-present", `"ddns-replace-client-name": "when-not-present", `, func(u *updater) {
			u.lease(1)
			u.asks("+fr myhost-192-0-2-10.example.com. 192.0.2.10 2400")
		}},
		{"D4.26.5 flags 0-0: the reverse entry only", "", func(u *updater) {
			u.lease(1, fqdn(4, full))
			u.asks("+r full.example.org. 192.0.2.10 2400")
		}},
		{"D4.26.7 flags 1-0: none", "", func(u *updater) {
			u.lease(1, fqdn(12, full))
			u.asks()
		}},
		{"D4.26.8 D4.25.3 flags 0-0, overridden", `"ddns-override-client-update": true, `, func(u *updater) {
			u.lease(1, fqdn(4, full))
			u.asks("+fr full.example.org. 192.0.2.10 2400")
		}},
		{"D4.26.8 D4.25.2 flags 1-0, overridden", `"ddns-override-no-update": true, `, func(u *updater) {
			u.lease(1, fqdn(12, full))
			u.asks("+fr full.example.org. 192.0.2.10 2400")
		}},
		{"D4.25.10 a third of the lifetime, 600 s at least", `"max-valid-lifetime": 100000, "min-valid-lifetime": 60, `, func(u *updater) {
			u.lease(1, sent("a"), opt(51, 0, 0, 3, 0xe8))
			u.lease(2, sent("b"), opt(51, 0, 0, 0x75, 0x30))
			u.asks("+fr a.example.com. 192.0.2.10 600", "+fr b.example.com. 192.0.2.11 10000")
		}},
		{"D4.25.10 ddns-ttl-percent", `"ddns-ttl-percent": 0.05, `, func(u *updater) {
			u.lease(1, sent("host"))
			u.asks("+fr host.example.com. 192.0.2.10 360")
		}},
		{"D4.25.10 ddns-ttl-percent that comes to nothing", `"ddns-ttl-percent": 0.00001, `, func(u *updater) {
			u.lease(1, sent("host"))
			u.asks("+fr " + hostOne)
		}},
	} {
		t.Run(c.name, func(t *testing.T) { c.course(newUpdater(t, c.conf+suffixed+plain)) })
	}
}

// reclaim takes back the leases that have run out.
func (ts *testServer) reclaim() {
	ts.t.Helper()
	if err := ts.srv.reclaimAll(false); err != nil {
		ts.t.Fatal(err)
	}
}

// D4.25.1
func TestSendUpdates(t *testing.T) {
	const scopes = suffixed + `"subnet4": [
			{ "id": 1, "subnet": "10.1.0.0/24", "pools": [ { "pool": "10.1.0.10-10.1.0.20" } ] },
			{ "id": 2, "subnet": "10.2.0.0/24", "pools": [ { "pool": "10.2.0.10-10.2.0.20" } ], "ddns-send-updates": true },
			{ "id": 3, "subnet": "10.3.0.0/24", "pools": [ { "pool": "10.3.0.10-10.3.0.20" } ], "ddns-send-updates": false } ],
		"shared-networks": [
			{ "name": "on", "ddns-send-updates": true, "subnet4": [ { "id": 4, "subnet": "10.4.0.0/24", "pools": [ { "pool": "10.4.0.10-10.4.0.20" } ] } ] },
			{ "name": "off", "ddns-send-updates": false, "subnet4": [ { "id": 5, "subnet": "10.5.0.0/24", "pools": [ { "pool": "10.5.0.10-10.5.0.20" } ] } ] } ]`
	for _, c := range []struct{ conf, want string }{
		{"", "1 2 4"},
		{`"ddns-send-updates": false, `, "2 4"},
	} {
		u := newUpdater(t, c.conf+scopes)
		for n := range byte(5) {
			u.lease(n+1, sent("host"), giaddr(fmt.Sprintf("10.%d.0.1", n+1)))
		}
		var got []string
		for _, r := range u.requests() {
			got = append(got, fmt.Sprint(r.Addr.As4()[1]))
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%s updates in subnets %q, want %q", c.conf, got, c.want)
		}
		u.configure(c.conf + scopes) // D4.24.2: enable-updates is false
		u.lease(11, sent("host"), giaddr("10.2.0.1"))
		u.configure(connection(u.tap) + c.conf + scopes)
		u.asks()
	}
}

// D4.25.7 D4.25.9 PL.7.20 PL.7.21
func TestConflictModes(t *testing.T) {
	const mode = `"ddns-conflict-resolution-mode": `
	u := newUpdater(t, suffixed+mode+`"check-exists-with-dhcid", "subnet4": [
		{ "id": 1, "subnet": "10.1.0.0/24", "pools": [ { "pool": "10.1.0.10-10.1.0.20" } ] },
		{ "id": 2, "subnet": "10.2.0.0/24", "pools": [ { "pool": "10.2.0.10-10.2.0.20" } ], `+mode+`"no-check-without-dhcid" },
		{ "id": 3, "subnet": "10.3.0.0/24", "pools": [ { "pool": "10.3.0.10-10.3.0.20" } ], "ddns-use-conflict-resolution": false } ],
		"shared-networks": [ { "name": "n", "ddns-use-conflict-resolution": true, "subnet4": [
			{ "id": 4, "subnet": "10.4.0.0/24", "pools": [ { "pool": "10.4.0.10-10.4.0.20" } ] } ] } ]`)
	for n := range byte(4) {
		u.lease(n+1, sent("host"), giaddr(fmt.Sprintf("10.%d.0.1", n+1)))
	}
	var got []ncr.Mode
	for _, r := range u.requests() {
		got = append(got, r.Mode)
	}
	if want := []ncr.Mode{ncr.CheckExistsWithDHCID, ncr.NoCheckWithoutDHCID, ncr.NoCheckWithDHCID, ncr.CheckWithDHCID}; !slices.Equal(got, want) {
		t.Errorf("modes %v, want %v", got, want)
	}
}

// D4.26.11
func TestIdentifiers(t *testing.T) {
	const name = "host.example.com."
	id := []byte{1, 9, 9, 9, 9, 9, 9}
	duid := []byte{255, 0, 0, 0, 1, 0, 3, 0, 1, 2, 0, 0, 0, 0, 3}
	u := newUpdater(t, suffixed+`"subnet4": [
		{ "id": 1, "subnet": "10.1.0.0/24", "pools": [ { "pool": "10.1.0.10-10.1.0.20" } ] },
		{ "id": 2, "subnet": "10.2.0.0/24", "pools": [ { "pool": "10.2.0.10-10.2.0.20" } ], "match-client-id": false } ]`)
	u.lease(1, sent("host"), clientID(id...), giaddr("10.1.0.1"))
	u.lease(2, sent("host"), clientID(id...), giaddr("10.2.0.1"))
	u.lease(3, sent("host"), clientID(duid...), giaddr("10.1.0.1"))
	u.lease(4, sent("host"), giaddr("10.1.0.1"))
	u.lease(5, sent("host"), clientID(255, 0, 0, 0, 1), giaddr("10.1.0.1")) // holds no DUID: no request
	var want []ncr.DHCID
	for _, d := range []func() (ncr.DHCID, error){
		func() (ncr.DHCID, error) { return ncr.DHCID4(id, 1, mac(1), name) },
		func() (ncr.DHCID, error) { return ncr.DHCID4(nil, 1, mac(2), name) },
		func() (ncr.DHCID, error) { return ncr.DHCID6(duid[5:], name) },
		func() (ncr.DHCID, error) { return ncr.DHCID4(nil, 1, mac(4), name) },
	} {
		id, err := d()
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, id)
	}
	got := u.requests()
	if len(got) != len(want) {
		t.Fatalf("%d requests, want %d", len(got), len(want))
	}
	for i := range got {
		if string(got[i].DHCID) != string(want[i][:]) {
			t.Errorf("client %d: DHCID %X, want %X", i+1, got[i].DHCID, want[i])
		}
	}
	if log := u.log.String(); !strings.Contains(log, "DHCPSRV_QUEUE_NCR_FAILED [hwtype=1 02:00:00:00:00:05], cid=[ff:00:00:00:01]: queuing add name change request failed for lease 10.1.0.13: ") {
		t.Errorf("the log has\n%s", log)
	}
}

// The class SKIP_DDNS, with its library and without (ARM 16.8).
func TestSkipUpdates(t *testing.T) {
	const conf = `"expired-leases-processing": { "hold-reclaimed-time": 0 }, "client-classes": [ { "name": "SKIP_DDNS", "test": "option[77].exists" } ], ` + suffixed + plain
	u := newUpdater(t, `"hooks-libraries": [ { "library": "libdhcp_ddns_tuning.so" } ], `+conf)
	u.lease(1, sent("host"), opt(77, 'x'))
	u.renews(1, "192.0.2.10", sent("other"), opt(77, 'x'))
	u.releases(1, "192.0.2.10")
	u.lease(2, sent("host"))
	u.asks("+fr host.example.com. 192.0.2.11 2400")
	u = newUpdater(t, conf)
	u.lease(1, sent("host"), opt(77, 'x'))
	u.asks("+fr " + hostOne)
}

// A batch that is not stored asks for nothing; one that is processed again asks once.
func TestUpdatesAreOfStoredLeases(t *testing.T) {
	t.Run("the disk is full", func(t *testing.T) {
		fs := crashfs.New()
		tap := ncrtap.New(t, "127.0.0.1:0")
		ts := &testServer{t: t, dir: "/leases", files: fs, now: time.Unix(1_800_000_000, 0), sock: &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}}
		ts.start(connection(tap) + suffixed + plain)
		defer ts.srv.Close()
		u := &updater{testServer: ts, tap: tap}
		fs.SetRoom(10)
		if r := u.one(from{}, query(requestMsg, 1, sent("host"), requested("192.0.2.10"), serverID("192.0.2.1"))); r != nil {
			t.Fatalf("answered: %v", r)
		}
		u.asks()
		fs.SetRoom(100000)
		u.lease(1, sent("host"))
		u.asks("+fr " + hostOne)
	})
	t.Run("another server was first", func(t *testing.T) {
		u := newUpdater(t, suffixed+plain)
		u.share().conflicts = 2
		u.one(from{}, query(requestMsg, 1, sent("host"), requested("192.0.2.10"), serverID("192.0.2.1")))
		u.asks("+fr " + hostOne)
	})
}

// D4.24.5 PL.7.22: leases are given out while the daemon is away and after the queue is
// full.
func TestDaemonAway(t *testing.T) {
	tap := ncrtap.New(t, "127.0.0.1:0")
	ts := newTestServer(t, fmt.Sprintf(`"dhcp-ddns": { "enable-updates": true, "server-port": %d, "max-queue-size": 3, "server-ip": "127.0.0.2" }, `, tap.Port())+suffixed+plain)
	for n := range byte(6) {
		ts.lease(n+1, sent(fmt.Sprintf("host%d", n)))
	}
	if log := ts.log.String(); strings.Count(log, "DHCPSRV_DHCP_DDNS_NCR_REJECTED") != 1 || !strings.Contains(log, "DHCPSRV_DHCP_DDNS_SENDER_STARTED") {
		t.Errorf("the log has\n%s", log)
	}
	// What waits goes where the next configuration says.
	ts.configure(connection(tap) + suffixed + plain)
	u := &updater{testServer: ts, tap: tap}
	u.asks("+fr host0.example.com. 192.0.2.10 2400", "+fr host1.example.com. 192.0.2.11 2400", "+fr host2.example.com. 192.0.2.12 2400")
}

// D4.24.1: the parameters of the connection are in dhcp-ddns, and that is global.
func TestConnectionScope(t *testing.T) {
	ts := newTestServer(t, plain)
	for conf, want := range map[string]string{
		`"server-ip": "127.0.0.1"`: "server-ip",
		`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "dhcp-ddns": { "enable-updates": true } } ]`:                                         "dhcp-ddns",
		`"shared-networks": [ { "name": "n", "dhcp-ddns": { "enable-updates": true } } ]`:                                                     "dhcp-ddns",
		`"dhcp-ddns": { "enable-updates": true, "ddns-send-updates": true }`:                                                                  "ddns-send-updates",
		`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "pools": [ { "pool": "10.0.0.0/24", "dhcp-ddns": { "enable-updates": true } } ] } ]`: "dhcp-ddns",
	} {
		if _, _, err := config.LoadDhcp4(ts.document(conf), config.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", conf, err)
		}
	}
}

// A socket that fails for good ends the updates, and clients are told so; the next
// configuration begins anew.
func TestSuspendedUpdates(t *testing.T) {
	t.Parallel()
	tap := ncrtap.New(t, "127.0.0.1:0")
	// From loopback there is no way to other hosts.
	const away = `"dhcp-ddns": { "enable-updates": true, "server-ip": "198.51.100.1", "sender-ip": "127.0.0.1" }, `
	u := &updater{testServer: newTestServer(t, away+suffixed+plain), tap: tap}
	u.lease(1, sent("host"))
	limit := time.Now().Add(30 * time.Second)
	for u.srv.ddns.Enabled() || !strings.Contains(u.log.String(), "DHCPSRV_DHCP_DDNS_SUSPEND_UPDATES") {
		if time.Now().After(limit) {
			t.Fatal("updates are not suspended")
		}
		time.Sleep(10 * time.Millisecond)
	}
	for _, id := range []string{"DHCP4_DDNS_REQUEST_SEND_FAILED failed sending a request to kea-dhcp-ddns, error: ", "DHCPSRV_DHCP_DDNS_SUSPEND_UPDATES"} {
		if !strings.Contains(u.log.String(), id) {
			t.Errorf("no %s in the log\n%s", id, u.log.String())
		}
	}
	if got := named(u.lease(2, fqdn(5, full))); got != "101 full.example.org." {
		t.Errorf("answered %q", got)
	}
	u.configure(connection(tap) + suffixed + plain)
	u.lease(3, fqdn(5, full))
	u.asks("+fr "+hostOne, "+fr full.example.org. 192.0.2.12 2400")
}
