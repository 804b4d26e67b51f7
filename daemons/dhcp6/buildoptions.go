package dhcp6

import (
	"encoding/binary"
	"net/netip"
	"slices"

	"nestor/lib/host"
	"nestor/lib/lease"
	"nestor/lib/lifetime"
	"nestor/lib/pkt6"
)

// beginReply says what the answer is.
func (x *exchange) beginReply(typ byte) { x.reply.Type = typ }

// status puts a status into the answer to the IA in work and returns it.
func (x *exchange) status(code uint16, text string) uint16 {
	x.trace.status(code, text)
	x.iaBytes = pkt6.AppendStatus(x.iaBytes, code, text)
	return code
}

// replyStatus gives the message as a whole a status.
func (x *exchange) replyStatus(code uint16, text string) {
	x.trace.status(code, text)
	x.statusBytes = append(binary.BigEndian.AppendUint16(x.statusBytes[:0], code), text...)
	x.reply.Set(pkt6.OptStatusCode, x.statusBytes)
}

// grant puts x.lease into the answer to the IA in work.
func (x *exchange) grant() {
	l := pkt6.Lease{Addr: x.lease.Addr, Len: x.lease.PrefixLen, Preferred: x.ia.preferred, Valid: x.ia.valid}
	if x.ia.typ == lease.TypePD {
		l.Options = x.excludedOption()
	}
	x.appendLease(&l)
	x.granted = append(x.granted, grant{
		typ: x.ia.typ, addr: l.Addr, len: l.Len, iaid: x.ia.IAID,
		subnet: x.subnet, pool: x.pool, preferred: l.Preferred, valid: l.Valid,
	})
	x.addName()
}

func (x *exchange) appendLease(l *pkt6.Lease) { x.iaBytes = pkt6.AppendLease(x.iaBytes, x.ia.Code, l) }

// excludedOption is option 67 inside of a prefix, for a client that asks for it: what
// the prefix leaves out by its reservation, else by its pool (RFC 6603).
func (x *exchange) excludedOption() pkt6.Options {
	l := &x.lease
	var out netip.Prefix
	if r := x.reservedHere(x.subnet, l.Type, l.Addr, l.PrefixLen); r != nil {
		out = r.Excluded
	} else if x.pool != nil {
		out = x.pool.excluded
	}
	if !out.IsValid() || !x.asksFor(pkt6.OptPDExclude) {
		return nil
	}
	n := (out.Bits()-int(l.PrefixLen)-1)/8 + 1
	x.excluded = append(x.excluded[:0], 0, pkt6.OptPDExclude, 0, byte(1+n), byte(out.Bits()))
	// The bits behind the delegated length, left-aligned.
	a := out.Addr().As16()
	for i := range n {
		x.excluded = append(x.excluded, bitsFrom(&a, int(l.PrefixLen)+8*i))
	}
	return x.excluded
}

// bitsFrom is the 8 bits of an address from the given one on.
func bitsFrom(a *[16]byte, from int) byte {
	b := a[from/8] << (from % 8)
	if next := from/8 + 1; next < len(a) && from%8 != 0 {
		b |= a[next] >> (8 - from%8)
	}
	return b
}

// asksFor reports whether the client requests the option.
func (x *exchange) asksFor(code uint16) bool {
	for asked := range x.query.Requested() {
		if asked == code {
			return true
		}
	}
	return false
}

// setTees sets T1 and T2 of every IA with a lease to the same values, those of the
// one that is preferred for the shortest time: one message can then renew all (RFC
// 8415 section 18.3.3). T1 is left 0 unless it is below T2 (ARM 9.2.18).
func (x *exchange) setTees() {
	var shortest *grant
	for i := range x.granted {
		if g := &x.granted[i]; g.preferred > 0 && (shortest == nil || g.preferred < shortest.preferred) {
			shortest = g
		}
	}
	if shortest == nil {
		return
	}
	p := &shortest.subnet.NetworkParams
	t2, _ := lifetime.T2(p, shortest.preferred)
	t1, _ := lifetime.T1(p, shortest.preferred)
	if t1 >= t2 {
		t1 = 0
	}
	x.trace.tees(shortest.subnet, t1, t2)
	for i := range x.granted {
		content := x.granted[i].content
		binary.BigEndian.PutUint32(content[4:], t1)
		binary.BigEndian.PutUint32(content[8:], t2)
	}
}

