package dhcp4

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease/leasefile"
)

// relayed is how a query of a client comes over the relay 192.0.2.2.
var relayed = from{src: ip("192.0.2.2"), dst: ip("192.0.2.1"), port: 67}

// context tells the user context of a lease.
func (ts *testServer) context(address string) string {
	ts.t.Helper()
	l := ts.stored(address)
	if l == nil {
		ts.t.Fatalf("%s has no lease", address)
	}
	return string(l.UserContext)
}

// request asks over the relay for an address that was not offered.
func (ts *testServer) request(n byte, address string, mods ...dhcpv4.Modifier) {
	ts.t.Helper()
	expect(ts.t, ts.one(relayed, query(requestMsg, n, append(mods, giaddr("192.0.2.2"), requested(address), serverID("192.0.2.1"))...)), ackMsg, address)
}

// renew sends what a client in RENEWING state does, past the relay.
func (ts *testServer) renew(n byte, address string, mods ...dhcpv4.Modifier) *sentReply {
	ts.t.Helper()
	return ts.one(from{src: ip(address), dst: ip("192.0.2.1")}, query(requestMsg, n, append(mods, ciaddr(address))...))
}

const (
	storing = `"store-extended-info": true, `
	circuit = `{ "ISC": { "relay-agent-info": { "sub-options": "0x010170" } } }`
)

// startWith starts the server on a lease file with the rows.
func startWith(t *testing.T, conf, rows string) (ts *testServer, file string) {
	t.Helper()
	ts = &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir(), sock: &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}}
	path := filepath.Join(ts.dir, "kea-leases4.csv")
	if err := os.WriteFile(path, []byte(leasefile.Header(leasefile.V4)+"\n"+rows), 0o640); err != nil {
		t.Fatal(err)
	}
	ts.start(conf)
	t.Cleanup(func() { ts.srv.Close() })
	return ts, path
}

// leaseRow is the row of a lease of the client whose link-layer address ends in n.
func leaseRow(address, n, context string) string {
	return address + ",02:00:00:00:00:" + n + ",,7200,1800003600,1,0,0,,0," + strings.ReplaceAll(context, ",", "&#x2c") + ",0\n"
}

func TestExtendedInfo(t *testing.T) {
	const store = `"store-extended-info": `
	for _, c := range []struct{ name, conf, want string }{
		{"off by default", plain, ""},
		{"global", storing + plain, circuit},
		{"of the subnet", subnetWith(store + `true`), circuit},
		{"off in the subnet", storing + subnetWith(store+`false`), ""},
		{"of the shared network", `"shared-networks": [ { "name": "n", ` + store + `true, ` + plain + ` } ]`, circuit},
	} {
		t.Run("D4.33.1 "+c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
			if got := ts.context("192.0.2.10"); got != c.want {
				t.Errorf("user context %s, want %s", got, c.want)
			}
		})
	}
	t.Run("D4.33.2 D4.33.3 PL.2.17 content", func(t *testing.T) {
		ts := newTestServer(t, storing+plain)
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p', 2, 3, 1, 2, 3, 12, 2, 0xaa, 0xbb))
		const want = `{ "ISC": { "relay-agent-info": { "relay-id": "AABB", "remote-id": "010203", "sub-options": "0x01017002030102030C02AABB" } } }`
		if got := ts.context("192.0.2.10"); got != want {
			t.Errorf("user context %s", got)
		}
		if row := ts.rows()[0]; !strings.Contains(row, `,{ "ISC": { "relay-agent-info": { "relay-id": "AABB"&#x2c "remote-id": "010203"&#x2c "sub-options": "0x01017002030102030C02AABB" } } },`) {
			t.Errorf("row %s", row)
		}
		ts.restart(storing + plain)
		if got := ts.context("192.0.2.10"); got != want {
			t.Errorf("user context after a restart %s", got)
		}
		ts.request(2, "192.0.2.11")
		if got := ts.context("192.0.2.11"); got != "" {
			t.Errorf("without option 82 %s", got)
		}
	})
	t.Run("D4.33.2 a DISCOVER stores nothing", func(t *testing.T) {
		ts := newTestServer(t, storing+`"offer-lifetime": 60, `+plain)
		expect(t, ts.one(relayed, query(discoverMsg, 1, giaddr("192.0.2.2"), opt(82, 1, 1, 'p'))), offerMsg, "192.0.2.10")
		if got := ts.context("192.0.2.10"); got != "" {
			t.Errorf("user context %s", got)
		}
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		if got := ts.context("192.0.2.10"); got != circuit {
			t.Errorf("user context %s", got)
		}
	})
	t.Run("D4.33.4 kept by a renewal, replaced by another option 82", func(t *testing.T) {
		ts := newTestServer(t, storing+plain)
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		ts.pass(time.Hour)
		expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
		if l := ts.stored("192.0.2.10"); l.CLTT != ts.now.Unix() || string(l.UserContext) != circuit {
			t.Errorf("renewed at %d with the user context %s", l.CLTT, l.UserContext)
		}
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'q'))
		if got := ts.context("192.0.2.10"); !strings.Contains(got, "0x010171") {
			t.Errorf("user context %s", got)
		}
	})
	t.Run("D4.33.4 what others keep stays", func(t *testing.T) {
		const mixed = `{ "ISC": { "x": 1 }, "note": { "a": [ 1, 2 ] } }`
		ts, _ := startWith(t, storing+plain, leaseRow("192.0.2.10", "01", mixed))
		expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
		if got := ts.context("192.0.2.10"); got != mixed {
			t.Errorf("user context after a renewal %s", got)
		}
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		const want = `{ "ISC": { "relay-agent-info": { "sub-options": "0x010170" }, "x": 1 }, "note": { "a": [ 1, 2 ] } }`
		if got := ts.context("192.0.2.10"); got != want {
			t.Errorf("user context %s", got)
		}
	})
	t.Run("gone with the client", func(t *testing.T) {
		ts := newTestServer(t, storing+plain)
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		ts.pass(3 * time.Hour)
		ts.request(2, "192.0.2.10")
		if got := ts.context("192.0.2.10"); got != "" {
			t.Errorf("the next client has the user context %s", got)
		}
	})
	t.Run("D4.36.3 a lease whose option 82 is another is not answered from the cache", func(t *testing.T) {
		ts := newTestServer(t, storing+`"cache-threshold": 0.5, `+plain)
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		ts.pass(time.Minute)
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'p'))
		if l := ts.stored("192.0.2.10"); l.CLTT == ts.now.Unix() {
			t.Error("the same option 82 made the lease be written")
		}
		ts.request(1, "192.0.2.10", opt(82, 1, 1, 'q'))
		if l := ts.stored("192.0.2.10"); l.CLTT != ts.now.Unix() || !strings.Contains(string(l.UserContext), "0x010171") {
			t.Errorf("the lease of %d has the user context %s", l.CLTT, l.UserContext)
		}
	})
}

