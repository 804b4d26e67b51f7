package dhcp4

import (
	"cmp"
	"slices"

	"nestor/lib/explain"
	"nestor/lib/explain/why"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// Here is what the making of the reply tells a trace: where each of its fields and
// options comes from.

// option records the scope of a configured option.
func (t trace) option(code byte, s *optionSet) {
	if t.Trace != nil {
		t.addOption(code, s)
	}
}

func (t trace) addOption(code byte, s *optionSet) { why.Sent(t.Trace, t.scopes(), uint16(code), s) }

// scopes are those that options of the reply come from.
func (t trace) scopes() *why.Scopes[*optionSet] {
	x := t.x
	s := &why.Scopes[*optionSet]{Space: option.Space4, Global: x.snap.options, IsMember: x.isMember}
	if h := x.currentHost(); h != nil {
		s.Reservation = x.snap.hostOptions[h]
	}
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil {
			s.Classes = append(s.Classes, why.ClassSets[*optionSet]{Class: c, Sets: k.options})
		}
	}
	if x.subnet == nil {
		return s
	}
	s.Subnet = x.subnet.options
	if x.pool == nil {
		return s
	}
	for _, p := range x.subnet.Pools {
		if addr4(p.First) == x.pool.first {
			s.Pools = append(s.Pools, why.PoolSets[*optionSet]{Name: "pool " + p.First.String() + "-" + p.Last.String(), Options: p.Options, Sets: x.pool.options})
		}
	}
	return s
}

// unsent records which options the query requests, and which of the wanted ones
// must not be sent.
func (t trace) unsent(scopes []*optionSet, wanted, never *codeSet) {
	if t.Trace != nil {
		t.addUnsent(scopes, wanted, never)
	}
}

func (t trace) addUnsent(scopes []*optionSet, wanted, never *codeSet) {
	for _, code := range t.x.query.Option(pkt4.OptParameterRequest) {
		if code != pkt4.OptMessageType {
			t.AddRequested(uint16(code))
		}
	}
	for code := range byte(pkt4.OptEnd) {
		if wanted.has(code) && never.has(code) && !managed.has(code) {
			i := slices.IndexFunc(scopes, func(s *optionSet) bool { return s.never.has(code) })
			why.Unsent(t.Trace, t.scopes(), uint16(code), scopes[i])
		}
	}
}

// isMember reports whether the client is in one of the classes, or whether there are
// none.
func (x *exchange) isMember(classes []string) bool {
	return len(classes) == 0 || slices.ContainsFunc(classes, func(name string) bool {
		c, known := x.snap.names.Lookup([]byte(name))
		return known && x.classes.Has(c)
	})
}

// reply records the fields and options of the reply.
func (t trace) reply() {
	if t.Trace != nil {
		t.addReply()
	}
}

func (t trace) addReply() {
	r := &t.x.reply
	for _, f := range []struct {
		name  string
		value uint32
	}{{"ciaddr", r.CIAddr}, {"yiaddr", r.YIAddr}, {"siaddr", r.SIAddr}, {"giaddr", r.GIAddr}} {
		if f.value != 0 {
			t.addField(f.name, ip4(f.value).String())
		}
	}
	if r.SName != "" {
		t.addField("sname", r.SName)
	}
	if r.File != "" {
		t.addField("file", r.File)
	}
	r.Codes(func(code byte, content []byte) { t.AddSent(option.Space4, uint16(code), content, optionOrigins[code]) })
	t.AddNotSent(option.Space4, func(code uint16) bool { return r.Has(byte(code)) })
}

// fieldOrigins are where fields come from that are not configured.
var fieldOrigins = map[string]string{"ciaddr": "the query", "yiaddr": "the lease", "giaddr": "the query"}

// fieldKeywords are the parameters that fields come from unless a class or a
// reservation gives them.
var fieldKeywords = map[string]string{"siaddr": "next-server", "sname": "server-hostname", "file": "boot-file-name"}

func (t trace) addField(name, value string) {
	scope := cmp.Or(t.Origin(name), fieldOrigins[name])
	if scope == "" {
		scope = t.ScopeOf(fieldKeywords[name])
	}
	t.Add(whyFieldFrom, explain.String("name", name), explain.String("value", value), explain.String("scope", scope))
}

// optionOrigins are where options come from unless a configured scope gave them.
var optionOrigins = map[byte]string{
	pkt4.OptSubnetMask: "the subnet's prefix", pkt4.OptServerID: "the address of the interface",
	pkt4.OptClientID: "the query (echo-client-id)", pkt4.OptRelayAgentInfo: "the query, for the relay",
	pkt4.OptSubnetSelection: "the query", pkt4.OptLeaseTime: "the lease",
	pkt4.OptRenewalTime: "the lifetime", pkt4.OptRebindingTime: "the lifetime",
	pkt4.OptHostName: "the name of the lease", pkt4.OptFQDN: "the name of the lease",
	pkt4.OptVIVSO: "the options of the vendors", pkt4.OptVIVCO: "the options of the vendors",
}
