package dhcp4

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"pgregory.net/rapid"

	"nestor/lib/explain/explaintest"
	"nestor/lib/lease"
	"nestor/lib/packetinput"
)

// explain tells what the server would do with a query that arrives as f says, and
// fails the test if anything changes by it.
func (ts *testServer) explain(t rapid.TB, f from, raw []byte) *explanation {
	t.Helper()
	if f.dst == 0 {
		f.dst = broadcastAddr
	}
	if f.port == 0 {
		f.port = 68
	}
	p := packetinput.Packet{
		Payload: raw, Src: netip.AddrPortFrom(ip4(f.src), f.port), Dst: netip.AddrPortFrom(ip4(f.dst), 67),
		SrcMAC: f.mac,
	}
	at := &arrival{arrivalBy(ts.sock.name, ts.sock.index, ts.sock.addr)}
	before := ts.condition()
	e, err := ts.srv.explain(p, at)
	if err != nil {
		t.Fatalf("explain: %v", err)
	}
	if d := cmp.Diff(before, ts.condition()); d != "" {
		t.Fatalf("the explanation changed the server (- before, + after):\n%s", d)
	}
	return e
}

// condition is all that queries change.
type condition struct {
	Leases     []lease.Lease4
	Statistics map[string]float64
	File, Log  string
}

func (ts *testServer) condition() condition {
	c := condition{Statistics: map[string]float64{}, Log: ts.log.String()}
	_ = ts.srv.state.Load().leases.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		c.Leases = append(c.Leases, l.Clone())
		return true
	})
	for name, value := range ts.srv.Statistics().Values() {
		c.Statistics[name] = value
	}
	if ts.files == nil {
		b, err := os.ReadFile(filepath.Join(ts.dir, "kea-leases4.csv"))
		if err != nil {
			ts.t.Fatal(err)
		}
		c.File = string(b)
	}
	return c
}

// hold explains a query, sends it, and fails the test if the server does not do what
// was explained.
func (ts *testServer) hold(t rapid.TB, f from, raw []byte) {
	t.Helper()
	e := ts.explain(t, f, raw)
	leases := ts.condition().Leases
	answers := ts.sendRaw(f, raw)
	if e.answered != (len(answers) == 1) {
		t.Fatalf("explained an answer: %t, %d came\n%s", e.answered, len(answers), e.shown().Text())
	}
	for _, a := range answers {
		got := []string{fmt.Sprintf("%x", a.raw), fmt.Sprint(ip4(a.dst)), fmt.Sprint(a.dstPort), fmt.Sprint(a.dstMAC)}
		want := []string{fmt.Sprintf("%x", e.reply.Payload), fmt.Sprint(ip4(e.reply.Dst)), fmt.Sprint(e.reply.DstPort), hexText(e.reply.DstMAC[:])}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("the server does not answer as was explained (- explained, + sent):\n%s\n%s", d, e.shown().Text())
		}
	}
	want := map[uint32]lease.Lease4{}
	for _, l := range leases {
		want[l.Addr] = l
	}
	for _, c := range e.changes {
		delete(want, c.Lease.Addr)
		if !c.Deleted {
			want[c.Lease.Addr] = c.Lease
		}
	}
	got := map[uint32]lease.Lease4{}
	for _, l := range ts.condition().Leases {
		got[l.Addr] = l
	}
	if d := cmp.Diff(want, got, equalEmpty); d != "" {
		t.Fatalf("the server does not store what was explained (- explained, + stored):\n%s\n%s", d, e.shown().Text())
	}
	explaintest.Sentences(t, e.shown())
}

var equalEmpty = cmp.Comparer(func(a, b []byte) bool { return string(a) == string(b) })

