package netio

import (
	"encoding/binary"
	"errors"
	"net"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/tests/netns"
)

const (
	serverAddr = 0x0a000001 // 10.0.0.1
	clientAddr = 0x0a000002 // 10.0.0.2
	broadcast  = 0xffffffff
)

// A wire is a veth cable with the server's interface at one end and a packet
// socket that plays the clients at the other.
type wire struct {
	t         testing.TB
	server    *netns.NS
	client    *netns.NS
	iface     Interface // server side
	clientMAC [6]byte
	clientIf  int
	fd        int
}

func newWire(t testing.TB) *wire {
	t.Helper()
	w := &wire{t: t, server: netns.New(t), client: netns.New(t)}
	netns.Veth(t, w.server, "eth0", "10.0.0.1/24", w.client, "eth0", "10.0.0.2/24")
	w.iface = w.detect("eth0")
	err := w.client.Do(func() (err error) {
		link, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		w.clientIf = link.Index
		w.clientMAC = [6]byte(link.HardwareAddr)
		if w.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
			return err
		}
		timeout := unix.NsecToTimeval(int64(50 * time.Millisecond))
		if err := unix.SetsockoptTimeval(w.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
			return err
		}
		return unix.Bind(w.fd, &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_ALL), Ifindex: w.clientIf})
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { unix.Close(w.fd) })
	return w
}

// detect returns the named interface of the server's namespace.
func (w *wire) detect(name string) Interface {
	w.t.Helper()
	var found []Interface
	err := w.server.Do(func() (err error) {
		found, err = Detect()
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	for _, iface := range found {
		if iface.Name == name {
			return iface
		}
	}
	w.t.Fatalf("interface %s is not among %v", name, found)
	return Interface{}
}

// opener is OpenRaw4 or OpenUDP4.
type opener func(Interface, uint32, uint16, Options) (Socket4, error)

// open opens a socket in the server's namespace and closes it with the test.
func (w *wire) open(open opener, addr uint32, opts Options) Socket4 {
	w.t.Helper()
	var s Socket4
	err := w.server.Do(func() (err error) {
		s, err = open(w.iface, addr, 67, opts)
		return err
	})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { s.Close() })
	return s
}

// inject puts a frame on the cable from the clients' end.
func (w *wire) inject(frame []byte) {
	w.t.Helper()
	if _, err := unix.Write(w.fd, frame); err != nil {
		w.t.Fatalf("inject frame: %v", err)
	}
}

// capture returns the next UDP frame with this destination port that the clients
// see, or fails the test after two seconds.
func (w *wire) capture(port uint16) []byte {
	w.t.Helper()
	buf := make([]byte, 65536)
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		n, from, err := unix.Recvfrom(w.fd, buf, 0)
		if errors.Is(err, unix.EAGAIN) || errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			w.t.Fatalf("capture: %v", err)
		}
		if from.(*unix.SockaddrLinklayer).Pkttype == unix.PACKET_OUTGOING || n < headersLen {
			continue
		}
		frame := buf[:n]
		if binary.BigEndian.Uint16(frame[12:]) == unix.ETH_P_IP && frame[23] == unix.IPPROTO_UDP &&
			binary.BigEndian.Uint16(frame[36:]) == port {
			return frame
		}
	}
	w.t.Fatalf("no frame for UDP port %d arrived", port)
	return nil
}

// icmpSeen tells whether an ICMP message reaches the clients within d.
func (w *wire) icmpSeen(d time.Duration) bool {
	w.t.Helper()
	buf := make([]byte, 65536)
	for deadline := time.Now().Add(d); time.Now().Before(deadline); {
		n, _, err := unix.Recvfrom(w.fd, buf, 0)
		if err == nil && n >= 34 && binary.BigEndian.Uint16(buf[12:]) == unix.ETH_P_IP && buf[23] == unix.IPPROTO_ICMP {
			return true
		}
	}
	return false
}

// receive collects datagrams until n are there or two seconds have passed. The
// payloads are copied.
func receive(t testing.TB, s Socket4, n int) []Datagram4 {
	t.Helper()
	return receiveUntil(t, s, func(got []Datagram4) bool { return len(got) >= n })
}

