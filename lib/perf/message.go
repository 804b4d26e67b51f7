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

// A blueprint is a message of one kind with its blanks: the octets, and the
// offsets at which each exchange writes its own values; -1 is a blank that this
// kind does not have.
type blueprint struct {
	octets    []byte
	xid       int // four octets
	secs      int // two
	ciaddr    int // four
	giaddr    int // four
	serverID  int // four
	requested int // four
	clients   []clientField
}

// A clientField is a place that holds the low octets of the client's hardware
// address.
type clientField struct{ offset, size int }

// fill writes one exchange's values into b, a copy of the blueprint's octets.
func (p *blueprint) fill(b []byte, v *values) {
	be := binary.BigEndian
	be.PutUint32(b[p.xid:], v.xid)
	if p.secs >= 0 {
		be.PutUint16(b[p.secs:], v.secs)
	}
	if p.ciaddr >= 0 {
		be.PutUint32(b[p.ciaddr:], v.address)
	}
	if p.giaddr >= 0 {
		be.PutUint32(b[p.giaddr:], v.relay)
	}
	if p.serverID >= 0 {
		be.PutUint32(b[p.serverID:], v.serverID)
	}
	if p.requested >= 0 {
		be.PutUint32(b[p.requested:], v.address)
	}
	for _, f := range p.clients {
		putLow(b[f.offset:f.offset+f.size], v.mac)
	}
}

// values are what differs from message to message.
type values struct {
	xid      uint32
	secs     uint16
	mac      uint64
	address  uint32
	serverID uint32
	relay    uint32
}

func putLow(b []byte, v uint64) {
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte(v)
		v >>= 8
	}
}

// blueprints makes the four messages that a run sends, indexed by kind.
func blueprints(o *Options) (p [kinds]blueprint) {
	p[kindDiscover] = newDiscover(o)
	p[kindRequest] = newRequest(o)
	p[kindRenew] = newRenew(o)
	p[kindRelease] = newRelease(o)
	if len(o.Templates) > 0 {
		p[kindDiscover] = o.Templates[0].blueprint(o)
	}
	if len(o.Templates) > 1 {
		p[kindRequest] = o.Templates[1].blueprint(o)
	}
	return p
}

func newDiscover(o *Options) blueprint {
	p := header(o, typeDiscover)
	p.ciaddr = -1
	return p.finish(o, true)
}

func newRequest(o *Options) blueprint {
	p := header(o, typeRequest)
	p.ciaddr = -1
	p.requested = p.option(optRequestedAddress, 0, 0, 0, 0)
	p.serverID = p.option(optServerID, 0, 0, 0, 0)
	return p.finish(o, true)
}

// newRenew makes the REQUEST of a client in RENEWING state: ciaddr filled in,
// no requested address and no server identifier (RFC 2131 section 4.3.2).
func newRenew(o *Options) blueprint {
	p := header(o, typeRequest)
	return p.finish(o, true)
}

func newRelease(o *Options) blueprint {
	p := header(o, typeRelease)
	p.serverID = p.option(optServerID, 0, 0, 0, 0)
	return p.finish(o, false)
}

// header begins a message as it comes from a relay agent, or from the client
// itself in raw mode.
func header(o *Options, messageType byte) blueprint {
	b := make([]byte, offsetOptions, 512)
	b[0], b[1], b[2] = 1, 1, 6 // BOOTREQUEST, Ethernet
	p := blueprint{
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
func (p *blueprint) option(code byte, value ...byte) int {
	p.octets = append(p.octets, code, byte(len(value)))
	p.octets = append(p.octets, value...)
	return len(p.octets) - len(value)
}

// finish adds what all messages have after their own options. A parameter list
// of the user's takes the place of ours: of two, servers read one.
func (p *blueprint) finish(o *Options, asks bool) blueprint {
	if asks && !slices.ContainsFunc(o.Extra, func(x ExtraOption) bool { return x.Code == optParameterList }) {
		p.option(optParameterList, parameterList...)
	}
	for _, x := range o.Extra {
		p.option(x.Code, x.Data...)
	}
	id := p.option(optClientID, 1, 0, 0, 0, 0, 0, 0)
	p.clients = append(p.clients, clientField{id + 1, 6})
	p.octets = append(p.octets, optEnd)
	return *p
}

// blueprint makes a message of a template. The address and server identifier
// options get their code and length here, so that fill writes values only.
func (t *Template) blueprint(o *Options) blueprint {
	b := slices.Clone(t.Bytes)
	n := min(randomOctets(o.clientCount()), t.Random+1)
	p := blueprint{
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

// clientCount returns how many clients there can be at most.
func (o *Options) clientCount() int {
	switch {
	case len(o.MACs) > 0:
		return len(o.MACs)
	case o.Clients > 0:
		return o.Clients
	}
	return 1 << 32
}
