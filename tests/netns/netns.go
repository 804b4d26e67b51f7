// Package netns gives tests network namespaces of their own, joined by veth
// pairs, so that servers and clients meet on a wire that nobody else is on.
// Namespaces are named, so that `ip netns exec` and programs started by a test
// can enter them, and are deleted when the test ends.
//
// It needs root and iproute2; without them tests are skipped (see package
// require).
package netns

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nestor/tests/require"
)

// mountDir is where iproute2 keeps named namespaces.
const mountDir = "/run/netns/"

// An NS is one network namespace. Its methods may be called concurrently.
type NS struct {
	Name string // as `ip netns` knows it
}

// New makes a namespace with a unique name and its loopback up, and deletes it
// at the end of the test. It skips the test when that cannot be done here.
func New(t testing.TB) *NS {
	t.Helper()
	if os.Geteuid() != 0 {
		require.Skip(t, "network namespaces need root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		require.Skip(t, "network namespaces need iproute2: %v", err)
	}
	var unique [5]byte
	rand.Read(unique[:])
	ns := &NS{Name: "nt-" + hex.EncodeToString(unique[:])}
	if out, err := exec.Command("ip", "netns", "add", ns.Name).CombinedOutput(); err != nil {
		require.Skip(t, "ip netns add: %v: %s", err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("ip", "netns", "del", ns.Name).CombinedOutput(); err != nil {
			t.Errorf("ip netns del %s: %v: %s", ns.Name, err, out)
		}
	})
	ns.IP(t, "link set lo up")
	return ns
}

// IP runs the ip command in the namespace with the arguments of a blank
// separated line ("addr add 10.0.0.3/24 dev eth0") and fails the test when it
// fails.
func (ns *NS) IP(t testing.TB, line string) {
	t.Helper()
	args := append([]string{"-n", ns.Name}, strings.Fields(line)...)
	if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
		t.Fatalf("ip -n %s %s: %v: %s", ns.Name, line, err, out)
	}
}

// Command returns a command that will run name inside the namespace.
func (ns *NS) Command(name string, args ...string) *exec.Cmd {
	return exec.Command("ip", append([]string{"netns", "exec", ns.Name, name}, args...)...)
}

// Do runs f on a thread that is inside the namespace and returns its error.
// Sockets opened by f stay in the namespace after Do; goroutines that f starts
// do not run in it.
func (ns *NS) Do(f func() error) error {
	result := make(chan error, 1)
	go func() {
		// A thread that could not get back must not serve other goroutines:
		// it stays locked and ends with this one.
		runtime.LockOSThread()
		back, err := enter(ns.Name)
		if err != nil {
			result <- err
			return
		}
		panicked := true
		defer func() {
			if panicked {
				result <- fmt.Errorf("function in namespace %s ended early", ns.Name)
			}
			if back() == nil {
				runtime.UnlockOSThread()
			}
		}()
		err = f()
		panicked = false
		result <- err
	}()
	return <-result
}

// enter moves the calling thread into the namespace and returns what takes it
// back.
func enter(name string) (back func() error, err error) {
	home, err := unix.Open(fmt.Sprintf("/proc/self/task/%d/ns/net", unix.Gettid()), unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("own network namespace: %w", err)
	}
	there, err := unix.Open(mountDir+name, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		unix.Close(home)
		return nil, fmt.Errorf("network namespace %s: %w", name, err)
	}
	defer unix.Close(there)
	if err := unix.Setns(there, unix.CLONE_NEWNET); err != nil {
		unix.Close(home)
		return nil, fmt.Errorf("enter network namespace %s: %w", name, err)
	}
	return func() error {
		defer unix.Close(home)
		return unix.Setns(home, unix.CLONE_NEWNET)
	}, nil
}
