// Package optionset owns what configured options of both DHCP servers have in
// common: how those of a scope are put before those of the scopes around it, and
// what is sent of an option that is not the same for every client. The sets
// themselves, which differ by the size of option codes, are the servers'.
package optionset

import (
	"slices"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
)

// Value is the content of an option. It is immutable.
type Value struct {
	fixed []byte
	// tree is of an option with sub-options that are for members of classes only,
	// nil for others; masks tell whom its entries are for.
	tree  *option.Tree
	masks []classify.Mask
}

// Fixed makes a value that is the same for every client.
func Fixed(content []byte) Value { return Value{fixed: content} }

// Of is the content for a client of these classes. What varies is put together anew,
// which allocates.
func (v *Value) Of(classes *classify.Set) []byte {
	if v.tree == nil {
		return v.fixed
	}
	return v.tree.Append(nil, func(entry int) bool { return v.masks[entry].Admits(classes) })
}

// Fixed is the content of a value that is the same for every client, nil for others.
func (v *Value) Fixed() []byte { return v.fixed }

// Scope encodes the options of one scope, of which some may be the sub-options of
// others.
type Scope struct {
	names *classify.Names
	defs  *option.Definitions
	own   []*config.OptionData
	// entries are what own has for containers, made when the first one asks.
	entries []option.Entry
	masks   []classify.Mask // by entry
}

// Value encodes an option with its sub-options.
func (s *Scope) Value(o *config.OptionData) Value {
	def := s.defs.ByCode(o.Space, o.Code)
	if def == nil || def.Encapsulates == "" {
		return Fixed(o.Wire)
	}
	if s.entries == nil {
		s.collectEntries()
	}
	tree := s.defs.Encapsulate(def, o.Wire, s.entries)
	if tree.Tagged {
		return Value{tree: tree, masks: s.masks}
	}
	return Fixed(tree.Append(nil, nil))
}

func (s *Scope) collectEntries() {
	for _, o := range s.own {
		if o.HasData {
			s.entries = append(s.entries, option.Entry{Space: o.Space, Code: o.Code, Wire: o.Wire, Tagged: len(o.ClientClasses) > 0})
			s.masks = append(s.masks, Mask(s.names, o.ClientClasses))
		}
	}
}

// Compiler encodes the options of scopes into sets of type S.
type Compiler[S any] struct {
	Names *classify.Names
	Defs  *option.Definitions
	// Build encodes entries for the members of admit and puts them before those of
	// an outer set.
	Build func(scope *Scope, own []*config.OptionData, outer *S, admit classify.Mask) *S
	// ForAll reports whether a set is for every client.
	ForAll func(*S) bool
}

// Chain compiles the options of one scope and puts them before those of the scopes
// around it. First come the entries for members of classes in the order of the
// configuration, then those for everybody, merged with those around where these are
// for everybody too. Of several sets with an option the first that admits the client
// gives it.
func (c Compiler[S]) Chain(own []*config.OptionData, outer []*S) []*S {
	if len(own) == 0 {
		return outer
	}
	scope := &Scope{names: c.Names, defs: c.Defs, own: own}
	var chain []*S
	var common []*config.OptionData
	for len(own) > 0 {
		n := 1
		for n < len(own) && slices.Equal(own[n].ClientClasses, own[0].ClientClasses) {
			n++
		}
		if classes := own[0].ClientClasses; len(classes) == 0 {
			common = append(common, own[:n]...)
		} else {
			chain = append(chain, c.Build(scope, own[:n], new(S), Mask(c.Names, classes)))
		}
		own = own[n:]
	}
	switch {
	case len(common) == 0:
	case len(outer) > 0 && c.ForAll(outer[0]):
		chain = append(chain, c.Build(scope, common, outer[0], nil))
		outer = outer[1:]
	default:
		chain = append(chain, c.Build(scope, common, new(S), nil))
	}
	return append(chain, outer...)
}

// Mask admits members of any of the classes, everybody if there are none.
func Mask(names *classify.Names, classes []string) classify.Mask {
	var numbers []int
	for _, c := range classes {
		numbers = append(numbers, names.Add(c))
	}
	return classify.NewMask(numbers)
}

// ForKnown returns options that came after the configuration was compiled, without
// those for classes that it does not mention: nobody is in them, and a name that is
// new cannot be numbered any more.
func ForKnown(names *classify.Names, options []*config.OptionData) []*config.OptionData {
	known := make([]*config.OptionData, 0, len(options))
	for _, o := range options {
		if len(o.ClientClasses) == 0 {
			known = append(known, o)
			continue
		}
		tagged := *o
		tagged.ClientClasses = nil
		for _, c := range names.Known(o.ClientClasses) {
			tagged.ClientClasses = append(tagged.ClientClasses, names.Name(c))
		}
		if len(tagged.ClientClasses) > 0 {
			known = append(known, &tagged)
		}
	}
	return known
}
