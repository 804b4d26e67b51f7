package main

import (
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"time"

	"nestor/tests/netns"
)

// Addresses on the wire. The clients' subnet is elsewhere: they reach the server
// through a relay at clientAddr, or as direct clients of its interface.
const (
	serverAddr  = "192.0.2.1"
	clientAddr  = "192.0.2.2"
	serverAddr6 = "2001:db8::1"
	clientAddr6 = "2001:db8::2"
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
	err := w.ip("netns add "+w.server.Name, "netns add "+w.client.Name)
	if err == nil {
		err = w.skipDAD()
	}
	if err == nil {
		err = w.join()
	}
	if err == nil {
		err = w.await()
	}
	if err != nil {
		w.close()
		return nil, err
	}
	return w, nil
}

// join connects the namespaces.
func (w *wire) join() error {
	return w.ip(
		"link add "+serverIface+" netns "+w.server.Name+" type veth peer name "+clientIface+" netns "+w.client.Name,
		"-n "+w.server.Name+" addr add "+serverAddr+"/24 dev "+serverIface,
		"-n "+w.client.Name+" addr add "+clientAddr+"/24 dev "+clientIface,
		"-n "+w.server.Name+" addr add "+serverAddr6+"/64 dev "+serverIface,
		"-n "+w.client.Name+" addr add "+clientAddr6+"/64 dev "+clientIface,
		"-n "+w.server.Name+" link set lo up",
		"-n "+w.server.Name+" link set "+serverIface+" up",
		"-n "+w.client.Name+" link set "+clientIface+" up",
	)
}

// await waits until both ends have their link-local addresses, which come with the
// carrier, a moment after the links are up.
func (w *wire) await() error {
	for _, end := range []struct {
		ns    *netns.NS
		iface string
	}{{w.server, serverIface}, {w.client, clientIface}} {
		ready := func() error {
			ifi, err := net.InterfaceByName(end.iface)
			if err != nil {
				return err
			}
			addrs, err := ifi.Addrs()
			if err != nil {
				return err
			}
			for _, a := range addrs {
				if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().IsLinkLocalUnicast() {
					return nil
				}
			}
			return fmt.Errorf("interface %s has no link-local address", end.iface)
		}
		err := end.ns.Do(ready)
		for limit := time.Now().Add(5 * time.Second); err != nil && time.Now().Before(limit); {
			time.Sleep(10 * time.Millisecond)
			err = end.ns.Do(ready)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// ip runs the ip command with the arguments of each line.
func (w *wire) ip(lines ...string) error {
	for _, line := range lines {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	return nil
}

// skipDAD lets interfaces that are made from now on use their IPv6 addresses at
// once, without a look for duplicates.
func (w *wire) skipDAD() error {
	for _, ns := range []*netns.NS{w.server, w.client} {
		err := ns.Do(func() error {
			return os.WriteFile("/proc/sys/net/ipv6/conf/default/accept_dad", []byte("0"), 0)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func (w *wire) close() {
	for _, ns := range []*netns.NS{w.server, w.client} {
		// It is not there when newWire failed before.
		_ = exec.Command("ip", "netns", "del", ns.Name).Run()
	}
}
