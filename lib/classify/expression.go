package classify

// Packet is what an expression asks of the message that it is evaluated on.
type Packet interface {
	// Option returns the content of an option and whether it is there.
	Option(code uint16) ([]byte, bool)
	// Suboption returns the content of an option inside of another one.
	Suboption(code, sub uint16) ([]byte, bool)
	// AppendText appends an option as text (option[code].text).
	AppendText(dst []byte, code uint16) []byte
	// AppendSubText appends an option inside of another one as text.
	AppendSubText(dst []byte, code, sub uint16) []byte
	// AppendField appends a property of the message: addresses and hardware
	// addresses as they are, numbers in four bytes of network order.
	AppendField(dst []byte, f Field) []byte
}

// Packet6 is a Packet that relays may have wrapped (DHCPv6).
type Packet6 interface {
	Packet
	// AppendRelayAddress appends the peer address of a relay, or its link address;
	// nothing if there is no such relay. Relays count from 0, the one next to the
	// server, or from -1, the one next to the client.
	AppendRelayAddress(dst []byte, nest int, link bool) []byte
	// RelayOption returns an option that a relay added.
	RelayOption(nest int, code uint16) ([]byte, bool)
	// AppendRelayText appends such an option as text.
	AppendRelayText(dst []byte, nest int, code uint16) []byte
}

// Field is a property of a message that is no option.
type Field uint8

// The fields by the names that they have in expressions.
const (
	PktIface Field = iota
	PktSrc
	PktDst
	PktLen
	Pkt4MAC
	Pkt4HLen
	Pkt4HType
	Pkt4CIAddr
	Pkt4GIAddr
	Pkt4YIAddr
	Pkt4SIAddr
	PktMsgType
	PktTransID
)

// Options are what expressions may refer to.
type Options struct {
	// V6 tells the language of DHCPv6 from that of DHCPv4.
	V6 bool
	// OptionCode returns the code of an option by its name; nil: there are no names.
	OptionCode func(name string) (code uint16, ok bool)
	// Class returns the number of a class that the expression names; its error
	// says why it must not.
	Class func(name string) (int, error)
	// Shared is of the expressions that one Evaluator evaluates; nil: they share
	// nothing.
	Shared *Shared
}

// Evaluator carries the message through the evaluation of expressions. It is
// reused: its memory is that of earlier messages, so Begin comes before the first
// expression of each. It is for one goroutine.
type Evaluator struct {
	// Packet is a Packet6 for expressions of DHCPv6.
	Packet  Packet
	Classes *Set
	// Trace is told of the steps; nil: nobody is.
	Trace Trace

	buf []byte
	err error
	// shared are values that several expressions ask for. They are of this message
	// if their turn is that of the Evaluator, which is never 0 once Begin was called.
	shared []remembered
	turn   uint64
}

// Begin forgets what is known of the message: there is another one, or its options
// have come to mean something else.
func (e *Evaluator) Begin() {
	e.buf = e.buf[:0]
	e.turn++
}

// fail notes the first error; the evaluation goes on and its result is discarded.
func (e *Evaluator) fail(err error) {
	if e.err == nil {
		e.err = err
	}
}

// from returns what was appended to the buffer since it had n bytes. Its
// capacity ends there, so that nothing overwrites it.
func (e *Evaluator) from(n int) []byte { return e.buf[n:len(e.buf):len(e.buf)] }

type (
	condition func(*Evaluator) bool
	value     func(*Evaluator) []byte
)

// Test is an expression that is true or false. It is immutable and safe for
// concurrent use, each goroutine with an Evaluator of its own.
type Test struct {
	eval    condition
	classes []int
	needs   []need // see Index; nil: nothing is known
}

// ParseTest compiles an expression that is true or false. The error is an *Error.
func ParseTest(text string, o Options) (*Test, error) {
	p, x, err := parse(text, o)
	if err != nil {
		return nil, err
	}
	if x.cond == nil {
		return nil, p.lex.fail(x.start, x.end, "the result is a string, it has to be true or false: compare it by ==")
	}
	t := &Test{eval: x.cond, classes: p.classes, needs: x.needs}
	if p.fallible {
		t.needs = nil // an error is to be told of
	}
	return t, nil
}

// Classes are the classes that the expression asks membership of.
func (t *Test) Classes() []int { return t.classes }

// Matches evaluates the expression. An error says what value could not be
// converted.
func (t *Test) Matches(e *Evaluator) (bool, error) {
	e.err = nil
	b := t.eval(e)
	return b && e.err == nil, e.err
}

// Template is an expression that gives a string. It is immutable and safe for
// concurrent use, each goroutine with an Evaluator of its own.
type Template struct {
	eval    value
	classes []int
}

// ParseTemplate compiles an expression that gives a string. The error is an *Error.
func ParseTemplate(text string, o Options) (*Template, error) {
	p, x, err := parse(text, o)
	if err != nil {
		return nil, err
	}
	if x.str == nil {
		return nil, p.lex.fail(x.start, x.end, "the result is true or false, it has to be a string: choose one by ifelse(…, 'a', 'b')")
	}
	return &Template{x.str, p.classes}, nil
}

// Classes are the classes that the expression asks membership of.
func (t *Template) Classes() []int { return t.classes }

// Value evaluates the expression. The result points into the message or the
// Evaluator and holds until the next Begin.
func (t *Template) Value(e *Evaluator) ([]byte, error) {
	e.err = nil
	v := t.eval(e)
	if e.err != nil {
		return nil, e.err
	}
	return v, nil
}

// Expression is what decides whether a query belongs to a class: a test, a template,
// or nothing, which the zero value is.
type Expression struct {
	Test     *Test
	Template *Template
}

// ParseExpression compiles the test of a class, else its template; "" stands for one
// that it does not have.
func ParseExpression(test, template string, o Options) (e Expression, err error) {
	switch {
	case test != "":
		e.Test, err = ParseTest(test, o)
	case template != "":
		e.Template, err = ParseTemplate(template, o)
	}
	return e, err
}

// Classes are the numbers of the classes that the expression asks for.
func (e Expression) Classes() []int {
	switch {
	case e.Test != nil:
		return e.Test.Classes()
	case e.Template != nil:
		return e.Template.Classes()
	}
	return nil
}
