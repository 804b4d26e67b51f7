package hostname

import (
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"
	"unicode/utf8"

	"nestor/lib/config"
)

// Filter replaces the characters of client names that a scope does not
// want (hostname-char-set, hostname-char-replacement). NUL never passes.
type Filter struct {
	invalid     *regexp.Regexp
	replacement string
	// single tells of each byte whether it is replaced, where the set says so of
	// single ones; nil otherwise. Nearly all names need no more than a look at it.
	single *[256]bool
}

// NewFilter compiles the filter of a scope.
func NewFilter(set, replacement string) (*Filter, error) {
	re, err := config.CompileCharSet(set)
	if err != nil {
		return nil, fmt.Errorf("hostname-char-set: %w", err)
	}
	return &Filter{invalid: re, replacement: replacement, single: singleBytes(re)}, nil
}

// singleBytes are the bytes that a set of single ones matches, nil if it is none.
func singleBytes(re *regexp.Regexp) *[256]bool {
	var is [256]bool
	if re == nil {
		return &is
	}
	parsed, err := syntax.Parse(re.String(), syntax.Perl)
	if err != nil || parsed.Op != syntax.OpCharClass {
		return nil
	}
	for c := range is {
		is[c] = re.MatchString(string(rune(c)))
	}
	return &is
}

// passes reports whether Clean leaves the name as it is, as far as that is to be seen
// without the regular expression.
func (f *Filter) passes(name string) bool {
	if f.single == nil {
		return false
	}
	for i := range len(name) {
		if name[i] == 0 || f.single[name[i]] {
			return false
		}
	}
	return true
}

// Filters are the filters of a configuration, each compiled once. The zero value has
// none.
type Filters map[[2]string]*Filter

// Of returns the filter of a scope.
func (f *Filters) Of(d *config.DDNSParams) (*Filter, error) {
	key := [2]string{d.HostnameCharSet, d.HostnameCharReplacement}
	if known, ok := (*f)[key]; ok {
		return known, nil
	}
	made, err := NewFilter(key[0], key[1])
	if err != nil {
		return nil, err
	}
	if *f == nil {
		*f = Filters{}
	}
	(*f)[key] = made
	return made, nil
}

// Clean returns the name without them.
func (f *Filter) Clean(name string) string {
	if f.passes(name) {
		return name
	}
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
	name = f.cleanLabels(Lower(name))
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

// cleanLabels cleans each label; dots stay.
func (f *Filter) cleanLabels(name string) string {
	if f.passes(name) {
		return name
	}
	labels := strings.Split(name, ".")
	for i, label := range labels {
		labels[i] = f.Clean(label)
	}
	return strings.Join(labels, ".")
}
