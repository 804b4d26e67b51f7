package dhcp4

import (
	"fmt"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/logging"
	"nestor/lib/pkt4"
)

// Here is what single steps tell a trace. The methods come in pairs as those in
// trace.go do.

// received records what arrived, and how.
func (t *trace) received() {
	if t != nil {
		t.addReceived()
	}
}

func (t *trace) addReceived() {
	x, q := t.x, &t.x.query
	fields := append(t.wayFields(), explain.String("message-type", messageName(x.typ)),
		explain.String("xid", fmt.Sprintf("0x%08x", q.XID())),
		explain.String("hw-address", orNone(q.HWAddr())), explain.String("client-id", orNone(q.Option(pkt4.OptClientID))))
	t.Add(whyReceived, fields...)
	if q.GIAddr() != 0 {
		t.Add(whyRelayed, explain.String("giaddr", ip4(q.GIAddr()).String()), explain.Int("hops", q.Hops()),
			explain.String("relay-agent-info", orNone(q.Option(pkt4.OptRelayAgentInfo))))
	}
}

// wayFields say where the query came from.
func (t *trace) wayFields() []explain.Field {
	x := t.x
	return []explain.Field{
		explain.String("source", ip4(x.in.Src).String()), explain.Int("source-port", x.in.SrcPort),
		explain.String("source-hw", hexText(x.in.SrcMAC[:])), explain.String("destination", ip4(x.in.Dst).String()),
		explain.String("interface", x.interfaceName()), explain.String("interface-address", ip4(x.sock.Addr()).String()),
	}
}

// unreadable records that the query is dropped because it cannot be read.
func (t *trace) unreadable(err error) {
	if t != nil {
		t.addUnreadable(err)
	}
}

func (t *trace) addUnreadable(err error) {
	t.Add(whyUnreadable, append(t.wayFields(), explain.String("error", err.Error()))...)
}

// selector records what the query has for the selection of a subnet.
func (t *trace) selector(k *selector) {
	if t != nil {
		t.addSelector(k)
	}
}

func (t *trace) addSelector(k *selector) {
	of := func(addr uint32) string {
		if addr == 0 {
			return "none"
		}
		return ip4(addr).String()
	}
	ciaddr, source := of(k.ciaddr), of(k.remote)
	if k.local == broadcastAddr {
		ciaddr, source = "not of a broadcast", "not of a broadcast"
	}
	t.Add(whySelector, explain.String("selection-option", of(k.option)), explain.String("giaddr", of(k.giaddr)),
		explain.String("ciaddr", ciaddr), explain.String("source", source),
		explain.String("interface", k.iface), explain.String("interface-address", of(k.ifaceAddr)))
}

// alsoFit records which subnets were not looked at, because one before them admits
// the client.
func (t *trace) alsoFit(subnets []*subnet4) {
	if t != nil {
		t.addAlsoFit(subnets)
	}
}

// listedSubnets is how many subnets a decision names.
const listedSubnets = 16

func (t *trace) addAlsoFit(subnets []*subnet4) {
	if len(subnets) == 0 {
		return
	}
	var names []string
	for _, s := range subnets[:min(len(subnets), listedSubnets)] {
		names = append(names, fmt.Sprintf("%s (id %d)", s.Text, s.ID))
	}
	if more := len(subnets) - listedSubnets; more > 0 {
		names = append(names, fmt.Sprintf("%d more", more))
	}
	t.Add(whyAlsoFit, explain.Strings("subnets", names))
}

// selection records what came of the selection of a subnet.
func (t *trace) selection() {
	if t != nil {
		t.addSelection()
	}
}

func (t *trace) addSelection() {
	if s := t.x.selected; s != nil {
		t.addSubnet(whySelected, s)
	} else {
		t.note(whyNoSubnet)
	}
}

// reservations records which identifiers and which reservations are not looked at.
func (t *trace) reservations() {
	if t != nil {
		t.addReservations()
	}
}

func (t *trace) addReservations() {
	x := t.x
	for _, typ := range x.snap.identifiers {
		if len(x.identifier(typ)) == 0 {
			t.Add(whyNoIdentifier, explain.String("identifier-type", identifierNames[typ]))
		}
	}
	if !x.looksGlobally() && !x.snap.cfg.EarlyGlobalReservationsLookup {
		t.note(whyNoGlobal)
	}
	for _, s := range x.selected.network.subnets {
		switch {
		case s != x.selected && !s.admits(&x.classes):
			t.addSubnet(whyNotAdmitted, s)
		case !s.ReservationsInSubnet || !x.selected.ReservationsInSubnet:
			t.addSubnet(whyNotInSubnet, s)
		case s.hostTypes == 0:
			t.addSubnet(whyNoneInSubnet, s)
		}
	}
}

