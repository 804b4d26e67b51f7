package dhcp4o6_test

import (
	"errors"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"nestor/lib/dhcp4o6"
	"nestor/lib/netio"
)

// fakeSocket is a socket whose peer has refused something.
type fakeSocket struct {
	netio.Socket6
	refused int // sends and receives that fail for that
	in      []netio.Datagram6
	sent    []string
}

func (f *fakeSocket) refuse() bool {
	f.refused--
	return f.refused >= 0
}

func (f *fakeSocket) Recv(ds []netio.Datagram6) (int, error) {
	if f.refuse() {
		return 0, unix.ECONNREFUSED
	}
	return copy(ds, f.in), nil
}

func (f *fakeSocket) Send(rs []netio.Reply6) error {
	for i := range rs {
		if rs[i].Err = nil; f.refuse() {
			rs[i].Err = unix.ECONNREFUSED
			continue
		}
		f.sent = append(f.sent, netip.AddrPortFrom(netip.AddrFrom16(rs[i].Dst), rs[i].DstPort).String()+" "+string(rs[i].Payload))
	}
	return nil
}

func TestSocket(t *testing.T) {
	t.Run("that something was refused is told and is no error", func(t *testing.T) {
		f := &fakeSocket{refused: 1}
		s := dhcp4o6.Over(f, 6768)
		var told error
		s.Refused = func(err error) { told = err }
		if n, err := s.Recv(make([]netio.Datagram6, 1)); n != 0 || err != nil {
			t.Errorf("%d, %v", n, err)
		}
		if !errors.Is(told, unix.ECONNREFUSED) || told.Error() != "nobody listens on ::1 port 6768: connection refused" {
			t.Errorf("told %v", told)
		}
	})
	t.Run("what follows is sent all the same", func(t *testing.T) {
		f := &fakeSocket{refused: 1}
		rs := []netio.Reply6{{Payload: []byte("a")}, {Payload: []byte("b")}}
		if err := dhcp4o6.Over(f, 6768).Send(rs); err != nil || rs[0].Err != nil || rs[1].Err != nil {
			t.Errorf("%v, %v, %v", err, rs[0].Err, rs[1].Err)
		}
		if len(f.sent) != 2 || f.sent[0] != "[::1]:6768 b" || f.sent[1] != "[::1]:6768 a" {
			t.Errorf("sent %q", f.sent)
		}
	})
	t.Run("only the other server is heard", func(t *testing.T) {
		lo := netip.IPv6Loopback().As16()
		f := &fakeSocket{in: []netio.Datagram6{{Src: lo, SrcPort: 1}, {Src: netip.MustParseAddr("2001:db8::1").As16(), SrcPort: 6768}, {Src: lo, SrcPort: 6768}}}
		ds := make([]netio.Datagram6, 3)
		if n, err := dhcp4o6.Over(f, 6768).Recv(ds); n != 1 || err != nil || ds[0].Src != lo || ds[0].SrcPort != 6768 {
			t.Errorf("%d, %v, %v", n, err, ds[0])
		}
	})
}
