package perf

import "encoding/binary"

// read reads a message from a server.
func (f *family4) read(b []byte, r *reply[binding4]) verdict {
	if len(b) < offsetOptions {
		return tooShort
	}
	m, ok := parseReply4(b)
	if !ok {
		return malformed
	}
	*r = reply[binding4]{xid: m.xid, server: m.serverID, binding: binding4(m.address)}
	r.granted = m.messageType != typeNAK && m.address != 0
	switch m.messageType {
	case typeOffer:
		r.answer = offerAnswer
	case typeACK, typeNAK:
		r.answer = finalAnswer
	}
	return readable
}

// A reply4 is what a DHCPv4 message says.
type reply4 struct {
	xid         uint32
	messageType byte
	address     uint32 // yiaddr
	serverID    uint32
}

// parseReply4 reads a message that has a whole header. Only the option list up to
// the message type and the server identifier is walked: with thousands of answers
// a millisecond the rest is the server's affair. ok is false for what is no
// answer of a DHCPv4 server.
func parseReply4(b []byte) (r reply4, ok bool) {
	be := binary.BigEndian
	if b[0] != 2 || be.Uint32(b[offsetCookie:]) != magicCookie {
		return r, false
	}
	r.xid = be.Uint32(b[offsetXID:])
	r.address = be.Uint32(b[offsetYiaddr:])
	for i := offsetOptions; i < len(b) && b[i] != optEnd; {
		if b[i] == optPad {
			i++
			continue
		}
		if i+1 >= len(b) || i+2+int(b[i+1]) > len(b) {
			return r, false
		}
		n := int(b[i+1])
		switch {
		case b[i] == optMessageType && n == 1:
			r.messageType = b[i+2]
		case b[i] == optServerID && n == 4:
			r.serverID = be.Uint32(b[i+2:])
		}
		if r.messageType != 0 && r.serverID != 0 {
			break
		}
		i += 2 + n
	}
	return r, r.messageType != 0
}
