package e2e_test

import (
	"net"
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/netns"
	"nestor/tests/peers"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// disturbing are the system calls by which a check of a configuration could get in
// the way of a server: those that make sockets, other than to ask the kernel for
// interfaces, and those that open files for writing, rename or remove them.
var disturbing = regexp.MustCompile(`socket\(AF_(UNIX|INET|INET6|PACKET)|open.*(O_WRONLY|O_RDWR|O_CREAT)|rename|unlink|ftruncate`)

// -T opens databases, but neither sockets nor files for writing; the server that
// runs on the same configuration notices nothing.
func TestDeepCheck(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		srv := s.prepare(t, l.server)
		srv.Configure(t, bareConfig().With(object{
			"loggers": list{object{"name": "kea-dhcp4", "severity": "INFO", "output_options": list{
				object{"output": "stdout"}, object{"output": srv.File("server.log")},
			}}},
		}))
		srv.Run(t)
		st := newStation(t, l)
		mac := wire.NewMAC()
		address := st.lease(t, mac).Msg.YourIPAddr.String()

		s.fact(t, "D4.1.5 -T opens databases", func(t *testing.T) {
			shallow, err := srv.Command(t, "-t", srv.ConfigFile()).CombinedOutput()
			if err != nil || strings.Contains(string(shallow), "DHCPSRV_MEMFILE_DB ") {
				t.Errorf("-t: %v\n%s", err, shallow)
			}
			deep, err := srv.Command(t, "-T", srv.ConfigFile()).CombinedOutput()
			if err != nil || !strings.Contains(string(deep), "DHCPSRV_MEMFILE_DB ") || !strings.Contains(string(deep), "persist=false") {
				t.Errorf("-T: %v\n%s", err, deep)
			}
		})
		s.fact(t, "D4.1.6 -T disturbs no server", func(t *testing.T) {
			strace := peers.Program(t, "strace")
			trace := srv.File("trace")
			inode := identity(t, srv.File("server.log"))
			cmd := srv.NS.Command(strace, "-f", "-o", trace, srv.Program(t), "-T", srv.ConfigFile())
			cmd.Env = srv.Environment(t)
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("-T: %v\n%s", err, out)
			}
			calls, err := os.ReadFile(trace)
			if err != nil || !strings.Contains(string(calls), srv.ConfigFile()) {
				t.Fatalf("no trace: %v", err)
			}
			for line := range strings.Lines(string(calls)) {
				if disturbing.MatchString(line) && !strings.Contains(line, `"/dev/`) {
					t.Errorf("system call %s", line)
				}
			}
			if !os.SameFile(inode, identity(t, srv.File("server.log"))) {
				t.Error("the log file was rotated")
			}
			ack := st.Ask(t, renewing(mac, address))
			ack.WantType(t, dhcpv4.MessageTypeAck)
			if result, text, _ := srv.Call(t, "version-get", nil); result != 0 {
				t.Errorf("the control socket answers %d %s", result, text)
			}
		})
	})
}

func identity(t *testing.T, name string) os.FileInfo {
	t.Helper()
	info, err := os.Stat(name)
	if err != nil {
		t.Fatal(err)
	}
	return info
}

// A server opens sockets on the interfaces that are named, which takes rights.
func TestSocketsAtStart(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		s.fact(t, "D4.1.9 sockets on named interfaces, by root", func(t *testing.T) {
			l, other := newLAN(t), netns.New(t)
			netns.Veth(t, l.server, "eth1", "10.2.0.1/24", other, "eth0", "")
			netns.Veth(t, l.server, "eth2", "10.3.0.1/24", other, "eth1", "")
			config := bareConfig().With(object{
				"interfaces-config": object{"interfaces": list{"eth0", "eth1"}, "service-sockets-require-all": true},
			})
			srv := s.Start(t, l.server, config)
			for name, want := range map[string]bool{"eth0": true, "eth1": true, "eth2": false} {
				if got := hasPacketSocket(t, l.server, name); got != want {
					t.Errorf("%s has a packet socket: %t", name, got)
				}
			}
			srv.Stop(t)

			setpriv, err := exec.LookPath("setpriv")
			if err != nil {
				t.Fatalf("setpriv of util-linux: %v", err)
			}
			const nobody = 65534
			for _, name := range []string{srv.Dir, srv.ConfigFile(), srv.LeaseFile(), servers.WorkDir()} {
				if err := os.Chown(name, nobody, nobody); err != nil {
					t.Fatal(err)
				}
			}
			srv.Through = []string{setpriv, "--reuid=65534", "--regid=65534", "--clear-groups", "--bounding-set=-all"}
			out, err := srv.Command(t, "-c", srv.ConfigFile()).CombinedOutput()
			if status, ok := exitStatus(err); !ok || status != 1 || !strings.Contains(string(out), "DHCP4_STARTING") {
				t.Errorf("without rights the server ends with %v\n%s", err, out)
			}
		})
	})
}

// hasPacketSocket tells whether there is a packet socket on an interface of the
// namespace.
func hasPacketSocket(t *testing.T, ns *netns.NS, name string) bool {
	t.Helper()
	found := false
	if err := ns.Do(func() error {
		ifc, err := net.InterfaceByName(name)
		if err != nil {
			return err
		}
		table, err := os.ReadFile("/proc/thread-self/net/packet")
		for line := range strings.Lines(string(table)) {
			if f := strings.Fields(line); len(f) > 4 && f[4] == strconv.Itoa(ifc.Index) {
				found = true
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return found
}
