package logging

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
)

var (
	testDebug0  = Define("TEST_DEBUG0", Debug, 0, "at level 0")
	testDebug40 = Define("TEST_DEBUG40", Debug, 40, "at level 40")
	testDebug99 = Define("TEST_DEBUG99", Debug, 99, "at level 99")
	testInfo    = Define("TEST_INFO", Info, 0, "%1 before %2")
	testWarn    = Define("TEST_WARN", Warn, 0, "a warning")
	testError   = Define("TEST_ERROR", Error, 0, "an error")
	testFatal   = Define("TEST_FATAL", Fatal, 0, "the end")
	testAll     = []*Message{testDebug99, testDebug40, testDebug0, testInfo, testWarn, testError, testFatal}
)

// testTime has milliseconds, a fraction of them, and one digit where two are
// printed.
var testTime = time.Date(2019, 8, 5, 14, 27, 45, 871042000, time.UTC)

// console is a system that writes to buffers, at a fixed time.
type console struct {
	*System
	stdout, stderr bytes.Buffer
}

func newConsole(t *testing.T) *console {
	t.Helper()
	c := &console{System: New("kea-dhcp4")}
	c.SetConsole(&c.stdout, &c.stderr)
	c.now = func() time.Time { return testTime }
	t.Cleanup(func() { c.Close() })
	return c
}

// configure applies entries and fails on an error.
func (c *console) configure(t *testing.T, verbose bool, entries ...*config.Logger) {
	t.Helper()
	if err := c.Configure(entries, verbose); err != nil {
		t.Fatal(err)
	}
}

// passes gives the identifiers that a logger lets through.
func passes(l *Logger) string {
	var ids []string
	for _, m := range testAll {
		if l.Enabled(m) {
			ids = append(ids, strings.TrimPrefix(m.ID, "TEST_"))
		}
	}
	return strings.Join(ids, " ")
}

func entry(name, severity string, outputs ...config.LogOutput) *config.Logger {
	return &config.Logger{Name: name, Severity: severity, Outputs: outputs}
}

func level(e *config.Logger, n int) *config.Logger {
	e.DebugLevel = config.Opt[int]{Set: true, V: n}
	return e
}

// out is an output whose lines are the severity and the text.
func out(to string) config.LogOutput {
	return config.LogOutput{Output: to, Flush: true, Pattern: "%p %m\n"}
}

const (
	fromInfo = "INFO WARN ERROR FATAL"
	all      = "DEBUG99 DEBUG40 DEBUG0 INFO WARN ERROR FATAL"
)

