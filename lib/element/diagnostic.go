package element

import (
	"fmt"
	"strings"
)

// Diagnostic is one remark of the file parser.
type Diagnostic struct {
	Warning bool // otherwise an error
	Pos     Pos
	Text    string
	// Colons writes the position as FILE:LINE:COL, which Kea does for what it
	// finds beside the grammar; otherwise it is FILE:LINE.COL-COL.
	Colons bool
	// Near is how far behind the beginning of a string it is wrong, from 1; 0 when
	// the whole of it is meant.
	Near int
}

// String gives position and text, in the form that Kea's parser uses.
func (d Diagnostic) String() string {
	if d.Pos.Source == nil {
		return d.Text
	}
	if d.Colons {
		return d.Pos.String() + ": " + d.Text
	}
	if d.Near > 0 {
		return fmt.Sprintf("%s (near %d): %s", d.Pos.Span(), d.Near, d.Text)
	}
	return d.Pos.Span() + ": " + d.Text
}

// Span gives the position as file:line.column, or file:line.column-column when it
// covers more than one character: the form of Kea's grammar errors.
func (p Pos) Span() string {
	switch {
	case p.Source == nil:
		return ""
	case p.EndCol > p.Col:
		return fmt.Sprintf("%s:%d.%d-%d", *p.Source, p.Line, p.Col, p.EndCol)
	}
	return fmt.Sprintf("%s:%d.%d", *p.Source, p.Line, p.Col)
}

// SyntaxErrors is what ParseFile and ParseText return for a text that is not
// well formed: at least one error, in the order of the text.
type SyntaxErrors []Diagnostic

// Error gives the errors one a line.
func (e SyntaxErrors) Error() string {
	lines := make([]string, len(e))
	for i, d := range e {
		lines[i] = d.String()
	}
	return strings.Join(lines, "\n")
}
