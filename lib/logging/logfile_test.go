package logging

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/config"
)

// fill is a message of 1000 bytes to a line.
var fill = strings.Repeat("x", 1000-len("TEST_INFO 00000 before ")-1)

func fileEntry(path string, maxSize int64, maxVer int) *config.Logger {
	return entry("*", "", config.LogOutput{Output: path, Flush: true, Pattern: "%m\n", MaxSize: maxSize, MaxVer: maxVer})
}

func writeLines(l *Logger, from, to int) {
	for n := from; n < to; n++ {
		l.Log(testInfo, fmt.Sprintf("%05d", n), fill)
	}
}

func size(t *testing.T, path string) int64 {
	t.Helper()
	st, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	return st.Size()
}

func names(t *testing.T, dir string) string {
	t.Helper()
	files, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range files {
		all = append(all, f.Name())
	}
	return strings.Join(all, " ")
}

func TestRotation(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.log")
	c := newConsole(t)
	c.configure(t, false, fileEntry(path, minRotationSize, 2))
	l := c.Logger("")
	t.Run("FD.10.5 each old file is a little over maxsize", func(t *testing.T) {
		writeLines(l, 0, 204)
		if got := names(t, dir); got != "x.log x.log.lock" {
			t.Errorf("files are %s", got)
		}
		writeLines(l, 204, 206)
		if got := size(t, path+".1"); got <= minRotationSize || got > minRotationSize+1000 {
			t.Errorf("the old file has %d bytes", got)
		}
	})
	t.Run("PL.3.1 FD.10.5 FILE to FILE.1 to FILE.2, maxver at most", func(t *testing.T) {
		writeLines(l, 206, 206+205*3)
		if got := names(t, dir); got != "x.log x.log.1 x.log.2 x.log.lock" {
			t.Errorf("files are %s", got)
		}
		first := func(path string) string { return read(t, path)[len("TEST_INFO "):][:5] }
		if a, b := first(path+".2"), first(path+".1"); a >= b || first(path) <= b {
			t.Errorf("FILE.2 begins with line %s, FILE.1 with %s, FILE with %s", a, b, first(path))
		}
	})
	t.Run("FD.10.2 FILE.lock stays", func(t *testing.T) {
		c.Close()
		if !strings.Contains(names(t, dir), "x.log.lock") {
			t.Error("lock file is gone")
		}
	})
}

func TestNoRotation(t *testing.T) {
	for _, maxSize := range []int64{0, minRotationSize - 1} {
		t.Run(fmt.Sprintf("PL.3.1 maxsize %d turns it off", maxSize), func(t *testing.T) {
			dir := t.TempDir()
			c := newConsole(t)
			c.configure(t, false, fileEntry(filepath.Join(dir, "x.log"), maxSize, 3))
			writeLines(c.Logger(""), 0, 300)
			if got := names(t, dir); got != "x.log" {
				t.Errorf("files are %s", got)
			}
		})
	}
}

// TestRotationOfSharedFile has two systems, as two daemons would, write to one
// file that rotates: no line may be lost or torn.
func TestRotationOfSharedFile(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.log")
	const each = 700
	var wg sync.WaitGroup
	for w := range 2 {
		c := newConsole(t)
		c.configure(t, false, fileEntry(path, minRotationSize, 20))
		wg.Go(func() { writeLines(c.Logger(""), w*each, (w+1)*each) })
	}
	wg.Wait()
	var got strings.Builder
	for _, name := range strings.Fields(names(t, dir)) {
		if text := read(t, filepath.Join(dir, name)); name != "x.log.lock" {
			got.WriteString(text)
			if len(text) > 3*minRotationSize {
				t.Errorf("%s has %d bytes", name, len(text))
			}
		}
	}
	seen := map[string]int{}
	for line := range strings.Lines(got.String()) {
		if len(line) != 1000 {
			t.Fatalf("torn line %q", line)
		}
		seen[line]++
	}
	if len(seen) != 2*each {
		t.Errorf("%d different lines, want %d", len(seen), 2*each)
	}
}

