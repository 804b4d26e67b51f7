package dhcp4

import (
	"nestor/lib/lease"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt4"
)

// recoverAgentOptions gives a renewal, which comes past the relay, the option 82
// that is kept with its lease (stash-agent-options, ARM 8.2.28). From here on it
// counts as sent: for reservations, classes and the subnet. Only the answer, which
// goes past the relay as well, is without it.
func (x *exchange) recoverAgentOptions() {
	if !x.snap.cfg.StashAgentOptions || !x.isRenewal() || len(pkt4.WholeSuboptions(x.query.Option(pkt4.OptRelayAgentInfo))) > 0 {
		return
	}
	content, ok := x.stashedOptions(x.query.CIAddr())
	if !ok || !x.query.Supply(pkt4.OptRelayAgentInfo, content) {
		return
	}
	x.stashed = true
	x.trace.Note(whyStashed)
	if log := x.srv.log.dhcp4; log.Enabled(msgRecoveredStash) {
		log.Log(msgRecoveredStash, x.label(), ip4(x.query.CIAddr()), hexText(content))
	}
}

// isRenewal reports whether the query is of a client in RENEWING state (RFC 2131
// section 4.3.2): it names its address in ciaddr and comes by unicast.
func (x *exchange) isRenewal() bool {
	return x.typ == pkt4.Request && x.query.CIAddr() != 0 && x.query.GIAddr() == 0 && x.in.Dst != broadcastAddr
}

// stashedOptions reads the option 82 that is kept with the client's lease of an
// address. Unless the batch has begun one, the look at the lease is a transaction of
// its own: which lease it is to be depends on it.
func (x *exchange) stashedOptions(addr uint32) (content []byte, ok bool) {
	tx := x.tx
	if tx == nil {
		tx = x.srv.state.Load().leases.Begin4()
		defer tx.Rollback()
	}
	l := &x.found
	if !tx.Get4(addr, l) || l.State != lease.StateDefault || len(l.UserContext) == 0 || !belongs(l, x.hw, x.clientID) {
		return nil, false
	}
	x.contextText, ok = extendedinfo.Relay4(x.contextText[:0], l.UserContext)
	return x.contextText, ok && len(pkt4.WholeSuboptions(x.contextText)) > 0
}
