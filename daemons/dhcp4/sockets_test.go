package dhcp4

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nestor/lib/config"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/server"
)

// someInterfaces are lo, eth0 with two addresses, eth1, and eth2 that is down.
var someInterfaces = []netio.Interface{
	{Name: "lo", Index: 1, Up: true, Running: true, Loopback: true, Addrs4: []uint32{ip("127.0.0.1")}},
	{Name: "eth0", Index: 2, Up: true, Running: true, Ethernet: true, Addrs4: []uint32{ip("192.0.2.1"), ip("192.0.2.2")}},
	{Name: "eth1", Index: 3, Up: true, Running: true, Ethernet: true, Addrs4: []uint32{ip("198.51.100.1")}},
	{Name: "eth2", Index: 4, Ethernet: true, Addrs4: []uint32{ip("203.0.113.1")}},
}

func TestInterfaceSelection(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.srv.sockets.Interfaces = someInterfaces
	plan := func(conf string) (string, error) {
		p, err := ts.srv.sockets.plan(ts.parse(`"interfaces-config": { `+conf+` }, `+plain), false)
		if err != nil {
			return "", err
		}
		var list []string
		for _, w := range p.Sockets {
			kind := "raw"
			if w.udp {
				kind = "udp"
			}
			if w.routing {
				kind += " routed"
			}
			if !w.first {
				kind += " no broadcast"
			}
			list = append(list, fmt.Sprintf("%v %s", w.socketKey, kind))
		}
		return strings.Join(list, ", "), nil
	}
	for _, c := range []struct{ name, conf, want string }{
		{"D4.8.1 nothing", `"interfaces": [ ]`, ""},
		{"D4.8.2 D4.8.4 name: all its addresses, raw by default", `"interfaces": [ "eth0" ]`, "eth0/192.0.2.1 raw, eth0/192.0.2.2 raw no broadcast"},
		{"D4.8.2 name and address", `"interfaces": [ "eth0/192.0.2.2" ]`, "eth0/192.0.2.2 raw"},
		{"D4.8.2 one interface with several addresses named", `"interfaces": [ "eth0/192.0.2.2", "eth0/192.0.2.1" ]`, "eth0/192.0.2.2 raw, eth0/192.0.2.1 raw no broadcast"},
		{"D4.8.2 D4.8.12 all but loopback and those that are down", `"interfaces": [ "*" ]`, "eth0/192.0.2.1 raw, eth0/192.0.2.2 raw no broadcast, eth1/198.51.100.1 raw"},
		{"D4.8.3 all and explicit names", `"interfaces": [ "eth1", "*" ]`, "eth1/198.51.100.1 raw, eth0/192.0.2.1 raw, eth0/192.0.2.2 raw no broadcast"},
		{"D4.8.4 udp", `"interfaces": [ "eth1" ], "dhcp-socket-type": "udp"`, "eth1/198.51.100.1 udp"},
		{"D4.8.10 use-routing", `"interfaces": [ "eth1" ], "dhcp-socket-type": "udp", "outbound-interface": "use-routing"`, "eth1/198.51.100.1 udp routed"},
		{"D4.8.12 loopback by name with udp", `"interfaces": [ "lo" ], "dhcp-socket-type": "udp"`, "lo/127.0.0.1 udp"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := plan(c.conf); err != nil || got != c.want {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, conf, err string }{
		{"each missing interface with its place", `"interfaces": [ "eth9", "eth0", "eth8" ]`, "Dhcp4/interfaces-config/interfaces[2]: interface \"eth8\" does not exist"},
		{"FD.9.6 missing interface", `"interfaces": [ "eth9" ]`, `interface "eth9" does not exist on this machine; there are lo, eth0, eth1, eth2`},
		{"D4.8.12 loopback with raw sockets", `"interfaces": [ "lo" ]`, `the loopback interface "lo" can be used with "dhcp-socket-type": "udp" only`},
		{"missing address", `"interfaces": [ "eth0/192.0.2.9" ]`, `interface "eth0" has no address 192.0.2.9`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := plan(c.conf); err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("error is %v, want %q", err, c.err)
			}
		})
	}
	t.Run("D4.35.1 packet loops", func(t *testing.T) {
		cfg := ts.parse(`"multi-threading": { "thread-pool-size": 2 }, "interfaces-config": { "interfaces": [ "eth0" ] }, ` + plain)
		p, err := ts.srv.sockets.plan(cfg, false)
		if err != nil || p.Sockets[1].Loops != min(2, runtime.NumCPU()) {
			t.Errorf("planned %+v, %v", p, err)
		}
	})
}

// timed runs fn in a bubble of made-up time with a server whose timers run.
func timed(t *testing.T, conf string, fn func(ts *testServer)) {
	synctest.Test(t, func(t *testing.T) {
		ts := &testServer{t: t, dir: t.TempDir(), sock: &fakeSocket{addr: 0xc0000201, name: "eth0", index: 2}}
		sys := logging.New("kea-dhcp4")
		sys.SetConsole(&ts.log, &ts.log)
		if err := sys.Configure(nil, false); err != nil {
			t.Fatal(err)
		}
		ts.srv = New(Options{Log: sys, DataDir: ts.dir, LFCProgram: "/bin/true"})
		if err := ts.srv.Configure(context.Background(), ts.parse(conf)); err != nil {
			t.Fatal(err)
		}
		defer ts.srv.Close()
		ts.loop = newLoop(ts.srv, ts.sock, packetloop.BatchSize)
		fn(ts)
	})
}

