package perf

import (
	"encoding/binary"
	"fmt"
	"net"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// Octets before the DHCP message in a frame: Ethernet, IPv4 without options, UDP.
const (
	ethernetSize = 14
	ipSize       = 20
	udpSize      = 8
	headersSize  = ethernetSize + ipSize + udpSize
)

const clientPort = 68

// A rawWire is a network full of clients that have no address: it writes whole
// frames from each client's own hardware address to a packet socket and reads
// the answers from it, whoever they are addressed to.
type rawWire struct {
	*socket
}

func openRaw(o *Options) (wire4, error) {
	ifi, err := net.InterfaceByName(o.Raw)
	if err != nil {
		return nil, fmt.Errorf("--raw %s: %w", o.Raw, err)
	}
	// Protocol 0 keeps the socket deaf until its filter is in place.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open a packet socket: %w", err)
	}
	if err = bindRaw(fd, ifi.Index, clientPort); err == nil {
		err = listenToAll(fd, ifi.Index)
	}
	if err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("packet socket on %s: %w", o.Raw, err)
	}
	return &rawWire{socket: newSocket(fd, nil, 0)}, nil
}

// bindRaw makes a packet socket receive the datagrams to a UDP port that come in
// at an interface.
func bindRaw(fd, index int, port uint16) error {
	if err := attachFilter(fd, port); err != nil {
		return fmt.Errorf("attach a filter: %w", err)
	}
	if err := unix.Bind(fd, &unix.SockaddrLinklayer{Protocol: htons(unix.ETH_P_IP), Ifindex: index}); err != nil {
		return fmt.Errorf("bind: %w", err)
	}
	return nil
}

func listenToAll(fd, index int) error {
	// Answers go to the clients' hardware addresses, which are not the interface's.
	return unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP,
		&unix.PacketMreq{Ifindex: int32(index), Type: unix.PACKET_MR_PROMISC})
}

// attachFilter lets IPv4 UDP datagrams to the port through, but no fragment
// behind the first.
func attachFilter(fd int, port uint16) error {
	program, err := bpf.Assemble([]bpf.Instruction{
		bpf.LoadAbsolute{Off: 12, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.ETH_P_IP, SkipTrue: 8},
		bpf.LoadAbsolute{Off: ethernetSize + 9, Size: 1},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: unix.IPPROTO_UDP, SkipTrue: 6},
		bpf.LoadAbsolute{Off: ethernetSize + 6, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpBitsSet, Val: 0x1fff, SkipTrue: 4},
		bpf.LoadMemShift{Off: ethernetSize},
		bpf.LoadIndirect{Off: ethernetSize + 2, Size: 2},
		bpf.JumpIf{Cond: bpf.JumpNotEqual, Val: uint32(port), SkipTrue: 1},
		bpf.RetConstant{Val: 1 << 16},
		bpf.RetConstant{Val: 0},
	})
	if err != nil {
		return err
	}
	filter := make([]unix.SockFilter, len(program))
	for i, ins := range program {
		filter[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	return unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER,
		&unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]})
}

func htons(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return *(*uint16)(unsafe.Pointer(&b))
}

func (w *rawWire) headroom() int { return headersSize }

// frame writes a broadcast from nowhere, port 68 to 67, with what does not
// change between clients.
func (w *rawWire) frame(b []byte) { broadcastFrame(b, clientPort) }

// broadcastFrame writes what is the same in all link-layer broadcasts from a UDP
// port to a DHCP server.
func broadcastFrame(b []byte, port uint16) {
	be := binary.BigEndian
	for i := range 6 {
		b[i] = 0xff
	}
	be.PutUint16(b[12:], unix.ETH_P_IP)
	ip := b[ethernetSize:]
	ip[0] = 0x45
	be.PutUint16(ip[2:], uint16(len(ip)))
	ip[8] = 64 // TTL
	ip[9] = unix.IPPROTO_UDP
	be.PutUint32(ip[16:], 0xffffffff)
	udp := ip[ipSize:]
	be.PutUint16(udp[0:], port)
	be.PutUint16(udp[2:], serverPort)
	be.PutUint16(udp[4:], uint16(len(udp)))
}

// seal writes the client's addresses and both checksums. A client that has an
// address speaks to its server with it, as RFC 2131 section 4.4.5 has it, though
// by link-layer broadcast, since who the server is there was never learnt.
func (w *rawWire) seal(b []byte, v *values[binding4], toServer bool) {
	putLow(b[6:12], v.mac)
	if toServer {
		address(b, uint32(v.binding), v.server)
	} else {
		address(b, 0, 0xffffffff)
	}
}

// address writes the IP addresses of a frame and its checksums.
func address(b []byte, src, dst uint32) {
	be := binary.BigEndian
	ip := b[ethernetSize : ethernetSize+ipSize]
	be.PutUint32(ip[12:], src)
	be.PutUint32(ip[16:], dst)
	be.PutUint16(ip[10:], 0)
	be.PutUint16(ip[10:], fold(checksum(ip, 0)))
	udp := b[ethernetSize+ipSize:]
	be.PutUint16(udp[6:], 0)
	pseudo := checksum(ip[12:20], unix.IPPROTO_UDP+uint64(len(udp)))
	sum := fold(checksum(udp, pseudo))
	if sum == 0 {
		sum = 0xffff // zero on the wire means that there is none (RFC 768)
	}
	be.PutUint16(udp[6:], sum)
}

// checksum adds the 16-bit words of b to sum (RFC 1071), eight octets at a time.
func checksum(b []byte, sum uint64) uint64 {
	be := binary.BigEndian
	for len(b) >= 8 {
		v := be.Uint64(b)
		sum += v>>32 + v&0xffffffff
		b = b[8:]
	}
	for len(b) >= 2 {
		sum += uint64(be.Uint16(b))
		b = b[2:]
	}
	if len(b) == 1 {
		sum += uint64(b[0]) << 8
	}
	return sum
}

func fold(sum uint64) uint16 {
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}

// receive strips the headers. A datagram's length is the one that IP and UDP
// say, since a frame may be padded.
func (w *rawWire) receive(messages [][]byte) (int, error) {
	n, err := w.socket.receive()
	kept := 0
	for i := range n {
		if m, ok := unwrap(w.received(i)); ok {
			messages[kept] = m
			kept++
		}
	}
	return kept, err
}

// unwrap returns the UDP payload of a frame that the filter let through.
func unwrap(f []byte) ([]byte, bool) {
	if len(f) < headersSize {
		return nil, false
	}
	ip := f[ethernetSize:]
	head := int(ip[0]&15) * 4
	total := int(binary.BigEndian.Uint16(ip[2:]))
	if head < ipSize || total > len(ip) || total < head+udpSize {
		return nil, false
	}
	udp := ip[head:total]
	size := int(binary.BigEndian.Uint16(udp[4:]))
	if size < udpSize || size > len(udp) {
		return nil, false
	}
	return udp[udpSize:size], true
}

func (w *rawWire) relay() uint32 { return 0 }
