package main

import (
	"encoding/binary"

	"nestor/lib/netio"
)

// Offsets in a DHCPv4 message (RFC 2131 section 2).
const (
	offFlags   = 10
	offCIAddr  = 12
	offYIAddr  = 16
	offGIAddr  = 24
	offCHAddr  = 28
	offOptions = 240
)

// Message types (RFC 2132 section 9.6).
const (
	discover = 1
	offer    = 2
	request  = 3
	ack      = 5
)

// offType is where an answer has its message type.
const offType = offOptions + 2

// network is where the clients' addresses come from: 10.0.0.0/8, the rest is the
// end of the hardware address.
const network = 10 << 24

// An answer is a reply whose form never changes.
type answer []byte

// newAnswer returns an answer of the server at addr with the options that a
// small network sends.
func newAnswer(addr uint32) answer {
	b := make([]byte, offOptions, 300)
	b[0], b[1], b[2] = 2, 1, 6
	copy(b[236:], []byte{99, 130, 83, 99})
	b = append(b, 53, 1, 0)
	b = append(b, 1, 4, 255, 0, 0, 0)
	b = binary.BigEndian.AppendUint32(append(b, 3, 4), addr)
	b = binary.BigEndian.AppendUint32(append(b, 6, 4), addr)
	b = binary.BigEndian.AppendUint32(append(b, 51, 4), 3600)
	b = binary.BigEndian.AppendUint32(append(b, 54, 4), addr)
	return append(b, 255)
}

// to makes the answer one to q and says where it goes. It returns false for
// messages other than DISCOVER and REQUEST.
func (a answer) to(q *netio.Datagram4, r *netio.Reply4) bool {
	query := q.Payload
	switch messageType(query) {
	case discover:
		a[offType] = offer
	case request:
		a[offType] = ack
	default:
		return false
	}
	copy(a[4:8], query[4:8])                          // xid
	copy(a[offFlags:offYIAddr], query[offFlags:])     // flags, ciaddr
	copy(a[offGIAddr:offCHAddr+6], query[offGIAddr:]) // giaddr, chaddr
	binary.BigEndian.PutUint32(a[offYIAddr:], network|binary.BigEndian.Uint32(query[offCHAddr+2:])&0xffffff)

	*r = netio.Reply4{Payload: a, DstPort: 68, DstMAC: q.SrcMAC, IfIndex: q.IfIndex}
	giaddr := binary.BigEndian.Uint32(query[offGIAddr:])
	ciaddr := binary.BigEndian.Uint32(query[offCIAddr:])
	switch {
	case giaddr != 0:
		r.Dst, r.DstPort = giaddr, 67
	case ciaddr != 0:
		r.Dst = ciaddr
	case query[offFlags]&0x80 != 0:
		r.Dst, r.DstMAC = 0xffffffff, [6]byte{255, 255, 255, 255, 255, 255}
	default:
		r.Dst = binary.BigEndian.Uint32(a[offYIAddr:])
	}
	return true
}

// messageType returns the content of option 53, 0 when there is none.
func messageType(b []byte) byte {
	for at := offOptions; at+2 < len(b); {
		switch b[at] {
		case 0:
			at++
		case 255:
			return 0
		case 53:
			return b[at+2]
		default:
			at += 2 + int(b[at+1])
		}
	}
	return 0
}
