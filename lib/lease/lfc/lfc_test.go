package lfc

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/logging"
)

const path = "/leases/kea-leases4.csv"

var names = leasefile.NamesOf(path)

// run cleans up files of the given contents and gives the identifiers and texts
// that were logged.
func run(t *testing.T, family leasefile.Family, fs *crashfs.FS) (log []string, err error) {
	t.Helper()
	var out bytes.Buffer
	logs := logging.New(root)
	logs.SetConsole(&out, &out)
	job := Job{Family: family, Files: names, FS: fs, Log: logs.Logger("")}
	err = job.Run()
	for line := range strings.Lines(out.String()) {
		_, text, _ := strings.Cut(strings.TrimSpace(line), "] ")
		log = append(log, text)
	}
	return log, err
}

func files(contents map[string]string) *crashfs.FS {
	fs := crashfs.New()
	for suffix, content := range contents {
		fs.WriteFile(path+suffix, content)
	}
	return fs
}

// left gives the suffixes of the files that there are.
func left(fs *crashfs.FS) (suffixes string) {
	for _, suffix := range []string{".1", ".2", ".output", ".completed", ".pid"} {
		if fs.ReadFile(path+suffix) != nil {
			suffixes += suffix
		}
	}
	return suffixes
}

var header4 = leasefile.Header(leasefile.V4) + "\n"

func row(last int, valid uint32, name string) string {
	return fmt.Sprintf("192.0.2.%d,02:00:00:00:00:%02x,,%d,%d,1,0,0,%s,0,,0\n", last, last, valid, 1_800_000_000+int64(valid), name)
}

func TestCleanup(t *testing.T) {
	for _, c := range []struct {
		name string
		in   map[string]string
		want string
	}{
		{"D4.5.8 PL.8.5 the newest row of each lease, in order of address", map[string]string{
			".2": header4 + row(1, 60, "prev") + row(9, 60, "prev") + row(3, 60, "prev"),
			".1": header4 + row(3, 60, "copy") + row(2, 60, "a") + row(2, 60, "b") + row(9, 0, "prev") + row(10, 60, ""),
		}, header4 + row(1, 60, "prev") + row(2, 60, "b") + row(3, 60, "copy") + row(10, 60, "")},
		{"PL.8.7 no previous file", map[string]string{".1": header4 + row(1, 60, "")}, header4 + row(1, 60, "")},
		{"no copy", map[string]string{".2": header4 + row(1, 60, "")}, header4 + row(1, 60, "")},
		{"neither", nil, header4},
		{"deleted and leased again", map[string]string{".1": header4 + row(1, 60, "a") + row(1, 0, "a") + row(1, 60, "b")}, header4 + row(1, 60, "b")},
		{"reclaimed and expired leases stay", map[string]string{
			".1": header4 + "192.0.2.1,02:01,,60,1000,1,0,0,,2,,0\n192.0.2.2,02:02,,60,1000,1,0,0,,0,,0\n",
		}, header4 + "192.0.2.1,02:01,,60,1000,1,0,0,,2,,0\n192.0.2.2,02:02,,60,1000,1,0,0,,0,,0\n"},
		{"released ones go: their lifetime is 0", map[string]string{".1": header4 + "192.0.2.1,02:01,,0,1000,1,0,0,,3,,0\n"}, header4},
		{"PL.8.9 older files are converted", map[string]string{
			".2": "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname\n192.0.2.1,02:01,,60,1060,1,0,0,PC\n",
			".1": header4 + row(2, 60, ""),
		}, header4 + "192.0.2.1,02:01,,60,1060,1,0,0,pc,0,,0\n" + row(2, 60, "")},
		{"PL.8.9 of newer ones the columns that we do not know are dropped", map[string]string{
			".1": strings.TrimSuffix(header4, "\n") + ",colour\n192.0.2.1,02:01,,60,1060,1,0,0,,0,,7,blue\n",
		}, header4 + "192.0.2.1,02:01,,60,1060,1,0,0,,0,,7\n"},
		{"bad rows are left out", map[string]string{".1": header4 + "x\n" + row(1, 60, "") + "\n" + row(2, 60, "")[:20]}, header4 + row(1, 60, "")},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := files(c.in)
			if _, err := run(t, leasefile.V4, fs); err != nil {
				t.Fatal(err)
			}
			if got := string(fs.ReadFile(names.Previous)); got != c.want {
				t.Errorf("the result is\n%swant\n%s", got, c.want)
			}
			// PL.8.6
			if got := left(fs); got != ".2" {
				t.Errorf("there are %s", got)
			}
		})
	}
}

