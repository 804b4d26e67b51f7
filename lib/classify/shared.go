package classify

// Shared numbers the values that expressions of one configuration have in common,
// such as substring(option[60].hex, 0, 6): the second expression that asks for one
// during a query finds it in the Evaluator. The zero value is ready for use. It is
// filled while expressions are compiled, by one goroutine.
type Shared struct{ byText map[string]*sharedValue }

// sharedValue is one of these values.
type sharedValue struct {
	number  int
	compute value
}

// add returns the value that the text stands for, which compute gives.
func (s *Shared) add(text string, compute value) *sharedValue {
	v := s.byText[text]
	if v == nil {
		if s.byText == nil {
			s.byText = map[string]*sharedValue{}
		}
		v = &sharedValue{len(s.byText), compute}
		s.byText[text] = v
	}
	return v
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
	own := x.str
	x.shared = p.opts.Shared.add(p.lex.text[x.start:x.end], own)
	x.str = func(e *Evaluator) []byte {
		if e.Trace != nil {
			return own(e)
		}
		return x.shared.of(e)
	}
	return x
}

// of returns the value for the message of the Evaluator.
func (s *sharedValue) of(e *Evaluator) []byte {
	for len(e.shared) <= s.number {
		e.shared = append(e.shared, remembered{})
	}
	if known := &e.shared[s.number]; known.turn == e.turn {
		return known.value
	}
	v := s.compute(e)
	e.shared[s.number] = remembered{v, e.turn}
	return v
}
