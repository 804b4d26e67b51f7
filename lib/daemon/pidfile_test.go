package daemon

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

func TestPIDFilePath(t *testing.T) {
	for _, tc := range []struct{ config, program, want string }{
		{"/etc/kea/kea-dhcp4.conf", "kea-dhcp4", "/run/kea/kea-dhcp4.kea-dhcp4.pid"}, // PL.1.8
		{"/a/b/myconf.txt", "kea-dhcp4", "/run/kea/myconf.kea-dhcp4.pid"},            // D4.1.11
		{"the.conf.json", "kea-dhcp-ddns", "/run/kea/the.conf.kea-dhcp-ddns.pid"},    // PL.1.8
		{"plain", "kea-ctrl-agent", "/run/kea/plain.kea-ctrl-agent.pid"},
	} {
		if got := pidFilePath("/run/kea", tc.config, tc.program); got != tc.want {
			t.Errorf("%s has %s, want %s", tc.config, got, tc.want)
		}
	}
}

func TestPaths(t *testing.T) {
	for _, name := range []string{"KEA_PIDFILE_DIR", "KEA_LOCKFILE_DIR", "KEA_CONTROL_SOCKET_DIR", "KEA_DHCP_DATA_DIR",
		"KEA_LOG_FILE_DIR", "KEA_LEGAL_LOG_DIR", "KEA_HOOKS_PATH", "KEA_LFC_EXECUTABLE"} {
		t.Setenv(name, "")
	}
	kea := Paths{
		Config: "/usr/local/etc/kea", PID: "/usr/local/var/run/kea", Lock: "/usr/local/var/run/kea",
		Socket: "/usr/local/var/run/kea", Data: "/usr/local/var/lib/kea", Log: "/usr/local/var/log/kea",
		LegalLog: "/usr/local/var/log/kea", Hooks: "/usr/local/lib/kea/hooks", Share: "/usr/local/share/kea",
		LFC: "/usr/local/sbin/kea-lfc",
	}
	t.Run("PL.1.9 D4.1.10 Kea's defaults under its name", func(t *testing.T) {
		if got := DefaultPaths(true); got != kea {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("own defaults", func(t *testing.T) {
		own := DefaultPaths(false)
		if own.Config != "/usr/local/etc/nestor" || own.Data != "/usr/local/var/lib/nestor" || own.LFC != "/usr/local/sbin/nestor-lfc" {
			t.Errorf("got %+v", own)
		}
	})
	t.Run("build variables", func(t *testing.T) {
		defer func() { Prefix, SysconfDir, LocalStateDir, RunStateDir, LockDir = "/usr/local", "", "", "", "" }()
		Prefix, SysconfDir, LocalStateDir, RunStateDir, LockDir = "/usr", "/etc", "/var", "/run", "/run/lock/kea"
		got := DefaultPaths(true)
		if got.Config != "/etc/kea" || got.PID != "/run/kea" || got.Lock != "/run/lock/kea" || got.Data != "/var/lib/kea" || got.LFC != "/usr/sbin/kea-lfc" {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("PL.1.9 D4.1.10 the environment overrides them", func(t *testing.T) {
		t.Setenv("KEA_PIDFILE_DIR", "/p")
		t.Setenv("KEA_LOCKFILE_DIR", "none")
		t.Setenv("KEA_CONTROL_SOCKET_DIR", "/s")
		t.Setenv("KEA_DHCP_DATA_DIR", "/d")
		t.Setenv("KEA_LOG_FILE_DIR", "/l")
		t.Setenv("KEA_LEGAL_LOG_DIR", "/ll")
		t.Setenv("KEA_HOOKS_PATH", "/h")
		t.Setenv("KEA_LFC_EXECUTABLE", "/lfc")
		want := Paths{
			Config: kea.Config, PID: "/p", Lock: "none", Socket: "/s", Data: "/d", Log: "/l", LegalLog: "/ll",
			Hooks: "/h", Share: kea.Share, LFC: "/lfc",
		}
		if got := DefaultPaths(true); got != want {
			t.Errorf("got %+v", got)
		}
	})
}

func TestPIDFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.pid")
	own := fmt.Sprintf("%d\n", os.Getpid())
	t.Run("is written and removed", func(t *testing.T) {
		p, err := createPIDFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := read(t, path); got != own {
			t.Errorf("file has %q", got)
		}
		if p.remove(); exists(path) {
			t.Error("file is still there")
		}
	})
	t.Run("is not removed when it is another's by now", func(t *testing.T) {
		p, err := createPIDFile(path)
		if err != nil {
			t.Fatal(err)
		}
		write(t, path, "1\n")
		if p.remove(); !exists(path) {
			t.Error("file was removed")
		}
		os.Remove(path)
	})
	t.Run("PL.1.12 a dead process's is replaced", func(t *testing.T) {
		write(t, path, fmt.Sprintf("%d\n", deadPID(t)))
		if _, err := createPIDFile(path); err != nil {
			t.Error(err)
		}
		if got := read(t, path); got != own {
			t.Errorf("file has %q", got)
		}
	})
	t.Run("a leftover with the own id is replaced", func(t *testing.T) {
		if _, err := createPIDFile(path); err != nil {
			t.Error(err)
		}
	})
	t.Run("PL.1.12 any live process blocks", func(t *testing.T) {
		write(t, path, fmt.Sprintf("%d\n", os.Getppid()))
		if _, err := createPIDFile(path); !errors.Is(err, errRunning) {
			t.Errorf("error is %v", err)
		}
	})
	for name, text := range map[string]string{"empty": "", "without newline": "1234567", "no number": "abc\n", "negative": "-1\n", "zero": "0\n"} {
		t.Run("unreadable: "+name, func(t *testing.T) {
			write(t, path, text)
			_, err := createPIDFile(path)
			if err == nil || errors.Is(err, errRunning) {
				t.Errorf("error is %v", err)
			}
			if got := read(t, path); got != text {
				t.Errorf("file has %q", got)
			}
		})
	}
	t.Run("PL.1.13 no directory", func(t *testing.T) {
		if _, err := createPIDFile(filepath.Join(path, "y.pid")); err == nil {
			t.Error("no error")
		}
	})
}

// deadPID gives the id of a process that is gone.
func deadPID(t *testing.T) int {
	t.Helper()
	cmd := exec.Command("true")
	if err := cmd.Run(); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}
