package dhcp4

import (
	"cmp"
	"math/bits"
	"slices"

	"nestor/lib/config"
	"nestor/lib/option"
	"nestor/lib/optionset"
	"nestor/lib/pkt4"
)

// vendorSuboptions are the configured options of one enterprise number.
type vendorSuboptions struct {
	enterprise    uint32
	always, never codeSet
	subs          []vendorOption // ascending
}

type vendorOption struct {
	code  byte
	value optionset.Value
}

func (v vendorSuboptions) clone() vendorSuboptions {
	v.subs = slices.Clone(v.subs)
	return v
}

// add adds an option, or replaces the one of the same code.
func (v *vendorSuboptions) add(o *config.OptionData, scope *optionset.Scope) {
	code := byte(o.Code)
	if o.AlwaysSend {
		v.always.add(code)
	}
	if o.NeverSend {
		v.never.add(code)
	}
	if !o.HasData {
		return
	}
	i, found := slices.BinarySearchFunc(v.subs, code, func(s vendorOption, code byte) int { return cmp.Compare(s.code, code) })
	if !found {
		v.subs = slices.Insert(v.subs, i, vendorOption{code: code})
	}
	v.subs[i].value = scope.Value(o)
}

// enterpriseCableLabs is the one vendor whose clients list the sub-options that
// they want, in sub-option 1 of option 125.
const (
	enterpriseCableLabs  = 4491
	cableLabsRequestList = 1
)

// vendorHeader is what stands before the sub-options of an enterprise in option
// 125: its number and their length (RFC 3925 section 4).
const vendorHeader = 5

// vendor finds the options of an enterprise number, nil when there are none.
func (s *optionSet) vendor(enterprise uint32) *vendorSuboptions {
	for i := range s.vendors {
		if s.vendors[i].enterprise == enterprise {
			return &s.vendors[i]
		}
	}
	return nil
}

// vendorClasses fills option 124 with the configured entry of each enterprise
// number (ARM 8.2.19.4); the closest scope that has one gives it.
func (x *exchange) vendorClasses(scopes []*optionSet) {
	x.enterprises = x.enterprises[:0]
	b := x.vendorClassBytes[:0]
	for _, s := range scopes {
		for _, e := range s.vendorClasses {
			if !slices.Contains(x.enterprises, e.Enterprise) {
				x.enterprises = append(x.enterprises, e.Enterprise)
				b = append(b, e.Content...)
			}
		}
	}
	x.vendorClassBytes = b
	if len(b) > 0 {
		x.reply.Set(pkt4.OptVIVCO, b)
	}
}

// vendorOptions fills option 125 with the sub-options of each enterprise number
// that it is configured with, if option 125 is wanted, and of those that the client
// names in its option 125 or 124 (ARM 8.2.13): the sub-options that the client
// lists, and those that are always sent.
func (x *exchange) vendorOptions(scopes []*optionSet, wanted bool) {
	q := &x.query
	x.enterprises = x.enterprises[:0]
	x.vendorGiven = x.vendorGiven[:0]
	if wanted {
		for _, s := range scopes {
			for _, e := range s.vendorEntries {
				if !slices.Contains(x.enterprises, e.Enterprise) {
					x.enterprises = append(x.enterprises, e.Enterprise)
					x.vendorGiven = append(x.vendorGiven, firstVendor(e.Content))
				}
			}
		}
	}
	configured := len(x.enterprises)
	eachVendor(q.Option(pkt4.OptVIVSO), func(enterprise uint32, _ []byte) { x.addEnterprise(enterprise, scopes) })
	if o := q.Option(pkt4.OptVIVCO); len(o) >= 4 {
		x.addEnterprise(be32(o), scopes)
	}
	if len(x.enterprises) == 0 {
		return
	}
	slices.Sort(x.enterprises[configured:])
	b := x.vendorBytes[:0]
	for i, enterprise := range x.enterprises {
		var given []byte
		if i < configured {
			given = x.vendorGiven[i]
		}
		x.collectVendor(enterprise, given, scopes)
		if len(x.vendorSubs) > 0 || i < configured {
			b = option.AppendVendor4(b, enterprise, x.vendorSubs)
		}
	}
	x.vendorBytes = b
	if len(b) > 0 {
		x.reply.Set(pkt4.OptVIVSO, b)
	}
}

