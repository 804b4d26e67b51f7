package differential_test

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"net"
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

// A setting is a configuration with what is sent to servers that have it. To add a
// case, append it to the setting that fits: what both servers answer alike needs no
// expectation.
type setting struct {
	name   string        // its configuration is in testdata/packets
	config func() object // in place of that file
	cases  []packetCase
	// unlike says that the servers differ so much that random packets tell nothing.
	unlike bool
	// releases says that leases are released often: they are then deleted, as 2.2.0
	// always does.
	releases bool
}

// A packetCase is a course of packets of one or a few clients. Both servers must
// answer each alike, bit by bit and to the same place, but where a packet differs
// says for which reason they do not. Leases stay from case to case, but each case
// has clients of its own, and direct ones ask for addresses of their own, so that
// cases do not disturb each other.
type packetCase struct {
	name    string
	packets [][]field
}

// course is a case of packets one after the other.
func course(name string, packets ...[]field) packetCase { return packetCase{name, packets} }

// with gives some fields to all packets of the case.
func (c packetCase) with(fields ...field) packetCase {
	packets := make([][]field, len(c.packets))
	for i, p := range c.packets {
		packets[i] = slices.Concat(p, fields)
	}
	return packetCase{c.name, packets}
}

// The packets of all cases, to both servers.
func TestPackets(t *testing.T) {
	for _, s := range settings {
		t.Run(s.name, s.compare)
	}
}

// compare sends the packets of all cases of the setting to both servers.
func (s setting) compare(t *testing.T) {
	t.Parallel()
	nestor, kea := s.start(t, servers.Nestor), s.start(t, servers.Kea)
	for i, c := range s.cases {
		t.Run(c.name, func(t *testing.T) {
			ours, theirs := nestor.hold(t, i, c), kea.hold(t, i, c)
			for n := range c.packets {
				ours[n].compare(t, n, theirs[n].reply)
			}
		})
	}
}

// An answered packet is one with what a server made of it.
type answered struct {
	query *packet
	reply reply
}

// compare checks Nestor's answer to packet n of a case against Kea's.
func (a answered) compare(t *testing.T, n int, kea reply) {
	t.Helper()
	nestor := a.reply
	if nestor.broadcast() && kea.payload != nil {
		kea.to = nestor.to // FD.2.2 FD.2.3 FD.2.4: Kea 2.2.0 sends all frames to the client alone
	}
	if a.query.aged {
		kea = kea.agedAs(nestor)
	}
	compareReplies(t, n, nestor, kea, nestor.equal(kea), a.query.want, a.query.why)
}

// compareReplies checks Nestor's answer to packet n of a case against Kea's: it has
// what is wanted in it, and it differs only if there is a reason.
func compareReplies(t *testing.T, n int, nestor, kea shownReply, same bool, want, why string) {
	t.Helper()
	if !strings.Contains(nestor.String(), want) {
		t.Errorf("packet %d\n  Nestor: %s\n  want:   %s", n, nestor, want)
	}
	switch {
	case why != "" && same:
		t.Errorf("packet %d\n  both: %s\n  there is no need any more for: %s", n, nestor, why)
	case why == "" && !same:
		t.Errorf("packet %d\n  Nestor: %s\n  Kea:    %s", n, partsUnlike(nestor, kea), partsUnlike(kea, nestor))
	}
}

// A shownReply is a reply that can be told apart in parts.
type shownReply interface {
	fmt.Stringer
	parts() []string
}

// A responder is a server with the station that speaks to it.
type responder struct {
	make    servers.Make
	station *wire.Station
	xid     uint32
}

// start runs a server with the configuration of the setting.
func (s setting) start(t *testing.T, m servers.Make) *responder {
	t.Helper()
	_, r := startOnWire(t, m, s.configuration(t))
	return r
}

// read returns the configuration of the setting's own.
func (s setting) read(t *testing.T) (own object) {
	t.Helper()
	if s.config == nil {
		return readObject(t, "testdata/packets/"+s.name+".json")
	}
	text, err := json.Marshal(s.config())
	if err == nil {
		err = json.Unmarshal(text, &own)
	}
	if err != nil {
		t.Fatal(err)
	}
	return own
}

