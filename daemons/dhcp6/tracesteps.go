package dhcp6

import (
	"fmt"
	"net/netip"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/pkt6"
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
	t.Add(whyReceived, append(t.wayFields(), explain.String("message-type", messageName(x.typ)),
		explain.String("xid", fmt.Sprintf("0x%06x", q.XID())))...)
	source := ""
	if s := macSourceName(x.mac.source); s != "" {
		source = " (" + s + ")"
	}
	t.Add(whyClient, explain.String("client-id", why.OrNone(x.duid)), explain.String("hw-address", why.OrNone(x.mac.addr)),
		explain.String("hw-source", source))
	for _, r := range q.Relays() {
		id, _ := r.Options.Find(pkt6.OptInterfaceID)
		t.Add(whyRelayed, explain.String("link-address", ip6(r.Link).String()), explain.String("peer-address", ip6(r.Peer).String()),
			explain.String("interface-id", why.OrNone(id)))
	}
	if err := q.Skipped(); err != nil {
		t.addSkipped(err)
	}
}

// macSourceName is a way to a hardware address as it is configured.
func macSourceName(source uint32) string {
	for _, s := range macSources {
		if s.source == source {
			return s.name
		}
	}
	return ""
}

// wayFields say where the query came from.
func (t trace) wayFields() []explain.Field {
	x := t.x
	return []explain.Field{
		explain.String("source", ip6(x.in.Src).String()), explain.Int("source-port", x.in.SrcPort),
		explain.String("destination", ip6(x.in.Dst).String()), explain.String("interface", x.interfaceName()),
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

// skipped records that some options of the query are left out.
func (t trace) skipped(err error) {
	if t.Trace != nil {
		t.addSkipped(err)
	}
}

func (t trace) addSkipped(err error) { t.Add(whySkipped, explain.String("error", err.Error())) }

// manyIAs records that not all associations are served.
func (t trace) manyIAs() {
	if t.Trace != nil {
		t.Add(whyManyIAs, explain.Int("count", maxIAs))
	}
}

// forwarded records where a query of DHCPv4-over-DHCPv6 goes.
func (t trace) forwarded() {
	if port := t.x.snap.cfg.Dhcp4o6Port; port != 0 {
		t.Add(whyForwards, explain.Int("port", port))
	} else {
		t.Note(whyForwardOff)
	}
}

// by records what a subnet is selected by next.
func (t trace) by(d *explain.Decision, addr netip.Addr) {
	if t.Trace != nil {
		t.addBy(d, addr)
	}
}

func (t trace) addBy(d *explain.Decision, addr netip.Addr) {
	t.Add(d, explain.String("address", addr.String()))
}

// byInterfaceID records that a subnet is selected by what the relay names.
func (t trace) byInterfaceID(id []byte) {
	if t.Trace != nil {
		t.addByInterfaceID(id)
	}
}

func (t trace) addByInterfaceID(id []byte) { t.Value(whyByInterfaceID, why.HexText(id)) }

// alsoFit records which subnets were not looked at, because one before them admits
// the client.
func (t trace) alsoFit(subnets []*subnet6) {
	if t.Trace != nil {
		t.addAlsoFit(subnets)
	}
}

func (t trace) addAlsoFit(subnets []*subnet6) {
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

// lookups records which identifiers and which reservations are not looked at.
func (t trace) lookups() {
	if t.Trace != nil {
		t.addLookups()
	}
}

func (t trace) addLookups() {
	x := t.x
	var lacking []config.IdentifierType
	for _, typ := range x.snap.identifiers {
		if typ == config.IdentDUID && len(x.duid) == 0 || typ == config.IdentHWAddress && len(x.mac.addr) == 0 || typ == config.IdentFlexID {
			lacking = append(lacking, typ)
		}
	}
	var all []why.Candidate
	for _, s := range x.selected.network.subnets {
		all = append(all, why.Candidate{Subnet: &s.Subnet, Network: s.network.name, Admits: s.admits(&x.classes), HasHosts: s.hostTypes != 0})
	}
	t.AddLookups(lacking, &x.selected.Subnet, x.snap.cfg.EarlyGlobalReservationsLookup, all)
}

// client records what the client has and how it asks.
func (t trace) client() {
	if t.Trace != nil {
		t.addClient()
	}
}

func (t trace) addClient() {
	x := t.x
	if len(x.ias) == 0 {
		t.Note(whyNoIA)
	}
	switch rapid := x.query.Has(pkt6.OptRapidCommit); {
	case x.typ != pkt6.MsgSolicit:
	case x.offer && rapid && x.selected != nil:
		t.Note(whyNoRapid)
		fallthrough
	case x.offer:
		t.Note(whyOffers)
	default:
		t.Note(whyRapid)
	}
	var l lease.Lease6
	for _, h := range x.own {
		if x.tx.Get6(h.addr, &l) {
			t.addLease(whyOwnLease, &l)
		}
	}
	if len(x.own) == 0 {
		t.Note(why.NoOwnLease)
	}
}

// ia records which association is taken into work.
func (t trace) ia() {
	if t.Trace != nil {
		t.addIA()
	}
}

func (t trace) addIA() {
	ia := &t.x.ia
	var names []string
	for l := range ia.Leases() {
		names = append(names, leaseName(ia.typ, l.Addr, l.Len))
	}
	if len(names) == 0 {
		names = append(names, "nothing")
	}
	t.Add(whyIA, append(t.association(), explain.Strings("leases", names))...)
}

// reserved records what became of a reserved address or prefix.
func (t trace) reserved(d *explain.Decision, addr [16]byte, length uint8) {
	if t.Trace != nil {
		t.addAddress(d, nil, addr, length)
	}
}

// length records which prefixes are looked for next.
func (t trace) length(m lengthMatch) {
	if t.Trace != nil {
		t.addLength(m)
	}
}

func (t trace) addLength(m lengthMatch) {
	match := map[lengthMatch]string{equalLength: "of", shorterLength: "larger than those of", longerLength: "smaller than those of"}[m]
	t.Add(whyLength, append(t.association(), explain.String("match", match), explain.Int("length", t.x.ia.hint.Len))...)
}

// hint records that a subnet does not give what the client asks for: p is the pool
// that has it, nil for none.
func (t trace) hint(s *subnet6, p *pool6) {
	if t.Trace != nil {
		t.addHint(s, p)
	}
}

func (t trace) addHint(s *subnet6, p *pool6) {
	hint := &t.x.ia.hint
	if p != nil && !p.admit.Admits(&t.x.classes) {
		t.addGuards(s)
	}
	if p == nil {
		t.addAddress(why.InNoPool, s, hint.Addr, hint.Len)
	}
}

// name records the name that leases get; reserved is that of the reservation.
func (t trace) name(reserved string) {
	if t.Trace != nil {
		t.addName(reserved)
	}
}

func (t trace) addName(reserved string) {
	n := &t.x.name
	t.AddName(reserved, n.stored)
	switch {
	case n.generate:
		t.Note(whyNameLater)
	case reserved == "" && t.x.fqdn == nil:
		t.Note(why.NoName)
	}
}

// lifetimes records where the lifetimes of a lease come from: classes, or
// why.NoClass, and what the client asks for.
func (t trace) lifetimes(p config.Opt[config.Triplet], v config.Triplet, ofPreferred, ofValid int, askedPreferred, askedValid uint32) {
	if t.Trace != nil {
		t.addLifetimes(p, v, ofPreferred, ofValid, askedPreferred, askedValid)
	}
}

func (t trace) addLifetimes(p config.Opt[config.Triplet], v config.Triplet, ofPreferred, ofValid int, askedPreferred, askedValid uint32) {
	t.Lifetime(why.ValidLifetime, v, ofValid, "valid-lifetime")
	if askedValid != 0 {
		t.Seconds(why.LifetimeAsked, askedValid, "")
	}
	if !p.Set {
		return
	}
	t.Lifetime(whyPreferred, p.V, ofPreferred, "preferred-lifetime")
	if askedPreferred != 0 {
		t.Seconds(whyPreferredAsked, askedPreferred, "")
	}
}

// tees records T1 and T2, which are those of a subnet.
func (t trace) tees(s *subnet6, t1, t2 uint32) {
	if t.Trace != nil {
		t.addTees(s, t1, t2)
	}
}

func (t trace) addTees(s *subnet6, t1, t2 uint32) {
	before := t.x.subnet
	t.x.subnet = s // whose scopes the times come from
	defer func() { t.x.subnet = before }()
	if t1 != 0 {
		t.Timer(why.T1, t1, "renew-timer", "t1-percent", s.RenewTimer.Set)
	} else {
		t.Value(whyNoTimer, "T1")
	}
	if t2 != 0 {
		t.Timer(why.T2, t2, "rebind-timer", "t2-percent", s.RebindTimer.Set)
	} else {
		t.Value(whyNoTimer, "T2")
	}
}

// changes records what would be written.
func (t trace) changes(changes []lease.Change6) {
	for i := range changes {
		c := &changes[i]
		if c.Deleted {
			t.addLease(why.LeaseDeleted, &c.Lease)
		} else {
			t.addLease(whyWritten, &c.Lease)
		}
	}
	if len(changes) == 0 {
		t.Note(why.NothingStored)
	}
}
