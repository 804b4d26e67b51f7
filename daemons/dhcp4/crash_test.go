package dhcp4

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"slices"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"pgregory.net/rapid"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/leasefile/crashfs"
	"nestor/lib/lease/lfc"
	"nestor/lib/logging"
	"nestor/lib/packetloop"
)

// crashConf has ten addresses for fewer clients, all in one file that is synced
// or not.
func crashConf(durability string) string {
	return `"valid-lifetime": 600, "lease-database": { "type": "memfile", "durability": "` + durability + `" }, ` + plain
}

const crashClients = 8

// given is a lease that a client saw acknowledged.
type given struct {
	client byte
	expire int64 // Unix time
}

// crashing is a server on a file system that stops, with what its clients know.
type crashing struct {
	*testServer
	fs   *crashfs.FS
	conf string
	held map[uint32]given
	// moving are the addresses that a client asked for in place of its own when the
	// server crashed.
	moving map[byte][]uint32
}

func newCrashing(t *testing.T, durability string) *crashing {
	ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: "/leases"}
	ts.sock = &fakeSocket{addr: ip("192.0.2.1"), name: "eth0", index: 2}
	fs := crashfs.New()
	ts.files = fs
	return &crashing{ts, fs, crashConf(durability), map[uint32]given{}, map[byte][]uint32{}}
}

// begin starts a server, and gives the error for which it does not start.
func (c *crashing) begin() error {
	sys := logging.New("kea-dhcp4")
	sys.SetConsole(io.Discard, io.Discard)
	c.srv = New(Options{Log: sys, DataDir: c.dir, LeaseFiles: c.fs, Clock: func() time.Time { return c.now }})
	if err := c.srv.Configure(context.Background(), c.parse(c.conf)); err != nil {
		return err
	}
	c.srv.timers.Stop() // they would run by the real clock
	c.srv.sockets.own.Store(&[]uint32{c.sock.addr})
	c.loop = newLoop(c.srv, c.sock, packetloop.BatchSize)
	return nil
}

// do lets something happen: queries, a clean-up in each of its parts,
// reclamation, time.
func (c *crashing) do(t *rapid.T) {
	switch rapid.IntRange(0, 12).Draw(t, "deed") {
	case 0:
		_ = c.srv.state.Load().leases.File.Cleanup()
	case 1, 2:
		_ = c.srv.state.Load().leases.File.Cleanup()
		c.clean()
	case 3:
		c.clean()
	case 4:
		_, _, _ = c.srv.reclamation.Run(0, 0, false)
	case 5:
		c.pass(time.Duration(rapid.IntRange(1, 400).Draw(t, "seconds")) * time.Second)
	default:
		c.batch(t)
	}
}

// clean does what nestor-lfc does.
func (c *crashing) clean() {
	logs := logging.New("DhcpLFC")
	logs.SetConsole(io.Discard, io.Discard)
	job := lfc.Job{Family: leasefile.V4, Files: leasefile.NamesOf("/leases/kea-leases4.csv"), FS: c.fs, Log: logs.Logger("")}
	_ = job.Run()
}

// batch sends some queries at once and notes what the clients learn from the
// answers.
func (c *crashing) batch(t *rapid.T) {
	queries := make([]*dhcpv4.DHCPv4, rapid.IntRange(1, 6).Draw(t, "queries"))
	for i := range queries {
		queries[i] = c.query(t)
		binary.BigEndian.PutUint32(queries[i].TransactionID[:], uint32(i))
	}
	answers := map[dhcpv4.TransactionID]sentReply{}
	c.sock.piece = rapid.IntRange(1, 6).Draw(t, "received at once")
	for _, r := range c.send(from{}, queries...) {
		answers[r.TransactionID] = r
	}
	for _, q := range queries {
		c.learn(t, q, answers)
	}
}

// query is what a client may send now.
func (c *crashing) query(t *rapid.T) *dhcpv4.DHCPv4 {
	n := byte(rapid.IntRange(1, crashClients).Draw(t, "client"))
	own := ""
	for addr, g := range c.held {
		if g.client == n {
			own = ip4(addr).String()
		}
	}
	kind := rapid.IntRange(0, 9).Draw(t, "kind")
	switch {
	case own == "" || kind == 0:
		any := ip4(ip("192.0.2.10") + uint32(rapid.IntRange(0, 9).Draw(t, "address"))).String()
		return query(requestMsg, n, requested(any), serverID("192.0.2.1"))
	case kind == 1:
		return query(dhcpv4.MessageTypeDiscover, n)
	case kind == 2:
		return query(dhcpv4.MessageTypeRelease, n, ciaddr(own), serverID("192.0.2.1"))
	case kind == 3:
		return query(dhcpv4.MessageTypeDecline, n, requested(own), serverID("192.0.2.1"))
	case kind < 7:
		return query(requestMsg, n, ciaddr(own))
	}
	return query(requestMsg, n, requested(own))
}

