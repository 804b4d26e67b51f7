package memfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/lease/lfc"
)

// beLFC makes the test program the clean-up program when it is started as such.
const beLFC = "NESTOR_TEST_BE_LFC"

func TestMain(m *testing.M) {
	if log := os.Getenv(beLFC); log != "" {
		out, err := os.OpenFile(log, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		if err != nil {
			panic(err)
		}
		os.Exit(lfc.Main(append(os.Args, "-d"), lfc.Texts{}, out, out))
	}
	os.Exit(m.Run())
}

// onDisk gives a store in a directory of its own, with three leases, of which the
// first has been renewed and the third deleted.
func onDisk(t *testing.T) (*Store4, Options4) {
	t.Helper()
	o := Options4{Path: filepath.Join(t.TempDir(), "kea-leases4.csv"), Persist: true}
	s, _, err := Open4(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close4() })
	for _, i := range []uint32{1, 2, 3, 1} {
		put(t, s, 0xc0000200|i)
	}
	tx := s.Begin4()
	tx.Delete4(0xc0000203)
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return s, o
}

// rows is how many rows a file has, -1 if there is none.
func rows(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return -1
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), header4) {
		t.Fatalf("%s begins with %.100q", path, text)
	}
	return strings.Count(string(text), "\n") - 1
}

