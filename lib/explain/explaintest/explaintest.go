// Package explaintest holds explanations of servers to what is expected of them, in
// tests.
package explaintest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"nestor/lib/explain"
)

// TB is what the checks need of a test, which may be one of many random ones.
type TB interface {
	Helper()
	Errorf(format string, args ...any)
}

// Sentences looks for sentences that lack what they should say.
func Sentences(t TB, e *explain.Explanation) {
	t.Helper()
	for _, n := range e.Notes() {
		for part := range strings.SplitSeq(n.Text, "{") {
			name, _, isField := strings.Cut(part, "}")
			if isField && !slices.ContainsFunc(n.Fields, func(f explain.Field) bool { return f.Name == name }) {
				t.Errorf("decision %s has no field %s for its text %q", n.Key, name, n.Text)
			}
		}
		if s := n.Sentence(); strings.HasSuffix(s, "from ") {
			t.Errorf("decision %s does not say where from: %q", n.Key, s)
		}
	}
}

// Lines looks for lines of an explanation and returns the keys of their decisions.
func Lines(t TB, e *explain.Explanation, lines ...string) (keys []string) {
	t.Helper()
	for _, line := range lines {
		found := false
		for _, n := range e.Notes() {
			if n.Sentence() == line {
				keys, found = append(keys, n.Key), true
			}
		}
		if !found {
			t.Errorf("the explanation does not say %q:\n%s", line, e.Text())
		}
	}
	return keys
}

var key = regexp.MustCompile(`Key: "([a-z0-9-]+)"`)

// AllShown checks that the decisions in source files have each a key of their own, which
// is among those shown.
func AllShown(t testing.TB, shown []string, files ...string) {
	t.Helper()
	seen := map[string]bool{}
	for _, name := range files {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range key.FindAllStringSubmatch(string(src), -1) {
			if seen[m[1]] {
				t.Errorf("two decisions have the key %s", m[1])
			}
			seen[m[1]] = true
			if !slices.Contains(shown, m[1]) {
				t.Errorf("no case shows the line of decision %s", m[1])
			}
		}
	}
}
