package differential_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nestor/tests/netns"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// takeoverConfig is a configuration that both makes read. Names may have commas and
// ampersands, which lease files escape.
func takeoverConfig() object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"multi-threading":   object{"enable-multi-threading": false},
		"valid-lifetime":    4000,
		"hostname-char-set": "[^A-Za-z0-9.,&-]", "hostname-char-replacement": "-",
		"ddns-qualifying-suffix": "example.org",
		"subnet4": list{
			object{
				"id": 1, "subnet": "10.0.0.0/24", "pools": list{object{"pool": "10.0.0.100 - 10.0.0.199"}},
				"reservations": list{object{"hw-address": "02:aa:00:00:00:10", "ip-address": "10.0.0.50", "hostname": "reserved"}},
			},
			object{"id": 2, "subnet": "10.1.0.0/24", "pools": list{object{"pool": "10.1.0.100 - 10.1.0.199"}}},
			object{"id": 3, "subnet": "10.3.0.0/24", "valid-lifetime": 4294967295, "pools": list{object{"pool": "10.3.0.100 - 10.3.0.199"}}},
			object{"id": 99, "subnet": "10.99.0.0/24", "pools": list{object{"pool": "10.99.0.10 - 10.99.0.10"}}},
		},
	}
}

// A holder is a client that takes a lease from one server and keeps it with the
// other.
type holder struct {
	name   string
	fields []field // of each of its messages
}

var holders = []holder{
	{"plain", nil},
	{"client identifier", []field{opt(61, 1, 2, 3, 4, 5, 6, 7)}},
	{"long client identifier", []field{text(61, strings.Repeat("\x00id,", 30))}},
	{"name with a comma", []field{text(12, "a,b&c,,d")}},
	{"name in upper case", []field{text(12, "Some-Name")}},
	{"FQDN", []field{fqdn(5, "\x04full\x04name\x03org\x00")}},
	{"reserved", []field{hw(0x10)}},
	{"relayed", []field{relayed("10.1.0.1")}},
	{"relayed with option 82", []field{relayed("10.1.0.1"), agent(append(sub(1, "port,7"), sub(2, "far")...)...)}},
	{"infinite", []field{relayed("10.3.0.1")}},
	{"no hardware address", []field{set(func(p *packet) { p.hlen = 0 }), opt(61, 0, 'n', 'o', 'n', 'e')}},
}

// A takeover is a directory in which one server after the other serves the same
// clients.
type takeover struct {
	ns      *netns.NS
	station *wire.Station
	dir     string
	env     []string

	dialogues []*dialogue
	xid       uint32
}

func newTakeover(t *testing.T) *takeover {
	t.Helper()
	server, client := netns.New(t), netns.New(t)
	netns.Veth(t, server, "eth0", "10.0.0.1/24", client, "eth0", "")
	to := &takeover{ns: server, dir: servers.Dir(t), station: wire.NewStation(t, client, "eth0", server, "eth0")}
	for i := range holders {
		to.dialogues = append(to.dialogues, &dialogue{number: i, yiaddr: anyAddr})
	}
	return to
}

// start runs a server on the files of the directory; configure writes the
// configuration first.
func (to *takeover) start(t *testing.T, m servers.Make, configure object) (*servers.Server, *responder) {
	t.Helper()
	srv := m.Server(to.ns, to.dir)
	srv.Env = to.env
	if configure != nil {
		srv.Configure(t, configure)
	}
	srv.Run(t)
	to.xid += 1 << 16
	return srv, &responder{make: m, station: to.station, xid: to.xid}
}

// ask sends a message of a holder and returns the type of the answer and its
// yiaddr.
func (to *takeover) ask(t *testing.T, r *responder, i int, message []field) (kind byte, yiaddr netip.Addr) {
	t.Helper()
	d := to.dialogues[i]
	answer := r.ask(t, []*packet{build(d, append(message, holders[i].fields...))})[0]
	return answer.kind(), answer.yiaddr()
}

// lease lets a holder take an address.
func (to *takeover) lease(t *testing.T, r *responder, i int) {
	t.Helper()
	kind, offered := to.ask(t, r, i, discover(unhinted))
	to.dialogues[i].yiaddr = offered
	if kind == typeOffer {
		kind, _ = to.ask(t, r, i, selecting())
	}
	if kind != typeAck {
		t.Fatalf("%s: %s gives no lease: last answer is of type %d", holders[i].name, r.make.Name, kind)
	}
}

