package why

import (
	"cmp"
	"encoding/hex"
	"fmt"
	"slices"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/option"
)

// Here is what the making of the reply tells a trace: where each of its options comes
// from.

// From records the scope that gives a field of the reply.
func (t *Trace) From(what, scope string) {
	if t != nil {
		t.origins[what] = scope
	}
}

// FromClass is From for a class.
func (t *Trace) FromClass(what string, class int) {
	if t != nil {
		t.origins[what] = t.ClassScope(class)
	}
}

// Origin is the scope of a field, "" if none was recorded.
func (t *Trace) Origin(what string) string { return t.origins[what] }

// Scopes are those that options of the reply come from, each with its sets of options.
// What pool, subnet and shared network have may be merged in one set.
type Scopes[S comparable] struct {
	Space       string // of the options
	Reservation []S    // may lack those of a reservation in a database
	Subnet      []S
	Classes     []ClassSets[S]
	Global      []S
	Pools       []PoolSets[S] // that gave leases
	// IsMember reports whether the client is in one of the classes, or whether there
	// are none.
	IsMember func(classes []string) bool
}

// ClassSets are those of a class that the client is in.
type ClassSets[S comparable] struct {
	Class int
	Sets  []S
}

// PoolSets are those of a pool.
type PoolSets[S comparable] struct {
	Name    string
	Options []*config.OptionData // configured in it
	Sets    []S
}

// Sent records the scope of a configured option.
func Sent[S comparable](t *Trace, scopes *Scopes[S], code uint16, set S) {
	t.origins[codeKey(code)] = name(t, scopes, set, func(o *config.OptionData) bool {
		return o.Space == scopes.Space && o.Code == uint32(code) && o.HasData
	})
}

// Unsent records that an option which is wanted must not be sent, as the set says.
func Unsent[S comparable](t *Trace, scopes *Scopes[S], code uint16, set S) {
	t.never = append(t.never, code)
	t.origins[codeKey(code)] = name(t, scopes, set, func(o *config.OptionData) bool {
		return o.Space == scopes.Space && o.Code == uint32(code) && o.NeverSend
	})
}

func codeKey(code uint16) string { return fmt.Sprint("option ", code) }

// name names the scope of a set of options. Where it is merged, the closest scope with
// an entry that fits is meant.
func name[S comparable](t *Trace, scopes *Scopes[S], set S, means func(*config.OptionData) bool) string {
	fits := func(o *config.OptionData) bool { return means(o) && scopes.IsMember(o.ClientClasses) }
	if slices.Contains(scopes.Reservation, set) || !scopes.configured(set) {
		return TheReservation
	}
	for _, k := range scopes.Classes {
		if slices.Contains(k.Sets, set) {
			return t.ClassScope(k.Class)
		}
	}
	sub, network := t.exchange.Place()
	if slices.Contains(scopes.Global, set) || sub == nil {
		return globalScope
	}
	for _, p := range scopes.Pools {
		if slices.Contains(p.Sets, set) && slices.ContainsFunc(p.Options, fits) {
			return p.Name
		}
	}
	if network != nil && !slices.ContainsFunc(sub.Options, fits) && slices.ContainsFunc(network.Options, fits) {
		return "shared network " + network.Name
	}
	return "subnet " + sub.Text
}

// configured reports whether the set is that of a scope which is no reservation.
func (s *Scopes[S]) configured(set S) bool {
	return slices.Contains(s.Subnet, set) || slices.Contains(s.Global, set) ||
		slices.ContainsFunc(s.Classes, func(k ClassSets[S]) bool { return slices.Contains(k.Sets, set) }) ||
		slices.ContainsFunc(s.Pools, func(p PoolSets[S]) bool { return slices.Contains(p.Sets, set) })
}

// AddSent records an option of the reply. origin is where it comes from unless a
// configured scope gave it.
func (t *Trace) AddSent(space string, code uint16, content []byte, origin string) {
	t.AddOption(space, code, t.optionText(space, code, content), content, origin)
}

// AddOption is AddSent for an option whose content is written as text.
func (t *Trace) AddOption(space string, code uint16, text string, content []byte, origin string) {
	t.Add(Option, explain.String("name", t.optionName(space, code)), explain.Int("code", code),
		explain.String("value", text), explain.String("data", hex.EncodeToString(content)),
		explain.String("scope", cmp.Or(t.origins[codeKey(code)], origin)))
}

// AddRequested notes an option that the query lists.
func (t *Trace) AddRequested(code uint16) {
	if !slices.Contains(t.requested, code) {
		t.requested = append(t.requested, code)
	}
}

// AddNotSent records which options are wanted and not sent; has tells what is in the
// reply.
func (t *Trace) AddNotSent(space string, has func(code uint16) bool) {
	for _, code := range t.never {
		t.Add(Never, explain.String("name", t.optionName(space, code)), explain.Int("code", code),
			explain.String("scope", t.origins[codeKey(code)]))
	}
	for _, code := range t.requested {
		if !has(code) && !slices.Contains(t.never, code) {
			t.Add(Undefined, explain.String("name", t.optionName(space, code)), explain.Int("code", code))
		}
	}
}

func (t *Trace) optionName(space string, code uint16) string {
	if d := t.definition(space, code); d != nil {
		return d.Name
	}
	return "option"
}

func (t *Trace) definition(space string, code uint16) *option.Definition {
	return t.exchange.Config().Definitions.ByCode(space, uint32(code))
}

// optionText writes the content of an option as it is configured, or in hexadecimal
// digits.
func (t *Trace) optionText(space string, code uint16, content []byte) string {
	if d := t.definition(space, code); d != nil && len(content) > 0 {
		if text, err := d.Decode(content); err == nil && text != "" {
			return text
		}
	}
	if len(content) == 0 {
		return "(empty)"
	}
	return "0x" + hex.EncodeToString(content)
}

// OptionFrom records that an option comes from elsewhere than a configured scope.
func (t *Trace) OptionFrom(code uint16, origin string) {
	if t != nil {
		t.origins[codeKey(code)] = origin
	}
}
