package differential_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/ncrtap"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// tapRequests listens in the place of a DDNS daemon in the namespace of a server.
func tapRequests(t *testing.T, ns *netns.NS) (tap *ncrtap.Tap) {
	t.Helper()
	if err := ns.Do(func() error {
		tap = ncrtap.New(t, "127.0.0.1:53001")
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return tap
}

// untilFence are the requests that came before the one about the fence.
func untilFence(t *testing.T, tap *ncrtap.Tap, who, name string) []*ncr.Request {
	t.Helper()
	return slices.DeleteFunc(tap.Until(t, who, name), func(r *ncr.Request) bool { return strings.HasPrefix(r.Name, "fence-") })
}

// shownRequest is what is compared of a request. Kea 2.2.0 knows no conflict
// resolution modes.
func shownRequest(r *ncr.Request) string {
	kind := "add"
	if r.Remove {
		kind = "remove"
	}
	return fmt.Sprintf("%s fwd=%t rev=%t %s %s %X ttl=%d", kind, r.Forward, r.Reverse, r.Name, r.Addr, r.DHCID, r.TTL)
}

func shownRequests(rs []*ncr.Request) string {
	var lines []string
	for _, r := range rs {
		lines = append(lines, shownRequest(r))
	}
	return strings.Join(lines, "\n    ")
}

// sameRequests reports whether two servers asked for the same, at about the same time.
func sameRequests(a, b []*ncr.Request) bool {
	return slices.EqualFunc(a, b, func(a, b *ncr.Request) bool {
		return shownRequest(a) == shownRequest(b) && a.Expires.Sub(b.Expires).Abs() < 5*time.Second
	})
}

// An updater is a server that sends name change requests, with both of its ends.
type updater struct {
	*responder
	tap    *ncrtap.Tap
	server server
	fences int
}

func startUpdater(t *testing.T, m servers.Make, dhcp4 object) *updater {
	t.Helper()
	ns, r := newResponder(t, m)
	tap := tapRequests(t, ns)
	return &updater{responder: r, tap: tap, server: server{m.Start(t, ns, dhcp4)}}
}

// requests are those that the server sent since it was asked last. It is known to
// have sent them all when one about another client comes.
func (u *updater) requests(t *testing.T) []*ncr.Request {
	t.Helper()
	u.fences++
	name := fmt.Sprintf("fence-%d", u.fences)
	fields := []field{text(12, name), relayed("10.98.0.1")}
	u.hold(t, 0xfffe, course("fence", discover(fields...), selecting(fields...)))
	return untilFence(t, u.tap, u.make.Name, name+".")
}

// The requests for updates of the DNS that both servers make of the same packets, and
// what their lease files have of the names.
func TestUpdates(t *testing.T) {
	for _, s := range updateSettings {
		t.Run(s.name, s.compareUpdates)
	}
}

func (s setting) compareUpdates(t *testing.T) {
	t.Parallel()
	s.releases = true
	config := s.updating(t)
	nestor, kea := startUpdater(t, servers.Nestor, config), startUpdater(t, servers.Kea, config)
	excused := map[string]bool{} // addresses that the servers treat otherwise
	for i, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			sent := nestor.hold(t, i, c)
			ours := nestor.requests(t)
			kea.hold(t, i, c)
			theirs := kea.requests(t)
			if slices.ContainsFunc(sent, func(a answered) bool { return a.query.why != "" }) {
				for _, a := range sent {
					excused[a.reply.yiaddr().String()] = true
				}
				return
			}
			if !sameRequests(ours, theirs) {
				t.Errorf("\n  Nestor:\n    %s\n  Kea:\n    %s", shownRequests(ours), shownRequests(theirs))
			}
		})
	}
	compareNames(t, nestor.server, kea.server, excused)
}

// updating is the configuration of the setting with updates, and a subnet for the
// client that tells how far a server has come.
func (s setting) updating(t *testing.T) object {
	config := s.configuration(t)
	subnets := append(config["subnet4"].([]any), object{"id": 99998, "subnet": "10.98.0.0/24", "pools": list{object{"pool": "10.98.0.10 - 10.98.0.10"}}})
	return config.With(object{"dhcp-ddns": object{"enable-updates": true}, "subnet4": subnets})
}

// compareNames compares the names in the rows of the lease files.
func compareNames(t *testing.T, nestor, kea server, excused map[string]bool) {
	t.Helper()
	ours, theirs := nestor.Leases(t), kea.Leases(t)
	for address, row := range ours {
		for _, column := range []string{"fqdn_fwd", "fqdn_rev", "hostname"} {
			if !excused[address] && row[column] != theirs[address][column] {
				t.Errorf("%s of %s is %q, Kea's is %q", column, address, row[column], theirs[address][column])
			}
		}
	}
}

