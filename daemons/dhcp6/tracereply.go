package dhcp6

import (
	"fmt"
	"slices"
	"strings"

	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/option"
	"nestor/lib/pkt6"
)

// Here is what the making of the reply tells a trace: where each of its options comes
// from.

// option records the scope of a configured option.
func (t trace) option(code uint16, s *optionSet) {
	if t.Trace != nil {
		t.addOption(code, s)
	}
}

func (t trace) addOption(code uint16, s *optionSet) { why.Sent(t.Trace, t.scopes(), code, s) }

// scopes are those that options of the reply come from.
func (t trace) scopes() *why.Scopes[*optionSet] {
	x := t.x
	s := &why.Scopes[*optionSet]{Space: option.Space6, Global: x.snap.options, IsMember: x.isMember}
	if h := x.currentHost(); h != nil {
		s.Reservation = x.hostOptions(h)
	}
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil {
			s.Classes = append(s.Classes, why.ClassSets[*optionSet]{Class: c, Sets: k.options})
		}
	}
	if x.subnet != nil {
		s.Subnet = x.subnet.options
	}
	for i := range x.granted {
		g := &x.granted[i]
		if g.pool == nil {
			continue
		}
		if c := g.subnet.configuredPool(g.typ, g.pool); c != nil {
			s.Pools = append(s.Pools, why.PoolSets[*optionSet]{Name: "pool " + c.name, Options: c.options, Sets: g.pool.options})
		}
	}
	return s
}

// isMember reports whether the client is in one of the classes, or whether there are
// none.
func (x *exchange) isMember(classes []string) bool {
	return len(classes) == 0 || slices.ContainsFunc(classes, func(name string) bool {
		c, known := x.snap.names.Lookup([]byte(name))
		return known && x.classes.Has(c)
	})
}

// unsent records which options the query requests, and which of the wanted ones must
// not be sent.
func (t trace) unsent(scopes []*optionSet, wanted *codeSet) {
	if t.Trace != nil {
		t.addUnsent(scopes, wanted)
	}
}

func (t trace) addUnsent(scopes []*optionSet, wanted *codeSet) {
	for code := range t.x.query.Requested() {
		t.AddRequested(code)
	}
	for i, s := range scopes {
		for _, code := range append(s.never.codes(), s.never.high...) {
			before := slices.ContainsFunc(scopes[:i], func(s *optionSet) bool { return s.never.has(code) })
			if wanted.has(code) && !managed.has(code) && !before {
				why.Unsent(t.Trace, t.scopes(), code, s)
			}
		}
	}
}

// codes are those in the set below 256.
func (s *codeSet) codes() (codes []uint16) {
	for code := range uint16(256) {
		if s.has(code) {
			codes = append(codes, code)
		}
	}
	return codes
}

// theRelay is the scope of options that a relay supplies.
const theRelay = "the relay, which supplies it"

// reply records the options of the reply.
func (t trace) reply() {
	if t.Trace != nil {
		t.addReply()
	}
}

func (t trace) addReply() {
	r := &t.x.reply
	r.Codes(func(code uint16, content []byte) {
		switch code {
		case pkt6.OptIANA, pkt6.OptIAPD:
			t.AddOption(option.Space6, code, associationText(code, content), content, "the leases")
		case pkt6.OptStatusCode:
			t.AddOption(option.Space6, code, statusText(content), content, "the server's decision")
		default:
			t.AddSent(option.Space6, code, content, optionOrigins[code])
		}
	})
	t.AddNotSent(option.Space6, r.Has)
}

// optionOrigins are where options come from unless a configured scope gave them.
var optionOrigins = map[uint16]string{
	pkt6.OptClientID: "the query", pkt6.OptServerID: "the server",
	pkt6.OptRapidCommit: "rapid-commit of the subnet", pkt6.OptIAAddr: "the query",
	pkt6.OptFQDN:        "the name of the client",
	pkt6.OptVendorClass: "the options of the vendors", pkt6.OptVendorOpts: "the options of the vendors",
}

// associationText writes an association of the reply for people.
func associationText(code uint16, content []byte) string {
	ia, ok := pkt6.ReadIA(code, content)
	if !ok {
		return "0x" + fmt.Sprintf("%x", content)
	}
	parts := []string{fmt.Sprintf("IAID %d, T1 %d, T2 %d", ia.IAID, ia.T1, ia.T2)}
	typ := lease.TypeNA
	if code == pkt6.OptIAPD {
		typ = lease.TypePD
	}
	for l := range ia.Leases() {
		parts = append(parts, fmt.Sprintf("%s preferred %d valid %d", leaseName(typ, l.Addr, l.Len), l.Preferred, l.Valid))
	}
	for s := range ia.Options.Instances(pkt6.OptStatusCode) {
		parts = append(parts, "status "+statusText(s))
	}
	return strings.Join(parts, "; ")
}

func statusText(content []byte) string {
	if len(content) < 2 {
		return "(empty)"
	}
	code := uint16(content[0])<<8 | uint16(content[1])
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, statusNames[code])) + " (" + string(content[2:]) + ")"
}
