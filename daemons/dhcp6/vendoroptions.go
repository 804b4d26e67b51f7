package dhcp6

import (
	"encoding/binary"
	"slices"

	"nestor/lib/config"
	"nestor/lib/optionset"
	"nestor/lib/pkt6"
)

// vendorSuboptions are the configured options of one enterprise number.
type vendorSuboptions struct {
	enterprise    uint32
	always, never codeSet
	subs          []optionEntry // ascending
}

func (v vendorSuboptions) clone() vendorSuboptions {
	v.always, v.never, v.subs = v.always.clone(), v.never.clone(), slices.Clone(v.subs)
	return v
}

// add adds an option, or replaces the one of the same code.
func (v *vendorSuboptions) add(o *config.OptionData, scope *optionset.Scope) {
	code := uint16(o.Code)
	if o.AlwaysSend {
		v.always.add(code)
	}
	if o.NeverSend {
		v.never.add(code)
	}
	if o.HasData {
		v.subs = putEntry(v.subs, optionEntry{code, scope.Value(o)})
	}
}

// enterpriseCableLabs is the one vendor whose clients list the sub-options that
// they want, in sub-option 1 of option 17.
const (
	enterpriseCableLabs  = 4491
	cableLabsRequestList = 1
)

// enterpriseLen is the length of the enterprise number that options 16 and 17 begin
// with.
const enterpriseLen = 4

// vendor finds the options of an enterprise number, nil when there are none.
func (s *optionSet) vendor(enterprise uint32) *vendorSuboptions {
	for i := range s.vendors {
		if s.vendors[i].enterprise == enterprise {
			return &s.vendors[i]
		}
	}
	return nil
}

// vendorClasses adds option 16 with the configured entry of each enterprise number;
// the closest scope that has one gives it.
func (x *exchange) vendorClasses(scopes []*optionSet) {
	x.enterprises = x.enterprises[:0]
	for _, s := range scopes {
		for _, e := range s.vendorClasses {
			if !slices.Contains(x.enterprises, e.Enterprise) {
				x.enterprises = append(x.enterprises, e.Enterprise)
				x.reply.Add(pkt6.OptVendorClass, e.Content)
			}
		}
	}
}

// vendorOptions adds option 17 for each enterprise number that it is configured
// with, if option 17 is wanted, for those that the client names in its options 17
// and 16, and for those with sub-options that are always sent (ARM 9.2.15). Inside
// are the sub-options that the client lists, and those that are always sent.
func (x *exchange) vendorOptions(scopes []*optionSet, wanted bool) {
	x.enterprises = x.enterprises[:0]
	x.vendorGiven = x.vendorGiven[:0]
	for _, s := range scopes {
		for _, e := range s.vendorEntries {
			if wanted && !slices.Contains(x.enterprises, e.Enterprise) {
				x.enterprises = append(x.enterprises, e.Enterprise)
				x.vendorGiven = append(x.vendorGiven, e.Content[enterpriseLen:])
			}
		}
	}
	configured := len(x.enterprises)
	x.addEnterprises(scopes)
	if len(x.enterprises) == 0 {
		return
	}
	slices.Sort(x.enterprises[configured:])
	x.vendorBytes = x.vendorBytes[:0]
	for i, enterprise := range x.enterprises {
		var given pkt6.Options
		if i < configured {
			given = x.vendorGiven[i]
		}
		begin := len(x.vendorBytes)
		x.vendorBytes = binary.BigEndian.AppendUint32(x.vendorBytes, enterprise)
		x.collectVendor(enterprise, given, scopes)
		if content := x.vendorBytes[begin:]; i < configured || len(content) > enterpriseLen {
			x.reply.Add(pkt6.OptVendorOpts, content)
		}
	}
}

// addEnterprises notes the enterprise numbers that the client names, and those that
// have something to send in any case.
func (x *exchange) addEnterprises(scopes []*optionSet) {
	for _, code := range [...]uint16{pkt6.OptVendorOpts, pkt6.OptVendorClass} {
		for content := range x.query.Instances(code) {
			if len(content) >= enterpriseLen {
				x.addEnterprise(be32(content), scopes)
			}
		}
	}
	for _, s := range scopes {
		for i := range s.vendors {
			if v := &s.vendors[i]; !v.always.empty() {
				x.addEnterprise(v.enterprise, scopes)
			}
		}
	}
}

// addEnterprise notes an enterprise number if there is anything to send for it:
// clients may name thousands.
func (x *exchange) addEnterprise(enterprise uint32, scopes []*optionSet) {
	if slices.Contains(x.enterprises, enterprise) {
		return
	}
	for _, s := range scopes {
		if s.vendor(enterprise) != nil {
			x.enterprises = append(x.enterprises, enterprise)
			return
		}
	}
}

// collectVendor appends the sub-options of one enterprise that are to be sent to
// x.vendorBytes. Those that were given in hexadecimal with option 17 are sent in any
// case; of the others the closest scope that has a value gives it.
func (x *exchange) collectVendor(enterprise uint32, given pkt6.Options, scopes []*optionSet) {
	wanted, never := &x.vendorWanted, &x.vendorNever
	never.reset()
	wanted.reset()
	x.vendorRequests(enterprise, scopes)
	for _, s := range scopes {
		if v := s.vendor(enterprise); v != nil {
			wanted.union(&v.always)
			never.union(&v.never)
		}
	}
	x.vendorSubs = x.vendorSubs[:0]
	for code, data := range given.All() {
		x.vendorSubs = append(x.vendorSubs, optionEntry{code, optionset.Fixed(data)})
		never.add(code)
	}
	for _, s := range scopes {
		v := s.vendor(enterprise)
		if v == nil {
			continue
		}
		for _, e := range v.subs {
			if wanted.has(e.code) && !never.has(e.code) {
				x.vendorSubs = append(x.vendorSubs, e)
				never.add(e.code) // once
			}
		}
	}
	slices.SortStableFunc(x.vendorSubs, func(a, b optionEntry) int { return int(a.code) - int(b.code) })
	for i := range x.vendorSubs {
		e := &x.vendorSubs[i]
		x.vendorBytes = pkt6.AppendOption(x.vendorBytes, e.code, e.value.Of(&x.classes))
	}
}

// vendorRequests adds the sub-options that the client lists to x.vendorWanted, as
// far as they are configured: clients may list thousands.
func (x *exchange) vendorRequests(enterprise uint32, scopes []*optionSet) {
	if enterprise != enterpriseCableLabs {
		return
	}
	for content := range x.query.Instances(pkt6.OptVendorOpts) {
		if len(content) < enterpriseLen || be32(content) != enterprise {
			continue
		}
		list, _ := pkt6.Options(content[enterpriseLen:]).Find(cableLabsRequestList)
		for ; len(list) >= 2; list = list[2:] {
			if code := binary.BigEndian.Uint16(list); hasSuboption(scopes, enterprise, code) {
				x.vendorWanted.add(code)
			}
		}
	}
}

// hasSuboption reports whether a vendor's option is configured in any scope.
func hasSuboption(scopes []*optionSet, enterprise uint32, code uint16) bool {
	for _, s := range scopes {
		v := s.vendor(enterprise)
		if v == nil {
			continue
		}
		for i := range v.subs {
			if v.subs[i].code == code {
				return true
			}
		}
	}
	return false
}
