package dhcp6

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/explaintest"
	"nestor/lib/lease"
	"nestor/lib/packetinput"
	"nestor/lib/pkt6"
)

// arrivesAt is how queries reach the test's socket.
func (ts *testServer) arrivesAt() *arrival {
	return &arrival{ask.Arrival{Interface: ts.sock.name, Index: ts.sock.index, Addr: ts.sock.addr}}
}

// explain tells what the server would do with a query that arrives as f says, and
// fails the test if anything changes by it.
func (ts *testServer) explain(t rapid.TB, f from, raw []byte) *explanation {
	t.Helper()
	f = f.filled()
	p := packetinput.Packet{
		Payload: raw, Src: netip.AddrPortFrom(netip.MustParseAddr(f.src), f.port),
		Dst: netip.AddrPortFrom(netip.MustParseAddr(f.dst), 547),
	}
	before := ts.condition()
	e, err := ts.srv.explain(p, ts.arrivesAt())
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
	Leases     []lease.Lease6
	Statistics map[string]float64
	File, Log  string
}

func (ts *testServer) condition() condition {
	c := condition{Statistics: map[string]float64{}, Log: ts.log.String()}
	_ = ts.srv.state.Load().leases.Leases6(lease.Query6{}, func(l *lease.Lease6) bool {
		c.Leases = append(c.Leases, l.Clone())
		return true
	})
	for name, value := range ts.srv.Statistics().Values() {
		c.Statistics[name] = value
	}
	b, err := os.ReadFile(filepath.Join(ts.dir, "kea-leases6.csv"))
	if err != nil {
		ts.t.Fatal(err)
	}
	c.File = string(b)
	return c
}

// hold explains a query, sends it, and fails the test if the server does not do what
// was explained.
func (ts *testServer) hold(t rapid.TB, f from, raw []byte) {
	t.Helper()
	e := ts.explain(t, f, raw)
	leases := ts.condition().Leases
	answers := ts.send(f, raw)
	if e.answered != (len(answers) == 1) {
		t.Fatalf("explained an answer: %t, %d came\n%s", e.answered, len(answers), e.shown().Text())
	}
	for _, a := range answers {
		got := []string{fmt.Sprintf("%x", a.raw), fmt.Sprint(a.dst), fmt.Sprint(a.port)}
		want := []string{fmt.Sprintf("%x", e.reply.Payload), fmt.Sprint(ip6(e.reply.Dst)), fmt.Sprint(e.reply.DstPort)}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("the server does not answer as was explained (- explained, + sent):\n%s\n%s", d, e.shown().Text())
		}
	}
	want := map[[16]byte]lease.Lease6{}
	for _, l := range leases {
		want[l.Addr] = l
	}
	for _, c := range e.changes {
		delete(want, c.Lease.Addr)
		if !c.Deleted {
			want[c.Lease.Addr] = c.Lease
		}
	}
	got := map[[16]byte]lease.Lease6{}
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
	for i, raw := range hostileSeeds() {
		for _, f := range []from{{}, {src: "2001:db8:1::10", dst: "2001:db8:1::1"}, {src: "::"}} {
			t.Run(fmt.Sprintf("message %d from %s", i, f.src), func(t *testing.T) {
				ts := newTestServer(t, fuzzNetwork)
				ts.hold(t, f, raw)
				ts.hold(t, f, raw)
			})
		}
	}
	t.Run("no message", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.hold(t, from{}, nil)
		ts.hold(t, from{}, []byte{1, 2, 3})
		ts.hold(t, from{}, make([]byte, 240))
		ts.hold(t, from{}, []byte{pkt6.MsgRelayForward, 0, 1})
		ts.hold(t, from{}, relay("2001:db8:1::1", nil))
	})
}

