package e2e_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/netns"
)

func TestExitStatus(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.1 exit status", func(t *testing.T) {
			l := newLAN(t)
			srv := s.start(t, l.server, bareConfig())
			if status, ok := exitStatus(srv.command(t, "-c", srv.configFile()).Run()); status != 1 || !ok {
				t.Errorf("a second start ended with %d, want 1", status)
			}
			if status := srv.stop(t); status != 0 {
				t.Errorf("SIGTERM: exit status %d, want 0", status)
			}
			srv.run(t)
			if status := srv.signalAndWait(t, syscall.SIGINT); status != 0 {
				t.Errorf("SIGINT: exit status %d, want 0", status)
			}
			srv.run(t)
			srv.call(t, "shutdown", object{"exit-value": 7})
			if status := srv.wait(t); status != 7 {
				t.Errorf("shutdown with exit-value 7: exit status %d", status)
			}

			srv.configure(t, bareConfig().with(object{"valid-lifetime": "long"}))
			if status, ok := exitStatus(srv.command(t, "-c", srv.configFile()).Run()); status != 1 || !ok {
				t.Errorf("a bad configuration ended with %d, want 1", status)
			}
			var stderr strings.Builder
			cmd := srv.command(t, "--no-such-flag")
			cmd.Stderr = &stderr
			if status, ok := exitStatus(cmd.Run()); status != 1 || !ok || !strings.Contains(stderr.String(), "-c file") {
				t.Errorf("an unknown flag ended with %d and %q, want 1 and usage on stderr", status, stderr.String())
			}
		})
	})
}

func TestFilesOfAServer(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		logs := list{object{"name": "kea-dhcp4", "severity": "INFO", "output_options": list{
			object{"output": "stdout"}, object{"output": "LOG", "maxsize": 204800},
		}}}
		srv := s.prepare(t, l.server)
		logs[0].(object)["output_options"].(list)[1].(object)["output"] = srv.file("server.log")
		srv.configure(t, bareConfig().with(object{"loggers": logs}))
		srv.locking = true
		old := syscall.Umask(0)
		srv.run(t)
		syscall.Umask(old)
		st := newStation(t, l)
		st.lease(t, newMAC())

		s.fact(t, "FD.10.3 modes of files", func(t *testing.T) {
			for name, want := range map[string]os.FileMode{
				srv.leaseFile(): 0o640, srv.file("server.log"): 0o640, srv.socket(): 0o750,
			} {
				info, err := os.Stat(name)
				if err != nil {
					t.Fatal(err)
				}
				if got := info.Mode().Perm(); got != want {
					t.Errorf("%s has mode %#o, want %#o", filepath.Base(name), got, want)
				}
			}
		})
		s.fact(t, "FD.10.4 log file renamed from outside", func(t *testing.T) {
			renamed := srv.file("server.log.moved")
			if err := os.Rename(srv.file("server.log"), renamed); err != nil {
				t.Fatal(err)
			}
			before := size(t, renamed)
			if _, text, _ := srv.call(t, "config-set", object{"Dhcp4": "not a map"}); text == "" {
				t.Error("no answer to a bad config-set")
			}
			eventually(t, retryLimit, "the renamed file grows", func() bool { return size(t, renamed) > before })
			if _, err := os.Stat(srv.file("server.log")); err == nil {
				t.Error("the name is taken again before a reconfiguration")
			}
			srv.cmd.Process.Signal(syscall.SIGHUP)
			eventually(t, retryLimit, "the name is opened anew", func() bool {
				_, err := os.Stat(srv.file("server.log"))
				return err == nil
			})
		})
		s.fact(t, "FD.10.2 files after a clean stop", func(t *testing.T) {
			pid := srv.file("dhcp4." + filepath.Base(srv.program(t)) + ".pid")
			text, err := os.ReadFile(pid)
			if err != nil || !strings.HasSuffix(string(text), "\n") {
				t.Errorf("PID file: %q, %v", text, err)
			}
			srv.stop(t)
			for _, gone := range []string{pid, srv.socket()} {
				if _, err := os.Stat(gone); !os.IsNotExist(err) {
					t.Errorf("%s is still there: %v", gone, err)
				}
			}
			for _, left := range []string{srv.leaseFile(), srv.file("logger_lockfile"), srv.file("server.log.lock")} {
				if _, err := os.Stat(left); err != nil {
					t.Errorf("%s should be left: %v", left, err)
				}
			}
		})
	})
}

func size(t *testing.T, name string) int64 {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info.Size()
}

// A lease file whose last row was cut short by a crash.
func TestTornRow(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.6 last row cut short", func(t *testing.T) {
			l := newLAN(t)
			srv := s.start(t, l.server, bareConfig())
			st := newStation(t, l)
			kept, torn := newMAC(), newMAC()
			address := st.lease(t, kept).msg.YourIPAddr.String()
			st.lease(t, torn)
			srv.stop(t)
			info, err := os.Stat(srv.leaseFile())
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(srv.leaseFile())
			if err != nil {
				t.Fatal(err)
			}
			last := strings.LastIndex(strings.TrimSuffix(string(text), "\n"), "\n") + 1
			if err := os.Truncate(srv.leaseFile(), int64(last)+8); err != nil {
				t.Fatal(err)
			}
			if info.Size() <= int64(last)+8 {
				t.Fatal("nothing was cut off")
			}
			srv.run(t)
			if n := strings.Count(srv.log(), "DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR"); n != 1 {
				t.Errorf("%d load errors are logged, want 1", n)
			}
			ack := st.ask(t, initReboot(kept, address))
			if got := ack.msg.YourIPAddr.String(); got != address {
				t.Errorf("the whole row is lost too: %s", ack)
			}
			// What is appended after must not run into the torn row.
			third := st.lease(t, newMAC()).msg.YourIPAddr.String()
			row := srv.leases(t)[third]
			if row == nil || row["subnet_id"] != "7" {
				t.Errorf("the row after the torn one is lost: %v", srv.leases(t))
			}
		})
	})
}

