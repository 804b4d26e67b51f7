package packetinput

import (
	"encoding/hex"
	"strings"
)

// hexText reads hexadecimal digits; blanks, line ends, colons and a leading 0x
// do not count.
func hexText(text string) (b []byte, ok bool) {
	digits := strings.Map(func(r rune) rune {
		if strings.ContainsRune(" \t\r\n:", r) {
			return -1
		}
		return r
	}, text)
	if len(digits) > 1 && digits[0] == '0' && digits[1]|0x20 == 'x' {
		digits = digits[2:]
	}
	b, err := hex.DecodeString(digits)
	return b, err == nil && len(b) > 0
}

// shortened is the beginning of a text, for messages.
func shortened(text string) string {
	const most = 40
	if text = strings.TrimSpace(text); len(text) > most {
		return text[:most] + "…"
	}
	return text
}
