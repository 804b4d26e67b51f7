package perf

import (
	"bytes"
	"net/netip"
	"strings"
	"testing"
	"testing/synctest"

	"nestor/lib/pkt6"
)

// A fakeWire6 is a fakeWire of DHCPv6.
type fakeWire6 struct{ fakeWire }

func (w *fakeWire6) seal([]byte, *values[binding6], bool) {}

// sentOf6 returns the clients' messages of one type that were sent.
func (w *fakeWire6) sentOf6(messageType byte) (list []*pkt6.Message) {
	for _, b := range w.sent {
		m := new(pkt6.Message)
		if m.Parse(b) == nil && m.Type() == messageType {
			list = append(list, m)
		}
	}
	return list
}

// A fakeServer6 leases 2001:db8::1, 2001:db8::2, … and 2001:db8:1::/64, … to
// identity associations of clients in the order they come.
type fakeServer6 struct {
	id     byte
	rapid  bool
	status byte // of all but ADVERTISE and RELEASE
	leases map[string]byte
}

func newFakeServer6() *fakeServer6 { return &fakeServer6{id: 1, leases: map[string]byte{}} }

func (s *fakeServer6) answer(b []byte) [][]byte {
	var q pkt6.Message
	if q.Parse(b) != nil {
		return nil
	}
	r := pkt6.Reply{Type: pkt6.MsgReply}
	if q.Type() == pkt6.MsgSolicit && !(s.rapid && q.Has(pkt6.OptRapidCommit)) {
		r.Type = pkt6.MsgAdvertise
	}
	r.Add(pkt6.OptClientID, q.Option(pkt6.OptClientID))
	r.Add(pkt6.OptServerID, []byte{0, 2, 0, 0, 9, 1, s.id})
	if q.Type() == pkt6.MsgRelease || s.status != 0 && r.Type == pkt6.MsgReply {
		r.Add(pkt6.OptStatusCode, []byte{0, s.status})
		return [][]byte{r.AppendTo(nil, &q)}
	}
	for ia := range q.IAs() {
		r.Add(ia.Code, s.lease(q.Option(pkt6.OptClientID), ia))
	}
	return [][]byte{r.AppendTo(nil, &q)}
}

// lease makes the content of an identity association with its lease.
func (s *fakeServer6) lease(client []byte, ia pkt6.IA) []byte {
	key := string(client) + string([]byte{byte(ia.Code), byte(ia.IAID)})
	if s.leases[key] == 0 {
		s.leases[key] = byte(len(s.leases) + 1)
	}
	l := pkt6.Lease{Addr: netip.MustParseAddr("2001:db8::").As16(), Preferred: 100, Valid: 200}
	l.Addr[15] = s.leases[key]
	if ia.Code == pkt6.OptIAPD {
		l.Addr[15], l.Addr[5], l.Addr[7], l.Len = 0, 1, s.leases[key], 64
	}
	return pkt6.AppendLease(pkt6.AppendIA(nil, &pkt6.IA{Code: ia.Code, IAID: ia.IAID}), ia.Code, &l)
}

// simulate6 is simulate for DHCPv6.
func simulate6(t *testing.T, w *fakeWire6, line string) (e *engine[binding6]) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o, err := Parse(strings.Fields("-6 -l eth0 " + line))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.load(); err != nil {
			t.Fatal(err)
		}
		e = newEngine(o, newFamily6(o, netip.MustParseAddr("2001:db8::2")), wire[binding6](w), t.Output())
		if err := e.run(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return e
}

// serverOf returns the last octet of the server identifier of a message.
func serverOf(m *pkt6.Message) byte {
	id := m.Option(pkt6.OptServerID)
	return bytes.TrimPrefix(id, []byte{0, 2, 0, 0, 9, 1})[0]
}
