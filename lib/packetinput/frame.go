package packetinput

import (
	"encoding/binary"
	"net"
	"net/netip"
)

// Link types of captures (tcpdump.org/linktypes.html).
const (
	linkNull      = 0
	linkEthernet  = 1
	linkRawOld    = 12
	linkRaw       = 101
	linkLoop      = 108
	linkCooked    = 113
	linkIPv4      = 228
	linkIPv6      = 229
	linkCookedTwo = 276
)

const (
	etherIPv4  = 0x0800
	etherIPv6  = 0x86dd
	etherVLAN  = 0x8100
	etherQinQ  = 0x88a8
	protocolIP = 17 // UDP
)

// datagram takes the UDP datagram out of a frame; ok is false if there is none,
// or only a part of one.
func datagram(link uint32, b []byte) (p Packet, ok bool) {
	switch link {
	case linkEthernet:
		if len(b) < 14 {
			return p, false
		}
		p.SrcMAC = net.HardwareAddr(append([]byte(nil), b[6:12]...))
		ok = p.readEther(binary.BigEndian.Uint16(b[12:]), b[14:])
	case linkCooked:
		if len(b) < 16 {
			return p, false
		}
		ok = p.readEther(binary.BigEndian.Uint16(b[14:]), b[16:])
	case linkCookedTwo:
		if len(b) < 20 {
			return p, false
		}
		ok = p.readEther(binary.BigEndian.Uint16(b), b[20:])
	case linkNull, linkLoop:
		if len(b) < 4 {
			return p, false
		}
		ok = p.readIP(b[4:])
	case linkRaw, linkRawOld, linkIPv4, linkIPv6:
		ok = p.readIP(b)
	}
	return p, ok
}

// readEther reads what an Ethernet type says is there, behind VLAN tags.
func (p *Packet) readEther(kind uint16, b []byte) bool {
	for kind == etherVLAN || kind == etherQinQ {
		if len(b) < 4 {
			return false
		}
		kind, b = binary.BigEndian.Uint16(b[2:]), b[4:]
	}
	return (kind == etherIPv4 || kind == etherIPv6) && p.readIP(b)
}

func (p *Packet) readIP(b []byte) bool {
	switch {
	case len(b) == 0:
		return false
	case b[0]>>4 == 4:
		return p.readIPv4(b)
	}
	return b[0]>>4 == 6 && p.readIPv6(b)
}

func (p *Packet) readIPv4(b []byte) bool {
	if len(b) < 20 {
		return false
	}
	header, total := int(b[0]&0xf)*4, int(binary.BigEndian.Uint16(b[2:]))
	fragment := binary.BigEndian.Uint16(b[6:])&0x3fff != 0 // more to come, or not the first
	if header < 20 || total < header || len(b) < header || fragment || b[9] != protocolIP {
		return false
	}
	src, dst := netip.AddrFrom4([4]byte(b[12:])), netip.AddrFrom4([4]byte(b[16:]))
	return p.readUDP(b[header:min(total, len(b))], src, dst)
}

// readIPv6 passes over the extension headers of hop-by-hop options, routing and
// destination options.
func (p *Packet) readIPv6(b []byte) bool {
	if len(b) < 40 {
		return false
	}
	next := b[6]
	src, dst := netip.AddrFrom16([16]byte(b[8:])), netip.AddrFrom16([16]byte(b[24:]))
	b = b[40:min(len(b), 40+int(binary.BigEndian.Uint16(b[4:])))]
	for next == 0 || next == 43 || next == 60 {
		if len(b) < 8 || len(b) < 8+int(b[1])*8 {
			return false
		}
		next, b = b[0], b[8+int(b[1])*8:]
	}
	return next == protocolIP && p.readUDP(b, src, dst)
}

func (p *Packet) readUDP(b []byte, src, dst netip.Addr) bool {
	if len(b) < 8 {
		return false
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if n < 8 {
		return false
	}
	p.Src = netip.AddrPortFrom(src, binary.BigEndian.Uint16(b))
	p.Dst = netip.AddrPortFrom(dst, binary.BigEndian.Uint16(b[2:]))
	p.Payload = b[8:min(n, len(b))]
	return true
}
