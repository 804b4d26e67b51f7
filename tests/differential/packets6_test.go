package differential_test

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// A setting6 is a configuration for DHCPv6 servers with what is sent to servers that
// have it. To add a case, append it to the setting that fits: what both servers answer
// alike needs no expectation.
type setting6 struct {
	name  string // its configuration is in testdata/packets6
	cases []course6
}

// A course6 is a course of packets of one or a few clients. Both servers must answer
// each alike, bit by bit, but where a packet differs says for which reason they do
// not. Leases stay from case to case, but each case has clients of its own.
type course6 struct {
	name    string
	packets [][]field6
}

// dialogueOf is a case of packets one after the other.
func dialogueOf(name string, packets ...[]field6) course6 { return course6{name, packets} }

// with gives some fields to all packets of the case.
func (c course6) with(fields ...field6) course6 {
	packets := make([][]field6, len(c.packets))
	for i, p := range c.packets {
		packets[i] = slices.Concat(p, fields)
	}
	return course6{c.name, packets}
}

// The packets of all DHCPv6 cases, to both servers.
func TestPackets6(t *testing.T) {
	for _, s := range settings6 {
		t.Run(s.name, s.compare)
	}
}

// compare sends the packets of all cases of the setting to both servers.
func (s setting6) compare(t *testing.T) {
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

// An answered6 is a packet with what a server made of it.
type answered6 struct {
	query *packet6
	reply reply6
}

// compare checks Nestor's answer to packet n of a case against Kea's.
func (a answered6) compare(t *testing.T, n int, kea reply6) {
	t.Helper()
	if a.query.aged {
		kea = kea.agedAs(a.reply)
	}
	compareReplies(t, n, a.reply, kea, a.reply.equal(kea), a.query.want, a.query.why)
}

// Addresses of the wire that servers of DHCPv6 and what speaks to them are on.
const (
	server6Addr = "2001:db8:1::1"
	client6Addr = "2001:db8:1::2"
)

// A responder6 is a DHCPv6 server with a station before it.
type responder6 struct {
	*station6
	make servers.Make
	xid  uint32
}

// start runs a server with the configuration of the setting.
func (s setting6) start(t *testing.T, m servers.Make) *responder6 {
	t.Helper()
	ns, station := newWire6(t)
	m.Start6(t, ns, common6(readObject(t, "testdata/packets6/"+s.name+".json")))
	return &responder6{station6: station, make: m}
}

// newWire6 makes a namespace for a server with an eth0 that a station speaks to.
func newWire6(t *testing.T) (*netns.NS, *station6) {
	t.Helper()
	ns, client := netns.New(t), netns.New(t)
	netns.Veth(t, ns, "eth0", server6Addr+"/64", client, "eth0", client6Addr+"/64")
	return ns, newStation6(t, client)
}

// common6 is a configuration with what is common to all: it serves eth0, by multicast
// and at its global address.
func common6(own object) object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0", "eth0/" + server6Addr}},
		"multi-threading":   object{"enable-multi-threading": false},
		// Released leases are deleted, as 2.2.0 does with any setting.
		"expired-leases-processing": object{"hold-reclaimed-time": 0, "reclaim-timer-wait-time": 0},
		"server-id":                 object{"type": "EN", "enterprise-id": 2495, "identifier": "010203", "persist": false},
		"loggers": list{object{
			"name": "kea-dhcp6", "severity": "INFO", "output_options": list{object{"output": "stdout"}},
		}},
	}.With(own)
}

// hold sends the packets of a case and returns them with what came back.
func (r *responder6) hold(t *testing.T, number int, c course6) []answered6 {
	t.Helper()
	d := &dialogue6{number: number}
	var answers []answered6
	var burst []*packet6
	ask := func() {
		for i, got := range r.ask(t, burst) {
			answers = append(answers, answered6{burst[i], got})
			if ias := got.ias(); ias != nil {
				d.ias = ias
			}
		}
		burst = nil
	}
	for _, fields := range c.packets {
		p := build6(d, fields)
		if p.follows && len(burst) > 0 {
			ask()
			p = build6(d, fields)
		}
		burst = append(burst, p)
	}
	ask()
	return answers
}

// ask sends packets one right after the other and returns the answers. When there is
// none it knows by the answers to other clients that speak after them: one to each
// port, and one from each address of the server.
func (r *responder6) ask(t *testing.T, packets []*packet6) []reply6 {
	t.Helper()
	first := r.xid + 1
	other := &dialogue6{number: 0xffff}
	fences := []*packet6{build6(other, information()), build6(other, information(via("2001:db8:ffff::1"))), build6(other, bareRequest(unicast6))}
	for _, p := range slices.Concat(packets, fences) {
		r.xid++
		r.send(t, p, r.xid)
	}
	for i := range fences {
		r.await(t, r.xid-uint32(i), "the answer of "+r.make.Name+" to another client")
	}
	replies := make([]reply6, len(packets))
	for i := range packets {
		replies[i] = r.answer(first + uint32(i))
	}
	return replies
}

// A station6 speaks for any number of clients and relays on one wire.
type station6 struct {
	sockets map[int]*net.UDPConn // by port

	mu      sync.Mutex
	replies map[uint32]reply6 // by transaction id, which is 0 in them
	grew    chan struct{}     // gets a value when replies grows
}

// Ports of clients and of servers and relays.
const (
	clientPort = 546
	serverPort = 547
)

func newStation6(t *testing.T, ns *netns.NS) *station6 {
	t.Helper()
	s := &station6{sockets: map[int]*net.UDPConn{}, replies: map[uint32]reply6{}, grew: make(chan struct{}, 1)}
	for _, port := range []int{clientPort, serverPort} {
		err := ns.Do(func() (err error) {
			s.sockets[port], err = net.ListenUDP("udp6", &net.UDPAddr{Port: port})
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		done := make(chan struct{})
		go func() {
			defer close(done)
			s.record(port)
		}()
		t.Cleanup(func() {
			s.sockets[port].Close()
			<-done
		})
	}
	return s
}

// record notes what comes to a port until its socket is closed.
func (s *station6) record(port int) {
	b := make([]byte, 65536)
	for {
		n, _, err := s.sockets[port].ReadFromUDPAddrPort(b)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		payload := slices.Clone(b[:n])
		at := transaction(payload)
		if err != nil || at < 0 {
			continue
		}
		xid := binary.BigEndian.Uint32(payload[at:]) & 0xffffff
		copy(payload[at+1:], []byte{0, 0, 0})
		s.mu.Lock()
		s.replies[xid] = reply6{port, payload}
		s.mu.Unlock()
		select {
		case s.grew <- struct{}{}:
		default:
		}
	}
}

// answer is what has come for a transaction.
func (s *station6) answer(xid uint32) reply6 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.replies[xid]
}

// await waits for the answer to a transaction.
func (s *station6) await(t *testing.T, xid uint32, what string) {
	t.Helper()
	limit := time.After(30 * time.Second)
	for s.answer(xid).payload == nil {
		select {
		case <-s.grew:
		case <-limit:
			t.Fatalf("%s has not come", what)
		}
	}
}

// send puts a packet onto the wire.
func (s *station6) send(t *testing.T, p *packet6, xid uint32) {
	t.Helper()
	port, dst := clientPort, netip.MustParseAddr("ff02::1:2")
	if len(p.relays) > 0 {
		port = serverPort
	}
	if p.global {
		dst = netip.MustParseAddr(server6Addr)
	}
	if _, err := s.sockets[port].WriteToUDPAddrPort(p.payload(xid), netip.AddrPortFrom(dst, serverPort)); err != nil {
		t.Fatal(err)
	}
}