// learn notes the outcome of a query.
func (c *crashing) learn(t *rapid.T, q *dhcpv4.DHCPv4, answers map[dhcpv4.TransactionID]sentReply) {
	n := q.ClientHWAddr[5]
	forget := func() {
		for addr, g := range c.held {
			if g.client == n {
				delete(c.held, addr)
			}
		}
	}
	switch q.MessageType() {
	case dhcpv4.MessageTypeRelease, dhcpv4.MessageTypeDecline:
		forget() // the client has, whatever the server does
		return
	}
	r, ok := answers[q.TransactionID]
	if !ok && c.fs.Crashed() {
		// A renewal names the address that the client had when it sent the batch: an
		// answer that came since may have given it another.
		wanted := q.RequestedIPAddress()
		if wanted == nil {
			wanted = q.ClientIPAddr
		}
		c.moving[n] = append(c.moving[n], binary.BigEndian.Uint32(wanted.To4()))
	}
	if !ok || r.MessageType() != ackMsg {
		return
	}
	addr := binary.BigEndian.Uint32(r.YourIPAddr.To4())
	if g, taken := c.held[addr]; taken && g.client != n && g.expire >= c.now.Unix() {
		t.Fatalf("client %d is given %v, which client %d has until %d (now %d)", n, ip4(addr), g.client, g.expire, c.now.Unix())
	}
	forget()
	c.held[addr] = given{n, c.now.Unix() + 600}
}

// check compares the store with what the clients know.
func (c *crashing) check(t *rapid.T) {
	assigned := int64(0)
	stored := map[uint32]lease.Lease4{}
	err := c.srv.state.Load().leases.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		kept := *l
		kept.HWAddr = bytes.Clone(l.HWAddr)
		stored[l.Addr] = kept
		if l.State == lease.StateDefault || l.State == lease.StateDeclined {
			assigned++
		}
		return true
	})
	if err != nil {
		t.Fatal(err)
	}
	for addr, g := range c.held {
		l, ok := stored[addr]
		switch {
		case g.expire < c.now.Unix():
		case c.moved(g.client, stored):
			delete(c.held, addr)
		case !ok:
			t.Fatalf("the lease of client %d on %v is lost", g.client, ip4(addr))
		case !bytes.Equal(l.HWAddr, mac(g.client)) || l.State != lease.StateDefault || l.Expire() < g.expire:
			t.Fatalf("client %d has %v until %d, stored is %+v", g.client, ip4(addr), g.expire, l)
		}
	}
	if n := c.stat("subnet[1].assigned-addresses"); n != assigned {
		t.Fatalf("assigned-addresses is %d, the store has %d", n, assigned)
	}
}

// moved reports whether a client got one of those that it asked for in place of its
// lease, but no answer.
func (c *crashing) moved(client byte, stored map[uint32]lease.Lease4) bool {
	return slices.ContainsFunc(c.moving[client], func(addr uint32) bool {
		l, ok := stored[addr]
		return ok && bytes.Equal(l.HWAddr, mac(client)) && l.State == lease.StateDefault && l.CLTT == c.now.Unix()
	})
}

// Wherever the server is killed, the next one has every lease that a client saw
// acknowledged.
func TestServerKilledAnywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { crash(t, rt, "written") })
}

// With "durability": "fsync" the same holds when the machine loses its power: what
// was not synced is gone, and the last write torn at any byte.
func TestServerPowerCutAnywhere(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) { crash(t, rt, "fsync") })
}

func crash(t *testing.T, rt *rapid.T, durability string) {
	c := newCrashing(t, durability)
	for range rapid.IntRange(1, 3).Draw(rt, "crashes") {
		c.fs.CrashAt(c.fs.Steps()+rapid.IntRange(1, 60).Draw(rt, "steps"), rapid.IntRange(0, 300).Draw(rt, "tear"))
		if err := c.begin(); err == nil {
			for !c.fs.Crashed() {
				c.do(rt)
			}
		} else if !c.fs.Crashed() {
			rt.Fatalf("the server does not start: %v", err)
		}
		_ = c.srv.Close()
		if durability == "fsync" {
			c.fs.PowerCut(rapid.IntRange(0, 3).Draw(rt, "surviving changes"), rapid.IntRange(0, 300).Draw(rt, "surviving bytes"))
		} else {
			c.fs.Kill()
		}
		if err := c.begin(); err != nil {
			rt.Fatalf("the server does not start after the crash: %v", err)
		}
		c.check(rt)
		clear(c.moving)
		if err := c.srv.Close(); err != nil {
			rt.Fatal(err)
		}
	}
}
