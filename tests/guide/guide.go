// Package guide holds what docs/guide.md shows of a program's output against the
// program.
package guide

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update-guide", false, "write the output of nestor-dhcp4 explain and nestor-dhcp6 explain into docs/guide.md")

// path is from the directory of a daemon.
const path = "../../docs/guide.md"

// Explanation is an explanation in the guide.
type Explanation struct {
	Program string // nestor-dhcp4
	Mark    string // of its blocks: "explain" stands before ": configuration" and ": output"
	Config  string // the name of the configuration file in the guide
	Query   []string
	Words   int // how many words of the query stand on the first line
	// Run runs the tool.
	Run func(t *testing.T, args ...string) (exit int, stdout, stderr string)
}

// Check makes the output in the guide anew and compares.
func (e *Explanation) Check(t *testing.T) {
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	conf := filepath.Join(t.TempDir(), e.Config)
	if err := os.WriteFile(conf, []byte(block(t, text, e.Mark+": configuration")), 0o640); err != nil {
		t.Fatal(err)
	}
	exit, out, errs := e.Run(t, append([]string{"-c", conf}, e.Query...)...)
	if exit != 0 {
		t.Fatalf("exit status %d: %s", exit, errs)
	}
	want := "$ " + e.Program + " explain -c " + e.Config + " " + strings.Join(e.Query[:e.Words], " ") + " \\\n      " +
		strings.Join(e.Query[e.Words:], " ") + "\n" + out
	got := block(t, text, e.Mark+": output")
	if got == want {
		return
	}
	if !*update {
		t.Fatalf("docs/guide.md shows another output (go test . -run TestGuide -update-guide writes it anew):\n%s", want)
	}
	text = strings.Replace(text, "```\n"+got+"```", "```\n"+want+"```", 1)
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// block is the block of code behind a mark.
func block(t *testing.T, text, mark string) string {
	t.Helper()
	_, behind, found := strings.Cut(text, "<!-- "+mark+" -->\n```")
	if !found {
		t.Fatalf("docs/guide.md has no mark %q", mark)
	}
	_, behind, _ = strings.Cut(behind, "\n")
	code, _, _ := strings.Cut(behind, "```\n")
	return code
}