func TestSteps(t *testing.T) {
	t.Run("PL.8.4 PL.8.5 PL.8.6 what is logged", func(t *testing.T) {
		fs := files(map[string]string{".2": header4 + row(1, 60, ""), ".1": header4 + row(2, 60, "") + "bad\n" + row(1, 0, "")})
		log, err := run(t, leasefile.V4, fs)
		want := []string{
			"LFC_START Starting lease file cleanup",
			"LFC_PROCESSING Previous file: " + names.Previous + ", copy file: " + names.Copy,
			"DHCPSRV_MEMFILE_LEASE_FILE_LOAD loading leases from file " + names.Previous,
			"DHCPSRV_MEMFILE_LEASE_FILE_LOAD loading leases from file " + names.Copy,
			"DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR discarding row 2, error: the row has 1 columns, the file's schema has 12 (" + names.Copy + ")",
			"LFC_READ_STATS Leases: 3, attempts: 4, errors: 1.",
			"LFC_ROTATING LFC rotating files",
			"LFC_TERMINATE LFC finished processing",
		}
		if err != nil || strings.Join(log, "\n") != strings.Join(want, "\n") {
			t.Errorf("error %v, log\n%s\nwant\n%s", err, strings.Join(log, "\n"), strings.Join(want, "\n"))
		}
	})
	t.Run("PL.8.4 another one runs", func(t *testing.T) {
		in := map[string]string{".1": header4 + row(1, 60, ""), ".pid": fmt.Sprintf("%d\n", os.Getppid())}
		fs := files(in)
		log, err := run(t, leasefile.V4, fs)
		if !errors.Is(err, ErrRunning) || len(log) != 2 || log[1] != "LFC_RUNNING LFC instance already running" {
			t.Errorf("error %v, log %q", err, log)
		}
		if left(fs) != ".1.pid" || string(fs.ReadFile(names.PID)) != in[".pid"] {
			t.Errorf("there are %s", left(fs))
		}
	})
	t.Run("PL.8.4 a PID file of a process that is gone", func(t *testing.T) {
		fs := files(map[string]string{".1": header4 + row(1, 60, ""), ".pid": "2147483646\n"})
		if _, err := run(t, leasefile.V4, fs); err != nil || left(fs) != ".2" {
			t.Errorf("error %v, there are %s", err, left(fs))
		}
	})
	t.Run("PL.8.4 our own process id while it works", func(t *testing.T) {
		fs := files(map[string]string{".1": header4})
		fs.CrashAt(4, 0) // after the PID file was made and written
		if _, err := run(t, leasefile.V4, fs); !errors.Is(err, crashfs.ErrCrashed) {
			t.Errorf("error %v", err)
		}
		if got := string(fs.ReadFile(names.PID)); got != fmt.Sprintf("%d\n", os.Getpid()) {
			t.Errorf("the PID file says %q", got)
		}
	})
	t.Run("PL.8.7 a finished output is only rotated", func(t *testing.T) {
		fs := files(map[string]string{".completed": header4 + row(1, 60, "done"), ".2": header4 + row(2, 60, ""), ".1": "no lease file"})
		log, err := run(t, leasefile.V4, fs)
		if err != nil || strings.Contains(strings.Join(log, ""), "LFC_PROCESSING") {
			t.Errorf("error %v, log %q", err, log)
		}
		if got := string(fs.ReadFile(names.Previous)); got != header4+row(1, 60, "done") || left(fs) != ".2" {
			t.Errorf("result %q, there are %s", got, left(fs))
		}
	})
	t.Run("an unfinished output is written anew", func(t *testing.T) {
		fs := files(map[string]string{".output": header4 + row(7, 60, ""), ".1": header4 + row(1, 60, "")})
		if _, err := run(t, leasefile.V4, fs); err != nil || string(fs.ReadFile(names.Previous)) != header4+row(1, 60, "") {
			t.Errorf("error %v, result %q", err, fs.ReadFile(names.Previous))
		}
	})
}

