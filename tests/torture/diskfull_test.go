package torture_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// A small file system of its own is all that the server has for its leases. While
// that is full nobody is told of a lease; with space again service goes on.
func TestDiskFull(t *testing.T) {
	server, relay := netns.New(t), netns.New(t)
	netns.Veth(t, server, "eth0", serverAddress+"/24", relay, "eth0", relayAddress+"/24")
	p := newPopulation(t, relay)
	srv := servers.Nestor.Server(server, servers.Dir(t))
	srv.Through = []string{"sh", "-c", onSmallDisk, "sh"}
	dir := srv.File("leases")
	srv.Configure(t, servers.Object{
		"interfaces-config":  servers.Object{"interfaces": servers.List{"eth0"}},
		"lease-database":     servers.Object{"type": "memfile", "name": filepath.Join(dir, "kea-leases4.csv"), "lfc-interval": 0},
		"min-valid-lifetime": shortest, "valid-lifetime": 4000, "max-valid-lifetime": longest,
		"subnet4": servers.List{servers.Object{
			"id": 1, "subnet": "10.64.0.0/16", "relay": servers.Object{"ip-addresses": servers.List{relayAddress}},
			"pools": servers.List{servers.Object{"pool": "10.64.0.1 - 10.64.0.250"}},
		}},
	})
	srv.Run(t)
	// Mounts of a process are seen by way of its root directory.
	inside := filepath.Join("/proc", fmt.Sprint(srv.PID()), "root", dir)
	row := func(addr uint32) bool {
		text, err := os.ReadFile(filepath.Join(inside, "kea-leases4.csv"))
		if err != nil {
			t.Fatal(err)
		}
		return strings.Contains(string(text), "\n"+ipv4(addr).String()+",")
	}

	ballast := fill(t, filepath.Join(inside, "ballast"))
	acknowledged, first := 0, uint32(0x0a400001)
	for p.granted(p.clients[acknowledged], first+uint32(acknowledged)) {
		// The last page of the lease file has room for some.
		if acknowledged++; acknowledged == len(p.clients) {
			t.Fatal("the disk does not fill up")
		}
	}
	refused := first + uint32(acknowledged)
	if row(refused) || acknowledged > 0 && !row(refused-1) {
		t.Error("the lease file does not have just the leases that were acknowledged")
	}
	if n := srv.Statistic(t, "subnet[1].assigned-addresses"); n != acknowledged {
		t.Errorf("assigned-addresses is %d, %d leases were acknowledged", n, acknowledged)
	}
	if n := strings.Count(srv.Log(), "DHCP4_LEASE_COMMIT_FAIL"); n != 1 {
		t.Errorf("%d errors are logged, want 1", n)
	}

	if err := os.Remove(ballast); err != nil {
		t.Fatal(err)
	}
	if !p.granted(p.clients[acknowledged], refused) || !row(refused) {
		t.Error("no lease is given though there is space again")
	}
	if n := srv.Statistic(t, "subnet[1].assigned-addresses"); n != acknowledged+1 {
		t.Errorf("assigned-addresses is %d, want %d", n, acknowledged+1)
	}
	p.report(t)
}

// onSmallDisk starts a program with a file system of 64 KiB for leases. Programs in
// a namespace of netns have their mounts to themselves.
const onSmallDisk = `mkdir "$DIR/leases" && mount -t tmpfs -o size=64k,mode=750 leases "$DIR/leases" && exec "$@"`

// fill writes a file until the disk is full, and returns its name.
func fill(t *testing.T, name string) string {
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	page := make([]byte, os.Getpagesize())
	for err == nil {
		_, err = f.Write(page)
	}
	if !errors.Is(err, unix.ENOSPC) {
		t.Fatal(err)
	}
	return name
}

// granted asks for an address and reports whether the client gets it.
func (p *population) granted(c *client, addr uint32) bool {
	for p.selectOffer(c, addr); c.waiting && time.Since(c.sent) < 2*time.Second; {
		p.receive(time.Millisecond)
	}
	if c.waiting {
		p.unanswered(c)
		return false
	}
	return c.held == addr
}
