package hostname

import (
	"fmt"
	"regexp"
	"strings"
	"unicode/utf8"

	"nestor/lib/config"
)

// Filter replaces the characters of client names that a scope does not
// want (hostname-char-set, hostname-char-replacement). NUL never passes.
type Filter struct {
	invalid     *regexp.Regexp
	replacement string
}

// NewFilter compiles the filter of a scope.
func NewFilter(set, replacement string) (*Filter, error) {
	re, err := config.CompileCharSet(set)
	if err != nil {
		return nil, fmt.Errorf("hostname-char-set: %w", err)
	}
	return &Filter{invalid: re, replacement: replacement}, nil
}

// Clean returns the name without them.
func (f *Filter) Clean(name string) string {
	name = strings.ReplaceAll(name, "\x00", f.replacement)
	if f.invalid == nil {
		return name
	}
	return fromLatin1(f.invalid.ReplaceAllLiteralString(toLatin1(name), f.replacement))
}

// toLatin1 gives each byte of a name the character of its number, so that a regular
// expression sees bytes: names of clients need not be UTF-8.
func toLatin1(name string) string {
	var b strings.Builder
	for i := range len(name) {
		b.WriteRune(rune(name[i]))
	}
	return b.String()
}

// fromLatin1 undoes toLatin1, but for what a replacement has brought beyond it.
func fromLatin1(name string) string {
	var b []byte
	for _, r := range name {
		if r > 0xff {
			b = utf8.AppendRune(b, r)
			continue
		}
		b = append(b, byte(r))
	}
	return string(b)
}

// Own is the client's own name, sanitised label by label and qualified, with a
// final dot; complete tells a full name from a partial one. It is "" when sanitising
// has left what is no name; where nothing at all is left, it is the root, ".".
func (f *Filter) Own(name string, complete bool, suffix string) string {
	labels := strings.Split(Lower(name), ".")
	for i, label := range labels {
		labels[i] = f.Clean(label)
	}
	name = strings.Join(labels, ".")
	switch {
	case name == "" && (complete || suffix == ""):
		return "."
	case !Usable(name):
		return ""
	case complete:
		return name + "."
	}
	return Qualify(name, suffix) + "."
}