// A step that fails is logged; the files stay, the PID file does not.
func TestFailures(t *testing.T) {
	good := map[string]string{".2": header4 + row(1, 60, ""), ".1": header4 + row(2, 60, "")}
	for _, c := range []struct {
		name, id string
		in       map[string]string
		op       crashfs.Op
		file     string
		left     string
	}{
		{"a file of another kind", "LFC_FAIL_PROCESS", map[string]string{".1": "name,value\n"}, "", "", ".1"},
		{"too many bad rows", "LFC_FAIL_PROCESS", map[string]string{".1": header4 + strings.Repeat("bad\n", 101)}, "", "", ".1"},
		{"the output cannot be written", "LFC_FAIL_PROCESS", good, crashfs.Write, names.Output, ".1.2.output"},
		{"the output cannot be synced", "LFC_FAIL_PROCESS", good, crashfs.Sync, names.Output, ".1.2.output"},
		{"the output cannot be renamed", "LFC_FAIL_PROCESS", good, crashfs.Rename, names.Output, ".1.2.output"},
		{"the copy cannot be removed", "LFC_FAIL_ROTATE", good, crashfs.Remove, names.Copy, ".1.completed"},
		{"the finish file cannot be renamed", "LFC_FAIL_ROTATE", good, crashfs.Rename, names.Finish, ".completed"},
		{"no PID file", "LFC_FAIL_PID_CREATE", good, crashfs.Open, names.PID, ".1.2"},
		{"the PID file cannot be removed", "LFC_FAIL_PID_DEL", good, crashfs.Remove, names.PID, ".2.pid"},
	} {
		t.Run(c.name, func(t *testing.T) {
			fs := files(c.in)
			fs.SetFail(func(op crashfs.Op, name string) error {
				if op == c.op && name == c.file {
					return errors.New("broken")
				}
				return nil
			})
			log, err := run(t, leasefile.V4, fs)
			if err == nil || !strings.Contains(strings.Join(log, "\n"), c.id+" : ") || left(fs) != c.left {
				t.Errorf("error %v, there are %s, want %s; log\n%s", err, left(fs), c.left, strings.Join(log, "\n"))
			}
		})
	}
	t.Run("a hundred bad rows are borne", func(t *testing.T) {
		fs := files(map[string]string{".1": header4 + strings.Repeat("bad\n", 100) + row(1, 60, "")})
		if _, err := run(t, leasefile.V4, fs); err != nil || string(fs.ReadFile(names.Previous)) != header4+row(1, 60, "") {
			t.Errorf("error %v", err)
		}
	})
}

func TestDHCPv6(t *testing.T) {
	h := leasefile.Header(leasefile.V6) + "\n"
	row6 := func(addr string, valid int, hw string) string {
		return fmt.Sprintf("%s,00:03:00:01,%d,%d,1,60,0,1,128,0,0,,%s,0,,,,0\n", addr, valid, 1000+valid, hw)
	}
	fs := files(map[string]string{
		".2": h + row6("2001:db8::10", 60, "") + row6("2001:db8::2", 60, "") + row6("2001:db8::3", 60, ""),
		".1": h + row6("2001:db8::2", 90, "") + row6("2001:db8::3", 0, "") + row6("2001:db8::1", 60, "zz"),
	})
	log, err := run(t, leasefile.V6, fs)
	want := h + row6("2001:db8::1", 60, "") + row6("2001:db8::2", 90, "") + row6("2001:db8::10", 60, "")
	if got := string(fs.ReadFile(names.Previous)); err != nil || got != want {
		t.Errorf("error %v, result\n%swant\n%s", err, got, want)
	}
	if !strings.Contains(strings.Join(log, "\n"), "DHCPSRV_MEMFILE_READ_HWADDR_FAIL failed to read hardware address from lease file: hwaddr") {
		t.Errorf("log\n%s", strings.Join(log, "\n"))
	}
}

