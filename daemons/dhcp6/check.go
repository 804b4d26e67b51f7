package dhcp6

import (
	"bytes"
	"fmt"

	"nestor/lib/duid"
	"nestor/lib/explain/why"
	"nestor/lib/logging"
	"nestor/lib/pkt6"
)

// presence says of an option how often a message may have it.
type presence uint8

const (
	forbidden presence = iota
	optional
	mandatory
)

// rules are what messages of clients have to fulfil (RFC 8415 section 16).
type rules struct {
	clientID, serverID presence
	multicast          bool // it must not be sent to an address of the server
}

var rulesOf = map[byte]rules{
	pkt6.MsgSolicit:            {mandatory, forbidden, true},
	pkt6.MsgRequest:            {mandatory, mandatory, false},
	pkt6.MsgConfirm:            {mandatory, forbidden, true},
	pkt6.MsgRenew:              {mandatory, mandatory, false},
	pkt6.MsgRebind:             {mandatory, forbidden, true},
	pkt6.MsgRelease:            {mandatory, mandatory, false},
	pkt6.MsgDecline:            {mandatory, mandatory, false},
	pkt6.MsgInformationRequest: {optional, optional, true},
	pkt6.MsgAddrRegInform:      {mandatory, forbidden, false},
	pkt6.MsgDHCPv4Query:        {optional, optional, false},
}

// check drops what a server must not answer: messages of servers, messages for
// another server, messages that lack what their type needs. Then it classifies the
// query and selects its subnet. Queries for the DHCPv4 server go on to that.
func (x *exchange) check() bool {
	r, served := rulesOf[x.typ]
	for _, relay := range x.query.Relays() {
		if relay.Type == pkt6.MsgRelayReply { // from another server (RFC 8415 section 16.14)
			return x.drop(msgUnknownType, x.label(), relay.Type, x.interfaceName())
		}
	}
	if !served || x.typ == pkt6.MsgAddrRegInform && !x.snap.cfg.AllowRegistration {
		return x.drop(msgUnknownType, x.label(), x.typ, x.interfaceName())
	}
	if !x.acceptServerID() || r.multicast && !x.acceptUnicast() || !x.acceptOptions(r) {
		return false
	}
	if x.typ == pkt6.MsgDHCPv4Query {
		return x.classifyEarly() && x.forward()
	}
	x.noteIdentifiers()
	if !x.classifyEarly() || !x.findEarly() {
		return false
	}
	x.selectSubnet()
	return true
}

// acceptServerID drops messages for other servers.
func (x *exchange) acceptServerID() bool {
	if !x.query.Has(pkt6.OptServerID) {
		return true
	}
	id := x.query.Option(pkt6.OptServerID)
	return bytes.Equal(id, x.snap.serverID) ||
		x.drop(msgDropServerID, x.label(), hexText(id), hexText(x.snap.serverID))
}

// acceptUnicast drops a message that a client sent to an address of the server
// itself.
func (x *exchange) acceptUnicast() bool {
	const multicast = 0xff
	if len(x.query.Relays()) > 0 || x.in.Dst[0] == multicast {
		return true
	}
	return x.drop(msgDropUnicast, x.label(), messageName(x.typ))
}

// acceptOptions drops a message without the identifiers that its type needs, and
// one with too many of them or with such as cannot be.
func (x *exchange) acceptOptions(r rules) bool {
	clients, servers := 0, 0
	for range x.query.Instances(pkt6.OptClientID) {
		clients++
	}
	for range x.query.Instances(pkt6.OptServerID) {
		servers++
	}
	switch name := messageName(x.typ); {
	case r.clientID == mandatory && clients != 1 || clients > 1:
		return x.insane("Exactly 1 client-id option expected in %s, but %d received", name, clients)
	case r.serverID == forbidden && servers > 0:
		return x.insane("Server-id option was not expected, but %d received in %s", servers, name)
	case r.serverID == mandatory && servers != 1 || servers > 1:
		return x.insane("Invalid number of server-id options received (%d), exactly 1 expected in message %s", servers, name)
	case clients == 1 && (len(x.duid) < duid.MinLen || len(x.duid) > duid.MaxLen):
		return x.insane("Client-id of %d bytes received in %s, it must have %d to %d", len(x.duid), name, duid.MinLen, duid.MaxLen)
	}
	return true
}

// insane drops a message that must not be as it is.
func (x *exchange) insane(format string, args ...any) bool {
	x.srv.stats.ReceiveDrop.Add(1, x.now)
	if x.trace.on() {
		x.trace.Message(why.Dropped, msgRequiredOptions, []any{x.label(), messageName(x.typ), x.source(), fmt.Sprintf(format, args...)})
	}
	if log := x.srv.log.badPackets; log.Enabled(msgRequiredOptions) {
		log.Log(msgRequiredOptions, x.label(), messageName(x.typ), x.source(), fmt.Sprintf(format, args...))
	}
	return false
}

// drop counts and logs a query that is refused. It returns false for the caller
// to return.
func (x *exchange) drop(m *logging.Message, args ...any) bool {
	x.srv.stats.ReceiveDrop.Add(1, x.now)
	x.trace.Message(why.Dropped, m, args)
	if log := x.srv.log.badPackets; log.Enabled(m) {
		log.Log(m, args...)
	}
	return false
}
