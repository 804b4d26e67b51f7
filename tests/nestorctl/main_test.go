package nestorctl_test

import (
	"os"
	"os/signal"
	"syscall"
	"testing"
)

// TestMain takes SIGHUP into its own hands: under nohup it is ignored, children
// inherit that, and a shell cannot trap what was ignored when it started.
func TestMain(m *testing.M) {
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP)
	os.Exit(m.Run())
}
