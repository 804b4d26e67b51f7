package dhcp4

import (
	"context"
	"encoding/binary"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/tests/daemons"
)

// bench is a server with one socket of the test's own: queries go in as bytes,
// answers come out as messages of a codec that is not ours.
type testServer struct {
	t    *testing.T
	srv  *Server
	sock *fakeSocket
	loop *loop
	now  time.Time
	dir  string
	log  daemons.Output
	// files is where leases are kept, nil: in dir.
	files leasefile.FS
	// failed is told when the server cannot go on.
	failed func(error)
}

// fakeSocket collects what is sent.
type fakeSocket struct {
	addr  uint32
	name  string
	index int
	sent  []sentReply
	fail  error

	waiting []netio.Datagram4 // queries that are not received yet
	piece   int               // how many are received at once; 0: all
	buffer  []byte            // of those received last
}

// sentReply is one answer with where it went.
type sentReply struct {
	*dhcpv4.DHCPv4
	raw     []byte
	dst     uint32
	dstPort uint16
	dstMAC  net.HardwareAddr
}

func (f *fakeSocket) Recv([]netio.Datagram4) (int, error) { return 0, net.ErrClosed }

// Poll receives queries into a buffer that it uses again each time, as sockets do.
func (f *fakeSocket) Poll(ds []netio.Datagram4) (int, error) {
	n := min(len(ds), len(f.waiting))
	if f.piece > 0 {
		n = min(n, f.piece)
	}
	clear(f.buffer)
	f.buffer = f.buffer[:0]
	for _, d := range f.waiting[:n] {
		f.buffer = append(f.buffer, d.Payload...)
	}
	at := 0
	for i, d := range f.waiting[:n] {
		ds[i] = d
		ds[i].Payload = f.buffer[at : at+len(d.Payload)]
		at += len(d.Payload)
	}
	f.waiting = f.waiting[n:]
	return n, nil
}

func (f *fakeSocket) Interface() (string, int) { return f.name, f.index }
func (f *fakeSocket) Addr() uint32             { return f.addr }
func (f *fakeSocket) Stop()                    {}
func (f *fakeSocket) Close() error             { return nil }

func (f *fakeSocket) Send(rs []netio.Reply4) error {
	for i := range rs {
		if f.fail != nil {
			rs[i].Err = f.fail
			continue
		}
		raw := append([]byte(nil), rs[i].Payload...)
		m, err := dhcpv4.FromBytes(raw)
		if err != nil {
			panic(err)
		}
		mac := rs[i].DstMAC
		f.sent = append(f.sent, sentReply{m, raw, rs[i].Dst, rs[i].DstPort, mac[:]})
	}
	return nil
}

// newTestServer starts a server on the configuration, the content of Dhcp4
// without braces. Its interface is eth0 with 192.0.2.1 unless changed.
func newTestServer(t *testing.T, conf string) *testServer {
	t.Helper()
	ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir()}
	ts.sock = &fakeSocket{addr: 0xc0000201, name: "eth0", index: 2}
	ts.start(conf)
	t.Cleanup(func() { ts.srv.Close() })
	return ts
}

func (ts *testServer) start(conf string) {
	ts.t.Helper()
	sys := logging.New("kea-dhcp4")
	sys.SetConsole(&ts.log, &ts.log)
	if err := sys.Configure(nil, false); err != nil {
		ts.t.Fatal(err)
	}
	ts.srv = New(Options{
		Log: sys, DataDir: ts.dir, LeaseFiles: ts.files, LFCProgram: "/bin/true", Clock: func() time.Time { return ts.now },
		Failed: ts.failed,
	})
	ts.configure(conf)
	own := []uint32{ts.sock.addr}
	ts.srv.sockets.own.Store(&own)
	ts.loop = newLoop(ts.srv, ts.sock, packetloop.BatchSize)
}

// document is a configuration as it was received.
func (ts *testServer) document(conf string) *element.Value {
	ts.t.Helper()
	doc, err := element.ParseWire([]byte(`{"Dhcp4": {` + conf + `}}`))
	if err != nil {
		ts.t.Fatalf("configuration: %v", err)
	}
	return doc
}

// parse reads a configuration and fails the test if it is bad.
func (ts *testServer) parse(conf string) *config.Dhcp4 {
	ts.t.Helper()
	cfg, _, err := config.LoadDhcp4(ts.document(conf), config.Options{})
	if err != nil {
		ts.t.Fatalf("configuration: %v", err)
	}
	return cfg
}

// configure puts a configuration in force; the test's socket stays.
func (ts *testServer) configure(conf string) {
	ts.t.Helper()
	if err := ts.srv.Configure(context.Background(), ts.parse(conf)); err != nil {
		ts.t.Fatalf("configure: %v", err)
	}
	own := []uint32{ts.sock.addr}
	ts.srv.sockets.own.Store(&own)
	// Timers of the configuration would run by the real clock.
	ts.srv.timers.Stop()
}

// restart ends the server and starts another one on the same lease file.
func (ts *testServer) restart(conf string) {
	ts.t.Helper()
	if err := ts.srv.Close(); err != nil {
		ts.t.Fatal(err)
	}
	ts.start(conf)
}

