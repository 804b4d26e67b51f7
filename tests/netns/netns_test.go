package netns_test

import (
	"bytes"
	"errors"
	"net"
	"os/exec"
	"strings"
	"testing"
	"time"

	"nestor/tests/netns"
)

func TestVethCarriesDatagrams(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "10.0.0.1/24", b, "eth0", "10.0.0.2/24")

	var server, client net.PacketConn
	listen := func(addr string, conn *net.PacketConn) func() error {
		return func() (err error) {
			*conn, err = net.ListenPacket("udp4", addr)
			return err
		}
	}
	if err := b.Do(listen("10.0.0.2:4000", &server)); err != nil {
		t.Fatal(err)
	}
	defer server.Close()
	if err := a.Do(listen("10.0.0.1:0", &client)); err != nil {
		t.Fatal(err)
	}
	defer client.Close()

	if _, err := client.WriteTo([]byte("hello"), server.LocalAddr()); err != nil {
		t.Fatal(err)
	}
	server.SetReadDeadline(time.Now().Add(5 * time.Second))
	buf := make([]byte, 64)
	n, from, err := server.ReadFrom(buf)
	if err != nil || string(buf[:n]) != "hello" || !strings.HasPrefix(from.String(), "10.0.0.1:") {
		t.Fatalf("got %q from %v, %v", buf[:n], from, err)
	}
	if mac, err := net.ParseMAC(a.MAC(t, "eth0")); err != nil || len(mac) != 6 {
		t.Errorf("MAC = %v, %v", mac, err)
	}
}

func TestCommandRunsInside(t *testing.T) {
	ns := netns.New(t)
	out, err := ns.Command("ip", "netns", "identify").CombinedOutput()
	if err != nil || strings.TrimSpace(string(out)) != ns.Name {
		t.Fatalf("identify says %q, %v; want %s", out, err, ns.Name)
	}
}

func TestDoReturnsTheError(t *testing.T) {
	ns := netns.New(t)
	want := errors.New("wanted")
	if err := ns.Do(func() error { return want }); err != want {
		t.Fatalf("Do = %v", err)
	}
	if err := (&netns.NS{Name: "no-such-namespace"}).Do(func() error { return nil }); err == nil {
		t.Fatal("Do in a missing namespace succeeded")
	}
}

func TestNamespacesAreDeleted(t *testing.T) {
	var name string
	t.Run("inner", func(t *testing.T) { name = netns.New(t).Name })
	out, err := exec.Command("ip", "netns", "list").Output()
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(out, []byte(name)) {
		t.Fatalf("namespace %s is still there", name)
	}
}
