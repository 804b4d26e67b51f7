package wire

import (
	"crypto/rand"
	"encoding/binary"
	"net"
	"net/netip"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"
)

var (
	// BroadcastMAC is the link-layer address of all stations.
	BroadcastMAC = net.HardwareAddr{0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

	toAll      = netip.MustParseAddrPort("255.255.255.255:67")
	fromNobody = netip.MustParseAddrPort("0.0.0.0:68")
)

// A Query is a DHCP message with the frame that carries it. What is left unset
// is what a client without an address sends.
type Query struct {
	Msg      *dhcpv4.DHCPv4
	Payload  []byte           // in place of Msg's bytes
	From     net.HardwareAddr // link-layer source; else chaddr
	To       net.HardwareAddr // link-layer destination; else broadcast
	Src, Dst netip.AddrPort
	BadSum   bool // spoil the UDP checksum
}

// NewMAC returns an address that no other client of this test run has.
func NewMAC() net.HardwareAddr {
	mac := make(net.HardwareAddr, 6)
	rand.Read(mac)
	mac[0] = 0x02
	return mac
}

// Message makes a message of a type from a client's link-layer address.
func Message(kind dhcpv4.MessageType, mac net.HardwareAddr, more ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	base := []dhcpv4.Modifier{
		dhcpv4.WithHwAddr(mac), dhcpv4.WithMessageType(kind), dhcpv4.WithBroadcast(false),
	}
	msg, err := dhcpv4.New(append(base, more...)...)
	if err != nil {
		panic(err) // the random source failed
	}
	return msg
}

// Requested adds option 50.
func Requested(address string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.ParseIP(address)))
}

// ServerID adds option 54.
func ServerID(address string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.ParseIP(address)))
}

// CIAddr sets ciaddr.
func CIAddr(address string) dhcpv4.Modifier { return dhcpv4.WithClientIP(net.ParseIP(address)) }

// ClientID adds option 61.
func ClientID(id string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptClientIdentifier([]byte(id)))
}

// Option adds an option by its code and bytes.
func Option(code uint8, data ...byte) dhcpv4.Modifier {
	return dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(code), data)
}

// Relayed marks a message as passed on by a relay at giaddr.
func Relayed(giaddr string) dhcpv4.Modifier {
	return func(msg *dhcpv4.DHCPv4) {
		msg.GatewayIPAddr = net.ParseIP(giaddr)
		msg.HopCount = 1
	}
}

// ThroughRelay sends a relayed message as the relay at giaddr would, with a
// link-layer address of its own.
func ThroughRelay(msg *dhcpv4.DHCPv4, server string) Query {
	giaddr, _ := netip.AddrFromSlice(msg.GatewayIPAddr.To4())
	return Query{Msg: msg, From: NewMAC(), Src: netip.AddrPortFrom(giaddr, 67), Dst: Port(server, 67)}
}

// Port is an address with a port.
func Port(address string, n uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(address), n)
}

// Frame builds the Ethernet frame of a query. mac is where a unicast goes.
func (q Query) Frame(mac net.HardwareAddr) []byte {
	payload := q.Payload
	if payload == nil {
		payload = q.Msg.ToBytes()
	}
	if !q.Src.IsValid() {
		q.Src = fromNobody
	}
	if !q.Dst.IsValid() {
		q.Dst = toAll
	}
	if q.From == nil {
		q.From = q.Msg.ClientHWAddr[:6]
	}
	if q.To == nil {
		q.To = mac
		if q.Dst.Addr() == toAll.Addr() {
			q.To = BroadcastMAC
		}
	}
	raw := append(append([]byte{}, q.To...), q.From...)
	raw = binary.BigEndian.AppendUint16(raw, unix.ETH_P_IP)
	ip := []byte{
		0x45, 0, 0, 0, 0, 0, 0, 0, 64, unix.IPPROTO_UDP, 0, 0,
	}
	src, dst := q.Src.Addr().As4(), q.Dst.Addr().As4()
	ip = append(append(ip, src[:]...), dst[:]...)
	binary.BigEndian.PutUint16(ip[2:], uint16(20+8+len(payload)))
	binary.BigEndian.PutUint16(ip[10:], ^Fold(Sum(0, ip)))
	udp := binary.BigEndian.AppendUint16(nil, q.Src.Port())
	udp = binary.BigEndian.AppendUint16(udp, q.Dst.Port())
	udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(payload)))
	udp = append(append(udp, 0, 0), payload...)
	check := ^Fold(PseudoSum(ip, udp))
	if q.BadSum {
		check ^= 0x5555
	}
	binary.BigEndian.PutUint16(udp[6:], check)
	return append(append(raw, ip...), udp...)
}

// PseudoSum adds up what the UDP checksum covers.
func PseudoSum(ip, udp []byte) uint32 {
	return Sum(Sum(uint32(unix.IPPROTO_UDP)+uint32(len(udp)), ip[12:20]), udp)
}

// Sum adds the 16-bit words of b to start, as IP checksums do.
func Sum(start uint32, b []byte) uint32 {
	for ; len(b) > 1; b = b[2:] {
		start += uint32(binary.BigEndian.Uint16(b))
	}
	if len(b) == 1 {
		start += uint32(b[0]) << 8
	}
	return start
}

// Fold makes a checksum of a sum.
func Fold(s uint32) uint16 {
	for s > 0xffff {
		s = s>>16 + s&0xffff
	}
	return uint16(s)
}
