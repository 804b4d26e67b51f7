package classify

import "slices"

// need is what a test cannot hold without: a shared value is a literal, or begins
// with it.
type need struct {
	operand *sharedValue
	literal string
	prefix  bool
}

// Index tells, of many tests, which ones can hold for a message at all. Most
// compare one of a few values with a literal each: those whose literal is another
// are left out without being evaluated. It is immutable.
type Index struct {
	always   []uint64 // tests that have to be evaluated, a bit for each
	operands []operand
}

// operand is a value that tests compare with literals.
type operand struct {
	*sharedValue
	literals []literal
}

// literal is what a value may be or begin with, and the tests that may hold then.
type literal struct {
	text   string
	prefix bool
	tests  []uint64
}

// fits looks at the last byte first: what distinguishes literals is often there.
func (l *literal) fits(v []byte) bool {
	n := len(l.text)
	if len(v) < n || len(v) > n && !l.prefix {
		return false
	}
	return n == 0 || v[n-1] == l.text[n-1] && string(v[:n]) == l.text
}

// NewIndex makes an index of tests compiled with the same Shared. A test that is
// nil is always among the results.
func NewIndex(tests []*Test) *Index {
	x := &Index{always: make([]uint64, (len(tests)+63)/64)}
	known := map[*sharedValue]int{}
	for i, t := range tests {
		if t == nil || len(t.needs) == 0 {
			x.always[i>>6] |= 1 << (i & 63)
			continue
		}
		for _, n := range t.needs {
			at, ok := known[n.operand]
			if !ok {
				at = len(x.operands)
				known[n.operand] = at
				x.operands = append(x.operands, operand{sharedValue: n.operand})
			}
			x.operands[at].add(n, i, len(x.always))
		}
	}
	return x
}

// add notes what a test needs.
func (o *operand) add(n need, test, words int) {
	at := slices.IndexFunc(o.literals, func(l literal) bool { return l.text == n.literal && l.prefix == n.prefix })
	if at < 0 {
		at = len(o.literals)
		o.literals = append(o.literals, literal{n.literal, n.prefix, make([]uint64, words)})
	}
	o.literals[at].tests[test>>6] |= 1 << (test & 63)
}

// Candidates appends the set of tests that can hold, a bit for each; the others are
// false, and evaluating them would be no error. It calls no Trace.
func (x *Index) Candidates(e *Evaluator, set []uint64) []uint64 {
	start := len(set)
	set = append(set, x.always...)
	for i := range x.operands {
		o := &x.operands[i]
		v := o.of(e)
		for rank := range o.literals {
			l := &o.literals[rank]
			if !l.fits(v) {
				continue
			}
			for w, tests := range l.tests {
				set[start+w] |= tests
			}
		}
	}
	return set
}
