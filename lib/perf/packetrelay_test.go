package perf

import (
	"net"
	"testing"

	"nestor/tests/netns"
)

// A relay on a packet socket reaches the server's UDP socket, and the answers to
// its address and port reach it.
func TestPacketRelay(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "10.255.0.1/8", b, "eth0", "10.255.0.2/8")
	server := newFakeServer()
	var conn net.PacketConn
	if err := a.Do(func() (err error) {
		conn, err = net.ListenPacket("udp4", "10.255.0.1:67")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	served := make(chan struct{})
	strangers := 0
	go func() {
		defer close(served)
		buffer := make([]byte, 2048)
		for {
			n, from, err := conn.ReadFrom(buffer)
			if err != nil {
				return
			}
			if from.String() != "10.255.0.2:67" {
				strangers++
			}
			for _, m := range server.answer(buffer[:n]) {
				conn.WriteTo(m, from)
			}
		}
	}()
	var report *Report
	if err := b.Do(func() error {
		o, err := Parse([]string{"-l", "10.255.0.2", "--packet", "eth0", "--in-flight", "8", "-n", "100", "10.255.0.1"})
		if err != nil {
			return err
		}
		report, err = Run(t.Context(), o)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	conn.Close()
	<-served
	if report.Completed != 100 || strangers != 0 {
		t.Errorf("%d exchanges done, %d queries from elsewhere: %+v", report.Completed, strangers, report.Stages)
	}
}