func TestSeverity(t *testing.T) {
	for _, tc := range []struct {
		name    string
		entries []*config.Logger
		verbose bool
		root    string // what the root logger lets through
		leases  string // what its child does
	}{
		{"nothing configured", nil, false, fromInfo, fromInfo},
		{"WARN", []*config.Logger{entry("kea-dhcp4", "WARN")}, false, "WARN ERROR FATAL", "WARN ERROR FATAL"},
		{"lower case", []*config.Logger{entry("kea-dhcp4", "error")}, false, "ERROR FATAL", "ERROR FATAL"},
		{"FATAL", []*config.Logger{entry("kea-dhcp4", "FATAL")}, false, "FATAL", "FATAL"},
		{"NONE is silent", []*config.Logger{entry("kea-dhcp4", "NONE")}, false, "", ""},
		{"DEBUG with a level", []*config.Logger{level(entry("kea-dhcp4", "DEBUG"), 40)}, false, "DEBUG40 DEBUG0 " + fromInfo, "DEBUG40 DEBUG0 " + fromInfo},
		{"a level without DEBUG means nothing", []*config.Logger{level(entry("kea-dhcp4", "INFO"), 99)}, false, fromInfo, fromInfo},
		{"PL.3.2 a child inherits the severity of the root", []*config.Logger{entry("kea-dhcp4", "ERROR"), entry("kea-dhcp4.leases", "")}, false, "ERROR FATAL", "ERROR FATAL"},
		{"PL.3.2 a child has its own severity", []*config.Logger{entry("kea-dhcp4", "ERROR"), entry("kea-dhcp4.leases", "WARN")}, false, "ERROR FATAL", "WARN ERROR FATAL"},
		{"PL.3.2 in any order", []*config.Logger{entry("kea-dhcp4.leases", ""), entry("kea-dhcp4", "ERROR")}, false, "ERROR FATAL", "ERROR FATAL"},
		{"PL.3.2 a child without a configured root", []*config.Logger{entry("kea-dhcp4.leases", "FATAL")}, false, fromInfo, "FATAL"},
		{"PL.3.3 D6.40.4 debuglevel is inherited with the severity", []*config.Logger{level(entry("kea-dhcp4", "DEBUG"), 99), entry("kea-dhcp4.leases", "")}, false, all, all},
		{"PL.3.3 D6.40.4 DEBUG of its own starts at level 0", []*config.Logger{level(entry("kea-dhcp4", "DEBUG"), 99), entry("kea-dhcp4.leases", "DEBUG")}, false, all, "DEBUG0 " + fromInfo},
		{"a level of its own under an inherited DEBUG", []*config.Logger{level(entry("kea-dhcp4", "DEBUG"), 99), level(entry("leases", ""), 40)}, false, all, "DEBUG40 DEBUG0 " + fromInfo},
		{"PL.3.4 -d overrides every severity", []*config.Logger{entry("kea-dhcp4", "FATAL"), entry("kea-dhcp4.leases", "NONE")}, true, all, all},
		{"PL.3.4 -d without entries", nil, true, all, all},
		{"PL.3.21 the root is put in front of a hook's own name", []*config.Logger{entry("leases", "FATAL")}, false, fromInfo, "FATAL"},
		{"* is the root", []*config.Logger{entry("*", "FATAL")}, false, "FATAL", "FATAL"},
		{"the last of two entries counts", []*config.Logger{entry("kea-dhcp4", "FATAL"), entry("kea-dhcp4", "WARN")}, false, "WARN ERROR FATAL", "WARN ERROR FATAL"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newConsole(t)
			before := c.Logger("leases") // loggers follow a later configuration
			c.configure(t, tc.verbose, tc.entries...)
			if got := passes(c.Logger("")); got != tc.root {
				t.Errorf("root lets through %q, want %q", got, tc.root)
			}
			if got := passes(before); got != tc.leases {
				t.Errorf("leases lets through %q, want %q", got, tc.leases)
			}
		})
	}
}

func TestLongestNameWins(t *testing.T) {
	c := newConsole(t)
	c.configure(t, false, entry("kea-dhcp4", "FATAL"), entry("a", "ERROR"), entry("a.b", "WARN"))
	for _, tc := range []struct{ name, want string }{
		{"", "FATAL"},
		{"other", "FATAL"},
		{"ab", "FATAL"}, // not below a
		{"a", "ERROR FATAL"},
		{"a.c", "ERROR FATAL"},
		{"a.b", "WARN ERROR FATAL"},
		{"a.b.c", "WARN ERROR FATAL"},
	} {
		t.Run("PL.3.2 logger "+tc.name, func(t *testing.T) {
			if got := passes(c.Logger(tc.name)); got != tc.want {
				t.Errorf("lets through %q, want %q", got, tc.want)
			}
		})
	}
}

func TestLoggerNames(t *testing.T) {
	c := newConsole(t)
	for suffix, want := range map[string]string{
		"": "kea-dhcp4", "leases": "kea-dhcp4.leases", "kea-dhcp4.hooks": "kea-dhcp4.hooks", "user_chk": "kea-dhcp4.user_chk",
	} {
		if got := c.Logger(suffix).Name(); got != want { // PL.3.15
			t.Errorf("Logger(%q) is %q, want %q", suffix, got, want)
		}
	}
	if c.Logger("leases") != c.Logger("kea-dhcp4.leases") {
		t.Error("two loggers of one name")
	}
}

