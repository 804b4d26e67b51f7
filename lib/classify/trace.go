package classify

import (
	"encoding/hex"
	"strings"
)

// Trace is told of each step of an evaluation: the identifier of the message that
// Kea has for it (ARM 15.10), and what the message says. Values that were taken are
// in the order of Kea's stack, the last one first.
type Trace func(id string, args ...any)

// shownHex writes a value as the messages do.
func shownHex(v []byte) string { return "0x" + strings.ToUpper(hex.EncodeToString(v)) }

func shownText(v []byte) string { return "'" + string(v) + "'" }

func shownBool(b bool) string {
	if b {
		return "'true'"
	}
	return "'false'"
}

// traced reports the value of a part under an identifier, with name before it.
func traced(id string, name any, v value) value {
	return func(e *Evaluator) []byte {
		b := v(e)
		if e.Trace != nil {
			e.Trace(id, name, shownHex(b))
		}
		return b
	}
}

// tracedTest is traced for a condition.
func tracedTest(id string, name any, c condition) condition {
	return func(e *Evaluator) bool {
		b := c(e)
		if e.Trace != nil {
			e.Trace(id, name, shownBool(b))
		}
		return b
	}
}
