package perf

import (
	"encoding/binary"
	"slices"
)

// Options and message types that the generator writes or reads (RFC 2132).
const (
	optPad              = 0
	optRequestedAddress = 50
	optMessageType      = 53
	optServerID         = 54
	optParameterList    = 55
	optClientID         = 61
	optEnd              = 255

	typeDiscover = 1
	typeOffer    = 2
	typeRequest  = 3
	typeACK      = 5
	typeNAK      = 6
	typeRelease  = 7
)

const magicCookie = 0x63825363

// parameterList is what perfdhcp asks for: broadcast address, time offset,
// router, domain name, name servers, host name.
var parameterList = []byte{28, 2, 3, 15, 6, 12}

// A blueprint4 is a message of one kind with its blanks: the octets, and the
// offsets at which each exchange writes its own values; -1 is a blank that this
// kind does not have.
type blueprint4 struct {
	octets    []byte
	xid       int // four octets
	secs      int // two
	ciaddr    int // four
	giaddr    int // four
	serverID  int // four
	requested int // four
	clients   []clientField
}

// fill writes one exchange's values into b, a copy of the blueprint's octets.
func (p *blueprint4) fill(b []byte, v *values[binding4], relay uint32) {
	be := binary.BigEndian
	be.PutUint32(b[p.xid:], v.xid)
	if p.secs >= 0 {
		be.PutUint16(b[p.secs:], v.secs)
	}
	if p.ciaddr >= 0 {
		be.PutUint32(b[p.ciaddr:], uint32(v.binding))
	}
	if p.giaddr >= 0 {
		be.PutUint32(b[p.giaddr:], relay)
	}
	if p.serverID >= 0 {
		be.PutUint32(b[p.serverID:], v.server)
	}
	if p.requested >= 0 {
		be.PutUint32(b[p.requested:], uint32(v.binding))
	}
	for _, f := range p.clients {
		putLow(b[f.offset:f.offset+f.size], v.mac)
	}
}

// blueprints4 makes the four messages that a run sends, indexed by kind.
func blueprints4(o *Options) (p [kinds]blueprint4) {
	p[kindDiscover] = newDiscover(o)
	p[kindRequest] = newRequest(o)
	p[kindRenew] = newRenew(o)
	p[kindRelease] = newRelease(o)
	if len(o.Templates) > 0 {
		p[kindDiscover] = o.Templates[0].blueprint4(o)
	}
	if len(o.Templates) > 1 {
		p[kindRequest] = o.Templates[1].blueprint4(o)
	}
	return p
}

func newDiscover(o *Options) blueprint4 {
	p := header(o, typeDiscover)
	p.ciaddr = -1
	return p.finish(o, true)
}

func newRequest(o *Options) blueprint4 {
	p := header(o, typeRequest)
	p.ciaddr = -1
	p.requested = p.option(optRequestedAddress, 0, 0, 0, 0)
	p.serverID = p.option(optServerID, 0, 0, 0, 0)
	return p.finish(o, true)
}

// newRenew makes the REQUEST of a client in RENEWING state: ciaddr filled in,
// no requested address and no server identifier (RFC 2131 section 4.3.2).
func newRenew(o *Options) blueprint4 {
	p := header(o, typeRequest)
	return p.finish(o, true)
}

func newRelease(o *Options) blueprint4 {
	p := header(o, typeRelease)
	p.serverID = p.option(optServerID, 0, 0, 0, 0)
	return p.finish(o, false)
}

// header begins a message as it comes from a relay agent, or from the client
// itself in raw mode.
func header(o *Options, messageType byte) blueprint4 {
	b := make([]byte, offsetOptions, 512)
	b[0], b[1], b[2] = 1, 1, 6 // BOOTREQUEST, Ethernet
	p := blueprint4{
		xid: offsetXID, secs: offsetSecs, ciaddr: offsetCiaddr, giaddr: -1, serverID: -1, requested: -1,
		clients: []clientField{{offsetChaddr, 6}},
	}
	if o.Raw == "" {
		b[3] = 1 // one hop
		p.giaddr = offsetGiaddr
	} else if o.Broadcast {
		b[offsetFlags] = 0x80
	}
	binary.BigEndian.PutUint32(b[offsetCookie:], magicCookie)
	p.octets = b
	p.option(optMessageType, messageType)
	return p
}

// option appends an option and returns the offset of its value.
func (p *blueprint4) option(code byte, value ...byte) int {
	p.octets = append(p.octets, code, byte(len(value)))
	p.octets = append(p.octets, value...)
	return len(p.octets) - len(value)
}

// finish adds what all messages have after their own options. A parameter list
// of the user's takes the place of ours: of two, servers read one.
func (p *blueprint4) finish(o *Options, asks bool) blueprint4 {
	if asks && !slices.ContainsFunc(o.Extra, func(x ExtraOption) bool { return x.Code == optParameterList }) {
		p.option(optParameterList, parameterList...)
	}
	for _, x := range o.Extra {
		p.option(byte(x.Code), x.Data...)
	}
	id := p.option(optClientID, 1, 0, 0, 0, 0, 0, 0)
	p.clients = append(p.clients, clientField{id + 1, 6})
	p.octets = append(p.octets, optEnd)
	return *p
}

// blueprint4 makes a message of a template. The address and server identifier
// options get their code and length here, so that fill writes values only.
func (t *Template) blueprint4(o *Options) blueprint4 {
	b := slices.Clone(t.Bytes)
	n := min(randomOctets(o.clientCount()), t.Random+1)
	p := blueprint4{
		octets: b, xid: t.XID, secs: t.Secs, ciaddr: -1, giaddr: -1, serverID: -1, requested: -1,
		clients: []clientField{{t.Random + 1 - n, n}},
	}
	if t.ServerID >= 0 {
		b[t.ServerID], b[t.ServerID+1] = optServerID, 4
		p.serverID = t.ServerID + 2
	}
	if t.Address >= 0 {
		b[t.Address], b[t.Address+1] = optRequestedAddress, 4
		p.requested = t.Address + 2
	}
	return p
}
