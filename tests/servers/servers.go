// Package servers starts DHCP servers and control agents of either make, Nestor
// and Debian's Kea, in network namespaces of tests, each with a directory of its
// own for all that it writes. A package that uses it calls Main from its TestMain.
package servers

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nestor/tests/peers"
	"nestor/tests/require"
)

// A Make is one suite of DHCP programs.
type Make struct {
	Name string
	// DHCP4, DHCP6, Agent, LFC and DDNS find a program, and skip the test where it is
	// missing.
	DHCP4, DHCP6, Agent, LFC, DDNS func(t testing.TB) string
}

// The makes that tests compare. Debian's Kea is 2.2.0, some years older than the
// version that Nestor follows.
var (
	Nestor = Make{"nestor", own("nestor-dhcp4"), own("nestor-dhcp6"), own("nestor-agent"), own("nestor-lfc"), own("nestor-ddns")}
	Kea    = Make{"kea", peers.Kea4, peers.Kea6, peers.KeaCtrlAgent, peers.KeaLFC, keaDDNS}
)

func keaDDNS(t testing.TB) string { return peers.Program(t, "kea-dhcp-ddns") }

func own(program string) func(t testing.TB) string {
	return func(t testing.TB) string { return Built(t, program) }
}

// workDir holds what the whole test run shares; short, since a UNIX socket's
// path may have 107 bytes.
var workDir string

// Main runs the tests of a package and returns their exit status. What the servers
// wrote is gone afterwards.
func Main(m *testing.M) int {
	var err error
	if workDir, err = os.MkdirTemp("", "nt"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(workDir)
	return m.Run()
}

// WorkDir is where the files of a test run are.
func WorkDir() string { return workDir }

// Dir makes a new directory with a short path, closed to others as the control
// socket of a server demands. It lasts until the end of Main.
func Dir(t testing.TB) string {
	t.Helper()
	if workDir == "" {
		t.Fatal("package servers needs a TestMain that calls servers.Main")
	}
	dir, err := os.MkdirTemp(workDir, "s")
	if err == nil {
		err = os.Chmod(dir, 0o750)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

var builds sync.Map // program → func() error, run once

// Built builds a program of this project once a test run and returns its path.
// NESTOR_BIN names a directory of programs to test in place of that, such as
// instrumented or installed ones.
func Built(t testing.TB, program string) string {
	t.Helper()
	if dir := os.Getenv("NESTOR_BIN"); dir != "" {
		return filepath.Join(dir, program)
	}
	if _, err := os.Stat(filepath.Join(peers.Root(), "cmd", program)); err != nil {
		require.Skip(t, "%v", err)
	}
	path := filepath.Join(workDir, program)
	build, _ := builds.LoadOrStore(program, sync.OnceValue(func() error {
		cmd := exec.Command("go", "build", "-buildvcs=false", "-o", path, "./cmd/"+program)
		cmd.Dir = peers.Root()
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
		}
		return nil
	}))
	if err := build.(func() error)(); err != nil {
		t.Fatal(err)
	}
	return path
}
