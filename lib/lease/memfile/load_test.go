package memfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
)

const header4 = "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context,pool_id\n"

// row gives a row of 192.0.2.last with that lifetime and name.
func row(last int, valid uint32, name string) string {
	return fmt.Sprintf("192.0.2.%d,02:00:00:00:00:%02x,,%d,%d,1,0,0,%s,0,,0\n", last, last, valid, 1_800_000_000+int64(valid), name)
}

// opened gives a store over files of the given contents, and what was told of
// while it loaded.
func opened(t *testing.T, files map[string]string, o Options4) (s *Store4, report *LoadReport, told []string, err error) {
	t.Helper()
	fs := crashfs.New()
	for suffix, content := range files {
		fs.WriteFile(crashPath+suffix, content)
	}
	o.Path, o.Persist, o.FS = crashPath, true, fs
	o.Events = Events[lease.Lease4]{
		File: func(path string) { told = append(told, "load "+filepath.Base(path)) },
		Schema: func(path string, s leasefile.Schema) {
			told = append(told, fmt.Sprintf("schema %s of %s", s.Version, filepath.Base(path)))
		},
		RowError: func(path string, row int, reason error) {
			told = append(told, fmt.Sprintf("row %d of %s: %v", row, filepath.Base(path), reason))
		},
		Check: func(l *lease.Lease4, result CheckResult, subnet uint32) {
			told = append(told, fmt.Sprintf("check %s %v %d", family4{}.text(l.Addr), result, subnet))
		},
	}
	s, report, err = Open4(o)
	if err == nil {
		t.Cleanup(func() { s.Close4() })
	}
	return s, report, told, err
}

// names gives the last octets and names of all leases.
func names(t *testing.T, s *Store4) string {
	t.Helper()
	var all []string
	if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		all = append(all, strings.TrimSuffix(fmt.Sprintf("%d %s", l.Addr&255, l.Hostname), " "))
		return true
	}); err != nil {
		t.Fatal(err)
	}
	return strings.Join(all, ", ")
}

// content is what a file holds now.
func content(s *Store4, suffix string) string {
	return string(s.options.FS.(*crashfs.FS).ReadFile(crashPath + suffix))
}

func TestLoadOrder(t *testing.T) {
	for _, c := range []struct {
		name  string
		files map[string]string
		want  string
		read  []string
	}{
		{"D4.5.7 PL.8.1 the last row of a lease wins", map[string]string{
			"": header4 + row(1, 60, "a") + row(2, 60, "b") + row(1, 60, "c") + row(2, 0, "b") + row(3, 0, "x"),
		}, "1 c", []string{""}},
		{"PL.8.11 previous, copy, live", map[string]string{
			".2": header4 + row(1, 60, "prev") + row(2, 60, "prev") + row(3, 60, "prev"),
			".1": header4 + row(2, 60, "copy") + row(3, 60, "copy"),
			"":   header4 + row(3, 60, "live"),
		}, "1 prev, 2 copy, 3 live", []string{".2", ".1", ""}},
		{"PL.8.11 a finished clean-up stands for both", map[string]string{
			".completed": header4 + row(1, 60, "done"),
			".2":         header4 + row(1, 60, "prev") + row(2, 60, "prev"),
			".1":         header4 + row(1, 60, "copy") + row(2, 0, ""),
			"":           header4 + row(3, 60, "live"),
		}, "1 done, 3 live", []string{".completed", ""}},
		{"PL.8.7 an unfinished output counts for nothing", map[string]string{
			".output": header4 + row(1, 60, "half"),
			".1":      header4 + row(2, 60, "copy"),
		}, "2 copy", []string{".1"}},
		{"no previous file", map[string]string{"": header4 + row(1, 60, "live")}, "1 live", []string{""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, report, told, err := opened(t, c.files, Options4{})
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, s); got != c.want {
				t.Errorf("leases %q, want %q", got, c.want)
			}
			var read []string
			for _, suffix := range c.read {
				read = append(read, "load "+filepath.Base(crashPath)+suffix)
			}
			if d := cmp.Diff(read, told); d != "" {
				t.Errorf("files (-want +got):\n%s", d)
			}
			if report.NeedsConversion || report.Leases != strings.Count(c.want, ",")+1 {
				t.Errorf("report %+v", report)
			}
		})
	}
}

