package dhcp6

import (
	"slices"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/optionset"
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
	vendorClasses optionset.VendorEntries
	vendorEntries optionset.VendorEntries
	// vendors are the options in the spaces of vendors.
	vendors []vendorSuboptions
}

// chain compiles the options of one scope and puts them before those of the scopes
// around it.
func (c optionCompiler) chain(own []*config.OptionData, outer optionChain) optionChain {
	return optionset.Compiler[optionSet]{
		Names: c.names, Defs: c.defs, Build: buildSet,
		ForAll: func(s *optionSet) bool { return s.admit.Empty() },
	}.Chain(own, outer)
}

// optionCompiler encodes the options of scopes.
type optionCompiler struct {
	names *classify.Names
	defs  *option.Definitions
}

// buildSet encodes entries and puts them before those of an outer set. Flags are
// sticky: set anywhere they hold (ARM 9.2.11).
func buildSet(scope *optionset.Scope, own []*config.OptionData, outer *optionSet, admit classify.Mask) *optionSet {
	b := optionSet{admit: admit, always: outer.always.clone(), never: outer.never.clone(), entries: slices.Clone(outer.entries)}
	for _, v := range outer.vendors {
		b.vendors = append(b.vendors, v.clone())
	}
	for _, o := range own {
		if enterprise, ok := option.VendorNumber(o.Space); ok {
			b.makeVendor(enterprise).add(o, scope)
		} else if o.Space == option.Space6 {
			b.add(o, scope)
		}
	}
	b.vendorClasses.AddOuter(outer.vendorClasses)
	b.vendorEntries.AddOuter(outer.vendorEntries)
	return &b
}

func (s *optionSet) add(o *config.OptionData, scope *optionset.Scope) {
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
		s.vendorClasses.Put(o.Wire)
	case code == pkt6.OptVendorOpts:
		s.vendorEntries.Put(o.Wire)
	default:
		s.entries = putEntry(s.entries, optionEntry{code, scope.Value(o)})
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