// Debian's unit: not root, two capabilities, a foreground process that says
// nothing to systemd, started under Kea's name with Kea's directories.
func TestUnprivileged(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.8 runs with two capabilities", func(t *testing.T) {
			setpriv, err := exec.LookPath("setpriv")
			if err != nil {
				t.Fatalf("setpriv of util-linux: %v", err)
			}
			l := newLAN(t)
			srv := s.prepare(t, l.server)
			srv.configure(t, bareConfig())
			srv.underKeaName(t)
			const nobody = 65534
			for _, name := range []string{workDir, srv.dir, srv.configFile()} {
				if err := os.Chown(name, nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
			srv.through = []string{
				setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--no-new-privs",
				"--inh-caps=+net_bind_service,+net_raw", "--ambient-caps=+net_bind_service,+net_raw",
				"--bounding-set=-all,+net_bind_service,+net_raw",
			}
			srv.run(t)
			st := newStation(t, l)
			st.lease(t, newMAC())
			status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", srv.cmd.Process.Pid))
			if err != nil || !strings.Contains(string(status), "Uid:\t65534") || !strings.Contains(string(status), "CapEff:\t0000000000002400") {
				t.Errorf("the server runs with other rights than it should: %v\n%s", err, status)
			}
			if s.name == "nestor" && !strings.Contains(string(status), "Name:\tkea-dhcp4\n") {
				t.Errorf("the process is not seen as kea-dhcp4:\n%s", status)
			}
			srv.cmd.Process.Signal(syscall.SIGHUP)
			srv.logged(t, "DHCP4_DYNAMIC_RECONFIGURATION_SUCCESS")
			st.lease(t, newMAC())
			if status := srv.stop(t); status != 0 {
				t.Errorf("exit status %d", status)
			}
		})
	})
}

// Debian's AppArmor profile lets the server write below its own directories
// only, and there only what is named after the lease file. Here everything else
// is mounted read-only.
func TestConfined(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.9 nothing outside its files", func(t *testing.T) {
			l := newLAN(t)
			srv := s.prepare(t, l.server)
			srv.configure(t, bareConfig().with(object{
				"lease-database": object{"type": "memfile", "name": srv.leaseFile(), "lfc-interval": 1},
			}))
			srv.underKeaName(t)
			srv.through = []string{"sh", "-c", `mount --bind "$DIR" "$DIR" && mount -o remount,bind,ro / || exit 1
				mount -o remount,bind,ro /tmp 2>/dev/null # where it is a file system of its own
				if touch "$DIR/../written" 2>/dev/null; then exit 1; fi
				exec "$@"`, "sh"}
			srv.run(t)
			st := newStation(t, l)
			mac := newMAC()
			address := st.lease(t, mac).msg.YourIPAddr.String()
			st.ask(t, renewing(mac, address))
			eventually(t, 20*time.Second, "the lease file is cleaned", func() bool {
				_, err := os.Stat(srv.leaseFile() + ".2")
				return err == nil && len(srv.leases(t)) == 0
			})
			st.ask(t, renewing(mac, address))
			known := map[string]bool{
				"dhcp4.conf": true, "ctl": true, "ctl.lock": true, "out": true, "bin": true,
				"dhcp4.kea-dhcp4.pid": true, "logger_lockfile": true,
			}
			entries, err := os.ReadDir(srv.dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range entries {
				if !known[e.Name()] && !strings.HasPrefix(e.Name(), "kea-leases4.csv") {
					t.Errorf("the server made %s", e.Name())
				}
			}
		})
	})
}

// Two servers with configuration files of different names run side by side.
func TestTwoServers(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "PL.1.10 D4.1.11 D4.1.12 instances by configuration file name", func(t *testing.T) {
			first, second := newLAN(t), newLAN(t)
			srv := s.start(t, first.server, bareConfig())
			other := s.prepare(t, second.server)
			other.configure(t, bareConfig())
			out, err := other.withPIDsOf(srv).command(t, "-c", other.configFile()).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "DHCP4_ALREADY_RUNNING") {
				t.Errorf("a second server of the same configuration name started: %v\n%s", err, out)
			}
			if err := os.Rename(other.configFile(), other.file("other.name.conf")); err != nil {
				t.Fatal(err)
			}
			other.config = "other.name.conf"
			other.run(t)
			name := filepath.Base(srv.program(t))
			for _, pid := range []string{"dhcp4." + name + ".pid", "other.name." + name + ".pid"} {
				if _, err := os.Stat(srv.file(pid)); err != nil {
					t.Error(err)
				}
			}
		})
	})
}

// An interface that does not exist is an error; none at all is not.
func TestStartWithoutInterfaces(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.9.6 missing interface, no interface", func(t *testing.T) {
			ns := netns.New(t)
			srv := s.prepare(t, ns)
			srv.configure(t, bareConfig())
			for _, flag := range []string{"-t", "-c"} {
				out, err := srv.command(t, flag, srv.configFile()).CombinedOutput()
				if status, ok := exitStatus(err); !ok || status != 1 || !strings.Contains(string(out), "eth0") {
					t.Errorf("%s with a missing interface: status %d\n%s", flag, status, out)
				}
			}
			srv.configure(t, bareConfig().with(object{"interfaces-config": object{"interfaces": list{}}}))
			srv.run(t)
		})
	})
}
