package e2e_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/servers"
	"nestor/tests/wire"
)

// eachClient runs a test with each server and each client.
func eachClient(t *testing.T, test func(t *testing.T, s suite, k kind)) {
	t.Helper()
	t.Parallel()
	eachSuite(t, func(t *testing.T, s suite) {
		t.Parallel()
		for _, k := range kinds {
			t.Run(k.name, func(t *testing.T) {
				t.Parallel()
				test(t, s, k)
			})
		}
	})
}

// A client without an address gets one over raw sockets, with its options, and
// the lease is in the file.
func TestGet(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		station := l.station(t)
		w := wire.Tap(t, station, "eth0")
		address, event := k.start(t, station).bound(t)

		if !strings.HasPrefix(address, lanPrefix) {
			t.Errorf("got %s, which is not of the LAN", address)
		}
		for _, want := range []string{"mask=255.255.255.0", "router=10.0.0.254", "dns=10.0.0.53", "domain=example.org", "lease=600", "server=" + serverAddr} {
			if !strings.Contains(event, want) {
				t.Errorf("the client was not told %s: %s", want, event)
			}
		}
		row := srv.Lease(t, address, "is in the file", func(map[string]string) bool { return true })
		for column, want := range map[string]string{
			"hwaddr": station.MAC(t, "eth0"), "subnet_id": "7", "state": "0", "valid_lifetime": "600", "hostname": "station",
		} {
			if row[column] != want {
				t.Errorf("lease row: %s is %q, want %q", column, row[column], want)
			}
		}
		request := w.Await(t, 0, "a REQUEST", wire.OfType(dhcpv4.MessageTypeRequest))
		if got, want := row["client_id"], colonHex(request.Msg.GetOneOption(dhcpv4.OptionClientIdentifier)); got != want {
			t.Errorf("lease row: client_id is %q, the client sent %q", got, want)
		}
		if got := srv.Statistic(t, "subnet[7].assigned-addresses"); got != 1 {
			t.Errorf("assigned-addresses is %d, want 1", got)
		}
	})
}

// At T1 the client asks its server alone, at its own address, and keeps it.
func TestRenew(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		station := l.station(t)
		w := wire.Tap(t, station, "eth0")
		c := k.start(t, station)
		address, _ := c.bound(t)
		before := expiry(t, srv.Leases(t)[address])
		time.Sleep(1100 * time.Millisecond) // the file counts in seconds
		n := w.Mark()
		if k.renew != 0 {
			c.cmd.Process.Signal(k.renew)
		}
		request := w.Await(t, n, "a renewing REQUEST", wire.OfType(dhcpv4.MessageTypeRequest))
		if got := request.Dst.String(); got != serverAddr+":67" {
			t.Errorf("the client renews at %s", got)
		}
		ack := w.Await(t, n, "an ACK", wire.OfType(dhcpv4.MessageTypeAck))
		if got := ack.Msg.YourIPAddr.String(); got != address {
			t.Errorf("renewed to %s, had %s", got, address)
		}
		if got := ack.Dst.String(); got != address+":68" {
			t.Errorf("a unicast renewal is answered at ciaddr, this went to %s", got)
		}
		srv.Lease(t, address, "expires later", func(row map[string]string) bool { return expiry(t, row) > before })
	})
}

// At T2 the client asks any server, by broadcast, and keeps its address.
func TestRebind(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		station := l.station(t)
		w := wire.Tap(t, station, "eth0")
		c := k.start(t, station)
		address, _ := c.bound(t)
		before := expiry(t, srv.Leases(t)[address])
		time.Sleep(1100 * time.Millisecond)
		// What is meant for the server alone does not get there any more.
		station.IP(t, "neigh replace "+serverAddr+" lladdr 02:00:00:00:00:99 nud permanent dev eth0")
		n := w.Mark()
		if k.renew != 0 {
			c.cmd.Process.Signal(k.renew)
		}
		request := w.Await(t, n, "a rebinding REQUEST", func(f *wire.Frame) bool {
			return f.Msg.MessageType() == dhcpv4.MessageTypeRequest && f.Dst.String() == "255.255.255.255:67"
		})
		if got := request.Msg.ClientIPAddr.String(); got != address {
			t.Fatalf("not a rebinding client: ciaddr %s", got)
		}
		w.Await(t, n, "an ACK to ciaddr", func(f *wire.Frame) bool {
			return f.Msg.MessageType() == dhcpv4.MessageTypeAck && f.Dst.String() == address+":68"
		})
		srv.Lease(t, address, "expires later", func(row map[string]string) bool { return expiry(t, row) > before })
	})
}

