package ddns

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/nameserver"
)

// pair is Nestor's daemon and Kea's, each with a BIND of its own.
type pair struct {
	daemons [2]*ddns
	dns     [2]*nameserver.Server
	history []string
}

func newPair(t *testing.T) *pair {
	p := &pair{}
	for i, program := range []string{nestor(t), kea(t)} {
		p.dns[i] = nameserver.BIND(t, []nameserver.Key{key}, zones...)
		p.daemons[i] = newDDNS(t, program, p.dns[i].Addr, "")
		p.daemons[i].start(t)
	}
	return p
}

// do gives a request to both and waits until both are done.
func (p *pair) do(t *testing.T, r *ncr.Request) {
	t.Helper()
	kind := "add"
	if r.Remove {
		kind = "remove"
	}
	p.history = append(p.history, fmt.Sprintf("%s %s %s client %x, %s, forward %t, reverse %t", kind, r.Name, r.Addr, r.DHCID[34:], r.Mode, r.Forward, r.Reverse))
	for _, d := range p.daemons {
		before := d.outcomes()
		d.send(t, r)
		if !done(d, before) {
			t.Fatalf("%s is not done with it:\n%s", d.program, d.log())
		}
	}
}

// compare compares the zones of both.
func (p *pair) compare(t *testing.T, wantOurs, wantKeas []string) {
	t.Helper()
	var got [2][]string
	for i, s := range p.dns {
		for _, z := range zones {
			// Of the letters of names Kea keeps those of the zone, which it compresses to.
			for _, r := range s.Records(t, z.Name) {
				name, rest, _ := strings.Cut(r, " ")
				got[i] = append(got[i], strings.ToLower(name)+" "+rest)
			}
		}
	}
	minus := func(a, b []string) []string {
		return slices.DeleteFunc(slices.Clone(a), func(s string) bool { return slices.Contains(b, s) })
	}
	ours, keas := minus(got[0], got[1]), minus(got[1], got[0])
	if !slices.Equal(ours, wantOurs) || !slices.Equal(keas, wantKeas) {
		t.Errorf("after\n%s\nonly ours has\n%s\nonly Kea's has\n%s", strings.Join(p.history, "\n"), strings.Join(ours, "\n"), strings.Join(keas, "\n"))
	}
}

func req(remove bool, name, addr string, client byte, mode ncr.Mode) *ncr.Request {
	id := make([]byte, 35)
	id[1], id[2], id[34] = 1, 1, client
	return &ncr.Request{Remove: remove, Forward: true, Reverse: true, Name: name, Addr: netip.MustParseAddr(addr), DHCID: id, Expires: time.Now(), TTL: 1200, Mode: mode}
}

// The same requests leave the same zones. Debian's Kea knows two of the four modes.
func TestZonesAreKeas(t *testing.T) {
	const a, six = "a.example.org.", "2001:db8::1"
	check, no := ncr.CheckWithDHCID, ncr.NoCheckWithDHCID
	for _, c := range []struct {
		name     string
		requests []*ncr.Request
		ours     []string // that Kea's zones lack, on purpose
		keas     []string
	}{
		{name: "a client comes, moves and goes", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(false, a, "10.0.0.2", 1, check), req(true, a, "10.0.0.2", 1, check)}},
		{name: "a client moves and the old address goes: Kea forgets its pointer", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(false, a, "10.0.0.2", 1, check), req(true, a, "10.0.0.1", 1, check)},
			keas: []string{
				"1.0.0.10.in-addr.arpa. 1200 DHCID AAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
				"1.0.0.10.in-addr.arpa. 1200 PTR a.example.org."}},
		{name: "somebody else has the name", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(false, a, "10.0.0.2", 2, check), req(true, a, "10.0.0.1", 2, check)}},
		{name: "both families", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(false, a, six, 1, check)}},
		{name: "one family goes: Kea forgets its pointer", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(false, a, six, 1, check), req(true, a, "10.0.0.1", 1, check)},
			keas: []string{
				"1.0.0.10.in-addr.arpa. 1200 DHCID AAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
				"1.0.0.10.in-addr.arpa. 1200 PTR a.example.org."}},
		{name: "the name changes", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, check), req(true, a, "10.0.0.1", 1, check), req(false, "b.sub.example.org.", "10.0.0.1", 2, check)}},
		{name: "without checks", requests: []*ncr.Request{
			req(false, a, "10.0.0.1", 1, no), req(false, a, "10.0.0.2", 2, no), req(false, a, six, 3, no), req(true, a, "10.0.0.2", 4, no)}},
		{name: "names that match no zone", requests: []*ncr.Request{
			req(false, "a.example.net.", "10.0.0.1", 1, check), req(false, a, "11.0.0.1", 1, check), req(false, "A.SUB.Example.ORG.", "10.0.0.1", 1, check)}},
		{name: "odd names", requests: []*ncr.Request{
			req(false, `x\.y\032z.example.org.`, "10.0.0.1", 1, check), req(false, "_srv._tcp.example.org.", "10.0.0.2", 2, check),
			req(false, strings.Repeat("x", 63)+"."+strings.Repeat("y", 63)+"."+strings.Repeat("z", 63)+".example.org.", "10.0.0.3", 3, check)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPair(t)
			for _, r := range c.requests {
				p.do(t, r)
			}
			p.compare(t, c.ours, c.keas)
		})
	}
}

// Random requests about few clients, names and addresses.
func TestRandomRequests(t *testing.T) {
	seed := uint64(time.Now().UnixNano())
	rng := rand.New(rand.NewPCG(seed, 0))
	t.Logf("seed %d", seed)
	p := newPair(t)
	for n := range 150 {
		mode := ncr.CheckWithDHCID
		if rng.IntN(3) == 0 {
			mode = ncr.NoCheckWithDHCID
		}
		remove := rng.IntN(3) == 0
		client := byte(rng.IntN(3))
		// Removals in both directions stay out of it: there is the known difference.
		r := req(remove, fmt.Sprintf("h%d.example.org.", rng.IntN(4)), fmt.Sprintf("10.0.0.%d", rng.IntN(4)), client, mode)
		if rng.IntN(4) == 0 {
			r.Forward = false
		} else if rng.IntN(4) == 0 || remove {
			r.Reverse = false
		}
		p.do(t, r)
		if n%10 == 9 {
			p.compare(t, nil, nil)
			if t.Failed() {
				return
			}
		}
	}
}

// done waits until a daemon has done more than before.
func done(d *ddns, before int) bool {
	for range 1000 {
		if d.outcomes() > before {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}
