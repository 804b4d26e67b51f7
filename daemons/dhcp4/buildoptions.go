package dhcp4

import (
	"encoding/binary"
	"math/bits"

	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/lifetime"
	"nestor/lib/logging"
	"nestor/lib/pkt4"
)

// beginReply fills the header fields that every answer takes over.
func (x *exchange) beginReply(typ byte) {
	r := &x.reply
	r.Type = typ
	r.Hops = x.query.Hops()
	r.Flags = x.query.Flags()
	r.GIAddr = x.query.GIAddr()
}

// answerLease prepares the answer that offers or grants x.lease.
func (x *exchange) answerLease(typ byte) {
	x.beginReply(typ)
	x.reply.YIAddr = x.lease.Addr
	if typ == pkt4.Ack {
		x.reply.CIAddr = x.query.CIAddr()
	}
	x.answered = true
	x.logLease(typ)
}

// nak prepares a refusal and logs why.
func (x *exchange) nak(m *logging.Message) {
	if log := x.srv.log.badPackets; log.Enabled(m) {
		switch m {
		case msgNakNoSubnet:
			x.logNoSubnet()
		case msgNakReboot:
			log.Log(m, x.label(), ip4(x.requested))
		default:
			log.Log(m, x.label(), ip4(x.query.CIAddr()), x.requestedText())
		}
	}
	x.trace.nak(m)
	x.beginReply(pkt4.Nak)
	x.answered = true
}

// logNoSubnet tells of a client that no subnet is configured for, be it refused or
// left without an answer: the configuration or a relay's is probably wrong.
func (x *exchange) logNoSubnet() {
	if log := x.srv.log.badPackets; log.Enabled(msgNakNoSubnet) {
		log.Log(msgNakNoSubnet, x.label(), x.source(), messageName(x.typ))
	}
}

// v6OnlyPreferred reports whether the client can do without IPv4 and its subnet
// prefers that (RFC 8925): it asks for option 108, and the subnet or its shared
// network has it.
func (x *exchange) v6OnlyPreferred() bool {
	if x.selected.options.find(pkt4.OptV6OnlyPreferred, &x.classes) == nil {
		return false
	}
	for _, c := range x.query.Option(pkt4.OptParameterRequest) {
		if c == pkt4.OptV6OnlyPreferred {
			return true
		}
	}
	return false
}

func (x *exchange) answerV6Only(typ byte) {
	x.beginReply(typ)
	x.answered = true
}

// buildOptions fills header fields and options of the answer.
func (x *exchange) buildOptions() {
	r, q := &x.reply, &x.query
	if x.snap.cfg.EchoClientID && x.clientID != nil {
		r.Set(pkt4.OptClientID, q.Option(pkt4.OptClientID))
	}
	r.Set(pkt4.OptServerID, x.serverID())
	if o := pkt4.WholeSuboptions(q.Option(pkt4.OptRelayAgentInfo)); len(o) > 0 && !x.stashed {
		r.Set(pkt4.OptRelayAgentInfo, o)
	}
	if o := q.Option(pkt4.OptSubnetSelection); len(o) > 0 {
		r.Set(pkt4.OptSubnetSelection, o[:4])
	}
	if r.Type == pkt4.Nak {
		return
	}
	x.classifyServed()
	x.classifyAdditional()
	h := x.currentHost()
	x.fixedFields(h)
	if r.YIAddr != 0 {
		x.leaseOptions()
	}
	x.configuredOptions(x.optionScopes(h))
}

// serverID is option 54: as configured, else the address of the socket's interface. A
// NAK has nothing that is configured.
func (x *exchange) serverID() []byte {
	if s := x.serverIDScope(); s != nil && x.reply.Type != pkt4.Nak {
		x.trace.option(pkt4.OptServerID, s)
		return s.serverID()
	}
	binary.BigEndian.PutUint32(x.serverIDBytes[:], x.localAddr())
	return x.serverIDBytes[:]
}

// serverIDScope finds the option set of subnet, shared network, class or global
// scope that has option 54, in this order; nil if none has.
func (x *exchange) serverIDScope() *optionSet {
	if len(x.snap.serverIDs) == 0 {
		return nil
	}
	if x.subnet != nil {
		if s := x.subnet.options.find(pkt4.OptServerID, &x.classes); s != nil {
			return s
		}
	}
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil {
			if s := k.options.find(pkt4.OptServerID, &x.classes); s != nil {
				return s
			}
		}
	}
	if x.subnet == nil {
		return nil
	}
	return x.snap.options.find(pkt4.OptServerID, &x.classes)
}