func TestOutsideRename(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "x.log")
	c := newConsole(t)
	configure := func() { c.configure(t, false, fileEntry(path, 10_240_000, 1)) }
	configure()
	l := c.Logger("")
	l.Log(testWarn)
	rename := func(to string) {
		if err := os.Rename(path, to); err != nil {
			t.Fatal(err)
		}
	}
	rename(path + "-old")
	l.Log(testError)
	t.Run("FD.10.4 lines go on into the renamed file", func(t *testing.T) {
		if got := read(t, path+"-old"); got != "TEST_WARN a warning\nTEST_ERROR an error\n" {
			t.Errorf("renamed file has %q", got)
		}
	})
	for name, reopen := range map[string]func(){
		"FD.10.4 until it is reopened": func() {
			if err := c.Reopen(); err != nil {
				t.Error(err)
			}
		},
		"FD.10.4 until a reconfiguration, even an equal one": configure,
	} {
		t.Run(name, func(t *testing.T) {
			reopen()
			l.Log(testFatal)
			if got := read(t, path); got != "TEST_FATAL the end\n" {
				t.Errorf("new file has %q", got)
			}
			rename(path + "-old")
		})
	}
	t.Run("a reopening that fails keeps the old file", func(t *testing.T) {
		reopened := newConsole(t)
		file := filepath.Join(dir, "sub", "y.log")
		os.Mkdir(filepath.Dir(file), 0o700)
		reopened.configure(t, false, fileEntry(file, 0, 1))
		os.Rename(filepath.Dir(file), filepath.Join(dir, "moved"))
		if err := reopened.Reopen(); err == nil {
			t.Error("no error")
		}
		reopened.Logger("").Log(testFatal)
		if got := read(t, filepath.Join(dir, "moved", "y.log")); got != "TEST_FATAL the end\n" {
			t.Errorf("file has %q", got)
		}
	})
}

func TestFileMode(t *testing.T) {
	for _, umask := range []int{0, 0o022, 0o027, 0o077} {
		t.Run(fmt.Sprintf("FD.10.3 umask %03o", umask), func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "x.log")
			old := unix.Umask(umask)
			c := newConsole(t)
			err := c.Configure([]*config.Logger{fileEntry(path, 0, 1)}, false)
			unix.Umask(old)
			if err != nil {
				t.Fatal(err)
			}
			st, err := os.Stat(path)
			if err != nil || st.Mode().Perm() != 0o640 {
				t.Errorf("mode is %v (%v)", st.Mode(), err)
			}
		})
	}
	t.Run("the mode of a file that is there stays", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "x.log")
		if err := os.WriteFile(path, []byte("before\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		c := newConsole(t)
		c.configure(t, false, fileEntry(path, 0, 1))
		c.Logger("").Log(testWarn)
		if st, _ := os.Stat(path); st.Mode().Perm() != 0o600 {
			t.Errorf("mode is %v", st.Mode())
		}
		if got := read(t, path); got != "before\nTEST_WARN a warning\n" {
			t.Errorf("file has %q", got)
		}
	})
}

func TestUnflushed(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.log")
	e := entry("*", "", config.LogOutput{Output: path, Pattern: "%m\n"})
	start := func(t *testing.T) *console {
		os.Remove(path)
		c := newConsole(t)
		c.configure(t, false, e)
		c.Logger("").Log(testWarn)
		if got := read(t, path); got != "" {
			t.Errorf("file has %q at once", got)
		}
		return c
	}
	t.Run("an error is written at once", func(t *testing.T) {
		c := start(t)
		c.Logger("").Log(testError)
		if got := read(t, path); got != "TEST_WARN a warning\nTEST_ERROR an error\n" {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("closing writes the rest", func(t *testing.T) {
		start(t).Close()
		if got := read(t, path); got != "TEST_WARN a warning\n" {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("reopening writes the rest into the old file", func(t *testing.T) {
		c := start(t)
		os.Rename(path, path+".moved")
		c.Reopen()
		if got := read(t, path+".moved"); got != "TEST_WARN a warning\n" {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("a line does not wait for ever", func(t *testing.T) {
		start(t)
		for range 50 {
			if read(t, path) != "" {
				return
			}
			time.Sleep(unflushedDelay / 10)
		}
		t.Error("still not written")
	})
}

// TestWriteFails has the kernel refuse to let a file grow, as a full disk would.
func TestWriteFails(t *testing.T) {
	c := newConsole(t)
	now := testTime
	c.now = func() time.Time { return now }
	c.configure(t, false, entry("*", "", out("/dev/full")))
	for range 3 {
		c.Logger("").Log(testWarn)
	}
	now = now.Add(time.Minute)
	c.Logger("").Log(testWarn)
	want := "cannot log to /dev/full: write /dev/full: " + syscall.ENOSPC.Error()
	if got := c.stderr.String(); got != want+" (1 times since the last report)\n"+want+" (3 times since the last report)\n" {
		t.Errorf("reported %q", got)
	}
}
