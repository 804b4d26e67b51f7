package differential_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/netns"
	"nestor/tests/servers"
	"nestor/tests/wire"
)

// A packetCase is a course of packets of one or a few clients. Both servers must
// answer each alike, bit by bit and to the same place, but where differs says for
// which reason they do not.
type packetCase struct {
	name    string
	packets [][]field
	// holds is what Nestor's answers have among other things, in the notation of
	// reply.String, by index in packets.
	holds map[int]string
	// differs are reasons for a difference, by index in packets; what Nestor answers
	// stands in holds.
	differs map[int]string
}

// The packets of packetCases, to both servers.
func TestPackets(t *testing.T) {
	nestor, kea := startResponder(t, servers.Nestor), startResponder(t, servers.Kea)
	for i, c := range packetCases {
		t.Run(c.name, func(t *testing.T) {
			ours, theirs := nestor.hold(t, i, c), kea.hold(t, i, c)
			for n := range c.packets {
				c.compare(t, n, ours[n], theirs[n])
			}
		})
	}
}

// compare checks the answers to packet n.
func (c *packetCase) compare(t *testing.T, n int, nestor, kea reply) {
	t.Helper()
	if want, ok := c.holds[n]; ok && !strings.Contains(nestor.String(), want) {
		t.Errorf("packet %d\n  Nestor: %s\n  want:   %s", n, nestor, want)
	}
	if nestor.broadcast() && kea.payload != nil {
		kea.to = nestor.to // FD.2.2 FD.2.3 FD.2.4: Kea 2.2.0 sends all frames to the client alone
	}
	why, differs := c.differs[n]
	switch {
	case differs && nestor.equal(kea):
		t.Errorf("packet %d\n  both: %s\n  there is no need any more for: %s", n, nestor, why)
	case differs && c.holds[n] == "":
		t.Errorf("packet %d: what should Nestor answer when %s?", n, why)
	case !differs && !nestor.equal(kea):
		t.Errorf("packet %d\n  Nestor: %s\n  Kea:    %s", n, nestor.unlike(kea), kea.unlike(nestor))
	}
}

// broadcast reports whether a reply went in a broadcast frame to a client that
// asked for that.
func (r reply) broadcast() bool {
	return r.to == "ff:ff:ff:ff:ff:ff" && r.payload[10]&0x80 != 0
}

// A reply is what a server answered to one packet; its zero value stands for
// silence.
type reply struct {
	to       string // link-layer destination
	src, dst netip.AddrPort
	payload  []byte
}

func (r reply) equal(other reply) bool {
	return r.to == other.to && r.src == other.src && r.dst == other.dst && slices.Equal(r.payload, other.payload)
}

// kind is the message type, which comes first; 0 for silence.
func (r reply) kind() byte {
	if r.payload == nil {
		return 0
	}
	return r.payload[242]
}

// yiaddr is the address that is given, 0.0.0.0 in silence.
func (r reply) yiaddr() netip.Addr {
	if r.payload == nil {
		return anyAddr
	}
	return netip.AddrFrom4([4]byte(r.payload[16:20]))
}

// parts takes the reply apart: where it went, the fields of its header that are not
// zero, and its options in the order of the wire.
func (r reply) parts() []string {
	if r.payload == nil {
		return []string{"silence"}
	}
	parts := []string{"to=" + r.to, "dst=" + r.dst.String(), "src=" + r.src.String()}
	for _, f := range headerFields {
		if v := bytes.TrimRight(r.payload[f.from:f.to], "\x00"); len(v) > 0 {
			parts = append(parts, fmt.Sprintf("%s=%s", f.name, f.show(r.payload[f.from:f.to])))
		}
	}
	rest := r.payload[240:]
	for len(rest) > 1 && rest[0] != 255 && len(rest) >= 2+int(rest[1]) {
		parts = append(parts, fmt.Sprintf("%d=%x", rest[0], rest[2:2+int(rest[1])]))
		rest = rest[2+int(rest[1]):]
	}
	return append(parts, fmt.Sprintf("end=%x", rest))
}

func (r reply) String() string { return strings.Join(r.parts(), " ") }

// unlike gives what of r is not the same in other.
func (r reply) unlike(other reply) string {
	theirs := other.parts()
	parts := slices.DeleteFunc(r.parts(), func(part string) bool { return slices.Contains(theirs, part) })
	if len(parts) == 0 {
		return r.String() // the same parts in another order
	}
	return strings.Join(parts, " ")
}

