package dhcp6

import (
	"encoding/binary"
	"fmt"
	"net"
	"testing"
	"time"

	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/pkt6"
)

// nullSocket takes answers and forgets all but the last batch.
type nullSocket struct {
	fakeSocket
	last []netio.Reply6
}

func (s *nullSocket) Send(rs []netio.Reply6) error {
	s.last = rs
	return nil
}

// plainNetwork is one subnet and nothing else.
const plainNetwork = `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/48", "pools": [ { "pool": "2001:db8:1::/80" } ],
	"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 33, "delegated-len": 64 } ] } ]`

// BenchmarkExchange is the cost of one relayed exchange of four messages for an
// address and a prefix, in batches, with the lease file but without sockets.
func BenchmarkExchange(b *testing.B) { benchmarkExchange(b, plainNetwork, oro(23, 24)) }

// BenchmarkExchangeName is the plain exchange of clients that say their name, and
// BenchmarkExchangeUpdates that with requests for updates of the DNS. It is to cost
// at most 1.3 times the plain one.
func BenchmarkExchangeName(b *testing.B) {
	benchmarkExchange(b, `"ddns-qualifying-suffix": "example.org", `+plainNetwork, oro(23, 24), opt(39, []byte("\x01\x04host")...))
}

func BenchmarkExchangeUpdates(b *testing.B) {
	// Nobody reads what comes: the daemon's work is not the server's.
	d2, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer d2.Close()
	connection := fmt.Sprintf(`"dhcp-ddns": { "enable-updates": true, "server-port": %d, "max-queue-size": 65536 }, `, d2.LocalAddr().(*net.UDPAddr).Port)
	benchmarkExchange(b, connection+`"ddns-qualifying-suffix": "example.org", `+plainNetwork, oro(23, 24), opt(39, []byte("\x01\x04host")...))
}

func benchmarkExchange(b *testing.B, conf string, options ...[]byte) {
	const inFlight = 32
	sock := &nullSocket{fakeSocket: fakeSocket{name: "eth0", index: 2}}
	sys := logging.New("kea-dhcp6")
	if err := sys.Configure(parse(b, `"loggers": [ { "name": "kea-dhcp6", "severity": "ERROR" } ]`).Loggers, false); err != nil {
		b.Fatal(err)
	}
	srv := New(Options{Log: sys, DataDir: b.TempDir(), LFCProgram: "/bin/true", Clock: func() time.Time { return time.Unix(1_800_000_000, 0) }})
	if err := srv.Configure(b.Context(), parse(b, conf)); err != nil {
		b.Fatal(err)
	}
	defer srv.Close()
	srv.timers.Stop()
	l := newLoop(srv, sock, packetloop.BatchSize)
	solicit := relay("2001:db8:1::1", query(pkt6.MsgSolicit, 0, append(options, na(1), pd(1))...))
	request := relay("2001:db8:1::1", query(pkt6.MsgRequest, 0, append(options, na(1, "2001:db8:1::"), pd(1, "2001:db8:8000::/64"))...))
	ds := make([]netio.Datagram6, inFlight)
	bufs := make([][]byte, 2*inFlight)
	for i := range bufs {
		m := solicit
		if i >= inFlight {
			m = request
		}
		bufs[i] = append([]byte(nil), m...)
	}
	const duidAt = pkt6.RelayHeaderLen + 4 + pkt6.HeaderLen + 4
	b.ReportAllocs()
	b.ResetTimer()
	n := uint32(0)
	var from, to pkt6.Message
	for i := 0; i < b.N; i += inFlight {
		for j := range ds {
			binary.BigEndian.PutUint32(bufs[j][duidAt+6:], n+uint32(j))
			ds[j] = netio.Datagram6{Payload: bufs[j], Src: ip("2001:db8::2"), Dst: ip("2001:db8::1"), SrcPort: 547}
		}
		l.Turn(ds)
		for j := range ds {
			m := bufs[inFlight+j]
			binary.BigEndian.PutUint32(m[duidAt+6:], n+uint32(j))
			copyLeases(&to, &from, m, sock.last[j].Payload)
			ds[j].Payload = m
		}
		l.Turn(ds)
		n += inFlight
	}
	b.StopTimer()
	if got := srv.Statistics().Int("cumulative-assigned-nas").Value(); got < int64(n) {
		b.Fatalf("%d addresses leased, want %d", got, n)
	}
}

// copyLeases puts the leases of an ADVERTISE into a REQUEST of the same form.
func copyLeases(to, from *pkt6.Message, request, advertise []byte) {
	if from.Parse(advertise) != nil || to.Parse(request) != nil {
		panic("unreadable")
	}
	for _, code := range [...]uint16{pkt6.OptIANA, pkt6.OptIAPD} {
		copy(to.Option(code)[12:], from.Option(code)[12:])
	}
}
