package memfile

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// writeRefused is a file system that only lets files be read.
type writeRefused struct{ leasefile.FS }

var errWritten = errors.New("something was written")

func (w writeRefused) OpenFile(name string, flag int) (leasefile.File, error) {
	if flag != os.O_RDONLY {
		return nil, errWritten
	}
	return w.FS.OpenFile(name, flag)
}
func (writeRefused) Rename(string, string) error { return errWritten }
func (writeRefused) Link(string, string) error   { return errWritten }
func (writeRefused) Remove(string) error         { return errWritten }
func (writeRefused) SyncDir(string) error        { return errWritten }

// TestRead4 reads the files of a store that is open, one of them left by a clean-up.
func TestRead4(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leases4.csv")
	s, _, err := Open4(Options4{Path: path, Persist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close4()
	put := func(last byte) {
		tx := s.Begin4()
		tx.Put4(&lease.Lease4{Addr: 0xc0000200 + uint32(last), HWAddr: []byte{2, 0, 0, 0, 0, last}, ValidLft: 60, CLTT: 1_800_000_000, SubnetID: 1})
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	put(1)
	if err := s.Cleanup(); err != nil {
		t.Fatal(err)
	}
	put(2)
	read := func() int {
		t.Helper()
		r, report, err := Read4(Options4{Path: path, FS: writeRefused{leasefile.OS}})
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close4()
		if len(report.Files) != 2 || report.Leases != int(r.Counts4(1).Default) {
			t.Errorf("report: %+v", report)
		}
		return report.Leases
	}
	if n := read(); n != 2 {
		t.Errorf("%d leases read, 2 expected", n)
	}
	put(3) // the store that is open goes on
	if n := read(); n != 3 {
		t.Errorf("%d leases read, 3 expected", n)
	}
	// A row that is being written is not there yet.
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	f.WriteString("192.0.2.4,02:00:0")
	f.Close()
	if n := read(); n != 3 {
		t.Errorf("%d leases read, 3 expected", n)
	}
}
