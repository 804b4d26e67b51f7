package peers

import (
	"os/exec"
	"strings"
	"testing"
)

// Each peer must start with the libraries that were unpacked beside it.
func TestPeersRun(t *testing.T) {
	for _, c := range []struct {
		name string
		find func(testing.TB) string
		flag string
		says string
	}{
		{"kea-dhcp4", Kea4, "-v", "2."},
		{"kea-dhcp6", Kea6, "-v", "2."},
		{"kea-ctrl-agent", KeaCtrlAgent, "-v", "2."},
		{"kea-lfc", KeaLFC, "-v", "2."},
		{"kea-shell", KeaShell, "-v", "2."},
		{"perfdhcp", Perfdhcp, "-v", "VERSION"},
		{"dhclient", Dhclient, "--version", "isc-dhclient"},
		{"dhcrelay", Dhcrelay, "--version", "isc-dhcrelay"},
		{"dhcpcd", Dhcpcd, "--version", "dhcpcd"},
		{"dhcp6c", Dhcp6c, "-h", "dhcp6c"},
		{"udhcpc", Udhcpc, "--help", "Usage: udhcpc"},
		{"tcpdump", Tcpdump, "--version", "tcpdump"},
		{"mariadbd", named("mariadbd"), "--version", "MariaDB"},
		{"mysql", named("mysql"), "--version", "MariaDB"},
		{"postgres", named("postgres"), "--version", "PostgreSQL"},
		{"psql", named("psql"), "--version", "PostgreSQL"},
		{"kea-admin", named("kea-admin"), "--version", "2."},
	} {
		t.Run(c.name, func(t *testing.T) {
			// udhcpc --help ends with status 1, so the text decides.
			out, err := exec.Command(c.find(t), c.flag).CombinedOutput()
			if !strings.Contains(string(out), c.says) {
				t.Errorf("%s %s: want %q in the output, got %q (%v)", c.name, c.flag, c.says, out, err)
			}
		})
	}
	t.Run("hooks", func(t *testing.T) {
		if dir := KeaHooks(t); !strings.HasSuffix(dir, "/kea/hooks") {
			t.Errorf("odd hooks directory %q", dir)
		}
	})
}

func named(name string) func(testing.TB) string {
	return func(t testing.TB) string { return Program(t, name) }
}