// fixedFields sets siaddr, sname and file: of the reservation, else of the first
// class that sets them, else of the subnet.
func (x *exchange) fixedFields(h *host.Host) {
	r, s := &x.reply, x.subnet
	r.SIAddr, r.SName, r.File = s.nextServer, s.ServerHostname, s.BootFileName
	var next, name, file bool
	for _, c := range x.classes.Ordered() {
		k := x.snap.byClass.Of(c)
		if k == nil {
			continue
		}
		if !next && k.nextServer != 0 {
			r.SIAddr, next = k.nextServer, true
			x.trace.FromClass("siaddr", c)
		}
		if !name && k.ServerHostname != "" {
			r.SName, name = k.ServerHostname, true
			x.trace.FromClass("sname", c)
		}
		if !file && k.BootFileName != "" {
			r.File, file = k.BootFileName, true
			x.trace.FromClass("file", c)
		}
	}
	if h == nil {
		return
	}
	if a := addrOf(h.NextServer); a != 0 {
		r.SIAddr = a
		x.trace.From("siaddr", why.TheReservation)
	}
	if h.ServerHostname != "" {
		r.SName = h.ServerHostname
		x.trace.From("sname", why.TheReservation)
	}
	if h.BootFileName != "" {
		r.File = h.BootFileName
		x.trace.From("file", why.TheReservation)
	}
}

// leaseOptions sets what comes from the lease: 1, 51, 58, 59, 12 and 81.
func (x *exchange) leaseOptions() {
	r := &x.reply
	r.Set(pkt4.OptSubnetMask, x.subnet.mask)
	valid := x.lease.ValidLft
	if x.reused {
		valid = x.remaining
	}
	x.setTimer(0, pkt4.OptLeaseTime, valid)
	x.teeTimes(valid)
	if x.name.fqdn != nil {
		r.Set(pkt4.OptFQDN, x.name.fqdn)
	} else if x.name.hostname != nil {
		r.Set(pkt4.OptHostName, x.name.hostname)
	}
}

// teeTimes sets T1 and T2 (ARM 8.2.1): configured, else calculated if asked for;
// T2 only below the lifetime, T1 only below T2, or below the lifetime when T2 is
// not sent.
func (x *exchange) teeTimes(valid uint32) {
	s := x.subnet
	limit := valid
	if t2, ok := lifetime.T2(&s.NetworkParams, valid); ok && t2 > 0 && t2 < limit {
		x.setTimer(2, pkt4.OptRebindingTime, t2)
		x.trace.Timer(why.T2, t2, "rebind-timer", "t2-percent", s.RebindTimer.Set)
		limit = t2
	}
	if t1, ok := lifetime.T1(&s.NetworkParams, valid); ok && t1 > 0 && t1 < limit {
		x.setTimer(1, pkt4.OptRenewalTime, t1)
		x.trace.Timer(why.T1, t1, "renew-timer", "t1-percent", s.RenewTimer.Set)
	}
}

func (x *exchange) setTimer(i int, code byte, seconds uint32) {
	binary.BigEndian.PutUint32(x.timers[i][:], seconds)
	x.reply.Set(code, x.timers[i][:])
}

// managed are options that are never configured ones. Subnet mask and lease time are
// not among them: who gets no lease may have what is configured (INFORM).
var managed = func() (s codeSet) {
	for _, c := range []byte{
		pkt4.OptPad, pkt4.OptMessageType, pkt4.OptServerID, pkt4.OptRelayAgentInfo, pkt4.OptEnd,
	} {
		s.add(c)
	}
	return s
}()

// always are options that are sent without being asked for.
var always = func() (s codeSet) {
	for _, c := range []byte{pkt4.OptRouters, pkt4.OptDNSServers, pkt4.OptDomainName} {
		s.add(c)
	}
	return s
}()

// configuredOptions adds the configured options that the client asks for or gets
// anyway. The closest scope that has a value gives it: reservation, pool, subnet,
// shared network, classes, global. always-send and never-send hold wherever they
// were set, never-send wins.
func (x *exchange) configuredOptions(scopes []*optionSet) {
	wanted := always
	for _, c := range x.query.Option(pkt4.OptParameterRequest) {
		wanted.add(c)
	}
	var never codeSet
	for _, s := range scopes {
		wanted.union(&s.always)
		never.union(&s.never)
	}
	x.trace.unsent(scopes, &wanted, &never)
	for w := range wanted {
		wanted[w] &^= never[w] | managed[w]
		left := wanted[w] &^ x.reply.Present()[w]
		for _, s := range scopes {
			for here := left & s.have[w]; here != 0; here &= here - 1 {
				code := byte(w<<6 + bits.TrailingZeros64(here))
				x.reply.Set(code, s.get(code).Of(&x.classes))
				x.trace.option(code, s)
			}
			left &^= s.have[w]
		}
	}
	if wanted.has(pkt4.OptVIVCO) {
		x.vendorClasses(scopes)
	}
	x.vendorOptions(scopes, wanted.has(pkt4.OptVIVSO))
}

// optionScopes lists the option sets that apply to the client, closest first.
func (x *exchange) optionScopes(h *host.Host) []*optionSet {
	x.scopes = x.scopes[:0]
	if h != nil {
		x.addScope(x.hostOptions(h))
	}
	switch {
	case x.pool != nil:
		x.addScope(x.pool.options)
	case x.subnet != nil:
		x.addScope(x.subnet.options)
	}
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil {
			x.addScope(k.options)
		}
	}
	x.addScope(x.snap.options)
	return x.scopes
}

func (x *exchange) addScope(c optionChain) {
	for _, s := range c {
		if s.admit.Admits(&x.classes) {
			x.scopes = append(x.scopes, s)
		}
	}
}
