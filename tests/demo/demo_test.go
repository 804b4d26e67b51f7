// Package demo_test runs what a newcomer runs first.
package demo_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"nestor/tests/peers"
	"nestor/tests/require"
)

// make demo shows what clients of both families get, their lease rows and the
// statistics, and leaves nothing behind: as root, and in a user namespace.
func TestDemo(t *testing.T) {
	bin := t.TempDir()
	for _, program := range []string{"nestor-dhcp4", "nestor-dhcp6", "nestor-ddns", "nestor-agent"} {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", bin, "./cmd/"+program)
		cmd.Dir = peers.Root()
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("build %s: %v\n%s", program, err, out)
		}
	}
	run := func(t *testing.T, through ...string) {
		tmp := t.TempDir()
		line := append(through, filepath.Join(peers.Root(), "scripts/demo"))
		cmd := exec.Command(line[0], line[1:]...)
		cmd.Env = append(os.Environ(), "DEMO_ONCE=1", "TMPDIR="+tmp,
			"NESTOR_DEMO_CLIENT="+peers.Udhcpc(t), "NESTOR_DEMO_CLIENT6="+peers.Dhclient(t),
			"NESTOR_DEMO_DHCP4="+bin+"/nestor-dhcp4", "NESTOR_DEMO_DHCP6="+bin+"/nestor-dhcp6", "NESTOR_DEMO_AGENT="+bin+"/nestor-agent",
			"NESTOR_DEMO_DDNS="+bin+"/nestor-ddns", "NESTOR_DEMO_NAMED="+peers.Program(t, "named"), "NESTOR_DEMO_DIG="+peers.Program(t, "dig"))
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, want := range []string{
			`address 192\.0\.2\.100/24, router 192\.0\.2\.1, DNS 192\.0\.2\.1, lease 3600 s, server 192\.0\.2\.1`,
			`laptop\.demo\.example\.\s+1200\s+IN\s+A\s+192\.0\.2\.100`,
			`100\.2\.0\.192\.in-addr\.arpa\.\s+1200\s+IN\s+PTR\s+laptop\.demo\.example\.`,
			`192\.0\.2\.100,([0-9a-f]{2}:){5}[0-9a-f]{2},01:`,
			`"subnet\[1\]\.assigned-addresses": \[ \[ 1, `,
			`address 2001:db8:1::100, DNS 2001:db8:1::53, lease 3600 s`,
			`prefix 2001:db8:100::/56, lease 3600 s`,
			`2001:db8:1::100,00:01:`,
			`"subnet\[1\]\.assigned-nas": \[ \[ 1, `,
			`"subnet\[1\]\.assigned-pds": \[ \[ 1, `,
		} {
			if !regexp.MustCompile(want).Match(out) {
				t.Errorf("the output lacks %s:\n%s", want, out)
			}
		}
		if left, err := os.ReadDir(tmp); err != nil || len(left) > 0 {
			t.Errorf("the demo left %v behind (%v)", left, err)
		}
		// The names end with the script's process id; this is nobody else's demo.
		name := fmt.Sprintf("nestor-demo-server-%d", cmd.Process.Pid)
		if list, err := exec.Command("ip", "netns", "list").Output(); err != nil || strings.Contains(string(list), name) {
			t.Errorf("namespace %s is left behind: %s (%v)", name, list, err)
		}
	}
	t.Run("as root", func(t *testing.T) {
		if os.Geteuid() != 0 {
			require.Skip(t, "needs root")
		}
		run(t)
	})
	t.Run("in a user namespace", func(t *testing.T) {
		if err := exec.Command("unshare", "--user", "--map-root-user", "--net", "--mount", "true").Run(); err != nil {
			t.Skipf("this machine does not let users make namespaces: %v", err)
		}
		run(t, "env", "NESTOR_DEMO_IN_NAMESPACE=1", "unshare", "--user", "--map-root-user", "--net", "--mount")
	})
}