// addEnterprise notes an enterprise number that the client names, if there is
// anything to send for it: clients may name thousands.
func (x *exchange) addEnterprise(enterprise uint32, scopes []*optionSet) {
	known := slices.ContainsFunc(scopes, func(s *optionSet) bool { return s.vendor(enterprise) != nil })
	if known && !slices.Contains(x.enterprises, enterprise) {
		x.enterprises = append(x.enterprises, enterprise)
	}
}

// collectVendor puts the sub-options of one enterprise that are to be sent into
// x.vendorSubs. Those that were given in hexadecimal with the entry of option 125
// are sent in any case; of the others the closest scope that has a value gives it.
func (x *exchange) collectVendor(enterprise uint32, given []byte, scopes []*optionSet) {
	wanted := x.vendorRequests(enterprise)
	var never codeSet
	for _, s := range scopes {
		if v := s.vendor(enterprise); v != nil {
			wanted.union(&v.always)
			never.union(&v.never)
		}
	}
	x.vendorSubs = x.vendorSubs[:0]
	for w := range wanted {
		wanted[w] &^= never[w]
	}
	eachSuboption(given, func(code byte, data []byte) {
		x.vendorSubs = append(x.vendorSubs, option.Sub{Code: uint16(code), Data: data})
		wanted[code>>6] &^= 1 << (code & 63)
	})
	for w := range wanted {
		for left := wanted[w]; left != 0; left &= left - 1 {
			code := byte(w<<6 + bits.TrailingZeros64(left))
			if v := findVendorOption(scopes, enterprise, code); v != nil {
				x.vendorSubs = append(x.vendorSubs, option.Sub{Code: uint16(code), Data: v.Of(&x.classes)})
			}
		}
	}
	if len(given) > 0 {
		slices.SortStableFunc(x.vendorSubs, func(a, b option.Sub) int { return cmp.Compare(a.Code, b.Code) })
	}
}

// vendorRequests are the sub-options that the client lists.
func (x *exchange) vendorRequests(enterprise uint32) (wanted codeSet) {
	if enterprise != enterpriseCableLabs {
		return wanted
	}
	eachVendor(x.query.Option(pkt4.OptVIVSO), func(number uint32, data []byte) {
		if number != enterprise {
			return
		}
		eachSuboption(data, func(code byte, list []byte) {
			for _, c := range list {
				if code == cableLabsRequestList {
					wanted.add(c)
				}
			}
		})
	})
	return wanted
}

// findVendorOption finds a sub-option in the closest scope that has it.
func findVendorOption(scopes []*optionSet, enterprise uint32, code byte) *optionset.Value {
	for _, s := range scopes {
		v := s.vendor(enterprise)
		if v == nil {
			continue
		}
		for i := range v.subs {
			if v.subs[i].code == code {
				return &v.subs[i].value
			}
		}
	}
	return nil
}

// eachVendor calls f for each enterprise number in the content of option 125, with
// its sub-options. What is cut short ends it.
func eachVendor(o []byte, f func(enterprise uint32, data []byte)) {
	for len(o) >= vendorHeader && len(o) >= vendorHeader+int(o[4]) {
		end := vendorHeader + int(o[4])
		f(be32(o), o[vendorHeader:end])
		o = o[end:]
	}
}

// eachSuboption calls f for each sub-option in the order of the wire. What is cut
// short ends it.
func eachSuboption(o []byte, f func(code byte, data []byte)) {
	for len(o) >= 2 && len(o) >= 2+int(o[1]) {
		end := 2 + int(o[1])
		f(o[0], o[2:end])
		o = o[end:]
	}
}

// firstVendor returns the sub-options of the first enterprise in option 125.
func firstVendor(content []byte) []byte {
	if len(content) < vendorHeader {
		return nil
	}
	subs := content[vendorHeader:]
	return subs[:min(len(subs), int(content[vendorHeader-1]))]
}
