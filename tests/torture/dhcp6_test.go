package torture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"

	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// dhcp6 is the family of clients that hold an address and a prefix each; every other
// one is behind a relay. A third of them ask for rapid commit.
type dhcp6 struct {
	zone string // index of eth0 in the namespace of the clients
}

// Where relay and server of DHCPv6 are.
const relayAddress6, serverAddress6 = "2001:db8::2", "2001:db8::1"

// A link is what clients in one place get: behind the relay or on the server's wire.
type link struct {
	id            int
	subnet        netip.Prefix
	where         servers.Object
	first, prefix netip.Addr // of those to give
}

// links is indexed by whether a client is direct: 0 or 1.
var links = [2]link{
	{1, netip.MustParsePrefix("2001:db8:1::/64"), servers.Object{"relay": servers.Object{"ip-addresses": servers.List{"2001:db8:1::1"}}},
		netip.MustParseAddr("2001:db8:1::10"), netip.MustParseAddr("2001:db8:100::")},
	{2, netip.MustParsePrefix("2001:db8:2::/64"), servers.Object{"interface": "eth0"},
		netip.MustParseAddr("2001:db8:2::10"), netip.MustParseAddr("2001:db8:200::")},
}

func linkOf(c *client) *link { return &links[c.number%2] }

// delegated is the length of prefixes. There are 64 for each link, which has half the
// crowd.
const delegated = 64

// The IAIDs of an address and a prefix.
const iaidNA, iaidPD = 1, 2

func (*dhcp6) String() string { return "6" }

func (*dhcp6) server(m servers.Make, ns *netns.NS, dir string) *servers.Server {
	return m.Server6(ns, dir)
}

func (*dhcp6) wire() (server, relay string) { return serverAddress6 + "/64", relayAddress6 + "/64" }

func (*dhcp6) clients() []*client {
	var all []*client
	for i := range crowd {
		c := &client{number: i, mac: macOf(i), rapid: i%3 == 0}
		c.id = (&dhcpv6.DUIDLL{HWType: iana.HWTypeEthernet, LinkLayerAddr: c.mac}).ToBytes()
		c.bindings = []*binding{
			{client: c, identity: identity6(c.id, lease.TypeNA, iaidNA)},
			{client: c, identity: identity6(c.id, lease.TypePD, iaidPD), prefix: true},
		}
		all = append(all, c)
	}
	return all
}

func identity6(duid []byte, typ lease.Type6, iaid uint32) string {
	return fmt.Sprintf("DUID %x, type %d, IAID %d", duid, typ, iaid)
}

// listen opens the port of relays and that of clients.
func (f *dhcp6) listen() (conns []*net.UDPConn, err error) {
	eth0, err := net.InterfaceByName("eth0")
	if err != nil {
		return nil, err
	}
	f.zone = strconv.Itoa(eth0.Index)
	for _, port := range []int{dhcpv6.DefaultServerPort, dhcpv6.DefaultClientPort} {
		conn, err := net.ListenUDP("udp6", &net.UDPAddr{Port: port})
		if err != nil {
			return conns, err
		}
		conns = append(conns, conn)
	}
	return conns, nil
}

var messages6 = map[kind]dhcpv6.MessageType{
	discover: dhcpv6.MessageTypeSolicit, request: dhcpv6.MessageTypeRequest, renew: dhcpv6.MessageTypeRenew,
	reboot: dhcpv6.MessageTypeRebind, release: dhcpv6.MessageTypeRelease, decline: dhcpv6.MessageTypeDecline,
}

// serverDUID is what the server is configured to be.
var serverDUID = &dhcpv6.DUIDEN{EnterpriseNumber: 2495, EnterpriseIdentifier: []byte{1, 2, 3, 4}}

