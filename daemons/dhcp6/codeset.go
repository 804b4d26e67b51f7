package dhcp6

import (
	"cmp"
	"slices"

	"nestor/lib/optionset"
)

// codeSet is a set of option codes. Those from 256 on, which only private options
// have, are few.
type codeSet struct {
	low  [4]uint64
	high []uint16 // ascending
}

func (s *codeSet) reset() { s.low, s.high = [4]uint64{}, s.high[:0] }

func (s *codeSet) add(code uint16) {
	if code < 256 {
		s.low[code>>6] |= 1 << (code & 63)
		return
	}
	if i, found := slices.BinarySearch(s.high, code); !found {
		s.high = slices.Insert(s.high, i, code)
	}
}

func (s *codeSet) has(code uint16) bool {
	if code < 256 {
		return s.low[code>>6]&(1<<(code&63)) != 0
	}
	_, found := slices.BinarySearch(s.high, code)
	return found
}

func (s *codeSet) union(o *codeSet) {
	for i := range s.low {
		s.low[i] |= o.low[i]
	}
	for _, code := range o.high {
		s.add(code)
	}
}

func (s *codeSet) empty() bool { return s.low == [4]uint64{} && len(s.high) == 0 }

// clone copies the set with what it points to.
func (s *codeSet) clone() codeSet { return codeSet{s.low, slices.Clone(s.high)} }

// optionEntry is a configured option of a space.
type optionEntry struct {
	code  uint16
	value optionset.Value
}

// putEntry adds an option to a list in ascending order, or replaces the one of the
// same code.
func putEntry(list []optionEntry, e optionEntry) []optionEntry {
	i, found := slices.BinarySearchFunc(list, e.code, func(o optionEntry, code uint16) int { return cmp.Compare(o.code, code) })
	if !found {
		return slices.Insert(list, i, e)
	}
	list[i] = e
	return list
}
