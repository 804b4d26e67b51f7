package dhcp4

import (
	"fmt"
	"net/netip"

	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/server"
)

// over6Link is the socket by which the DHCPv6 server of this host passes queries of
// DHCPv4-over-DHCPv6 on: ::1, on the port behind dhcp4o6-port, with the DHCPv6
// server at dhcp4o6-port (ARM 8.2.25).
type over6Link struct {
	srv  *Server
	port uint32 // dhcp4o6-port, 0: closed
	sock *server.OpenSocket[uint32]

	// What prepare did for commit.
	nextPort uint32
	next     *server.OpenSocket[uint32]
}

// prepare opens the socket for a port that it is not open for yet.
func (l *over6Link) prepare(port uint32) error {
	l.nextPort = port
	if port == 0 || port == l.port {
		return nil
	}
	s, err := openOver6(uint16(port))
	if err != nil {
		return fmt.Errorf("dhcp4o6-port: error starting DHCPv4-over-DHCPv6 IPC: %w", err)
	}
	l.next = &server.OpenSocket[uint32]{Loops: []netio.Socket4{s}}
	return nil
}

// abandon takes prepare back.
func (l *over6Link) abandon() {
	if l.next != nil {
		l.next.Close()
		l.next = nil
	}
}

// commit puts in force what prepare got ready.
func (l *over6Link) commit() {
	if l.port != l.nextPort {
		l.close()
	}
	l.port = l.nextPort
	if l.next == nil {
		return
	}
	l.sock, l.next = l.next, nil
	l.sock.Serve(func(sock netio.Socket4) { newLoop(l.srv, sock, packetloop.BatchSize).Run() })
}

// close ends the packet loop and closes the socket.
func (l *over6Link) close() {
	if l.sock != nil {
		l.sock.End()
		l.sock, l.port = nil, 0
	}
}

// over6Socket lets a packet loop speak with the DHCPv6 server.
type over6Socket struct {
	netio.Socket6
	peer uint16 // port of the DHCPv6 server
	in   []netio.Datagram6
	out  []netio.Reply6
}

var loopback6 = netip.IPv6Loopback()

func openOver6(port uint16) (*over6Socket, error) {
	lo := netio.Interface{Name: "lo", MTU: 65536}
	s, err := netio.OpenUDP6(lo, loopback6, port+1, netio.Options{Batch: packetloop.BatchSize})
	if err != nil {
		return nil, err
	}
	return &over6Socket{
		Socket6: s, peer: port,
		in: make([]netio.Datagram6, packetloop.BatchSize), out: make([]netio.Reply6, 0, packetloop.BatchSize),
	}, nil
}

// Recv receives what the DHCPv6 server sent, and passes over what comes from
// anybody else.
func (s *over6Socket) Recv(ds []netio.Datagram4) (int, error) {
	n, err := s.Socket6.Recv(s.in[:min(len(ds), len(s.in))])
	taken := 0
	for i := range s.in[:n] {
		d := &s.in[i]
		if d.Src == loopback6.As16() && d.SrcPort == s.peer {
			ds[taken] = netio.Datagram4{Payload: d.Payload, SrcPort: d.SrcPort}
			taken++
		}
	}
	return taken, err
}

// Send sends answers to the DHCPv6 server.
func (s *over6Socket) Send(rs []netio.Reply4) error {
	s.out = s.out[:0]
	for i := range rs {
		s.out = append(s.out, netio.Reply6{Payload: rs[i].Payload, Dst: loopback6.As16(), DstPort: s.peer})
	}
	err := s.Socket6.Send(s.out)
	for i := range s.out {
		rs[i].Err = s.out[i].Err
	}
	return err
}

// Addr is no IPv4 address.
func (s *over6Socket) Addr() uint32 { return 0 }