// drawConf makes a configuration of the things that decide about leases.
func drawConf(t *rapid.T) string {
	flag := func(name string) string { return fmt.Sprintf(`"%s": %t`, name, rapid.Bool().Draw(t, name)) }
	pick := func(name string, values ...string) string { return rapid.SampledFrom(values).Draw(t, name) }
	var subnets []string
	rapidCommit := pick("rapid", "", `, "rapid-commit": true`) // a network wants one value
	for i := 1; i <= 3; i++ {
		subnets = append(subnets, fmt.Sprintf(`{ "id": %[1]d, "subnet": "2001:db8:%[1]d::/64", "allocator": "%[2]s", "pd-allocator": "%[3]s", %[4]s, %[5]s, %[6]s %[7]s %[8]s,
			"option-data": [ { "name": "dns-servers", "data": "2001:db8:%[1]d::53" %[9]s } ],
			"pools": [ { "pool": "2001:db8:%[1]d::10-2001:db8:%[1]d::1%[10]d" %[11]s }, { "pool": "2001:db8:%[1]d::20-2001:db8:%[1]d::21", "option-data": [ { "code": 24, "data": "pool.example" } ] } ],
			"pd-pools": [ { "prefix": "2001:db8:%[1]d000::", "prefix-len": 54, "delegated-len": 56 }, { "prefix": "2001:db8:%[1]d100::", "prefix-len": 62, "delegated-len": %[12]s %[13]s } ],
			"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:01", "ip-addresses": [ "2001:db8:%[1]d::%[14]s" ], "prefixes": [ "2001:db8:%[1]d000:100::/56" ], "hostname": "h%[1]d", "client-classes": [ "special" ] },
				{ "hw-address": "02:00:00:00:00:02", "ip-addresses": [ "2001:db8:%[1]d::11", "2001:db8:%[1]d::78" ], "option-data": [ { "code": 24, "data": "reserved.example" } ] } ] }`,
			i, pick("allocator", "iterative", "random"), pick("pd-allocator", "iterative", "random", "flq"),
			flag("reservations-in-subnet"), flag("reservations-out-of-pool"), flag("reservations-global"),
			pick("guard", "", "", `, "client-classes": [ "special" ]`), rapidCommit,
			pick("never", "", `, "never-send": true`, `, "always-send": true`),
			rapid.IntRange(0, 4).Draw(t, "last"), pick("pool guard", "", `, "client-classes": [ "docsis" ]`),
			pick("length", "62", "64"), pick("prefix guard", "", `, "client-classes": [ "docsis" ]`), pick("reserved", "12", "77")))
	}
	networks := strings.Join(subnets, ",")
	if rapid.Bool().Draw(t, "shared") {
		networks = fmt.Sprintf(`"shared-networks": [ { "name": "n", "interface": "eth0", "valid-lifetime": 500, "subnet6": [ %s ] } ], "subnet6": [ ]`, networks)
	} else {
		networks = fmt.Sprintf(`"subnet6": [ %s ]`, strings.Replace(networks, `"id": 1,`, `"id": 1, "interface": "eth0",`, 1))
	}
	return fmt.Sprintf(`"valid-lifetime": 600, "max-valid-lifetime": 900, "preferred-lifetime": %s, "calculate-tee-times": %t, %s,
		"cache-threshold": %s, "lease-database": { "type": "memfile", "lfc-interval": 0 }, "store-extended-info": true, "relay-supplied-options": [ "65", "94" ],
		"ddns-replace-client-name": "%s", "ddns-qualifying-suffix": "example.org", "expired-leases-processing": { "hold-reclaimed-time": %s },
		"reservations": [ { "duid": "00:03:00:01:02:00:00:00:00:03", "ip-addresses": [ "2001:db8:1::%s" ], "client-classes": [ "special" ], "hostname": "global" } ],
		"client-classes": [ { "name": "docsis", "test": "substring(option[16].hex,6,6) == 'docsis'", "valid-lifetime": 300, "preferred-lifetime": 200 },
			{ "name": "special", "test": "option[1].hex == 0x00030001020000000004" }, { "name": "late", "test": "member('KNOWN')", "option-data": [ { "code": 24, "data": "known.example" } ] } ],
		"option-data": [ { "name": "dns-servers", "data": "2001:db8::53" }, { "name": "vendor-opts", "data": "4491" }, { "space": "vendor-4491", "code": 32, "data": "2001:db8::32", "csv-format": true } ], %s`,
		pick("preferred", "400", "0", "1000"), rapid.Bool().Draw(t, "tees"), flag("early-global-reservations-lookup"), pick("cache", "0.0", "0.5"),
		pick("replace", "never", "always", "when-not-present"), pick("hold", "0", "3600"), pick("global", "5", "13"), networks)
}

// drawQuery makes a query of one of few clients about some of few addresses and
// prefixes.
func drawQuery(t *rapid.T) (from, []byte) {
	typ := rapid.SampledFrom([]byte{
		pkt6.MsgSolicit, pkt6.MsgSolicit, pkt6.MsgRequest, pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRenew, pkt6.MsgRebind,
		pkt6.MsgRelease, pkt6.MsgDecline, pkt6.MsgConfirm, pkt6.MsgInformationRequest, pkt6.MsgAddrRegInform,
	}).Draw(t, "type")
	address := func() string {
		return fmt.Sprintf("2001:db8:%d::", rapid.IntRange(1, 3).Draw(t, "subnet")) +
			rapid.SampledFrom([]string{"10", "11", "12", "13", "20", "21", "77", "200"}).Draw(t, "host")
	}
	prefix := func() string {
		return fmt.Sprintf("2001:db8:%d", rapid.IntRange(1, 3).Draw(t, "subnet")) +
			rapid.SampledFrom([]string{"000::/56", "000:100::/56", "000:200::/56", "100::/62", "100::/64", "100:4::/62"}).Draw(t, "prefix")
	}
	var options [][]byte
	maybe := func(name string, option func() []byte) {
		if rapid.Bool().Draw(t, name) {
			options = append(options, option())
		}
	}
	for range rapid.IntRange(0, 3).Draw(t, "associations") {
		code, named := uint16(pkt6.OptIANA), address
		if rapid.Bool().Draw(t, "prefixes") {
			code, named = pkt6.OptIAPD, prefix
		}
		var leases []string
		for range rapid.IntRange(0, 2).Draw(t, "named") {
			leases = append(leases, named())
		}
		options = append(options, ia(code, rapid.ByteRange(1, 2).Draw(t, "iaid"), leases...))
	}
	maybe("requests", func() []byte { return oro(23, 24, 17, 39, 65, 300) })
	maybe("rapid", func() []byte { return opt(pkt6.OptRapidCommit) })
	maybe("vendor", func() []byte {
		return opt(pkt6.OptVendorClass, append([]byte{0, 0, 0x11, 0x8b, 0, 7}, "docsis3"...)...)
	})
	maybe("named", func() []byte { return opt(pkt6.OptFQDN, 1, 4, 'H', 'o', 's', 't') })
	var f from
	if typ == pkt6.MsgAddrRegInform {
		f.src = address()
		a := ip(f.src)
		options = append(options, opt(pkt6.OptIAAddr, append(a[:], 0, 0, 1, 0, 0, 0, 2, 0)...))
	}
	raw := query(typ, rapid.ByteRange(1, 5).Draw(t, "client"), options...)
	if rapid.IntRange(0, 2).Draw(t, "way") == 0 {
		link := rapid.SampledFrom([]string{"2001:db8:1::2", "2001:db8:2::2", "2001:db8:3::2", "2001:db8:9::2", "::"}).Draw(t, "link")
		peer := "fe80::99"
		if f.src != "" {
			peer = f.src
		}
		raw = relayFrom(link, peer, raw, opt(pkt6.OptInterfaceID, 'p'), opt(pkt6.OptRSOO, opt(65, 1, 'x', 0)...))
		f = from{src: "2001:db8:9::1", dst: "2001:db8:9::2", port: 547}
	}
	return f, raw
}

