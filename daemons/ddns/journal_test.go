package ddns

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"nestor/lib/ncr"
)

// testJournal is a journal in a file of the test.
func testJournal(t testing.TB, path string) (*journal, []entry, []string) {
	t.Helper()
	var remarks []string
	j := newJournal(func(err error) { t.Errorf("journal: %v", err) })
	pending, err := j.use(path, func(text string) { remarks = append(remarks, text) })
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.file.Close() })
	return j, pending, remarks
}

// crash lets go of the file as the end of the process does.
func (j *journal) crash() { j.file.Close() }

func names(entries []entry) []string {
	var out []string
	for _, e := range entries {
		out = append(out, e.req.Name)
	}
	return out
}

func numbered(n int) *ncr.Request {
	r := request(n%3 == 0, fmt.Sprintf("h%d.example.org.", n), "2001:db8::1", byte(n), ncr.Mode(n%4))
	return &r
}

func TestJournal(t *testing.T) {
	path := filepath.Join(t.TempDir(), "journal")
	j, _, _ := testJournal(t, path)
	var numbers []uint64
	for n := range 6 {
		numbers = append(numbers, j.add(numbered(n)))
	}
	for _, n := range []int{0, 3, 4} {
		j.done(numbers[n])
	}
	j.done(numbers[0]) // once more does no harm
	j.crash()
	want := []string{"h1.example.org.", "h2.example.org.", "h5.example.org."}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Run("what is not done comes back, in order and whole", func(t *testing.T) {
		j, pending, remarks := testJournal(t, path)
		if got := names(pending); !slices.Equal(got, want) || len(remarks) != 0 {
			t.Errorf("got %v, %v", got, remarks)
		}
		if got := pending[0].req.String(); got != numbered(1).String() {
			t.Errorf("got %s", got)
		}
		if n := j.add(numbered(9)); n <= pending[2].number {
			t.Errorf("a new request has the number %d", n)
		}
		j.crash()
		_, pending, _ = testJournal(t, path)
		if got := names(pending); !slices.Equal(got, append(slices.Clone(want), "h9.example.org.")) {
			t.Errorf("got %v", got)
		}
	})
	lines := bytes.SplitAfter(whole, []byte("\n"))
	for _, c := range []struct {
		name    string
		file    []byte
		want    []string
		remarks []string
	}{
		{"a torn last line", append(slices.Clone(whole), lines[0][:20]...), want, []string{":10: the last line is not complete"}},
		{"a last line without its end", whole[:len(whole)-1], append(slices.Clone(want[:2]), "h4.example.org.", "h5.example.org."), []string{":9: the last line is not complete"}},
		{"a corrupt line", bytes.Replace(whole, []byte("h2."), []byte("h7."), 1), []string{want[0], want[2]}, []string{":3: the checksum is "}},
		{"lines of something else", append([]byte("hello\n\n+ x 0 {}\n"), whole...), want, []string{":1: ", ":2: ", ":3: "}},
		{"an empty file", nil, nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "journal")
			if err := os.WriteFile(path, c.file, 0o600); err != nil {
				t.Fatal(err)
			}
			_, pending, remarks := testJournal(t, path)
			if got := names(pending); !slices.Equal(got, c.want) || len(remarks) != len(c.remarks) {
				t.Errorf("got %v, remarks %v", got, remarks)
			}
			for k, want := range c.remarks {
				if k < len(remarks) && !strings.Contains(remarks[k], path+want) {
					t.Errorf("remark %q, want %q", remarks[k], want)
				}
			}
		})
	}
	t.Run("a file has one daemon", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal")
		testJournal(t, path)
		_, err := newJournal(nil).use(path, nil)
		if err == nil || !strings.Contains(err.Error(), "in use by another daemon") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("a file that cannot be", func(t *testing.T) {
		j, _, _ := testJournal(t, filepath.Join(t.TempDir(), "journal"))
		n := j.add(numbered(1))
		if _, err := j.use(filepath.Join(t.TempDir(), "no/such"), nil); err == nil {
			t.Error("it is accepted")
		}
		j.done(n) // goes on in the old one
		if text, err := os.ReadFile(j.path); err != nil || bytes.Count(text, []byte("\n")) != 2 {
			t.Errorf("%q, %v", text, err)
		}
	})
	t.Run("another file, and none", func(t *testing.T) {
		dir := t.TempDir()
		j, _, _ := testJournal(t, filepath.Join(dir, "a"))
		j.add(numbered(1))
		if _, err := j.use(filepath.Join(dir, "b"), nil); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(filepath.Join(dir, "a")); err == nil {
			t.Error("the old file is still there")
		}
		j.add(numbered(2))
		j.crash()
		again, pending, _ := testJournal(t, filepath.Join(dir, "b"))
		if got := names(pending); !slices.Equal(got, []string{"h1.example.org.", "h2.example.org."}) {
			t.Errorf("got %v", got)
		}
		if _, err := again.use("", nil); err != nil {
			t.Fatal(err)
		}
		if left, _ := os.ReadDir(dir); len(left) != 0 {
			t.Errorf("left are %v", left)
		}
		// Requests from before are in a file that comes later.
		if _, err := again.use(filepath.Join(dir, "c"), nil); err != nil {
			t.Fatal(err)
		}
		again.crash()
		if _, pending, _ := testJournal(t, filepath.Join(dir, "c")); len(pending) != 2 {
			t.Errorf("got %v", names(pending))
		}
	})
	t.Run("the file does not grow without end", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "journal")
		j, _, _ := testJournal(t, path)
		kept := j.add(numbered(1))
		for n := range 10000 {
			j.done(j.add(numbered(n)))
		}
		info, err := os.Stat(path)
		if err != nil || info.Size() > compactAbove+1000 || info.Size() != j.size {
			t.Errorf("%v octets, thought to be %d: %v", info.Size(), j.size, err)
		}
		j.crash()
		if _, pending, _ := testJournal(t, path); len(pending) != 1 {
			t.Errorf("got %v, want that of number %d", names(pending), kept)
		}
	})
}