// client records what the client asks for and what it has.
func (t *trace) client() {
	if t != nil {
		t.addClient()
	}
}

func (t *trace) addClient() {
	x := t.x
	if x.requested != 0 {
		t.Add(whyRequested, explain.String("address", ip4(x.requested).String()))
	} else {
		t.note(whyNothingRequested)
	}
	if !x.hasOwn {
		t.note(whyNoOwnLease)
		return
	}
	by := "hardware address"
	if s := x.snap.byID[x.own.SubnetID]; x.clientID != nil && string(x.clientID) == string(x.own.ClientID) && (s == nil || s.MatchClientID) {
		by = "client identifier"
	}
	t.Add(whyOwnLease, append(leaseFields(&x.own), explain.String("by", by))...)
}

// guards records which pools of a subnet do not admit the client.
func (t *trace) guards(s *subnet4) {
	if t != nil {
		t.addGuards(s)
	}
}

func (t *trace) addGuards(s *subnet4) {
	for i := range s.pools {
		if p := &s.pools[i]; !p.admit.Admits(&t.x.classes) {
			t.addPool(whyPoolGuard, s, p)
		}
	}
}

// noClass stands for the subnet where a class could be.
const noClass = -1

// lifetime records the valid lifetime of a class, or of the subnet if no class
// has set one.
func (t *trace) lifetime(l config.Triplet, class int) {
	if t != nil {
		t.addLifetime(l, class)
	}
}

func (t *trace) addLifetime(l config.Triplet, class int) {
	if t.Has(whyValidLifetime) {
		return
	}
	scope := ""
	if class == noClass {
		scope = t.x.scopeOf(t.x.subnet, "valid-lifetime", "min-valid-lifetime", "max-valid-lifetime")
	} else {
		scope = t.ClassScope(class)
	}
	t.Add(whyValidLifetime, explain.Int("seconds", l.Default), explain.String("shown", secondsText(l.Default)),
		explain.Int("min", l.Min), explain.Int("max", l.Max), explain.String("scope", scope))
}

// offerLifetime records for how long an offer is kept as a lease.
func (t *trace) offerLifetime(n uint32, class int) {
	if t != nil {
		t.addOfferLifetime(n, class)
	}
}

func (t *trace) addOfferLifetime(n uint32, class int) {
	switch {
	case n == 0:
	case class == noClass:
		t.addSeconds(whyOfferLifetime, n, t.x.scopeOf(t.x.subnet, "offer-lifetime"))
	default:
		t.addSeconds(whyOfferLifetime, n, t.ClassScope(class))
	}
}

// scopeOf names the scope that a parameter of the subnet comes from: the innermost
// that has one of the keywords.
func (x *exchange) scopeOf(s *subnet4, keywords ...string) string {
	has := func(own config.Keywords) bool {
		for _, k := range keywords {
			if own.Has(k) {
				return true
			}
		}
		return false
	}
	if has(s.Own) {
		return "subnet " + s.Text
	}
	if n := x.sharedNetwork(s); n != nil && has(n.Own) {
		return "shared network " + n.Name
	}
	if has(x.snap.cfg.Own) {
		return "global scope"
	}
	return "the default"
}

// sharedNetwork finds the configured shared network of a subnet, nil if it is in none.
func (x *exchange) sharedNetwork(s *subnet4) *config.SharedNetwork4 {
	for _, n := range x.snap.cfg.SharedNetworks {
		if s.network.name != "" && n.Name == s.network.name {
			return n
		}
	}
	return nil
}

// name records the name that the lease gets; reserved is that of the reservation.
func (t *trace) name(reserved string) {
	if t != nil {
		t.addName(reserved)
	}
}

func (t *trace) addName(reserved string) {
	if reserved != "" {
		t.text(whyFromReservation, reserved)
	}
	if stored := t.x.name.stored; len(stored) > 0 {
		t.text(whyNameStored, string(stored))
	}
}

// nak records why the client is refused.
func (t *trace) nak(m *logging.Message) {
	if t != nil {
		t.addNak(m)
	}
}

func (t *trace) addNak(m *logging.Message) {
	switch m {
	case msgNakNoSubnet:
		t.note(whyNakNoSubnet)
	case msgNakReboot:
		t.note(whyNakReboot)
	default:
		t.note(whyNakLease)
	}
}

// timer records T1 or T2 with the scope of the timer, or of the share of the lifetime
// that it is.
func (t *trace) timer(d *explain.Decision, n uint32, timer, share string, set bool) {
	if t != nil {
		t.addTimer(d, n, timer, share, set)
	}
}

func (t *trace) addTimer(d *explain.Decision, n uint32, timer, share string, set bool) {
	keyword := share
	if set {
		keyword = timer
	}
	t.addSeconds(d, n, keyword+" of "+t.x.scopeOf(t.x.subnet, keyword))
}
