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

	"nestor/tests/servers"
)

// A small file system of its own is all that the server has for its leases. While
// that is full nobody is told of a lease; with space again service goes on.
func TestDiskFull(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		server, relay := newWire(t, f)
		p := newPopulation(t, f, relay)
		srv := f.server(servers.Nestor, server, servers.Dir(t))
		srv.Through = []string{"sh", "-c", onSmallDisk, "sh"}
		dir := srv.File("leases")
		file := filepath.Base(srv.LeaseFile())
		srv.Configure(t, f.config().With(servers.Object{
			"lease-database": servers.Object{"type": "memfile", "name": filepath.Join(dir, file), "lfc-interval": 0},
		}))
		srv.Run(t)
		// Mounts of a process are seen by way of its root directory.
		inside := filepath.Join("/proc", fmt.Sprint(srv.PID()), "root", dir)
		rows := func(c *client) (n int) {
			text, err := os.ReadFile(filepath.Join(inside, file))
			if err != nil {
				t.Fatal(err)
			}
			for _, addr := range f.first(c) {
				n += strings.Count(string(text), "\n"+addr.Addr().String()+",")
			}
			return n
		}

		ballast := fill(t, filepath.Join(inside, "ballast"))
		acknowledged, each := 0, len(p.all[0].bindings)
		for p.granted(p.all[acknowledged]) {
			// The last page of the lease file has room for some.
			if acknowledged++; acknowledged == len(p.all) {
				t.Fatal("the disk does not fill up")
			}
		}
		refused := p.all[acknowledged]
		if rows(refused) != 0 || acknowledged > 0 && rows(p.all[acknowledged-1]) != each {
			t.Error("the lease file does not have just the leases that were acknowledged")
		}
		if n := assigned(t, f, srv); n != acknowledged*each {
			t.Errorf("%d leases are counted, %d were acknowledged", n, acknowledged*each)
		}
		if n := strings.Count(srv.Log(), "DHCP"+f.String()+"_LEASE_COMMIT_FAIL"); n != 1 {
			t.Errorf("%d errors are logged, want 1", n)
		}

		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
		if !p.granted(refused) || rows(refused) != each {
			t.Error("no lease is given though there is space again")
		}
		if n := assigned(t, f, srv); n != (acknowledged+1)*each {
			t.Errorf("%d leases are counted, want %d", n, (acknowledged+1)*each)
		}
		p.report(t)
	})
}

// assigned is how many leases the server says that it has given.
func assigned(t *testing.T, f family, srv *servers.Server) (n int) {
	t.Helper()
	for _, name := range f.assigned() {
		n += srv.Statistic(t, name)
	}
	return n
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

// granted lets a client ask for its first leases and reports whether it gets them.
func (p *population) granted(c *client) bool {
	first := p.first(c)
	for i, b := range c.bindings {
		b.wants = first[i]
	}
	for p.await(c, request); c.waiting && time.Since(c.sent) < 2*time.Second; {
		p.receive(time.Millisecond)
	}
	if c.waiting {
		p.unanswered(c)
		return false
	}
	for i, b := range c.bindings {
		if b.held != first[i] {
			return false
		}
	}
	return true
}