func TestBadRows(t *testing.T) {
	bad := "not,a,row\n"
	file := header4 + row(1, 60, "") + bad + "\n" + row(2, 60, "") + bad + row(3, 60, "")
	t.Run("D4.5.6 PL.8.2 bad rows are told of and passed over", func(t *testing.T) {
		s, report, told, err := opened(t, map[string]string{"": file}, Options4{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, s); got != "1, 2, 3" {
			t.Errorf("leases %q", got)
		}
		// Rows count from 1, blank lines do not count.
		if len(told) != 3 || !strings.HasPrefix(told[1], "row 2 of kea-leases4.csv: ") || !strings.HasPrefix(told[2], "row 4 of ") {
			t.Errorf("told of %q", told)
		}
		if report.Files[0].Errors != 2 || report.Files[0].Rows != 5 {
			t.Errorf("report %+v", report.Files)
		}
	})
	t.Run("D4.5.6 PL.8.2 as many as max-row-errors are passed over", func(t *testing.T) {
		if _, _, _, err := opened(t, map[string]string{"": file}, Options4{MaxRowErrors: 2}); err != nil {
			t.Error(err)
		}
	})
	t.Run("D4.5.6 PL.8.2 one more ends it", func(t *testing.T) {
		_, _, told, err := opened(t, map[string]string{"": file}, Options4{MaxRowErrors: 1})
		if err == nil || !strings.Contains(err.Error(), "max-row-errors") || !strings.Contains(err.Error(), crashPath) {
			t.Errorf("error %v", err)
		}
		if len(told) != 3 {
			t.Errorf("told of %q", told)
		}
	})
}

func TestLastRowCutShort(t *testing.T) {
	whole := row(2, 60, "two")
	for cut := 1; cut < len(whole)-1; cut++ {
		s, report, told, err := opened(t, map[string]string{"": header4 + row(1, 60, "one") + whole[:cut]}, Options4{})
		if err != nil {
			t.Fatal(err)
		}
		// FD.10.6
		if got := names(t, s); got != "1 one" || len(told) != 2 || !strings.HasPrefix(told[1], "row 2 of ") || !report.Files[0].Cut {
			t.Fatalf("cut to %q: leases %q, told of %q, report %+v", whole[:cut], got, told, report.Files)
		}
		tx := s.Begin4()
		tx.Put4(&lease.Lease4{Addr: 0xc0000203, HWAddr: []byte{2, 3}, ValidLft: 60, SubnetID: 1})
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
		if got, want := content(s, ""), header4+row(1, 60, "one")+"192.0.2.3,02:03,,60,60,1,0,0,,0,,0\n"; got != want {
			t.Fatalf("the file is %q, want %q", got, want)
		}
	}
	t.Run("a whole row that only lacks its line feed", func(t *testing.T) {
		s, _, told, err := opened(t, map[string]string{"": header4 + strings.TrimSuffix(whole, "\n")}, Options4{})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, s); got != "2 two" || len(told) != 1 || content(s, "") != header4+whole {
			t.Errorf("leases %q, told of %q, the file is %q", got, told, content(s, ""))
		}
	})
	t.Run("a file whose creation was cut short", func(t *testing.T) {
		for cut := range len(header4) {
			s, _, told, err := opened(t, map[string]string{"": header4[:cut]}, Options4{})
			if err != nil || len(told) != 1 || content(s, "") != header4 {
				t.Fatalf("%q: error %v, told of %q", header4[:cut], err, told)
			}
		}
	})
	t.Run("of a file that is not appended to", func(t *testing.T) {
		s, _, told, err := opened(t, map[string]string{".1": header4 + row(1, 60, "one") + whole[:20]}, Options4{})
		if err != nil || names(t, s) != "1 one" || len(told) != 2 {
			t.Errorf("error %v, told of %q", err, told)
		}
		if content(s, ".1") != header4+row(1, 60, "one")+whole[:20] {
			t.Error("it was changed")
		}
	})
}

