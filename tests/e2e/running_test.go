package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

func TestExitStatus(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "FD.10.1 exit status", func(t *testing.T) {
			l := newLAN(t)
			srv := s.Start(t, l.server, bareConfig())
			if status, ok := exitStatus(srv.Command(t, "-c", srv.ConfigFile()).Run()); status != 1 || !ok {
				t.Errorf("a second start ended with %d, want 1", status)
			}
			if status := srv.Stop(t); status != 0 {
				t.Errorf("SIGTERM: exit status %d, want 0", status)
			}
			srv.Run(t)
			if status := srv.SignalAndWait(t, syscall.SIGINT); status != 0 {
				t.Errorf("SIGINT: exit status %d, want 0", status)
			}
			srv.Run(t)
			srv.Call(t, "shutdown", object{"exit-value": 7})
			if status := srv.Wait(t); status != 7 {
				t.Errorf("shutdown with exit-value 7: exit status %d", status)
			}

			srv.Configure(t, bareConfig().With(object{"valid-lifetime": "long"}))
			if status, ok := exitStatus(srv.Command(t, "-c", srv.ConfigFile()).Run()); status != 1 || !ok {
				t.Errorf("a bad configuration ended with %d, want 1", status)
			}
			var stderr strings.Builder
			cmd := srv.Command(t, "--no-such-flag")
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
		logs[0].(object)["output_options"].(list)[1].(object)["output"] = srv.File("server.log")
		srv.Configure(t, bareConfig().With(object{"loggers": logs}))
		srv.Locking = true
		old := syscall.Umask(0)
		srv.Run(t)
		syscall.Umask(old)
		st := newStation(t, l)
		st.lease(t, wire.NewMAC())

		s.fact(t, "FD.10.3 modes of files", func(t *testing.T) {
			for name, want := range map[string]os.FileMode{
				srv.LeaseFile(): 0o640, srv.File("server.log"): 0o640, srv.Socket(): 0o750,
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
			renamed := srv.File("server.log.moved")
			if err := os.Rename(srv.File("server.log"), renamed); err != nil {
				t.Fatal(err)
			}
			before := size(t, renamed)
			if _, text, _ := srv.Call(t, "config-set", object{"Dhcp4": "not a map"}); text == "" {
				t.Error("no answer to a bad config-set")
			}
			servers.Eventually(t, retryLimit, "the renamed file grows", func() bool { return size(t, renamed) > before })
			if _, err := os.Stat(srv.File("server.log")); err == nil {
				t.Error("the name is taken again before a reconfiguration")
			}
			srv.Signal(syscall.SIGHUP)
			servers.Eventually(t, retryLimit, "the name is opened anew", func() bool {
				_, err := os.Stat(srv.File("server.log"))
				return err == nil
			})
		})
		s.fact(t, "FD.10.2 files after a clean stop", func(t *testing.T) {
			pid := srv.File("dhcp4." + filepath.Base(srv.Program(t)) + ".pid")
			text, err := os.ReadFile(pid)
			if err != nil || !strings.HasSuffix(string(text), "\n") {
				t.Errorf("PID file: %q, %v", text, err)
			}
			srv.Stop(t)
			for _, gone := range []string{pid, srv.Socket()} {
				if _, err := os.Stat(gone); !os.IsNotExist(err) {
					t.Errorf("%s is still there: %v", gone, err)
				}
			}
			for _, left := range []string{srv.LeaseFile(), srv.File("logger_lockfile"), srv.File("server.log.lock")} {
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
			srv := s.Start(t, l.server, bareConfig())
			st := newStation(t, l)
			kept, torn := wire.NewMAC(), wire.NewMAC()
			address := st.lease(t, kept).Msg.YourIPAddr.String()
			st.lease(t, torn)
			srv.Stop(t)
			info, err := os.Stat(srv.LeaseFile())
			if err != nil {
				t.Fatal(err)
			}
			text, err := os.ReadFile(srv.LeaseFile())
			if err != nil {
				t.Fatal(err)
			}
			last := strings.LastIndex(strings.TrimSuffix(string(text), "\n"), "\n") + 1
			if err := os.Truncate(srv.LeaseFile(), int64(last)+8); err != nil {
				t.Fatal(err)
			}
			if info.Size() <= int64(last)+8 {
				t.Fatal("nothing was cut off")
			}
			srv.Run(t)
			if n := strings.Count(srv.Log(), "DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR"); n != 1 {
				t.Errorf("%d load errors are logged, want 1", n)
			}
			ack := st.Ask(t, initReboot(kept, address))
			if got := ack.Msg.YourIPAddr.String(); got != address {
				t.Errorf("the whole row is lost too: %s", ack)
			}
			// What is appended after must not run into the torn row.
			third := st.lease(t, wire.NewMAC()).Msg.YourIPAddr.String()
			row := srv.Leases(t)[third]
			if row == nil || row["subnet_id"] != "7" {
				t.Errorf("the row after the torn one is lost: %v", srv.Leases(t))
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
			srv.Configure(t, bareConfig().With(object{
				"lease-database": object{"type": "memfile", "name": srv.LeaseFile(), "lfc-interval": 1},
			}))
			srv.UnderKeaName(t)
			srv.Through = []string{"sh", "-c", `mount --bind "$DIR" "$DIR" && mount -o remount,bind,ro / || exit 1
				mount -o remount,bind,ro /tmp 2>/dev/null # where it is a file system of its own
				if touch "$DIR/../written" 2>/dev/null; then exit 1; fi
				exec "$@"`, "sh"}
			srv.Run(t)
			st := newStation(t, l)
			mac := wire.NewMAC()
			address := st.lease(t, mac).Msg.YourIPAddr.String()
			st.Ask(t, renewing(mac, address))
			servers.Eventually(t, 20*time.Second, "the lease file is cleaned", func() bool {
				_, err := os.Stat(srv.LeaseFile() + ".2")
				return err == nil && len(srv.Leases(t)) == 0
			})
			st.Ask(t, renewing(mac, address))
			known := map[string]bool{
				"dhcp4.conf": true, "ctl": true, "ctl.lock": true, filepath.Base(srv.LogFile()): true, "bin": true,
				"dhcp4.kea-dhcp4.pid": true, "logger_lockfile": true,
			}
			entries, err := os.ReadDir(srv.Dir)
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
			srv := s.Start(t, first.server, bareConfig())
			other := s.prepare(t, second.server)
			other.Configure(t, bareConfig())
			other.PIDDir = srv.Dir
			out, err := other.Command(t, "-c", other.ConfigFile()).CombinedOutput()
			if err == nil || !strings.Contains(string(out), "DHCP4_ALREADY_RUNNING") {
				t.Errorf("a second server of the same configuration name started: %v\n%s", err, out)
			}
			if err := os.Rename(other.ConfigFile(), other.File("other.name.conf")); err != nil {
				t.Fatal(err)
			}
			other.Config = "other.name.conf"
			other.Run(t)
			name := filepath.Base(srv.Program(t))
			for _, pid := range []string{"dhcp4." + name + ".pid", "other.name." + name + ".pid"} {
				if _, err := os.Stat(srv.File(pid)); err != nil {
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
			srv.Configure(t, bareConfig())
			for _, flag := range []string{"-t", "-c"} {
				out, err := srv.Command(t, flag, srv.ConfigFile()).CombinedOutput()
				if status, ok := exitStatus(err); !ok || status != 1 || !strings.Contains(string(out), "eth0") {
					t.Errorf("%s with a missing interface: status %d\n%s", flag, status, out)
				}
			}
			srv.Configure(t, bareConfig().With(object{"interfaces-config": object{"interfaces": list{}}}))
			srv.Run(t)
		})
	})
}
