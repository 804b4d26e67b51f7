package netio

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

const (
	ethernetLen = 14
	ipv4Len     = 20 // without options
	udpLen      = 8
	headersLen  = ethernetLen + ipv4Len + udpLen
)

// frameRules is what a raw socket takes.
type frameRules struct {
	addr      uint32 // own address
	port      uint16 // server port
	broadcast bool   // 255.255.255.255 too
}

// parse reads an Ethernet frame into d, whose Payload then points into it. The
// kernel's filter has seen the frame already, but parse relies on nothing that
// it checked. checksummed tells that the UDP checksum is filled in, which it is
// not where a sender on this host leaves it to the hardware.
//
// The IP header checksum is not looked at, and of the UDP checksum zero means
// that there is none (RFC 768).
func (r *frameRules) parse(frame []byte, checksummed bool, d *Datagram4) verdict {
	if len(frame) < headersLen {
		return malformed
	}
	if binary.BigEndian.Uint16(frame[offEtherType:]) != unix.ETH_P_IP {
		return notForUs
	}
	packet := frame[ethernetLen:]
	headerLen := int(packet[0]&0x0f) * 4
	// Frames are padded to 60 bytes, so only the IP header knows the length.
	length := int(binary.BigEndian.Uint16(packet[2:]))
	if packet[0]>>4 != 4 || headerLen < ipv4Len || length > len(packet) || length < headerLen+udpLen {
		return malformed
	}
	dst := binary.BigEndian.Uint32(packet[16:])
	if packet[9] != unix.IPPROTO_UDP || binary.BigEndian.Uint16(packet[6:])&fragmentMask != 0 ||
		dst != r.addr && !(r.broadcast && dst == limitedBroadcast) {
		return notForUs
	}
	src := binary.BigEndian.Uint32(packet[12:])
	udp := packet[headerLen:length]
	if binary.BigEndian.Uint16(udp[offUDPDstPort:]) != r.port {
		return notForUs
	}
	udpLength := int(binary.BigEndian.Uint16(udp[4:]))
	if udpLength < udpLen || udpLength > len(udp) {
		return malformed
	}
	udp = udp[:udpLength]
	if checksummed && binary.BigEndian.Uint16(udp[6:]) != 0 &&
		fold16(sum16(pseudoHeader(src, dst, udpLength), udp)) != 0xffff {
		return badChecksum
	}
	d.Payload = udp[udpLen:]
	d.Src, d.Dst = src, dst
	d.SrcPort = binary.BigEndian.Uint16(udp)
	d.SrcMAC = [6]byte(frame[6:12])
	return accepted
}

// headers are the Ethernet, IPv4 and UDP headers of one reply.
type headers [headersLen]byte

// Fields of the IP header that are the same in all replies (Kea's values).
const (
	replyTOS      = 0x10 // low delay
	replyTTL      = 128
	replyFragment = 0x4000 // do not fragment
)

// newHeaders returns headers with everything filled in that does not depend on
// the reply.
func newHeaders(mac [6]byte, addr uint32, port uint16) (h headers) {
	copy(h[6:], mac[:])
	binary.BigEndian.PutUint16(h[offEtherType:], unix.ETH_P_IP)
	ip := h[ethernetLen:]
	ip[0] = 4<<4 | ipv4Len/4
	ip[1] = replyTOS
	binary.BigEndian.PutUint16(ip[6:], replyFragment)
	ip[8] = replyTTL
	ip[9] = unix.IPPROTO_UDP
	binary.BigEndian.PutUint32(ip[12:], addr)
	binary.BigEndian.PutUint16(ip[ipv4Len:], port)
	return h
}

// address fills in the destination, the lengths and the checksums for one
// reply. The payload must fit an IP packet.
func (h *headers) address(r *Reply4) {
	copy(h[:6], r.DstMAC[:])
	ip := h[ethernetLen:]
	udpLength := udpLen + len(r.Payload)
	binary.BigEndian.PutUint16(ip[2:], uint16(ipv4Len+udpLength))
	binary.BigEndian.PutUint16(ip[10:], 0)
	binary.BigEndian.PutUint32(ip[16:], r.Dst)
	binary.BigEndian.PutUint16(ip[10:], ^fold16(sum16(0, ip[:ipv4Len])))

	udp := ip[ipv4Len:]
	binary.BigEndian.PutUint16(udp[2:], r.DstPort)
	binary.BigEndian.PutUint16(udp[4:], uint16(udpLength))
	binary.BigEndian.PutUint16(udp[6:], 0)
	sum := pseudoHeader(binary.BigEndian.Uint32(ip[12:]), r.Dst, udpLength)
	checksum := ^fold16(sum16(sum16(sum, udp), r.Payload))
	if checksum == 0 {
		checksum = 0xffff // 0 would mean that there is none
	}
	binary.BigEndian.PutUint16(udp[6:], checksum)
}
