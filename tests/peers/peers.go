// Package peers finds the foreign programs that tests meet: a real Kea, real
// DHCP clients, a real relay. scripts/test-deps brings them into .cache/ of the
// checkout; an environment variable (NESTOR_KEA_DHCP4=/path and so on) puts
// another program in a peer's place.
//
// A test that needs a program which is not there is skipped with one line, or
// fails where NESTOR_TEST_REQUIRE=1 (see package require).
package peers

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"nestor/tests/require"
)

// Kea4 returns the path of Debian's kea-dhcp4. It reads KEA_PIDFILE_DIR,
// KEA_LOCKFILE_DIR and the like, which a test must set to places of its own.
func Kea4(t testing.TB) string { return Program(t, "kea-dhcp4") }

// Kea6 returns the path of Debian's kea-dhcp6.
func Kea6(t testing.TB) string { return Program(t, "kea-dhcp6") }

// KeaCtrlAgent returns the path of Debian's kea-ctrl-agent.
func KeaCtrlAgent(t testing.TB) string { return Program(t, "kea-ctrl-agent") }

// KeaLFC returns the path of Debian's kea-lfc.
func KeaLFC(t testing.TB) string { return Program(t, "kea-lfc") }

// KeaShell returns the path of Debian's kea-shell (it needs python3).
func KeaShell(t testing.TB) string { return Program(t, "kea-shell") }

// Perfdhcp returns the path of Debian's perfdhcp.
func Perfdhcp(t testing.TB) string { return Program(t, "perfdhcp") }

// Dhclient returns the path of ISC dhclient.
func Dhclient(t testing.TB) string { return Program(t, "dhclient") }

// Dhcpcd returns the path of dhcpcd.
func Dhcpcd(t testing.TB) string { return Program(t, "dhcpcd") }

// Dhcp6c returns the path of wide-dhcpv6-client's dhcp6c.
func Dhcp6c(t testing.TB) string { return Program(t, "dhcp6c") }

// Udhcpc returns the path of busybox udhcpc.
func Udhcpc(t testing.TB) string { return Program(t, "udhcpc") }

// Dhcrelay returns the path of the ISC relay agent.
func Dhcrelay(t testing.TB) string { return Program(t, "dhcrelay") }

// Tcpdump returns the path of tcpdump.
func Tcpdump(t testing.TB) string { return Program(t, "tcpdump") }

// Program returns the absolute path of the peer of that name, as the list in
// scripts/test-deps has it.
func Program(t testing.TB, name string) string {
	t.Helper()
	path, ok := find(name)
	if !ok {
		require.Skip(t, "no %s at %s: run scripts/test-deps", name, path)
	}
	return path
}

// Path is where the peer of that name is, or would be.
func Path(name string) string {
	path, _ := find(name)
	return path
}

// KeaHooks returns the directory of the Debian Kea's hook libraries.
func KeaHooks(t testing.TB) string {
	t.Helper()
	if dir := os.Getenv("NESTOR_KEA_HOOKS"); dir != "" {
		return dir
	}
	found, _ := filepath.Glob(filepath.Join(cache(), "root/usr/lib/*/kea/hooks"))
	if len(found) == 0 {
		require.Skip(t, "no Kea hook libraries below %s: run scripts/test-deps", cache())
		return ""
	}
	return found[0]
}

// Root returns the top directory of the checkout that this test was built from.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	if filepath.IsAbs(file) {
		return filepath.Dir(filepath.Dir(filepath.Dir(file)))
	}
	return moduleAbove()
}

// moduleAbove serves builds with -trimpath, where the source's path is unknown:
// go test runs in the package's directory, which is below go.mod.
func moduleAbove() string {
	dir, err := os.Getwd()
	for err == nil && dir != "/" {
		if _, miss := os.Stat(filepath.Join(dir, "go.mod")); miss == nil {
			return dir
		}
		dir = filepath.Dir(dir)
	}
	return "."
}

func find(name string) (string, bool) {
	variable := "NESTOR_" + strings.ToUpper(strings.ReplaceAll(name, "-", "_"))
	path := os.Getenv(variable)
	if path == "" {
		path = filepath.Join(cache(), "bin", name)
	}
	info, err := os.Stat(path)
	return path, err == nil && info.Mode()&0o111 != 0
}

func cache() string {
	if dir := os.Getenv("NESTOR_CACHE"); dir != "" {
		return dir
	}
	return filepath.Join(Root(), ".cache")
}