// TestExplainHostile holds the explanation of messages of every kind to what the
// server does with them.
func TestExplainHostile(t *testing.T) {
	for i, m := range hostileSeeds() {
		for how := range byte(8) {
			t.Run(fmt.Sprintf("message %d, way %d", i, how), func(t *testing.T) {
				ts := newTestServer(t, strings.ReplaceAll(hostileConf, "/leases/l.csv", "kea-leases4.csv"))
				ts.hold(t, senderOf(how), m.ToBytes())
				ts.hold(t, senderOf(how), m.ToBytes())
			})
		}
	}
	t.Run("no message", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.hold(t, from{}, []byte{1, 2, 3})
		ts.hold(t, from{}, make([]byte, 240))
	})
}

// drawConf makes a configuration of the things that decide about addresses.
func drawConf(t *rapid.T) string {
	flag := func(name string) string { return fmt.Sprintf(`"%s": %t`, name, rapid.Bool().Draw(t, name)) }
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	var subnets []string
	for i, net := range []string{"192.0.2", "198.51.100", "203.0.113"} {
		subnets = append(subnets, fmt.Sprintf(`{ "id": %d, "subnet": "%s.0/24", %s, "allocator": "%s",
			%s, %s, %s, "option-data": [ { "name": "routers", "data": "%s.1" %s } ] %s,
			"pools": [ { "pool": "%s.10-%s.1%d" %s }, { "pool": "%s.20-%s.21", "option-data": [ { "code": 6, "data": "192.0.2.54" } ] } ],
			"reservations": [ { "hw-address": "02:00:00:00:00:01", "ip-address": "%s.%s", "hostname": "h%d", "client-classes": [ "special" ] },
				{ "client-id": "0102", "ip-address": "%s.11", "option-data": [ { "code": 15, "data": "reserved.example" } ] } ] }`,
			i+1, net, flag("match-client-id"), pick("allocator", "iterative", "random", "flq"),
			flag("reservations-in-subnet"), flag("reservations-out-of-pool"), flag("reservations-global"),
			net, pick("never", "", `, "never-send": true`, `, "always-send": true`), pick("guard", "", "", `, "client-classes": [ "special" ]`),
			net, net, rapid.IntRange(0, 4).Draw(t, "last"), pick("pool guard", "", `, "client-classes": [ "docsis" ]`),
			net, net, net, pick("reserved", "12", "77"), i, net))
	}
	networks := strings.Join(subnets, ",")
	if rapid.Bool().Draw(t, "shared") {
		networks = fmt.Sprintf(`"shared-networks": [ { "name": "n", "valid-lifetime": 500, "subnet4": [ %s ] } ], "subnet4": [ ]`, networks)
	} else {
		networks = fmt.Sprintf(`"subnet4": [ %s ]`, networks)
	}
	return fmt.Sprintf(`"valid-lifetime": 600, "max-valid-lifetime": 900, %s, "offer-lifetime": %s, %s, "calculate-tee-times": true,
		"cache-threshold": %s, "lease-database": { "type": "memfile", "lfc-interval": 0 }, %s, %s, "stash-agent-options": true, "store-extended-info": true,
		"ddns-replace-client-name": "%s", "ddns-qualifying-suffix": "example.org", "expired-leases-processing": { "hold-reclaimed-time": %s },
		"reservations": [ { "hw-address": "02:00:00:00:00:03", "client-classes": [ "special" ], "hostname": "global" } ],
		"client-classes": [ { "name": "docsis", "test": "substring(option[60].hex,0,6) == 'docsis'", "valid-lifetime": 300, "next-server": "192.0.2.7" },
			{ "name": "special", "test": "pkt4.mac == 0x020000000002" }, { "name": "late", "test": "member('KNOWN')", "option-data": [ { "code": 15, "data": "known.example" } ] } ],
		"option-data": [ { "code": 6, "data": "192.0.2.53" } ], %s`,
		flag("authoritative"), pick("offer-lifetime", "0", "60"), flag("match-client-id"), pick("cache", "0.0", "0.5"),
		flag("echo-client-id"), flag("early-global-reservations-lookup"), pick("replace", "never", "always", "when-not-present"),
		pick("hold", "0", "3600"), networks)
}