// TestExplainForesees holds explanations to what the server then does, byte for byte,
// for random configurations and queries.
func TestExplainForesees(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		ts := newTestServer(t, drawConf(rt))
		defer ts.srv.Close()
		for range rapid.IntRange(1, 25).Draw(rt, "queries") {
			f, raw := drawQuery(rt)
			ts.hold(rt, f, raw)
			ts.pass(time.Duration(rapid.SampledFrom([]int{0, 1, 30, 400, 1000}).Draw(rt, "seconds")) * time.Second)
		}
	})
}

// TestExplainWhileServing explains queries while others are served.
func TestExplainWhileServing(t *testing.T) {
	ts := newTestServer(t, fuzzNetwork)
	raw := query(pkt6.MsgSolicit, 1, na(1), pd(1))
	at := ts.arrivesAt()
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
		ts.one(query(pkt6.MsgRequest, n, na(1), pd(1)))
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
}

// TestExplainHostileTexts keeps what clients send from the terminal of who reads it.
func TestExplainHostileTexts(t *testing.T) {
	ts := newTestServer(t, plain)
	e := ts.explain(t, from{}, query(pkt6.MsgSolicit, 1, na(1), opt(pkt6.OptVendorClass, append([]byte{0, 0, 0, 1, 0, 5}, "a\x1b[2J"...)...),
		opt(pkt6.OptFQDN, append([]byte{1, 3}, "c\nd"...)...)))
	for _, text := range []string{e.shown().Text(), e.shown().Element().String()} {
		if strings.Contains(text, "\x1b") || strings.Contains(text, "c\nd") {
			t.Errorf("a client's bytes stand in %q", text)
		}
	}
}

// FuzzExplain asks for explanations of whatever people may write. The answer is an
// explanation or an error that says what is wrong, and nothing changes.
func FuzzExplain(f *testing.F) {
	for _, text := range []string{
		"solicit client-id=00030001020000000001 ia-na=1,2001:db8:1::10 ia-pd=2,2001:db8:8000::/60 oro=7,17,67 rapid-commit fqdn=Host.example.org.",
		"addr-reg-inform client-id=00030001020000000001 address=2001:db8:1::99", "renew relay=fe80::1,2001:db8:1::1 interface-id=port relay=fe80::2,::",
		"solicit option[16]=0x0000118b00076400 option[vendor-opts]=4491 src=[fe80::1]:546 dst=ff02::1:2 iface=eth0 xid=0xffffff", "", "=", "solicit ia-na=",
	} {
		f.Add(text, "eth0/fe80::1", "fe80::7")
	}
	for _, raw := range hostileSeeds() {
		f.Add(fmt.Sprintf("%x", raw), "eth0/fe80::1", "")
	}
	ts := newTestServer(f, fuzzNetwork)
	before := ts.condition()
	f.Fuzz(func(t *testing.T, packet, iface, source string) {
		args := element.NewMap().Add("packet", element.NewString(packet)).Add("interface", element.NewString(iface)).Add("source", element.NewString(source))
		a := ask.V6.Answer(explainer{ts.srv}, args)
		switch {
		case a.Text == "":
			t.Fatal("an answer without a text")
		case a.Result == control.Success && a.Args.Get("steps") == nil:
			t.Fatalf("an explanation without steps: %s", a.Args)
		case a.Result == control.Success:
			if d := cmp.Diff(before, ts.condition()); d != "" {
				t.Fatalf("the explanation changed the server: %s", d)
			}
		}
	})
}