// receiveUntil collects datagrams until enough says so or two seconds have
// passed.
func receiveUntil(t testing.TB, s Socket4, enough func([]Datagram4) bool) []Datagram4 {
	t.Helper()
	var all []Datagram4
	ds := make([]Datagram4, 16)
	for deadline := time.Now().Add(2 * time.Second); !enough(all) && time.Now().Before(deadline); {
		got, err := s.Recv(ds)
		if err != nil {
			t.Fatalf("Recv: %v", err)
		}
		for _, d := range ds[:got] {
			d.Payload = append([]byte(nil), d.Payload...)
			all = append(all, d)
		}
	}
	return all
}

// upTo is the end of receiveUntil that waits for a datagram with this payload.
func upTo(last string) func([]Datagram4) bool {
	return func(got []Datagram4) bool {
		return len(got) > 0 && string(got[len(got)-1].Payload) == last
	}
}

// payloads are the texts of datagrams.
func payloads(ds []Datagram4) []string {
	texts := make([]string, len(ds))
	for i, d := range ds {
		texts[i] = string(d.Payload)
	}
	return texts
}

// dropped waits until a counter has risen: frames are counted when Recv meets
// them.
func dropped(t testing.TB, s Socket4, count func(Stats) uint64) bool {
	t.Helper()
	ds := make([]Datagram4, 16)
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		if n, err := s.Recv(ds); err != nil || n != 0 {
			t.Fatalf("Recv = %d, %v; want the frame dropped", n, err)
		}
		if count(s.(StatsSource).Stats()) > 0 {
			return true
		}
	}
	return false
}

// A query is a frame as a test wants it. The zero value of a field means what a
// direct client's DISCOVER has.
type query struct {
	dstMAC   []byte
	srcMAC   [6]byte
	vlan     uint16 // tagged if not zero
	options  []byte // of the IP header
	fragment uint16
	protocol byte
	src, dst uint32
	srcPort  uint16
	dstPort  uint16
	payload  string
	trailer  int // bytes after the IP packet
	edit     func(ip []byte)
}

// frame builds the query with right checksums, in the slow and plain way, and
// applies edit to the IP packet last.
func (q query) frame() []byte {
	ip := make([]byte, 20+len(q.options)+8)
	ip[0] = 4<<4 | byte(5+len(q.options)/4)
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)+len(q.payload)))
	binary.BigEndian.PutUint16(ip[6:], q.fragment)
	ip[8] = 64
	ip[9] = or(q.protocol, unix.IPPROTO_UDP)
	binary.BigEndian.PutUint32(ip[12:], q.src)
	binary.BigEndian.PutUint32(ip[16:], or(q.dst, broadcast))
	copy(ip[20:], q.options)
	header := len(ip) - 8
	binary.BigEndian.PutUint16(ip[10:], ^slowSum(ip[:header]))

	udp := append(ip[header:], q.payload...)
	binary.BigEndian.PutUint16(udp, or(q.srcPort, 68))
	binary.BigEndian.PutUint16(udp[2:], or(q.dstPort, 67))
	binary.BigEndian.PutUint16(udp[4:], uint16(len(udp)))
	binary.BigEndian.PutUint16(udp[6:], ^slowSum(pseudo(ip, len(udp)), udp))
	ip = append(ip[:header:header], udp...)
	if q.edit != nil {
		q.edit(ip)
	}

	if q.dstMAC == nil {
		q.dstMAC = []byte{255, 255, 255, 255, 255, 255}
	}
	frame := append(append([]byte(nil), q.dstMAC...), q.srcMAC[:]...)
	if q.vlan != 0 {
		frame = binary.BigEndian.AppendUint16(append(frame, 0x81, 0x00), q.vlan)
	}
	frame = append(append(frame, 0x08, 0x00), ip...)
	return append(frame, make([]byte, q.trailer)...)
}

func or[T comparable](value, otherwise T) T {
	var zero T
	if value == zero {
		return otherwise
	}
	return value
}

// pseudo is the UDP pseudo header for an IP packet.
func pseudo(ip []byte, udpLength int) []byte {
	b := append([]byte(nil), ip[12:20]...)
	b = append(b, 0, unix.IPPROTO_UDP)
	return binary.BigEndian.AppendUint16(b, uint16(udpLength))
}

// slowSum is the ones' complement sum of RFC 1071, word by word. All parts but
// the last have an even length.
func slowSum(parts ...[]byte) uint16 {
	sum := uint32(0)
	for _, part := range parts {
		for i, b := range part {
			if i%2 == 0 {
				sum += uint32(b) << 8
			} else {
				sum += uint32(b)
			}
			sum = sum>>16 + sum&0xffff
		}
	}
	return uint16(sum>>16 + sum&0xffff)
}
