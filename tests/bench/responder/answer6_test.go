package main

import (
	"net"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"nestor/lib/netio"
)

// The answers, direct and through a relay, are ones that the DHCP library reads.
func TestAnswer6(t *testing.T) {
	mac := net.HardwareAddr{2, 0, 0, 1, 2, 3}
	solicit, err := dhcpv6.NewSolicit(mac)
	if err != nil {
		t.Fatal(err)
	}
	relayed, err := dhcpv6.EncapsulateRelay(solicit, dhcpv6.MessageTypeRelayForward, net.ParseIP("2001:db8::2"), net.ParseIP("fe80::2"))
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		query dhcpv6.DHCPv6
		port  uint16
	}{"direct": {solicit, 546}, "relayed": {relayed, 547}} {
		t.Run(name, func(t *testing.T) {
			a := newAnswer6()
			var r netio.Reply6
			if !a.to(&netio.Datagram6{Payload: c.query.ToBytes(), Src: [16]byte{0xfe, 0x80, 15: 9}, IfIndex: 7}, &r) {
				t.Fatal("no answer")
			}
			if r.DstPort != c.port || r.Dst != [16]byte{0xfe, 0x80, 15: 9} || r.IfIndex != 7 {
				t.Errorf("goes to %x port %d by interface %d", r.Dst, r.DstPort, r.IfIndex)
			}
			answer, err := dhcpv6.FromBytes(r.Payload)
			if err != nil {
				t.Fatal(err)
			}
			if back, ok := answer.(*dhcpv6.RelayMessage); ok != (c.port == 547) || ok && (back.LinkAddr.String() != "2001:db8::2" || back.PeerAddr.String() != "fe80::2") {
				t.Errorf("answer is %v", answer.Summary())
			}
			m, err := answer.GetInnerMessage()
			if err != nil {
				t.Fatal(err)
			}
			ia := m.Options.OneIANA()
			if m.MessageType != dhcpv6.MessageTypeAdvertise || m.TransactionID != solicit.TransactionID || m.Options.ServerID() == nil ||
				!m.Options.ClientID().Equal(solicit.Options.ClientID()) || ia == nil || ia.IaId != solicit.Options.OneIANA().IaId {
				t.Fatalf("advertises %v", m.Summary())
			}
			if got := ia.Options.OneAddress().IPv6Addr.String(); got != "2001:db8::1:203" {
				t.Errorf("address %s, not the one that the client spells", got)
			}
		})
	}
}

func TestOtherMessagesAreIgnored6(t *testing.T) {
	a := newAnswer6()
	var r netio.Reply6
	for name, payload := range map[string][]byte{
		"empty":           nil,
		"header only":     {1, 0, 0, 1},
		"RELEASE":         {8, 0, 0, 1, 0, 1, 0, 4, 1, 2, 3, 4, 0, 3, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
		"no client":       {1, 0, 0, 1, 0, 3, 0, 12, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0},
		"relay of nought": append([]byte{12}, make([]byte, 34)...),
	} {
		if a.to(&netio.Datagram6{Payload: payload}, &r) {
			t.Errorf("%s is answered", name)
		}
	}
}
