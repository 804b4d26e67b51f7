package dhcp6

import (
	"slices"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/pkt6"
)

// optionChain is the options of a scope, merged with those of scopes around it
// where that can be done beforehand. Of several sets with an option the first
// that admits the client gives it.
type optionChain []*optionSet

// optionSet is encoded options of the space dhcp6 and of vendors' spaces. It is
// immutable; scopes with the same options share one.
type optionSet struct {
	// admit tells whom the options are for: members of these classes.
	admit         classify.Mask
	always, never codeSet
	entries       []optionEntry // ascending, without 16 and 17
	// options 16 and 17, which are there once for each enterprise number
	vendorClasses []vendorEntry
	vendorEntries []vendorEntry
	// vendors are the options in the spaces of vendors.
	vendors []vendorSuboptions
}

// optionValue is the content of an option.
type optionValue struct {
	fixed  []byte
	varied *variedOption // nil: it is fixed
}

// variedOption is an option with sub-options that are for members of classes only.
type variedOption struct {
	tree  *option.Tree
	masks []classify.Mask // by entry of the tree
}

// of is the content for a client of these classes. What varies is put together
// anew, which allocates.
func (v *optionValue) of(classes *classify.Set) []byte {
	if v.varied == nil {
		return v.fixed
	}
	return v.varied.tree.Append(nil, func(entry int) bool { return v.varied.masks[entry].Admits(classes) })
}

// optionCompiler encodes the options of scopes.
type optionCompiler struct {
	names *classify.Names
	defs  *option.Definitions
}

// chain compiles the options of one scope and puts them before those of the
// scopes around it. First come the entries for members of classes in the order of
// the configuration, then those for everybody.
func (c optionCompiler) chain(own []*config.OptionData, outer optionChain) optionChain {
	if len(own) == 0 {
		return outer
	}
	scope := c.scope(own)
	var chain optionChain
	var common []*config.OptionData
	for len(own) > 0 {
		n := 1
		for n < len(own) && slices.Equal(own[n].ClientClasses, own[0].ClientClasses) {
			n++
		}
		if len(own[0].ClientClasses) == 0 {
			common = append(common, own[:n]...)
		} else {
			set := scope.set(own[:n], &optionSet{})
			set.admit = maskOf(c.names, own[0].ClientClasses)
			chain = append(chain, set)
		}
		own = own[n:]
	}
	switch {
	case len(common) == 0:
	case len(outer) > 0 && outer[0].admit.Empty():
		chain = append(chain, scope.set(common, outer[0]))
		outer = outer[1:]
	default:
		chain = append(chain, scope.set(common, &optionSet{}))
	}
	return append(chain, outer...)
}

// scopeCompiler encodes the options of one scope, of which some may be the
// sub-options of others.
type scopeCompiler struct {
	defs    *option.Definitions
	entries []option.Entry
	masks   []classify.Mask // by entry
}

func (c optionCompiler) scope(own []*config.OptionData) *scopeCompiler {
	s := &scopeCompiler{defs: c.defs}
	for _, o := range own {
		if o.HasData {
			s.entries = append(s.entries, option.Entry{Space: o.Space, Code: o.Code, Wire: o.Wire, Tagged: len(o.ClientClasses) > 0})
			s.masks = append(s.masks, maskOf(c.names, o.ClientClasses))
		}
	}
	return s
}

// value encodes an option with its sub-options.
func (s *scopeCompiler) value(o *config.OptionData) optionValue {
	tree := s.defs.Encapsulate(s.defs.ByCode(o.Space, o.Code), o.Wire, s.entries)
	if tree.Tagged {
		return optionValue{varied: &variedOption{tree, s.masks}}
	}
	return optionValue{fixed: tree.Append(nil, nil)}
}

// set encodes entries and puts them before those of an outer set. Flags are
// sticky: set anywhere they hold (ARM 9.2.11).
func (s *scopeCompiler) set(own []*config.OptionData, outer *optionSet) *optionSet {
	b := optionSet{always: outer.always.clone(), never: outer.never.clone(), entries: slices.Clone(outer.entries)}
	for _, v := range outer.vendors {
		b.vendors = append(b.vendors, v.clone())
	}
	for _, o := range own {
		if enterprise, ok := option.VendorNumber(o.Space); ok {
			b.makeVendor(enterprise).add(o, s)
		} else if o.Space == option.Space6 {
			b.add(o, s)
		}
	}
	b.vendorClasses = addVendorEntries(b.vendorClasses, outer.vendorClasses)
	b.vendorEntries = addVendorEntries(b.vendorEntries, outer.vendorEntries)
	return &b
}

func (s *optionSet) add(o *config.OptionData, c *scopeCompiler) {
	code := uint16(o.Code)
	if o.AlwaysSend {
		s.always.add(code)
	}
	if o.NeverSend {
		s.never.add(code)
	}
	switch {
	case !o.HasData:
	case code == pkt6.OptVendorClass:
		s.vendorClasses = putVendorEntry(s.vendorClasses, o.Wire)
	case code == pkt6.OptVendorOpts:
		s.vendorEntries = putVendorEntry(s.vendorEntries, o.Wire)
	default:
		s.entries = putEntry(s.entries, optionEntry{code, c.value(o)})
	}
}

// makeVendor finds the options of an enterprise number, or makes room for them.
func (s *optionSet) makeVendor(enterprise uint32) *vendorSuboptions {
	if v := s.vendor(enterprise); v != nil {
		return v
	}
	s.vendors = append(s.vendors, vendorSuboptions{enterprise: enterprise})
	return &s.vendors[len(s.vendors)-1]
}
