package dhcp6

import (
	"context"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
	"nestor/tests/daemons"
)

// testServer is a server with one socket of the test's own: queries go in as bytes,
// answers come out.
type testServer struct {
	t    testing.TB
	srv  *Server
	sock *fakeSocket
	loop *loop
	now  time.Time
	dir  string
	log  daemons.Output
}

// fakeSocket collects what is sent.
type fakeSocket struct {
	addr  netip.Addr
	name  string
	index int
	sent  []answer
}

// answer is one answer with where it went.
type answer struct {
	t testing.TB
	pkt6.Message
	raw  []byte
	dst  netip.Addr
	port uint16
}

func (f *fakeSocket) Recv([]netio.Datagram6) (int, error) { return 0, net.ErrClosed }
func (f *fakeSocket) Interface() (string, int)            { return f.name, f.index }
func (f *fakeSocket) Addr() [16]byte                      { return f.addr.As16() }
func (f *fakeSocket) Stop()                               {}
func (f *fakeSocket) Close() error                        { return nil }

func (f *fakeSocket) Send(rs []netio.Reply6) error {
	for i := range rs {
		a := answer{raw: append([]byte(nil), rs[i].Payload...), dst: ip6(rs[i].Dst), port: rs[i].DstPort}
		if err := a.Parse(a.raw); err != nil {
			panic(err)
		}
		f.sent = append(f.sent, a)
	}
	return nil
}

// newTestServer starts a server on the configuration, the content of Dhcp6 without
// braces. Its interface is eth0 with fe80::1 unless changed.
func newTestServer(t testing.TB, conf string) *testServer {
	t.Helper()
	ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir()}
	ts.sock = &fakeSocket{addr: netip.MustParseAddr("fe80::1"), name: "eth0", index: 2}
	sys := logging.New("kea-dhcp6")
	sys.SetConsole(&ts.log, &ts.log)
	if err := sys.Configure(nil, false); err != nil {
		t.Fatal(err)
	}
	ts.srv = New(Options{Log: sys, DataDir: ts.dir, LFCProgram: "/bin/true", Clock: func() time.Time { return ts.now }})
	ts.configure(conf)
	ts.loop = newLoop(ts.srv, ts.sock, packetloop.BatchSize)
	t.Cleanup(func() { ts.srv.Close() })
	return ts
}

// serverDUID is the server's identifier in tests.
var serverDUID = []byte{0, 2, 0, 0, 9, 0xbf, 1, 2, 3}

// parse reads a configuration and fails the test if it is bad.
func (ts *testServer) parse(conf string) *config.Dhcp6 {
	ts.t.Helper()
	return parse(ts.t, conf)
}

func parse(t testing.TB, conf string) *config.Dhcp6 {
	t.Helper()
	const id = `"server-id": { "type": "EN", "enterprise-id": 2495, "identifier": "010203", "persist": false }, `
	doc, err := element.ParseWire([]byte(`{"Dhcp6": {` + id + conf + `}}`))
	if err != nil {
		t.Fatalf("configuration: %v", err)
	}
	cfg, _, err := config.LoadDhcp6(doc, config.Options{})
	if err != nil {
		t.Fatalf("configuration: %v", err)
	}
	return cfg
}

// configure puts a configuration in force; the test's socket stays.
func (ts *testServer) configure(conf string) {
	ts.t.Helper()
	if err := ts.srv.Configure(context.Background(), ts.parse(conf)); err != nil {
		ts.t.Fatalf("configure: %v", err)
	}
	// Timers of the configuration would run by the real clock.
	ts.srv.timers.Stop()
}

// from says how a query arrives; zero values stand for a multicast of a client.
type from struct {
	src, dst string
	port     uint16
}

// filled fills in what stands for a multicast.
func (f from) filled() from {
	if f.src == "" {
		f.src = "fe80::99"
	}
	if f.dst == "" {
		f.dst = "ff02::1:2"
	}
	if f.port == 0 {
		f.port = 546
	}
	return f
}

// send gives the server queries in one batch and returns its answers.
func (ts *testServer) send(f from, raw ...[]byte) []answer {
	ts.t.Helper()
	f = f.filled()
	ds := make([]netio.Datagram6, len(raw))
	for i, b := range raw {
		ds[i] = netio.Datagram6{
			Payload: b, Src: ip(f.src), Dst: ip(f.dst), SrcPort: f.port, IfIndex: ts.sock.index,
		}
	}
	ts.sock.sent = nil
	ts.loop.Turn(ds)
	return ts.sock.sent
}

