package dhcp4

import (
	"math/bits"
	"slices"

	"nestor/lib/classify"
	"nestor/lib/config"
	"nestor/lib/option"
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
	codes               []byte        // ascending, without 124 and 125
	contents            []optionValue // by the rank of the code
	before              [4]uint8      // how many options the words of have before one hold
	// options 124 and 125, which are there once for each enterprise number
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

// codeSet is a set of option codes.
type codeSet [4]uint64

func (s *codeSet) add(code byte)      { s[code>>6] |= 1 << (code & 63) }
func (s *codeSet) has(code byte) bool { return s[code>>6]&(1<<(code&63)) != 0 }
func (s *codeSet) union(o *codeSet) {
	for i := range s {
		s[i] |= o[i]
	}
}

// get returns an option that is in the set.
func (s *optionSet) get(code byte) *optionValue {
	w := code >> 6
	rank := int(s.before[w]) + bits.OnesCount64(s.have[w]&(1<<(code&63)-1))
	return &s.contents[rank]
}

// serverID is the configured server identifier (option 54), nil if there is none.
func (s *optionSet) serverID() []byte {
	if !s.have.has(pkt4.OptServerID) {
		return nil
	}
	return s.get(pkt4.OptServerID).fixed
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

// chain compiles the options of one scope and puts them before those of the
// scopes around it. First come the entries for members of classes in the order of
// the configuration, then those for everybody.
func (c optionCompiler) chain(own []*config.OptionData, outer optionChain) optionChain {
	if len(own) == 0 {
		return outer
	}
	scope := &scopeCompiler{optionCompiler: c, own: own}
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
	optionCompiler
	own []*config.OptionData
	// entries are what own has for containers, made when the first one asks.
	entries []option.Entry
	masks   []classify.Mask // by entry
}

// value encodes an option with its sub-options.
func (s *scopeCompiler) value(o *config.OptionData) optionValue {
	def := s.defs.ByCode(o.Space, o.Code)
	if def == nil || def.Encapsulates == "" {
		return optionValue{fixed: o.Wire}
	}
	if s.entries == nil {
		s.collectEntries()
	}
	tree := s.defs.Encapsulate(def, o.Wire, s.entries)
	if tree.Tagged {
		return optionValue{varied: &variedOption{tree, s.masks}}
	}
	return optionValue{fixed: tree.Append(nil, nil)}
}

func (s *scopeCompiler) collectEntries() {
	for _, o := range s.own {
		if o.HasData {
			s.entries = append(s.entries, option.Entry{Space: o.Space, Code: o.Code, Wire: o.Wire, Tagged: len(o.ClientClasses) > 0})
			s.masks = append(s.masks, maskOf(s.names, o.ClientClasses))
		}
	}
}

// set encodes entries and puts them before those of an outer set. Flags are
// sticky: set anywhere they hold (ARM 8.2.10).
func (s *scopeCompiler) set(own []*config.OptionData, outer *optionSet) *optionSet {
	b := optionSetBuilder{content: map[byte]optionValue{}}
	b.always, b.never = outer.always, outer.never
	for _, v := range outer.vendors {
		b.vendors = append(b.vendors, v.clone())
	}
	for i, code := range outer.codes {
		b.content[code] = outer.contents[i]
	}
	for _, o := range own {
		if enterprise, ok := option.VendorNumber(o.Space); ok {
			b.vendor(enterprise).add(o, s)
		} else if o.Space == option.Space4 && o.Code < pkt4.OptEnd {
			b.add(o, s)
		}
	}
	b.vendorClasses = addVendorEntries(b.vendorClasses, outer.vendorClasses)
	b.vendorEntries = addVendorEntries(b.vendorEntries, outer.vendorEntries)
	return b.build()
}

type optionSetBuilder struct {
	optionSet
	content map[byte]optionValue
}

func (b *optionSetBuilder) add(o *config.OptionData, s *scopeCompiler) {
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
		b.vendorClasses = putVendorEntry(b.vendorClasses, o.Wire)
	case code == pkt4.OptVIVSO:
		b.vendorEntries = putVendorEntry(b.vendorEntries, o.Wire)
	default:
		b.content[code] = s.value(o)
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
