package leasefile

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

func TestModeWhateverTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o027, 0o077} {
		t.Run(fmt.Sprintf("FD.10.3 umask %03o", mask), func(t *testing.T) {
			defer unix.Umask(unix.Umask(mask))
			path := filepath.Join(t.TempDir(), "leases")
			f, err := OS.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_APPEND)
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			info, err := os.Stat(path)
			if err != nil || info.Mode().Perm() != 0o640 {
				t.Errorf("mode %v, error %v", info.Mode(), err)
			}
		})
	}
	t.Run("an existing file keeps its mode", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "leases")
		if err := os.WriteFile(path, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		f, err := OS.OpenFile(path, os.O_RDWR|os.O_CREATE)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, error %v", info.Mode(), err)
		}
	})
}

func TestRunning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "leases.pid")
	for _, c := range []struct {
		name, content string
		alive         bool
	}{
		{"a live process", fmt.Sprintf("%d\n", os.Getppid()), true},
		{"a process of somebody else's", "1\n", true},
		{"ourselves, by an earlier life", fmt.Sprintf("%d\n", os.Getpid()), false},
		{"a process that is gone", "2147483646\n", false},
		{"torn", fmt.Sprint(os.Getppid()), false},
		{"empty", "", false},
		{"nonsense", "x\n", false},
		{"every process", "-1\n", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if err := os.WriteFile(path, []byte(c.content), 0o600); err != nil {
				t.Fatal(err)
			}
			if pid, alive := Running(OS, path); alive != c.alive {
				t.Errorf("process %d is alive: %v", pid, alive)
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		if _, alive := Running(OS, path+"x"); alive {
			t.Error("somebody runs")
		}
	})
	t.Run("what is written is read", func(t *testing.T) {
		if err := WritePID(OS, path); err != nil {
			t.Fatal(err)
		}
		if text, err := os.ReadFile(path); err != nil || string(text) != fmt.Sprintf("%d\n", os.Getpid()) {
			t.Errorf("%q %v", text, err)
		}
	})
}

func TestNames(t *testing.T) {
	t.Run("PL.8.11 names and loading order", func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "kea-leases4.csv")
		n := NamesOf(path)
		want := Names{Live: path, Copy: path + ".1", Previous: path + ".2", Output: path + ".output", Finish: path + ".completed",
			PID: path + ".pid", Rewrite: path + ".rewrite", Lock: path + ".lock"}
		if n != want {
			t.Errorf("%+v, want %+v", n, want)
		}
		if got := n.Older(OS); len(got) != 2 || got[0] != n.Previous || got[1] != n.Copy {
			t.Errorf("before the live file %v", got)
		}
		if err := os.WriteFile(n.Finish, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := n.Older(OS); len(got) != 1 || got[0] != n.Finish {
			t.Errorf("with a finished clean-up, before the live file %v", got)
		}
	})
}