// However a journal is used and wherever it is cut off, what comes back is what was
// not done in the part that is left.
func TestJournalAgainstModel(t *testing.T) {
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		path := filepath.Join(dir, "journal")
		os.Remove(path)
		j := newJournal(func(err error) { rt.Fatal(err) })
		if _, err := j.use(path, nil); err != nil {
			rt.Fatal(err)
		}
		type state struct {
			size int64
			live []string
		}
		history := []state{{}}
		var live []entry
		for step := range rapid.IntRange(0, 30).Draw(rt, "steps") {
			if len(live) > 0 && rapid.Bool().Draw(rt, "done") {
				k := rapid.IntRange(0, len(live)-1).Draw(rt, "which")
				j.done(live[k].number)
				live = slices.Delete(slices.Clone(live), k, k+1)
			} else {
				r := numbered(step)
				live = append(slices.Clone(live), entry{j.add(r), r})
			}
			history = append(history, state{j.size, names(live)})
		}
		j.crash()
		cut := rapid.Int64Range(0, j.size).Draw(rt, "cut")
		if err := os.Truncate(path, cut); err != nil {
			rt.Fatal(err)
		}
		var want []string
		for _, s := range history {
			if s.size <= cut {
				want = s.live
			}
		}
		again := newJournal(nil)
		pending, err := again.use(path, func(string) {})
		if err != nil {
			rt.Fatal(err)
		}
		again.crash()
		if got := names(pending); !slices.Equal(got, want) {
			rt.Fatalf("cut at %d of %d: got %v, want %v", cut, j.size, got, want)
		}
	})
}

func FuzzJournal(f *testing.F) {
	var b []byte
	for n := range 3 {
		b = appendAdd(b, uint64(n), numbered(n))
	}
	f.Add(b)
	f.Add(appendDone(b, 1))
	f.Add([]byte("+ 1 00000000 {}\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		live, err := readLines(bytes.NewReader(text), func(int, string) {})
		if err != nil {
			t.Fatal(err)
		}
		for n, r := range live {
			// What was read can be written and read again.
			again, err := readLines(bytes.NewReader(appendAdd(nil, n, r)), func(_ int, what string) { t.Error(what) })
			if err != nil || again[n].String() != r.String() {
				t.Errorf("%s comes back as %s, %v", r, again[n], err)
			}
		}
	})
}
