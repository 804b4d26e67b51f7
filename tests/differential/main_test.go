// Package differential_test gives the same input to Nestor and to Debian's Kea and
// compares what comes back: answers to commands, configurations, lease files,
// packets. Where the two are allowed to differ, the table of the test holds the
// reason, and the difference must be there: an entry that is not needed any more
// fails.
//
// Debian's Kea is 2.2.0. Where the version that Nestor follows does otherwise, the
// table gives what Nestor must answer.
package differential_test

import (
	"os"
	"testing"

	"nestor/tests/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

type (
	object = servers.Object
	list   = servers.List
)
