package netio

import (
	"encoding/binary"
	"errors"
	"fmt"

	"golang.org/x/sys/unix"
)

// pktinfoControl is the control message of IP_PKTINFO (ip(7)), both ways.
type pktinfoControl struct {
	header unix.Cmsghdr
	info   unix.Inet4Pktinfo
	_      [4]byte // the padding that CMSG_SPACE adds
}

// udpSlotMTU sizes the receive buffers of UDP sockets: a datagram may come in
// fragments, or by another interface than the socket's.
const udpSlotMTU = 4096

// udp4 is a UDP socket bound to one address.
type udp4 struct {
	socket4
	useRouting bool
	in         *inbox[unix.RawSockaddrInet4, pktinfoControl]
	out        *outbox[struct{}, unix.RawSockaddrInet4, pktinfoControl]
}

// OpenUDP4 opens a UDP socket for DHCP at addr (host byte order), an address of
// the interface. It receives what is sent to addr, by whatever interface it
// comes in, and so serves relays, unicast renewals and loopback, but not the
// broadcasts of direct clients. A port in use is an error for which
// errors.Is(err, unix.EADDRINUSE) holds.
func OpenUDP4(iface Interface, addr uint32, serverPort uint16, opts Options) (Socket4, error) {
	sockets, err := OpenUDP4Fanout(1, iface, addr, serverPort, opts)
	if err != nil {
		return nil, err
	}
	return sockets[0], nil
}

// OpenUDP4Fanout opens n UDP sockets as OpenUDP4 does, for n packet loops. The
// kernel gives each datagram to one of them, chosen by the client's hardware
// address: what one client sends always comes to the same loop.
func OpenUDP4Fanout(n int, iface Interface, addr uint32, serverPort uint16, opts Options) ([]Socket4, error) {
	g := group[Socket4]{spread: spreadUnicast4, open: func(shared bool) (Socket4, int, error) {
		return openUDP4(iface, addr, serverPort, opts, shared)
	}}
	sockets, err := g.of(n)
	if err != nil {
		return nil, fmt.Errorf("open UDP socket on %s for %s port %d: %w", iface.Name, dotted(addr), serverPort, err)
	}
	return sockets, nil
}

// openUDP4 opens a socket that is bound but receives nothing yet. shared is for
// the second and later sockets of one address.
func openUDP4(iface Interface, addr uint32, port uint16, opts Options, shared bool) (Socket4, int, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, err
	}
	s := &udp4{
		socket4:    socket4{socket{fd: fd, name: iface.Name, index: iface.Index}, addr},
		useRouting: opts.UseRouting,
		in:         newInbox[unix.RawSockaddrInet4, pktinfoControl](opts.batch(), slotSize(max(iface.MTU, udpSlotMTU))),
		out:        newOutbox[struct{}, unix.RawSockaddrInet4, pktinfoControl](opts.batch()),
	}
	for i := range s.out.messages {
		s.out.names[i].Family = unix.AF_INET
		control := &s.out.controls[i]
		control.header.Level = unix.IPPROTO_IP
		control.header.Type = unix.IP_PKTINFO
		control.header.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
		// A source of 0 would override the bound address by the route's.
		binary.BigEndian.PutUint32(control.info.Spec_dst[:], addr)
	}
	if err := s.setUp(port, opts, shared); err != nil {
		unix.Close(fd)
		return nil, 0, err
	}
	return s, fd, nil
}

// setUp configures the new descriptor and binds it. It is not bound to the
// device: the address is served whichever way a relay's datagrams come in.
func (s *udp4) setUp(port uint16, opts Options, shared bool) error {
	if err := admitNone(s.fd); err != nil {
		return err
	}
	if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_PKTINFO, 1); err != nil {
		return fmt.Errorf("ask for packet information: %w", err)
	}
	if err := unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
		return fmt.Errorf("allow broadcasts: %w", err)
	}
	if shared {
		if err := sharePort(s.fd); err != nil {
			return err
		}
	}
	if err := setReceiveBuffer(s.fd, opts.receiveBuffer()); err != nil {
		return err
	}
	if err := setTimeouts(s.fd); err != nil {
		return err
	}
	if err := unix.Bind(s.fd, sockaddr4(s.addr, port)); errors.Is(err, unix.EADDRINUSE) {
		return fmt.Errorf("%w - is another DHCP server running?", err)
	} else if err != nil {
		return err
	}
	return nil
}

func (s *udp4) Recv(ds []Datagram4) (int, error) {
	return receiveBatch(&s.socket, s.in, ds, true, s.read)
}

func (s *udp4) Poll(ds []Datagram4) (int, error) {
	return receiveBatch(&s.socket, s.in, ds, false, s.read)
}

// read turns the i-th message of the batch into a datagram.
func (s *udp4) read(i int, d *Datagram4) verdict {
	payload, whole := s.in.message(i)
	if !whole {
		return truncated
	}
	source := &s.in.names[i]
	*d = Datagram4{
		Payload: payload,
		Src:     binary.BigEndian.Uint32(source.Addr[:]),
		SrcPort: networkOrder(source.Port),
		Dst:     s.addr,
		IfIndex: s.index,
	}
	if control := s.in.control(i); control != nil {
		d.Dst = binary.BigEndian.Uint32(control.info.Addr[:])
		d.IfIndex = int(control.info.Ifindex)
	}
	return accepted
}

func (s *udp4) Send(rs []Reply4) error {
	return sendBatches(&s.socket, s.out, rs, s.address)
}

// address fills in destination and interface of the i-th message.
func (s *udp4) address(i int, r *Reply4) {
	name := &s.out.names[i]
	name.Port = networkOrder(r.DstPort)
	binary.BigEndian.PutUint32(name.Addr[:], r.Dst)
	info := &s.out.controls[i].info
	switch {
	case s.useRouting:
		info.Ifindex = 0
	case r.IfIndex != 0:
		info.Ifindex = int32(r.IfIndex)
	default:
		info.Ifindex = int32(s.index)
	}
}
