package wire

import (
	"net"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/netns"
)

// A Station is a hand-made client or relay: it speaks for any number of link-layer
// addresses on one wire.
type Station struct {
	*Wire
	ServerMAC net.HardwareAddr // where unicasts go
}

// NewStation makes a station of an interface whose link has a server's interface
// at the other end, until the end of the test.
func NewStation(t testing.TB, ns *netns.NS, name string, server *netns.NS, serverName string) *Station {
	t.Helper()
	mac, err := net.ParseMAC(server.MAC(t, serverName))
	if err != nil {
		t.Fatal(err)
	}
	return &Station{Wire: Tap(t, ns, name), ServerMAC: mac}
}

// Put sends a query and returns the number of messages seen before it.
func (s *Station) Put(t testing.TB, q Query) int {
	t.Helper()
	n := s.Mark()
	s.Send(t, q.Frame(s.ServerMAC))
	return n
}

// Ask sends a query and returns the answer; the test fails without one.
func (s *Station) Ask(t testing.TB, q Query) *Frame {
	t.Helper()
	n := s.Put(t, q)
	f := s.Find(n, 5*time.Second, q.answeredBy)
	if f == nil {
		t.Fatalf("no answer to %s", q.Msg.Summary())
	}
	return f
}

// Answer returns the answer to a query that was sent when n messages had been
// seen; nil when there is none yet.
func (s *Station) Answer(n int, q Query) *Frame { return s.First(n, q.answeredBy) }

// answeredBy reports whether a message is a server's with the transaction id of q.
func (q Query) answeredBy(f *Frame) bool {
	from := q.From
	if from == nil {
		from = q.Msg.ClientHWAddr
	}
	return f.Msg.OpCode == dhcpv4.OpcodeBootReply && f.Msg.TransactionID == q.Msg.TransactionID && f.From.String() != from.String()
}
