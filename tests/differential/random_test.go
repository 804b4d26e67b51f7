package differential_test

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"nestor/tests/servers"
)

// randomPackets are how many each setting gets, and randomSeed is where they come
// from: the same ones in each run.
const (
	randomPackets = 300
	randomSeed    = 20220701
)

// Random packets to both servers of each setting, from which everything is left out
// in which the two differ for a reason.
func TestRandomPackets(t *testing.T) {
	for i, s := range settings {
		if s.unlike {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			s.releases = true
			g := &grammar{rand: rand.New(rand.NewPCG(randomSeed, uint64(i))), subnets: s.subnets(t)}
			nestor, kea := s.start(t, servers.Nestor), s.start(t, servers.Kea)
			var ours, theirs [randomClients]dialogue
			for i := range randomClients {
				ours[i] = dialogue{number: i, yiaddr: anyAddr}
				theirs[i] = ours[i]
			}
			for n := range randomPackets {
				i := g.rand.IntN(randomClients)
				fields := append(g.packet(), g.identity(i)...)
				our, their := nestor.say(t, &ours[i], fields), kea.say(t, &theirs[i], fields)
				if our.unserved() && (their.reply.kind() == typeAck || their.reply.kind() == typeNak) {
					continue // newInform, newReboot
				}
				if our.compare(t, n, their.reply); t.Failed() {
					t.Fatalf("client %d asked %x", i, our.query.payload(0))
				}
			}
		})
	}
}

// randomClients take part.
const randomClients = 24

// say sends one packet of a dialogue.
func (r *responder) say(t *testing.T, d *dialogue, fields []field) answered {
	t.Helper()
	p := build(d, fields)
	a := answered{p, r.ask(t, []*packet{p})[0]}
	if yiaddr := a.reply.yiaddr(); yiaddr != anyAddr {
		d.yiaddr = yiaddr
	}
	return a
}

// unserved tells INFORM and INIT-REBOOT without an answer, as for want of a subnet.
func (a answered) unserved() bool {
	q := a.query
	reboots := q.has(53, typeRequest) && q.has(50) && !q.has(54) && q.ciaddr == anyAddr
	return a.reply.kind() == 0 && (reboots || q.has(53, typeInform))
}

// subnets are those of the configuration, but for that of the fence and those whose
// leases run out while the test goes on.
func (s setting) subnets(t *testing.T) (all []netip.Prefix) {
	add := func(subnets any) {
		list, _ := subnets.([]any)
		for _, entry := range list {
			sub := entry.(map[string]any)
			if lifetime, ok := sub["valid-lifetime"].(float64); !ok || lifetime > 600 {
				all = append(all, netip.MustParsePrefix(sub["subnet"].(string)))
			}
		}
	}
	own := s.read(t)
	add(own["subnet4"])
	networks, _ := own["shared-networks"].([]any)
	for _, n := range networks {
		add(n.(map[string]any)["subnet4"])
	}
	return all
}

// A grammar makes packets.
type grammar struct {
	rand    *rand.Rand
	subnets []netip.Prefix
}

// packet is one of any type, direct or through a relay, with some options.
func (g *grammar) packet() []field {
	at := netip.MustParsePrefix("10.0.0.0/16")
	var path []field
	if g.oneIn(2) {
		at = pick(g, g.subnets)
		path = append(path, relayed(at.Masked().Addr().Next().String()))
	}
	fields := append(g.message(at), path...)
	for _, o := range []struct {
		in   int
		make func(at netip.Prefix) field
	}{
		{2, g.requestList}, {4, g.hostName}, {6, g.fqdn}, {4, g.vendorClass}, {5, g.leaseTime}, {4, g.relayInformation},
		{9, g.flags}, {9, g.header}, {9, g.pxe}, {12, g.subnetSelection}, {9, g.nonsense},
	} {
		if g.oneIn(o.in) {
			fields = append(fields, o.make(at))
		}
	}
	return fields
}

func (g *grammar) oneIn(n int) bool { return g.rand.IntN(n) == 0 }

func pick[T any](g *grammar, from []T) T { return from[g.rand.IntN(len(from))] }

// message is a message about the client's address, or about another one of the
// subnet.
func (g *grammar) message(at netip.Prefix) []field {
	address := g.address(at).String()
	server := pick(g, []string{"10.0.0.1", "10.0.0.1", "10.0.0.1", "10.0.0.9"})
	return pick(g, []func() []field{
		func() []field { return discover() },
		func() []field { return discover() },
		func() []field { return discover(addr(50, address)) },
		func() []field { return discover(ciaddr(address)) },
		func() []field { return message(typeRequest, offered, serverID(server)) },
		func() []field { return message(typeRequest, offered, serverID(server)) },
		func() []field { return message(typeRequest, offered, serverID("10.0.0.1")) },
		func() []field { return message(typeRequest, addr(50, address), serverID(server)) },
		func() []field { return message(typeRequest, offered) },
		func() []field { return rebooting(address) },
		func() []field { return renewing() },
		func() []field { return rebinding() },
		func() []field { return message(typeRequest, ciaddr(address)) },
		func() []field { return message(typeRelease, mine, unicast) },
		func() []field { return message(typeRelease, ciaddr(address), serverID(server), unicast) },
		func() []field { return message(typeDecline, offered, serverID(server)) },
		func() []field { return message(typeDecline, addr(50, address)) },
		func() []field { return inform(address) },
	})()
}

