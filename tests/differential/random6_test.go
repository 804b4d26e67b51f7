package differential_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"nestor/lib/pkt6"
	"nestor/tests/servers"
)

// randomPackets6 are how many each setting gets.
const randomPackets6 = 200

// Random DHCPv6 packets to both servers of some settings, from which everything is
// left out in which the two differ for a reason, such as DECLINE of several addresses.
func TestRandomPackets6(t *testing.T) {
	for i, s := range []setting6{basics6, reservations6, options6, withoutUpdates6, globals6} {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			g := &grammar6{grammar{rand: rand.New(rand.NewPCG(randomSeed, uint64(i)))}}
			nestor, kea := s.start(t, servers.Nestor), s.start(t, servers.Kea)
			var ours, theirs [randomClients]dialogue6
			for i := range randomClients {
				ours[i] = dialogue6{number: i}
				theirs[i] = ours[i]
			}
			for n := range randomPackets6 {
				i := g.rand.IntN(randomClients)
				fields := append(g.packet(), g.identity(i)...)
				our, their := nestor.say(t, &ours[i], fields), kea.say(t, &theirs[i], fields)
				if strings.Contains(their.reply.String(), "no prefixes could be assigned") {
					theirs[i].ias = ours[i].ias
					continue // newNoPrefix
				}
				if our.compare(t, n, their.reply); t.Failed() {
					t.Fatalf("client %d asked %x", i, our.query.payload(0))
				}
			}
		})
	}
}

// say sends one packet of a dialogue.
func (r *responder6) say(t *testing.T, d *dialogue6, fields []field6) answered6 {
	t.Helper()
	p := build6(d, fields)
	a := answered6{p, r.ask(t, []*packet6{p})[0]}
	if ias := a.reply.ias(); len(a.reply.leases()) > 0 {
		d.ias = ias
	}
	return a
}

// A grammar6 makes DHCPv6 packets.
type grammar6 struct{ grammar }

// identity is what client i is known by: an identifier of its own, or one that has a
// reservation.
func (g *grammar6) identity(i int) []field6 {
	if i < 8 {
		return nil
	}
	return []field6{hw6(byte(0x21 + (i-8)%12))}
}

// packet is one of any type, direct or through relays, with some options.
func (g *grammar6) packet() []field6 {
	fields := g.message()
	if g.oneIn(2) {
		fields = append(fields, oro(pick(&g.grammar, []uint16{23, 24, 31, 17, 1000}), uint16(1+g.rand.IntN(150)), 23))
	}
	for _, o := range []struct {
		in    int
		field field6
	}{
		{6, rapid}, {6, opt6(8, 0, byte(g.rand.IntN(256)))}, {5, fqdn6(pick(&g.grammar, []byte{0, 1, 4}), "\x04host\x03org\x00")}, {6, opt6(15, 0, 1, 'a')},
		{6, vendor6}, {9, opt6(20)}, {9, opt6(uint16(200+g.rand.IntN(100)), 1, 2, 3)},
	} {
		if g.oneIn(o.in) {
			fields = append(fields, o.field)
		}
	}
	for range g.rand.IntN(3) {
		link := fmt.Sprintf("2001:db8:%x::1", 1+g.rand.IntN(8))
		fields = append(fields, via(link, pick(&g.grammar, []field6{remoteID, subscriber, port8})))
	}
	return fields
}

// message is a message about what the client has, or about something else.
func (g *grammar6) message() []field6 {
	iaid := byte(1 + g.rand.IntN(2))
	address := fmt.Sprintf("2001:db8:%x:1::%x", 1+g.rand.IntN(8), g.rand.IntN(64))
	prefix := fmt.Sprintf("2001:db8:8000:%x00::/56", g.rand.IntN(64))
	wish := pick(&g.grammar, []field6{na(iaid), na(iaid, address), pd(iaid), pd(iaid, prefix)})
	kind := pick(&g.grammar, []byte{
		pkt6.MsgSolicit, pkt6.MsgSolicit, pkt6.MsgRequest, pkt6.MsgConfirm, pkt6.MsgRenew, pkt6.MsgRebind, pkt6.MsgRelease, pkt6.MsgInformationRequest,
	})
	switch g.rand.IntN(3) {
	case 0:
		return message6(kind, wish)
	case 1:
		return message6(kind, given)
	default:
		return pick(&g.grammar, [][]field6{solicit(wish), solicit(wish, na(3)), request(), request(), renew(), rebind()})
	}
}
