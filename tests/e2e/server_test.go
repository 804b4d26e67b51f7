package e2e_test

import (
	"errors"
	"os/exec"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

type (
	server = servers.Server
	object = servers.Object
	list   = servers.List
)

// prepare makes a server with a directory of its own that Run will start.
func (s suite) prepare(t *testing.T, ns *netns.NS) *server {
	t.Helper()
	return s.Server(ns, servers.Dir(t))
}

// retryLimit bounds waiting for what a server does by timers of its own.
const retryLimit = 10 * time.Second

// exitStatus is the exit status of a command that has ended by itself.
func exitStatus(err error) (int, bool) {
	var status *exec.ExitError
	switch {
	case err == nil:
		return 0, true
	case errors.As(err, &status) && status.Exited():
		return status.ExitCode(), true
	}
	return 0, false
}
