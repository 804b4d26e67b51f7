package torture_test

import (
	"bytes"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease/memfile"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// startLimit is how long a server may take to start, waiting for a clean-up that an
// earlier one began included.
const startLimit = 20 * time.Second

// A victim is a server that is started and killed.
type victim struct {
	*servers.Server
	family  family
	cmd     *exec.Cmd
	exited  chan error
	cleanup *os.Process // one that was seen at work, nil: none
}

func newVictim(t *testing.T, f family, ns *netns.NS) *victim {
	v := &victim{Server: f.server(servers.Nestor, ns, servers.Dir(t)), family: f}
	if err := f.fill(v.LeaseFile()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if v.cmd != nil {
			v.kill(t)
		}
		v.awaitCleanups(t)
	})
	return v
}

// configure writes the configuration for round n. Every other round has two packet
// loops.
func (v *victim) configure(t *testing.T, n int) {
	logger := func(name, severity string) servers.Object {
		return servers.Object{"name": name, "severity": severity, "output_options": servers.List{servers.Object{"output": "stdout"}}}
	}
	root := "kea-dhcp" + v.family.String()
	v.Configure(t, v.family.config().With(servers.Object{
		"lease-database": servers.Object{
			"type": "memfile", "name": v.LeaseFile(), "lfc-interval": int(cleanupInterval.Seconds()),
		},
		"multi-threading":           servers.Object{"enable-multi-threading": true, "thread-pool-size": 1 + n%2},
		"decline-probation-period":  1,
		"expired-leases-processing": servers.Object{"reclaim-timer-wait-time": 1, "flush-reclaimed-timer-wait-time": 1, "hold-reclaimed-time": 2},
		"store-extended-info":       n%3 == 0,
		"loggers":                   servers.List{logger(root, "WARN"), logger(root+".dhcp"+v.family.String(), "INFO"), logger(root+".dhcpsrv", "INFO")},
	}))
}

// start starts the server, which may have to wait for a clean-up that was
// begun by the one before.
func (v *victim) start(t *testing.T, n int) {
	t.Helper()
	v.configure(t, n)
	for end := time.Now().Add(startLimit); ; time.Sleep(10 * time.Millisecond) {
		if v.run(t); v.serves() {
			return
		}
		v.cmd = nil
		text := v.Log()
		if !strings.Contains(text, memfile.ErrCleanupRunning.Error()) || time.Now().After(end) {
			t.Fatalf("the server does not start: %s", text)
		}
	}
}

func (v *victim) run(t *testing.T) {
	t.Helper()
	out, err := os.Create(v.LogFile())
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	v.cmd = v.Command(t, "-c", v.ConfigFile())
	v.cmd.Stdout, v.cmd.Stderr = out, out
	if err := v.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	v.exited = make(chan error, 1)
	go func(cmd *exec.Cmd) { v.exited <- cmd.Wait() }(v.cmd)
}

// serves waits until the server serves, and reports false if it ends.
func (v *victim) serves() bool {
	for {
		select {
		case <-v.exited:
			return false
		case <-time.After(5 * time.Millisecond):
			if strings.Contains(v.Log(), "DHCP"+v.family.String()+"_STARTED") {
				return true
			}
		}
	}
}

// kill ends the server at once and waits until it is gone.
func (v *victim) kill(t *testing.T) {
	if err := v.cmd.Process.Kill(); err != nil {
		t.Errorf("the server ended by itself: %v\n%s", err, v.Log())
		return
	}
	<-v.exited
	v.cmd = nil
}

// has tells whether there is a file beside the lease file.
func (v *victim) has(suffix string) bool {
	_, err := os.Stat(v.LeaseFile() + suffix)
	return err == nil
}

// leftovers names the files of a clean-up under way.
func (v *victim) leftovers() string {
	var there []string
	for _, suffix := range []string{".1", ".output", ".completed", ".pid"} {
		if v.has(suffix) {
			there = append(there, suffix)
		}
	}
	return strings.Join(there, " ")
}

// cleanups finds the processes that clean up our lease file.
func (v *victim) cleanups() []*os.Process {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	var found []*os.Process
	for _, name := range lines {
		line, err := os.ReadFile(name)
		if err != nil || !bytes.Contains(line, []byte("\x00"+v.LeaseFile()+".output\x00")) {
			continue
		}
		pid, err := strconv.Atoi(filepath.Base(filepath.Dir(name)))
		if err != nil {
			continue
		}
		if process, err := os.FindProcess(pid); err == nil {
			found = append(found, process)
		}
	}
	return found
}

// findCleanup notes the clean-up at work.
func (v *victim) findCleanup() {
	if found := v.cleanups(); len(found) > 0 {
		v.cleanup = found[0]
	}
}

// killCleanup kills the clean-up at work, if there is one.
func (v *victim) killCleanup() {
	if v.cleanup == nil {
		v.findCleanup()
	}
	if v.cleanup != nil {
		_ = v.cleanup.Kill() // it may just have ended
		v.cleanup = nil
	}
}

// awaitCleanups waits until no clean-up works on the lease file.
func (v *victim) awaitCleanups(t *testing.T) {
	for end := time.Now().Add(startLimit); len(v.cleanups()) > 0; time.Sleep(5 * time.Millisecond) {
		if time.Now().After(end) {
			t.Errorf("a clean-up does not end")
			return
		}
	}
}

// stored reads the leases out of a copy of the files that were left.
func (v *victim) stored(t *testing.T) map[netip.Prefix]stored {
	t.Helper()
	found, report, err := v.family.stored(v.copyTo(t, t.TempDir()))
	if err != nil {
		t.Fatalf("the lease files cannot be read: %v", err)
	}
	for _, f := range report.Files {
		if f.Errors > 1 || f.Errors == 1 && !f.Cut {
			t.Errorf("%s has %d bad rows", f.Path, f.Errors)
		}
	}
	return found
}

// copyTo copies the lease files and returns the path of the live one there.
func (v *victim) copyTo(t *testing.T, dir string) string {
	for _, suffix := range []string{"", ".1", ".2", ".output", ".completed"} {
		text, err := os.ReadFile(v.LeaseFile() + suffix)
		if os.IsNotExist(err) {
			continue
		}
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(v.LeaseFile())+suffix), text, 0o640)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, filepath.Base(v.LeaseFile()))
}

// keep saves the lease files of a failed run and says where they are.
func (v *victim) keep(t *testing.T) string {
	dir, err := os.MkdirTemp("", "nestor-torture")
	if err != nil {
		return err.Error()
	}
	v.copyTo(t, dir)
	return "the lease files are kept in " + dir
}
