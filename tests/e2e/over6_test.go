package e2e_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// Addresses of the wire on which there is DHCPv6 only.
const (
	over6Server = "2001:db8:1::1"
	over6Client = "2001:db8:1::2"
)

// An over6Pair is a DHCPv6 server and the DHCPv4 server behind it, of one make each,
// with a client on their wire.
type over6Pair struct {
	front, back *server
	config6     object
	client      *netns.NS
}

// eachOver6Pair runs a test with each make in each place.
func eachOver6Pair(t *testing.T, test func(t *testing.T, front, back suite)) {
	t.Helper()
	eachSuite(t, func(t *testing.T, front suite) {
		for _, back := range suites {
			t.Run("before "+back.Name, func(t *testing.T) { test(t, front, back) })
		}
	})
}

// startOver6 runs a pair of servers on one wire. The DHCPv4 server has a subnet beside
// one that is not for this way.
func startOver6(t *testing.T, front, back suite, config6, subnet object) *over6Pair {
	t.Helper()
	p := &over6Pair{client: netns.New(t)}
	ns := netns.New(t)
	netns.Veth(t, ns, "eth0", over6Server+"/64", p.client, "eth0", over6Client+"/64")
	ns.IP(t, "addr add "+serverAddr+"/24 dev eth0")
	awaitLinkLocal(t, ns)
	awaitLinkLocal(t, p.client)
	p.back = back.Start(t, ns, object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"dhcp4o6-port":      6767,
		"subnet4": list{
			object{"id": 1, "subnet": farSubnet, "pools": list{object{"pool": farPool}}},
			object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}}.With(subnet),
		},
	})
	p.config6 = object{
		"interfaces-config": object{"interfaces": list{"eth0/" + over6Server}},
		"dhcp4o6-port":      6767,
		"subnet6":           list{object{"id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0"}},
	}.With(config6)
	p.front = front.Start6(t, ns, p.config6)
	return p
}

// An over6Way is how a client's messages travel.
type over6Way struct {
	interfaceID string // of a relay, "": direct
	multicast   bool   // to all servers, not to the server's address
	port        int    // to send from, 0: as the standard has it
	options     dhcpv6.Options
}

// exchange sends a DHCPV4-QUERY and returns the DHCPv4 message of the answer, nil if
// none comes.
func (p *over6Pair) exchange(t *testing.T, q *dhcpv4.DHCPv4, way over6Way) *dhcpv4.DHCPv4 {
	t.Helper()
	var query dhcpv6.DHCPv6 = &dhcpv6.Message{
		MessageType: dhcpv6.MessageTypeDHCPv4Query, TransactionID: dhcpv6.TransactionID{0x80, 0, 0},
		Options: dhcpv6.MessageOptions{Options: append(dhcpv6.Options{&dhcpv6.OptDHCPv4Msg{Msg: q}}, way.options...)},
	}
	if way.port == 0 {
		way.port = dhcpv6.DefaultClientPort
	}
	if way.interfaceID != "" {
		relayed, err := dhcpv6.EncapsulateRelay(query, dhcpv6.MessageTypeRelayForward, net.ParseIP(over6Client), net.ParseIP("fe80::7"))
		if err != nil {
			t.Fatal(err)
		}
		relayed.AddOption(dhcpv6.OptInterfaceID([]byte(way.interfaceID)))
		if way.port == dhcpv6.DefaultClientPort {
			way.port = dhcpv6.DefaultServerPort
		} else {
			relayed.AddOption(dhcpv6.OptRelayPort(0))
		}
		query = relayed
	}
	answer, err := over6RoundTrip(p.client, way, query.ToBytes())
	if err != nil {
		t.Fatal(err)
	}
	if answer == nil {
		return nil
	}
	m, err := dhcpv6.FromBytes(answer)
	if err != nil {
		t.Fatal(err)
	}
	if r, ok := m.(*dhcpv6.RelayMessage); ok != (way.interfaceID != "") || ok && string(r.Options.InterfaceID()) != way.interfaceID {
		t.Fatalf("answered with %v", m.Summary())
	}
	msg, err := m.GetInnerMessage()
	if err != nil {
		t.Fatal(err)
	}
	inside, ok := msg.GetOneOption(dhcpv6.OptionDHCPv4Msg).(*dhcpv6.OptDHCPv4Msg)
	if !ok || msg.MessageType != dhcpv6.MessageTypeDHCPv4Response || len(msg.Options.Options) != 1 {
		t.Fatalf("answered with %v", msg.Summary())
	}
	return inside.Msg
}

// over6RoundTrip sends to the DHCPv6 server and waits for an answer.
func over6RoundTrip(ns *netns.NS, way over6Way, query []byte) (answer []byte, err error) {
	err = ns.Do(func() error {
		eth0, err := net.InterfaceByName("eth0")
		if err != nil {
			return err
		}
		from, to := &net.UDPAddr{IP: net.ParseIP(over6Client), Port: way.port}, &net.UDPAddr{IP: net.ParseIP(over6Server)}
		if way.multicast {
			from.IP, to.IP, to.Zone = nil, net.ParseIP("ff02::1:2"), strconv.Itoa(eth0.Index)
		}
		to.Port = dhcpv6.DefaultServerPort
		conn, err := net.ListenUDP("udp6", from)
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.WriteTo(query, to); err != nil {
			return err
		}
		conn.SetReadDeadline(time.Now().Add(3 * time.Second))
		b := make([]byte, 2000)
		n, err := conn.Read(b)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return nil
		}
		answer = b[:n]
		return err
	})
	return answer, err
}