func TestTimers(t *testing.T) {
	memory := `"lease-database": { "type": "memfile", "persist": false }, "valid-lifetime": 5, `
	grant := func(ts *testServer, n byte) string {
		return expect(ts.t, ts.one(from{}, query(requestMsg, n)), ackMsg, "").YourIPAddr.String()
	}
	t.Run("D4.54.1 D4.54.3 reclaimed every 10 seconds by default", func(t *testing.T) {
		timed(t, memory+plain, func(ts *testServer) {
			a := grant(ts, 1)
			time.Sleep(9 * time.Second)
			synctest.Wait()
			if ts.stored(a).State != 0 {
				t.Error("reclaimed early")
			}
			time.Sleep(2 * time.Second)
			synctest.Wait()
			if ts.stored(a).State != 2 {
				t.Error("not reclaimed after 11 seconds")
			}
		})
	})
	t.Run("D4.54.3 0 disables", func(t *testing.T) {
		timed(t, memory+`"expired-leases-processing": { "reclaim-timer-wait-time": 0 }, `+plain, func(ts *testServer) {
			a := grant(ts, 1)
			time.Sleep(time.Hour)
			synctest.Wait()
			if ts.stored(a).State != 0 {
				t.Error("reclaimed")
			}
		})
	})
	t.Run("D4.54.5 D4.54.4 removed after the hold time", func(t *testing.T) {
		timed(t, memory+`"expired-leases-processing": { "hold-reclaimed-time": 60 }, `+plain, func(ts *testServer) {
			a := grant(ts, 1)
			time.Sleep(60 * time.Second)
			synctest.Wait()
			if ts.stored(a) == nil {
				t.Error("removed early")
			}
			time.Sleep(40 * time.Second)
			synctest.Wait()
			if ts.stored(a) != nil {
				t.Error("not removed")
			}
		})
	})
	t.Run("D4.54.5 0 disables affinity", func(t *testing.T) {
		timed(t, memory+`"expired-leases-processing": { "flush-reclaimed-timer-wait-time": 0 }, `+plain, func(ts *testServer) {
			a := grant(ts, 1)
			time.Sleep(11 * time.Second)
			synctest.Wait()
			if ts.stored(a) != nil {
				t.Error("kept")
			}
		})
	})
	t.Run("D4.54.7 D4.54.8 cycles with leftovers", func(t *testing.T) {
		for unwarned, want := range map[int][]int{2: {0, 0, 1, 1, 1, 2}, 1: {0, 1, 1, 2, 2, 3}, 0: {0, 0, 0, 0, 0, 0}} {
			conf := fmt.Sprintf(`"expired-leases-processing": { "max-reclaim-leases": 1, "unwarned-reclaim-cycles": %d }, `, unwarned)
			timed(t, memory+conf+plain, func(ts *testServer) {
				for n := range byte(9) {
					grant(ts, n)
				}
				time.Sleep(5 * time.Second)
				for cycle, warnings := range want {
					time.Sleep(10 * time.Second)
					synctest.Wait()
					if n := ts.stat("reclaimed-leases"); n != int64(cycle+1) {
						t.Errorf("%d reclaimed after %d cycles of one", n, cycle+1)
					}
					text := fmt.Sprintf("ALLOC_ENGINE_V4_LEASES_RECLAMATION_SLOW expired leases still exist after %d reclamations", unwarned)
					if n := strings.Count(ts.log.String(), text); n != warnings {
						t.Errorf("unwarned-reclaim-cycles %d: %d warnings after cycle %d, want %d", unwarned, n, cycle+1, warnings)
					}
				}
			})
		}
	})
}

func TestDisabledForAPeriod(t *testing.T) {
	timed(t, plain, func(ts *testServer) {
		ts.srv.service.Disable(server.OriginUser, 20*time.Second)
		time.Sleep(19 * time.Second)
		if !ts.srv.service.Disabled() {
			t.Error("enabled early")
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if ts.srv.service.Disabled() {
			t.Error("D4.48.14: still disabled after its period")
		}
	})
}

func TestRefusedConfiguration(t *testing.T) {
	// FD.9.7 D4.1.14 D4.48.12: the former configuration goes on serving.
	ts := newTestServer(t, plain)
	bad := ts.parse(plain)
	bad.LeaseDatabase = &config.Database{Type: "mysql", Host: "127.0.0.1", Port: 1}
	if err := ts.srv.Configure(context.Background(), bad); err == nil || !strings.Contains(err.Error(), "is the server running") {
		t.Fatalf("error is %v", err)
	}
	bad = ts.parse(`"interfaces-config": { "interfaces": [ "nonesuch0" ] }, ` + plain)
	if err := ts.srv.Configure(context.Background(), bad); err == nil {
		t.Fatal("a missing interface was accepted")
	}
	bad = ts.parse(plain)
	bad.Subnets = append(bad.Subnets, bad.Subnets[0])
	if err := ts.srv.Configure(context.Background(), bad); err == nil {
		t.Fatal("a duplicate subnet was accepted")
	}
	expect(t, ts.lease(1), ackMsg, "192.0.2.10")
}
