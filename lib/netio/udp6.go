package netio

import (
	"errors"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// pktinfo6Control is the control message of IPV6_PKTINFO (ipv6(7)), both ways.
type pktinfo6Control struct {
	header unix.Cmsghdr
	info   unix.Inet6Pktinfo
	_      [4]byte // the padding that CMSG_SPACE adds
}

// udp6 is a UDP socket bound to an IPv6 address or a multicast group.
type udp6 struct {
	socket
	addr [16]byte // that replies come from
	in   *inbox[unix.RawSockaddrInet6, pktinfo6Control]
	out  *outbox[struct{}, unix.RawSockaddrInet6, pktinfo6Control]
}

// OpenUDP6 opens a UDP socket for DHCPv6 at addr, an address of the interface,
// link-local or not. A port in use is an error for which
// errors.Is(err, unix.EADDRINUSE) holds, an address that the interface lacks or
// still checks for duplicates one of EADDRNOTAVAIL.
func OpenUDP6(iface Interface, addr netip.Addr, serverPort uint16, opts Options) (Socket6, error) {
	sockets, err := OpenUDP6Fanout(1, iface, addr, serverPort, opts)
	if err != nil {
		return nil, err
	}
	return sockets[0], nil
}

// OpenUDP6Fanout opens n UDP sockets as OpenUDP6 does, for n packet loops. The
// kernel gives each datagram to one of them, chosen by the client's identifier: what
// one client sends always comes to the same loop, unless its identifier lies behind
// uncommonly many options or relays. Such messages come to the first one.
func OpenUDP6Fanout(n int, iface Interface, addr netip.Addr, serverPort uint16, opts Options) ([]Socket6, error) {
	g := group[Socket6]{spread: spreadUnicast6, open: func(shared bool) (Socket6, int, error) {
		return openUDP6(iface, addr, addr, serverPort, opts, shared)
	}}
	sockets, err := g.of(n)
	if err != nil {
		return nil, fmt.Errorf("open UDP socket on %s for %s port %d: %w", iface.Name, addr, serverPort, err)
	}
	return sockets, nil
}

// OpenMulticast6 opens a UDP socket that hears what is sent to group on the
// interface, and answers from addr, an address of the interface.
func OpenMulticast6(iface Interface, group, addr netip.Addr, serverPort uint16, opts Options) (Socket6, error) {
	sockets, err := OpenMulticast6Fanout(1, iface, group, addr, serverPort, opts)
	if err != nil {
		return nil, err
	}
	return sockets[0], nil
}

// OpenMulticast6Fanout opens n UDP sockets as OpenMulticast6 does, for n packet loops
// that share what arrives as those of OpenUDP6Fanout do. The Overflow of their Stats
// contains what each left to the others.
func OpenMulticast6Fanout(n int, iface Interface, to, addr netip.Addr, serverPort uint16, opts Options) ([]Socket6, error) {
	g := group[Socket6]{spread: spreadMulticast6, open: func(shared bool) (Socket6, int, error) {
		return openUDP6(iface, to, addr, serverPort, opts, shared)
	}}
	sockets, err := g.of(n)
	if err != nil {
		return nil, fmt.Errorf("open UDP socket on %s for multicast group %s port %d: %w", iface.Name, to, serverPort, err)
	}
	return sockets, nil
}

// openUDP6 opens a socket that is bound but receives nothing yet. shared is for the
// second and later sockets of one address.
func openUDP6(iface Interface, bound, addr netip.Addr, port uint16, opts Options, shared bool) (Socket6, int, error) {
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, 0, err
	}
	s := &udp6{
		socket: socket{fd: fd, name: iface.Name, index: iface.Index},
		addr:   addr.As16(),
		in:     newInbox[unix.RawSockaddrInet6, pktinfo6Control](opts.batch(), slotSize(max(iface.MTU, udpSlotMTU))),
		out:    newOutbox[struct{}, unix.RawSockaddrInet6, pktinfo6Control](opts.batch()),
	}
	for i := range s.out.messages {
		s.out.names[i].Family = unix.AF_INET6
		control := &s.out.controls[i]
		control.header.Level = unix.IPPROTO_IPV6
		control.header.Type = unix.IPV6_PKTINFO
		control.header.SetLen(unix.CmsgLen(unix.SizeofInet6Pktinfo))
		control.info.Addr = s.addr
	}
	if err := s.setUp(bound, port, opts, shared); err != nil {
		unix.Close(fd)
		return nil, 0, err
	}
	return s, fd, nil
}