// drawQuery makes a query of one of few clients about one of few addresses.
func drawQuery(t *rapid.T) (from, []byte) {
	addr := func(name string) string {
		return rapid.SampledFrom([]string{"192.0.2", "198.51.100", "203.0.113"}).Draw(t, name) + "." +
			rapid.SampledFrom([]string{"10", "11", "12", "13", "20", "21", "77", "200"}).Draw(t, name)
	}
	typ := rapid.SampledFrom([]dhcpv4.MessageType{discoverMsg, discoverMsg, requestMsg, requestMsg, requestMsg, releaseMsg, declineMsg, informMsg}).Draw(t, "type")
	var mods []dhcpv4.Modifier
	maybe := func(name string, m func() dhcpv4.Modifier) {
		if rapid.Bool().Draw(t, name) {
			mods = append(mods, m())
		}
	}
	var f from
	maybe("requests", func() dhcpv4.Modifier { return requested(addr("requested")) })
	maybe("server id", func() dhcpv4.Modifier { return serverID("192.0.2.1") })
	maybe("has id", func() dhcpv4.Modifier { return clientID(1, rapid.ByteRange(1, 3).Draw(t, "id")) })
	maybe("list", func() dhcpv4.Modifier { return prl(1, 3, 6, 12, 15, 44, 51, 58) })
	maybe("vendor", func() dhcpv4.Modifier { return opt(60, []byte("docsis3")...) })
	maybe("named", func() dhcpv4.Modifier { return opt(12, []byte("My Host")...) })
	maybe("broadcast", func() dhcpv4.Modifier { return dhcpv4.WithBroadcast(true) })
	switch rapid.IntRange(0, 3).Draw(t, "way") {
	case 1:
		a := addr("ciaddr")
		mods = append(mods, ciaddr(a))
		f = from{src: ip(a), dst: ip("192.0.2.1")}
	case 2:
		a := rapid.SampledFrom([]string{"192.0.2.2", "198.51.100.2", "203.0.113.2", "10.0.0.1"}).Draw(t, "giaddr")
		mods = append(mods, giaddr(a), opt(82, 1, 2, 'p', '1'))
		f = from{src: ip(a), dst: ip("192.0.2.1"), port: 67}
	}
	return f, query(typ, rapid.ByteRange(1, 6).Draw(t, "client"), mods...).ToBytes()
}

// TestExplainForesees holds explanations to what the server then does, byte for byte,
// for random configurations and queries.
func TestExplainForesees(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ts := newTestServer(t, drawConf(rt))
		for range rapid.IntRange(1, 25).Draw(rt, "queries") {
			f, raw := drawQuery(rt)
			ts.hold(rt, f, raw)
			ts.pass(time.Duration(rapid.SampledFrom([]int{0, 1, 30, 400, 1000}).Draw(rt, "seconds")) * time.Second)
		}
		ts.srv.Close()
	})
}

// TestExplainWhileServing explains queries while others are served.
func TestExplainWhileServing(t *testing.T) {
	ts := newTestServer(t, guardedConf)
	raw := query(discoverMsg, 1, opt(60, 'x')).ToBytes()
	at := &arrival{arrivalBy(ts.sock.name, ts.sock.index, ts.sock.addr)}
	done := make(chan error)
	go func() {
		defer close(done)
		for range 50 {
			if _, err := ts.srv.explain(packetinput.Packet{Payload: raw}, at); err != nil {
				done <- err
				return
			}
		}
	}()
	for n := range byte(50) {
		ts.one(from{}, query(requestMsg, n, opt(60, 'x'), requested("192.0.2.10"), serverID("192.0.2.1")))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestExplainHostileTexts keeps what clients send from the terminal of who reads it.
func TestExplainHostileTexts(t *testing.T) {
	ts := newTestServer(t, plain)
	e := ts.explain(t, from{}, query(discoverMsg, 1, opt(60, []byte("a\x1b[2Jb")...), opt(12, []byte("c\nd")...)).ToBytes())
	for _, text := range []string{e.shown().Text(), e.shown().Element().String()} {
		if strings.Contains(text, "\x1b") || strings.Contains(text, "c\nd") {
			t.Errorf("a client's bytes stand in %q", text)
		}
	}
}
