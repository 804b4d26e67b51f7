package dhcp4

import (
	"cmp"
	"fmt"
	"slices"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// Here is what the making of the reply tells a trace: where each of its fields and
// options comes from.

const theReservation = "the reservation"

// from records the scope that gives a field of the reply.
func (t *trace) from(what, scope string) {
	if t != nil {
		t.origins[what] = scope
	}
}

// fromClass is from for a class.
func (t *trace) fromClass(what string, class int) {
	if t != nil {
		t.origins[what] = t.ClassScope(class)
	}
}

// option records the scope of a configured option.
func (t *trace) option(code byte, s *optionSet) {
	if t != nil {
		t.addOption(code, s)
	}
}

func (t *trace) addOption(code byte, s *optionSet) {
	t.origins[codeKey(code)] = t.scopeName(s, func(o *config.OptionData) bool {
		return o.Space == option.Space4 && o.Code == uint32(code) && o.HasData
	})
}

func codeKey(code byte) string { return fmt.Sprint("option ", code) }

// unsent records which options the query requests, and which of the wanted ones
// must not be sent.
func (t *trace) unsent(scopes []*optionSet, wanted, never *codeSet) {
	if t != nil {
		t.addUnsent(scopes, wanted, never)
	}
}

func (t *trace) addUnsent(scopes []*optionSet, wanted, never *codeSet) {
	var seen codeSet
	for _, code := range t.x.query.Option(pkt4.OptParameterRequest) {
		if !seen.has(code) {
			seen.add(code)
			t.wanted = append(t.wanted, code)
		}
	}
	for code := range byte(pkt4.OptEnd) {
		if !wanted.has(code) || !never.has(code) || managed.has(code) {
			continue
		}
		i := slices.IndexFunc(scopes, func(s *optionSet) bool { return s.never.has(code) })
		t.never = append(t.never, code)
		t.origins[codeKey(code)] = t.scopeName(scopes[i], func(o *config.OptionData) bool {
			return o.Space == option.Space4 && o.Code == uint32(code) && o.NeverSend
		})
	}
}

// scopeName names the scope of a set of options. Those of pool, subnet and shared
// network are one set; in it the closest scope with an entry that fits is meant.
func (t *trace) scopeName(s *optionSet, means func(*config.OptionData) bool) string {
	x := t.x
	fits := func(o *config.OptionData) bool {
		return means(o) && x.isMember(o.ClientClasses)
	}
	if h := x.currentHost(); h != nil && slices.Contains(x.snap.hostOptions[h], s) {
		return theReservation
	}
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil && slices.Contains(k.options, s) {
			return t.ClassScope(c)
		}
	}
	if slices.Contains(x.snap.options, s) || x.subnet == nil {
		return "global scope"
	}
	sub := x.subnet
	for _, p := range sub.Pools {
		if x.pool != nil && addr4(p.First) == x.pool.first && slices.ContainsFunc(p.Options, fits) {
			return fmt.Sprintf("pool %s-%s", p.First, p.Last)
		}
	}
	if n := x.sharedNetwork(sub); n != nil && !slices.ContainsFunc(sub.Options, fits) && slices.ContainsFunc(n.Options, fits) {
		return "shared network " + n.Name
	}
	return "subnet " + sub.Text
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
func (t *trace) reply() {
	if t != nil {
		t.addReply()
	}
}

func (t *trace) addReply() {
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
	r.Codes(t.addSent)
	for _, code := range t.never {
		t.Add(whyNever, explain.String("name", t.optionName(code)), explain.Int("code", code),
			explain.String("scope", t.origins[codeKey(code)]))
	}
	for _, code := range t.wanted {
		if !r.Has(code) && !slices.Contains(t.never, code) && code != pkt4.OptMessageType {
			t.Add(whyUndefined, explain.String("name", t.optionName(code)), explain.Int("code", code))
		}
	}
}

// fieldOrigins are where fields come from that are not configured.
var fieldOrigins = map[string]string{"ciaddr": "the query", "yiaddr": "the lease", "giaddr": "the query"}

// fieldKeywords are the parameters that fields come from unless a class or a
// reservation gives them.
var fieldKeywords = map[string]string{"siaddr": "next-server", "sname": "server-hostname", "file": "boot-file-name"}

func (t *trace) addField(name, value string) {
	scope := cmp.Or(t.origins[name], fieldOrigins[name])
	if scope == "" {
		scope = t.x.scopeOf(t.x.subnet, fieldKeywords[name])
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

func (t *trace) addSent(code byte, content []byte) {
	scope := cmp.Or(t.origins[codeKey(code)], optionOrigins[code])
	t.Add(whyOption, explain.String("name", t.optionName(code)), explain.Int("code", code),
		explain.String("value", t.optionText(code, content)), explain.String("data", fmt.Sprintf("%x", content)),
		explain.String("scope", scope))
}

func (t *trace) optionName(code byte) string {
	if d := t.x.snap.cfg.Definitions.ByCode(option.Space4, uint32(code)); d != nil {
		return d.Name
	}
	return "option"
}

// optionText writes the content of an option as it is configured, or in hexadecimal
// digits.
func (t *trace) optionText(code byte, content []byte) string {
	if d := t.x.snap.cfg.Definitions.ByCode(option.Space4, uint32(code)); d != nil && len(content) > 0 {
		if text, err := d.Decode(content); err == nil && text != "" {
			return text
		}
	}
	if len(content) == 0 {
		return "(empty)"
	}
	return fmt.Sprintf("0x%x", content)
}