// setUp configures the new descriptor, binds it and joins the group. A
// link-local address or group binds the socket to the interface as well, so that
// the same one can be bound on each interface.
func (s *udp6) setUp(bound netip.Addr, port uint16, opts Options, shared bool) error {
	if err := admitNone(s.fd); err != nil {
		return err
	}
	for _, o := range []struct {
		option int
		what   string
	}{
		{unix.IPV6_V6ONLY, "leave IPv4 alone"},
		{unix.IPV6_RECVPKTINFO, "ask for packet information"},
	} {
		if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, o.option, 1); err != nil {
			return fmt.Errorf("%s: %w", o.what, err)
		}
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
	name := &unix.SockaddrInet6{Port: int(port), Addr: bound.As16()}
	if onLink(&name.Addr) {
		name.ZoneId = uint32(s.index)
	}
	if err := unix.Bind(s.fd, name); errors.Is(err, unix.EADDRINUSE) {
		return fmt.Errorf("%w - is another DHCP server running?", err)
	} else if err != nil {
		return err
	}
	if p := opts.Peer; p.IsValid() {
		if err := unix.Connect(s.fd, &unix.SockaddrInet6{Port: int(p.Port()), Addr: p.Addr().As16()}); err != nil {
			return fmt.Errorf("connect to %v: %w", p, err)
		}
	}
	if !bound.IsMulticast() {
		return nil
	}
	// What goes to a group on this host's other interfaces, or to groups that
	// other programs joined, is not for this socket.
	if err := unix.SetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_ALL, 0); err != nil && !errors.Is(err, unix.ENOPROTOOPT) {
		return fmt.Errorf("keep to the group: %w", err)
	}
	group := &unix.IPv6Mreq{Multiaddr: bound.As16(), Interface: uint32(s.index)}
	if err := unix.SetsockoptIPv6Mreq(s.fd, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP, group); err != nil {
		return fmt.Errorf("join the multicast group: %w", err)
	}
	return nil
}

func (s *udp6) Addr() [16]byte { return s.addr }

func (s *udp6) Recv(ds []Datagram6) (int, error) {
	return receiveBatch(&s.socket, s.in, ds, true, s.read)
}

// Poll implements Poller.
func (s *udp6) Poll(ds []Datagram6) (int, error) {
	return receiveBatch(&s.socket, s.in, ds, false, s.read)
}

// read turns the i-th message of the batch into a datagram.
func (s *udp6) read(i int, d *Datagram6) verdict {
	payload, whole := s.in.message(i)
	if !whole {
		return truncated
	}
	source := &s.in.names[i]
	*d = Datagram6{
		Payload: payload,
		Src:     source.Addr,
		SrcPort: networkOrder(source.Port),
		Dst:     s.addr,
		IfIndex: s.index,
	}
	if control := s.in.control(i); control != nil {
		d.Dst = control.info.Addr
		d.IfIndex = int(control.info.Ifindex)
	}
	return accepted
}

func (s *udp6) Send(rs []Reply6) error {
	return sendBatches(&s.socket, s.out, rs, s.address)
}

// address fills in destination and interface of the i-th message. What goes to or
// comes from a link-local address leaves by the interface given, the rest by the
// routing table's.
func (s *udp6) address(i int, r *Reply6) {
	name := &s.out.names[i]
	name.Port = networkOrder(r.DstPort)
	name.Addr = r.Dst
	index := uint32(s.index)
	if r.IfIndex != 0 {
		index = uint32(r.IfIndex)
	}
	name.Scope_id = 0
	if onLink(&r.Dst) {
		name.Scope_id = index
	}
	info := &s.out.controls[i].info
	info.Ifindex = 0
	if onLink(&r.Dst) || onLink(&s.addr) {
		info.Ifindex = index
	}
}

// onLink reports whether an address means something on one link only, and so needs
// its interface beside it (RFC 4291 sections 2.5.6 and 2.7).
func onLink(a *[16]byte) bool {
	return a[0] == 0xfe && a[1]&0xc0 == 0x80 || a[0] == 0xff && a[1]&0x0f == 2
}
