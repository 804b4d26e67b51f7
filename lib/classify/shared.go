package classify

// Shared numbers the values that expressions of one configuration have in common,
// such as substring(option[60].hex, 0, 6): the second expression that asks for one
// during a query finds it in the Evaluator. The zero value is ready for use. It is
// filled while expressions are compiled, by one goroutine.
type Shared struct{ byText map[string]int }

// number is that of a value, which is known by its text. It is not 0.
func (s *Shared) number(text string) int {
	n, ok := s.byText[text]
	if !ok {
		if s.byText == nil {
			s.byText = map[string]int{}
		}
		n = len(s.byText) + 1
		s.byText[text] = n
	}
	return n
}

// remembered is a shared value and the query that it is of.
type remembered struct {
	value []byte
	turn  uint64
}

// shared lets expressions of the same text share their value. Not those whose
// value may change while the query is classified, those that may fail, for the
// failure is one of each expression, and literals.
func (p *parser) shared(x expr, stable bool) expr {
	if p.opts.Shared == nil || x.str == nil || x.literal != nil || !stable {
		return x
	}
	n, compute := p.opts.Shared.number(p.lex.text[x.start:x.end]), x.str
	x.shared = n
	x.str = func(e *Evaluator) []byte {
		if n < len(e.shared) && e.shared[n].turn == e.turn && e.Trace == nil {
			return e.shared[n].value
		}
		return e.remember(n, compute(e))
	}
	return x
}

func (e *Evaluator) remember(n int, v []byte) []byte {
	for len(e.shared) <= n {
		e.shared = append(e.shared, remembered{})
	}
	e.shared[n] = remembered{v, e.turn}
	return v
}
