package main

import (
	"context"
	"net"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/netio"
	"nestor/tests/netns"
)

// TestExchange runs the responder against a client that speaks through the DHCP
// library, once as a relay and once directly.
func TestExchange(t *testing.T) {
	for name, c := range map[string]struct {
		server func(int, netio.Interface, uint32, uint16, netio.Options) ([]netio.Socket4, error)
		client func(netio.Interface, uint32, uint16, netio.Options) (netio.Socket4, error)
		port   uint16
		edit   dhcpv4.Modifier
		dst    uint32
	}{
		"relayed to raw": {netio.OpenRaw4Fanout, netio.OpenUDP4, 67, dhcpv4.WithRelay(net.IPv4(10, 0, 0, 2)), 0x0a000001},
		"relayed to udp": {netio.OpenUDP4Fanout, netio.OpenUDP4, 67, dhcpv4.WithRelay(net.IPv4(10, 0, 0, 2)), 0x0a000001},
		"direct":         {netio.OpenRaw4Fanout, netio.OpenRaw4, 68, dhcpv4.WithBroadcast(true), 0xffffffff},
	} {
		t.Run(name, func(t *testing.T) {
			a, b := netns.New(t), netns.New(t)
			netns.Veth(t, a, "eth0", "10.0.0.1/24", b, "eth0", "10.0.0.2/24")
			var sockets []netio.Socket4
			err := a.Do(func() error {
				iface, addr, err := choose("eth0", "")
				if err != nil {
					return err
				}
				sockets, err = c.server(2, iface, addr, 67, netio.Options{})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			var client netio.Socket4
			err = b.Do(func() error {
				iface, addr, err := choose("eth0", "10.0.0.2")
				if err != nil {
					return err
				}
				client, err = c.client(iface, addr, c.port, netio.Options{})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			ctx, stop := context.WithCancel(context.Background())
			served := make(chan error)
			go func() { served <- serve(ctx, sockets, loop4) }()
			defer func() {
				stop()
				if err := <-served; err != nil {
					t.Error(err)
				}
			}()

			mac := net.HardwareAddr{2, 0, 0, 1, 2, 3}
			query, err := dhcpv4.NewDiscovery(mac, c.edit)
			if err != nil {
				t.Fatal(err)
			}
			offered := ask(t, client, query, c.dst)
			if offered.MessageType() != dhcpv4.MessageTypeOffer || offered.YourIPAddr.String() != "10.1.2.3" {
				t.Fatalf("answer to DISCOVER: %v", offered.Summary())
			}
			query, err = dhcpv4.NewRequestFromOffer(offered, c.edit)
			if err != nil {
				t.Fatal(err)
			}
			acked := ask(t, client, query, c.dst)
			if acked.MessageType() != dhcpv4.MessageTypeAck || acked.YourIPAddr.String() != "10.1.2.3" ||
				acked.ServerIdentifier().String() != "10.0.0.1" || acked.IPAddressLeaseTime(0) != time.Hour {
				t.Fatalf("answer to REQUEST: %v", acked.Summary())
			}
		})
	}
}

// ask sends a query and returns the answer to it.
func ask(t *testing.T, client netio.Socket4, query *dhcpv4.DHCPv4, dst uint32) *dhcpv4.DHCPv4 {
	t.Helper()
	everybody := [6]byte{255, 255, 255, 255, 255, 255}
	rs := []netio.Reply4{{Payload: query.ToBytes(), Dst: dst, DstPort: 67, DstMAC: everybody}}
	if err := client.Send(rs); err != nil || rs[0].Err != nil {
		t.Fatal(err, rs[0].Err)
	}
	ds := make([]netio.Datagram4, 1)
	for deadline := time.Now().Add(2 * time.Second); time.Now().Before(deadline); {
		n, err := client.Recv(ds)
		if err != nil {
			t.Fatal(err)
		}
		if n == 0 {
			continue
		}
		answer, err := dhcpv4.FromBytes(ds[0].Payload)
		if err != nil {
			t.Fatal(err)
		}
		if answer.TransactionID == query.TransactionID && answer.ClientHWAddr.String() == query.ClientHWAddr.String() {
			return answer
		}
	}
	t.Fatal("no answer")
	return nil
}

func TestOtherMessagesAreIgnored(t *testing.T) {
	a := newAnswer(0x0a000001)
	var r netio.Reply4
	for name, payload := range map[string][]byte{
		"empty":          nil,
		"no options":     make([]byte, 240),
		"RELEASE":        append(make([]byte, 240), 53, 1, 7, 255),
		"type cut":       append(make([]byte, 240), 0, 0, 53, 1),
		"length too big": append(make([]byte, 240), 12, 200, 53, 1, 1),
	} {
		if a.to(&netio.Datagram4{Payload: payload}, &r) {
			t.Errorf("%s is answered", name)
		}
	}
}
