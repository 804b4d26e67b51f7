package torture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// dhcp4 is the family of clients that are all behind a relay and hold one address.
type dhcp4 struct{}

// Where relay and server of DHCPv4 are.
const relayAddress, serverAddress = "10.0.0.2", "10.0.0.1"

var first4 = netip.MustParseAddr("10.64.0.10")

func (dhcp4) String() string { return "4" }

func (dhcp4) server(m servers.Make, ns *netns.NS, dir string) *servers.Server {
	return m.Server(ns, dir)
}

func (dhcp4) wire() (server, relay string) { return serverAddress + "/24", relayAddress + "/24" }

func (dhcp4) clients() []*client {
	var all []*client
	for i := range crowd {
		c := &client{number: i, mac: macOf(i)}
		if i%2 == 0 {
			c.id = []byte{0, 'c', byte(i)}
		}
		c.bindings = []*binding{{client: c, identity: identity4(c.mac, c.id)}}
		all = append(all, c)
	}
	return all
}

func identity4(mac, id []byte) string { return fmt.Sprintf("%x, client-id %x", mac, id) }

func (dhcp4) listen() ([]*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp4", &net.UDPAddr{IP: net.ParseIP(relayAddress), Port: 67})
	return []*net.UDPConn{conn}, err
}

func (f dhcp4) send(conns []*net.UDPConn, c *client, k kind) {
	// A message that does not arrive is part of the test.
	_, _ = conns[0].WriteToUDP(f.message(c, k).ToBytes(), &net.UDPAddr{IP: net.ParseIP(serverAddress), Port: 67})
}

// message is what a client says by the relay.
func (dhcp4) message(c *client, k kind) *dhcpv4.DHCPv4 {
	b := c.bindings[0]
	base := []dhcpv4.Modifier{
		dhcpv4.WithHwAddr(c.mac), dhcpv4.WithRelay(net.ParseIP(relayAddress)), dhcpv4.WithLeaseTime(c.lifetime),
		dhcpv4.WithTransactionID(dhcpv4.TransactionID(binary.BigEndian.AppendUint32(nil, c.xid))),
	}
	if c.id != nil {
		base = append(base, dhcpv4.WithOption(dhcpv4.OptClientIdentifier(c.id)))
	}
	m, err := dhcpv4.New(append(base, messages4[k](b.wants.Addr().AsSlice())...)...)
	if err != nil {
		panic(err)
	}
	return m
}

// messages4 is what makes a message of each kind for an address.
var messages4 = map[kind]func(addr net.IP) []dhcpv4.Modifier{
	discover: func(net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeDiscover)}
	},
	request: func(addr net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeRequest), requested(addr), serverID}
	},
	renew: func(addr net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeRequest), dhcpv4.WithClientIP(addr)}
	},
	reboot: func(addr net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeRequest), requested(addr)}
	},
	release: func(addr net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeRelease), dhcpv4.WithClientIP(addr), serverID}
	},
	decline: func(addr net.IP) []dhcpv4.Modifier {
		return []dhcpv4.Modifier{dhcpv4.WithMessageType(dhcpv4.MessageTypeDecline), requested(addr), serverID}
	},
}

func requested(addr net.IP) dhcpv4.Modifier {
	return dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(addr))
}

func serverID(m *dhcpv4.DHCPv4) {
	m.UpdateOption(dhcpv4.OptServerIdentifier(net.ParseIP(serverAddress)))
}

func (dhcp4) read(b []byte, of func(xid uint32) *client) (*client, answer, error) {
	m, err := dhcpv4.FromBytes(b)
	if err != nil {
		return nil, answer{}, err
	}
	c := of(binary.BigEndian.Uint32(m.TransactionID[:]))
	if c != nil && !bytes.Equal(m.ClientHWAddr, c.mac) {
		return nil, answer{}, errors.New("it is for another client")
	}
	addr, _ := netip.AddrFromSlice(m.YourIPAddr.To4())
	a := answer{offer: m.MessageType() == dhcpv4.MessageTypeOffer, leases: make([]given, 1)}
	if a.offer || m.MessageType() == dhcpv4.MessageTypeAck {
		a.leases[0] = given{netip.PrefixFrom(addr, 32), binary.BigEndian.Uint32(m.Options.Get(dhcpv4.OptionIPAddressLeaseTime))}
	}
	return c, a, nil
}

func (dhcp4) exact(kind) bool { return true }

func (dhcp4) first(c *client) []netip.Prefix {
	return []netip.Prefix{netip.PrefixFrom(plus(first4, c.number), 32)}
}

func (dhcp4) config() servers.Object {
	return servers.Object{
		"interfaces-config": servers.Object{"interfaces": servers.List{"eth0"}},
		"authoritative":     true,
		"subnet4": servers.List{servers.Object{
			"id": 1, "subnet": "10.64.0.0/16", "relay": servers.Object{"ip-addresses": servers.List{relayAddress}},
			"pools": servers.List{servers.Object{"pool": fmt.Sprintf("%v - %v", first4, plus(first4, crowd-1))}},
		}},
	}.With(lifetimes)
}

func (dhcp4) fill(path string) error {
	s, _, err := memfile.Open4(memfile.Options4{Path: path, Persist: true})
	if err != nil {
		return err
	}
	now := time.Now().Unix()
	for range 2 {
		tx := s.Begin4()
		for i := range uint32(fillers) {
			tx.Put4(&lease.Lease4{
				Addr: 0x0a408000 + i, HWAddr: []byte{6, 0, 0, 0, byte(i >> 8), byte(i)},
				ValidLft: 1_000_000, CLTT: now, SubnetID: 1,
			})
		}
		if err := tx.Commit(); err != nil {
			return err
		}
	}
	return s.Close4()
}

func (dhcp4) stored(path string) (map[netip.Prefix]stored, *memfile.LoadReport, error) {
	s, report, err := memfile.Open4(memfile.Options4{Path: path, Persist: true})
	if err != nil {
		return nil, report, err
	}
	defer s.Close4()
	found := map[netip.Prefix]stored{}
	err = s.Leases4(lease.Query4{}, func(l *lease.Lease4) bool {
		addr := netip.AddrFrom4([4]byte(binary.BigEndian.AppendUint32(nil, l.Addr)))
		found[netip.PrefixFrom(addr, 32)] = stored{identity4(l.HWAddr, l.ClientID), l.State, l.ValidLft, l.CLTT}
		return true
	})
	return found, report, err
}

func (dhcp4) assigned() []string { return []string{"subnet[1].assigned-addresses"} }

// plus is the address so many after another one, as far as its last byte goes.
func plus(addr netip.Addr, n int) netip.Addr {
	b := addr.AsSlice()
	b[len(b)-1] += byte(n)
	sum, _ := netip.AddrFromSlice(b)
	return sum
}
