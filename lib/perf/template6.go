package perf

import (
	"encoding/binary"
	"fmt"

	"nestor/lib/pkt6"
)

// Where a DHCPv6 message has its transaction id and its options.
const (
	offsetXID6     = 1
	offsetOptions6 = pkt6.HeaderLen
)

// An optionSpan is where an option lies in a message.
type optionSpan struct {
	code       uint16
	begin, end int // with code and length
}

// spans6 returns where the options of a client's message lie.
func spans6(message []byte) (list []optionSpan) {
	for at := offsetOptions6; at+4 <= len(message); {
		end := at + 4 + int(binary.BigEndian.Uint16(message[at+2:]))
		if end > len(message) {
			break
		}
		list = append(list, optionSpan{binary.BigEndian.Uint16(message[at:]), at, end})
		at = end
	}
	return list
}

// replaced tells whether the generator writes an option of a REQUEST template anew:
// what the ADVERTISE said takes its place, at the end of the message.
func (s optionSpan) replaced() bool {
	return s.code == pkt6.OptServerID || s.code == pkt6.OptIANA || s.code == pkt6.OptIAPD
}

// place6 sets where the generator writes in a DHCPv6 message. Without flags the
// last octet of the DUID differs between clients.
func (t *Template) place6() {
	t.XID = offsetXID6
	t.Random = len(t.Bytes) - 1
	for _, s := range spans6(t.Bytes) {
		if s.code == pkt6.OptClientID {
			t.Random = s.end - 1
		}
	}
}

// check6 refuses offsets that do not point at what they are for.
func (t *Template) check6() error {
	if len(t.Bytes) < offsetOptions6 || t.XID+3 > len(t.Bytes) {
		return fmt.Errorf("offset %d (-X) lies beyond its end, it has %d octets", t.XID, len(t.Bytes))
	}
	if t.Random >= len(t.Bytes) {
		return fmt.Errorf("offset %d (-O) lies beyond its end, it has %d octets", t.Random, len(t.Bytes))
	}
	if n := len(t.associations()); n > maxLeases {
		return fmt.Errorf("it has %d identity associations, at most %d can be answered", n, maxLeases)
	}
	for _, field := range []struct {
		flag, what string
		offset     int
		codes      [2]uint16
	}{
		{"-E", "an elapsed time option", t.Secs, [2]uint16{pkt6.OptElapsedTime}},
		{"-S", "a server identifier", t.ServerID, [2]uint16{pkt6.OptServerID}},
		{"-I", "an identity association", t.Address, [2]uint16{pkt6.OptIANA, pkt6.OptIAPD}},
	} {
		if field.offset < 0 {
			continue
		}
		found := false
		for _, s := range spans6(t.Bytes) {
			found = found || s.begin == field.offset && (s.code == field.codes[0] || s.code == field.codes[1])
		}
		if !found {
			return fmt.Errorf("at offset %d (%s) there is no option that is %s", field.offset, field.flag, field.what)
		}
	}
	return nil
}

// associations returns the identity associations of a template.
func (t *Template) associations() (list []association) {
	for _, s := range spans6(t.Bytes) {
		content := t.Bytes[s.begin+4 : s.end]
		if ia, ok := pkt6.ReadIA(s.code, content); ok && ia.Code != pkt6.OptIATA {
			list = append(list, association{ia.Code, ia.IAID})
		}
	}
	return list
}

// template writes a client's message as the user made it, a REQUEST without what
// is replaced.
func (p *blueprint6) template(o *Options, t *Template, k kind) {
	base := len(p.octets)
	moved := func(offset int) int { return base + offset }
	if k == kindDiscover {
		p.octets = append(p.octets, t.Bytes...)
	} else {
		p.octets = append(p.octets, t.Bytes[:offsetOptions6]...)
		moved = func(offset int) int {
			at := base + offset
			for _, s := range spans6(t.Bytes) {
				if s.replaced() && s.end <= offset {
					at -= s.end - s.begin
				}
			}
			return at
		}
		for _, s := range spans6(t.Bytes) {
			if !s.replaced() {
				p.octets = append(p.octets, t.Bytes[s.begin:s.end]...)
			}
		}
	}
	p.xid, p.elapsed = moved(t.XID), -1
	if t.Secs >= 0 {
		p.elapsed = moved(t.Secs) + 4
	}
	n := min(randomOctets(o.clientCount()), t.Random+1)
	p.clients = append(p.clients, clientField{moved(t.Random) + 1 - n, n})
	for _, s := range spans6(t.Bytes) {
		if s.code == pkt6.OptClientID {
			p.duidAt, p.duidSize = moved(s.begin)+4, s.end-s.begin-4
		}
	}
}
