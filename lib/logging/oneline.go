package logging

import "fmt"

// oneLine escapes the control characters of a message: what a client or a command
// has sent must not begin a line of its own, nor steer the terminal that shows
// the log. It returns body itself where there are none, as nearly always.
func oneLine(body []byte) []byte {
	for i, c := range body {
		if isControl(c) {
			return escapeFrom(body, i)
		}
	}
	return body
}

func isControl(c byte) bool { return c < 0x20 || c == 0x7f }

func escapeFrom(body []byte, at int) []byte {
	out := append(make([]byte, 0, len(body)+16), body[:at]...)
	for _, c := range body[at:] {
		switch {
		case c == '\n':
			out = append(out, `\n`...)
		case c == '\t':
			out = append(out, `\t`...)
		case isControl(c):
			out = fmt.Appendf(out, `\x%02x`, c)
		default:
			out = append(out, c)
		}
	}
	return out
}
