package dhcp4

import (
	"context"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/logging"
	"nestor/lib/packetloop"
)

// fullDisk is a server whose disk has room for the leases of a few clients.
func fullDisk(t *testing.T, fn func(ts *testServer, fs *crashfs.FS)) {
	synctest.Test(t, func(t *testing.T) {
		fs := crashfs.New()
		ts := &testServer{t: t, dir: "/leases", files: fs, sock: &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}}
		sys := logging.New("kea-dhcp4")
		sys.SetConsole(&ts.log, &ts.log)
		if err := sys.Configure(nil, false); err != nil {
			t.Fatal(err)
		}
		ts.srv = New(Options{Log: sys, DataDir: ts.dir, LeaseFiles: fs, LFCProgram: "/bin/true"})
		if err := ts.srv.Configure(context.Background(), ts.parse(`"valid-lifetime": 100000, `+plain)); err != nil {
			t.Fatal(err)
		}
		defer ts.srv.Close()
		ts.srv.sockets.own.Store(&[]uint32{ts.sock.addr})
		ts.loop = newLoop(ts.srv, ts.sock, packetloop.BatchSize)
		fn(ts, fs)
	})
}

// accounts are the statistics that must agree with the store.
func (ts *testServer) accounts() [4]int64 {
	return [4]int64{
		ts.stat("subnet[1].assigned-addresses"), ts.stat("subnet[1].cumulative-assigned-addresses"),
		ts.stat("cumulative-assigned-addresses"), ts.stat("subnet[1].pool[0].assigned-addresses"),
	}
}

func TestDiskFull(t *testing.T) {
	fullDisk(t, func(ts *testServer, fs *crashfs.FS) {
		first := ts.lease(1).YourIPAddr.String()
		before, file := ts.accounts(), string(fs.ReadFile("/leases/kea-leases4.csv"))
		fs.SetRoom(20)
		second := requested("192.0.2.11")
		for range 5 {
			if r := ts.one(from{}, query(requestMsg, 2, second, serverID("192.0.2.1"))); r != nil {
				t.Fatalf("a lease that could not be written is acknowledged: %v", r)
			}
			if r := ts.one(from{src: ip(first)}, query(requestMsg, 1, ciaddr(first))); r != nil {
				t.Fatalf("a renewal that could not be written is acknowledged: %v", r)
			}
			ts.one(from{src: ip(first)}, query(releaseMsg, 1, ciaddr(first), serverID("192.0.2.1")))
			time.Sleep(10 * time.Second)
		}
		if got := ts.accounts(); got != before {
			t.Errorf("statistics are %v, they were %v", got, before)
		}
		if got := string(fs.ReadFile("/leases/kea-leases4.csv")); got != file {
			t.Errorf("the lease file has\n%s\nit had\n%s", got, file)
		}
		if l := ts.stored(first); l == nil || l.State != 0 || ts.stored("192.0.2.11") != nil {
			t.Errorf("in memory the first lease is %+v, the second %+v", l, ts.stored("192.0.2.11"))
		}
		const failed = "DHCP4_LEASE_COMMIT_FAIL leases could not be stored, their clients get no answer: "
		if n := strings.Count(ts.log.String(), failed); n != 1 {
			t.Errorf("%d errors are logged within a minute, want 1:\n%s", n, ts.log.String())
		}
		// Nothing needs to be written for an offer.
		expect(t, ts.one(from{}, query(discoverMsg, 3)), offerMsg, "192.0.2.11")
		time.Sleep(11 * time.Second)
		ts.one(from{src: ip(first)}, query(requestMsg, 1, ciaddr(first)))
		lines := strings.Split(ts.log.String(), failed)
		if len(lines) != 3 || !strings.Contains(lines[1], "no space left on device") || !strings.Contains(lines[2], "14") {
			t.Errorf("after a minute the log is\n%s", ts.log.String())
		}

		fs.SetRoom(-1)
		expect(t, ts.one(from{src: ip(first)}, query(requestMsg, 1, ciaddr(first))), ackMsg, first)
		expect(t, ts.one(from{}, query(requestMsg, 2, second, serverID("192.0.2.1"))), ackMsg, "192.0.2.11")
		if got := ts.accounts(); got != [4]int64{2, 2, 2, 2} {
			t.Errorf("with space again statistics are %v", got)
		}
	})
}

// A batch of which one lease is too much leaves all its clients without answer.
func TestDiskFullInABatch(t *testing.T) {
	fullDisk(t, func(ts *testServer, fs *crashfs.FS) {
		ask := func(n byte, addr string) []byte {
			return query(requestMsg, n, requested(addr), serverID("192.0.2.1")).ToBytes()
		}
		fs.SetRoom(100) // one row and a half
		if rs := ts.sendRaw(from{}, ask(1, "192.0.2.11"), ask(2, "192.0.2.12"), ask(3, "192.0.2.13")); len(rs) != 0 {
			t.Errorf("%d of three clients are answered", len(rs))
		}
		for _, a := range []string{"192.0.2.11", "192.0.2.12", "192.0.2.13"} {
			if l := ts.stored(a); l != nil {
				t.Errorf("stored is %+v", l)
			}
		}
		fs.SetRoom(-1)
		if rs := ts.sendRaw(from{}, ask(1, "192.0.2.12"), ask(2, "192.0.2.11"), ask(3, "192.0.2.13")); len(rs) != 3 {
			t.Errorf("with space again %d of three clients are answered", len(rs))
		}
		if n := len(strings.Split(strings.TrimSpace(string(fs.ReadFile("/leases/kea-leases4.csv"))), "\n")); n != 4 {
			t.Errorf("the lease file has %d lines, want the header and three rows", n)
		}
	})
}

// Leases that ran out while nothing can be written are taken back later.
func TestDiskFullWhileReclaiming(t *testing.T) {
	fullDisk(t, func(ts *testServer, fs *crashfs.FS) {
		addr := ts.lease(1).YourIPAddr.String()
		fs.SetRoom(0)
		time.Sleep(100_020 * time.Second)
		synctest.Wait()
		if l := ts.stored(addr); l == nil || l.State != 0 {
			t.Errorf("stored is %+v", l)
		}
		if got := ts.accounts(); got[0] != 1 || ts.stat("reclaimed-leases") != 0 {
			t.Errorf("statistics are %v", got)
		}
		fs.SetRoom(-1)
		time.Sleep(11 * time.Second)
		synctest.Wait()
		if l := ts.stored(addr); l == nil || l.State != 2 {
			t.Errorf("with space again stored is %+v", l)
		}
		if got := ts.accounts(); got[0] != 0 || ts.stat("reclaimed-leases") != 1 {
			t.Errorf("with space again statistics are %v", got)
		}
	})
}
