package classify

import "math/bits"

// Table finds what a server keeps of its classes by their numbers. The zero value is
// empty.
type Table[K any] []*K

// Add puts the class of a number into the table.
func (t *Table[K]) Add(number int, k *K) {
	for len(*t) <= number {
		*t = append(*t, nil)
	}
	(*t)[number] = k
}

// Of returns the class of a number, nil if there is none.
func (t Table[K]) Of(number int) *K {
	if number >= len(t) {
		return nil
	}
	return t[number]
}

// List are classes to evaluate one after another, in configured order. The zero
// value is empty; Compile comes after the last Add.
type List[K any] struct {
	all   []*K
	tests []*Test
	index *Index
}

// Add puts a class at the end. test is its expression, nil if it has one of another
// kind.
func (l *List[K]) Add(k *K, test *Test) {
	l.all, l.tests = append(l.all, k), append(l.tests, test)
}

// Compile makes the index of the tests.
func (l *List[K]) Compile() { l.index = NewIndex(l.tests) }

// All returns the classes.
func (l *List[K]) All() []*K { return l.all }

// Candidates calls fn for the classes whose expressions can hold. Which they are is
// decided before the first call; the set of them is put into scratch, which is
// returned for the next time.
func (l *List[K]) Candidates(e *Evaluator, scratch []uint64, fn func(*K)) []uint64 {
	scratch = l.index.Candidates(e, scratch[:0])
	for w, left := range scratch {
		for ; left != 0; left &= left - 1 {
			fn(l.all[w<<6+bits.TrailingZeros64(left)])
		}
	}
	return scratch
}