// keeps checks that a server gives a holder the address that it has: when it
// renews, and when it begins anew.
func (to *takeover) keeps(t *testing.T, r *responder, i int) {
	t.Helper()
	had := to.dialogues[i].yiaddr
	if kind, got := to.ask(t, r, i, rebinding()); kind != typeAck || got != had {
		t.Errorf("%s: %s answers the renewal of %s with type %d and %s", holders[i].name, r.make.Name, had, kind, got)
	}
	if kind, got := to.ask(t, r, i, discover(unhinted)); kind != typeOffer || got != had {
		t.Errorf("%s: %s answers the DISCOVER of the holder of %s with type %d and %s", holders[i].name, r.make.Name, had, kind, got)
	}
}

// stranger asks for an address that a server may not give to it, or may.
func (to *takeover) stranger(t *testing.T, r *responder, address netip.Addr) netip.Addr {
	t.Helper()
	to.xid++
	d := &dialogue{number: 1000 + int(to.xid&0xff), yiaddr: anyAddr}
	return r.ask(t, []*packet{build(d, discover(opt(50, address.AsSlice()...)))})[0].yiaddr()
}

// Debian's Kea starts on Nestor's lease file and configuration in place and serves
// the same clients the same addresses, and Nestor on Kea's; and back again.
func TestTakeover(t *testing.T) {
	for _, order := range [][2]servers.Make{{servers.Kea, servers.Nestor}, {servers.Nestor, servers.Kea}} {
		first, second := order[0], order[1]
		t.Run("PL.8.9 D4.5.7 "+first.Name+" then "+second.Name, func(t *testing.T) {
			to := newTakeover(t)
			// Relay information in user contexts must survive, D4.33.2: 2.2.0 writes it in
			// a form of its own.
			srv, r := to.start(t, first, takeoverConfig().With(object{"store-extended-info": true}))
			for i := range holders {
				to.lease(t, r, i)
			}
			released, declined := to.giveBack(t, r)
			if status := srv.Stop(t); status != 0 {
				t.Fatalf("%s ended with status %d", first.Name, status)
			}
			contexts := countContexts(t, srv)
			if contexts == 0 {
				t.Fatalf("no lease of %s has relay information", first.Name)
			}
			for _, m := range []servers.Make{second, first} {
				srv, r := to.start(t, m, nil)
				srv.Logged(t, conversions[m.Name])
				for i := range holders {
					to.keeps(t, r, i)
				}
				if got := to.stranger(t, r, declined); got == declined {
					t.Errorf("%s offers the declined %s", m.Name, declined)
				}
				if got := to.stranger(t, r, released); got != released {
					t.Errorf("%s offers %s to whom asks for the released %s", m.Name, got, released)
				}
				if status := srv.Stop(t); status != 0 {
					t.Fatalf("%s ended with status %d", m.Name, status)
				}
				if got := countContexts(t, srv); got < contexts {
					t.Errorf("%s left %d of %d leases their relay information", m.Name, got, contexts)
				}
			}
		})
	}
}

// conversions are what servers log of the other make's file: 2.2.0 does not know
// the column pool_id.
var conversions = map[string]string{
	servers.Nestor.Name: "DHCPSRV_MEMFILE_NEEDS_UPGRADING",
	servers.Kea.Name:    "DHCPSRV_MEMFILE_NEEDS_DOWNGRADING",
}

// countContexts counts the leases with relay information.
func countContexts(t *testing.T, srv *servers.Server) int {
	t.Helper()
	n := 0
	for _, row := range srv.Leases(t) {
		if strings.Contains(row["user_context"], "relay-agent-info") {
			n++
		}
	}
	return n
}

// giveBack lets two more clients take leases of which one releases its address and
// the other declines it.
func (to *takeover) giveBack(t *testing.T, r *responder) (released, declined netip.Addr) {
	t.Helper()
	for number, end := range [][]field{release(), decline()} {
		d := &dialogue{number: 500 + number, yiaddr: anyAddr}
		d.yiaddr = r.ask(t, []*packet{build(d, discover(unhinted))})[0].yiaddr()
		if ack := r.ask(t, []*packet{build(d, selecting())})[0]; ack.kind() != typeAck {
			t.Fatalf("no lease for the client that gives it back: %s", ack)
		}
		r.ask(t, []*packet{build(d, end)})
		if number == 0 {
			released = d.yiaddr
		} else {
			declined = d.yiaddr
		}
	}
	return released, declined
}

