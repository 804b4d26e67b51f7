package config

import (
	"fmt"
	"regexp"
	"strings"
)

// CompileCharSet compiles a hostname-char-set: a POSIX extended regular
// expression of the characters that a name must not have (ARM 8.2.20.4). "" gives
// nil, nothing to replace.
func CompileCharSet(expression string) (*regexp.Regexp, error) {
	if expression == "" {
		return nil, nil
	}
	posix := literalBackslashes(expression)
	_, err := regexp.CompilePOSIX(posix)
	if err != nil {
		return nil, notCharSet(expression, err)
	}
	// In what CompilePOSIX gives, neither [^…] nor a dot matches a newline, which
	// would so get into names; in regcomp's they do.
	re, err := regexp.Compile("(?s:" + posix + ")")
	if err != nil {
		return nil, notCharSet(expression, err)
	}
	re.Longest()
	return re, nil
}

func notCharSet(expression string, err error) error {
	return fmt.Errorf("%q is not a regular expression (%v): write a set such as [^A-Za-z0-9.-]", expression, err)
}

// literalBackslashes doubles the backslashes inside brackets, where POSIX takes
// them as they are and Go as an escape.
func literalBackslashes(expression string) string {
	var b strings.Builder
	open := -1 // where the contents of the brackets begin, -1 outside
	for i := 0; i < len(expression); i++ {
		c := expression[i]
		b.WriteByte(c)
		switch {
		case open < 0 && c == '\\' && i+1 < len(expression):
			i++
			b.WriteByte(expression[i])
		case open < 0 && c == '[':
			open = i + 1
			if open < len(expression) && expression[open] == '^' {
				open++
				i++
				b.WriteByte('^')
			}
		case open >= 0 && c == '\\':
			b.WriteByte('\\')
		case open >= 0 && c == ']' && i > open:
			open = -1
		}
	}
	return b.String()
}
