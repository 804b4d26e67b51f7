package dhcp4

import (
	"cmp"
	"math/bits"
	"slices"

	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// optionSet is the encoded options of one scope, or of several merged ones, in
// the option space dhcp4. It is immutable; subnets with equal options share one.
type optionSet struct {
	have, always, never codeSet
	codes               []byte   // ascending
	contents            [][]byte // by the rank of the code
	// spaces keeps the sub-options of other spaces for containers in closer scopes.
	spaces map[string][]suboption
	// vendors are those of spaces that belong to enterprise numbers.
	vendors []vendorSuboptions
}

type suboption struct {
	code          uint32
	content       []byte
	hasData       bool // false: an entry that only has flags
	always, never bool
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

var noOptions = &optionSet{}

// get returns the content of an option that is in the set.
func (s *optionSet) get(code byte) []byte {
	rank := 0
	for w := range code >> 6 {
		rank += bits.OnesCount64(s.have[w])
	}
	rank += bits.OnesCount64(s.have[code>>6] & (1<<(code&63) - 1))
	return s.contents[rank]
}

// mergeOptions puts the options of one scope before those of the scopes outside
// it. Flags are sticky: set anywhere they hold (ARM 8.2.10).
func mergeOptions(own []*config.OptionData, outer *optionSet, defs *option.Definitions) *optionSet {
	if len(own) == 0 {
		return outer
	}
	b := optionBuilder{content: map[byte][]byte{}, defs: defs}
	b.set.always, b.set.never = outer.always, outer.never
	b.set.spaces = map[string][]suboption{}
	for space, subs := range outer.spaces {
		b.set.spaces[space] = slices.Clone(subs)
	}
	for i, code := range outer.codes {
		b.content[code] = outer.contents[i]
	}
	b.addSuboptions(own)
	b.addOptions(own)
	return b.build()
}

type optionBuilder struct {
	set     optionSet
	content map[byte][]byte
	defs    *option.Definitions
}

// addSuboptions replaces sub-options of outer scopes that have the same code.
func (b *optionBuilder) addSuboptions(own []*config.OptionData) {
	for _, o := range own {
		if o.Space == "dhcp4" {
			continue
		}
		subs := b.set.spaces[o.Space]
		i, found := slices.BinarySearchFunc(subs, o.Code, func(s suboption, code uint32) int { return cmp.Compare(s.code, code) })
		if !found {
			subs = slices.Insert(subs, i, suboption{code: o.Code})
		}
		s := &subs[i]
		s.always, s.never = s.always || o.AlwaysSend, s.never || o.NeverSend
		if o.HasData {
			s.content, s.hasData = o.Wire, true
		}
		b.set.spaces[o.Space] = subs
	}
}

func (b *optionBuilder) addOptions(own []*config.OptionData) {
	vendors := map[byte][]byte{} // options 124 and 125 hold one entry an enterprise
	for _, o := range own {
		if o.Space != "dhcp4" || o.Code > 254 {
			continue
		}
		code := byte(o.Code)
		if o.AlwaysSend {
			b.set.always.add(code)
		}
		if o.NeverSend {
			b.set.never.add(code)
		}
		if !o.HasData {
			continue
		}
		switch code {
		case pkt4.OptVIVCO, pkt4.OptVIVSO:
			vendors[code] = append(vendors[code], vendorEntry(code, o.Wire)...)
			b.content[code] = vendors[code]
		default:
			b.content[code] = b.withSuboptions(o)
		}
	}
}

// withSuboptions appends the sub-options of the space that the option
// encapsulates to its own fields.
func (b *optionBuilder) withSuboptions(o *config.OptionData) []byte {
	def := b.defs.ByCode(o.Space, o.Code)
	if def == nil || def.Encapsulates == "" {
		return o.Wire
	}
	return appendSuboptions(slices.Clone(o.Wire), b.set.spaces[def.Encapsulates])
}

func appendSuboptions(w []byte, subs []suboption) []byte {
	for _, s := range subs {
		if s.hasData {
			w = pkt4.AppendOption(w, byte(s.code), s.content)
		}
	}
	return w
}

// vendorEntry is one enterprise's part of option 124 or 125. That of 125 has no
// sub-options yet: vendorOptions finds out which the client gets.
func vendorEntry(code byte, wire []byte) []byte {
	if code == pkt4.OptVIVCO || len(wire) < 4 {
		return wire
	}
	return append(slices.Clone(wire[:4]), 0)
}

func (b *optionBuilder) build() *optionSet {
	for code := range b.content {
		b.set.codes = append(b.set.codes, code)
		b.set.have.add(code)
	}
	slices.Sort(b.set.codes)
	for _, code := range b.set.codes {
		b.set.contents = append(b.set.contents, b.content[code])
	}
	b.set.vendors = vendorsOf(b.set.spaces)
	return &b.set
}