func (f *dhcp6) send(conns []*net.UDPConn, c *client, k kind) {
	m := &dhcpv6.Message{MessageType: messages6[k]}
	copy(m.TransactionID[:], binary.BigEndian.AppendUint32(nil, c.xid)[1:])
	m.AddOption(&dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionClientID, OptionData: c.id})
	switch k {
	case discover:
		if c.rapid {
			m.AddOption(&dhcpv6.OptionGeneric{OptionCode: dhcpv6.OptionRapidCommit})
		}
	case reboot:
	default:
		m.AddOption(dhcpv6.OptServerID(serverDUID))
	}
	for _, b := range c.bindings {
		if asksFor(b, k) {
			m.AddOption(b.association(c.lifetime))
		}
	}
	// A message that does not arrive is part of the test.
	if l := linkOf(c); l.id == 1 {
		relayed, err := dhcpv6.EncapsulateRelay(m, dhcpv6.MessageTypeRelayForward, net.ParseIP("2001:db8:1::1"), net.ParseIP("fe80::1"))
		if err != nil {
			panic(err)
		}
		_, _ = conns[0].WriteToUDP(relayed.ToBytes(), &net.UDPAddr{IP: net.ParseIP(serverAddress6), Port: dhcpv6.DefaultServerPort})
		return
	}
	_, _ = conns[1].WriteToUDP(m.ToBytes(), &net.UDPAddr{IP: net.ParseIP("ff02::1:2"), Zone: f.zone, Port: dhcpv6.DefaultServerPort})
}

// asksFor reports whether a message has the IA: one that asks for leases has both, one
// that speaks of those that the client has, those. Prefixes are not declined.
func asksFor(b *binding, k kind) bool {
	switch k {
	case discover, request:
		return true
	case decline:
		return !b.prefix
	}
	return b.wants.IsValid()
}

// association is the IA of a binding with the lease that it wants, if any.
func (b *binding) association(lifetime uint32) dhcpv6.Option {
	preferred, valid := time.Duration(lifetime/2)*time.Second, time.Duration(lifetime)*time.Second
	if b.prefix {
		ia := &dhcpv6.OptIAPD{IaId: [4]byte{3: iaidPD}}
		if b.wants.IsValid() {
			ia.Options.Add(&dhcpv6.OptIAPrefix{PreferredLifetime: preferred, ValidLifetime: valid, Prefix: &net.IPNet{
				IP: b.wants.Addr().AsSlice(), Mask: net.CIDRMask(b.wants.Bits(), 128),
			}})
		}
		return ia
	}
	ia := &dhcpv6.OptIANA{IaId: [4]byte{3: iaidNA}}
	if b.wants.IsValid() {
		ia.Options.Add(&dhcpv6.OptIAAddress{IPv6Addr: b.wants.Addr().AsSlice(), PreferredLifetime: preferred, ValidLifetime: valid})
	}
	return ia
}

func (*dhcp6) read(b []byte, of func(xid uint32) *client) (*client, answer, error) {
	outer, err := dhcpv6.FromBytes(b)
	if err != nil {
		return nil, answer{}, err
	}
	m, err := outer.GetInnerMessage()
	if err != nil {
		return nil, answer{}, err
	}
	c := of(binary.BigEndian.Uint32(append([]byte{0}, m.TransactionID[:]...)))
	if c != nil && outer.IsRelay() != (linkOf(c).id == 1) {
		return nil, answer{}, errors.New("it went another way than the query")
	}
	if id := m.GetOneOption(dhcpv6.OptionClientID); c != nil && (id == nil || !bytes.Equal(id.ToBytes(), c.id)) {
		return nil, answer{}, errors.New("it is for another client")
	}
	a := answer{offer: m.MessageType == dhcpv6.MessageTypeAdvertise, leases: make([]given, 2)}
	for _, ia := range m.Options.IANA() {
		for _, l := range ia.Options.Addresses() {
			if l.ValidLifetime > 0 {
				addr, _ := netip.AddrFromSlice(l.IPv6Addr)
				a.leases[0] = given{netip.PrefixFrom(addr, 128), uint32(l.ValidLifetime / time.Second)}
			}
		}
	}
	for _, ia := range m.Options.IAPD() {
		for _, l := range ia.Options.Prefixes() {
			if l.ValidLifetime > 0 {
				addr, _ := netip.AddrFromSlice(l.Prefix.IP)
				ones, _ := l.Prefix.Mask.Size()
				a.leases[1] = given{netip.PrefixFrom(addr, ones), uint32(l.ValidLifetime / time.Second)}
			}
		}
	}
	return c, a, nil
}