// address is an address of a subnet, often in its pools and sometimes elsewhere.
func (g *grammar) address(at netip.Prefix) netip.Addr {
	if g.oneIn(20) {
		at = pick(g, g.subnets)
	}
	a := at.Masked().Addr().As4()
	a[3] = byte(2 + g.rand.IntN(62))
	if at.Bits() <= 16 {
		a[2] += byte(1 + g.rand.IntN(3))
	}
	return netip.AddrFrom4(a)
}

// differingCodes are options that Nestor does not send as Kea 2.2.0 does.
var differingCodes = []byte{108, 124, 125, 148, 149, 150, 183, 241, 242}

func (g *grammar) requestList(netip.Prefix) field {
	var codes []byte
	for range 1 + g.rand.IntN(20) {
		if code := byte(1 + g.rand.IntN(254)); !slices.Contains(differingCodes, code) {
			codes = append(codes, code)
		}
	}
	return prl(append(codes, pick(g, [][]byte{{1, 3, 6, 15}, {42}, {12, 81}, {58, 59}, {3}})...)...)
}

func (g *grammar) hostName(netip.Prefix) field {
	return text(12, pick(g, []string{"host", "Host", "host.example.org", "a-b", "x1", "host.dyn.example"}))
}

func (g *grammar) fqdn(netip.Prefix) field {
	if g.oneIn(2) {
		return fqdn(pick(g, []byte{0, 1, 8}), pick(g, []string{"host", "host.example.org."}))
	}
	return fqdn(pick(g, []byte{4, 5, 12, 6}), pick(g, []string{"\x04host", "\x04host\x07example\x00", "\x04HOST\x02my\x00"}))
}

func (g *grammar) vendorClass(netip.Prefix) field {
	return text(60, pick(g, []string{"phone", "docsis3.0", "short", "long", "both", "wide", "a", "b", "ab", "binary", "string", "private", "drop", "MSFT 5.0"}))
}

// reservedHosts are last bytes of link-layer addresses that have reservations, but for
// global addresses.
var reservedHosts = []byte{2, 3, 4, 5, 0x10, 0x11, 0x12, 0x13, 0x21, 0x22, 0x28, 0x29, 0x2a, 0x2c}

// identity is what client i is known by: a link-layer address with or without a
// reservation, or a client identifier, which two clients share and one leaves out at
// times. A client that came under different identifiers could have several leases in
// a subnet, and which of these counts is not said anywhere.
func (g *grammar) identity(i int) []field {
	switch reserved, id := i-5, i-5-len(reservedHosts); {
	case reserved < 0:
		return nil
	case id < 0:
		return []field{hw(reservedHosts[reserved])}
	case id == 0 && g.oneIn(2):
		return nil
	default:
		return []field{pick(g, [][]field{
			0: {opt(61, 0, 'i', 'd')}, 1: {opt(61, 1, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66)}, 2: {text(61, "text")}, 3: {text(61, "text")},
			4: {opt(61, 255, 0, 0, 0, 1, 0, 3, 0, 1, 10, 11, 12, 13, 14, 15)},
		}[id])}
	}
}

func (g *grammar) leaseTime(netip.Prefix) field {
	return leaseTime(pick(g, []uint32{0, 100, 600, 1000, 1999, 4000, 100000, 0xffffffff, g.rand.Uint32()}))
}

// relayInformation has its sub-options in ascending order.
func (g *grammar) relayInformation(at netip.Prefix) field {
	var b []byte
	for _, o := range [][]byte{
		pick(g, [][]byte{sub(1, "port-7"), sub(1, "port-1")}), sub(2, "remote"), sub(5, string(pick(g, g.subnets).Addr().AsSlice())), sub(6, "subscriber"),
		sub(9, "\x00\x00\x00\x09\x01x"), sub(11, "\x0a\x00\x00\x09"), sub(12, "relay"), sub(151, "\x00v"), sub(152, ""), sub(200, "any"),
	} {
		if g.oneIn(4) {
			b = append(b, o...)
		}
	}
	return agent(b...)
}

func (g *grammar) flags(netip.Prefix) field { return flags(pick(g, []uint16{0x8000, 0x8000, 0x0001})) }

func (g *grammar) header(netip.Prefix) field {
	secs, hops := uint16(g.rand.IntN(0x10000)), byte(g.rand.IntN(17))
	return set(func(p *packet) { p.secs, p.hops = secs, hops })
}

func (g *grammar) pxe(netip.Prefix) field {
	return raw(pick(g, [][]byte{{93, 2, 0, 7}, {94, 3, 1, 3, 16}, {97, 5, 0, 1, 2, 3, 4}, {77, 4, 'i', 'P', 'X', 'E'}, {77, 3, 2, 'a', 'b'}})...)
}

func (g *grammar) subnetSelection(netip.Prefix) field {
	return opt(118, pick(g, g.subnets).Addr().AsSlice()...)
}

// nonsense is an option that no server knows.
func (g *grammar) nonsense(netip.Prefix) field {
	content := binary.BigEndian.AppendUint64(nil, g.rand.Uint64())[:1+g.rand.IntN(8)]
	return opt(pick(g, []byte{126, 132, 206}), content...)
}
