package explain

import (
	"strings"

	"nestor/lib/element"
)

// DetailsField is the name of a field with lines that go below the sentence of its
// decision.
const DetailsField = "details"

// Details makes the field of the lines below a sentence.
func Details(lines []string) Field { return Strings(DetailsField, lines) }

// Element gives the decisions as a list of maps: "step", "decision", "text" and
// the fields of each.
func (t *Trace) Element() *element.Value {
	list := element.NewList()
	for i := range t.notes {
		list.Append(t.notes[i].element())
	}
	return list
}

func (n *Note) element() *element.Value {
	m := element.NewMap().
		Add("step", element.NewString(n.Step.Key)).
		Add("decision", element.NewString(n.Key)).
		Add("text", element.NewString(n.Sentence()))
	for _, f := range n.Fields {
		m.Set(f.Name, f.Value)
	}
	return m
}

// Text writes the decisions below the titles of their steps.
func (t *Trace) Text() string {
	var b strings.Builder
	var step *Step
	for i := range t.notes {
		n := &t.notes[i]
		if n.Step != step {
			step = n.Step
			b.WriteString(step.Title + ":\n")
		}
		b.WriteString("  " + n.Sentence() + "\n")
		for _, f := range n.Fields {
			if f.Name == DetailsField {
				writeDetails(&b, f.Value)
			}
		}
	}
	return b.String()
}

func writeDetails(b *strings.Builder, lines *element.Value) {
	for _, l := range lines.List {
		b.WriteString("      " + l.Str + "\n")
	}
}
