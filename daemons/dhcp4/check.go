package dhcp4

import (
	"fmt"

	"nestor/lib/explain/why"
	"nestor/lib/logging"
	"nestor/lib/pkt4"
)

const (
	broadcastAddr = 0xffffffff
)

// check drops what a server must not answer: messages of servers, messages that
// cannot be answered, messages for another server. On the way it selects the
// subnet, which the second of these depends on.
func (x *exchange) check() bool {
	switch x.typ {
	case pkt4.Discover, pkt4.Request, pkt4.Release, pkt4.Decline, pkt4.Inform:
	case 0:
		return x.drop(msgDropNoType, x.label())
	default:
		if _, known := messageNames[x.typ]; !known {
			return x.drop(msgDropUnknownType, x.label(), x.typ)
		}
		return x.drop(msgDropType, x.label(), x.typ)
	}
	x.recoverAgentOptions()
	x.noteIdentifiers()
	if !x.classifyEarly() || !x.findEarly() {
		return false
	}
	x.selectSubnet()
	if len(x.hw) == 0 && x.selected != nil && !x.selected.MatchClientID {
		return x.drop(msgDropSanity, x.label(), "no link-layer address, and match-client-id is false")
	}
	if !x.acceptDirect() {
		return x.drop(msgDropDirect, x.label(), x.interfaceName())
	}
	if !x.answerable() {
		return x.drop(msgDropSanity, x.label(), fmt.Sprintf("Interface %s does not have any suitable IPv4 sockets open.", x.interfaceName()))
	}
	if !x.acceptServerID() {
		return x.drop(msgDropServerID, x.label(), x.interfaceName())
	}
	if x.typ == pkt4.Discover && x.query.Has(pkt4.OptServerID) {
		return x.drop(msgDropSanity, x.label(), "Server-id option was not expected, but received in message DHCPDISCOVER")
	}
	if x.typ == pkt4.Decline && !x.query.Has(pkt4.OptRequestedAddress) {
		return x.drop(msgDropSanity, x.label(), "Mandatory 'Requested IP address' option missing in DHCPDECLINE")
	}
	return true
}

// acceptDirect refuses an INFORM whose sender cannot be reached and a broadcast
// that came over no relay and for which there is no subnet.
func (x *exchange) acceptDirect() bool {
	if x.query.GIAddr() != 0 || x.over6 != nil {
		return true
	}
	if x.typ == pkt4.Inform && x.in.Src == 0 && x.query.CIAddr() == 0 {
		return false
	}
	return x.in.Dst != broadcastAddr || x.selected != nil
}

// acceptServerID reports whether a server identifier in the query, if there is
// one, is ours: of an open socket, configured in any scope, the relay's override
// (RFC 5107), or nobody's, 0.0.0.0.
func (x *exchange) acceptServerID() bool {
	if !x.query.Has(pkt4.OptServerID) || x.snap.cfg.Compat.IgnoreDHCPServerIdentifier {
		return true
	}
	id := x.query.Addr(pkt4.OptServerID)
	if id == 0 || x.snap.serverIDs[id] || x.srv.isOwnAddress(id) {
		return true
	}
	o, ok := x.query.RAI(pkt4.RAIServerIDOverride)
	return ok && len(o) == 4 && be32(o) == id
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
