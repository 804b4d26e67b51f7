package perf

import (
	"encoding/binary"
	"fmt"
	"net"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Octets before the DHCP message in a frame with an IPv6 header.
const (
	ip6Size      = 40
	headers6Size = ethernetSize + ip6Size + udpSize
)

// A packetRelay6 is a relay of DHCPv6 on a packet socket, as packetRelay is one of
// DHCPv4. All it sends is in frames to the group of all servers and relays; what
// comes back in fragments is not seen.
type packetRelay6 struct {
	*socket
	place6
	mac  [6]byte
	hold int // keeps the relay's port, so that answers draw no ICMP error
}

func openPacketRelay6(o *Options, at *place6) (wire[binding6], error) {
	ifi, err := net.InterfaceByName(o.Packet)
	if err != nil {
		return nil, fmt.Errorf("--packet %s: %w", o.Packet, err)
	}
	w := &packetRelay6{place6: *at}
	copy(w.mac[:], ifi.HardwareAddr)
	if w.hold, err = unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, fmt.Errorf("open a UDP socket: %w", err)
	}
	fd := -1
	if err = refuseAll(w.hold); err == nil {
		err = at.bind(w.hold, serverPort6)
	}
	if err == nil {
		fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	}
	if err == nil {
		err = bindRaw(fd, ifi.Index, unix.ETH_P_IPV6, filter6(serverPort6))
	}
	if err != nil {
		unix.Close(w.hold)
		if fd >= 0 {
			unix.Close(fd)
		}
		return nil, fmt.Errorf("packet socket on %s: %w", o.Packet, err)
	}
	w.socket = newSocket(fd, nil, 0)
	return w, nil
}

// filter6 lets IPv6 UDP datagrams to the port through, unless other headers come
// before that of UDP.
func filter6(port uint16) []bpf.Instruction {
	return []bpf.Instruction{
		bpf.LoadAbsolute{Off: 12, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IPV6, SkipTrue: 5},
		bpf.LoadAbsolute{Off: ethernetSize + 6, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_UDP, SkipTrue: 3},
		bpf.LoadAbsolute{Off: ethernetSize + ip6Size + 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	}
}

func (w *packetRelay6) headroom() int { return headers6Size }

// frame writes all but lengths and checksum.
func (w *packetRelay6) frame(b []byte) {
	be := binary.BigEndian
	copy(b, []byte{0x33, 0x33, 0, 1, 0, 2}) // ff02::1:2 (RFC 2464 section 7)
	copy(b[6:], w.mac[:])
	be.PutUint16(b[12:], unix.ETH_P_IPV6)
	ip := b[ethernetSize:]
	local, server := w.local.As16(), w.server.As16()
	ip[0] = 6 << 4
	ip[6] = unix.IPPROTO_UDP
	ip[7] = 64 // hop limit
	copy(ip[8:], local[:])
	copy(ip[24:], server[:])
	udp := ip[ip6Size:]
	be.PutUint16(udp, serverPort6)
	be.PutUint16(udp[2:], serverPort6)
}

func (w *packetRelay6) seal(b []byte, _ *values[binding6], _ bool) {
	be := binary.BigEndian
	ip := b[ethernetSize:]
	udp := ip[ip6Size:]
	be.PutUint16(ip[4:], uint16(len(udp)))
	be.PutUint16(udp[4:], uint16(len(udp)))
	be.PutUint16(udp[6:], 0)
	pseudo := checksum(ip[8:ip6Size], unix.IPPROTO_UDP+uint64(len(udp)))
	sum := fold(checksum(udp, pseudo))
	if sum == 0 {
		sum = 0xffff // zero is not allowed (RFC 8200 section 8.1)
	}
	be.PutUint16(udp[6:], sum)
}

func (w *packetRelay6) receive(messages [][]byte) (int, error) {
	n, err := w.socket.receive()
	kept := 0
	for i := range n {
		if m, ok := unwrap6(w.received(i)); ok {
			messages[kept] = m
			kept++
		}
	}
	return kept, err
}

// unwrap6 returns the UDP payload of a frame that the filter let through.
func unwrap6(f []byte) ([]byte, bool) {
	if len(f) < headers6Size {
		return nil, false
	}
	udp := f[ethernetSize+ip6Size:]
	size := int(binary.BigEndian.Uint16(udp[4:]))
	if size < udpSize || size > len(udp) {
		return nil, false
	}
	return udp[udpSize:size], true
}

func (w *packetRelay6) close() error {
	unix.Close(w.hold)
	return w.socket.close()
}
