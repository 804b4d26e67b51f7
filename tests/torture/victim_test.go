package torture_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
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
	cmd     *exec.Cmd
	exited  chan error
	cleanup *os.Process // one that was seen at work, nil: none
}

func newVictim(t *testing.T, ns *netns.NS) *victim {
	v := &victim{Server: servers.Nestor.Server(ns, servers.Dir(t))}
	v.fill(t)
	t.Cleanup(func() {
		if v.cmd != nil {
			v.kill(t)
		}
		v.awaitCleanups(t)
	})
	return v
}

// fill writes leases that nobody asks for, each twice, so that clean-ups and starts
// take long enough to be hit.
func (v *victim) fill(t *testing.T) {
	s, _, err := memfile.Open4(memfile.Options4{Path: v.LeaseFile(), Persist: true})
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now().Unix()
	for range 2 {
		tx := s.Begin4()
		for i := range uint32(10_000) {
			tx.Put4(&lease.Lease4{
				Addr: 0x0a408000 + i, HWAddr: []byte{6, 0, 0, 0, byte(i >> 8), byte(i)},
				ValidLft: 1_000_000, CLTT: now, SubnetID: 1,
			})
		}
		if err := tx.Commit(); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Close4(); err != nil {
		t.Fatal(err)
	}
}

// configure writes the configuration for round n. Every other round has two packet
// loops.
func (v *victim) configure(t *testing.T, n int) {
	quiet := func(name, severity string) servers.Object {
		return servers.Object{"name": name, "severity": severity, "output_options": servers.List{servers.Object{"output": "stdout"}}}
	}
	v.Configure(t, servers.Object{
		"interfaces-config": servers.Object{"interfaces": servers.List{"eth0"}},
		"lease-database": servers.Object{
			"type": "memfile", "name": v.LeaseFile(), "lfc-interval": int(cleanupInterval.Seconds()),
		},
		"multi-threading":           servers.Object{"enable-multi-threading": true, "thread-pool-size": 1 + n%2},
		"authoritative":             true,
		"decline-probation-period":  1,
		"expired-leases-processing": servers.Object{"reclaim-timer-wait-time": 1, "flush-reclaimed-timer-wait-time": 1, "hold-reclaimed-time": 2},
		"min-valid-lifetime":        shortest,
		"valid-lifetime":            4000,
		"max-valid-lifetime":        longest,
		"store-extended-info":       n%3 == 0,
		"loggers":                   servers.List{quiet("kea-dhcp4", "WARN"), quiet("kea-dhcp4.dhcp4", "INFO"), quiet("kea-dhcp4.dhcpsrv", "INFO")},
		"subnet4": servers.List{servers.Object{
			"id": 1, "subnet": "10.64.0.0/16", "relay": servers.Object{"ip-addresses": servers.List{relayAddress}},
			"pools": servers.List{servers.Object{"pool": fmt.Sprintf("10.64.0.10 - 10.64.0.%d", 10+population4-1)}},
		}},
	})
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
			if strings.Contains(v.Log(), "DHCP4_STARTED") {
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

// stored reads the leases out of a copy of the files that were left, the way a
// server does.
func (v *victim) stored(t *testing.T) map[uint32]lease.Lease4 {
	t.Helper()
	s, report, err := memfile.Open4(memfile.Options4{Path: v.copyTo(t, t.TempDir()), Persist: true})
	if err != nil {
		t.Fatalf("the lease files cannot be opened: %v", err)
	}
	defer s.Close4()
	for _, f := range report.Files {
		if f.Errors > 1 || f.Errors == 1 && !f.Cut {
			t.Errorf("%s has %d bad rows", f.Path, f.Errors)
		}
	}
	found := map[uint32]lease.Lease4{}
	if err := s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		kept := *l
		kept.HWAddr, kept.ClientID = bytes.Clone(l.HWAddr), bytes.Clone(l.ClientID)
		found[l.Addr] = kept
		return true
	}); err != nil {
		t.Fatal(err)
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