func TestSchemas(t *testing.T) {
	short := "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname\n"
	for _, c := range []struct {
		name, file, told string
		convert          bool
	}{
		{"PL.8.9 older", short + "192.0.2.1,02:01,,60,1800000060,1,0,0,pc\n", "schema 1.0 of kea-leases4.csv", true},
		{"PL.8.9 newer", strings.TrimSuffix(header4, "\n") + ",colour\n192.0.2.1,02:01,,60,1800000060,1,0,0,pc,0,,0,blue\n", "schema 3.0+ of kea-leases4.csv", true},
		{"current", header4 + "192.0.2.1,02:01,,60,1800000060,1,0,0,pc,0,,0\n", "", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, report, told, err := opened(t, map[string]string{"": c.file}, Options4{})
			if err != nil || names(t, s) != "1 pc" {
				t.Fatalf("error %v, leases %q", err, names(t, s))
			}
			if got := strings.Join(told[1:], "; "); got != c.told || report.NeedsConversion != c.convert {
				t.Errorf("told %q, to be converted: %v", got, report.NeedsConversion)
			}
			if !c.convert {
				return
			}
			// Until it is converted, rows of ours go into it, and are read again.
			put(t, s, 0xc0000202)
			again, _, err := Open4(Options4{Path: crashPath, Persist: true, FS: s.options.FS})
			if err != nil || names(t, again) != "1 pc, 2" {
				t.Errorf("error %v, leases %q after a restart", err, names(t, again))
			}
			if err := s.Cleanup(); err != nil {
				t.Fatal(err)
			}
			if content(s, ".1") == "" || content(s, "") != header4 {
				t.Errorf("set aside %q, live %q", content(s, ".1"), content(s, ""))
			}
		})
	}
	t.Run("another file altogether", func(t *testing.T) {
		_, _, _, err := opened(t, map[string]string{"": "name,value\na,b\n"}, Options4{})
		if err == nil || !strings.Contains(err.Error(), `column 1 of the header is "name"`) || !strings.Contains(err.Error(), crashPath) {
			t.Errorf("error %v", err)
		}
	})
}

func TestFirstRun(t *testing.T) {
	t.Run("PL.8.10 D4.5.2 an empty file is made", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "leases")
		defer unix.Umask(unix.Umask(0))
		s, report, err := Open4(Options4{Path: path, Persist: true})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close4()
		text, err := os.ReadFile(path)
		if err != nil || string(text) != header4 || report.Leases != 0 || len(report.Files) != 0 {
			t.Errorf("file %q %v, report %+v", text, err, report)
		}
		// FD.10.3
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("mode %v", info.Mode())
		}
	})
	t.Run("PL.8.10 a directory that is not there is an error", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "nowhere", "leases")
		if _, _, err := Open4(Options4{Path: path, Persist: true}); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), path) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("PL.8.10 so is one that cannot be written", func(t *testing.T) {
		fs := crashfs.New()
		fs.SetFail(func(op crashfs.Op, name string) error {
			if op == crashfs.Open {
				return os.ErrPermission
			}
			return nil
		})
		if _, _, err := Open4(Options4{Path: crashPath, Persist: true, FS: fs}); !errors.Is(err, os.ErrPermission) {
			t.Errorf("error %v", err)
		}
	})
	t.Run("D4.5.3 without persist nothing is kept", func(t *testing.T) {
		fs := crashfs.New()
		o := Options4{Path: crashPath, FS: fs}
		s, _, err := Open4(o)
		if err != nil {
			t.Fatal(err)
		}
		put(t, s, 0xc0000201)
		if err := errors.Join(s.Cleanup(), s.SetFSync(true)); err != nil {
			t.Error(err)
		}
		if names(t, s) != "1" || fs.Steps() != 0 {
			t.Errorf("leases %q after %d changes to files", names(t, s), fs.Steps())
		}
		s.Close4()
		s, _, err = Open4(o)
		if err != nil || names(t, s) != "" {
			t.Errorf("error %v, leases %q after a restart", err, names(t, s))
		}
	})
	t.Run("a clean-up at work keeps the store from opening", func(t *testing.T) {
		files := map[string]string{".pid": fmt.Sprintf("%d\n", os.Getppid()), ".1": header4 + row(1, 60, "")}
		if _, _, _, err := opened(t, files, Options4{}); !errors.Is(err, ErrCleanupRunning) {
			t.Errorf("error %v", err)
		}
		files[".pid"] = "2147483646\n"
		if s, _, _, err := opened(t, files, Options4{}); err != nil || names(t, s) != "1" {
			t.Errorf("error %v when it is gone", err)
		}
	})
}

