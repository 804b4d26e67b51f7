// Package explain owns the account of what a server would do with a message: the
// decisions that it comes to, in their order, and how they are written for people
// and for programs. Which decisions there are and when one is taken is recorded by
// the daemons; this package knows no protocol.
package explain

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"nestor/lib/element"
)

// Step is a step on the way from message to reply.
type Step struct {
	Key   string // for programs, "subnet"
	Title string // for people, a heading
}

// The steps that servers of both DHCP versions take.
var (
	State       = &Step{"state", "What this rests on"}
	Receive     = &Step{"receive", "Received"}
	Classes     = &Step{"classes", "Client classes"}
	Subnet      = &Step{"subnet", "Subnet"}
	Checks      = &Step{"checks", "Checks"}
	Reservation = &Step{"reservation", "Host reservation"}
	Address     = &Step{"address", "Address"}
	Lifetime    = &Step{"lifetime", "Lifetimes"}
	Name        = &Step{"name", "Name"}
	Store       = &Step{"store", "Leases that would be written"}
	DNS         = &Step{"dns", "Updates that the DNS would be asked for"}
	Options     = &Step{"options", "Fields and options of the reply"}
	Send        = &Step{"send", "Reply"}
)

// Decision is a kind of decision, usually in a package variable.
type Decision struct {
	Step *Step
	Key  string // for programs, one of a kind: "subnet-not-admitted"
	// Text is the sentence for people. A {name} in it stands for the field of that
	// name.
	Text string
}

// Field is one circumstance of a decision, by a name that programs rely on.
type Field struct {
	Name  string
	Value *element.Value
}

// String makes a field of a text, as Printable writes it: it may come from a client.
func String(name, value string) Field { return Field{name, element.NewString(Printable(value))} }

// Int makes a field of a number.
func Int[N int | int64 | uint32 | uint16 | uint8](name string, n N) Field {
	return Field{name, element.NewInt(int64(n))}
}

// Strings makes a field of several texts.
func Strings(name string, values []string) Field {
	list := element.NewList()
	for _, v := range values {
		list.Append(element.NewString(Printable(v)))
	}
	return Field{name, list}
}

// Printable writes a text whose bytes may be any, with \x and two hexadecimal digits
// for each that is not text: a terminal shows what it says and does not obey it.
func Printable(text string) string {
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if valid := r != utf8.RuneError || n > 1; valid && unicode.IsPrint(r) {
			b.WriteString(text[:n])
		} else {
			for _, c := range []byte(text[:n]) {
				fmt.Fprintf(&b, `\x%02x`, c)
			}
		}
		text = text[n:]
	}
	return b.String()
}

// Note is a decision that was taken.
type Note struct {
	*Decision
	Fields []Field
}

// Trace collects the decisions about one message. It belongs to one goroutine.
type Trace struct {
	notes []Note
	known map[string]bool // what is said already
}

// Add records a decision. One that was taken before, in the same circumstances, is
// not told again. The fields must not be changed afterwards.
func (t *Trace) Add(d *Decision, fields ...Field) {
	n := Note{d, fields}
	key := n.element().String()
	if t.known[key] {
		return
	}
	if t.known == nil {
		t.known = map[string]bool{}
	}
	t.known[key] = true
	t.notes = append(t.notes, n)
}

// Notes are the decisions in the order in which they were taken.
func (t *Trace) Notes() []Note { return t.notes }

// Has reports whether a decision of that kind was taken.
func (t *Trace) Has(d *Decision) bool {
	for _, n := range t.notes {
		if n.Decision == d {
			return true
		}
	}
	return false
}

// Sentence is the text of the decision with its fields filled in.
func (n *Note) Sentence() string {
	var b strings.Builder
	text := n.Text
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		b.WriteString(n.text(name))
		text = after
	}
}

// text is the value of a field as it stands in sentences, "" if there is none.
func (n *Note) text(name string) string {
	for _, f := range n.Fields {
		if f.Name == name {
			return plain(f.Value)
		}
	}
	return ""
}

// plain writes a value for people: texts without quotes, lists with commas.
func plain(v *element.Value) string {
	switch v.Kind {
	case element.String:
		return v.Str
	case element.List:
		var items []string
		for _, e := range v.List {
			items = append(items, plain(e))
		}
		return strings.Join(items, ", ")
	}
	return v.String()
}