// A released lease is free at once.
func TestRelease(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		station := l.station(t)
		w := wire.Tap(t, station, "eth0")
		c := k.start(t, station)
		address, _ := c.bound(t)
		if err := k.release(t, c); err != nil {
			t.Fatal(err)
		}
		release := w.Await(t, 0, "a RELEASE", wire.OfType(dhcpv4.MessageTypeRelease))
		if got := release.Msg.ClientIPAddr.String(); got != address {
			t.Fatalf("the client releases %s, it had %s", got, address)
		}
		srv.Lease(t, address, "has no lifetime left", func(row map[string]string) bool { return row["valid_lifetime"] == "0" })
		servers.Eventually(t, 5*time.Second, "assigned-addresses is 0", func() bool {
			return srv.Statistic(t, "subnet[7].assigned-addresses") == 0
		})
	})
}

// A client that finds its address in use declines it and gets another one.
func TestDecline(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig().With(object{"decline-probation-period": 3600}))
		squatter, station := l.station(t), l.station(t)
		squatter.IP(t, "addr add "+poolFirst+"/24 dev eth0")
		w := wire.Tap(t, station, "eth0")
		c := &client{}
		if k.name == "dhclient" { // does not probe; its script says what is in use
			c = k.prepare(t, station)
			c.write(t, "conflict", poolFirst)
			c.run(t)
		} else {
			c = k.start(t, station, k.probes...)
		}
		decline := w.Await(t, 0, "a DECLINE", wire.OfType(dhcpv4.MessageTypeDecline))
		if got := decline.Msg.RequestedIPAddress().String(); got != poolFirst {
			t.Fatalf("the client declines %s, %s is in use", got, poolFirst)
		}
		row := srv.Lease(t, poolFirst, "is declined", func(row map[string]string) bool { return row["state"] == "1" })
		if row["valid_lifetime"] != "3600" {
			t.Errorf("valid_lifetime %s, want the probation period 3600", row["valid_lifetime"])
		}
		if address, _ := c.bound(t); address == poolFirst {
			t.Errorf("%s was given again", address)
		}
	})
}

// Several clients at once never get one address twice.
func TestManyClients(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		var clients []*client
		for range 3 {
			for _, k := range kinds {
				clients = append(clients, k.start(t, l.station(t)))
			}
		}
		holders := map[string]string{}
		for _, c := range clients {
			address, _ := c.bound(t)
			if other, taken := holders[address]; taken {
				t.Errorf("%s was given to %s and to %s", address, c.ns.Name, other)
			}
			holders[address] = c.ns.Name
			if got, want := srv.Leases(t)[address]["hwaddr"], c.ns.MAC(t, "eth0"); got != want {
				t.Errorf("lease of %s names %s, its holder is %s", address, got, want)
			}
		}
	})
}

// A client that is started anew asks for the address that it remembers
// (INIT-REBOOT) and keeps it, also after the server was started anew.
func TestReboot(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		srv := s.Start(t, l.server, lanConfig())
		station := l.station(t)
		w := wire.Tap(t, station, "eth0")
		c := kinds[0].start(t, station) // dhclient keeps a lease file
		address, _ := c.bound(t)
		c.kill()
		if err := os.Remove(filepath.Join(c.dir, "events")); err != nil {
			t.Fatal(err)
		}
		station.IP(t, "addr flush dev eth0")
		if status := srv.Stop(t); status != 0 {
			t.Errorf("exit status %d after SIGTERM", status)
		}
		srv.Run(t)

		n := w.Mark()
		c.run(t)
		request := w.Await(t, n, "a REQUEST", wire.OfType(dhcpv4.MessageTypeRequest))
		if request.Msg.ServerIdentifier() != nil || request.Msg.RequestedIPAddress().String() != address {
			t.Fatalf("not an INIT-REBOOT for %s: %s", address, request)
		}
		if again, _ := c.bound(t); again != address {
			t.Errorf("got %s after the reboot, had %s", again, address)
		}
		if w.Count(wire.OfType(dhcpv4.MessageTypeDiscover)) != 1 {
			t.Error("the client had to begin with DISCOVER again")
		}
	})
}

// expiry is the end of a lease row, in seconds since 1970.
func expiry(t *testing.T, row map[string]string) int {
	t.Helper()
	v, err := strconv.Atoi(row["expire"])
	if err != nil {
		t.Fatalf("lease row without expiry: %v", row)
	}
	return v
}

// colonHex writes bytes as lease files do.
func colonHex(b []byte) string {
	var parts []string
	for _, v := range b {
		parts = append(parts, strconv.FormatUint(uint64(v)+0x100, 16)[1:])
	}
	return strings.Join(parts, ":")
}
