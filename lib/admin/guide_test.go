package admin

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestGuide runs the examples of the guide: what it shows is what is printed.
func TestGuide(t *testing.T) {
	guide, err := os.ReadFile("../../docs/guide.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := regexp.MustCompile("(?s)```\n\\$ nestor-admin (eval) \"([^\"\n]*)\" \"([^\"\n]*)\"\n(.*?)```\n").FindAllStringSubmatch(string(guide), -1)
	if len(examples) != 2 {
		t.Fatalf("%d examples", len(examples))
	}
	for _, m := range examples {
		_, stdout, stderr := run(m[1:4]...)
		if got := stdout + stderr; got != m[4] {
			t.Errorf("%s\nprints\n%s\nthe guide has\n%s", strings.Join(m[1:4], " "), got, m[4])
		}
	}
}