// buildOptions fills the options of the answer.
func (x *exchange) buildOptions() {
	r := &x.reply
	if x.duid != nil {
		r.Set(pkt6.OptClientID, x.duid)
	}
	r.Set(pkt6.OptServerID, x.snap.serverID)
	if x.name.fqdn != nil {
		r.Set(pkt6.OptFQDN, x.name.fqdn)
	}
	switch x.typ {
	case pkt6.MsgRelease, pkt6.MsgDecline, pkt6.MsgAddrRegInform:
	default:
		x.classifyServed()
		x.classifyAdditional()
		x.configuredOptions(x.optionScopes(x.currentHost()))
	}
	x.suppliedOptions()
}

// managed are options that are never configured ones.
var managed = func() (s codeSet) {
	for _, c := range []uint16{
		0, pkt6.OptClientID, pkt6.OptServerID, pkt6.OptIANA, pkt6.OptIATA, pkt6.OptIAAddr, pkt6.OptOptionRequest,
		pkt6.OptElapsedTime, pkt6.OptRelayMessage, pkt6.OptStatusCode, pkt6.OptRapidCommit, pkt6.OptInterfaceID,
		pkt6.OptIAPD, pkt6.OptIAPrefix,
	} {
		s.add(c)
	}
	return s
}()

// configuredOptions adds the configured options that the client asks for or gets
// anyway. The closest scope that has a value gives it: reservation, pools, subnet,
// shared network, classes, global. always-send and never-send hold wherever they
// were set, never-send wins.
func (x *exchange) configuredOptions(scopes []*optionSet) {
	wanted, never := &x.wanted, &x.never
	wanted.reset()
	never.reset()
	for code := range x.query.Requested() {
		if code < 256 || slices.Contains(x.snap.high, code) {
			wanted.add(code)
		}
	}
	never.union(&managed)
	for _, s := range scopes {
		wanted.union(&s.always)
		never.union(&s.never)
	}
	x.trace.unsent(scopes, wanted)
	vendorClass := wanted.has(pkt6.OptVendorClass) && !never.has(pkt6.OptVendorClass)
	vendorOpts := wanted.has(pkt6.OptVendorOpts) && !never.has(pkt6.OptVendorOpts)
	for _, s := range scopes {
		for i := range s.entries {
			e := &s.entries[i]
			if !wanted.has(e.code) || never.has(e.code) {
				continue
			}
			never.add(e.code) // once
			if !x.reply.Has(e.code) {
				x.reply.Set(e.code, e.value.Of(&x.classes))
				x.trace.option(e.code, s)
			}
		}
	}
	if vendorClass {
		x.vendorClasses(scopes)
	}
	x.vendorOptions(scopes, vendorOpts)
}

// optionScopes lists the option sets that apply to the client, closest first.
func (x *exchange) optionScopes(h *host.Host6) []*optionSet {
	x.scopes = x.scopes[:0]
	if h != nil {
		x.addScope(x.hostOptions(h))
	}
	for i := range x.granted {
		if p := x.granted[i].pool; p != nil && !x.poolBefore(i) {
			x.addScope(p.options)
		}
	}
	if x.subnet != nil {
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

// poolBefore reports whether a lease before the i-th came from the same pool.
func (x *exchange) poolBefore(i int) bool {
	for j := range i {
		if x.granted[j].pool == x.granted[i].pool {
			return true
		}
	}
	return false
}

func (x *exchange) addScope(c optionChain) {
	for _, s := range c {
		if s.admit.Admits(&x.classes) {
			x.scopes = append(x.scopes, s)
		}
	}
}

// suppliedOptions copies what relays supply for the client (RFC 6422), as far as it
// may be supplied and the server has nothing of its own; the relay nearest the client
// comes first.
func (x *exchange) suppliedOptions() {
	relays := x.query.Relays()
	for i := len(relays) - 1; i >= 0; i-- {
		supplied, ok := relays[i].Options.Find(pkt6.OptRSOO)
		if !ok {
			continue
		}
		for code, content := range pkt6.Options(supplied).All() {
			if _, may := slices.BinarySearch(x.snap.cfg.RelaySupplied, code); may && !x.reply.Has(code) {
				x.reply.Set(code, content)
				x.trace.OptionFrom(code, theRelay)
			}
		}
	}
}