// eventually waits for what another process does.
func eventually(t *testing.T, what string, done func() bool) {
	t.Helper()
	for range 2000 {
		if done() {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("waited in vain for " + what)
}

func TestCleanupInAProcessOfItsOwn(t *testing.T) {
	s, o := onDisk(t)
	n := leasefile.NamesOf(o.Path)
	log := filepath.Join(n.Dir(), "lfc.log")
	t.Setenv(beLFC, log)
	t.Setenv("KEA_LFC_EXECUTABLE", os.Args[0])
	clean := func(t *testing.T, want int) {
		t.Helper()
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		if err := s.SpawnLFC(""); err != nil {
			t.Fatal(err)
		}
		eventually(t, "the clean-up", func() bool {
			return !leasefile.Exists(leasefile.OS, n.Copy) && !leasefile.Exists(leasefile.OS, n.Finish) &&
				!leasefile.Exists(leasefile.OS, n.PID) && rows(t, n.Previous) == want
		})
	}
	t.Run("D4.5.8 D4.5.9 PL.8.3 the server goes on in a fresh file, a process condenses the retired one", func(t *testing.T) {
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		if rows(t, n.Copy) != 5 || rows(t, n.Live) != 0 {
			t.Fatalf("%d rows set aside, %d live", rows(t, n.Copy), rows(t, n.Live))
		}
		put(t, s, 0xc0000204)
		if rows(t, n.Live) != 1 || rows(t, n.Copy) != 5 {
			t.Fatalf("a new lease: %d rows live, %d set aside", rows(t, n.Live), rows(t, n.Copy))
		}
		clean(t, 2) // what is set aside already is left as it is
		if rows(t, n.Live) != 1 {
			t.Errorf("%d rows live", rows(t, n.Live))
		}
		if text, _ := os.ReadFile(n.Previous); string(text) != header4+row4(1)+row4(2) {
			t.Errorf("condensed to %q", text)
		}
	})
	t.Run("the next one takes in the last one's result", func(t *testing.T) {
		tx := s.Begin4()
		tx.Delete4(0xc0000201)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		clean(t, 2)
		if got := names(t, s); got != "2, 4" {
			t.Errorf("leases %q", got)
		}
		s.Close4()
		again, _, err := Open4(o)
		if err != nil || names(t, again) != "2, 4" {
			t.Errorf("error %v, leases %q after a restart", err, names(t, again))
		}
		again.Close4()
	})
	if text, err := os.ReadFile(log); err != nil || strings.Count(string(text), "LFC_START") != strings.Count(string(text), "LFC_TERMINATE") {
		t.Errorf("log %q, error %v", text, err)
	}
}

// row4 is the row that put writes.
func row4(last int) string {
	return fmt.Sprintf("192.0.2.%d,02:00:00:00:00:%02x,,3600,1800003600,1,0,0,,0,,0\n", last, last)
}

func TestCleanupSkipped(t *testing.T) {
	t.Run("D4.5.10 PL.8.8 while the last one runs", func(t *testing.T) {
		s, o := onDisk(t)
		n := leasefile.NamesOf(o.Path)
		if err := os.WriteFile(n.PID, fmt.Appendln(nil, os.Getppid()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Cleanup(); !errors.Is(err, ErrCleanupRunning) {
			t.Errorf("error %v", err)
		}
		if rows(t, n.Copy) != -1 || rows(t, n.Live) != 5 {
			t.Errorf("%d rows set aside, %d live", rows(t, n.Copy), rows(t, n.Live))
		}
	})
	t.Run("PL.8.3 the live file cannot be renamed", func(t *testing.T) {
		s, fs, _, m := busy(t, Options4{})
		fs.SetFail(func(op crashfs.Op, name string) error {
			if op == crashfs.Rename {
				return os.ErrPermission
			}
			return nil
		})
		var failed *RenameError
		if err := s.Cleanup(); !errors.As(err, &failed) || failed.From != crashPath || failed.To != crashPath+".1" || !errors.Is(err, os.ErrPermission) {
			t.Errorf("error %v", err)
		}
		fs.SetFail(nil)
		put(t, s, 0xc0000277)
		m.put(lease.Lease4{Addr: 0xc0000277, HWAddr: []byte{2, 0, 0, 0, 0, 0x77}, ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1})
		reopens(t, s, m)
	})
	t.Run("PL.8.3 there is no program", func(t *testing.T) {
		s, o := onDisk(t)
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		if err := s.SpawnLFC("/nowhere/nestor-lfc"); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "/nowhere/nestor-lfc -4 -x "+o.Path+".2") {
			t.Errorf("error %v", err)
		}
	})
}

// When no fresh file can be opened the old one stays in use, so that leases
// persist all the same, and is not given to a clean-up.
func TestNoFreshFile(t *testing.T) {
	for _, stranded := range []bool{false, true} {
		s, fs, change, m := busy(t, Options4{})
		fs.SetFail(func(op crashfs.Op, name string) error {
			if name == crashPath && op == crashfs.Open || stranded && op == crashfs.Rename && name == crashPath+".1" {
				return os.ErrPermission
			}
			return nil
		})
		var failed *ReopenError
		for range 2 {
			if err := s.Cleanup(); !errors.As(err, &failed) || failed.Path != crashPath {
				t.Fatalf("error %v", err)
			}
		}
		if err := change(); err != nil {
			t.Fatal(err)
		}
		m = m.changed()
		fs.SetFail(nil)
		reopens(t, s, m)
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		put(t, s, 0xc0000277)
		m.put(lease.Lease4{Addr: 0xc0000277, HWAddr: []byte{2, 0, 0, 0, 0, 0x77}, ValidLft: 3600, CLTT: 1_800_000_000, SubnetID: 1})
		if strings.Count(content(s, ""), "\n") != 2 {
			t.Errorf("the fresh file is %q", content(s, ""))
		}
		runLFC(fs)
		reopens(t, s, m)
	}
}

func TestLFCCommand(t *testing.T) {
	t.Run("D4.5.11 the roles of the files", func(t *testing.T) {
		want := []string{"/sbin/kea-lfc", "-4", "-x", "/v/l.csv.2", "-i", "/v/l.csv.1", "-o", "/v/l.csv.output",
			"-f", "/v/l.csv.completed", "-p", "/v/l.csv.pid", "-c", "ignored-path"}
		if got := LFCCommand("/sbin/kea-lfc", "/v/l.csv", leasefile.V4); !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("KEA_LFC_EXECUTABLE", func(t *testing.T) {
		t.Setenv("KEA_LFC_EXECUTABLE", "/somewhere/lfc")
		if got := LFCProgram(); got != "/somewhere/lfc" {
			t.Errorf("got %q", got)
		}
		t.Setenv("KEA_LFC_EXECUTABLE", "")
		if got := LFCProgram(); filepath.Dir(got) != filepath.Dir(os.Args[0]) || filepath.Base(got) != "nestor-lfc" {
			t.Errorf("got %q", got)
		}
	})
}

func TestWrite4(t *testing.T) {
	bak := fmt.Sprintf(".bak%d", os.Getpid())
	t.Run("elsewhere", func(t *testing.T) {
		s, o := onDisk(t)
		path := filepath.Join(t.TempDir(), "dump.csv")
		want := header4 + row4(1) + row4(2)
		if err := s.Write4(path); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%q %v", text, err)
		}
		if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := s.Write4(path); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path + bak); err != nil || string(text) != "old" {
			t.Errorf("what was there is now %q %v", text, err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != want {
			t.Errorf("%q %v", text, err)
		}
		if rows(t, o.Path) != 5 {
			t.Error("the live file was touched")
		}
		if err := s.Write4(filepath.Join(path, "x")); err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("into a file as directory: error %v", err)
		}
	})
	t.Run("the live file", func(t *testing.T) {
		s, o := onDisk(t)
		if err := s.Write4(o.Path); err != nil {
			t.Fatal(err)
		}
		if rows(t, o.Path) != 2 || rows(t, o.Path+bak) != 5 {
			t.Errorf("%d rows live, %d kept", rows(t, o.Path), rows(t, o.Path+bak))
		}
		put(t, s, 0xc0000209)
		if rows(t, o.Path) != 3 || rows(t, o.Path+bak) != 5 {
			t.Errorf("then %d rows live, %d kept", rows(t, o.Path), rows(t, o.Path+bak))
		}
		if err := s.Write4(o.Path); err != nil {
			t.Fatal(err)
		}
		if rows(t, o.Path) != 3 || rows(t, o.Path+bak) != 3 {
			t.Errorf("the second time %d rows live, %d kept", rows(t, o.Path), rows(t, o.Path+bak))
		}
	})
	t.Run("the live file beside older ones", func(t *testing.T) {
		s, o := onDisk(t)
		if err := s.Cleanup(); err != nil {
			t.Fatal(err)
		}
		tx := s.Begin4()
		tx.Delete4(0xc0000202)
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if err := s.Write4(o.Path); err != nil {
			t.Fatal(err)
		}
		s.Close4()
		again, _, err := Open4(o)
		if err != nil || names(t, again) != "1" {
			t.Fatalf("error %v, leases %q", err, names(t, again))
		}
		again.Close4()
	})
}