// offered reports whether a DISCOVER is answered with an OFFER.
func (p *over6Pair) offered(t *testing.T, way over6Way) bool {
	t.Helper()
	discover, err := dhcpv4.NewDiscovery(net.HardwareAddr{2, 0, 0, 0, 0, 7})
	if err != nil {
		t.Fatal(err)
	}
	offer := p.exchange(t, discover, way)
	return offer != nil && offer.MessageType() == dhcpv4.MessageTypeOffer
}

// A client gets an IPv4 address over a wire without DHCPv4, from servers of either
// make together.
func TestOver6(t *testing.T) {
	hw := net.HardwareAddr{2, 0, 0, 0, 0, 7}
	byPrefix := object{"4o6-subnet": "2001:db8:1::/64"}
	eachOver6Pair(t, func(t *testing.T, front, back suite) {
		for _, c := range []struct {
			name   string
			subnet object
			way    over6Way
		}{
			{"4o6-subnet", byPrefix, over6Way{}},
			{"4o6-interface", object{"4o6-interface": "eth0"}, over6Way{}},
			{"4o6-interface by multicast", object{"4o6-interface": "eth0"}, over6Way{multicast: true}},
			{"4o6-interface-id", object{"4o6-interface-id": "port7"}, over6Way{interfaceID: "port7"}},
			{"relay port", object{"4o6-interface-id": "port7"}, over6Way{interfaceID: "port7", port: 5470}},
		} {
			t.Run("D4.31.1 D4.31.2 D6.23.1 D6.23.2 "+c.name, func(t *testing.T) {
				t.Parallel()
				p := startOver6(t, front, back, nil, c.subnet)
				discover, err := dhcpv4.NewDiscovery(hw)
				if err != nil {
					t.Fatal(err)
				}
				offer := p.exchange(t, discover, c.way)
				if offer == nil || offer.MessageType() != dhcpv4.MessageTypeOffer || offer.ServerIdentifier().String() != serverAddr {
					t.Fatalf("answered with %v\n%s\n%s", offer, p.front.Log(), p.back.Log())
				}
				request, err := dhcpv4.NewRequestFromOffer(offer)
				if err != nil {
					t.Fatal(err)
				}
				ack := p.exchange(t, request, c.way)
				if ack == nil || ack.MessageType() != dhcpv4.MessageTypeAck || ack.YourIPAddr.String() != poolFirst {
					t.Fatalf("answered with %v\n%s\n%s", ack, p.front.Log(), p.back.Log())
				}
				p.back.Lease(t, poolFirst, "is the client's", func(row map[string]string) bool {
					return row["hwaddr"] == hw.String() && row["subnet_id"] == "7" && row["expire"] != "0"
				})
				for name, want := range map[string]int{"pkt6-dhcpv4-query-received": 2, "pkt6-dhcpv4-response-sent": 2, "pkt6-sent": 2, "pkt6-received": 2} {
					servers.Eventually(t, 5*time.Second, fmt.Sprintf("%s is %d", name, want), func() bool { return p.front.Statistic(t, name) == want })
				}
			})
		}
		t.Run("what the DHCPv6 server drops", func(t *testing.T) {
			t.Parallel()
			p := startOver6(t, front, back, object{
				"client-classes": list{object{"name": "DROP", "test": "option[16].exists"}},
			}, byPrefix)
			option := func(code dhcpv6.OptionCode, data ...byte) dhcpv6.Option {
				return &dhcpv6.OptionGeneric{OptionCode: code, OptionData: data}
			}
			id := option(dhcpv6.OptionClientID, 0, 3, 0, 1, 2, 0, 0, 0, 0, 7)
			for name, options := range map[string]dhcpv6.Options{
				"two client identifiers": {id, id},
				"another server":         {option(dhcpv6.OptionServerID, 0, 3, 0, 1, 2, 0, 0, 0, 0, 9)},
				"class DROP":             {option(dhcpv6.OptionVendorClass, 0, 0, 0, 1, 0, 1, 'x')},
			} {
				if p.offered(t, over6Way{options: options}) {
					t.Errorf("%s: there is an offer", name)
				}
			}
			if n := p.front.Statistic(t, "pkt6-receive-drop"); n != 3 {
				t.Errorf("pkt6-receive-drop is %d, want 3", n)
			}
			if !p.offered(t, over6Way{options: dhcpv6.Options{id}}) {
				t.Error("there is no offer for others")
			}
		})
		t.Run("D6.23.1 off until it is configured", func(t *testing.T) {
			t.Parallel()
			p := startOver6(t, front, back, object{"dhcp4o6-port": 0}, byPrefix)
			if p.offered(t, over6Way{}) {
				t.Error("there is an offer")
			}
			if n := p.front.Statistic(t, "pkt6-receive-drop"); n != 0 {
				t.Errorf("pkt6-receive-drop is %d, Kea counts none", n)
			}
			p.front.Configure(t, p.config6.With(object{"dhcp4o6-port": 6767}))
			if result, text, _ := p.front.Call(t, "config-reload", nil); result != 0 {
				t.Fatal(text)
			}
			if !p.offered(t, over6Way{}) {
				t.Errorf("there is no offer after config-reload\n%s", p.front.Log())
			}
		})
		t.Run("D4.31.2 no subnet for the transport", func(t *testing.T) {
			t.Parallel()
			if p := startOver6(t, front, back, nil, nil); p.offered(t, over6Way{}) {
				t.Error("there is an offer")
			}
		})
	})
}
