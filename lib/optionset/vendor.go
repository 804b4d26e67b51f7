package optionset

import (
	"encoding/binary"
	"slices"
)

// VendorEntry is one enterprise's part, as configured, of an option that is there
// once for each enterprise number.
type VendorEntry struct {
	Enterprise uint32
	Content    []byte // all of it, the number included
}

// VendorEntries are those of a scope, one for each enterprise number.
type VendorEntries []VendorEntry

// Put adds an entry, or replaces that of the same enterprise number. wire begins with
// the number.
func (v *VendorEntries) Put(wire []byte) {
	e := VendorEntry{binary.BigEndian.Uint32(wire), wire}
	if i := v.index(e.Enterprise); i >= 0 {
		(*v)[i] = e
		return
	}
	*v = append(*v, e)
}

// AddOuter adds the entries of an outer scope for other enterprise numbers.
func (v *VendorEntries) AddOuter(outer VendorEntries) {
	for _, e := range outer {
		if v.index(e.Enterprise) < 0 {
			*v = append(*v, e)
		}
	}
}

func (v *VendorEntries) index(enterprise uint32) int {
	return slices.IndexFunc(*v, func(e VendorEntry) bool { return e.Enterprise == enterprise })
}