func TestOutputsAreInherited(t *testing.T) {
	c := newConsole(t)
	c.configure(t, false,
		entry("kea-dhcp4", "INFO", out("stdout"), out("stderr")),
		entry("leases", "", out("stderr")),
		entry("hosts", "FATAL"))
	c.Logger("").Log(testInfo, 1, 2)
	c.Logger("leases").Log(testWarn)
	c.Logger("hosts").Log(testFatal)
	if want := "INFO TEST_INFO 1 before 2\nFATAL TEST_FATAL the end\n"; c.stdout.String() != want {
		t.Errorf("stdout has %q, want %q", c.stdout.String(), want)
	}
	// An entry with outputs of its own writes to those alone.
	if want := "INFO TEST_INFO 1 before 2\nWARN TEST_WARN a warning\nFATAL TEST_FATAL the end\n"; c.stderr.String() != want {
		t.Errorf("stderr has %q, want %q", c.stderr.String(), want)
	}
}

func TestPlaceholders(t *testing.T) {
	for _, tc := range []struct {
		name, form string
		args       []any
		want       string
	}{
		{"PL.3.10 identifier, blank, text", "plain", nil, "X plain"},
		{"PL.3.10 in order", "%1 and %2", []any{"a", 2}, "X a and 2"},
		{"PL.3.10 in any order, repeatedly", "%2 %1 %2", []any{"a", "b"}, "X b a b"},
		{"placeholder without argument stays", "%1 and %2", []any{"a"}, "X a and %2"},
		{"argument without placeholder is kept", "%1", []any{"a", "b"}, "X a @@Missing placeholder %2 for 'b'@@"},
		{"argument that looks like a placeholder", "%1 %2", []any{"%2", "b"}, "X %2 b"},
		{"per cent", "100% %1 %", []any{"a"}, "X 100% a %"},
		{"ten arguments", "%10 %1", []any{1, 2, 3, 4, 5, 6, 7, 8, 9, 10},
			"X 10 1 @@Missing placeholder %2 for '2'@@ @@Missing placeholder %3 for '3'@@ @@Missing placeholder %4 for '4'@@" +
				" @@Missing placeholder %5 for '5'@@ @@Missing placeholder %6 for '6'@@ @@Missing placeholder %7 for '7'@@" +
				" @@Missing placeholder %8 for '8'@@ @@Missing placeholder %9 for '9'@@"},
		{"error and Stringer", "%1 %2", []any{os.ErrNotExist, time.Second}, "X file does not exist 1s"},
		{"bytes are text", "%1", []any{[]byte("ab")}, "X ab"},
		{"a text of several lines becomes one", "%1", []any{"a\nb"}, `X a\nb`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			m := &Message{ID: "X", Severity: Info, Text: tc.form}
			c := newConsole(t)
			c.configure(t, false, entry("*", "", config.LogOutput{Output: "stdout", Pattern: "%m"}))
			c.Logger("").Log(m, tc.args...)
			if got := c.stdout.String(); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestDefineTwice(t *testing.T) {
	if Define("TEST_INFO", Info, 0, "%1 before %2") != testInfo {
		t.Error("the same definition gives another message")
	}
	for name, define := range map[string]func(){
		"another text":         func() { Define("TEST_INFO", Info, 0, "else") },
		"another severity":     func() { Define("TEST_INFO", Warn, 0, "%1 before %2") },
		"a level without need": func() { Define("TEST_NEW", Info, 10, "x") },
		"a level too high":     func() { Define("TEST_NEW", Debug, 100, "x") },
		"no severity":          func() { Define("TEST_NEW", None, 0, "x") },
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("was taken")
				}
			}()
			define()
		})
	}
}

