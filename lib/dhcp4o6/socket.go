package dhcp4o6

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"nestor/lib/netio"
)

var loopback = netip.IPv6Loopback()

// A Socket is one server's end of the way to the other one: UDP on ::1. It hears
// nobody else.
type Socket struct {
	netio.Socket6
	peer uint16
	// Refused, if set, is told that the other server did not listen to something
	// that was sent. It is called by Recv.
	Refused func(error)
}

// Open opens the socket of one server at its port, for batches of so many messages.
// A port in use is an error for which errors.Is(err, unix.EADDRINUSE) holds.
func Open(own, peer uint16, batch int) (*Socket, error) {
	lo := netio.Interface{Name: "lo", MTU: 65536}
	s, err := netio.OpenUDP6(lo, loopback, own, netio.Options{Batch: batch, Peer: netip.AddrPortFrom(loopback, peer)})
	if err != nil {
		return nil, err
	}
	return Over(s, peer), nil
}

// Over speaks to the other server's port by a socket that is open.
func Over(s netio.Socket6, peer uint16) *Socket { return &Socket{Socket6: s, peer: peer} }

// Recv receives what the other server sent. What came from anybody else before the
// socket was bound to that one is passed over.
func (s *Socket) Recv(ds []netio.Datagram6) (int, error) {
	n, err := s.Socket6.Recv(ds)
	if errors.Is(err, unix.ECONNREFUSED) {
		if s.Refused != nil {
			s.Refused(fmt.Errorf("nobody listens on ::1 port %d: %w", s.peer, unix.ECONNREFUSED))
		}
		return 0, nil
	}
	taken := 0
	for i := range ds[:n] {
		if d := ds[i]; d.Src == loopback.As16() && d.SrcPort == s.peer {
			ds[taken] = d
			taken++
		}
	}
	return taken, err
}

// Send sends messages to the other server, whatever destination they name.
func (s *Socket) Send(rs []netio.Reply6) error {
	for i := range rs {
		rs[i].Dst, rs[i].DstPort = loopback.As16(), s.peer
	}
	err := s.Socket6.Send(rs)
	// That an earlier message was refused says nothing about these.
	for i := range rs {
		if errors.Is(rs[i].Err, unix.ECONNREFUSED) {
			err = errors.Join(err, s.Socket6.Send(rs[i:i+1]))
		}
	}
	return err
}
