package memfile

import (
	"errors"
	"testing"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
)

// interrupted lets something happen right after a file was opened, once.
type interrupted struct {
	leasefile.FS
	after  string
	happen func()
}

func (i *interrupted) OpenFile(name string, flag int) (leasefile.File, error) {
	f, err := i.FS.OpenFile(name, flag)
	if happen := i.happen; name == i.after && happen != nil {
		i.happen = nil
		happen()
	}
	return f, err
}

// A server is killed just after it began a clean-up, and the next one looks for
// that before it has written its PID file. Files then go from under the reader.
func TestCleanupBeginsWhileLoading(t *testing.T) {
	// PL.8.7
	fs := crashfs.New()
	s, _, err := Open4(Options4{Path: crashPath, Persist: true, FS: fs})
	if err != nil {
		t.Fatal(err)
	}
	for addr := range uint32(3) {
		put(t, s, 0xc0000201+addr)
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		if addr == 0 {
			runLFC(fs) // there is a previous file now
		}
	}
	race := &interrupted{FS: fs, after: crashPath + ".2", happen: func() { runLFC(fs) }}
	if _, _, err = Open4(Options4{Path: crashPath, Persist: true, FS: race}); !errors.Is(err, ErrCleanupRunning) {
		t.Fatalf("the store opens with error %v", err)
	}
	s, _, err = Open4(Options4{Path: crashPath, Persist: true, FS: race})
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	if err := s.Leases4(lease.Query4{}, func(*lease.Lease4) bool { n++; return true }); err != nil || n != 3 {
		t.Errorf("%d leases are found (%v), want 3", n, err)
	}
}
