package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"

	"nestor/tests/netns"
)

// Addresses on the wire. The clients' subnet is elsewhere: they reach the server
// through a relay at clientAddr, or as direct clients of its interface.
const (
	serverAddr  = "192.0.2.1"
	clientAddr  = "192.0.2.2"
	serverIface = "bench-s"
	clientIface = "bench-c"
)

// A wire is two network namespaces joined by a veth pair: the server's and the
// load generator's.
type wire struct {
	server, client *netns.NS
}

func newWire() (*wire, error) {
	w := &wire{
		server: &netns.NS{Name: fmt.Sprintf("bench-s-%d", os.Getpid())},
		client: &netns.NS{Name: fmt.Sprintf("bench-c-%d", os.Getpid())},
	}
	for _, line := range []string{
		"netns add " + w.server.Name,
		"netns add " + w.client.Name,
		"link add " + serverIface + " netns " + w.server.Name + " type veth peer name " + clientIface + " netns " + w.client.Name,
		"-n " + w.server.Name + " addr add " + serverAddr + "/24 dev " + serverIface,
		"-n " + w.client.Name + " addr add " + clientAddr + "/24 dev " + clientIface,
		"-n " + w.server.Name + " link set lo up",
		"-n " + w.server.Name + " link set " + serverIface + " up",
		"-n " + w.client.Name + " link set " + clientIface + " up",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			w.close()
			return nil, fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	return w, nil
}

func (w *wire) close() {
	for _, ns := range []*netns.NS{w.server, w.client} {
		// It is not there when newWire failed before.
		_ = exec.Command("ip", "netns", "del", ns.Name).Run()
	}
}