func TestExtendedInfoChecks(t *testing.T) {
	const (
		old    = `{ "ISC": { "relay-agent-info": "0x010170" } }`
		noHex  = `{ "ISC": { "relay-agent-info": { "sub-options": "0xXY" } }, "note": 1 }`
		broken = `{ "ISC": 7 }`
		more   = `{ "ISC": { "relay-agent-info": { "seen": 1, "sub-options": "0x010170" } } }`
	)
	rows := leaseRow("192.0.2.10", "01", old) + leaseRow("192.0.2.11", "02", noHex) +
		leaseRow("192.0.2.12", "03", broken) + leaseRow("192.0.2.13", "04", more)
	for _, c := range []struct {
		level, conf string
		want        [4]string
		failed      int
	}{
		{"none", `"sanity-checks": { "extended-info-checks": "none" }, `, [4]string{old, noHex, broken, more}, 0},
		{"fix, the default", ``, [4]string{circuit, noHex, "", more}, 1},
		{"strict", `"sanity-checks": { "extended-info-checks": "strict" }, `, [4]string{circuit, `{ "note": 1 }`, "", more}, 2},
		{"pedantic", `"sanity-checks": { "extended-info-checks": "pedantic" }, `, [4]string{circuit, `{ "note": 1 }`, "", ""}, 3},
	} {
		t.Run("D4.32.5 "+c.level, func(t *testing.T) {
			ts, path := startWith(t, c.conf+plain, rows)
			for i, address := range []string{"192.0.2.10", "192.0.2.11", "192.0.2.12", "192.0.2.13"} {
				if got := ts.context(address); got != c.want[i] {
					t.Errorf("%s has the user context %s, want %s", address, got, c.want[i])
				}
			}
			if n := strings.Count(ts.log.String(), "DHCPSRV_LEASE4_EXTENDED_INFO_SANITY_FAIL extended info for lease 192.0.2.1"); n != c.failed {
				t.Errorf("%d failures are logged, want %d:\n%s", n, c.failed, ts.log.String())
			}
			// D4.32.6: the lease file stays as it is
			if text, _ := os.ReadFile(path); string(text) != leasefile.Header(leasefile.V4)+"\n"+rows {
				t.Errorf("the lease file became\n%s", text)
			}
			expect(t, ts.renew(1, "192.0.2.10"), ackMsg, "192.0.2.10")
			if row := ts.rows()[4]; !strings.Contains(row, c.want[0]) {
				t.Errorf("the next row is %s", row)
			}
		})
	}
}
