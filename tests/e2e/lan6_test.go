package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/peers"
	"nestor/tests/servers"
)

// Prefixes of the wires for DHCPv6: the server's LAN, and the one behind a relay; and
// what is delegated on them.
const (
	lanPrefix6   = "2001:db8:1::"
	farPrefix6   = "2001:db8:2::"
	lanDelegated = "2001:db8:100:"
	farDelegated = "2001:db8:200:"
)

// subnet6 is a subnet with a pool of addresses and one of prefixes.
func subnet6(id int, prefix, delegated string) object {
	return object{
		"id": id, "subnet": prefix + "/64",
		"pools":    list{object{"pool": prefix + "1000 - " + prefix + "10ff"}},
		"pd-pools": list{object{"prefix": delegated + ":", "prefix-len": 48, "delegated-len": 56}},
	}
}

// lanConfig6 is lanConfig for a DHCPv6 server.
func lanConfig6() object {
	lan := subnet6(7, lanPrefix6, lanDelegated)
	lan["interface"] = "eth0"
	return object{
		"interfaces-config":  object{"interfaces": list{"eth0"}},
		"preferred-lifetime": 500, "valid-lifetime": 600, "renew-timer": 4, "rebind-timer": 8,
		"option-data": list{object{"name": "dns-servers", "data": "2001:db8:1::53"}},
		"subnet6":     list{lan},
	}
}

// newLAN6 is newLAN with an address of DHCPv6's.
func newLAN6(t *testing.T) *lan {
	t.Helper()
	l := newLAN(t)
	l.server.IP(t, "addr add "+lanPrefix6+"1/64 dev eth0 nodad")
	awaitLinkLocal(t, l.server)
	return l
}

// station6 is station with a link-local address that can be used.
func (l *lan) station6(t *testing.T) *netns.NS {
	t.Helper()
	ns := l.station(t)
	awaitLinkLocal(t, ns)
	return ns
}

// awaitLinkLocal waits until the kernel is done looking for duplicates of the
// addresses of a namespace.
func awaitLinkLocal(t *testing.T, ns *netns.NS) {
	t.Helper()
	servers.Eventually(t, 10*time.Second, "eth0 has a link-local address", func() bool {
		out, err := ns.Command("ip", "-6", "addr", "show", "dev", "eth0", "scope", "link").Output()
		return err == nil && strings.Contains(string(out), "fe80:") && !strings.Contains(string(out), "tentative")
	})
}

// startRelay6 puts an ISC relay between the LAN and a far wire that is eth0 of the
// returned namespace. Without being told it would send to ff05::1:3, which Kea does not
// hear.
func startRelay6(t *testing.T, l *lan) *netns.NS {
	t.Helper()
	relay, far := l.station6(t), netns.New(t)
	netns.Veth(t, relay, "far", "", far, "eth0", "")
	relay.IP(t, "addr add "+farPrefix6+"1/64 dev far nodad")
	awaitLinkLocal(t, far)
	out, err := os.Create(filepath.Join(servers.Dir(t), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	cmd := relay.Command(peers.Dhcrelay(t), "-6", "-d", "-I", "-l", "far", "-u", "ff02::1:2%eth0")
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
		if t.Failed() {
			text, _ := os.ReadFile(out.Name())
			t.Logf("the relay said:\n%s", text)
		}
	})
	servers.Eventually(t, 10*time.Second, "the relay starts", func() bool {
		text, _ := os.ReadFile(out.Name())
		return strings.Count(string(text), "Sending on") >= 2
	})
	return far
}