var updateSettings = []setting{names, updates}

// An updater6 is an updater of DHCPv6.
type updater6 struct {
	*responder6
	tap    *ncrtap.Tap
	server server
	fences int
}

func startUpdater6(t *testing.T, m servers.Make, dhcp6 object) *updater6 {
	t.Helper()
	ns, station := newWire6(t)
	tap := tapRequests(t, ns)
	srv := m.Start6(t, ns, dhcp6)
	return &updater6{responder6: &responder6{station6: station, make: m}, tap: tap, server: server{srv}}
}

// requests are those that the server sent since it was asked last, as above.
func (u *updater6) requests(t *testing.T) []*ncr.Request {
	t.Helper()
	u.fences++
	name := fmt.Sprintf("fence-%d", u.fences)
	fields := []field6{fqdn6(1, string(rune(len(name)))+name+"\x00"), via("2001:db8:98::1")}
	u.hold(t, 0xfffe, dialogueOf("fence", solicit(append(fields, na(1))...), request(fields...)))
	return untilFence(t, u.tap, u.make.Name, name+".")
}

func TestUpdates6(t *testing.T) {
	for _, s := range updateSettings6 {
		t.Run(s.name, s.compareUpdates)
	}
}

func (s setting6) compareUpdates(t *testing.T) {
	t.Parallel()
	own := readObject(t, "testdata/packets6/"+s.name+".json")
	subnets := append(own["subnet6"].([]any), object{"id": 99998, "subnet": "2001:db8:98::/64", "pools": list{object{"pool": "2001:db8:98::a - 2001:db8:98::a"}}})
	config := common6(own).With(object{"dhcp-ddns": object{"enable-updates": true}, "subnet6": subnets})
	nestor, kea := startUpdater6(t, servers.Nestor, config), startUpdater6(t, servers.Kea, config)
	excused := map[string]bool{} // addresses that the servers treat otherwise
	for i, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			sent := nestor.hold(t, i, c)
			ours := nestor.requests(t)
			kea.hold(t, i, c)
			theirs := kea.requests(t)
			why := otherUpdates6(s, c)
			same := sameRequests(ours, theirs)
			switch {
			case why == "" && !same:
				t.Errorf("\n  Nestor:\n    %s\n  Kea:\n    %s", shownRequests(ours), shownRequests(theirs))
			case why != "" && same && c.needs(why):
				t.Errorf("there is no need any more for: %s", why)
			}
			if why == "" {
				return
			}
			checkBalance(t, ours)
			for _, a := range sent {
				for _, l := range a.reply.leases() {
					excused[l.Addr().String()] = true
				}
			}
		})
	}
	compareNames(t, nestor.server, kea.server, excused)
}

var updateSettings6 = []setting6{names6, updates6}

// otherUpdates6 says for which reason Nestor does not ask for the same as Kea, "" if it
// does.
func otherUpdates6(s setting6, c course6) string {
	for _, o := range []struct{ setting, course, why string }{
		{"names", "partial", differNameless}, {"names", "reserved", differNameless}, {"names", "link ", differNameless},
		{"updates", "renewed without a name", differNameless},
		{"updates", "address and prefix", differLastIA}, {"updates", "prefix and address", differLastIA},
		{"updates", "two addresses renewed", differLastIA},
		{"updates", "8: asked for twice", differCached},
	} {
		if s.name == o.setting && strings.Contains(c.name, o.course) {
			return o.why
		}
	}
	return ""
}

const (
	differNameless = "Kea forgets the entries of a client that renews without its name"
	differCached   = "Kea 2.2.0 asks again for the entries of a lease that it gives out of its cache"
	differLastIA   = "Kea looks for the former name in the last identity association only"
)

// needs reports whether a course in a subnet without any special treatment of names has
// to show the difference.
func (c course6) needs(string) bool { return strings.HasPrefix(c.name, "1: ") || c.name == "partial" }

// checkBalance fails the test where an address would have two names at a time.
func checkBalance(t *testing.T, requests []*ncr.Request) {
	t.Helper()
	names := map[netip.Addr]string{}
	for _, r := range requests {
		switch had := names[r.Addr]; {
		case r.Remove && had != r.Name:
			t.Errorf("%s is removed, %q is there\n    %s", r.Name, had, shownRequests(requests))
		case r.Remove:
			delete(names, r.Addr)
		case had != "" && had != r.Name:
			t.Errorf("%s is added, %q is there\n    %s", r.Name, had, shownRequests(requests))
		default:
			names[r.Addr] = r.Name
		}
	}
}
