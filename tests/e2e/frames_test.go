package e2e_test

import (
	"net"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/wire"
)

func discover(mac net.HardwareAddr, more ...dhcpv4.Modifier) wire.Query {
	return wire.Query{Msg: wire.Message(dhcpv4.MessageTypeDiscover, mac, more...)}
}

// selecting is the REQUEST that answers an offer.
func selecting(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) wire.Query {
	base := []dhcpv4.Modifier{wire.Requested(address), wire.ServerID(serverAddr)}
	return wire.Query{Msg: wire.Message(dhcpv4.MessageTypeRequest, mac, append(base, more...)...)}
}

// initReboot is the REQUEST of a client that remembers an address.
func initReboot(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) wire.Query {
	return wire.Query{Msg: wire.Message(dhcpv4.MessageTypeRequest, mac, append([]dhcpv4.Modifier{wire.Requested(address)}, more...)...)}
}

// renewing is the unicast REQUEST of a client at address.
func renewing(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) wire.Query {
	return wire.Query{
		Msg: wire.Message(dhcpv4.MessageTypeRequest, mac, append([]dhcpv4.Modifier{wire.CIAddr(address)}, more...)...),
		Src: wire.Port(address, 68), Dst: wire.Port(serverAddr, 67),
	}
}

func inform(mac net.HardwareAddr, address string, more ...dhcpv4.Modifier) wire.Query {
	return wire.Query{
		Msg: wire.Message(dhcpv4.MessageTypeInform, mac, append([]dhcpv4.Modifier{wire.CIAddr(address)}, more...)...),
		Src: wire.Port(address, 68),
	}
}

// throughRelay sends a relayed message as the relay at giaddr would.
func throughRelay(msg *dhcpv4.DHCPv4) wire.Query { return wire.ThroughRelay(msg, serverAddr) }

// A station is a hand-made client or relay on the LAN.
type station struct{ *wire.Station }

// newStation connects a station to the LAN.
func newStation(t *testing.T, l *lan) *station {
	t.Helper()
	return &station{wire.NewStation(t, l.station(t), "eth0", l.server, "eth0")}
}

// silent sends a query that the server must not answer: what it does answer is
// the DISCOVER of another client that comes after.
func (s *station) silent(t *testing.T, q wire.Query) {
	t.Helper()
	n := s.Put(t, q)
	s.Ask(t, discover(wire.NewMAC()))
	if f := s.Answer(n, q); f != nil {
		t.Errorf("answered with %s", f)
	}
}

// lease takes a lease by DISCOVER and REQUEST and returns the ACK.
func (s *station) lease(t *testing.T, mac net.HardwareAddr, more ...dhcpv4.Modifier) *wire.Frame {
	t.Helper()
	offer := s.Ask(t, discover(mac, more...))
	if got := offer.Msg.MessageType(); got != dhcpv4.MessageTypeOffer {
		t.Fatalf("a DISCOVER was answered with %s", got)
	}
	ack := s.Ask(t, selecting(mac, offer.Msg.YourIPAddr.String(), more...))
	if got := ack.Msg.MessageType(); got != dhcpv4.MessageTypeAck {
		t.Fatalf("a REQUEST for the offered address was answered with %s", got)
	}
	return ack
}