// exact: a REQUEST, and a SOLICIT with rapid commit, leave the lifetimes of leases that
// there are already as they were.
func (*dhcp6) exact(k kind) bool { return k == renew || k == reboot }

func (*dhcp6) first(c *client) []netip.Prefix {
	l, n := linkOf(c), c.number/2
	prefix := l.prefix.As16()
	prefix[7] = byte(n)
	return []netip.Prefix{netip.PrefixFrom(plus(l.first, n), 128), netip.PrefixFrom(netip.AddrFrom16(prefix), delegated)}
}

func (*dhcp6) config() servers.Object {
	var subnets servers.List
	for _, l := range links {
		subnets = append(subnets, servers.Object{
			"id": l.id, "subnet": l.subnet, "rapid-commit": true,
			"pools":    servers.List{servers.Object{"pool": fmt.Sprintf("%v - %v", l.first, plus(l.first, crowd/2-1))}},
			"pd-pools": servers.List{servers.Object{"prefix": l.prefix, "prefix-len": delegated - 6, "delegated-len": delegated}},
		}.With(l.where))
	}
	return servers.Object{
		"interfaces-config":      servers.Object{"interfaces": servers.List{"eth0/" + serverAddress6}},
		"server-id":              servers.Object{"type": "EN", "enterprise-id": 2495, "identifier": "01020304", "persist": false},
		"min-preferred-lifetime": 1, "preferred-lifetime": 2000, "max-preferred-lifetime": longest,
		"subnet6": subnets,
	}.With(lifetimes)
}

func (*dhcp6) fill(path string) error {
	s, _, err := memfile.Open6(memfile.Options6{Path: path, Persist: true})
	if err != nil {
		return err
	}
	now := time.Now().Unix()
	for range 2 {
		tx := s.Begin6()
		for i := range uint32(fillers) {
			addr := links[0].subnet.Addr().As16()
			binary.BigEndian.PutUint32(addr[12:], 0x10000+i)
			tx.Put6(&lease.Lease6{
				Addr: addr, Type: lease.TypeNA, PrefixLen: 128, IAID: 1, DUID: []byte{0, 3, 0, 1, 6, 0, 0, 0, byte(i >> 8), byte(i)},
				ValidLft: 1_000_000, PreferredLft: 500_000, CLTT: now, SubnetID: 1,
			})
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return s.Close6()
}

func (*dhcp6) stored(path string) (map[netip.Prefix]stored, *memfile.LoadReport, error) {
	s, report, err := memfile.Open6(memfile.Options6{Path: path, Persist: true})
	if err != nil {
		return nil, report, err
	}
	defer s.Close6()
	found := map[netip.Prefix]stored{}
	err = s.Leases6(lease.Query6{}, func(l *lease.Lease6) bool {
		p := netip.PrefixFrom(netip.AddrFrom16(l.Addr), int(l.PrefixLen))
		found[p] = stored{identity6(l.DUID, l.Type, l.IAID), l.State, l.ValidLft, l.CLTT}
		return true
	})
	return found, report, err
}

func (*dhcp6) assigned() []string {
	return []string{
		"subnet[1].assigned-nas", "subnet[1].assigned-pds",
		"subnet[2].assigned-nas", "subnet[2].assigned-pds",
	}
}
