package ncr

import (
	"context"
	"net"
	"net/netip"
	"syscall"

	"golang.org/x/sys/unix"
)

// open makes a UDP socket of the server's family. A fixed port may still be that of a
// sender which this one takes the place of.
func open(local, server netip.AddrPort) (*net.UDPConn, error) {
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
	return conn.(*net.UDPConn), nil
}

// connect gives a socket its only peer, without which the kernel would not tell that
// nobody listens there. The socket is connected only now since a server may have no
// way to the daemon yet when it starts.
func connect(raw syscall.RawConn, server netip.AddrPort) (err error) {
	to, err := sockaddr(server)
	if err != nil {
		return err
	}
	if e := raw.Control(func(fd uintptr) { err = unix.Connect(int(fd), to) }); e != nil {
		return e
	}
	return err
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

// pending is the error that the kernel has noted of the socket.
func pending(raw syscall.RawConn) (err error) {
	var errno int
	if e := raw.Control(func(fd uintptr) {
		errno, err = unix.GetsockoptInt(int(fd), unix.SOL_SOCKET, unix.SO_ERROR)
	}); e != nil {
		return e
	}
	if err == nil && errno != 0 {
		err = unix.Errno(errno)
	}
	return err
}
