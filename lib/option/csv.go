package option

import "strings"

// splitEscaped cuts s at the separators that no backslash escapes and leaves
// the escapes in the pieces.
func splitEscaped(s string, separator byte) []string {
	var pieces []string
	start := 0
	for i := 0; i < len(s); i++ {
		switch s[i] {
		case '\\':
			i++ // whatever follows does not separate
		case separator:
			pieces = append(pieces, s[start:i])
			start = i + 1
		}
	}
	return append(pieces, s[start:])
}

// splitCSV cuts the data of an entry into its values. Empty ones are skipped
// and blanks around a value are dropped, as Kea does.
func splitCSV(data string) []string {
	var values []string
	for _, piece := range splitEscaped(data, ',') {
		if piece != "" {
			values = append(values, unescape(strings.TrimSpace(piece), ","))
		}
	}
	return values
}

// unescape removes the backslash before a backslash and before the characters
// of special; before any other character it stands for itself.
func unescape(s, special string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (s[i+1] == '\\' || strings.IndexByte(special, s[i+1]) >= 0) {
			i++
		}
		b = append(b, s[i])
	}
	return string(b)
}

// escape is the inverse of unescape.
func escape(s, special string) string {
	if !strings.ContainsAny(s, special+`\`) {
		return s
	}
	b := make([]byte, 0, len(s)+8)
	for i := range len(s) {
		if s[i] == '\\' || strings.IndexByte(special, s[i]) >= 0 {
			b = append(b, '\\')
		}
		b = append(b, s[i])
	}
	return string(b)
}