// headerFields are the fixed fields of a DHCP message (RFC 2131 section 2) but for
// xid and cookie.
var headerFields = []struct {
	name     string
	from, to int
	show     func([]byte) string
}{
	{"header", 0, 4, asHex}, {"secs", 8, 10, asHex}, {"flags", 10, 12, asHex},
	{"ciaddr", 12, 16, asAddress}, {"yiaddr", 16, 20, asAddress}, {"siaddr", 20, 24, asAddress}, {"giaddr", 24, 28, asAddress},
	{"chaddr", 28, 44, asHex}, {"sname", 44, 108, asText}, {"file", 108, 236, asText},
}

func asHex(b []byte) string     { return fmt.Sprintf("%x", b) }
func asText(b []byte) string    { return fmt.Sprintf("%q", bytes.TrimRight(b, "\x00")) }
func asAddress(b []byte) string { return netip.AddrFrom4([4]byte(b)).String() }

// A responder is a server with the station that speaks to it.
type responder struct {
	make    servers.Make
	station *wire.Station
	xid     uint32
}

// startResponder runs a server with testdata/packets.json.
func startResponder(t *testing.T, m servers.Make) *responder {
	t.Helper()
	var dhcp4 object
	text, err := os.ReadFile("testdata/packets.json")
	if err == nil {
		err = json.Unmarshal(text, &dhcp4)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, r := startOnWire(t, m, dhcp4)
	return r
}

// startOnWire runs a server whose eth0, 10.0.0.1, has a station at its other end.
func startOnWire(t *testing.T, m servers.Make, dhcp4 object) (server, *responder) {
	t.Helper()
	ns, client := netns.New(t), netns.New(t)
	netns.Veth(t, ns, "eth0", "10.0.0.1/24", client, "eth0", "")
	srv := m.Start(t, ns, dhcp4)
	return server{srv}, &responder{make: m, station: wire.NewStation(t, client, "eth0", ns, "eth0")}
}

// hold sends the packets of a case and returns what came back.
func (r *responder) hold(t *testing.T, number int, c packetCase) []reply {
	t.Helper()
	d := &dialogue{number: number, yiaddr: anyAddr}
	replies := make([]reply, len(c.packets))
	for i, fields := range c.packets {
		replies[i] = r.ask(t, build(d, fields))
		if yiaddr := replies[i].yiaddr(); yiaddr != anyAddr {
			d.yiaddr = yiaddr
		}
	}
	return replies
}

// ask sends a packet and returns the answer. When there is none it knows by the
// answer to another client that speaks after it.
func (r *responder) ask(t *testing.T, p *packet) reply {
	t.Helper()
	r.xid += 2
	begun := r.station.Mark()
	r.station.Send(t, r.query(p, r.xid))
	fence := build(&dialogue{number: 0xffff}, discover(relayed("10.99.0.1")))
	r.station.Send(t, r.query(fence, r.xid+1))
	r.station.Await(t, begun, "the answer of "+r.make.Name+" to another client", ofXID(r.xid+1))
	f := r.station.First(begun, ofXID(r.xid))
	if f == nil {
		return reply{}
	}
	return reply{to: f.To.String(), src: f.Src, dst: f.Dst, payload: f.Payload}
}

// exchange sends a packet and waits for the answer.
func (r *responder) exchange(t *testing.T, p *packet) reply {
	t.Helper()
	r.xid += 2
	begun := r.station.Mark()
	r.station.Send(t, r.query(p, r.xid))
	f := r.station.Await(t, begun, "an answer of "+r.make.Name, ofXID(r.xid))
	return reply{to: f.To.String(), src: f.Src, dst: f.Dst, payload: f.Payload}
}

// responds reports whether the server answers a DISCOVER within a time.
func (r *responder) responds(t *testing.T, limit time.Duration) bool {
	t.Helper()
	r.xid += 2
	begun := r.station.Mark()
	p := build(&dialogue{number: 0xfff0}, discover())
	r.station.Send(t, r.query(p, r.xid))
	return r.station.Find(begun, limit, ofXID(r.xid)) != nil
}

// ofXID selects the answer to a transaction.
func ofXID(xid uint32) func(f *wire.Frame) bool {
	id := dhcpv4.TransactionID(binary.BigEndian.AppendUint32(nil, xid))
	return func(f *wire.Frame) bool {
		return f.Msg.OpCode == dhcpv4.OpcodeBootReply && f.Msg.TransactionID == id && f.Src.Port() == 67
	}
}

// query builds the frame of a packet.
func (r *responder) query(p *packet, xid uint32) []byte {
	q := wire.Query{Payload: p.payload(xid), From: net.HardwareAddr(p.from), Src: p.src, Dst: p.dst}
	return q.Frame(r.station.ServerMAC)
}
