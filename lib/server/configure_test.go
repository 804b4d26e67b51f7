package server

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"nestor/lib/config"
)

// journal writes down what is done.
type journal []string

func (j *journal) note(format string, args ...any) { *j = append(*j, fmt.Sprintf(format, args...)) }

// changes are three, of which one fails to be prepared, 0 for none.
func (j *journal) changes(fails int) Changes {
	var cs Changes
	for n := range 3 {
		cs = append(cs, Change{
			Prepare: func() error {
				j.note("prepare %d", n+1)
				if n+1 == fails {
					return errors.New("no")
				}
				return nil
			},
			Abandon: func() { j.note("abandon %d", n+1) },
			Commit:  func() { j.note("commit %d", n+1) },
		})
	}
	return cs
}

func TestChanges(t *testing.T) {
	for fails, want := range map[int]string{
		0: "prepare 1, prepare 2, prepare 3, commit 1, commit 2, commit 3",
		1: "prepare 1, abandon 1",
		3: "prepare 1, prepare 2, prepare 3, abandon 3, abandon 2, abandon 1",
	} {
		var j journal
		cs := j.changes(fails)
		err := cs.Prepare()
		if (err != nil) != (fails > 0) {
			t.Errorf("error is %v", err)
		}
		if err == nil {
			cs.Commit()
		}
		if got := strings.Join(j, ", "); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	// What has nothing to abandon or commit is passed over.
	cs := Changes{{Prepare: func() error { return nil }}, {Prepare: func() error { return errors.New("no") }}}
	if cs.Prepare() == nil {
		t.Error("a failure is not told")
	}
	cs[:1].Commit()
}

func TestLifetime(t *testing.T) {
	var l Lifetime
	runs := 0
	run := func() error {
		runs++
		return nil
	}
	for _, err := range []error{l.Configure(run), l.End(run), l.End(run)} {
		if err != nil {
			t.Error(err)
		}
	}
	if err := l.Configure(run); !errors.Is(err, errShuttingDown) || runs != 2 {
		t.Errorf("after the end: %v, %d runs", err, runs)
	}
}

// testStore is a family's store.
type testStore struct {
	LeaseStore
	name string
}

// testFile is a lease file that tells how it writes.
type testFile struct {
	j *journal
	LeaseFile
}

func (f testFile) SetFSync(on bool) error {
	f.j.note("fsync %t", on)
	return nil
}

func TestChangeStore(t *testing.T) {
	file := StoreSettings{Path: "a", Persist: true}
	synced, other := file, StoreSettings{Path: "b", Persist: true}
	synced.FSync = true
	for _, c := range []struct {
		name      string
		present   *StoreSettings
		want      StoreSettings
		fails     bool // what comes after it
		done      string
		goingOnAs string
	}{
		{"the first", nil, file, false, "open a, fsync false", "new"},
		{"the same", &file, file, false, "fsync false", "old"},
		{"the same file, written otherwise", &file, synced, false, "fsync true", "old"},
		{"another file", &file, other, false, "open b, fsync false", "new"},
		{"another file, in vain", &file, other, true, "open b, fsync false, close new", "new"},
		{"written otherwise, in vain", &file, synced, true, "fsync true, fsync false", "old"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var j journal
			var present, next *testStore
			if c.present != nil {
				present = &testStore{LeaseStore{Settings: *c.present, File: testFile{j: &j}}, "old"}
			}
			open := func() (*testStore, error) {
				j.note("open %s", c.want.Path)
				return &testStore{LeaseStore{Settings: c.want, File: testFile{j: &j}}, "new"}, nil
			}
			change := ChangeStore(present, &config.Server{}, c.want, open, func(s *testStore) { next = s }, func(s *testStore) error {
				j.note("close %s", s.name)
				return nil
			})
			if err := change.Prepare(); err != nil {
				t.Fatal(err)
			}
			if c.fails {
				change.Abandon()
			}
			if got := strings.Join(j, ", "); got != c.done {
				t.Errorf("%s, want %s", got, c.done)
			}
			if next.name != c.goingOnAs || next.Settings != c.want {
				t.Errorf("the next store is %s with %+v", next.name, next.Settings)
			}
			if present != nil && present.Settings != *c.present {
				t.Error("the present store has changed")
			}
		})
	}
}
