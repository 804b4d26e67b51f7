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
	"nestor/tests/peers"
	"nestor/tests/servers"
)

// A kind is one make of DHCP client.
type kind struct {
	name string
	path func(t testing.TB) string
	// args returns the arguments for a client that keeps its files in dir.
	args func(dir string) []string
	// probes adds what makes it look for conflicts, and so decline.
	probes []string
	// renew makes it renew now; without it the client waits for T1.
	renew syscall.Signal
	// t1 and t2 are the shortest times that it takes for T1 and T2, 0: any.
	t1, t2 time.Duration
	// release makes it give back its lease.
	release func(t *testing.T, c *client) error
}

var kinds = []kind{
	{
		name: "dhclient", path: peers.Dhclient,
		args: func(dir string) []string {
			return []string{"-4", "-d", "-v", "-sf", dir + "/script", "-cf", dir + "/conf", "-lf", dir + "/leases", "-pf", dir + "/pid", "eth0"}
		},
		release: func(t *testing.T, c *client) error {
			return c.again(t, append([]string{"-r"}, c.kind.args(c.dir)...)...)
		},
	},
	{
		name: "udhcpc", path: peers.Udhcpc,
		args: func(dir string) []string {
			return []string{"-f", "-i", "eth0", "-s", dir + "/script", "-p", dir + "/pid", "-t", "20", "-T", "1", "-A", "1", "-x", "hostname:Station"}
		},
		probes:  []string{"-a500"},
		renew:   syscall.SIGUSR1,
		release: func(t *testing.T, c *client) error { return c.cmd.Process.Signal(syscall.SIGUSR2) },
	},
	{
		name: "dhcpcd", path: peers.Dhcpcd,
		args: func(dir string) []string {
			return []string{"-4", "-B", "-d", "-f", dir + "/conf", "-c", dir + "/script", "eth0"}
		},
		release: func(t *testing.T, c *client) error { return c.cmd.Process.Signal(syscall.SIGALRM) },
	},
}

// script is what a client calls for its interface: it sets the address and
// notes what it was told, and touches nothing else of the system. The three
// clients' variables are brought to one form. DIR and KIND are put in, as clients
// pass no environment on.
const script = `#!/bin/sh
event=${reason:-$1}
address=${new_ip_address:-$ip}
mask=${new_subnet_mask:-$subnet}
[ KIND = dhcpcd ] || case $event in # dhcpcd sets the address itself
BOUND | RENEW | REBIND | REBOOT | bound | renew)
	ip -4 addr replace "$address/$mask" dev eth0 ;;
EXPIRE | FAIL | RELEASE | STOP | deconfig)
	ip -4 addr flush dev eth0 ;;
esac
# conflict: what dhclient is told to decline
if [ "$event" = BOUND ] && [ "$address" = "$(cat DIR/conflict 2>/dev/null)" ]; then
	ip -4 addr flush dev eth0
	exit 1
fi
echo "$event $address mask=$mask router=${new_routers:-$router} dns=${new_domain_name_servers:-$dns} domain=${new_domain_name:-$domain} lease=${new_dhcp_lease_time:-$lease} server=${new_dhcp_server_identifier:-$serverid}" >>DIR/events
`

// confs are the configuration files of the clients that have one.
var confs = map[string]string{
	"dhclient": `timeout 30; retry 1; reboot 2; initial-interval 1; backoff-cutoff 2; select-timeout 0;
send host-name "Station";
request subnet-mask, routers, domain-name-servers, domain-name;
`,
	"dhcpcd": `hostname Station
clientid
nodelay
noipv4ll
noipv6
nodev
timeout 0
reboot 2
option domain_name_servers, domain_name, routers
option interface_mtu
`,
}

// A client is a running DHCP client on eth0 of its namespace.
type client struct {
	kind   kind
	ns     *netns.NS
	dir    string
	cmd    *exec.Cmd
	exited chan struct{}
}

// start runs a client on eth0 of ns, in a mount namespace of its own.
func (k kind) start(t *testing.T, ns *netns.NS, more ...string) *client {
	t.Helper()
	c := k.prepare(t, ns)
	c.run(t, more...)
	return c
}

// prepare makes the files of a client that run will start.
func (k kind) prepare(t *testing.T, ns *netns.NS) *client {
	t.Helper()
	dir := servers.Dir(t)
	c := &client{kind: k, ns: ns, dir: dir}
	c.write(t, "script", strings.NewReplacer("DIR", dir, "KIND", k.name).Replace(script))
	if text, ok := confs[k.name]; ok {
		c.write(t, "conf", text)
	}
	return c
}

func (c *client) write(t *testing.T, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(c.dir, name), []byte(text), 0o755); err != nil {
		t.Fatal(err)
	}
}

// mounts puts what dhcpcd and dhcp6c would write outside their own files into the
// client's directory: ip netns exec has given this process a mount namespace of its own.
const mounts = `lib="$1/lib" && shift && mkdir -p "$lib/dhcpcd" "$lib/dhcpv6" && mount --bind "$lib" /var/lib &&
mount -t tmpfs none /run && mkdir -p /run/dhcpcd && exec "$@"`

func (c *client) command(t testing.TB, args ...string) *exec.Cmd {
	line := append([]string{"-c", mounts, "sh", c.dir, c.kind.path(t)}, args...)
	return c.ns.Command("sh", line...)
}

func (c *client) run(t *testing.T, more ...string) {
	t.Helper()
	out, err := os.OpenFile(filepath.Join(c.dir, "out"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	c.cmd = c.command(t, append(more, c.kind.args(c.dir)...)...)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	if err := c.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan struct{})
	c.exited = exited
	go func(cmd *exec.Cmd) { cmd.Wait(); close(exited) }(c.cmd)
	t.Cleanup(func() {
		c.kill()
		if t.Failed() {
			text, _ := os.ReadFile(filepath.Join(c.dir, "out"))
			t.Logf("%s said:\n%s\nand was told:\n%s", c.kind.name, text, strings.Join(c.events(), "\n"))
		}
	})
}

// kill ends the client at once: it tells the server nothing.
func (c *client) kill() {
	c.cmd.Process.Kill()
	<-c.exited
}

// again runs the client's program a second time, to speak to the first.
func (c *client) again(t *testing.T, args ...string) error {
	cmd := c.command(t, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// events are the lines that the script has noted.
func (c *client) events() []string {
	text, _ := os.ReadFile(filepath.Join(c.dir, "events"))
	return strings.Split(strings.TrimSpace(string(text)), "\n")
}

// bound waits until the client has an address and returns it with the whole
// event line.
func (c *client) bound(t *testing.T) (address, event string) {
	t.Helper()
	servers.Eventually(t, 30*time.Second, c.kind.name+" gets an address", func() bool {
		for _, line := range c.events() {
			fields := strings.Fields(line)
			if len(fields) < 2 {
				continue
			}
			switch fields[0] {
			case "BOUND", "REBOOT", "bound", "renew", "RENEW", "REBIND":
				address, event = fields[1], line
			}
		}
		return address != ""
	})
	return address, event
}
