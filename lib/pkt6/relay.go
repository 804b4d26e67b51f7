package pkt6

import "encoding/binary"

// Relay is what one relay put around a message (RFC 8415 section 9).
type Relay struct {
	Type byte // MsgRelayForward, or MsgRelayReply in what a server sent
	Hops byte
	Link [16]byte // of the link that the client is on
	Peer [16]byte // that sent the message to the relay
	// Options are those that the relay added, the relay message option among
	// them.
	Options Options

	// Where in the received bytes the header and the relay message are.
	start, at, len int
}

// readRelay reads the header of a relay, which stands at start of what was
// received.
func readRelay(b []byte, start int) (Relay, error) {
	if len(b) < RelayHeaderLen {
		return Relay{}, ErrShortRelay
	}
	r := Relay{Type: b[0], Hops: b[1], Options: Options(b[RelayHeaderLen:]), start: start}
	copy(r.Link[:], b[2:])
	copy(r.Peer[:], b[18:])
	for rest := r.Options; ; {
		code, content, next, ok := rest.next()
		if !ok {
			return Relay{}, ErrNoRelayMessage
		}
		if code == OptRelayMessage {
			r.at = start + len(b) - len(rest) + optionHeader
			r.len = len(content)
			return r, nil
		}
		rest = next
	}
}

// echoes reports whether a server sends an option of a relay back to it: the
// interface-id (RFC 8415 section 19.3), the relay's port (RFC 8357), and what it
// asks for (RFC 4994).
func (r *Relay) echoes(code uint16, asked []byte) bool {
	switch code {
	case OptInterfaceID, OptRelayPort:
		return true
	case OptRelayMessage, OptEchoRequest:
		return false
	}
	for ; len(asked) >= 2; asked = asked[2:] {
		if binary.BigEndian.Uint16(asked) == code {
			return true
		}
	}
	return false
}

// appendReply appends the header of the answer to the relay with the options that
// are echoed, up to where the relay message comes.
func (r *Relay) appendReply(b []byte) []byte {
	b = append(b, MsgRelayReply, r.Hops)
	b = append(b, r.Link[:]...)
	b = append(b, r.Peer[:]...)
	asked, _ := r.Options.Find(OptEchoRequest)
	for code, content := range r.Options.All() {
		if r.echoes(code, asked) {
			b = AppendOption(b, code, content)
		}
	}
	return append(b, 0, OptRelayMessage, 0, 0)
}