// one sends one query and expects at most one answer, nil for none.
func (ts *testServer) one(raw []byte) *answer { return ts.from(from{}, raw) }

func (ts *testServer) from(f from, raw []byte) *answer {
	ts.t.Helper()
	switch rs := ts.send(f, raw); len(rs) {
	case 0:
		return nil
	case 1:
		rs[0].t = ts.t
		return &rs[0]
	default:
		ts.t.Fatalf("%d answers to one query", len(rs))
		return nil
	}
}

// ip reads an address as the bytes that the server works with.
func ip(a string) [16]byte { return netip.MustParseAddr(a).As16() }

// duidOf is the identifier of client n: DUID-LL of 02:00:00:00:00:n.
func duidOf(n byte) []byte { return []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, n} }

// opt makes an option.
func opt(code uint16, content ...byte) []byte { return pkt6.AppendOption(nil, code, content) }

// query makes a message of client n.
func query(typ byte, n byte, options ...[]byte) []byte {
	b := append([]byte{typ, 1, 2, n}, opt(pkt6.OptClientID, duidOf(n)...)...)
	switch typ {
	case pkt6.MsgRequest, pkt6.MsgRenew, pkt6.MsgRelease, pkt6.MsgDecline:
		b = append(b, opt(pkt6.OptServerID, serverDUID...)...)
	}
	for _, o := range options {
		b = append(b, o...)
	}
	return b
}

// na and pd make identity associations; leases are texts such as 2001:db8::1, or
// 2001:db8:8000::/56 with lifetimes 0.
func na(iaid byte, leases ...string) []byte { return ia(pkt6.OptIANA, iaid, leases...) }
func pd(iaid byte, leases ...string) []byte { return ia(pkt6.OptIAPD, iaid, leases...) }

func ia(code uint16, iaid byte, leases ...string) []byte {
	var inside []byte
	for _, text := range leases {
		inside = pkt6.AppendLease(inside, code, leaseOf(text))
	}
	return opt(code, pkt6.AppendIA(nil, &pkt6.IA{Code: code, IAID: uint32(iaid), Options: inside})...)
}

// timed is an IA with one lease that has lifetimes.
func timed(code uint16, iaid byte, text string, preferred, valid uint32) []byte {
	l := leaseOf(text)
	l.Preferred, l.Valid = preferred, valid
	inside := pkt6.AppendLease(nil, code, l)
	return opt(code, pkt6.AppendIA(nil, &pkt6.IA{Code: code, IAID: uint32(iaid), Options: inside})...)
}

func leaseOf(text string) *pkt6.Lease {
	if p, err := netip.ParsePrefix(text); err == nil {
		return &pkt6.Lease{Addr: p.Addr().As16(), Len: byte(p.Bits())}
	}
	return &pkt6.Lease{Addr: ip(text), Len: 128}
}

// oro asks for options.
func oro(codes ...uint16) []byte {
	var b []byte
	for _, c := range codes {
		b = append(b, byte(c>>8), byte(c))
	}
	return opt(pkt6.OptOptionRequest, b...)
}

// relay puts a relay around a message.
func relay(link string, inner []byte, options ...[]byte) []byte {
	return relayFrom(link, "fe80::99", inner, options...)
}

func relayFrom(link, peer string, inner []byte, options ...[]byte) []byte {
	b := []byte{pkt6.MsgRelayForward, 0}
	a, p := ip(link), ip(peer)
	b = append(append(b, a[:]...), p[:]...)
	for _, o := range options {
		b = append(b, o...)
	}
	return pkt6.AppendOption(b, pkt6.OptRelayMessage, inner)
}

// given lists what an answer says about leases: "na1 2001:db8::1 4500/7200", or a
// status as "na1 status 2".
func (a *answer) given() string {
	if a == nil {
		return "no answer"
	}
	var out []string
	for ia := range a.IAs() {
		kind := "na"
		if ia.Code == pkt6.OptIAPD {
			kind = "pd"
		}
		out = append(out, givenIn(kind, &ia)...)
	}
	return strings.Join(out, ", ")
}

