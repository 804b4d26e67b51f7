package classify

// need is what a test cannot hold without: a shared value is a literal.
type need struct {
	number  int // of the value
	value   value
	literal string
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
	value    value
	literals []string
	tests    [][]uint64 // by the rank of the literal
}

// NewIndex makes an index of tests compiled with the same Shared. A test that is
// nil is always among the results.
func NewIndex(tests []*Test) *Index {
	x := &Index{always: make([]uint64, (len(tests)+63)/64)}
	byNumber := map[int]int{}
	for i, t := range tests {
		if t == nil || len(t.needs) == 0 {
			x.always[i>>6] |= 1 << (i & 63)
			continue
		}
		for _, n := range t.needs {
			at, known := byNumber[n.number]
			if !known {
				at = len(x.operands)
				byNumber[n.number] = at
				x.operands = append(x.operands, operand{value: n.value})
			}
			x.operands[at].add(n.literal, i, len(x.always))
		}
	}
	return x
}

// add notes that a test may hold if the value is the literal.
func (o *operand) add(literal string, test, words int) {
	rank := 0
	for rank < len(o.literals) && o.literals[rank] != literal {
		rank++
	}
	if rank == len(o.literals) {
		o.literals = append(o.literals, literal)
		o.tests = append(o.tests, make([]uint64, words))
	}
	o.tests[rank][test>>6] |= 1 << (test & 63)
}

// Candidates appends the set of tests that can hold, a bit for each; the others are
// false, and evaluating them would be no error. It calls no Trace.
func (x *Index) Candidates(e *Evaluator, set []uint64) []uint64 {
	start := len(set)
	set = append(set, x.always...)
	for i := range x.operands {
		o := &x.operands[i]
		v := o.value(e)
		for rank, literal := range o.literals {
			if string(v) != literal {
				continue
			}
			for w, tests := range o.tests[rank] {
				set[start+w] |= tests
			}
			break
		}
	}
	return set
}
