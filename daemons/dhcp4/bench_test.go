package dhcp4

import (
	"encoding/binary"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/logging"
	"nestor/lib/netio"
)

// nullSocket takes answers and forgets them.
type nullSocket struct{ fakeSocket }

func (s *nullSocket) Send4([]netio.Reply4) error { return nil }

// BenchmarkExchange is the cost of one relayed exchange of four messages in
// batches, with the lease file but without sockets.
func BenchmarkExchange(b *testing.B) {
	const inFlight = 32
	conf := `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "pools": [ { "pool": "10.0.0.0-10.255.255.255" } ] } ]`
	ts := &testServer{dir: b.TempDir(), now: time.Unix(1_800_000_000, 0)}
	sock := &nullSocket{fakeSocket{addr: ip("10.0.0.1"), name: "eth0", index: 2}}
	sys := logging.New("kea-dhcp4")
	if err := sys.Configure(parseLoggers(b), false); err != nil {
		b.Fatal(err)
	}
	ts.srv = New(Options{Log: sys, DataDir: ts.dir, LFCProgram: "/bin/true"})
	cfg := parseBench(b, conf)
	if err := ts.srv.Configure(b.Context(), cfg); err != nil {
		b.Fatal(err)
	}
	defer ts.srv.Close()
	own := []uint32{sock.addr}
	ts.srv.sockets.own.Store(&own)
	l := newLoop(ts.srv, sock, batchSize)
	discover := query(discoverMsg, 0, giaddr("10.0.0.2"), prl(1, 3, 6, 15)).ToBytes()
	request := query(requestMsg, 0, giaddr("10.0.0.2"), requested("10.0.0.9"), serverID("10.0.0.1")).ToBytes()
	at := optionAt(request, 50)
	ds := make([]netio.Datagram4, inFlight)
	bufs := make([][]byte, 2*inFlight)
	for i := range bufs {
		m := discover
		if i >= inFlight {
			m = request
		}
		bufs[i] = append([]byte(nil), m...)
	}
	b.ReportAllocs()
	n := uint32(0)
	for i := 0; i < b.N; i += inFlight {
		for j := range ds {
			binary.BigEndian.PutUint32(bufs[j][30:], n+uint32(j))
			ds[j] = netio.Datagram4{Payload: bufs[j], Src: ip("10.0.0.2"), Dst: ip("10.0.0.1"), SrcPort: 67}
		}
		l.turn(ds)
		for j := range ds {
			m := bufs[inFlight+j]
			binary.BigEndian.PutUint32(m[30:], n+uint32(j))
			copy(m[at:], l.out[j].Payload[16:20])
			ds[j].Payload = m
		}
		l.turn(ds)
		n += inFlight
	}
}

func optionAt(raw []byte, code byte) int {
	for i := 240; i < len(raw); i += 2 + int(raw[i+1]) {
		if raw[i] == code {
			return i + 2
		}
	}
	return -1
}

func parseBench(b *testing.B, conf string) *config.Dhcp4 {
	doc, err := element.ParseWire([]byte(`{"Dhcp4": {` + conf + `}}`))
	if err != nil {
		b.Fatal(err)
	}
	cfg, _, err := config.LoadDhcp4(doc, config.Options{})
	if err != nil {
		b.Fatal(err)
	}
	return cfg
}

func parseLoggers(b *testing.B) []*config.Logger {
	return parseBench(b, `"loggers": [ { "name": "kea-dhcp4", "severity": "WARN" } ]`).Loggers
}
