package perf

import (
	"encoding/binary"

	"nestor/lib/pkt6"
)

// maxServerID is the length of the longest DUID (RFC 8415 section 11.1). An answer
// with a longer one, or none, is to be thrown away (sections 16.3 and 16.10).
const maxServerID = 130

// read reads a message from a server, with the relays that it came back through.
func (f *family6) read(b []byte, r *reply[binding6]) verdict {
	if len(b) < pkt6.HeaderLen {
		return tooShort
	}
	if err := f.view.Parse(b); err != nil {
		return malformed
	}
	*r = reply[binding6]{xid: f.view.XID()}
	switch f.view.Type() {
	case pkt6.MsgAdvertise:
		r.answer = offerAnswer
	case pkt6.MsgReply:
		r.answer = finalAnswer
	default:
		return readable
	}
	server := f.view.Option(pkt6.OptServerID)
	if len(server) == 0 || len(server) > maxServerID {
		return malformed
	}
	r.server = f.servers.number(server)
	r.granted = !failing(f.view.Option(pkt6.OptStatusCode)) && f.readLeases(&r.binding)
	return readable
}

// failing tells whether a status code is another than Success.
func failing(status []byte) bool {
	return len(status) >= 2 && binary.BigEndian.Uint16(status) != 0
}

// readLeases finds the lease of each identity association, and tells whether all
// of them have one.
func (f *family6) readLeases(b *binding6) bool {
	found := 0
	for ia := range f.view.IAs() {
		for i, a := range f.wanted {
			if a.code != ia.Code || a.iaid != ia.IAID || b.leases[i].length != 0 {
				continue
			}
			if l, ok := ia.Lease(); ok && l.Valid > 0 {
				b.leases[i] = lease6{l.Addr, l.Len}
				found++
			}
		}
	}
	return found == len(f.wanted)
}
