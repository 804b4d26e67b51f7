package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const sample = `# Sample
A note.

## 1. First
- [x] ZZ.1.1 one
- [ ] ZZ.1.2 two
- [-] ZZ.1.3 three left out: nobody asks for it
`

// tree makes a checkout of one list and the given test file.
func tree(t *testing.T, list, test string) string {
	t.Helper()
	root := t.TempDir()
	for name, text := range map[string]string{
		"docs/conformance/sample.md": list,
		"lib/a/a_test.go":            test,
		"lib/a/a.go":                 "// ZZ.1.2 outside a test claims nothing",
		"lib/a/testdata/fuzz/F/x":    "ZZ.1.2",
		"tests/conformance/own.go":   "ZZ.1.2",
	} {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		name, list, test string
		want             string // part of the error; empty: no error
	}{
		{"tick with test", sample, "// ZZ.1.1", ""},
		{"section named only", sample, "// ZZ.1.1, see ZZ.1", ""},
		{"tick without test", sample, "// nothing", "sample.md:5: ZZ.1.1 is ticked, but no test names it"},
		{"longer id is another", sample, "// ZZ.1.11 ZZ.1.1", "lib/a/a_test.go: names ZZ.1.11, which no list has"},
		{"left out without reason", "- [-] ZZ.1.1 one\n", "", "without a reason"},
		{"malformed line", "- [y] ZZ.1.1 one\n", "", "sample.md:1: want"},
		{"id twice", "- [ ] ZZ.1.1 a\n- [ ] ZZ.1.1 b\n", "", "already"},
		{"no facts", "# empty\n", "", "no list of facts"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var out bytes.Buffer
			err := run(&out, tree(t, c.list, c.test), false, "", "", nil)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("unexpected error: %v", err)
			case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)):
				t.Errorf("want an error with %q, got %v", c.want, err)
			}
		})
	}
}

// TestListsOfThisTree looks whether each list of docs/conformance is among those
// that are checked and updated.
func TestListsOfThisTree(t *testing.T) {
	dir := filepath.Join("..", "..", "docs", "conformance")
	files, err := filepath.Glob(filepath.Join(dir, "*.md"))
	if err != nil {
		t.Fatal(err)
	}
	lists, err := readLists(dir)
	if err != nil {
		t.Fatal(err)
	}
	checked := map[string]bool{filepath.Join(dir, "README.md"): true}
	for _, l := range lists {
		checked[l.path] = true
	}
	for _, file := range files {
		if !checked[file] {
			t.Errorf("%s holds no facts: write them as `- [ ] ID text`", file)
		}
	}
	if !checked[filepath.Join(dir, "classification.md")] {
		t.Error("the list of client classification is not read")
	}
}

func TestUpdate(t *testing.T) {
	root := tree(t, sample, `t.Run("ZZ.1.2 two", nil) // ZZ.1.3`)
	if err := run(os.Stdout, root, true, "", "", nil); err != nil {
		t.Fatal(err)
	}
	got := read(t, root)
	want := strings.NewReplacer("[x] ZZ.1.1", "[ ] ZZ.1.1", "[ ] ZZ.1.2", "[x] ZZ.1.2").Replace(sample)
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestOpenAndSummary(t *testing.T) {
	root := tree(t, sample, "// ZZ.1.1")
	var out bytes.Buffer
	if err := run(&out, root, false, "ZZ.1", "", nil); err != nil {
		t.Fatal(err)
	}
	if got := out.String(); got != "ZZ.1.2 two\n" {
		t.Errorf("open facts: got %q", got)
	}
	out.Reset()
	if err := run(&out, root, false, "", "", nil); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"1 of   3 (1 left out)  1. First", "1 of 3 facts are shown by tests"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("summary lacks %q:\n%s", want, out.String())
		}
	}
}

func TestImportKeepsStates(t *testing.T) {
	root := tree(t, sample, "")
	source := t.TempDir()
	fresh := "# Sample, second edition\n- [ ] ZZ.1.1 one, clearer\n- [ ] ZZ.1.3 three\n- [ ] ZZ.1.4 four\n"
	if err := os.WriteFile(filepath.Join(source, "sample.md"), []byte(fresh), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := run(os.Stdout, root, false, "", source, nil); err != nil {
		t.Fatal(err)
	}
	want := "# Sample, second edition\n- [x] ZZ.1.1 one, clearer\n- [-] ZZ.1.3 three left out: nobody asks for it\n- [ ] ZZ.1.4 four\n"
	if got := read(t, root); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func read(t *testing.T, root string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs/conformance/sample.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
