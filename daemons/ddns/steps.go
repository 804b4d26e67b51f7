package ddns

import (
	"encoding/base64"
	"net/netip"

	"github.com/miekg/dns"

	"nestor/lib/ncr"
)

// records are what a request changes in a direction, in the terms of DNS.
type records struct {
	owner string     // the name that the records are at
	ttl   uint32     // of those that are added, seconds
	addr  netip.Addr // forward: the address; its family says A or AAAA
	name  string     // reverse: the name that PTR gives
	dhcid string     // base64, as miekg/dns wants it
}

func forwardRecords(r *ncr.Request) *records {
	return &records{owner: r.Name, ttl: r.TTL, addr: r.Addr, dhcid: base64.StdEncoding.EncodeToString(r.DHCID)}
}

func reverseRecords(r *ncr.Request) *records {
	return &records{owner: reverseName(r.Addr), ttl: r.TTL, name: r.Name, dhcid: base64.StdEncoding.EncodeToString(r.DHCID)}
}

// An action is one prerequisite or update of a message, appended to it. The
// classes and TTLs are those of RFC 2136 sections 2.4 and 2.5.
type action func(m *dns.Msg, r *records)

func header(owner string, rtype, class uint16, ttl uint32) dns.RR_Header {
	return dns.RR_Header{Name: owner, Rrtype: rtype, Class: class, Ttl: ttl}
}

// set names a whole RRset, without data.
func set(owner string, rtype, class uint16) dns.RR {
	return &dns.ANY{Hdr: header(owner, rtype, class, 0)}
}

func (r *records) addrType() uint16 {
	if r.addr.Is4() {
		return dns.TypeA
	}
	return dns.TypeAAAA
}

func (r *records) addrRR(class uint16, ttl uint32) dns.RR {
	h := header(r.owner, r.addrType(), class, ttl)
	if r.addr.Is4() {
		return &dns.A{Hdr: h, A: r.addr.AsSlice()}
	}
	return &dns.AAAA{Hdr: h, AAAA: r.addr.AsSlice()}
}

func (r *records) dhcidRR(ttl uint32) dns.RR {
	return &dns.DHCID{Hdr: header(r.owner, dns.TypeDHCID, dns.ClassINET, ttl), Digest: r.dhcid}
}

func (r *records) ptrRR(ttl uint32) dns.RR {
	return &dns.PTR{Hdr: header(r.owner, dns.TypePTR, dns.ClassINET, ttl), Ptr: r.name}
}

func want(m *dns.Msg, rr dns.RR)   { m.Answer = append(m.Answer, rr) }
func change(m *dns.Msg, rr dns.RR) { m.Ns = append(m.Ns, rr) }

// Prerequisites.
var (
	nameIsFree    action = func(m *dns.Msg, r *records) { want(m, set(r.owner, dns.TypeANY, dns.ClassNONE)) }
	nameIsUsed    action = func(m *dns.Msg, r *records) { want(m, set(r.owner, dns.TypeANY, dns.ClassANY)) }
	dhcidIsOurs   action = func(m *dns.Msg, r *records) { want(m, r.dhcidRR(0)) }
	dhcidIsThere  action = func(m *dns.Msg, r *records) { want(m, set(r.owner, dns.TypeDHCID, dns.ClassANY)) }
	noA           action = func(m *dns.Msg, r *records) { want(m, set(r.owner, dns.TypeA, dns.ClassNONE)) }
	noAAAA        action = func(m *dns.Msg, r *records) { want(m, set(r.owner, dns.TypeAAAA, dns.ClassNONE)) }
	pointerIsOurs action = func(m *dns.Msg, r *records) { want(m, r.ptrRR(0)) }
)

// Updates.
var (
	addAddr       action = func(m *dns.Msg, r *records) { change(m, r.addrRR(dns.ClassINET, r.ttl)) }
	addDHCID      action = func(m *dns.Msg, r *records) { change(m, r.dhcidRR(r.ttl)) }
	addPointer    action = func(m *dns.Msg, r *records) { change(m, r.ptrRR(r.ttl)) }
	dropAddr      action = func(m *dns.Msg, r *records) { change(m, r.addrRR(dns.ClassNONE, 0)) }
	dropAddrs     action = func(m *dns.Msg, r *records) { change(m, set(r.owner, r.addrType(), dns.ClassANY)) }
	dropDHCIDs    action = func(m *dns.Msg, r *records) { change(m, set(r.owner, dns.TypeDHCID, dns.ClassANY)) }
	dropPointers  action = func(m *dns.Msg, r *records) { change(m, set(r.owner, dns.TypePTR, dns.ClassANY)) }
	dropWholeName action = func(m *dns.Msg, r *records) { change(m, set(r.owner, dns.TypeANY, dns.ClassANY)) }
)

// A step is one update message and what its answers lead to.
type step struct {
	name    string   // for the log
	actions []action // prerequisites, then updates
	// gone: that the records are not there (NXRRSET) is as good as NOERROR.
	gone bool
	// stays: so is, after the step before has found the client's records, that others
	// are still there (YXRRSET). Kea takes this for a failure, and leaves the reverse
	// record of an address that its client has exchanged for another, or of which the
	// other family lives on.
	stays bool
	next  *step // after success; nil: the direction is done
	// taken is the step after YXDOMAIN, vanished that after NXDOMAIN; nil: it is a
	// rejection.
	taken, vanished *step
	// sticky: no other server is tried.
	sticky bool
	trouble
}

