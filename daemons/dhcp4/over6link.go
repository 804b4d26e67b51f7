package dhcp4

import (
	"nestor/lib/dhcp4o6"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// over6Socket lets a packet loop speak with the DHCPv6 server of this host, which
// passes queries of DHCPv4-over-DHCPv6 on: at the port behind dhcp4o6-port, with the
// DHCPv6 server at dhcp4o6-port (ARM 8.2.25).
type over6Socket struct {
	*dhcp4o6.Socket
	in  []netio.Datagram6
	out []netio.Reply6
}

func openOver6(port uint16) (netio.Socket4, error) {
	s, err := dhcp4o6.Open(port+1, port, packetloop.BatchSize)
	if err != nil {
		return nil, err
	}
	return newOver6Socket(s), nil
}

func newOver6Socket(s *dhcp4o6.Socket) *over6Socket {
	return &over6Socket{s, make([]netio.Datagram6, packetloop.BatchSize), make([]netio.Reply6, 0, packetloop.BatchSize)}
}

// Recv receives what the DHCPv6 server sent.
func (s *over6Socket) Recv(ds []netio.Datagram4) (int, error) {
	n, err := s.Socket.Recv(s.in[:min(len(ds), len(s.in))])
	for i := range s.in[:n] {
		ds[i] = netio.Datagram4{Payload: s.in[i].Payload, SrcPort: s.in[i].SrcPort}
	}
	return n, err
}

// Send sends answers to the DHCPv6 server.
func (s *over6Socket) Send(rs []netio.Reply4) error {
	s.out = s.out[:0]
	for i := range rs {
		s.out = append(s.out, netio.Reply6{Payload: rs[i].Payload})
	}
	err := s.Socket.Send(s.out)
	for i := range s.out {
		rs[i].Err = s.out[i].Err
	}
	return err
}

// Addr is no IPv4 address.
func (s *over6Socket) Addr() uint32 { return 0 }