func givenIn(kind string, ia *pkt6.IA) (out []string) {
	head := kind + itoa(ia.IAID) + " "
	for l := range ia.Leases() {
		text := ip6(l.Addr).String()
		if ia.Code == pkt6.OptIAPD {
			text += "/" + itoa(uint32(l.Len))
		}
		out = append(out, head+text+" "+itoa(l.Preferred)+"/"+itoa(l.Valid))
	}
	if s, ok := ia.Options.Find(pkt6.OptStatusCode); ok {
		out = append(out, head+"status "+itoa(uint32(s[1])))
	}
	return out
}

func itoa(n uint32) string {
	if n == 0 {
		return "0"
	}
	var b []byte
	for ; n > 0; n /= 10 {
		b = append([]byte{byte('0' + n%10)}, b...)
	}
	return string(b)
}

// tees are T1 and T2 of the first IA.
func (a *answer) tees() (t1, t2 uint32) {
	for ia := range a.IAs() {
		return ia.T1, ia.T2
	}
	a.t.Fatal("the answer has no IA")
	return 0, 0
}

// statusOf is the status of the message, -1 for none.
func (a *answer) statusOf() int {
	s := a.Option(pkt6.OptStatusCode)
	if len(s) < 2 {
		return -1
	}
	return int(s[1])
}

// codes are the options of the answer in order.
func (a *answer) codes() (codes []uint16) {
	for code := range a.Options().All() {
		codes = append(codes, code)
	}
	return codes
}

// expect checks what an answer gives.
func (ts *testServer) expect(a *answer, want string) {
	ts.t.Helper()
	if got := a.given(); got != want {
		ts.t.Errorf("got  %s\nwant %s\n%s", got, want, ts.log.String())
	}
}

// lease runs SOLICIT and REQUEST for a client, with what it gets, and returns the
// REPLY.
func (ts *testServer) lease(n byte, options ...[]byte) *answer {
	ts.t.Helper()
	offer := ts.one(query(pkt6.MsgSolicit, n, options...))
	if offer == nil || offer.Type() != pkt6.MsgAdvertise {
		ts.t.Fatalf("client %d: no ADVERTISE\n%s", n, ts.log.String())
	}
	var ias [][]byte
	for code, content := range offer.Options().All() {
		if code == pkt6.OptIANA || code == pkt6.OptIAPD {
			ias = append(ias, pkt6.AppendOption(nil, code, content))
		}
	}
	for _, o := range options {
		if o[1] != pkt6.OptIANA && o[1] != pkt6.OptIAPD {
			ias = append(ias, o)
		}
	}
	reply := ts.one(query(pkt6.MsgRequest, n, ias...))
	if reply == nil || reply.Type() != pkt6.MsgReply {
		ts.t.Fatalf("client %d: no REPLY\n%s", n, ts.log.String())
	}
	return reply
}

// stored returns the lease of an address or prefix, nil if there is none. Its slices
// are copies.
func (ts *testServer) stored(a string) *lease.Lease6 {
	tx := ts.srv.state.Load().leases.Begin6()
	defer tx.Rollback()
	var l lease.Lease6
	if !tx.Get6(ip(a), &l) {
		return nil
	}
	l.DUID, l.HWAddr = append([]byte(nil), l.DUID...), append([]byte(nil), l.HWAddr...)
	l.Hostname, l.UserContext = append([]byte(nil), l.Hostname...), append([]byte(nil), l.UserContext...)
	return &l
}

// stat returns the value of a statistic.
func (ts *testServer) stat(name string) int64 { return ts.srv.Statistics().Lazy(name).Value() }

// rows returns the rows of the lease file without its header.
func (ts *testServer) rows() []string {
	b, err := os.ReadFile(filepath.Join(ts.dir, "kea-leases6.csv"))
	if err != nil {
		ts.t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")[1:]
}

// pass lets time go by.
func (ts *testServer) pass(d time.Duration) { ts.now = ts.now.Add(d) }

// plain is a subnet on the test's interface with a pool of addresses and one of
// prefixes.
const plain = `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0",
	"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ],
	"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ] } ]`

// subnetWith is a subnet on the test's interface with the given parameters.
func subnetWith(more string) string {
	return `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", ` + more + ` } ]`
}