// The steps of each direction and mode (ARM 13.1.2, RFC 4703; seen on the wire of
// Kea 2.7.9).
var (
	addChecked       = &step{name: "Forward Add", actions: []action{nameIsFree, addAddr, addDHCID}, trouble: forwardAddTrouble}
	addExists        = &step{name: "Forward Add", actions: addChecked.actions, trouble: forwardAddTrouble}
	replaceOurs      = &step{name: "Forward Replace", actions: []action{nameIsUsed, dhcidIsOurs, dropAddrs, addAddr}, trouble: forwardReplaceTrouble}
	replaceExisting  = &step{name: "Forward Replace", actions: []action{dhcidIsThere, dropAddrs, dropDHCIDs, addAddr, addDHCID}, trouble: forwardReplaceTrouble}
	overwrite        = &step{name: "Forward Replace", actions: []action{dropAddrs, dropDHCIDs, addAddr, addDHCID}, trouble: forwardReplaceTrouble}
	overwriteNoDHCID = &step{name: "Forward Replace", actions: []action{dropAddrs, addAddr}, trouble: forwardReplaceTrouble}

	reverseAdd        = &step{name: "Reverse Replace", actions: []action{dropPointers, dropDHCIDs, addPointer, addDHCID}, trouble: reverseReplaceTrouble}
	reverseAddNoDHCID = &step{name: "Reverse Replace", actions: []action{dropPointers, addPointer}, trouble: reverseReplaceTrouble}

	removeRest = &step{name: "Forward RR Remove", actions: []action{dhcidIsOurs, noA, noAAAA, dropWholeName},
		gone: true, stays: true, sticky: true, trouble: forwardRemoveRRsTrouble}
	removeOurs = &step{name: "Forward A/AAAA Remove", actions: []action{dhcidIsOurs, dropAddr},
		gone: true, next: removeRest, trouble: forwardRemoveAddrsTrouble}
	removeDHCID = &step{name: "Forward RR Remove", actions: []action{noA, noAAAA, dropDHCIDs},
		gone: true, stays: true, sticky: true, trouble: forwardRemoveRRsTrouble}
	removeExisting = &step{name: "Forward A/AAAA Remove", actions: []action{dhcidIsThere, dropAddr},
		gone: true, next: removeDHCID, trouble: forwardRemoveAddrsTrouble}
	removeAny        = &step{name: "Forward RR Remove", actions: []action{dropAddrs, dropDHCIDs}, gone: true, trouble: forwardRemoveRRsTrouble}
	removeAnyNoDHCID = &step{name: "Forward RR Remove", actions: []action{dropAddrs}, gone: true, trouble: forwardRemoveRRsTrouble}

	reverseRemoveOurs       = &step{name: "Reverse Remove", actions: []action{pointerIsOurs, dropWholeName}, gone: true, trouble: reverseRemoveTrouble}
	reverseRemoveAny        = &step{name: "Reverse Remove", actions: []action{dropPointers, dropDHCIDs}, gone: true, trouble: reverseRemoveTrouble}
	reverseRemoveAnyNoDHCID = &step{name: "Reverse Remove", actions: []action{dropPointers}, gone: true, trouble: reverseRemoveTrouble}
)

func init() {
	addChecked.taken, replaceOurs.vanished = replaceOurs, addChecked
	addExists.taken, replaceExisting.vanished = replaceExisting, addExists
}

// firstSteps are those that each kind of request begins with, by mode.
var firstSteps = [...]struct{ forwardAdd, reverseAdd, forwardRemove, reverseRemove *step }{
	ncr.CheckWithDHCID:       {addChecked, reverseAdd, removeOurs, reverseRemoveOurs},
	ncr.NoCheckWithDHCID:     {overwrite, reverseAdd, removeAny, reverseRemoveAny},
	ncr.CheckExistsWithDHCID: {addExists, reverseAdd, removeExisting, reverseRemoveOurs},
	ncr.NoCheckWithoutDHCID:  {overwriteNoDHCID, reverseAddNoDHCID, removeAnyNoDHCID, reverseRemoveAnyNoDHCID},
}

// firstStep is the first step of a request in a direction.
func firstStep(r *ncr.Request, reverse bool) *step {
	s := &firstSteps[r.Mode]
	switch {
	case r.Remove && reverse:
		return s.reverseRemove
	case r.Remove:
		return s.forwardRemove
	case reverse:
		return s.reverseAdd
	}
	return s.forwardAdd
}

// message makes the update message of a step.
func (s *step) message(zone string, r *records) *dns.Msg {
	m := &dns.Msg{
		MsgHdr:   dns.MsgHdr{Opcode: dns.OpcodeUpdate},
		Question: []dns.Question{{Name: zone, Qtype: dns.TypeSOA, Qclass: dns.ClassINET}},
	}
	for _, act := range s.actions {
		act(m, r)
	}
	return m
}
