// Package wire is the link under test: it records the DHCPv4 messages that pass on
// an interface of a namespace, frame by frame, and puts hand-made ones onto it.
package wire

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

// A Frame is one DHCPv4 message as it was on the wire.
type Frame struct {
	At       time.Time
	From, To net.HardwareAddr
	IPHeader []byte // 20 bytes and options
	Src, Dst netip.AddrPort
	Checksum uint16 // of UDP
	Payload  []byte // of UDP
	Msg      *dhcpv4.DHCPv4
}

func (f *Frame) String() string {
	return fmt.Sprintf("%s %s→%s %s→%s ciaddr=%s yiaddr=%s giaddr=%s", f.Msg.MessageType(),
		f.From, f.To, f.Src, f.Dst, f.Msg.ClientIPAddr, f.Msg.YourIPAddr, f.Msg.GatewayIPAddr)
}

// A Wire is a packet socket on one interface: it records every DHCPv4 message
// that passes, both ways, and can send frames.
type Wire struct {
	fd      int
	ifindex int
	mac     net.HardwareAddr

	mu     sync.Mutex
	frames []*Frame
	grew   chan struct{} // closed when frames grows
}

// Tap opens a wire on an interface of a namespace until the end of the test.
func Tap(t testing.TB, ns *netns.NS, name string) *Wire {
	t.Helper()
	w := &Wire{grew: make(chan struct{})}
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
			for _, f := range w.Seen() {
				t.Logf("on the wire: %s %s", f.At.Format("05.000"), f)
			}
		}
	})
	return w
}

func (w *Wire) record(stop, done chan struct{}) {
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
			close(w.grew)
			w.grew = make(chan struct{})
			w.mu.Unlock()
		}
	}
}

// Seen returns what was recorded so far.
func (w *Wire) Seen() []*Frame {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]*Frame(nil), w.frames...)
}

// Count is the number of recorded messages that pass the test.
func (w *Wire) Count(ok func(f *Frame) bool) int {
	n := 0
	for _, f := range w.Seen() {
		if ok(f) {
			n++
		}
	}
	return n
}

// Await returns the first message after the first n ones that passes the test, and
// fails the test when none comes within 30 s.
func (w *Wire) Await(t testing.TB, n int, what string, ok func(f *Frame) bool) *Frame {
	t.Helper()
	f := w.Find(n, 30*time.Second, ok)
	if f == nil {
		t.Fatalf("not on the wire: %s", what)
	}
	return f
}

// First returns the first message after the first n ones that passes the test and
// is there already, or nil.
func (w *Wire) First(n int, ok func(f *Frame) bool) *Frame {
	for _, f := range w.Seen()[n:] {
		if ok(f) {
			return f
		}
	}
	return nil
}

// Find is Await with a time limit of its own; nil when nothing came.
func (w *Wire) Find(n int, limit time.Duration, ok func(f *Frame) bool) *Frame {
	timeout := time.After(limit)
	for {
		w.mu.Lock()
		frames, grew := w.frames, w.grew
		w.mu.Unlock()
		for ; n < len(frames); n++ {
			if ok(frames[n]) {
				return frames[n]
			}
		}
		select {
		case <-grew:
		case <-timeout:
			return nil
		}
	}
}

// Mark is the number of messages recorded so far, for Await.
func (w *Wire) Mark() int { return len(w.Seen()) }

// Send puts a whole Ethernet frame onto the wire.
func (w *Wire) Send(t testing.TB, raw []byte) {
	t.Helper()
	if err := unix.Sendto(w.fd, raw, 0, &unix.SockaddrLinklayer{Ifindex: w.ifindex}); err != nil {
		t.Fatalf("send frame: %v", err)
	}
}

// OfType selects messages of one type.
func OfType(want dhcpv4.MessageType) func(f *Frame) bool {
	return func(f *Frame) bool { return f.Msg.MessageType() == want }
}

// parseFrame reads an Ethernet frame; nil when it is not DHCPv4.
func parseFrame(raw []byte) *Frame {
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
	f := &Frame{
		At: time.Now(), From: raw[6:12], To: raw[0:6], IPHeader: ip[:header],
		Src:      netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[12:16])), binary.BigEndian.Uint16(udp)),
		Dst:      netip.AddrPortFrom(netip.AddrFrom4([4]byte(ip[16:20])), binary.BigEndian.Uint16(udp[2:])),
		Checksum: binary.BigEndian.Uint16(udp[6:]),
		Payload:  udp[8:],
	}
	if f.Dst.Port() != 67 && f.Dst.Port() != 68 && f.Src.Port() != 67 {
		return nil
	}
	msg, err := dhcpv4.FromBytes(f.Payload)
	if err != nil {
		return nil
	}
	f.Msg = msg
	return f
}

func htons(v uint16) uint16 { return v<<8 | v>>8 }
