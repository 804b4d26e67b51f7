package dhcp6

import (
	"context"
	"fmt"
	"net/netip"
	"runtime"
	"strings"
	"testing"

	"nestor/lib/netio"
)

func link(name string, index int, addrs ...string) netio.Interface {
	i := netio.Interface{Name: name, Index: index, Up: true, Running: true, Multicast: true, Ethernet: true}
	for _, a := range addrs {
		i.Addrs6 = append(i.Addrs6, netio.Addr6{Addr: netip.MustParseAddr(a)})
	}
	return i
}

// someInterfaces are lo, eth0, eth1, eth2 that is down, and eth3 without a link-local
// address.
var someInterfaces = func() []netio.Interface {
	lo, down := link("lo", 1, "::1"), link("eth2", 4, "fe80::4")
	lo.Loopback, lo.Multicast, down.Up, down.Running = true, false, false, false
	return []netio.Interface{
		lo, link("eth0", 2, "2001:db8:1::1", "2001:db8:1::2", "fe80::2"), link("eth1", 3, "fe80::3"), down, link("eth3", 5, "2001:db8:3::1"),
	}
}()

func TestInterfaceSelection(t *testing.T) {
	l := newLife(t, twoPools)
	l.srv.sockets.Interfaces = someInterfaces
	plan := func(interfaces string) (string, error) {
		p, err := l.srv.sockets.plan(l.parse(`"interfaces-config": { "interfaces": [ `+interfaces+` ] }, `+twoPools), false)
		if err != nil {
			return "", err
		}
		var list []string
		for _, w := range p.Sockets {
			text := fmt.Sprintf("%s/%s", w.name, w.addr)
			if w.group {
				text += " group"
			}
			list = append(list, text)
		}
		return strings.Join(list, ", "), nil
	}
	const eth0, eth1 = "eth0/fe80::2, eth0/fe80::2 group", "eth1/fe80::3, eth1/fe80::3 group"
	for _, c := range []struct{ name, interfaces, want string }{
		{"D6.3.1 nothing", ``, ""},
		{"D6.3.5 the link-local address and the group", `"eth0"`, eth0},
		{"D6.3.6 one more address", `"eth0/2001:db8:1::2"`, "eth0/2001:db8:1::2, " + eth0},
		{"D6.3.2 D6.3.3 all but loopback and those that are down", `"*"`, eth0 + ", " + eth1},
		{"D6.3.2 all, with one more address", `"*", "eth0/2001:db8:1::1"`, eth0 + ", " + eth1 + ", eth0/2001:db8:1::1"},
		{"D6.3.4 without a link-local address only the one given", `"eth3/2001:db8:3::1"`, "eth3/2001:db8:3::1"},
		{"D6.3.4 without any nothing", `"eth3"`, ""},
		{"D6.3.3 loopback by name", `"lo/::1"`, "lo/::1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got, err := plan(c.interfaces); err != nil || got != c.want {
				t.Errorf("got %s, %v, want %s", got, err, c.want)
			}
		})
	}
	for _, c := range []struct{ name, interfaces, want string }{
		{"D6.3.2 unknown", `"eth9"`, `interface "eth9" does not exist on this machine`},
		{"an address that is not there", `"eth1/2001:db8::9"`, `interface "eth1" has no address 2001:db8::9`},
	} {
		t.Run(c.name, func(t *testing.T) {
			if _, err := plan(c.interfaces); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestPacketLoops(t *testing.T) {
	// D6.26.1
	l := newLife(t, twoPools)
	l.srv.sockets.Interfaces = someInterfaces
	cfg := l.parse(`"multi-threading": { "thread-pool-size": 2 }, "interfaces-config": { "interfaces": [ "eth0" ] }, ` + twoPools)
	p, err := l.srv.sockets.plan(cfg, false)
	if err != nil || len(p.Sockets) != 2 {
		t.Fatalf("planned %+v, %v", p, err)
	}
	for _, w := range p.Sockets {
		if w.Loops != min(2, runtime.NumCPU()) {
			t.Errorf("%d loops on %s", w.Loops, w.bound())
		}
	}
}

func TestQueueControl(t *testing.T) {
	l := newLife(t, twoPools)
	off := `"multi-threading": { "enable-multi-threading": false }, `
	for _, c := range []struct{ name, conf, fault string }{
		{"D6.26.3 off by default", off, ""},
		{"D6.26.3 kea-ring6", off + `"dhcp-queue-control": { "enable-queue": true, "queue-type": "kea-ring6", "capacity": 100 }, `, ""},
		{"D6.26.3 another type", off + `"dhcp-queue-control": { "enable-queue": true, "queue-type": "kea-ring4" }, `, `no queue-type "kea-ring4"`},
		{"D6.26.3 none under multi-threading", `"dhcp-queue-control": { "enable-queue": true, "queue-type": "x" }, `, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			err := l.srv.Configure(context.Background(), l.parse(c.conf+twoPools))
			if c.fault == "" && err != nil || c.fault != "" && (err == nil || !strings.Contains(err.Error(), c.fault)) {
				t.Errorf("error is %v", err)
			}
			l.srv.timers.Stop()
		})
	}
}
