package dhcp4

import (
	"fmt"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/explain/why"
	"nestor/lib/logging"
	"nestor/lib/pkt4"
)

// Here is what single steps tell a trace. The methods come in pairs as those in
// trace.go do.

// received records what arrived, and how.
func (t trace) received() {
	if t.Trace != nil {
		t.addReceived()
	}
}

func (t trace) addReceived() {
	x, q := t.x, &t.x.query
	fields := append(t.wayFields(), explain.String("message-type", messageName(x.typ)),
		explain.String("xid", fmt.Sprintf("0x%08x", q.XID())),
		explain.String("hw-address", why.OrNone(q.HWAddr())), explain.String("client-id", why.OrNone(q.Option(pkt4.OptClientID))))
	t.Add(whyReceived, fields...)
	if q.GIAddr() != 0 {
		t.Add(whyRelayed, explain.String("giaddr", ip4(q.GIAddr()).String()), explain.Int("hops", q.Hops()),
			explain.String("relay-agent-info", why.OrNone(q.Option(pkt4.OptRelayAgentInfo))))
	}
}

// wayFields say where the query came from.
func (t trace) wayFields() []explain.Field {
	x := t.x
	return []explain.Field{
		explain.String("source", ip4(x.in.Src).String()), explain.Int("source-port", x.in.SrcPort),
		explain.String("source-hw", why.HexText(x.in.SrcMAC[:])), explain.String("destination", ip4(x.in.Dst).String()),
		explain.String("interface", x.interfaceName()), explain.String("interface-address", ip4(x.sock.Addr()).String()),
	}
}

// unreadable records that the query is dropped because it cannot be read.
func (t trace) unreadable(err error) {
	if t.Trace != nil {
		t.addUnreadable(err)
	}
}

func (t trace) addUnreadable(err error) {
	t.Add(why.Unreadable, append(t.wayFields(), explain.String("error", err.Error()))...)
}

// selector records what the query has for the selection of a subnet.
func (t trace) selector(k *selector) {
	if t.Trace != nil {
		t.addSelector(k)
	}
}

func (t trace) addSelector(k *selector) {
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
func (t trace) alsoFit(subnets []*subnet4) {
	if t.Trace != nil {
		t.addAlsoFit(subnets)
	}
}

func (t trace) addAlsoFit(subnets []*subnet4) {
	var all []*config.Subnet
	for _, s := range subnets {
		all = append(all, &s.Subnet)
	}
	t.AddAlsoFit(all)
}

// selection records what came of the selection of a subnet.
func (t trace) selection() {
	if t.Trace != nil {
		t.addSelection()
	}
}

func (t trace) addSelection() {
	if s := t.x.selected; s != nil {
		t.addSubnet(why.Selected, s)
	} else {
		t.Note(why.NoSubnet)
	}
}

// reservations records which identifiers and which reservations are not looked at.
func (t trace) reservations() {
	if t.Trace != nil {
		t.addReservations()
	}
}

func (t trace) addReservations() {
	x := t.x
	var lacking []config.IdentifierType
	for _, typ := range x.snap.identifiers {
		if len(x.identifier(typ)) == 0 {
			lacking = append(lacking, typ)
		}
	}
	var all []why.Candidate
	for _, s := range x.selected.network.subnets {
		all = append(all, why.Candidate{Subnet: &s.Subnet, Network: s.network.name, Admits: s.admits(&x.classes), HasHosts: s.hostTypes != 0})
	}
	t.AddLookups(lacking, &x.selected.Subnet, x.snap.cfg.EarlyGlobalReservationsLookup, all)
}

// client records what the client asks for and what it has.
func (t trace) client() {
	if t.Trace != nil {
		t.addClient()
	}
}

func (t trace) addClient() {
	x := t.x
	if x.requested != 0 {
		t.Add(whyRequested, explain.String("address", ip4(x.requested).String()))
	} else {
		t.Note(whyNothingRequested)
	}
	if !x.hasOwn {
		t.Note(why.NoOwnLease)
		return
	}
	by := "hardware address"
	if s := x.snap.byID[x.own.SubnetID]; x.clientID != nil && string(x.clientID) == string(x.own.ClientID) && (s == nil || s.MatchClientID) {
		by = "client identifier"
	}
	t.Add(whyOwnLease, append(leaseFields(&x.own), explain.String("by", by))...)
}

// guards records which pools of a subnet do not admit the client.
func (t trace) guards(s *subnet4) {
	if t.Trace != nil {
		t.addGuards(s)
	}
}

func (t trace) addGuards(s *subnet4) {
	for i := range s.pools {
		if p := &s.pools[i]; !p.admit.Admits(&t.x.classes) {
			t.addPool(why.PoolGuard, s, p)
		}
	}
}

// offerLifetime records for how long an offer is kept as a lease.
func (t trace) offerLifetime(n uint32, class int) {
	if t.Trace != nil {
		t.addOfferLifetime(n, class)
	}
}

func (t trace) addOfferLifetime(n uint32, class int) {
	if n != 0 {
		t.Parameter(whyOfferLifetime, n, class, "offer-lifetime")
	}
}

// name records the name that the lease gets; reserved is that of the reservation.
func (t trace) name(reserved string) {
	if t.Trace != nil {
		t.AddName(reserved, t.x.name.stored)
	}
}

// nak records why the client is refused.
func (t trace) nak(m *logging.Message) {
	if t.Trace != nil {
		t.addNak(m)
	}
}

func (t trace) addNak(m *logging.Message) {
	switch m {
	case msgNakNoSubnet:
		t.Note(whyNakNoSubnet)
	case msgNakReboot:
		t.Note(whyNakReboot)
	default:
		t.Note(whyNakLease)
	}
}
