package memfile

import (
	"errors"
	"io"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/lease/lfc"
	"nestor/lib/logging"
)

const crashPath = "/leases/kea-leases4.csv"

// change is one call to a transaction.
type change struct {
	put  bool
	l    lease.Lease4
	addr uint32
}

func (m model) apply(c change) {
	if c.put {
		m.put(c.l)
		return
	}
	delete(m, c.addr)
}

var genChange = rapid.Custom(func(t *rapid.T) change {
	if rapid.IntRange(0, 3).Draw(t, "kind") == 0 {
		return change{addr: genAddr.Draw(t, "addr")}
	}
	return change{put: true, l: genLease.Draw(t, "lease")}
})

// deed is what a server does between two crashes.
type deed struct {
	cleanup, lfc, dump bool
	batch              []change
}

var genDeed = rapid.Custom(func(t *rapid.T) deed {
	switch rapid.IntRange(0, 9).Draw(t, "deed") {
	case 0:
		return deed{cleanup: true}
	case 1:
		return deed{cleanup: true, lfc: true}
	case 2:
		return deed{lfc: true}
	case 3:
		return deed{dump: true}
	}
	return deed{batch: rapid.SliceOfN(genChange, 1, 5).Draw(t, "batch")}
})

// crashing is a store on a file system that stops, with what must be found again.
type crashing struct {
	fs        *crashfs.FS
	options   Options4
	store     *Store4
	committed model
	inFlight  []change // of the commit that the crash may have interrupted
}

// do carries out a deed; after a crash it does nothing that has an effect.
func (c *crashing) do(t *rapid.T, d deed) {
	if d.cleanup {
		_ = c.store.Cleanup()
	}
	if d.lfc {
		runLFC(c.fs)
	}
	if d.dump {
		_ = c.store.Write4(crashPath)
	}
	if len(d.batch) == 0 {
		return
	}
	next := c.committed.clone()
	tx := c.store.Begin4()
	for _, ch := range d.batch {
		next.apply(ch)
		if ch.put {
			tx.Put4(&ch.l)
		} else {
			tx.Delete4(ch.addr)
		}
	}
	if err := tx.Commit(); err == nil {
		c.committed = next
	} else if c.fs.Crashed() {
		c.inFlight = d.batch
	} else {
		t.Fatalf("Commit failed without a crash: %v", err)
	}
	same(t, c.store, c.committed)
}

// runLFC cleans up in this process; a running clean-up cannot be told from a
// crashed one by process id here, so the PID file is not among the files.
func runLFC(fs *crashfs.FS) {
	names := leasefile.NamesOf(crashPath)
	logs := logging.New("DhcpLFC")
	logs.SetConsole(io.Discard, io.Discard)
	job := lfc.Job{Family: leasefile.V4, Files: names, FS: fs, Log: logs.Logger("")}
	_ = job.Run()
}

// restart opens the store anew and compares: every committed change must be
// there, and of the batch in flight a part from the front may be.
func (c *crashing) restart(t *rapid.T) {
	c.inFlight = append(c.inFlight, change{}) // compared before each, and after the last
	s, _, err := Open4(c.options)
	if err != nil {
		t.Fatalf("Open4 after the crash: %v", err)
	}
	got := model{}
	_ = s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		got.put(*l)
		return true
	})
	want := c.committed.clone()
	for i, ch := range c.inFlight {
		if gocmp.Equal(want.reloaded(), got) {
			c.store, c.committed, c.inFlight = s, got, nil
			return
		}
		if i < len(c.inFlight)-1 {
			want.apply(ch)
		}
	}
	t.Fatalf("after the crash (-committed +found), %d changes were in flight:\n%s", len(c.inFlight)-1, gocmp.Diff(c.committed.reloaded(), got))
}

// Wherever a server and its clean-ups are killed, a restart finds every lease
// that was committed.
func TestKilledAnywhere(t *testing.T) {
	// PL.8.7 D4.5.11
	rapid.Check(t, func(t *rapid.T) { crashes(t, false) })
}

// With "durability": "fsync" the same holds of power cuts.
func TestPowerCutAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { crashes(t, true) })
}

func crashes(t *rapid.T, power bool) {
	fs := crashfs.New()
	c := &crashing{fs: fs, committed: model{}}
	c.options = Options4{Path: crashPath, Persist: true, FSync: power, FS: fs, Clock: time.Now}
	for range rapid.IntRange(1, 4).Draw(t, "crashes") {
		fs.CrashAt(fs.Steps()+rapid.IntRange(1, 60).Draw(t, "steps"), rapid.IntRange(0, 400).Draw(t, "tear"))
		s, _, err := Open4(c.options)
		if err == nil {
			c.store = s
			for !fs.Crashed() {
				c.do(t, genDeed.Draw(t, "deed"))
			}
		} else if !errors.Is(err, crashfs.ErrCrashed) {
			t.Fatalf("Open4: %v", err)
		}
		if power {
			fs.PowerCut(rapid.IntRange(0, 3).Draw(t, "surviving changes"), rapid.IntRange(0, 300).Draw(t, "surviving bytes"))
		} else {
			fs.Kill()
		}
		c.restart(t)
		if err := c.store.Close4(); err != nil {
			t.Fatalf("Close4: %v", err)
		}
	}
}
