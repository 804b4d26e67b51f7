package memfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// Two stores on one lease file would mix their rows.
func TestOneStoreAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kea-leases4.csv")
	open := func() (*Store4, error) {
		s, _, err := Open4(Options4{Path: path, Persist: true})
		return s, err
	}
	first, err := open()
	if err != nil {
		t.Fatal(err)
	}
	put(t, first, 0xc0000201)
	_, err = open()
	var locked *leasefile.LockedError
	if !errors.As(err, &locked) || locked.PID != os.Getpid() || !strings.Contains(err.Error(), path+" belongs to another server") {
		t.Fatalf("a second store opens with %v", err)
	}
	if err := first.Cleanup(); err != nil {
		t.Fatal(err)
	}
	if _, err = open(); !errors.As(err, &locked) {
		t.Errorf("after a clean-up a second store opens with %v", err)
	}
	put(t, first, 0xc0000202)
	if err := first.Close4(); err != nil {
		t.Fatal(err)
	}
	if leasefile.Exists(leasefile.OS, path+".lock") {
		t.Error("the lock file is left")
	}
	second, err := open()
	if err != nil {
		t.Fatalf("after the first is closed: %v", err)
	}
	defer second.Close4()
	if n := second.Counts4(1).Assigned(); n != 2 {
		t.Errorf("%d leases are found, want 2", n)
	}
}

// What a killed server leaves does not keep the next one from starting.
func TestLeftLockFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kea-leases4.csv")
	if err := os.WriteFile(path+".lock", fmt.Appendln(nil, os.Getppid()), 0o640); err != nil {
		t.Fatal(err)
	}
	s, _, err := Open4(Options4{Path: path, Persist: true})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close4()
	if text, _ := os.ReadFile(path + ".lock"); string(text) != fmt.Sprintln(os.Getpid()) {
		t.Errorf("the lock file says %q", text)
	}
}

// Leases in memory only lock nothing.
func TestMemoryLocksNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "kea-leases4.csv")
	for range 2 {
		s, _, err := Open4(Options4{Path: path})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close4()
	}
	if leasefile.Exists(leasefile.OS, path+".lock") {
		t.Error("there is a lock file")
	}
}

func put(t *testing.T, s *Store4, addr uint32) {
	t.Helper()
	tx := s.Begin4()
	tx.Put4(&lease.Lease4{Addr: addr, HWAddr: []byte{2, 0, 0, 0, 0, byte(addr)}, ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1})
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
