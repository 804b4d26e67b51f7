package netio

import (
	"bytes"
	"fmt"
	"net"
	"testing"

	"nestor/tests/netns"
)

func TestDetect(t *testing.T) {
	w := newWire(t)
	peer := netns.New(t)
	w.server.IP(t, "addr add 10.0.0.3/24 dev eth0")
	w.server.IP(t, "addr add 192.0.2.1/24 dev eth0")
	w.server.IP(t, "link add eth1 mtu 1400 type veth peer name eth0 netns "+peer.Name)

	eth0 := w.detect("eth0")
	if !eth0.Up || !eth0.Running || eth0.Loopback || !eth0.Broadcast || !eth0.Multicast || !eth0.Ethernet || eth0.MTU != 1500 {
		t.Errorf("%+v", eth0)
	}
	if got := fmt.Sprintf("%x", eth0.Addrs4); got != "[a000001 c0000201 a000003]" { // secondaries after primaries
		t.Errorf("addresses %s", got)
	}
	eth1 := w.detect("eth1")
	if eth1.Up || eth1.Running || len(eth1.Addrs4) != 0 || eth1.MTU != 1400 {
		t.Errorf("%+v", eth1)
	}
	lo := w.detect("lo")
	if !lo.Loopback || !lo.Up || lo.Ethernet || fmt.Sprintf("%x", lo.Addrs4) != "[7f000001]" {
		t.Errorf("%+v", lo)
	}
}

// TestDetectPointToPoint checks that of a pair of addresses ours is taken.
func TestDetectPointToPoint(t *testing.T) {
	w := newWire(t)
	w.server.IP(t, "addr add 192.0.2.5 peer 192.0.2.6 dev eth0")
	if got := fmt.Sprintf("%x", w.detect("eth0").Addrs4); got != "[a000001 c0000205]" {
		t.Errorf("addresses %s", got)
	}
}

// TestDetectAgreesWithNet compares with the standard library, which asks for the
// addresses of each interface on its own.
func TestDetectAgreesWithNet(t *testing.T) {
	found, err := Detect()
	if err != nil {
		t.Fatal(err)
	}
	want, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	if len(found) != len(want) {
		t.Fatalf("%d interfaces, net finds %d", len(found), len(want))
	}
	for _, link := range want {
		var got Interface
		for _, iface := range found {
			if iface.Index == link.Index {
				got = iface
			}
		}
		if got.Name != link.Name || got.MTU != link.MTU || !bytes.Equal(got.MAC, link.HardwareAddr) && !got.Loopback ||
			got.Up != (link.Flags&net.FlagUp != 0) || got.Running != (link.Flags&net.FlagRunning != 0) {
			t.Errorf("%+v, net has %+v", got, link)
		}
		addrs, err := link.Addrs()
		if err != nil {
			t.Fatal(err)
		}
		var texts []string
		for _, addr := range addrs {
			if ip := addr.(*net.IPNet).IP.To4(); ip != nil {
				texts = append(texts, ip.String())
			}
		}
		var ours []string
		for _, addr := range got.Addrs4 {
			ours = append(ours, dotted(addr))
		}
		if fmt.Sprint(ours) != fmt.Sprint(texts) {
			t.Errorf("%s: addresses %v, net has %v", link.Name, ours, texts)
		}
	}
}
