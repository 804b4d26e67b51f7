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
	"os"
	"testing"

	"nestor/tests/servers"
)

// A suite is one make of DHCP server.
type suite struct{ servers.Make }

var suites = []suite{{servers.Nestor}, {servers.Kea}}

// is22 says that this server is Debian's Kea, some years older than the
// version that Nestor follows.
func (s suite) is22() bool { return s.Name == servers.Kea.Name }

// eachSuite runs a test once with each server.
func eachSuite(t *testing.T, test func(t *testing.T, s suite)) {
	t.Helper()
	for _, s := range suites {
		if only := os.Getenv("NESTOR_E2E"); only != "" && only != s.Name {
			continue
		}
		t.Run(s.Name, func(t *testing.T) { test(t, s) })
	}
}

func TestMain(m *testing.M) {
	// The tests wait for timers of clients far more than they compute.
	flag.Set("test.parallel", "12")
	os.Exit(servers.Main(m))
}