// The lease file is cleaned by the other make's program as by the server's own:
// nothing that is leased is lost.
func TestLeaseFileCleanup(t *testing.T) {
	for _, pair := range []struct{ server, cleaner servers.Make }{
		{servers.Nestor, servers.Kea}, {servers.Kea, servers.Nestor}, {servers.Nestor, servers.Nestor},
	} {
		t.Run("D4.5.8 PL.8.6 PL.8.11 "+pair.server.Name+" with the program of "+pair.cleaner.Name, func(t *testing.T) {
			t.Parallel()
			to := newTakeover(t)
			to.env = []string{"KEA_LFC_EXECUTABLE=" + pair.cleaner.LFC(t)}
			file := filepath.Join(to.dir, "kea-leases4.csv")
			srv, r := to.start(t, pair.server, takeoverConfig().With(object{
				"store-extended-info": true,
				"lease-database":      object{"type": "memfile", "name": file, "lfc-interval": 1},
			}))
			for i := range holders {
				to.lease(t, r, i)
				to.keeps(t, r, i)
			}
			awaitCleaned(t, file, len(holders))
			srv.SignalAndWait(t, syscall.SIGKILL)
			cleaned, err := os.ReadFile(file + ".2")
			if err != nil {
				t.Fatal(err)
			}
			if rows := strings.Count(strings.TrimSpace(string(cleaned)), "\n"); rows != len(holders) {
				t.Errorf("%d rows of %d leases are left:\n%s", rows, len(holders), cleaned)
			}
			if !strings.Contains(string(cleaned), "relay-agent-info") {
				t.Errorf("no relay information is left (D4.33.2):\n%s", cleaned)
			}
			_, r = to.start(t, pair.server, nil)
			for i := range holders {
				to.keeps(t, r, i)
			}
		})
	}
}

// awaitCleaned waits until a lease file has been cleaned that holds so many leases.
func awaitCleaned(t *testing.T, file string, leases int) {
	t.Helper()
	servers.Eventually(t, 10*time.Second, "the file is cleaned", func() bool {
		cleaned, _ := os.ReadFile(file + ".2")
		_, copied := os.Stat(file + ".1")
		_, finished := os.Stat(file + ".completed")
		return len(strings.Split(string(cleaned), "\n")) > leases && os.IsNotExist(copied) && os.IsNotExist(finished)
	})
}

// Both write the same rows for the same course of events, but for what 2.2.0 has
// not got.
func TestLeaseRows(t *testing.T) {
	rows := func(m servers.Make) []string {
		to := newTakeover(t)
		srv, r := to.start(t, m, takeoverConfig())
		for i := range holders {
			to.lease(t, r, i)
			to.keeps(t, r, i)
		}
		to.giveBack(t, r)
		srv.Stop(t)
		return leaseRows(t, srv.LeaseFile())
	}
	nestor, kea := rows(servers.Nestor), rows(servers.Kea)
	if diff := cmp.Diff(kea, nestor); diff != "" {
		t.Errorf("rows of Kea (-) and Nestor (+):\n%s", diff)
	}
}

// leaseRows gives the rows of a lease file with the columns that both have. The
// time is checked, not compared, nor is the state of a released lease, which 2.2.0
// deletes (D4.54.6).
func leaseRows(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	header := strings.Split(lines[0], ",")
	expire, lifetime, state := slices.Index(header, "expire"), slices.Index(header, "valid_lifetime"), slices.Index(header, "state")
	var rows []string
	for _, line := range lines[1:] {
		columns := strings.Split(line, ",")
		ends, _ := strconv.ParseInt(columns[expire], 10, 64)
		lasts, _ := strconv.ParseInt(columns[lifetime], 10, 64)
		if begun := time.Since(time.Unix(ends-lasts, 0)); begun < -time.Second || begun > time.Minute {
			t.Errorf("row %s begins %v before now", line, begun)
		}
		columns[expire] = "EXPIRE"
		if lasts == 0 {
			columns[state] = "STATE"
		}
		columns = columns[:min(len(columns), slices.Index(header, "user_context")+1)]
		rows = append(rows, strings.Join(columns, ","))
	}
	return rows
}
