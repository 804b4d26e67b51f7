package e2e_test

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/servers"
)

// The DHCPv6 server starts, stops and reads its switches as the other one does.
func TestProcess6(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, s suite) {
		t.Parallel()
		l := newLAN6(t)
		srv := s.Start6(t, l.server, lanConfig6())
		pidFile := srv.File("dhcp6." + filepath.Base(srv.Program(t)) + ".pid")
		again := func(args ...string) (int, string) {
			out, err := srv.Command(t, args...).CombinedOutput()
			status, ok := exitStatus(err)
			if !ok {
				t.Fatalf("%v: %v", args, err)
			}
			return status, string(out)
		}
		s.fact(t, "D6.1.13 messages of the start", func(t *testing.T) {
			at := -1
			for _, id := range []string{"DHCP6_STARTING", "DHCP6_CONFIG_COMPLETE", "DHCP6_STARTED"} {
				next := strings.Index(srv.Log(), id)
				if next <= at {
					t.Errorf("%s is missing or out of order:\n%s", id, srv.Log())
				}
				at = next
			}
		})
		s.fact(t, "D6.1.8 PID file", func(t *testing.T) {
			text, err := os.ReadFile(pidFile)
			if err != nil || strings.TrimSpace(string(text)) != fmt.Sprint(srv.PID()) {
				t.Errorf("the PID file has %q, %v; the process is %d", text, err, srv.PID())
			}
		})
		s.fact(t, "D6.1.9 a second one does not start", func(t *testing.T) {
			if status, out := again("-c", srv.ConfigFile()); status != 1 || !strings.Contains(out, "DHCP6_ALREADY_RUNNING") {
				t.Errorf("exit status %d\n%s", status, out)
			}
		})
		s.fact(t, "D6.1.11 SIGHUP", func(t *testing.T) {
			reload := func(change object, wait string) {
				srv.Configure(t, lanConfig6().With(change))
				srv.Signal(syscall.SIGHUP)
				srv.Logged(t, wait)
			}
			lifetime := func() any {
				_, _, arguments := srv.Call(t, "config-get", nil)
				return arguments["Dhcp6"].(map[string]any)["valid-lifetime"]
			}
			reload(object{"valid-lifetime": 900}, "DHCP6_DYNAMIC_RECONFIGURATION_SUCCESS")
			if got := lifetime(); got != 900.0 {
				t.Errorf("valid-lifetime is %v after a reload", got)
			}
			reload(object{"valid-lifetime": 1200, "interfaces-config": object{"interfaces": list{"none9"}}}, "DHCP6_DYNAMIC_RECONFIGURATION_FAIL")
			if got := lifetime(); got != 900.0 {
				t.Errorf("valid-lifetime is %v after a bad one", got)
			}
			srv.Configure(t, lanConfig6())
		})
		s.fact(t, "D6.1.10 D6.39.15 exit status", func(t *testing.T) {
			if status := srv.Stop(t); status != 0 || !strings.Contains(srv.Log(), "DHCP6_SHUTDOWN") { // D6.1.13
				t.Errorf("SIGTERM: exit status %d", status)
			}
			if err := os.WriteFile(pidFile, []byte("4194303\n"), 0o640); err != nil { // D6.1.9: of no process
				t.Fatal(err)
			}
			srv.Run(t)
			if status := srv.SignalAndWait(t, syscall.SIGINT); status != 0 {
				t.Errorf("SIGINT: exit status %d", status)
			}
			srv.Run(t)
			srv.Call(t, "shutdown", object{"exit-value": 7})
			if status := srv.Wait(t); status != 7 {
				t.Errorf("shutdown with exit-value 7: exit status %d", status)
			}
		})
		s.fact(t, "D6.1.1 D6.1.3 D6.1.6 switches", func(t *testing.T) {
			for _, args := range [][]string{{}, {"-c", srv.File("none.conf")}, {"-c", srv.ConfigFile(), "-p", "0"}, {"-c", srv.ConfigFile(), "-P", "65536"}, {"-c", srv.ConfigFile(), "-p", "x"}} {
				if status, out := again(args...); status != 1 {
					t.Errorf("%v: exit status %d\n%s", args, status, out)
				}
			}
			for _, flag := range []string{"-v", "-V", "-W"} {
				if status, out := again(flag); status != 0 || out == "" {
					t.Errorf("%s: exit status %d, %q", flag, status, out)
				}
			}
		})
		s.fact(t, "D6.1.7 rights", func(t *testing.T) {
			setpriv, err := exec.LookPath("setpriv")
			if err != nil {
				t.Fatalf("setpriv of util-linux: %v", err)
			}
			const nobody = 65534
			for _, name := range []string{srv.Dir, srv.ConfigFile(), srv.LeaseFile(), srv.File("kea-dhcp6-serverid"), servers.WorkDir()} {
				if err := os.Chown(name, nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
			srv.Configure(t, lanConfig6().With(object{
				"interfaces-config": object{"interfaces": list{"eth0"}, "service-sockets-require-all": true}, // D6.3.10
			}))
			srv.Through = []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"}
			defer func() { srv.Through = nil }()
			if status, out := again("-c", srv.ConfigFile()); status != 1 || !strings.Contains(out, "DHCP6_STARTING") {
				t.Errorf("without rights the server ends with %d\n%s", status, out)
			}
		})
	})
}

