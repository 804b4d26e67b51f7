package ncr

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is the UDP socket of a sender. It belongs to one goroutine.
type socket struct {
	conn *net.UDPConn
	raw  syscall.RawConn
	// alone says that the kernel or the way does not take many datagrams at once.
	alone bool
	joint []byte // those of a batch, one behind the other

	// What the calls below pass to the functions that make them, which are made once.
	payload, control []byte
	err              error
	errno            int
	sends, asks      func(fd uintptr) bool
}

// open makes a UDP socket of the server's family. A fixed port may still be that of a
// sender which this one takes the place of.
func open(local, server netip.AddrPort) (*socket, error) {
	if !local.Addr().IsValid() {
		any := netip.IPv4Unspecified()
		if server.Addr().Is6() {
			any = netip.IPv6Unspecified()
		}
		local = netip.AddrPortFrom(any, local.Port())
	}
	lc := net.ListenConfig{Control: func(_, _ string, raw syscall.RawConn) (err error) {
		if e := raw.Control(func(fd uintptr) {
			err = unix.SetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
		}); e != nil {
			return e
		}
		return err
	}}
	network := "udp4"
	if server.Addr().Is6() {
		network = "udp6"
	}
	conn, err := lc.ListenPacket(context.Background(), network, local.String())
	if err != nil {
		return nil, err
	}
	s := &socket{conn: conn.(*net.UDPConn)}
	if s.raw, err = s.conn.SyscallConn(); err != nil {
		conn.Close()
		return nil, err
	}
	s.sends = func(fd uintptr) bool {
		_, s.err = unix.SendmsgN(int(fd), s.payload, s.control, nil, unix.MSG_DONTWAIT)
		return s.err != unix.EAGAIN
	}
	s.asks = func(fd uintptr) bool {
		s.errno, s.err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
		return true
	}
	return s, nil
}

func (s *socket) localAddr() netip.AddrPort { return s.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// connect gives a socket its only peer, without which the kernel would not tell that
// nobody listens there. The socket is connected only when something is to be sent since
// a server may have no way to the daemon yet when it starts.
func (s *socket) connect(server netip.AddrPort) error {
	to, err := sockaddr(server)
	if err != nil {
		return err
	}
	if e := s.raw.Control(func(fd uintptr) { err = unix.Connect(int(fd), to) }); e != nil {
		return e
	}
	return err
}

// Bounds of what is sent at once, in bytes: a datagram that fits links of any kind, and
// a buffer that is itself no longer than a datagram may be.
const (
	maxSegment = 1200
	maxJoint   = 60000
)

// send sends datagrams, if it can many at once.
func (s *socket) send(batch [][]byte) error {
	for len(batch) > 0 {
		n, length := 0, 0
		for _, datagram := range batch {
			length = max(length, len(datagram))
			if length > maxSegment || length*(n+1) > maxJoint {
				break
			}
			n++
		}
		n, err := s.sendFirst(batch, max(n, 1))
		if err != nil {
			return err
		}
		batch = batch[n:]
	}
	return nil
}

// sendFirst sends the first n datagrams of a batch, or only one. It tells how many.
func (s *socket) sendFirst(batch [][]byte, n int) (sent int, err error) {
	if n > 1 && !s.alone {
		err := s.sendJoint(batch[:n])
		if err != unix.EIO && err != unix.EINVAL && err != unix.EOPNOTSUPP {
			return n, err
		}
		s.alone = true
	}
	return 1, s.sendmsg(batch[0], nil)
}

// sendJoint hands the kernel a batch in one buffer, which it cuts into datagrams of one
// length (UDP_SEGMENT, udp(7)): a burst takes a fraction of the time. The shorter ones
// are filled up with blanks, which are behind the length that they tell of.
func (s *socket) sendJoint(batch [][]byte) error {
	length := 0
	for _, datagram := range batch {
		length = max(length, len(datagram))
	}
	s.joint = s.joint[:0]
	for _, datagram := range batch {
		s.joint = append(s.joint, datagram...)
		for range length - len(datagram) {
			s.joint = append(s.joint, ' ')
		}
	}
	var control [24]byte // of CMSG_SPACE for two bytes
	header := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	header.Level, header.Type = unix.IPPROTO_UDP, unix.UDP_SEGMENT
	header.SetLen(unix.CmsgLen(2))
	*(*uint16)(unsafe.Pointer(&control[unix.CmsgLen(0)])) = uint16(length)
	return s.sendmsg(s.joint, control[:unix.CmsgSpace(2)])
}

func (s *socket) sendmsg(payload, control []byte) error {
	s.payload, s.control = payload, control
	if err := s.raw.Write(s.sends); err != nil {
		return err
	}
	return s.err
}

// pending is the error that the kernel has noted of the socket.
func (s *socket) pending() error {
	if err := s.raw.Write(s.asks); err != nil {
		return err
	}
	if s.err == nil && s.errno != 0 {
		return unix.Errno(s.errno)
	}
	return s.err
}

func sockaddr(a netip.AddrPort) (unix.Sockaddr, error) {
	addr := a.Addr()
	if addr.Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: addr.As4()}, nil
	}
	to := &unix.SockaddrInet6{Port: int(a.Port()), Addr: addr.As16()}
	if addr.Zone() != "" {
		iface, err := net.InterfaceByName(addr.Zone())
		if err != nil {
			return nil, err
		}
		to.ZoneId = uint32(iface.Index)
	}
	return to, nil
}
