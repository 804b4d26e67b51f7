package control

import (
	"cmp"
	"fmt"

	"nestor/lib/element"
)

// frame gathers the text of one command from a stream that has neither length nor
// terminator: it is complete when its outermost bracket closes, brackets inside
// strings and comments not counting.
type frame struct {
	limit int    // of its length; 0: that of commands
	text  []byte // what has arrived, up to the closing bracket
	state frameState
	depth int
}

// frameState is what the byte that comes next belongs to.
type frameState uint8

const (
	frameBefore frameState = iota // the command has not begun
	frameInside                   // between tokens, or in a number or word
	frameString                   // in a string
	frameEscape                   // behind a backslash in a string
	frameSlash                    // behind a slash
	frameLine                     // in a comment up to the line's end
	frameBlock                    // in a comment up to */
	frameStar                     // behind a star in such a comment
	frameClosed                   // behind the closing bracket
)

// feed takes what has arrived and reports whether the command is complete; what
// follows it is ignored. An error ends the exchange.
func (f *frame) feed(p []byte) (complete bool, err error) {
	if limit := cmp.Or(f.limit, element.MaxWireSize); len(f.text)+len(p) > limit {
		return false, fmt.Errorf("the command is longer than %d bytes", limit)
	}
	for i, c := range p {
		if err := f.next(c); err != nil {
			return false, err
		}
		if f.state == frameClosed {
			f.text = append(f.text, p[:i+1]...)
			return true, nil
		}
	}
	f.text = append(f.text, p...)
	return false, nil
}

// next moves on by one byte.
func (f *frame) next(c byte) error {
	switch f.state {
	case frameString:
		switch c {
		case '"':
			f.state = frameInside
		case '\\':
			f.state = frameEscape
		}
	case frameEscape:
		f.state = frameString
	case frameLine:
		if c == '\n' {
			f.leaveComment()
		}
	case frameBlock:
		if c == '*' {
			f.state = frameStar
		}
	case frameStar:
		switch c {
		case '/':
			f.leaveComment()
		case '*':
		default:
			f.state = frameBlock
		}
	case frameSlash:
		return f.afterSlash(c)
	default:
		return f.token(c)
	}
	return nil
}

// token looks at a byte outside of strings and comments.
func (f *frame) token(c byte) error {
	switch c {
	case '#':
		f.state = frameLine
	case '/':
		f.state = frameSlash
	case '{', '[':
		f.state = frameInside
		f.depth++
	default:
		if f.state == frameBefore {
			return before(c)
		}
		switch c {
		case '"':
			f.state = frameString
		case '}', ']':
			f.depth--
			if f.depth == 0 {
				f.state = frameClosed
			}
		}
	}
	return nil
}

// before looks at a byte in front of the first bracket.
func before(c byte) error {
	switch c {
	case ' ', '\t', '\r', '\n':
		return nil
	}
	return fmt.Errorf("invalid first character %c", c)
}

// afterSlash decides whether a slash began a comment.
func (f *frame) afterSlash(c byte) error {
	switch c {
	case '/':
		f.state = frameLine
		return nil
	case '*':
		f.state = frameBlock
		return nil
	}
	return fmt.Errorf("invalid characters /%c", c)
}

// leaveComment goes back to where the comment began.
func (f *frame) leaveComment() {
	f.state = frameInside
	if f.depth == 0 {
		f.state = frameBefore
	}
}