// readObject reads a file with a JSON object.
func readObject(t *testing.T, file string) (o object) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(text, &o)
	}
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// configuration is the setting's own with what is common to all: it serves eth0,
// and there is a subnet for the client that tells how far a server has come.
func (s setting) configuration(t *testing.T) object {
	t.Helper()
	own := s.read(t)
	if s.releases {
		own["expired-leases-processing"] = object{"hold-reclaimed-time": 0, "reclaim-timer-wait-time": 0}
	}
	subnets, _ := own["subnet4"].([]any)
	fence := object{"id": 99999, "subnet": "10.99.0.0/24", "pools": list{object{"pool": "10.99.0.10 - 10.99.0.10"}}}
	return own.With(object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"multi-threading":   object{"enable-multi-threading": false},
		"subnet4":           append(slices.Clone(subnets), fence),
		"loggers": list{object{
			"name": "kea-dhcp4", "severity": "INFO", "output_options": list{object{"output": "stdout"}},
		}},
	})
}

// startOnWire runs a server whose eth0, 10.0.0.1, has a station at its other end.
func startOnWire(t *testing.T, m servers.Make, dhcp4 object) (server, *responder) {
	t.Helper()
	ns, r := newResponder(t, m)
	return server{m.Start(t, ns, dhcp4)}, r
}

// newResponder makes a namespace for a server whose eth0, 10.0.0.1, has a station at
// its other end.
func newResponder(t *testing.T, m servers.Make) (*netns.NS, *responder) {
	t.Helper()
	ns, client := netns.New(t), netns.New(t)
	netns.Veth(t, ns, "eth0", "10.0.0.1/24", client, "eth0", "")
	return ns, &responder{make: m, station: wire.NewStation(t, client, "eth0", ns, "eth0")}
}

// hold sends the packets of a case and returns them with what came back.
func (r *responder) hold(t *testing.T, number int, c packetCase) []answered {
	t.Helper()
	d := &dialogue{number: number, yiaddr: anyAddr}
	var answers []answered
	var burst []*packet
	ask := func() {
		for i, got := range r.ask(t, burst) {
			answers = append(answers, answered{burst[i], got})
			if got.yiaddr() != anyAddr {
				d.yiaddr = got.yiaddr()
			}
		}
		burst = nil
	}
	for _, fields := range c.packets {
		p := build(d, fields)
		if p.follows && len(burst) > 0 {
			ask()
			p = build(d, fields)
		}
		burst = append(burst, p)
	}
	ask()
	return answers
}

// ask sends packets one right after the other and returns the answers. When there is
// none it knows by the answer to another client that speaks after them.
func (r *responder) ask(t *testing.T, packets []*packet) []reply {
	t.Helper()
	begun, first := r.station.Mark(), r.xid+1
	fence := build(&dialogue{number: 0xffff}, discover(relayed("10.99.0.1")))
	for _, p := range append(slices.Clone(packets), fence) {
		r.xid++
		r.station.Send(t, r.query(p, r.xid))
	}
	r.station.Await(t, begun, "the answer of "+r.make.Name+" to another client", ofXID(r.xid))
	replies := make([]reply, len(packets))
	for i := range packets {
		if f := r.station.First(begun, ofXID(first+uint32(i))); f != nil {
			replies[i] = reply{to: f.To.String(), src: f.Src, dst: f.Dst, payload: f.Payload}
		}
	}
	return replies
}

// exchange sends a packet and waits for the answer.
func (r *responder) exchange(t *testing.T, p *packet) reply {
	t.Helper()
	r.xid++
	begun := r.station.Mark()
	r.station.Send(t, r.query(p, r.xid))
	f := r.station.Await(t, begun, "an answer of "+r.make.Name, ofXID(r.xid))
	return reply{to: f.To.String(), src: f.Src, dst: f.Dst, payload: f.Payload}
}

// responds reports whether the server answers a DISCOVER within a time.
func (r *responder) responds(t *testing.T, limit time.Duration) bool {
	t.Helper()
	r.xid++
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
