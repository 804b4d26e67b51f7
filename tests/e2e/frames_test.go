package e2e_test

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"
)

var (
	broadcastMAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}
	toAll        = netip.MustParseAddrPort("255.255.255.255:67")
	fromNobody   = netip.MustParseAddrPort("0.0.0.0:68")
)

// A query is a DHCP message with the frame that carries it. What is left unset
// is what a client without an address sends.
type query struct {
	msg      *dhcpv4.DHCPv4
	payload  []byte           // in place of msg's bytes
	from     net.HardwareAddr // link-layer source; else chaddr
	to       net.HardwareAddr // link-layer destination; else broadcast
	src, dst netip.AddrPort
	badSum   bool // spoil the UDP checksum
}

// newMAC returns an address that no other client of this test run has.
func newMAC() net.HardwareAddr {
	mac := make(net.HardwareAddr, 6)
	rand.Read(mac)
	mac[0] = 0x02
	return mac
}

// message makes a message of a type from a client's link-layer address.
func message(kind dhcpv4.MessageType, mac net.HardwareAddr, more ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	base := []dhcpv4.Modifier{
		dhcpv4.WithHwAddr(mac), dhcpv4.WithMessageType(kind), dhcpv4.WithBroadcast(false),
	}
	msg, err := dhcpv4.New(append(base, more...)...)
	if err != nil {
		panic(err) // the random source failed
	}
	return msg
}

func discover(mac net.HardwareAddr, more ...dhcpv4.Modifier) query {
	return query{msg: message(dhcpv4.MessageTypeDiscover, mac, more...)}
}

// selecting is the REQUEST that answers an offer.
func selecting(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) query {
	base := []dhcpv4.Modifier{requested(address), serverID(serverAddr)}
	return query{msg: message(dhcpv4.MessageTypeRequest, mac, append(base, more...)...)}
}

// initReboot is the REQUEST of a client that remembers an address.
func initReboot(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) query {
	return query{msg: message(dhcpv4.MessageTypeRequest, mac, append([]dhcpv4.Modifier{requested(address)}, more...)...)}
}

// renewing is the unicast REQUEST of a client at address.
func renewing(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) query {
	return query{
		msg: message(dhcpv4.MessageTypeRequest, mac, append([]dhcpv4.Modifier{ciaddr(address)}, more...)...),
		src: port(address, 68), dst: port(serverAddr, 67),
	}
}

func inform(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) query {
	return query{
		msg: message(dhcpv4.MessageTypeInform, mac, append([]dhcpv4.Modifier{ciaddr(address)}, more...)...),
		src: port(address, 68),
	}
}

func requested(address string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.ParseIP(address)))
}

func serverID(address string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.ParseIP(address)))
}

func ciaddr(address string) dhcpv4.Modifier { return dhcpv4.WithClientIP(net.ParseIP(address)) }

func clientID(id string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptClientIdentifier([]byte(id)))
}

// option adds an option by its code and bytes.
func option(code uint8, data ...byte) dhcpv4.Modifier {
	return dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(code), data)
}

// relayed marks a message as passed on by a relay at giaddr.
func relayed(giaddr string) dhcpv4.Modifier {
	return func(msg *dhcpv4.DHCPv4) {
		msg.GatewayIPAddr = net.ParseIP(giaddr)
		msg.HopCount = 1
	}
}

// throughRelay sends a relayed message as the relay at giaddr would, with a
// link-layer address of its own.
func throughRelay(msg *dhcpv4.DHCPv4) query {
	giaddr, _ := netip.AddrFromSlice(msg.GatewayIPAddr.To4())
	return query{msg: msg, from: newMAC(), src: netip.AddrPortFrom(giaddr, 67), dst: port(serverAddr, 67)}
}

func port(address string, n uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(address), n)
}

// frame builds the Ethernet frame of a query. mac is where a unicast goes.
func (q query) frame(mac net.HardwareAddr) []byte {
	payload := q.payload
	if payload == nil {
		payload = q.msg.ToBytes()
	}
	if !q.src.IsValid() {
		q.src = fromNobody
	}
	if !q.dst.IsValid() {
		q.dst = toAll
	}
	if q.from == nil {
		q.from = q.msg.ClientHWAddr[:6]
	}
	if q.to == nil {
		q.to = mac
		if q.dst.Addr() == toAll.Addr() {
			q.to = broadcastMAC
		}
	}
	raw := append(append([]byte{}, q.to...), q.from...)
	raw = binary.BigEndian.AppendUint16(raw, unix.ETH_P_IP)
	ip := []byte{
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, unix.IPPROTO_UDP, 0, 0,
	}
	src, dst := q.src.Addr().As4(), q.dst.Addr().As4()
	ip = append(append(ip, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(ip[2:], uint16(20+8+len(payload)))
	binary.BigEndian.PutUint16(ip[10:], ^fold(sum(0, ip)))
	udp := binary.BigEndian.AppendUint16(nil, q.src.Port())
	udp = binary.BigEndian.AppendUint16(udp, q.dst.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(payload)))
	udp = append(append(udp, 0, 0), payload...)
	check := ^fold(pseudoSum(ip, udp))
	if q.badSum {
		check ^= 0x5555
	}
	binary.BigEndian.PutUint16(udp[6:], check)
	return append(append(raw, ip...), udp...)
}

// pseudoSum adds up what the UDP checksum covers.
func pseudoSum(ip, udp []byte) uint32 {
	return sum(sum(uint32(unix.IPPROTO_UDP)+uint32(len(udp)), ip[12:20]), udp)
}

func sum(start uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		start += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		start += uint32(b[0]) << 8
	}
	return start
}

func fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}

// A station is a hand-made client: it speaks for any number of link-layer
// addresses on one wire.
type station struct {
	*wire
	serverMAC net.HardwareAddr
}

// newStation connects a station to the LAN.
func newStation(t *testing.T, l *lan) *station {
	t.Helper()
	ns := l.station(t)
	mac, err := net.ParseMAC(l.server.MAC(t, "eth0"))
	if err != nil {
		t.Fatal(err)
	}
	return &station{wire: tap(t, ns, "eth0"), serverMAC: mac}
}

// put sends a query and returns the number of messages seen before it.
func (s *station) put(t testing.TB, q query) int {
	t.Helper()
	n := s.mark()
	s.send(t, q.frame(s.serverMAC))
	return n
}

// ask sends a query and returns the answer; the test fails without one.
func (s *station) ask(t *testing.T, q query) *frame {
	t.Helper()
	n := s.put(t, q)
	var answer *frame
	eventually(t, 5*time.Second, "an answer to "+q.msg.MessageType().String(), func() bool {
		answer = s.answer(n, q)
		return answer != nil
	})
	return answer
}

func (s *station) answer(n int, q query) *frame {
	for i, f := range s.seen() {
		if i >= n && f.msg.OpCode == dhcpv4.OpcodeBootReply && f.msg.TransactionID == q.msg.TransactionID && f.from.String() != q.fromMAC() {
			return f
		}
	}
	return nil
}

func (q query) fromMAC() string {
	if q.from != nil {
		return q.from.String()
	}
	return q.msg.ClientHWAddr.String()
}

// silent sends a query that the server must not answer: what it does answer is
// the DISCOVER of another client that comes after.
func (s *station) silent(t *testing.T, q query) {
	t.Helper()
	n := s.put(t, q)
	s.ask(t, discover(newMAC()))
	if f := s.answer(n, q); f != nil {
		t.Errorf("answered with %s", f)
	}
}

// lease takes a lease by DISCOVER and REQUEST and returns the ACK.
func (s *station) lease(t *testing.T, mac net.HardwareAddr, more ...dhcpv4.Modifier) *frame {
	t.Helper()
	offer := s.ask(t, discover(mac, more...))
	if got := offer.msg.MessageType(); got != dhcpv4.MessageTypeOffer {
		t.Fatalf("a DISCOVER was answered with %s", got)
	}
	ack := s.ask(t, selecting(mac, offer.msg.YourIPAddr.String(), more...))
	if got := ack.msg.MessageType(); got != dhcpv4.MessageTypeAck {
		t.Fatalf("a REQUEST for the offered address was answered with %s", got)
	}
	return ack
}

// wantType fails the test when an answer is of another type.
func (f *frame) wantType(t *testing.T, want dhcpv4.MessageType) {
	t.Helper()
	if got := f.msg.MessageType(); got != want {
		t.Errorf("answered with %s, want %s: %s", got, want, f)
	}
}

// wantTo fails the test when an answer went elsewhere: IP destination with port,
// and link-layer destination.
func (f *frame) wantTo(t *testing.T, dst string, mac net.HardwareAddr) {
	t.Helper()
	if f.dst.String() != dst || f.to.String() != mac.String() {
		t.Errorf("the answer went to %s at %s, want %s at %s", f.dst, f.to, dst, mac)
	}
}

// codes are the codes of the options in the order of the packet, without END.
func (f *frame) codes(t *testing.T) []uint8 {
	t.Helper()
	var codes []uint8
	for rest := f.payload[240:]; len(rest) > 0 && rest[0] != 255; {
		if rest[0] == 0 {
			rest = rest[1:]
			continue
		}
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) {
			t.Fatalf("option %d is cut short", rest[0])
		}
		codes = append(codes, rest[0])
		rest = rest[2+int(rest[1]):]
	}
	return codes
}
