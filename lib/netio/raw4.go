package netio

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"

	"golang.org/x/sys/unix"
)

// auxControl is the control message of PACKET_AUXDATA (packet(7)).
type auxControl struct {
	_    unix.Cmsghdr
	data unix.TpacketAuxdata
	_    [4]byte // the kernel counts the padding that CMSG_SPACE adds
}

// raw4 is a packet socket for one address on one interface.
type raw4 struct {
	socket4
	rules frameRules
	hold  *portHold
	ring  *ring // nil: frames come to in
	// ringDrops are the frames that found no room in it; guarded by sending.
	ringDrops uint64
	in        *inbox[struct{}, auxControl]
	out       *outbox[headers, struct{}, struct{}]
}

// OpenRaw4 opens a raw socket for DHCP at addr (host byte order) on an Ethernet
// interface. It receives unicast to addr and, unless told otherwise, limited
// broadcasts, below the kernel's firewall and before its address checks; replies
// are whole frames, so clients are reached that cannot answer ARP yet.
//
// The port is held on addr meanwhile; a port in use is an error for which
// errors.Is(err, unix.EADDRINUSE) holds. It needs CAP_NET_RAW. The socket
// survives its link going down and up again.
func OpenRaw4(iface Interface, addr uint32, serverPort uint16, opts Options) (Socket4, error) {
	sockets, err := OpenRaw4Fanout(1, iface, addr, serverPort, opts)
	if err != nil {
		return nil, err
	}
	return sockets[0], nil
}

// OpenRaw4Fanout opens n raw sockets as OpenRaw4 does, for n packet loops. The
// kernel gives each datagram to one of them, chosen by the client's hardware
// address: what one client sends always comes to the same loop.
func OpenRaw4Fanout(n int, iface Interface, addr uint32, serverPort uint16, opts Options) ([]Socket4, error) {
	if !iface.Ethernet || len(iface.MAC) != 6 {
		return nil, fmt.Errorf("open raw socket on %s: not an Ethernet interface; use dhcp-socket-type udp", iface.Name)
	}
	hold, err := holdPort(addr, serverPort, n)
	if err != nil {
		return nil, err
	}
	sockets, err := openRawGroup(n, iface, addr, serverPort, hold, opts)
	if err != nil {
		hold.free()
		return nil, fmt.Errorf("open raw socket on %s for %s port %d: %w", iface.Name, dotted(addr), serverPort, err)
	}
	return sockets, nil
}

// openRawGroup opens the sockets of one address, lets none receive before all
// are there and share the frames, and closes them again when one fails.
func openRawGroup(n int, iface Interface, addr uint32, port uint16, hold *portHold, opts Options) (group []Socket4, err error) {
	var fds []int
	defer func() {
		if err != nil {
			for _, s := range group {
				err = errors.Join(err, s.(*raw4).shut())
			}
			group = nil
		}
	}()
	for range n {
		s, err := openRaw4(iface, addr, port, hold, opts)
		if err != nil {
			return group, err
		}
		fds = append(fds, s.fd)
		group = append(group, s)
	}
	if n > 1 {
		if err := spreadRaw(fds); err != nil {
			return group, err
		}
	}
	filter := frameFilter(iface.Index, addr, port, !opts.NoBroadcast)
	for _, fd := range fds {
		if err := attachFilter(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, filter); err != nil {
			return group, fmt.Errorf("attach packet filter: %w", err)
		}
	}
	return group, nil
}

// openRaw4 opens a socket that is bound but receives nothing yet.
func openRaw4(iface Interface, addr uint32, port uint16, hold *portHold, opts Options) (*raw4, error) {
	// Protocol 0 receives nothing until bind names the protocol and the
	// interface, so no frame gets in before there is a filter.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	if errors.Is(err, unix.EPERM) {
		return nil, fmt.Errorf("%w (raw sockets need CAP_NET_RAW)", err)
	}
	if err != nil {
		return nil, err
	}
	s := &raw4{
		socket4: socket4{socket{fd: fd, name: iface.Name, index: iface.Index}, addr},
		rules:   frameRules{addr: addr, port: port, broadcast: !opts.NoBroadcast},
		hold:    hold,
		in:      newInbox[struct{}, auxControl](opts.batch(), slotSize(iface.MTU)),
		out:     newOutbox[headers, struct{}, struct{}](opts.batch()),
	}
	template := newHeaders([6]byte(iface.MAC), addr, port)
	for i := range s.out.heads {
		s.out.heads[i] = template
	}
	if err := s.setUp(iface, opts); err != nil {
		return nil, errors.Join(err, s.shut())
	}
	return s, nil
}

