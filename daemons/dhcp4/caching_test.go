package dhcp4

import (
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease"
)

func TestLeaseCaching(t *testing.T) {
	renew := func(ts *testServer) *sentReply {
		return ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, query(requestMsg, 1, ciaddr("192.0.2.10")))
	}
	for _, c := range []struct {
		name, params string
		age          time.Duration
		want         int64 // option 51
	}{
		{"D4.36.1 off by default", ``, 10 * time.Second, 7200},
		{"D4.36.5 threshold, within", `"cache-threshold": 0.25`, 1800 * time.Second, 5400},
		{"D4.36.5 threshold, beyond", `"cache-threshold": 0.25`, 1801 * time.Second, 7200},
		{"D4.36.5 threshold out of its range disables", `"cache-threshold": 0.0`, time.Second, 7200},
		{"D4.36.4 age, within", `"cache-max-age": 600`, 600 * time.Second, 6600},
		{"D4.36.4 age, beyond", `"cache-max-age": 600`, 601 * time.Second, 7200},
		{"D4.36.4 age 0 disables", `"cache-max-age": 0, "cache-threshold": 0.5`, time.Second, 7200},
		{"D4.36.6 the tighter limit, threshold", `"valid-lifetime": 2000, "cache-max-age": 600, "cache-threshold": 0.25`, 501 * time.Second, 2000},
		{"D4.36.6 the tighter limit, age", `"valid-lifetime": 3000, "cache-max-age": 600, "cache-threshold": 0.25`, 601 * time.Second, 3000},
		{"D4.36.6 within both", `"valid-lifetime": 3000, "cache-max-age": 600, "cache-threshold": 0.25`, 600 * time.Second, 2400},
		{"D4.36.7 an infinite lease is always reused", `"valid-lifetime": 4294967295`, time.Hour, 4294967295},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, subnetWith(c.params))
			ts.lease(1)
			rows := len(ts.rows())
			ts.pass(c.age)
			r := expect(t, renew(ts), ackMsg, "192.0.2.10")
			if got := secondsOf(r, 51); got != c.want {
				t.Errorf("option 51 is %d, want %d", got, c.want)
			}
			full := int64(ts.stored("192.0.2.10").ValidLft)
			reused := c.want != full || full == int64(lease.InfiniteLifetime)
			if written := len(ts.rows()) > rows; written == reused {
				t.Errorf("D4.36.2: reused is %t, a row was written: %t", reused, written)
			}
			if n := ts.stat("v4-lease-reuses"); (n > 0) != reused {
				t.Errorf("D4.36.7: v4-lease-reuses is %d", n)
			}
		})
	}
	t.Run("D4.36.7 expiry unchanged, T1 and T2 of the rest", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"cache-max-age": 600, "calculate-tee-times": true`))
		ts.lease(1)
		end := ts.stored("192.0.2.10").Expire()
		ts.pass(200 * time.Second)
		r := renew(ts)
		if secondsOf(r, 58) != 3500 || secondsOf(r, 59) != 6125 || ts.stored("192.0.2.10").Expire() != end {
			t.Errorf("T1 %d, T2 %d, end %d, was %d", secondsOf(r, 58), secondsOf(r, 59), ts.stored("192.0.2.10").Expire(), end)
		}
	})
	t.Run("D4.36.3 longer lifetime", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"cache-max-age": 600, "min-valid-lifetime": 60, "max-valid-lifetime": 9000`))
		ts.lease(1)
		for _, c := range []struct{ asked, want time.Duration }{
			{9000, 7199}, // what is left of the lease
			{100, 100},   // a shorter lifetime matters
		} {
			ts.pass(time.Second)
			m := query(requestMsg, 1, ciaddr("192.0.2.10"), dhcpv4.WithLeaseTime(uint32(c.asked)))
			r := expect(t, ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, m), ackMsg, "")
			if got := r.IPAddressLeaseTime(0); got != c.want*time.Second {
				t.Errorf("asked for %d s: option 51 is %s", c.asked, got)
			}
		}
	})
	t.Run("D4.36.3 not after an important change", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"cache-max-age": 600`))
		ts.lease(1)
		ts.pass(time.Second)
		m := query(requestMsg, 1, ciaddr("192.0.2.10"), opt(12, []byte("new")...))
		r := expect(t, ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, m), ackMsg, "")
		if secondsOf(r, 51) != 7200 || string(ts.stored("192.0.2.10").Hostname) != "new" {
			t.Errorf("option 51 is %d, name %q", secondsOf(r, 51), ts.stored("192.0.2.10").Hostname)
		}
	})
}

func TestOfferLifetime(t *testing.T) {
	t.Run("D4.37.1 nothing stored by default", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.one(from{}, query(discoverMsg, 1))
		if len(ts.rows()) != 0 {
			t.Errorf("rows %v", ts.rows())
		}
	})
	t.Run("D4.37.2 D4.37.3 D4.37.5 stored on OFFER", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"offer-lifetime": 60`))
		r := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10")
		if l := ts.stored("192.0.2.10"); l == nil || l.ValidLft != 60 || secondsOf(r, 51) != 7200 {
			t.Fatalf("lease %+v, option 51 %d", l, secondsOf(r, 51))
		}
		if n := ts.stat("subnet[1].assigned-addresses"); n != 1 {
			t.Errorf("assigned-addresses is %d", n)
		}
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10")
		expect(t, ts.one(from{}, query(discoverMsg, 2)), offerMsg, "192.0.2.11")
		expect(t, ts.one(from{}, query(requestMsg, 1, requested("192.0.2.10"), serverID("192.0.2.1"))), ackMsg, "192.0.2.10")
		if l := ts.stored("192.0.2.10"); l.ValidLft != 7200 {
			t.Errorf("lifetime after the REQUEST is %d", l.ValidLft)
		}
		if n := ts.stat("subnet[1].assigned-addresses"); n != 2 {
			t.Errorf("assigned-addresses is %d", n)
		}
	})
	t.Run("D4.37.3 it expires and is reclaimed", func(t *testing.T) {
		ts := newTestServer(t, subnetWith(`"offer-lifetime": 60`))
		ts.one(from{}, query(discoverMsg, 1))
		ts.pass(61 * time.Second)
		ts.srv.reclamation.Run(0, 0, true)
		if ts.stored("192.0.2.10") != nil || ts.stat("subnet[1].assigned-addresses") != 0 {
			t.Error("the offered lease stayed")
		}
	})
}
