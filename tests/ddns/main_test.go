// Package ddns runs nestor-ddns, and Debian's kea-dhcp-ddns beside it, with real DNS
// servers.
package ddns

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/nameserver"
	"nestor/tests/peers"
	"nestor/tests/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// A ddns is a daemon of either make.
type ddns struct {
	program, dir string
	port         int
	conn         net.Conn
	cmd          *exec.Cmd
	mu           sync.Mutex
	out          bytes.Buffer
}

func (d *ddns) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.Write(p)
}

func (d *ddns) log() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.out.String()
}

func nestor(t testing.TB) string { return servers.Built(t, "nestor-ddns") }
func kea(t testing.TB) string    { return peers.Program(t, "kea-dhcp-ddns") }

const secret = "LSWXnfkKZjdPJI5QxlpnfQ=="

var key = nameserver.Key{Name: "key.test", Algorithm: "hmac-sha256", Secret: secret}

var zones = []nameserver.Zone{
	{Name: "example.org", Key: "key.test"}, {Name: "sub.example.org", Key: "key.test"},
	{Name: "10.in-addr.arpa", Key: "key.test"}, {Name: "8.b.d.0.1.0.0.2.ip6.arpa", Key: "key.test"},
}

// newDDNS makes a daemon that updates the zones at a DNS server.
func newDDNS(t testing.TB, program string, server netip.AddrPort, more string) *ddns {
	t.Helper()
	d := &ddns{program: program, dir: servers.Dir(t)}
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	d.port = c.LocalAddr().(*net.UDPAddr).Port
	c.Close()
	list := func(zones []nameserver.Zone) string {
		var out []string
		for _, z := range zones {
			out = append(out, fmt.Sprintf(`{ "name": "%s.", "key-name": "key.test.", "dns-servers": [ { "ip-address": %q, "port": %d } ] }`,
				z.Name, server.Addr(), server.Port()))
		}
		return strings.Join(out, ", ")
	}
	text := fmt.Sprintf(`{ "DhcpDdns": { "port": %d, "dns-server-timeout": 5000, %s
		"control-socket": { "socket-type": "unix", "socket-name": "%s/sock" },
		"tsig-keys": [ { "name": "key.test.", "algorithm": "HMAC-SHA256", "secret": %q } ],
		"forward-ddns": { "ddns-domains": [ %s ] }, "reverse-ddns": { "ddns-domains": [ %s ] },
		"loggers": [ { "name": "kea-dhcp-ddns", "severity": "INFO", "output_options": [ { "output": "stdout" } ] } ] } }`,
		d.port, strings.ReplaceAll(more, "DIR", d.dir), d.dir, secret, list(zones[:2]), list(zones[2:]))
	if err := os.WriteFile(filepath.Join(d.dir, "d.conf"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return d
}

// start runs the daemon until the end of the test.
func (d *ddns) start(t testing.TB) {
	t.Helper()
	begun := strings.Count(d.log(), "DHCP_DDNS_STARTED")
	cmd := exec.Command(d.program, "-c", filepath.Join(d.dir, "d.conf"))
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+d.dir, "KEA_LOCKFILE_DIR=none", "KEA_DHCP_DATA_DIR="+d.dir)
	cmd.Stdout, cmd.Stderr = d, d
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	d.cmd = cmd
	stop := sync.OnceFunc(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	t.Cleanup(stop)
	servers.Eventually(t, 20*time.Second, d.program+" starts", func() bool {
		return strings.Count(d.log(), "DHCP_DDNS_STARTED") > begun && d.listens(t)
	})
	conn, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", d.port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	d.conn = conn
}

// listens reports whether the daemon's port is open, which Kea's is only a while
// after it has started.
func (d *ddns) listens(t testing.TB) bool {
	table, err := os.ReadFile("/proc/net/udp")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(table), fmt.Sprintf(": 0100007F:%04X ", d.port))
}

// kill ends the daemon as a crash does.
func (d *ddns) kill() {
	_ = d.cmd.Process.Signal(syscall.SIGKILL)
	_ = d.cmd.Wait()
}

func (d *ddns) send(t testing.TB, r *ncr.Request) {
	t.Helper()
	if _, err := d.conn.Write(r.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
}

// outcomes counts the requests that are done, well or badly.
func (d *ddns) outcomes() (n int) {
	text := d.log()
	for _, id := range []string{"ADD_SUCCEEDED", "REMOVE_SUCCEEDED", "ADD_FAILED", "REMOVE_FAILED", "MATCH_ERROR"} {
		n += strings.Count(text, "DHCP_DDNS_"+id) + strings.Count(text, "_FWD_"+id) + strings.Count(text, "_REV_"+id)
	}
	return n
}