func TestBadConfiguration(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "missing", "x.log")
	fail := "LOG_OPEN_OUTPUT_FAIL unable to open " + missing + " for output: "
	t.Run("PL.3.5 unopenable file at first", func(t *testing.T) {
		c := newConsole(t)
		c.configure(t, false, entry("*", "WARN", out(missing), out("stdout")))
		if !strings.Contains(c.stdout.String(), fail) || !strings.Contains(c.stderr.String(), fail) {
			t.Errorf("stdout %q, stderr %q lack %q", c.stdout.String(), c.stderr.String(), fail)
		}
		c.Logger("").Log(testInfo, 1, 2)
		c.Logger("").Log(testFatal)
		if strings.Contains(c.stderr.String(), "TEST_INFO") || !strings.Contains(c.stderr.String(), "FATAL TEST_FATAL the end\n") {
			t.Errorf("the rest of the configuration is not in force: %q", c.stderr.String())
		}
	})
	t.Run("an unopenable file is tried again", func(t *testing.T) {
		c := newConsole(t)
		file := filepath.Join(t.TempDir(), "sub", "x.log")
		c.configure(t, false, entry("*", "", out(file)))
		if err := os.Mkdir(filepath.Dir(file), 0o700); err != nil {
			t.Fatal(err)
		}
		c.configure(t, false, entry("*", "", out(file)))
		c.Logger("").Log(testFatal)
		if got := read(t, file); got != "FATAL TEST_FATAL the end\n" {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("PL.3.5 unopenable file later", func(t *testing.T) {
		c := newConsole(t)
		dir := t.TempDir()
		kept, unused := filepath.Join(dir, "kept.log"), filepath.Join(dir, "unused.log")
		c.configure(t, false, entry("*", "WARN", out(kept)))
		err := c.Configure([]*config.Logger{entry("*", "INFO", out(kept), out(unused), out(missing))}, true)
		if err == nil || !strings.Contains(err.Error(), missing) {
			t.Errorf("error is %v", err)
		}
		c.Logger("").Log(testInfo, 1, 2)
		c.Logger("").Log(testFatal)
		if got := read(t, kept); !strings.HasPrefix(got, "ERROR "+fail) || !strings.HasSuffix(got, "\nFATAL TEST_FATAL the end\n") || strings.Contains(got, "TEST_INFO") {
			t.Errorf("the old configuration is not in force: %q", got)
		}
		if read(t, unused) != "" || len(c.outputs) != 1 {
			t.Errorf("outputs are %v", c.outputs)
		}
	})
	for _, tc := range []struct {
		name  string
		entry *config.Logger
		want  string
		lets  string
	}{
		{"LOG_BAD_SEVERITY", entry("*", "LOUD", out("stdout")), "ERROR LOG_BAD_SEVERITY unrecognized log severity: LOUD\n", fromInfo},
		{"PL.3.5 debuglevel too high", level(entry("*", "DEBUG", out("stdout")), 100),
			"ERROR LOGIMPL_ABOVE_MAX_DEBUG debug level of 100 is too high and will be set to the maximum of 99\n", all},
		{"unknown facility", entry("*", "NONE", out("syslog:nowhere")), "", ""},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newConsole(t)
			c.configure(t, false, tc.entry)
			if got := c.stdout.String(); got != tc.want {
				t.Errorf("logged %q, want %q", got, tc.want)
			}
			if got := passes(c.Logger("")); got != tc.lets {
				t.Errorf("lets through %q, want %q", got, tc.lets)
			}
		})
	}
}

