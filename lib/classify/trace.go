package classify

import (
	"encoding/hex"
	"strconv"
	"strings"
)

// Trace is told of each step of an evaluation: the identifier of the message that
// Kea has for it (ARM 15.10), and what the message says. Values that were taken are
// in the order of Kea's stack, the last one first.
type Trace func(id string, args ...any)

// shownHex writes a value as the messages do.
func shownHex(v []byte) string { return "0x" + strings.ToUpper(hex.EncodeToString(v)) }

// shownText quotes a text. One with bytes that would disturb a log is written in
// hexadecimal.
func shownText(v []byte) string {
	if !printable(v) {
		return shownHex(v)
	}
	return "'" + string(v) + "'"
}

// shownRaw is shownText without the quotation marks.
func shownRaw(v []byte) string {
	if !printable(v) {
		return shownHex(v)
	}
	return string(v)
}

func printable(v []byte) bool {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return false
		}
	}
	return true
}

// shownLabel names a place that evaluation goes on at.
func shownLabel(n int) string { return "L" + strconv.Itoa(n) }

func shownBool(b bool) string {
	if b {
		return "'true'"
	}
	return "'false'"
}