// setUp configures the new descriptor and binds it to the interface.
func (s *raw4) setUp(iface Interface, opts Options) error {
	if err := attachFilter(s.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, dropAll()); err != nil {
		return fmt.Errorf("attach packet filter: %w", err)
	}
	if err := s.makeRoom(iface, opts); err != nil {
		return err
	}
	if err := setReceiveBuffer(s.fd, opts.receiveBuffer()); err != nil {
		return err
	}
	if err := setTimeouts(s.fd); err != nil {
		return err
	}
	link := &unix.SockaddrLinklayer{Protocol: networkOrder(unix.ETH_P_IP), Ifindex: s.index}
	if err := unix.Bind(s.fd, link); err != nil {
		return fmt.Errorf("bind to interface %d: %w", s.index, err)
	}
	return nil
}

// makeRoom makes the ring or the buffers that frames are received in. A ring that
// cannot be had is done without: memory may be short, or a container's rules
// strict. Jumbo frames, of which a ring would hold few, come to buffers too.
func (s *raw4) makeRoom(iface Interface, opts Options) error {
	if opts.Ring > 0 && ringHead+ethernetLen+iface.MTU <= ringFrame {
		var err error
		if s.ring, err = newRing(s.fd, opts.Ring, opts.batch()); err == nil {
			return nil
		}
	}
	s.in = newInbox[struct{}, auxControl](opts.batch(), slotSize(iface.MTU))
	if err := unix.SetsockoptInt(s.fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return fmt.Errorf("ask for auxiliary data: %w", err)
	}
	return nil
}

// networkOrder swaps a number for the kernel's big-endian fields.
func networkOrder(v uint16) uint16 {
	var b [2]byte
	binary.BigEndian.PutUint16(b[:], v)
	return binary.NativeEndian.Uint16(b[:])
}

func (s *raw4) Recv(ds []Datagram4) (int, error) { return s.receive(ds, true) }

func (s *raw4) Poll(ds []Datagram4) (int, error) { return s.receive(ds, false) }

func (s *raw4) receive(ds []Datagram4, wait bool) (int, error) {
	if s.ring != nil {
		return receiveBatch(&s.socket, s.ring, ds, wait, s.readRing)
	}
	return receiveBatch(&s.socket, s.in, ds, wait, s.read)
}

// read turns the i-th frame of the batch into a datagram.
func (s *raw4) read(i int, d *Datagram4) verdict {
	frame, whole := s.in.message(i)
	aux := s.in.control(i)
	return s.parse(frame, whole, aux == nil || aux.data.Status&unix.TP_STATUS_CSUMNOTREADY == 0, d)
}

// readRing does the same for frames in the ring.
func (s *raw4) readRing(i int, d *Datagram4) verdict {
	frame, whole := s.ring.message(i)
	return s.parse(frame, whole, s.ring.checksummed(i), d)
}

func (s *raw4) parse(frame []byte, whole, checksummed bool, d *Datagram4) verdict {
	if !whole {
		return truncated
	}
	d.IfIndex = s.index
	return s.rules.parse(frame, checksummed, d)
}

func (s *raw4) Send(rs []Reply4) error {
	return sendBatches(&s.socket, s.out, rs, s.address)
}

// address fills in the headers of the i-th frame. Beyond maxPayload their length
// fields wrap; the device refuses such a frame long before.
func (s *raw4) address(i int, r *Reply4) { s.out.heads[i].address(r) }

// Stats counts what found no room in the ring, too.
func (s *raw4) Stats() Stats {
	stats := s.socket.Stats()
	if s.ring == nil {
		return stats
	}
	s.sending.Lock()
	defer s.sending.Unlock()
	if !s.closed.Load() {
		// Reading them sets them back to 0.
		if kernel, err := unix.GetsockoptTpacketStats(s.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
			s.ringDrops += uint64(kernel.Drops)
		}
	}
	stats.Overflow += s.ringDrops
	return stats
}

// Close frees the port too. What was received is no longer valid.
func (s *raw4) Close() error {
	err := s.socket.Close()
	if errors.Is(err, net.ErrClosed) {
		return err
	}
	s.hold.release()
	return errors.Join(err, s.freeRing())
}

func (s *raw4) freeRing() error {
	if s.ring == nil {
		return nil
	}
	return s.ring.free()
}

// shut gives everything of a socket back that was never handed out.
func (s *raw4) shut() error { return errors.Join(unix.Close(s.fd), s.freeRing()) }