// The program with its switches, on real files (D6.4.11).
func TestMainProgram(t *testing.T) {
	n := leasefile.NamesOf(filepath.Join(t.TempDir(), "kea-leases4.csv"))
	all := []string{"-x", n.Previous, "-i", n.Copy, "-o", n.Output, "-f", n.Finish, "-p", n.PID, "-c", "ignored-path"}
	texts := Texts{"1.2.3", "1.2.3 (extended)", "report"}
	run := func(args ...string) (status int, stdout, stderr string) {
		var out, err bytes.Buffer
		status = Main(append([]string{"/usr/sbin/kea-lfc"}, args...), texts, &out, &err)
		return status, out.String(), err.String()
	}
	t.Run("a clean-up", func(t *testing.T) {
		if err := os.WriteFile(n.Copy, []byte(header4+row(1, 60, "a")+row(1, 60, "b")), 0o600); err != nil {
			t.Fatal(err)
		}
		status, out, stderr := run(append(all, "-4d")...)
		if status != 0 || stderr != "" || !regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} INFO  \[DhcpLFC/\d+\.\d+\] LFC_START `).MatchString(out) {
			t.Errorf("status %d, output %q, errors %q", status, out, stderr)
		}
		text, err := os.ReadFile(n.Previous)
		if err != nil || string(text) != header4+row(1, 60, "b") {
			t.Errorf("%q %v", text, err)
		}
		if info, err := os.Stat(n.Previous); err != nil || info.Mode().Perm() != 0o640 {
			t.Errorf("mode %v", info.Mode())
		}
		if there, _ := filepath.Glob(n.Live + "*"); len(there) != 1 {
			t.Errorf("there are %q", there)
		}
	})
	t.Run("one that fails ends with success", func(t *testing.T) {
		if err := os.WriteFile(n.Copy, []byte("name,value\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if status, out, _ := run(append(all, "-4", "-d")...); status != 0 || !strings.Contains(out, "LFC_FAIL_PROCESS") {
			t.Errorf("status %d, output %q", status, out)
		}
	})
	for _, c := range []struct {
		name, args string
		status     int
		out, err   string
	}{
		{"version", "-v", 0, "1.2.3\n", ""},
		{"extended version", "-V", 0, "1.2.3 (extended)\n", ""},
		{"report", "-W", 0, "report\n", ""},
		{"help", "-h", 0, "Usage: kea-lfc (-4 | -6) -p FILE", ""},
		{"nothing", "", 1, "", "DHCP version not specified"},
		{"both protocols", "-4 -6", 1, "", "-4 and -6 exclude each other"},
		{"no PID file", "-4", 1, "", "PID file not specified"},
		{"no previous file", "-4 -pP", 1, "", "Previous file not specified"},
		{"no copy", "-4 -pP -xX", 1, "", "Copy file not specified"},
		{"no output", "-4 -pP -xX -iI", 1, "", "Output file not specified"},
		{"no finish file", "-4 -pP -xX -iI -oO", 1, "", "Finish file not specified"},
		{"no configuration file", "-4 -pP -xX -iI -oO -fF", 1, "", "Config file not specified"},
		{"unknown switch", "-q", 1, "", "invalid option -- 'q'"},
		{"no value", "-4 -p", 1, "", "option requires an argument -- 'p'"},
		{"something else", "-4 word", 1, "", "Extraneous parameters: word"},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, out, err := run(strings.Fields(c.args)...)
			if status != c.status || !strings.HasPrefix(out, c.out) || !strings.HasPrefix(err, c.err) || c.err != "" && !strings.Contains(err, "Usage: kea-lfc") {
				t.Errorf("status %d, output %q, errors %q", status, out, err)
			}
		})
	}
}
