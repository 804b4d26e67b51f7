package e2e_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"

	"nestor/tests/netns"
)

// A frame is one DHCPv4 message as it was on the wire.
type frame struct {
	at       time.Time
	from, to net.HardwareAddr
	ipHeader []byte // 20 bytes and options
	src, dst netip.AddrPort
	checksum uint16 // of UDP
	payload  []byte // of UDP
	msg      *dhcpv4.DHCPv4
}

func (f *frame) String() string {
	return fmt.Sprintf("%s %s→%s %s→%s ciaddr=%s yiaddr=%s giaddr=%s", f.msg.MessageType(),
		f.from, f.to, f.src, f.dst, f.msg.ClientIPAddr, f.msg.YourIPAddr, f.msg.GatewayIPAddr)
}

// A wire is a packet socket on one interface: it records every DHCPv4 message
// that passes, both ways, and can send frames.
type wire struct {
	fd      int
	ifindex int
	mac     net.HardwareAddr

	mu     sync.Mutex
	frames []*frame
}

// tap opens a wire on an interface of a namespace until the end of the test.
func tap(t *testing.T, ns *netns.NS, name string) *wire {
	t.Helper()
	w := &wire{}
	err := ns.Do(func() error {
		ifc, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		w.ifindex, w.mac = ifc.Index, ifc.HardwareAddr
		all := htons(unix.ETH_P_ALL)
		if w.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, int(all)); err != nil {
			return err
		}
		if err := unix.SetsockoptTimeval(w.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000}); err != nil {
			return err
		}
		return unix.Bind(w.fd, &unix.SockaddrLinklayer{Protocol: all, Ifindex: ifc.Index})
	})
	if err != nil {
		t.Fatalf("packet socket on %s: %v", name, err)
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go w.record(stop, done)
	t.Cleanup(func() {
		close(stop)
		<-done
		unix.Close(w.fd)
		if t.Failed() {
			for _, f := range w.seen() {
				t.Logf("on the wire: %s %s", f.at.Format("05.000"), f)
			}
		}
	})
	return w
}

func (w *wire) record(stop, done chan struct{}) {
	defer close(done)
	buf := make([]byte, 65536)
	for {
		select {
		case <-stop:
			return
		default:
		}
		n, _, err := unix.Recvfrom(w.fd, buf, 0)
		switch {
		case errors.Is(err, unix.EAGAIN), errors.Is(err, unix.EINTR):
			continue
		case errors.Is(err, unix.ENETDOWN):
			continue // the interface was taken down; it may come back
		case err != nil:
			return
		}
		if f := parseFrame(append([]byte(nil), buf[:n]...)); f != nil {
			w.mu.Lock()
			w.frames = append(w.frames, f)
			w.mu.Unlock()
		}
	}
}

// seen returns what was recorded so far.
func (w *wire) seen() []*frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*frame(nil), w.frames...)
}

// count is the number of recorded messages that pass the test.
func (w *wire) count(ok func(f *frame) bool) int {
	n := 0
	for _, f := range w.seen() {
		if ok(f) {
			n++
		}
	}
	return n
}

// await returns the first message after the first n ones that passes the test.
func (w *wire) await(t *testing.T, n int, what string, ok func(f *frame) bool) *frame {
	t.Helper()
	var found *frame
	eventually(t, 30*time.Second, what, func() bool {
		for i, f := range w.seen() {
			if i >= n && ok(f) {
				found = f
				return true
			}
		}
		return false
	})
	return found
}

// mark is the number of messages recorded so far, for await.
func (w *wire) mark() int { return len(w.seen()) }

// send puts a whole Ethernet frame onto the wire.
func (w *wire) send(t testing.TB, raw []byte) {
	t.Helper()
	if err := unix.Sendto(w.fd, raw, 0, &unix.SockaddrLinklayer{Ifindex: w.ifindex}); err != nil {
		t.Fatalf("send frame: %v", err)
	}
}

func ofType(want dhcpv4.MessageType) func(f *frame) bool {
	return func(f *frame) bool { return f.msg.MessageType() == want }
}

// parseFrame reads an Ethernet frame; nil when it is not DHCPv4.
func parseFrame(raw []byte) *frame {
	if len(raw) < 14+20+8 || binary.BigEndian.Uint16(raw[12:]) != unix.ETH_P_IP {
		return nil
	}
	ip := raw[14:]
	header := int(ip[0]&0x0f) * 4
	total := int(binary.BigEndian.Uint16(ip[2:]))
	if ip[9] != unix.IPPROTO_UDP || header < 20 || total < header+8 || total > len(ip) {
		return nil
	}
	udp := ip[header:total]
	f := &frame{
		at: time.Now(), from: raw[6:12], to: raw[0:6], ipHeader: ip[:header],
		src:      netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), binary.BigEndian.Uint16(udp)),
		dst:      netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(udp[2:])),
		checksum: binary.BigEndian.Uint16(udp[6:]),
		payload:  udp[8:],
	}
	if f.dst.Port() != 67 && f.dst.Port() != 68 && f.src.Port() != 67 {
		return nil
	}
	msg, err := dhcpv4.FromBytes(f.payload)
	if err != nil {
		return nil
	}
	f.msg = msg
	return f
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }
