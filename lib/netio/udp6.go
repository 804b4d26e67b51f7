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
	s, err := openUDP6(iface, addr, addr, serverPort, opts)
	if err != nil {
		return nil, fmt.Errorf("open UDP socket on %s for %s port %d: %w", iface.Name, addr, serverPort, err)
	}
	return s, nil
}

// OpenMulticast6 opens a UDP socket that hears what is sent to group on the
// interface, and answers from addr, an address of the interface.
func OpenMulticast6(iface Interface, group, addr netip.Addr, serverPort uint16, opts Options) (Socket6, error) {
	s, err := openUDP6(iface, group, addr, serverPort, opts)
	if err != nil {
		return nil, fmt.Errorf("open UDP socket on %s for multicast group %s port %d: %w", iface.Name, group, serverPort, err)
	}
	return s, nil
}

func openUDP6(iface Interface, bound, addr netip.Addr, port uint16, opts Options) (*udp6, error) {
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
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
	if err := s.setUp(bound, port, opts); err != nil {
		unix.Close(fd)
		return nil, err
	}
	return s, nil
}

// setUp configures the new descriptor, binds it and joins the group. A
// link-local address or group binds the socket to the interface as well, so that
// the same one can be bound on each interface.
func (s *udp6) setUp(bound netip.Addr, port uint16, opts Options) error {
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
