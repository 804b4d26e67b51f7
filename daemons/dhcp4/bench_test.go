package dhcp4

import (
	"encoding/binary"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// nullSocket takes answers and forgets all but the last batch.
type nullSocket struct {
	fakeSocket
	last []netio.Reply4
}

func (s *nullSocket) Send(rs []netio.Reply4) error {
	s.last = rs
	return nil
}

// plainNetwork is one subnet and nothing else.
const plainNetwork = `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/8", "pools": [ { "pool": "10.0.0.0-10.255.255.255" } ] } ]`

// BenchmarkExchange is the cost of one relayed exchange of four messages in
// batches, with the lease file but without sockets.
func BenchmarkExchange(b *testing.B) { benchmarkExchange(b, plainNetwork, prl(1, 3, 6, 15)) }

// BenchmarkExchangeProvider is the same at a provider's: 50 classes, 20 requested
// options and a shared network of 20 subnets. It is to cost at most one and a half
// times the plain exchange.
func BenchmarkExchangeProvider(b *testing.B) {
	codes := make([]byte, 0, len(providerOptions))
	for _, o := range providerOptions {
		codes = append(codes, o.code)
	}
	benchmarkExchange(b, providerNetwork(), prl(codes...), opt(60, []byte("docsis3.0:052401")...), opt(82, 1, 5, 'p', 'o', 'r', 't', '1', 2, 3, 'c', 'm', '5'))
}

// BenchmarkExchangeName is the plain exchange of clients that say their name, and
// BenchmarkExchangeUpdates that with requests for updates of the DNS. It is to cost
// at most 1.3 times the plain one.
func BenchmarkExchangeName(b *testing.B) {
	benchmarkExchange(b, `"ddns-qualifying-suffix": "example.org", `+plainNetwork, prl(1, 3, 6, 15), opt(12, []byte("host")...))
}

func BenchmarkExchangeUpdates(b *testing.B) {
	// Nobody reads what comes: the daemon's work is not the server's.
	d2, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer d2.Close()
	connection := fmt.Sprintf(`"dhcp-ddns": { "enable-updates": true, "server-port": %d, "max-queue-size": 65536 }, `, d2.LocalAddr().(*net.UDPAddr).Port)
	benchmarkExchange(b, connection+`"ddns-qualifying-suffix": "example.org", `+plainNetwork, prl(1, 3, 6, 15), opt(12, []byte("host")...))
}

// providerOptions are what clients of a provider ask for.
var providerOptions = []struct {
	code byte
	data string
}{
	{2, "3600"}, {3, "10.0.0.1"}, {4, "10.255.0.4"}, {6, "10.255.0.6, 10.255.0.7"}, {7, "10.255.0.8"}, {9, "10.255.0.9"}, {15, "example.org"},
	{17, "/root"}, {19, "false"}, {23, "64"}, {26, "1500"}, {28, "10.255.255.255"}, {33, "10.9.0.1, 10.0.0.1"}, {40, "nis"}, {42, "10.255.0.42"},
	{44, "10.255.0.44"}, {69, "10.255.0.69"}, {70, "10.255.0.70"}, {72, "10.255.0.72"}, {119, "example.org, example.net"},
}

// providerTests are of the kinds that configurations have; %[1]d is the number of
// the class. Two hold for the client of the benchmark.
var providerTests = []string{
	"substring(option[60].hex, 0, 6) == 'modem%[1]d'",
	"option[82].option[1].hex == 'port%[1]d'",
	"substring(pkt4.mac, 0, 3) == 0x0200%02[1]x",
	"option[60].text == 'vendor%[1]d' and option[77].exists",
	"option[93].hex == 0x%04[1]x or option[93].hex == 0xff%02[1]x",
	"relay4[2].hex == 'cm%[1]d' and not option[61].exists",
	"pkt4.giaddr == 10.0.%[1]d.1",
	"member('c0') or member('c%[2]d')",
	"hexstring(pkt4.mac, ':') == '02:00:00:00:00:%02[1]x'",
	"match('docsis%[1]d\\..*', option[60].hex)",
}

func providerNetwork() string {
	var classes, options, subnets []string
	for i := range 50 {
		test := providerTests[i%len(providerTests)]
		if strings.Contains(test, "%[2]d") {
			test = fmt.Sprintf(test, i, i-1)
		} else {
			test = fmt.Sprintf(test, i)
		}
		classes = append(classes, fmt.Sprintf(`{ "name": "c%d", "test": %q, "option-data": [ { "name": "log-servers", "data": "10.255.1.%d" } ] }`, i, test, i))
	}
	for _, o := range providerOptions {
		options = append(options, fmt.Sprintf(`{ "code": %d, "data": %q }`, o.code, o.data))
	}
	for i := range 20 {
		guard := ""
		if i%2 == 1 {
			guard = fmt.Sprintf(`, "client-class": "c%d"`, i)
		}
		subnets = append(subnets, fmt.Sprintf(`{ "id": %[1]d, "subnet": "10.%[2]d.0.0/13", "pools": [ { "pool": "10.%[2]d.0.0/13" } ]%[3]s }`, i+1, i*8, guard))
	}
	return `"client-classes": [ ` + strings.Join(classes, ", ") + ` ], "option-data": [ ` + strings.Join(options, ", ") + ` ],
		"shared-networks": [ { "name": "cable", "subnet4": [ ` + strings.Join(subnets, ", ") + ` ] } ]`
}

func benchmarkExchange(b *testing.B, conf string, mods ...dhcpv4.Modifier) {
	const inFlight = 32
	ts := &testServer{dir: b.TempDir(), now: time.Unix(1_800_000_000, 0)}
	sock := &nullSocket{fakeSocket: fakeSocket{addr: ip("10.0.0.1"), name: "eth0", index: 2}}
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
	l := newLoop(ts.srv, sock, packetloop.BatchSize)
	mods = append(mods, giaddr("10.0.0.2"))
	discover := query(discoverMsg, 0, mods...).ToBytes()
	request := query(requestMsg, 0, append(mods, requested("10.0.0.9"), serverID("10.0.0.1"))...).ToBytes()
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
	b.ResetTimer()
	start := processorTime(b)
	n := uint32(0)
	for i := 0; i < b.N; i += inFlight {
		for j := range ds {
			binary.BigEndian.PutUint32(bufs[j][30:], n+uint32(j))
			ds[j] = netio.Datagram4{Payload: bufs[j], Src: ip("10.0.0.2"), Dst: ip("10.0.0.1"), SrcPort: 67}
		}
		l.Turn(ds)
		for j := range ds {
			m := bufs[inFlight+j]
			binary.BigEndian.PutUint32(m[30:], n+uint32(j))
			copy(m[at:], sock.last[j].Payload[16:20])
			ds[j].Payload = m
		}
		l.Turn(ds)
		n += inFlight
	}
	// On a machine with other things to do the clock says little.
	b.ReportMetric(float64(processorTime(b)-start)/float64(n), "cpu-ns/op")
}

// processorTime is what the process has used, in user mode and in the kernel.
func processorTime(b *testing.B) time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
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
	return parseBench(b, `"loggers": [ { "name": "kea-dhcp4", "severity": "ERROR" } ]`).Loggers
}