// from says how a query arrives; zero values stand for a broadcast of a client
// without address.
type from struct {
	src, dst uint32
	port     uint16
	mac      net.HardwareAddr
}

// send gives the server queries in one batch and returns its answers.
func (ts *testServer) send(f from, ms ...*dhcpv4.DHCPv4) []sentReply {
	ts.t.Helper()
	var raw [][]byte
	for _, m := range ms {
		raw = append(raw, m.ToBytes())
	}
	return ts.sendRaw(f, raw...)
}

func (ts *testServer) sendRaw(f from, raw ...[]byte) []sentReply {
	ts.t.Helper()
	if f.dst == 0 {
		f.dst = broadcastAddr
	}
	if f.port == 0 {
		f.port = 68
	}
	ds := make([]netio.Datagram4, len(raw))
	for i, b := range raw {
		ds[i] = netio.Datagram4{Payload: b, Src: f.src, Dst: f.dst, SrcPort: f.port, IfIndex: ts.sock.index}
		if f.mac != nil {
			copy(ds[i].SrcMAC[:], f.mac)
		} else if len(b) > 34 {
			copy(ds[i].SrcMAC[:], b[28:34])
		}
	}
	ts.sock.sent, ts.sock.waiting = nil, ds
	in := make([]netio.Datagram4, len(ds))
	for first := true; first || len(ts.sock.waiting) > 0; first = false {
		n, _ := ts.sock.Poll(in)
		ts.loop.Turn(in[:n])
	}
	return ts.sock.sent
}

// one sends one query and expects at most one answer, nil for none.
func (ts *testServer) one(f from, m *dhcpv4.DHCPv4) *sentReply {
	ts.t.Helper()
	switch rs := ts.send(f, m); len(rs) {
	case 0:
		return nil
	case 1:
		return &rs[0]
	default:
		ts.t.Fatalf("%d answers to one query", len(rs))
		return nil
	}
}

// query makes a message of a client whose link-layer address ends in n.
func query(typ dhcpv4.MessageType, n byte, mods ...dhcpv4.Modifier) *dhcpv4.DHCPv4 {
	m, err := dhcpv4.New(append([]dhcpv4.Modifier{
		dhcpv4.WithMessageType(typ), dhcpv4.WithHwAddr(mac(n)),
		dhcpv4.WithTransactionID(dhcpv4.TransactionID{1, 2, 3, n}),
	}, mods...)...)
	if err != nil {
		panic(err)
	}
	return m
}

func mac(n byte) net.HardwareAddr { return net.HardwareAddr{2, 0, 0, 0, 0, n} }

func clientID(id ...byte) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptClientIdentifier(id))
}

func requested(a string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.ParseIP(a)))
}

func serverID(a string) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptServerIdentifier(net.ParseIP(a)))
}

func ciaddr(a string) dhcpv4.Modifier { return dhcpv4.WithClientIP(net.ParseIP(a)) }
func giaddr(a string) dhcpv4.Modifier { return dhcpv4.WithRelay(net.ParseIP(a)) }

// ip reads an address as the number that the server works with.
func ip(a string) uint32 { return binary.BigEndian.Uint32(net.ParseIP(a).To4()) }

// lease runs DISCOVER and REQUEST for a client and returns the ACK.
func (ts *testServer) lease(n byte, mods ...dhcpv4.Modifier) *sentReply {
	ts.t.Helper()
	offer := ts.one(from{}, query(dhcpv4.MessageTypeDiscover, n, mods...))
	if offer == nil || offer.MessageType() != dhcpv4.MessageTypeOffer {
		ts.t.Fatalf("client %d: no offer (%v)\n%s", n, offer, ts.log.String())
	}
	ack := ts.one(from{}, query(dhcpv4.MessageTypeRequest, n, append(mods,
		requested(offer.YourIPAddr.String()), serverID(offer.ServerIdentifier().String()))...))
	if ack == nil || ack.MessageType() != dhcpv4.MessageTypeAck {
		ts.t.Fatalf("client %d: no ACK (%v)\n%s", n, ack, ts.log.String())
	}
	return ack
}

// stored returns the lease of an address, nil if there is none. Its slices are
// copies.
func (ts *testServer) stored(a string) *lease.Lease4 {
	tx := ts.srv.state.Load().leases.Begin4()
	defer tx.Rollback()
	var l lease.Lease4
	if !tx.Get4(ip(a), &l) {
		return nil
	}
	l.HWAddr = append([]byte(nil), l.HWAddr...)
	l.ClientID = append([]byte(nil), l.ClientID...)
	l.Hostname = append([]byte(nil), l.Hostname...)
	l.UserContext = append([]byte(nil), l.UserContext...)
	return &l
}

// stat returns the value of a statistic.
func (ts *testServer) stat(name string) int64 { return ts.srv.Statistics().Lazy(name).Value() }

// rows returns the rows of the lease file without its header.
func (ts *testServer) rows() []string {
	b, err := os.ReadFile(filepath.Join(ts.dir, "kea-leases4.csv"))
	if err != nil {
		ts.t.Fatal(err)
	}
	return strings.Split(strings.TrimSuffix(string(b), "\n"), "\n")[1:]
}

// pass lets time go by.
func (ts *testServer) pass(d time.Duration) { ts.now = ts.now.Add(d) }