// Subnet 1 has 192.0.2.0/25, subnet 2 the other half; subnet 3 is gone.
func TestLeaseChecks(t *testing.T) {
	subnetOf := func(l *lease.Lease4) (uint32, bool) {
		addr := l.Addr
		switch {
		case addr>>7 == 0xc0000200>>7:
			return 1, true
		case addr>>7 == 0xc0000280>>7:
			return 2, true
		}
		return 0, false
	}
	file := header4 +
		"192.0.2.1,02:01,,60,60,1,0,0,,0,,0\n" + // right
		"192.0.2.129,02:02,,60,60,1,0,0,,0,,0\n" + // of subnet 2
		"192.0.2.2,02:03,,60,60,3,0,0,,0,,0\n" + // subnet is gone, another fits
		"198.51.100.1,02:04,,60,60,1,0,0,,0,,0\n" // no subnet fits
	for _, c := range []struct {
		checks LeaseChecks
		want   string
		told   []string
	}{
		{ChecksNone, "1/1 2/3 129/1 1/1", nil},
		{ChecksWarn, "1/1 2/3 129/1 1/1", []string{"check 192.0.2.129 0 0", "check 192.0.2.2 0 0", "check 198.51.100.1 0 0"}},
		{ChecksFix, "1/1 2/1 129/2 1/1", []string{"check 192.0.2.129 2 2", "check 192.0.2.2 2 1", "check 198.51.100.1 0 0"}},
		{ChecksFixDel, "1/1 2/1 129/2", []string{"check 192.0.2.129 2 2", "check 192.0.2.2 2 1", "check 198.51.100.1 1 0"}},
		{ChecksDel, "1/1", []string{"check 192.0.2.129 1 0", "check 192.0.2.2 1 0", "check 198.51.100.1 1 0"}},
	} {
		t.Run(fmt.Sprint(c.checks), func(t *testing.T) {
			s, _, told, err := opened(t, map[string]string{"": file}, Options4{Checks: c.checks, SubnetOf: subnetOf})
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			_ = s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
				got = append(got, fmt.Sprintf("%d/%d", l.Addr&255, l.SubnetID))
				return true
			})
			if text := strings.Join(got, " "); text != c.want {
				t.Errorf("leases %q, want %q", text, c.want)
			}
			if d := cmp.Diff(c.told, told[1:], cmp.Transformer("empty", func(s []string) []string { return append([]string{}, s...) })); d != "" {
				t.Errorf("told (-want +got):\n%s", d)
			}
			// The lease file keeps what it had (ARM 8.2.26).
			if content(s, "") != file {
				t.Errorf("the file is now %q", content(s, ""))
			}
		})
	}
}
