package daemon

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestMain makes the test's executable a daemon when it is started as one.
func TestMain(m *testing.M) {
	if os.Getenv("NESTOR_TEST_DAEMON") != "" {
		os.Exit(Main(testDHCP4, func(e *Env) App { return &testApp{env: e, running: make(chan bool)} }))
	}
	os.Exit(m.Run())
}

// process starts kea-dhcp4 as a process of its own, under a umask.
func process(t *testing.T, dir string, umask int, cfg string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "x.conf")
	write(t, file, cfg)
	cmd := exec.Command("sh", "-c", fmt.Sprintf(`umask %03o; exec "$0" -c "$1"`, umask), filepath.Join(dir, "kea-dhcp4"), file)
	if err := os.Symlink(self, filepath.Join(dir, "kea-dhcp4")); err != nil && !errors.Is(err, os.ErrExist) {
		t.Fatal(err)
	}
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.Env = append(os.Environ(), "NESTOR_TEST_DAEMON=1", "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR="+dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill() })
	return cmd, &out
}

// waitFor polls until cond holds, for ten seconds at most.
func waitFor(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for range 1000 {
		if cond() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatal("waited in vain for " + what)
}

func TestProcess(t *testing.T) {
	for name, sig := range map[string]os.Signal{"SIGTERM": unix.SIGTERM, "SIGINT": unix.SIGINT} {
		t.Run("FD.10.1 "+name, func(t *testing.T) {
			dir := t.TempDir()
			log := filepath.Join(dir, "x.log")
			cmd, out := process(t, dir, 0, `{"Dhcp4":{"log":"`+log+`"}}`)
			waitFor(t, "the start", func() bool {
				text, _ := os.ReadFile(log)
				return bytes.Contains(text, []byte("DHCP4_STARTED"))
			})
			pid := filepath.Join(dir, "x.kea-dhcp4.pid") // PL.1.9 D4.1.10: KEA_PIDFILE_DIR
			if got := read(t, pid); got != strconv.Itoa(cmd.Process.Pid)+"\n" {
				t.Errorf("PID file has %q", got)
			}
			for file, want := range map[string]os.FileMode{log: 0o640, pid: 0o640, filepath.Join(dir, "logger_lockfile"): 0o660} {
				if st, err := os.Stat(file); err != nil || st.Mode().Perm() != want { // FD.10.3, under umask 000
					t.Errorf("%s has mode %v (%v), want %v", file, st.Mode(), err, want)
				}
			}
			// PL.1.14: a real SIGHUP.
			write(t, filepath.Join(dir, "x.conf"), `{"Dhcp4":{"log":"`+log+`","n":2}}`)
			cmd.Process.Signal(unix.SIGHUP)
			waitFor(t, "the reload", func() bool {
				return bytes.Contains([]byte(read(t, log)), []byte("DHCP4_DYNAMIC_RECONFIGURATION_SUCCESS"))
			})
			cmd.Process.Signal(sig)
			if err := cmd.Wait(); err != nil {
				t.Errorf("%v: %s", err, out.String())
			}
			if exists(pid) || !exists(filepath.Join(dir, "logger_lockfile")) { // FD.10.2
				t.Error("PID file is left or logger_lockfile is gone")
			}
		})
	}
	t.Run("FD.10.1 a bad configuration and a second start", func(t *testing.T) {
		dir := t.TempDir()
		cmd, _ := process(t, dir, 0o022, `{"Dhcp4":{"refuse":"no"}}`)
		if cmd.Wait(); cmd.ProcessState.ExitCode() != 1 {
			t.Errorf("exit status %d", cmd.ProcessState.ExitCode())
		}
		first, _ := process(t, dir, 0o022, `{"Dhcp4":{}}`)
		waitFor(t, "the PID file", func() bool { return exists(filepath.Join(dir, "x.kea-dhcp4.pid")) })
		second, out := process(t, dir, 0o022, `{"Dhcp4":{}}`)
		if second.Wait(); second.ProcessState.ExitCode() != 1 {
			t.Errorf("exit status %d", second.ProcessState.ExitCode())
		}
		expect(t, "second start", out.String(), "DHCP4_ALREADY_RUNNING")
		first.Process.Signal(unix.SIGTERM)
		first.Wait()
	})
}
