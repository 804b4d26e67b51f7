// Package classify owns client classes: the expressions that say who belongs to
// one (ARM 15.3), their names turned into small numbers, and the set of classes
// that a query belongs to.
package classify

import "slices"

// Names gives each class name that a configuration mentions a number. It is
// filled while the configuration is compiled and read-only afterwards.
type Names struct {
	byName map[string]int
	names  []string
}

// The numbers of the built-in classes (ARM 15.1) that every Names knows.
const (
	All = iota
	Known
	Unknown
	Drop
	Bootp
)

// VendorPrefix begins the name of the class made of the vendor class identifier.
const VendorPrefix = "VENDOR_CLASS_"

// SpawnPrefix begins the names of the classes that template classes make.
const SpawnPrefix = "SPAWN_"

// NewNames returns the built-in classes.
func NewNames() *Names {
	n := &Names{byName: map[string]int{}}
	for _, s := range []string{"ALL", "KNOWN", "UNKNOWN", "DROP", "BOOTP"} {
		n.Add(s)
	}
	return n
}

// Add returns the number of a class name, a new one if need be.
func (n *Names) Add(name string) int {
	if i, ok := n.byName[name]; ok {
		return i
	}
	i := len(n.names)
	n.byName[name] = i
	n.names = append(n.names, name)
	return i
}

// Lookup returns the number of a name that may have come from the network; a
// name that the configuration does not mention has none.
func (n *Names) Lookup(name []byte) (int, bool) {
	i, ok := n.byName[string(name)]
	return i, ok
}

// Known returns the numbers of those of the names that have one. Unlike Add it may
// be called while others look names up.
func (n *Names) Known(names []string) []int {
	var numbers []int
	for _, name := range names {
		if i, ok := n.byName[name]; ok {
			numbers = append(numbers, i)
		}
	}
	return numbers
}

// Before puts the numbers of the classes of a scope before those of the scope around
// it, new ones if need be.
func (n *Names) Before(classes []string, outer []int) []int {
	if len(classes) == 0 {
		return outer
	}
	var numbers []int
	for _, c := range classes {
		numbers = append(numbers, n.Add(c))
	}
	return append(numbers, outer...)
}

// Name returns the name of a class number.
func (n *Names) Name(class int) string { return n.names[class] }

// Len is the number of class names.
func (n *Names) Len() int { return len(n.names) }

// Set is the set of classes of one query, in the order in which they were
// assigned. The zero value is empty; Reset lets it be used again.
type Set struct {
	bits  []uint64
	order []int
}

// Reset empties the set.
func (s *Set) Reset() {
	clear(s.bits)
	s.order = s.order[:0]
}

// Add puts a class into the set.
func (s *Set) Add(class int) {
	w := class >> 6
	for len(s.bits) <= w {
		s.bits = append(s.bits, 0)
	}
	if bit := uint64(1) << (class & 63); s.bits[w]&bit == 0 {
		s.bits[w] |= bit
		s.order = append(s.order, class)
	}
}

// Has reports whether the class is in the set.
func (s *Set) Has(class int) bool {
	w := class >> 6
	return w < len(s.bits) && s.bits[w]&(1<<(class&63)) != 0
}

// Ordered returns the classes in the order of their assignment.
func (s *Set) Ordered() []int { return s.order }

// Mask is a fixed set of classes any of which admits to something. The zero
// value admits everybody.
type Mask []uint64

// NewMask makes a mask of class numbers.
func NewMask(classes []int) Mask {
	var m Mask
	for _, c := range classes {
		for len(m) <= c>>6 {
			m = append(m, 0)
		}
		m[c>>6] |= 1 << (c & 63)
	}
	return m
}

// Admits reports whether a query of these classes is admitted.
func (m Mask) Admits(s *Set) bool {
	if len(m) == 0 {
		return true
	}
	for i := range min(len(m), len(s.bits)) {
		if m[i]&s.bits[i] != 0 {
			return true
		}
	}
	return false
}

// Equal reports whether two masks have the same classes.
func (m Mask) Equal(o Mask) bool { return slices.Equal(m, o) }

// Empty reports whether the mask admits everybody.
func (m Mask) Empty() bool { return len(m) == 0 }
