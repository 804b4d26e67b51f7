// Package e2e_test runs server programs with real clients, a real relay and hand-made frames
// on wires of their own. The same tests run against Nestor and against Debian's
// Kea: what passes with both shows that the test is right and that Nestor does
// what Kea does. NESTOR_E2E=nestor or NESTOR_E2E=kea runs one of them alone.
//
// Debian's Kea is 2.2.0; where the reference version does otherwise, the test
// says so beside the expectation (see suite.is22).
package e2e_test

import (
	"flag"
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

// A suite is one make of DHCP server.
type suite struct {
	name  string
	dhcp4 func(t testing.TB) string // path of the DHCPv4 server
	lfc   func(t testing.TB) string // its lease file cleaner; nil: it knows itself
}

var suites = []suite{
	{
		name:  "nestor",
		dhcp4: func(t testing.TB) string { return built(t, "nestor-dhcp4") },
		lfc:   func(t testing.TB) string { return built(t, "nestor-lfc") },
	},
	{name: "kea", dhcp4: peers.Kea4},
}

// is22 says that this server is Debian's Kea, some years older than the
// version that Nestor follows.
func (s suite) is22() bool { return s.name == "kea" }

// eachSuite runs a test once with each server.
func eachSuite(t *testing.T, test func(t *testing.T, s suite)) {
	t.Helper()
	for _, s := range suites {
		if only := os.Getenv("NESTOR_E2E"); only != "" && only != s.name {
			continue
		}
		t.Run(s.name, func(t *testing.T) { test(t, s) })
	}
}

// workDir holds what the whole test run shares; short, since a UNIX socket's
// path may have 107 bytes.
var workDir string

func TestMain(m *testing.M) {
	var err error
	if workDir, err = os.MkdirTemp("", "nt"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	// The tests wait for timers of clients far more than they compute.
	flag.Set("test.parallel", "12")
	code := m.Run()
	os.RemoveAll(workDir)
	os.Exit(code)
}

var builds sync.Map // program → func() error, run once

// built builds a program of this project once a test run and returns its path.
// NESTOR_BIN names a directory of programs to test in place of that, such as
// instrumented or installed ones.
func built(t testing.TB, program string) string {
	t.Helper()
	if dir := os.Getenv("NESTOR_BIN"); dir != "" {
		return filepath.Join(dir, program)
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
	if _, err := os.Stat(filepath.Join(peers.Root(), "cmd", program)); err != nil {
		require.Skip(t, "%v", err)
	}
	if err := build.(func() error)(); err != nil {
		t.Fatal(err)
	}
	return path
}
