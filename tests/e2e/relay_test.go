package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/netns"
	"nestor/tests/peers"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// relayAddr is the relay's address on the far wire.
const relayAddr = "10.1.0.1"

// startRelay puts an ISC relay between the LAN and a far wire that is eth0 of
// the returned namespace. The relay adds option 82 and routes what clients send
// by unicast.
func startRelay(t *testing.T, l *lan) *netns.NS {
	t.Helper()
	relay, far := l.station(t), netns.New(t)
	netns.Veth(t, relay, "far", relayAddr+"/24", far, "eth0", "")
	relay.IP(t, "addr add 10.0.0.2/24 dev eth0")
	l.server.IP(t, "route add 10.1.0.0/24 via 10.0.0.2")
	if out, err := relay.Command("sh", "-c", "echo 1 >/proc/sys/net/ipv4/ip_forward").CombinedOutput(); err != nil {
		t.Fatalf("switch on forwarding: %v: %s", err, out)
	}
	dir, err := os.MkdirTemp(servers.WorkDir(), "r")
	if err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(filepath.Join(dir, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	// -a adds option 82 with the interface's name as circuit id.
	cmd := relay.Command(peers.Dhcrelay(t), "-4", "-d", "-a", "-id", "far", "-iu", "eth0", serverAddr)
	cmd.Stdout, cmd.Stderr = out, out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	servers.Eventually(t, 10*time.Second, "the relay starts", func() bool {
		text, _ := os.ReadFile(out.Name())
		return strings.Contains(string(text), "Sending on   Socket/fallback")
	})
	return far
}

// Clients behind a real relay get an address of their own wire's subnet, renew
// it by unicast, and give it back.
func TestThroughRelay(t *testing.T) {
	eachClient(t, func(t *testing.T, s suite, k kind) {
		l := newLAN(t)
		config := lanConfig()
		config["subnet4"] = append(config["subnet4"].(list), object{
			"id": 8, "subnet": farSubnet, "pools": list{object{"pool": farPool}},
			"option-data": list{object{"name": "routers", "data": relayAddr}},
		})
		srv := s.Start(t, l.server, config)
		far := startRelay(t, l)
		uplink := wire.Tap(t, l.server, "eth0")
		w := wire.Tap(t, far, "eth0")
		c := k.start(t, far)
		address, event := c.bound(t)
		if !strings.HasPrefix(address, farPrefix) || !strings.Contains(event, "router="+relayAddr) {
			t.Errorf("got %s, which is not of the relay's wire: %s", address, event)
		}
		// The relay sends on only answers that show its own option 82.
		ack := uplink.Await(t, 0, "an ACK to the relay", func(f *wire.Frame) bool {
			return f.Msg.MessageType() == dhcpv4.MessageTypeAck && f.Msg.GatewayIPAddr.String() == relayAddr
		})
		if got := ack.Dst.String(); got != relayAddr+":67" {
			t.Errorf("the ACK went to %s, not to the relay", got)
		}
		if got := ack.Msg.RelayAgentInfo(); got == nil || string(got.Get(dhcpv4.AgentCircuitIDSubOption)) != "far" {
			t.Errorf("option 82 of the ACK is %v", got)
		}
		row := srv.Lease(t, address, "is in the file", func(map[string]string) bool { return true })
		if row["subnet_id"] != "8" || row["hwaddr"] != far.MAC(t, "eth0") {
			t.Errorf("lease row %v", row)
		}

		far.IP(t, "route replace default via "+relayAddr)
		n := w.Mark()
		if k.renew != 0 {
			c.cmd.Process.Signal(k.renew)
		}
		w.Await(t, n, "an ACK to the renewing client", func(f *wire.Frame) bool {
			return f.Msg.MessageType() == dhcpv4.MessageTypeAck && f.Msg.ClientIPAddr.String() == address
		})
		if err := k.release(t, c); err != nil {
			t.Fatal(err)
		}
		srv.Lease(t, address, "has no lifetime left", func(row map[string]string) bool { return row["valid_lifetime"] == "0" })
	})
}
