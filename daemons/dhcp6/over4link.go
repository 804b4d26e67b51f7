package dhcp6

import (
	"errors"
	"net"
	"sync/atomic"
	"time"

	"nestor/lib/dhcp4o6"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/server"
)

// over4Link is the socket by which queries of DHCPv4-over-DHCPv6 go to the DHCPv4
// server of this host: at dhcp4o6-port, with the DHCPv4 server at the port behind it
// (ARM 9.2.25). Packet loops use the one that Load returns.
type over4Link struct {
	server.Link4o6[[16]byte]
	current atomic.Pointer[dhcp4o6.Socket]
}

// begin makes the link of a server, which is closed at first.
func (l *over4Link) begin(srv *Server) {
	l.Open = func(port uint16) (netio.Socket6, error) {
		s, err := dhcp4o6.Open(port, port+1, packetloop.BatchSize)
		if err != nil {
			return nil, err
		}
		s.Refused = func(err error) { srv.over4Fail.Log(err) }
		return s, nil
	}
	l.Loop = newAnswerer(srv).run
}

// Load is the open socket, nil if there is none.
func (l *over4Link) Load() *dhcp4o6.Socket { return l.current.Load() }

// commit puts in force what Prepare got ready.
func (l *over4Link) commit() {
	l.Commit()
	s, _ := l.Socket().(*dhcp4o6.Socket)
	l.current.Store(s)
}

// close stops passing queries on.
func (l *over4Link) close() {
	l.current.Store(nil)
	l.Close()
}

// run serves the socket until it is stopped.
func (a *answerer) run(sock netio.Socket6) {
	for {
		n, err := sock.Recv(a.in)
		if errors.Is(err, net.ErrClosed) {
			return
		}
		if err != nil {
			time.Sleep(netio.RecvTimeout) // the next one may do better
			continue
		}
		for i := range a.in[:n] {
			a.answer(a.in[i].Payload)
		}
	}
}
