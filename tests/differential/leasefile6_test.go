package differential_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// takeover6Config is a configuration that both makes read, for DHCPv6.
func takeover6Config() object {
	return common6(object{
		"valid-lifetime": 4000, "preferred-lifetime": 3000, "renew-timer": 1000, "rebind-timer": 2000,
		"mac-sources":       list{"duid", "ipv6-link-local"},
		"hostname-char-set": "[^A-Za-z0-9.,&-]", "hostname-char-replacement": "-",
		"ddns-qualifying-suffix": "example.org",
		"subnet6": list{
			object{
				"id": 1, "subnet": "2001:db8:1::/48", "interface": "eth0", "pools": list{object{"pool": "2001:db8:1:1::/64"}},
				"pd-pools":     list{object{"prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 56}},
				"reservations": list{object{"duid": "00:03:00:01:02:aa:00:00:00:10", "ip-addresses": list{"2001:db8:1::50"}, "prefixes": list{"2001:db8:7000::/52"}, "hostname": "reserved"}},
			},
			object{"id": 2, "subnet": "2001:db8:2::/48", "pools": list{object{"pool": "2001:db8:2:1::/64"}}, "pd-pools": list{object{"prefix": "2001:db8:9000::", "prefix-len": 40, "delegated-len": 60}}},
			object{"id": 3, "subnet": "2001:db8:3::/48", "valid-lifetime": 4294967295, "preferred-lifetime": 4294967295, "pools": list{object{"pool": "2001:db8:3:1::/64"}}},
		},
	})
}

// A holder6 is a client that takes leases from one DHCPv6 server and keeps them with
// the other.
type holder6 struct {
	name   string
	fields []field6 // of each of its messages
	wishes []field6 // of its SOLICIT
}

var holders6 = []holder6{
	{"an address", nil, []field6{na(1)}},
	{"a prefix", nil, []field6{pd(1)}},
	{"several", nil, []field6{na(1), na(2), pd(1), pd(255)}},
	{"long identifier", []field6{duid(append([]byte{0, 4, ','}, make([]byte, 120)...)...)}, []field6{na(1)}},
	{"without a hardware address", []field6{duid(0, 2, 0, 0, 0, 9, 1, 2)}, []field6{na(1)}},
	{"name with a comma", []field6{fqdn6(1, "\x04a,b&\x03org\x00")}, []field6{na(1), pd(1)}},
	{"name in upper case", []field6{fqdn6(0, "\x04Some")}, []field6{na(1)}},
	{"reserved", []field6{hw6(0x10)}, []field6{na(1), pd(1)}},
	{"relayed", []field6{via(far)}, []field6{na(1), pd(1)}},
	{"through two relays", []field6{via(far, remoteID, port8), via("2001:db8:77::1", subscriber)}, []field6{na(1)}},
	{"infinite", []field6{via("2001:db8:3::1")}, []field6{na(1)}},
}

// A takeover6 is a directory in which one DHCPv6 server after the other serves the
// same clients.
type takeover6 struct {
	ns      *netns.NS
	station *station6
	dir     string
	env     []string

	dialogues []*dialogue6
	xid       uint32
}

func newTakeover6(t *testing.T) *takeover6 {
	t.Helper()
	ns, station := newWire6(t)
	to := &takeover6{ns: ns, station: station, dir: servers.Dir(t)}
	for i := range holders6 {
		to.dialogues = append(to.dialogues, &dialogue6{number: i})
	}
	return to
}

// start runs a server on the files of the directory; configure writes the
// configuration first.
func (to *takeover6) start(t *testing.T, m servers.Make, configure object) (*servers.Server, *responder6) {
	t.Helper()
	srv := m.Server6(to.ns, to.dir)
	srv.Env = to.env
	if configure != nil {
		srv.Configure(t, configure)
	}
	srv.Run(t)
	to.xid += 1 << 16
	return srv, &responder6{station6: to.station, make: m, xid: to.xid}
}

// ask sends a message of a holder and returns the answer.
func (to *takeover6) ask(t *testing.T, r *responder6, i int, message []field6) reply6 {
	t.Helper()
	return r.ask(t, []*packet6{build6(to.dialogues[i], slices.Concat(message, holders6[i].fields))})[0]
}

// lease lets a holder take what it wishes.
func (to *takeover6) lease(t *testing.T, r *responder6, i int) {
	t.Helper()
	d := to.dialogues[i]
	d.ias = to.ask(t, r, i, solicit(holders6[i].wishes...)).ias()
	answer := to.ask(t, r, i, request())
	d.ias = answer.ias()
	if got := answer.leases(); len(got) != len(holders6[i].wishes) {
		t.Fatalf("%s: %s gives %s", holders6[i].name, r.make.Name, answer)
	}
}

// keeps checks that a server gives a holder the leases that it has: when it renews,
// and when it begins anew.
func (to *takeover6) keeps(t *testing.T, r *responder6, i int) {
	t.Helper()
	had := reply6{payload: append([]byte{7, 0, 0, 0}, to.dialogues[i].ias...)}.leases()
	for _, message := range [][]field6{rebind(), renew(), solicit(holders6[i].wishes...)} {
		if answer := to.ask(t, r, i, message); !slices.Equal(answer.leases(), had) {
			t.Errorf("%s: %s answers the holder of %v with %s", holders6[i].name, r.make.Name, had, answer)
		}
	}
}

// giveBack lets two more clients take leases of which one releases its address and
// the other declines it.
func (to *takeover6) giveBack(t *testing.T, r *responder6) (released, declined netip.Addr) {
	t.Helper()
	for number, end := range [][]field6{release6(), decline6()} {
		answers := r.hold(t, 500+number, dialogueOf("", solicit(na(1)), request(), end))
		got := answers[1].reply.leases()
		if len(got) != 1 {
			t.Fatalf("no lease for the client that gives it back: %s", answers[1].reply)
		}
		if number == 0 {
			released = got[0].Addr()
		} else {
			declined = got[0].Addr()
		}
	}
	return released, declined
}

// stranger asks for an address that a server may not give to it, or may, and returns
// what it is offered.
func (to *takeover6) stranger(t *testing.T, r *responder6, address netip.Addr) netip.Addr {
	t.Helper()
	to.xid++
	d := &dialogue6{number: 1000 + int(to.xid&0xff)}
	answer := r.ask(t, []*packet6{build6(d, solicit(na(1, address.String())))})[0]
	got := answer.leases()
	if len(got) != 1 {
		t.Fatalf("%s has no offer for a stranger: %s", r.make.Name, answer)
	}
	return got[0].Addr()
}

// Debian's kea-dhcp6 starts on Nestor's lease file and configuration in place and
// serves the same clients the same addresses and prefixes, and Nestor on Kea's; and
// back again.
func TestTakeover6(t *testing.T) {
	for _, order := range [][2]servers.Make{{servers.Kea, servers.Nestor}, {servers.Nestor, servers.Kea}} {
		first, second := order[0], order[1]
		t.Run(first.Name+" then "+second.Name, func(t *testing.T) {
			t.Parallel()
			to := newTakeover6(t)
			srv, r := to.start(t, first, takeover6Config().With(object{"store-extended-info": true}))
			for i := range holders6 {
				to.lease(t, r, i)
			}
			released, declined := to.giveBack(t, r)
			if status := srv.Stop(t); status != 0 {
				t.Fatalf("%s ended with status %d", first.Name, status)
			}
			contexts := countContexts6(t, srv)
			if contexts == 0 {
				t.Fatalf("no lease of %s has relay information", first.Name)
			}
			for _, m := range []servers.Make{second, first} {
				srv, r := to.start(t, m, nil)
				srv.Logged(t, conversions[m.Name])
				for i := range holders6 {
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
				if got := countContexts6(t, srv); got < contexts {
					t.Errorf("%s left %d of %d leases their relay information", m.Name, got, contexts)
				}
			}
		})
	}
}

// relayInfo is how relay information begins in a user context; 2.2.0 names it otherwise
// (D6.25.2, D6.25.3).
var relayInfo = regexp.MustCompile(`"(relay-info|relays)": \[`)

// countContexts6 counts the leases with relay information, those that a clean-up has
// put aside and that have not changed since among them.
func countContexts6(t *testing.T, srv *servers.Server) int {
	t.Helper()
	all := map[string]string{}
	for _, suffix := range []string{".2", ""} {
		text, err := os.ReadFile(srv.LeaseFile() + suffix)
		if err != nil && suffix == "" {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			address, row, _ := strings.Cut(line, ",")
			all[address] = row
		}
	}
	n := 0
	for _, row := range all {
		if relayInfo.MatchString(row) {
			n++
		}
	}
	return n
}

// The lease file is cleaned by the other make's program as by the server's own:
// nothing that is leased is lost.
func TestLeaseFileCleanup6(t *testing.T) {
	for _, pair := range []struct{ server, cleaner servers.Make }{
		{servers.Nestor, servers.Kea}, {servers.Kea, servers.Nestor}, {servers.Nestor, servers.Nestor},
	} {
		t.Run(pair.server.Name+" with the program of "+pair.cleaner.Name, func(t *testing.T) {
			t.Parallel()
			to := newTakeover6(t)
			to.env = []string{"KEA_LFC_EXECUTABLE=" + pair.cleaner.LFC(t)}
			file := filepath.Join(to.dir, "kea-leases6.csv")
			srv, r := to.start(t, pair.server, takeover6Config().With(object{
				"store-extended-info": true,
				"lease-database":      object{"type": "memfile", "name": file, "lfc-interval": 1},
			}))
			leases := 0
			for i, h := range holders6 {
				to.lease(t, r, i)
				to.keeps(t, r, i)
				leases += len(h.wishes)
			}
			awaitCleaned(t, file, leases)
			srv.SignalAndWait(t, syscall.SIGKILL)
			cleaned, err := os.ReadFile(file + ".2")
			if err != nil {
				t.Fatal(err)
			}
			if rows := strings.Count(strings.TrimSpace(string(cleaned)), "\n"); rows != leases {
				t.Errorf("%d rows of %d leases are left:\n%s", rows, leases, cleaned)
			}
			if !relayInfo.Match(cleaned) {
				t.Errorf("no relay information is left:\n%s", cleaned)
			}
			_, r = to.start(t, pair.server, nil)
			for i := range holders6 {
				to.keeps(t, r, i)
			}
		})
	}
}

// Both write the same rows for the same course of events, but for what 2.2.0 has not
// got.
func TestLeaseRows6(t *testing.T) {
	rows := func(m servers.Make) []string {
		to := newTakeover6(t)
		srv, r := to.start(t, m, takeover6Config())
		for i := range holders6 {
			to.lease(t, r, i)
			to.keeps(t, r, i)
		}
		to.giveBack(t, r)
		srv.Stop(t)
		return leaseRows(t, srv.LeaseFile())
	}
	nestor, kea := rows(servers.Nestor), rows(servers.Kea)
	for _, d := range rowDifferences6 {
		as := d.as(slices.Clone(kea))
		if slices.Equal(as, kea) {
			t.Errorf("there is no need any more for: %s", d.why)
		}
		kea = as
	}
	if diff := cmp.Diff(kea, nestor); diff != "" {
		t.Errorf("rows of Kea (-) and Nestor (+):\n%s", diff)
	}
}

// rowDifferences6 are reasons for which Nestor's rows are not Kea's, each with what
// turns Kea's into Nestor's.
var rowDifferences6 = []struct {
	why string
	as  func(rows []string) []string
}{
	{"2.2.0 differs from 2.7: the DUID of nobody has one byte, not three (RFC 8415 section 11.1)", func(rows []string) []string {
		return replaceIn(rows, ",00,", ",00:00:00,")
	}},
	{"(differ): a reserved name gets its suffix in renewals, too", func(rows []string) []string {
		return replaceIn(rows, ",reserved,", ",reserved.example.org,")
	}},
	{"(differ): an infinite lease that stays as it is is not written again", func(rows []string) []string {
		return slices.CompactFunc(rows, func(a, b string) bool { return a == b && strings.Contains(a, ",4294967295,") })
	}},
}

func replaceIn(rows []string, old, text string) []string {
	for i := range rows {
		rows[i] = strings.ReplaceAll(rows[i], old, text)
	}
	return rows
}