func TestEarly(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "early.log")
	t.Run("PL.3.6 standard output by default", func(t *testing.T) {
		c := newConsole(t)
		c.Early("", false)
		c.Logger("").Log(testWarn)
		if !strings.HasSuffix(c.stdout.String(), "TEST_WARN a warning\n") || c.stderr.Len() > 0 {
			t.Errorf("stdout %q, stderr %q", c.stdout.String(), c.stderr.String())
		}
	})
	t.Run("PL.3.22 KEA_LOGGER_DESTINATION stderr", func(t *testing.T) {
		t.Setenv("KEA_LOGGER_DESTINATION", "stderr")
		c := newConsole(t)
		c.Early("", false)
		c.Logger("").Log(testWarn)
		if !strings.HasSuffix(c.stderr.String(), "TEST_WARN a warning\n") || c.stdout.Len() > 0 {
			t.Errorf("stdout %q, stderr %q", c.stdout.String(), c.stderr.String())
		}
	})
	t.Run("PL.3.22 KEA_LOGGER_DESTINATION names a file, which stays without loggers", func(t *testing.T) {
		t.Setenv("KEA_LOGGER_DESTINATION", file)
		c := newConsole(t)
		c.Early("", false)
		c.Logger("").Log(testWarn)
		c.configure(t, false)
		c.Logger("").Log(testError)
		c.configure(t, false, entry("*", "", out("stdout")))
		c.Logger("").Log(testFatal)
		if got := read(t, file); strings.Count(got, "\n") != 2 || !strings.Contains(got, "TEST_WARN") || !strings.Contains(got, "TEST_ERROR") {
			t.Errorf("file has %q", got)
		}
		if got := c.stdout.String(); got != "FATAL TEST_FATAL the end\n" {
			t.Errorf("stdout has %q", got)
		}
		// config-set without loggers goes back to the early settings.
		c.configure(t, false)
		c.Logger("").Log(testInfo, 1, 2)
		if got := read(t, file); !strings.Contains(got, "TEST_INFO 1 before 2") {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("verbose", func(t *testing.T) {
		c := newConsole(t)
		c.Early("", true)
		if got := passes(c.Logger("x")); got != all {
			t.Errorf("lets through %q", got)
		}
	})
	t.Run("unusable destination", func(t *testing.T) {
		t.Setenv("KEA_LOGGER_DESTINATION", filepath.Join(dir, "missing", "x"))
		c := newConsole(t)
		c.Early("", false)
		c.Logger("").Log(testWarn)
		if !strings.Contains(c.stderr.String(), "TEST_WARN a warning\n") {
			t.Errorf("stderr has %q", c.stderr.String())
		}
	})
}

func TestLockFile(t *testing.T) {
	t.Run("FD.10.2 logger_lockfile is made and stays", func(t *testing.T) {
		dir := t.TempDir()
		c := newConsole(t)
		c.Early(dir, false)
		c.Close()
		st, err := os.Stat(filepath.Join(dir, "logger_lockfile"))
		if err != nil || st.Size() != 0 {
			t.Fatalf("%v, %v", st, err)
		}
		if st.Mode().Perm() != 0o660 {
			t.Errorf("mode is %v", st.Mode())
		}
	})
	for _, none := range []string{"none", "NONE"} {
		t.Run("PL.3.22 KEA_LOCKFILE_DIR="+none, func(t *testing.T) {
			dir := t.TempDir()
			t.Setenv("KEA_LOCKFILE_DIR", none)
			c := newConsole(t)
			c.Early(dir, false)
			if names, _ := os.ReadDir(dir); len(names) > 0 || c.stderr.Len() > 0 {
				t.Errorf("made %v, said %q", names, c.stderr.String())
			}
		})
	}
	t.Run("PL.3.22 KEA_LOCKFILE_DIR names another directory", func(t *testing.T) {
		dir := t.TempDir()
		t.Setenv("KEA_LOCKFILE_DIR", dir)
		newConsole(t).Early("/nonexistent", false)
		if _, err := os.Stat(filepath.Join(dir, "logger_lockfile")); err != nil {
			t.Error(err)
		}
	})
	t.Run("an unusable directory does not keep from logging", func(t *testing.T) {
		c := newConsole(t)
		c.Early("/nonexistent", false)
		c.Logger("").Log(testWarn)
		if !strings.Contains(c.stderr.String(), "/nonexistent") || !strings.Contains(c.stdout.String(), "TEST_WARN") {
			t.Errorf("stdout %q, stderr %q", c.stdout.String(), c.stderr.String())
		}
	})
}

func TestLimited(t *testing.T) {
	c := newConsole(t)
	c.configure(t, false, entry("*", "", out("stdout")))
	now := testTime
	c.now = func() time.Time { return now }
	l := c.Logger("").Limited(testWarn, time.Minute)
	for range 3 {
		l.Log()
	}
	now = now.Add(59 * time.Second)
	l.Log()
	now = now.Add(time.Second)
	l.Log()
	now = now.Add(time.Minute)
	l.Log()
	want := "WARN TEST_WARN a warning\n" +
		"WARN TEST_WARN a warning (3 more since the last of these messages)\n" +
		"WARN TEST_WARN a warning\n"
	if got := c.stdout.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	c.configure(t, false, entry("*", "NONE"))
	now = now.Add(time.Hour)
	l.Log() // not enabled: neither written nor counted
	if got := c.stdout.String(); got != want {
		t.Errorf("got %q", got)
	}
}

// TestReconfigureWhileLogging must be run with -race to show all it can.
func TestReconfigureWhileLogging(t *testing.T) {
	dir := t.TempDir()
	c := newConsole(t)
	files := []string{filepath.Join(dir, "a"), filepath.Join(dir, "b")}
	c.configure(t, false, entry("*", "", out(files[1])))
	const writers, lines = 4, 200
	done := make(chan bool)
	for w := range writers {
		go func() {
			l := c.Logger(fmt.Sprint("w", w))
			for n := range lines {
				l.Log(testInfo, w, n)
			}
			done <- true
		}()
	}
	for n := range 20 {
		c.configure(t, false, entry("*", "", out(files[n%2])))
		if err := c.Reopen(); err != nil {
			t.Error(err)
		}
	}
	for range writers {
		<-done
	}
	got := read(t, files[0]) + read(t, files[1])
	for w := range writers {
		for n := range lines {
			if strings.Count(got, fmt.Sprintf("TEST_INFO %d before %d\n", w, n)) != 1 {
				t.Fatalf("line %d of writer %d is not there once", n, w)
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func BenchmarkNotEnabled(b *testing.B) {
	l := New("kea-dhcp4").Logger("leases")
	b.ReportAllocs()
	for b.Loop() {
		if l.Enabled(testDebug40) {
			b.Fatal("enabled")
		}
	}
}

func BenchmarkLog(b *testing.B) {
	s := New("kea-dhcp4")
	defer s.Close()
	path := filepath.Join(b.TempDir(), "x.log")
	if err := s.Configure([]*config.Logger{entry("*", "", config.LogOutput{Output: path, Flush: true})}, false); err != nil {
		b.Fatal(err)
	}
	l := s.Logger("leases")
	b.ReportAllocs()
	for b.Loop() {
		l.Log(testInfo, "[hwtype=1 02:00:00:00:00:01], cid=[no info], tid=0x1", "192.0.2.1")
	}
}

// D6.40.3: the loggers of the DHCPv6 server, each of which has a severity of its own or
// that of the root.
func TestLoggersOfDHCPv6(t *testing.T) {
	for _, child := range []string{"alloc-engine", "auth", "bad-packets", "callouts", "commands", "database", "ddns", "dhcp6", "dhcpsrv",
		"eval", "hooks", "hosts", "leases", "options", "packets", "tcp"} {
		t.Run("D6.40.3 "+child, func(t *testing.T) {
			sys := New("kea-dhcp6")
			var out strings.Builder
			sys.SetConsole(&out, &out)
			entry := func(name, severity string) *config.Logger { return &config.Logger{Name: name, Severity: severity} }
			for severity, passes := range map[string]bool{"": false, "ERROR": true} {
				loggers := []*config.Logger{entry("kea-dhcp6", "FATAL")}
				if severity != "" {
					loggers = append(loggers, entry("kea-dhcp6."+child, severity))
				}
				if err := sys.Configure(loggers, false); err != nil {
					t.Fatal(err)
				}
				out.Reset()
				sys.Logger(child).Log(errorOfTest)
				if got := strings.Contains(out.String(), "[kea-dhcp6."+child+"/"); got != passes {
					t.Errorf("with severity %q it writes %q", severity, out.String())
				}
			}
		})
	}
}

var errorOfTest = Define("TEST_ERROR_OF_DHCP6", Error, 0, "an error")
