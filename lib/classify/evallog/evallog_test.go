package evallog

import (
	"os"
	"regexp"
	"testing"
)

// TestEveryStepHasItsMessage reads the identifiers in the source of the compiler.
func TestEveryStepHasItsMessage(t *testing.T) {
	found := map[string]bool{}
	for _, file := range []string{"accessors.go", "functions.go", "match.go", "parser.go"} {
		src, err := os.ReadFile("../" + file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(EVAL_DEBUG_\w*[A-Z0-9])"`).FindAllStringSubmatch(string(src), -1) {
			found[m[1]] = true
			if labelled[m[1]] == nil && m[1] != msgMatch.ID {
				t.Errorf("%s has no message", m[1])
			}
		}
	}
	// Those of the conversions are made of the names of these.
	for _, id := range []string{"LCASE", "UCASE", "INT8TOTEXT", "INT16TOTEXT", "INT32TOTEXT", "UINT8TOTEXT", "UINT16TOTEXT", "UINT32TOTEXT"} {
		found["EVAL_DEBUG_"+id] = true
	}
	for id := range labelled {
		if !found[id] {
			t.Errorf("%s is never logged", id)
		}
	}
}
