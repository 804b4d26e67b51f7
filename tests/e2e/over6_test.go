package e2e_test

import (
	"errors"
	"net"
	"os"
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

// startOver6 runs a DHCPv4 server behind Debian's kea-dhcp6, and returns the
// namespace of a client before the two.
func startOver6(t *testing.T, s suite, subnet object) (*servers.Server, *netns.NS) {
	t.Helper()
	front, client := netns.New(t), netns.New(t)
	netns.Veth(t, front, "eth0", over6Server+"/64", client, "eth0", over6Client+"/64")
	front.IP(t, "addr add "+serverAddr+"/24 dev eth0")
	srv := s.Start(t, front, object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"dhcp4o6-port":      6767,
		"subnet4": list{
			object{"id": 1, "subnet": farSubnet, "pools": list{object{"pool": farPool}}},
			subnet,
		},
	})
	srv.StartKea6(t, object{
		"interfaces-config": object{"interfaces": list{"eth0/" + over6Server}},
		"dhcp4o6-port":      6767,
		"subnet6":           list{object{"id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0"}},
	})
	return srv, client
}

// over6Exchange sends a DHCPV4-QUERY, through a relay if there is an interface-id, and
// returns the DHCPv4 message of the answer, nil if none comes.
func over6Exchange(t *testing.T, ns *netns.NS, q *dhcpv4.DHCPv4, interfaceID string) *dhcpv4.DHCPv4 {
	t.Helper()
	var query dhcpv6.DHCPv6 = &dhcpv6.Message{
		MessageType: dhcpv6.MessageTypeDHCPv4Query, TransactionID: dhcpv6.TransactionID{0x80, 0, 0},
		Options: dhcpv6.MessageOptions{Options: dhcpv6.Options{&dhcpv6.OptDHCPv4Msg{Msg: q}}},
	}
	port := dhcpv6.DefaultClientPort
	if interfaceID != "" {
		relayed, err := dhcpv6.EncapsulateRelay(query, dhcpv6.MessageTypeRelayForward, net.ParseIP(over6Client), net.ParseIP("fe80::7"))
		if err != nil {
			t.Fatal(err)
		}
		relayed.AddOption(dhcpv6.OptInterfaceID([]byte(interfaceID)))
		query, port = relayed, dhcpv6.DefaultServerPort
	}
	answer, err := over6RoundTrip(ns, port, query.ToBytes())
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
	if r, ok := m.(*dhcpv6.RelayMessage); ok != (interfaceID != "") || ok && string(r.Options.InterfaceID()) != interfaceID {
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
func over6RoundTrip(ns *netns.NS, port int, query []byte) (answer []byte, err error) {
	err = ns.Do(func() error {
		conn, err := net.ListenUDP("udp6", &net.UDPAddr{IP: net.ParseIP(over6Client), Port: port})
		if err != nil {
			return err
		}
		defer conn.Close()
		if _, err := conn.WriteTo(query, &net.UDPAddr{IP: net.ParseIP(over6Server), Port: dhcpv6.DefaultServerPort}); err != nil {
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

// A client gets an IPv4 address from either make over a wire without DHCPv4, with
// Debian's kea-dhcp6 between.
func TestOver6(t *testing.T) {
	hw := net.HardwareAddr{2, 0, 0, 0, 0, 7}
	eachSuite(t, func(t *testing.T, s suite) {
		for _, way := range []struct {
			name, interfaceID string
			subnet            object
		}{
			{"4o6-subnet", "", object{"4o6-subnet": "2001:db8:1::/64"}},
			{"4o6-interface", "", object{"4o6-interface": "eth0"}},
			{"4o6-interface-id", "port7", object{"4o6-interface-id": "port7"}},
		} {
			t.Run("D4.31.1 D4.31.2 "+way.name, func(t *testing.T) {
				t.Parallel()
				srv, client := startOver6(t, s, way.subnet.With(object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}}))
				discover, err := dhcpv4.NewDiscovery(hw)
				if err != nil {
					t.Fatal(err)
				}
				offer := over6Exchange(t, client, discover, way.interfaceID)
				if offer == nil || offer.MessageType() != dhcpv4.MessageTypeOffer || offer.ServerIdentifier().String() != serverAddr {
					t.Fatalf("answered with %v\n%s", offer, srv.Log())
				}
				request, err := dhcpv4.NewRequestFromOffer(offer)
				if err != nil {
					t.Fatal(err)
				}
				ack := over6Exchange(t, client, request, way.interfaceID)
				if ack == nil || ack.MessageType() != dhcpv4.MessageTypeAck || ack.YourIPAddr.String() != poolFirst {
					t.Fatalf("answered with %v\n%s", ack, srv.Log())
				}
				srv.Lease(t, poolFirst, "is the client's", func(row map[string]string) bool {
					return row["hwaddr"] == hw.String() && row["subnet_id"] == "7" && row["expire"] != "0"
				})
			})
		}
		t.Run("D4.31.2 no subnet for the transport", func(t *testing.T) {
			t.Parallel()
			_, client := startOver6(t, s, object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": lanPool}}})
			discover, err := dhcpv4.NewDiscovery(hw)
			if err != nil {
				t.Fatal(err)
			}
			if r := over6Exchange(t, client, discover, ""); r != nil {
				t.Errorf("answered with %v", r)
			}
		})
	})
}
