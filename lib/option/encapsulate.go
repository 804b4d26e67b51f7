package option

import (
	"cmp"
	"slices"
)

// Entry is a configured option, as much of it as the options that may carry it
// need to know.
type Entry struct {
	Space string
	Code  uint32
	Wire  []byte // its own fields, and perhaps sub-options given in hexadecimal
	// Tagged tells that the entry is for some clients only.
	Tagged bool
}

// Tree is the payload of a configured option: its own fields and the sub-options
// of the space that it encapsulates, which may have sub-options in turn. It is
// immutable.
type Tree struct {
	// Tagged tells that some sub-option, at whatever depth, is for some clients
	// only, so that the payload differs from client to client.
	Tagged bool

	v6   bool
	own  []byte
	subs []branch // ascending; of several with one code the first that applies counts
}

type branch struct {
	Tree
	code  uint16
	entry int // the index of a tagged entry, -1: for every client
}

// Encapsulate puts the entries of the space that an option encapsulates behind
// the option's own fields, and does the same for these (ARM 8.2.14, 9.2.16). Only
// entries of the list count: it holds those of one scope, for Kea, too, fills no
// option from two. Sub-options that are in wire already stay as they are; then
// come those for some clients, in the order of the list, then those for all.
// Where a space is met again inside itself, it is not filled a second time. def
// may be nil.
func (s *Definitions) Encapsulate(def *Definition, wire []byte, entries []Entry) *Tree {
	t := s.encapsulate(def, wire, entries, nil)
	return &t
}

// isTop tells the spaces of messages. What they have belongs into a message, not into
// the options that may hold such options, such as client-data.
func isTop(space string) bool { return space == Space4 || space == Space6 }

func (s *Definitions) encapsulate(def *Definition, wire []byte, entries []Entry, within []string) Tree {
	t := Tree{v6: s.v6, own: wire}
	if def == nil || def.Encapsulates == "" || isTop(def.Encapsulates) || slices.Contains(within, def.Encapsulates) {
		return t
	}
	space := def.Encapsulates
	if given, ok := def.Encapsulated(wire); ok && len(given) > 0 {
		t.own = wire[:len(wire)-len(given)]
		subs, _ := s.Suboptions(space, given)
		for _, sub := range subs {
			t.subs = append(t.subs, branch{Tree{v6: t.v6, own: sub.Data}, sub.Code, -1})
		}
	}
	within = append(slices.Clip(within), space)
	for _, tagged := range []bool{true, false} {
		for i, e := range entries {
			if e.Space != space || e.Tagged != tagged {
				continue
			}
			b := branch{s.encapsulate(s.ByCode(space, e.Code), e.Wire, entries, within), uint16(e.Code), -1}
			if tagged {
				b.entry = i
			}
			t.Tagged = t.Tagged || tagged || b.Tagged
			t.subs = append(t.subs, b)
		}
	}
	slices.SortStableFunc(t.subs, func(a, b branch) int { return cmp.Compare(a.code, b.code) })
	return t
}

// Append appends the payload for a client to b. applies tells by its index which
// of the tagged entries are for that client; it is not called if Tagged is false.
func (t *Tree) Append(b []byte, applies func(entry int) bool) []byte {
	b = append(b, t.own...)
	last := -1
	for i := range t.subs {
		sub := &t.subs[i]
		if int(sub.code) == last || sub.entry >= 0 && !applies(sub.entry) {
			continue
		}
		last = int(sub.code)
		b = appendSub(b, sub.code, sub.Append(nil, applies), t.v6)
	}
	return b
}
