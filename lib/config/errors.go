package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"nestor/lib/element"
)

// Error is one fault of a configuration.
type Error struct {
	// Path leads to the value at fault: Dhcp4/subnet4[0]/pools[1]/pool.
	Path string
	Pos  element.Pos
	// Text says what is wrong and what to do about it.
	Text string
	// Kea is the whole message in the form that clients of Kea know, with the
	// position where Kea has it; "" when there is no such form.
	Kea string
	// grammar faults are those that Kea's file parser finds.
	grammar bool
	// unread faults are those of a value that is taken for missing.
	unread bool
	// relies are the keywords that the finding relies on beside its place.
	relies []string
}

// Error gives the message with path and position:
//
//	Dhcp4/subnet4[2]/pools[0]/pool: 192.0.2.300 is not an IPv4 address (nestor-dhcp4.conf:41:19)
//
// What Kea says in a form of its own begins with that form and has ours behind it.
func (e *Error) Error() string {
	if e.Kea == "" {
		return e.Path + ": " + e.Text + e.at()
	}
	if e.Text == "" {
		return e.Kea + " [" + e.Path + "]"
	}
	return e.Kea + " [" + e.Path + ": " + e.Text + "]"
}

// Answer is the text for the answer of a command: Kea's form alone if there is
// one, so that clients that look for it find it unchanged.
func (e *Error) Answer() string {
	if e.Kea != "" {
		return e.Kea
	}
	return e.Error()
}

func (e *Error) at() string {
	if e.Pos.Source == nil {
		return ""
	}
	return " (" + e.Pos.String() + ")"
}

// Errors are all the faults of a configuration, in the order of its text. It
// holds at least one when a function returns it as an error.
type Errors []*Error

// Error gives the faults one a line.
func (es Errors) Error() string { return es.join("\n", (*Error).Error) }

// First returns the first fault of the text.
func (es Errors) First() *Error { return es[0] }

// Answer is the text for the answer of a command; see Error.Answer.
func (es Errors) Answer() string { return es.join("; ", (*Error).Answer) }

func (es Errors) join(separator string, text func(*Error) string) string {
	lines := make([]string, len(es))
	for i, e := range es {
		lines[i] = text(e)
	}
	return strings.Join(lines, separator)
}

// Syntax reports whether some fault is one of form, as a parser finds it: an
// unknown keyword, a wrong type, a mandatory parameter missing.
func (es Errors) Syntax() bool {
	return slices.ContainsFunc(es, func(e *Error) bool { return e.grammar })
}

// Unwrap lets errors.As and errors.Is look at each fault.
func (es Errors) Unwrap() []error {
	out := make([]error, len(es))
	for i, e := range es {
		out[i] = e
	}
	return out
}

// sort puts faults of one text in its order. Those of included files stay
// behind the ones found before them.
func (es Errors) sort() {
	rank := make(map[*string]int)
	for _, e := range es {
		if _, ok := rank[e.Pos.Source]; !ok {
			rank[e.Pos.Source] = len(rank)
		}
	}
	slices.SortStableFunc(es, func(a, b *Error) int {
		return cmp.Or(
			cmp.Compare(rank[a.Pos.Source], rank[b.Pos.Source]),
			cmp.Compare(a.Pos.Line, b.Pos.Line),
			cmp.Compare(a.Pos.Col, b.Pos.Col),
		)
	})
}

// Warning is a remark about a configuration that loads.
type Warning struct {
	// ID is the identifier of the log message that has this meaning (ARM 26), with
	// Args its arguments; "" when there is none, and Text says it all.
	ID   string
	Args []string
	Path string
	Pos  element.Pos
	Text string
}

// String gives path, text and position, as Error does.
func (w Warning) String() string {
	at := ""
	if w.Pos.Source != nil {
		at = " (" + w.Pos.String() + ")"
	}
	if w.Path == "" {
		return w.Text + at
	}
	return w.Path + ": " + w.Text + at
}

// path is the way from the top of a configuration to a value. It is written
// out only for messages.
type path struct {
	up    *path
	key   string
	index int // in the list under key, -1: not an element of a list
}

// String gives the notation of ARM 5: Dhcp4/subnet4[0]/pools.
func (p *path) String() string {
	if p == nil {
		return ""
	}
	s := p.key
	if p.index >= 0 {
		s = fmt.Sprintf("%s[%d]", p.key, p.index)
	}
	if p.up == nil || p.up.key == "" {
		return s
	}
	return p.up.String() + "/" + s
}
