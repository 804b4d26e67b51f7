package dhcp4

import (
	"math/bits"
	"slices"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/optionset"
	"nestor/lib/pkt4"
)

// optionChain is the options of a scope, merged with those of scopes around it
// where that can be done beforehand. Of several sets with an option the first
// that admits the client gives it.
type optionChain []*optionSet

// optionSet is encoded options of the space dhcp4 and of vendors' spaces. It is
// immutable; scopes with the same options share one.
type optionSet struct {
	// admit tells whom the options are for: members of these classes.
	admit               classify.Mask
	have, always, never codeSet
	codes               []byte            // ascending, without 124 and 125
	contents            []optionset.Value // by the rank of the code
	before              [4]uint8          // how many options the words of have before one hold
	// options 124 and 125, which are there once for each enterprise number
	vendorClasses optionset.VendorEntries
	vendorEntries optionset.VendorEntries
	// vendors are the options in the spaces of vendors.
	vendors []vendorSuboptions
}

// get returns an option that is in the set.
func (s *optionSet) get(code byte) *optionset.Value {
	w := code >> 6
	rank := int(s.before[w]) + bits.OnesCount64(s.have[w]&(1<<(code&63)-1))
	return &s.contents[rank]
}

// serverID is the configured server identifier (option 54), nil if there is none.
func (s *optionSet) serverID() []byte {
	if !s.have.has(pkt4.OptServerID) {
		return nil
	}
	return s.get(pkt4.OptServerID).Fixed()
}

// find returns the first set that has the option and admits the client, nil if
// none does.
func (c optionChain) find(code byte, classes *classify.Set) *optionSet {
	for _, s := range c {
		if s.have.has(code) && s.admit.Admits(classes) {
			return s
		}
	}
	return nil
}

// optionCompiler encodes the options of scopes.
type optionCompiler struct {
	names *classify.Names
	defs  *option.Definitions
}

// chain compiles the options of one scope and puts them before those of the scopes
// around it.
func (c optionCompiler) chain(own []*config.OptionData, outer optionChain) optionChain {
	return optionset.Compiler[optionSet]{
		Names: c.names, Defs: c.defs, Build: buildSet,
		ForAll: func(s *optionSet) bool { return s.admit.Empty() },
	}.Chain(own, outer)
}

// buildSet encodes entries and puts them before those of an outer set. Flags are
// sticky: set anywhere they hold (ARM 8.2.10).
func buildSet(scope *optionset.Scope, own []*config.OptionData, outer *optionSet, admit classify.Mask) *optionSet {
	b := optionSetBuilder{content: map[byte]optionset.Value{}}
	b.admit = admit
	b.always, b.never = outer.always, outer.never
	for _, v := range outer.vendors {
		b.vendors = append(b.vendors, v.clone())
	}
	for i, code := range outer.codes {
		b.content[code] = outer.contents[i]
	}
	for _, o := range own {
		if enterprise, ok := option.VendorNumber(o.Space); ok {
			b.vendor(enterprise).add(o, scope)
		} else if o.Space == option.Space4 && o.Code < pkt4.OptEnd {
			b.add(o, scope)
		}
	}
	b.vendorClasses.AddOuter(outer.vendorClasses)
	b.vendorEntries.AddOuter(outer.vendorEntries)
	return b.build()
}

type optionSetBuilder struct {
	optionSet
	content map[byte]optionset.Value
}

func (b *optionSetBuilder) add(o *config.OptionData, scope *optionset.Scope) {
	code := byte(o.Code)
	if o.AlwaysSend {
		b.always.add(code)
	}
	if o.NeverSend {
		b.never.add(code)
	}
	switch {
	case !o.HasData:
	case code == pkt4.OptVIVCO:
		b.vendorClasses.Put(o.Wire)
	case code == pkt4.OptVIVSO:
		b.vendorEntries.Put(o.Wire)
	default:
		b.content[code] = scope.Value(o)
	}
}

// vendor finds the options of an enterprise number, or makes room for them.
func (b *optionSetBuilder) vendor(enterprise uint32) *vendorSuboptions {
	if v := b.optionSet.vendor(enterprise); v != nil {
		return v
	}
	b.vendors = append(b.vendors, vendorSuboptions{enterprise: enterprise})
	return &b.vendors[len(b.vendors)-1]
}

func (b *optionSetBuilder) build() *optionSet {
	for code := range b.content {
		b.codes = append(b.codes, code)
		b.have.add(code)
	}
	slices.Sort(b.codes)
	for _, code := range b.codes {
		b.contents = append(b.contents, b.content[code])
		for w := code>>6 + 1; w < 4; w++ {
			b.before[w]++
		}
	}
	return &b.optionSet
}