// Answers go to the port of -P, queries come in at that of -p.
func TestPorts6(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D6.1.3 D6.35.1 ports by -p and -P", func(t *testing.T) {
			l := newLAN6(t)
			srv := s.Server6(l.server, servers.Dir(t))
			srv.Configure(t, lanConfig6().With(object{"interfaces-config": object{"interfaces": list{"lo/::1"}}}))
			srv.Flags = []string{"-p", "10547", "-P", "10546"}
			srv.Run(t)
			var client *net.UDPConn
			if err := l.server.Do(func() (err error) {
				client, err = net.ListenUDP("udp6", &net.UDPAddr{IP: net.IPv6loopback, Port: 10546})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			// A relay's INFORMATION-REQUEST for option 23; unicast of a client is dropped.
			query := append([]byte{12, 0}, net.ParseIP(lanPrefix6+"1")...)
			query = append(append(query, net.ParseIP("fe80::1")...), 0, 9, 0, 10, 11, 1, 2, 3, 0, 6, 0, 2, 0, 23)
			if _, err := client.WriteToUDP(query, &net.UDPAddr{IP: net.IPv6loopback, Port: 10547}); err != nil {
				t.Fatal(err)
			}
			client.SetReadDeadline(time.Now().Add(5 * time.Second))
			answer := make([]byte, 1500)
			n, _, err := client.ReadFromUDP(answer)
			if err != nil {
				t.Fatalf("no answer at the port of -P: %v", err)
			}
			if text := string(answer[:n]); !strings.Contains(text, "\x07\x01\x02\x03") || !strings.Contains(text, "\x00\x17\x00\x10\x20\x01\x0d\xb8") {
				t.Errorf("the answer is % x", answer[:n])
			}
		})
	})
}

// A socket that cannot be opened is logged, and the others serve.
func TestPortTaken6(t *testing.T) {
	t.Parallel()
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D6.3.11 D6.3.12 D6.3.13 a port in use", func(t *testing.T) {
			l := newLAN6(t)
			var other *net.UDPConn
			if err := l.server.Do(func() (err error) {
				other, err = net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP(lanPrefix6 + "1"), Port: 547})
				return err
			}); err != nil {
				t.Fatal(err)
			}
			defer other.Close()
			srv := s.Start6(t, l.server, lanConfig6().With(object{"interfaces-config": object{
				"interfaces": list{"eth0/" + lanPrefix6 + "1"}, "service-sockets-max-retries": 3, "service-sockets-retry-wait-time": 500,
			}}))
			srv.Logged(t, "DHCPSRV_OPEN_SOCKET_FAIL")
			kinds6[0].start6(t, l.station6(t)).bound6(t)
			srv.Logged(t, "DHCP6_OPEN_SOCKETS_FAILED")
			if result, _, _ := srv.Call(t, "version-get", nil); result != 0 {
				t.Error("the server is gone after the last retry")
			}
		})
	})
}
