package perf

import (
	"encoding/binary"
	"slices"

	"nestor/lib/pkt6"
)

// requestedOptions is what perfdhcp asks for: DNS servers and domain search list.
var requestedOptions = []byte{0, 23, 0, 24}

// A blueprint6 is a DHCPv6 message of one kind with its blanks: the octets, and
// the offsets at which each exchange writes its own values. The server identifier
// comes last, since nobody knows its length yet.
type blueprint6 struct {
	octets   []byte // with room for a server identifier behind
	size     int    // of octets without that room
	relayed  []int  // where the relay messages begin, outermost relay first
	link     int    // 16 octets: link address of the relay nearest the client; -1: direct
	xid      int    // three
	elapsed  int    // two; -1: left as it is
	duidAt   int    // the client's DUID
	duidSize int
	clients  []clientField
	leases   []leaseField // in the order of family6.wanted; none in SOLICIT
	serverID bool
}

// A leaseField is a place for an address, or for the length of a prefix and the
// prefix.
type leaseField struct {
	offset int
	prefix bool
}

// messageTypes are those of a run's messages.
var messageTypes = [kinds]byte{pkt6.MsgSolicit, pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRelease}

// blueprints6 makes the four messages that a run sends, indexed by kind.
func blueprints6(o *Options, wanted []association, relay [16]byte) (p [kinds]blueprint6) {
	for k := range kinds {
		p[k].relays(o, relay)
		if int(k) < len(o.Templates) {
			p[k].template(o, &o.Templates[k], k)
		} else {
			p[k].message(o, k)
		}
		if k != kindDiscover || len(o.Templates) == 0 {
			p[k].associations(wanted, k != kindDiscover)
		}
		p[k].finish(k != kindDiscover)
	}
	return p
}

// relays writes the headers of the relays, the one nearest the server first. The
// one nearest the client tells the link and, as the peer, a link-local address of
// the client; the others have the one before them as their peer, which is enough
// (RFC 8415 section 19.1.2).
func (p *blueprint6) relays(o *Options, relay [16]byte) {
	p.link = -1
	for level := o.RelayLevels; level > 0; level-- {
		p.octets = append(p.octets, pkt6.MsgRelayForward, byte(level-1))
		var peer [16]byte
		if level > 1 {
			p.octets = append(p.octets, make([]byte, 16)...)
			peer = relay
		} else {
			p.link = len(p.octets)
			p.octets = append(p.octets, relay[:]...)
			peer[0], peer[1] = 0xfe, 0x80
			p.clients = append(p.clients, clientField{len(p.octets) + 10, macSize})
		}
		p.octets = append(p.octets, peer[:]...)
		for _, x := range o.RelayExtra {
			if x.Level == level {
				p.octets = pkt6.AppendOption(p.octets, x.Code, x.Data)
			}
		}
		p.octets = pkt6.AppendOption(p.octets, pkt6.OptRelayMessage, nil)
		p.relayed = append(p.relayed, len(p.octets))
	}
}

// message writes the client's message but for leases and server identifier.
func (p *blueprint6) message(o *Options, k kind) {
	p.xid = len(p.octets) + 1
	p.octets = append(p.octets, messageTypes[k], 0, 0, 0)
	duid := o.BaseDUID
	if duid == nil {
		duid = []byte{0, 3, 0, 1, 0, 0, 0, 0, 0, 0} // DUID-LL of Ethernet
	}
	p.octets = pkt6.AppendOption(p.octets, pkt6.OptClientID, duid)
	p.duidAt, p.duidSize = len(p.octets)-len(duid), len(duid)
	p.clients = append(p.clients, clientField{len(p.octets) - macSize, macSize})
	p.octets = pkt6.AppendOption(p.octets, pkt6.OptElapsedTime, []byte{0, 0})
	p.elapsed = len(p.octets) - 2
	ours := func(x ExtraOption) bool { return x.Code == pkt6.OptOptionRequest }
	if k != kindRelease && !slices.ContainsFunc(o.Extra, ours) {
		p.octets = pkt6.AppendOption(p.octets, pkt6.OptOptionRequest, requestedOptions)
	}
	if k == kindDiscover && o.RapidCommit {
		p.octets = pkt6.AppendOption(p.octets, pkt6.OptRapidCommit, nil)
	}
	for _, x := range o.Extra {
		p.octets = pkt6.AppendOption(p.octets, x.Code, x.Data)
	}
}

// associations writes the identity associations, with blank leases or none.
// Lifetimes of 0 leave them to the server.
func (p *blueprint6) associations(wanted []association, leases bool) {
	for _, a := range wanted {
		ia := pkt6.IA{Code: a.code, IAID: a.iaid}
		prefix := a.code == pkt6.OptIAPD
		if leases {
			ia.Options = pkt6.AppendLease(nil, a.code, &pkt6.Lease{})
		}
		p.octets = pkt6.AppendOption(p.octets, a.code, pkt6.AppendIA(nil, &ia))
		if !leases {
			continue
		}
		field := leaseField{offset: len(p.octets) - 24, prefix: prefix} // address, two lifetimes
		if prefix {
			field.offset = len(p.octets) - 17 // length, prefix
		}
		p.leases = append(p.leases, field)
	}
}

// finish makes room for a server identifier in messages to one server.
func (p *blueprint6) finish(serverID bool) {
	p.size = len(p.octets)
	if p.serverID = serverID; serverID {
		p.octets = append(p.octets, make([]byte, 4+maxServerID)...)
	}
}

// fill writes one exchange's values into b, a copy of the blueprint's octets, and
// returns the length of the message.
func (p *blueprint6) fill(b []byte, v *values[binding6], link *[16]byte, server []byte) int {
	be := binary.BigEndian
	putLow(b[p.xid:p.xid+3], uint64(v.xid))
	if p.elapsed >= 0 {
		be.PutUint16(b[p.elapsed:], uint16(min(100*uint32(v.secs), 0xffff))) // hundredths of a second
	}
	if p.link >= 0 {
		copy(b[p.link:], link[:])
	}
	for _, f := range p.clients {
		putLow(b[f.offset:f.offset+f.size], v.mac)
	}
	for i, f := range p.leases {
		l, at := &v.binding.leases[i], f.offset
		if f.prefix {
			b[at] = l.length
			at++
		}
		copy(b[at:], l.addr[:])
	}
	n := p.size
	if p.serverID {
		be.PutUint16(b[n:], pkt6.OptServerID)
		be.PutUint16(b[n+2:], uint16(len(server)))
		n += 4 + copy(b[n+4:], server)
	}
	for _, at := range p.relayed {
		be.PutUint16(b[at-2:], uint16(n-at))
	}
	return n
}

// duid returns the DUID of a client.
func (p *blueprint6) duid(mac uint64) []byte {
	b := slices.Clone(p.octets[:p.size])
	for _, f := range p.clients {
		putLow(b[f.offset:f.offset+f.size], mac)
	}
	return b[p.duidAt : p.duidAt+p.duidSize]
}
