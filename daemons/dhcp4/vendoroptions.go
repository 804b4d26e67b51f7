package dhcp4

import (
	"encoding/binary"
	"math/bits"
	"slices"

	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// vendorSuboptions are the configured options of one enterprise number.
type vendorSuboptions struct {
	enterprise    uint32
	always, never codeSet
	subs          []suboption // ascending
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

// vendorsOf sorts the options of vendor spaces by enterprise number.
func vendorsOf(spaces map[string][]suboption) []vendorSuboptions {
	var vendors []vendorSuboptions
	for space, subs := range spaces {
		number, ok := option.VendorNumber(space)
		if !ok {
			continue
		}
		v := vendorSuboptions{enterprise: number}
		for _, s := range subs {
			if s.always {
				v.always.add(byte(s.code))
			}
			if s.never {
				v.never.add(byte(s.code))
			}
			if s.hasData {
				v.subs = append(v.subs, s)
			}
		}
		vendors = append(vendors, v)
	}
	return vendors
}

// vendor finds the options of an enterprise number, nil when there are none.
func (s *optionSet) vendor(enterprise uint32) *vendorSuboptions {
	for i := range s.vendors {
		if s.vendors[i].enterprise == enterprise {
			return &s.vendors[i]
		}
	}
	return nil
}

// vendorOptions fills option 125 with the sub-options of each enterprise number
// that it is configured with, or that the client names in its option 125 or 124
// (ARM 8.2.13): those that the client lists, and those that are always sent.
func (x *exchange) vendorOptions(scopes []*optionSet) {
	r, q := &x.reply, &x.query
	if !r.Has(pkt4.OptVIVSO) && !q.Has(pkt4.OptVIVSO) && !q.Has(pkt4.OptVIVCO) {
		return
	}
	x.enterprises = x.enterprises[:0]
	eachVendor(r.Option(pkt4.OptVIVSO), x.addEnterprise)
	configured := len(x.enterprises)
	eachVendor(q.Option(pkt4.OptVIVSO), x.addEnterprise)
	if o := q.Option(pkt4.OptVIVCO); len(o) >= 4 {
		x.addEnterprise(be32(o), nil)
	}
	slices.Sort(x.enterprises[configured:])
	b := x.vendorBytes[:0]
	for i, enterprise := range x.enterprises {
		start := len(b)
		b = append(binary.BigEndian.AppendUint32(b, enterprise), 0)
		b = x.appendVendor(b, enterprise, scopes)
		n := len(b) - start - vendorHeader
		if n == 0 && i >= configured {
			b = b[:start]
			continue
		}
		b[start+vendorHeader-1] = byte(n)
	}
	x.vendorBytes = b
	if len(b) > 0 {
		r.Set(pkt4.OptVIVSO, b)
	}
}

func (x *exchange) addEnterprise(enterprise uint32, _ []byte) {
	if !slices.Contains(x.enterprises, enterprise) {
		x.enterprises = append(x.enterprises, enterprise)
	}
}

// appendVendor appends the sub-options of one enterprise that are to be sent, 255
// bytes of them at most. The closest scope that has a value gives it.
func (x *exchange) appendVendor(b []byte, enterprise uint32, scopes []*optionSet) []byte {
	var wanted, never codeSet
	if enterprise == enterpriseCableLabs {
		eachVendor(x.query.Option(pkt4.OptVIVSO), func(number uint32, data []byte) {
			if number == enterprise {
				list, _ := pkt4.Suboption(data, cableLabsRequestList)
				for _, code := range list {
					wanted.add(code)
				}
			}
		})
	}
	for _, s := range scopes {
		if v := s.vendor(enterprise); v != nil {
			wanted.union(&v.always)
			never.union(&v.never)
		}
	}
	limit := len(b) + 255
	for w := range wanted {
		for left := wanted[w] &^ never[w]; left != 0; left &= left - 1 {
			code := byte(w<<6 + bits.TrailingZeros64(left))
			content, ok := vendorOption(scopes, enterprise, code)
			if ok && len(b)+2+len(content) <= limit {
				b = pkt4.AppendOption(b, code, content)
			}
		}
	}
	return b
}

// vendorOption finds a sub-option in the closest scope that has it.
func vendorOption(scopes []*optionSet, enterprise uint32, code byte) (content []byte, ok bool) {
	for _, s := range scopes {
		v := s.vendor(enterprise)
		if v == nil {
			continue
		}
		for _, sub := range v.subs {
			if sub.code == uint32(code) {
				return sub.content, true
			}
		}
	}
	return nil, false
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
