// Package require says what happens when a test lacks the rights or the programs
// that it needs: it is skipped with one line, or, where NESTOR_TEST_REQUIRE=1
// promises that everything is there, it fails.
package require

import (
	"os"
	"testing"
)

// Skip ends the test as skipped, or as failed under NESTOR_TEST_REQUIRE=1.
func Skip(t testing.TB, format string, args ...any) {
	t.Helper()
	if os.Getenv("NESTOR_TEST_REQUIRE") == "1" {
		t.Fatalf("needed here, but missing: "+format, args...)
	}
	t.Skipf(format, args...)
}
