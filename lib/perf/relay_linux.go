package perf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// serverPort is where DHCPv4 servers and relay agents listen (RFC 2131 section 4.1).
const serverPort = 67

// A relayWire is a relay agent: a UDP socket on its address, to which servers
// send their answers.
type relayWire struct {
	udpWire[binding4]
	local  uint32
	server unix.RawSockaddrInet4
}

// openRelay resolves server and local address, and opens the socket.
func openRelay(o *Options) (wire4, error) {
	server, err := resolveServer(o.Server)
	if err != nil {
		return nil, err
	}
	local, device, err := resolveLocal(o.Local, server)
	if err != nil {
		return nil, err
	}
	localPort, remotePort := portOr(o.LocalPort, serverPort), portOr(o.RemotePort, serverPort)
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open a UDP socket: %w", err)
	}
	if err := bindRelay(fd, local, localPort, device, o.Broadcast || device != ""); err != nil {
		unix.Close(fd)
		return nil, err
	}
	w := &relayWire{local: binary.BigEndian.Uint32(local.AsSlice())}
	w.server.Family = unix.AF_INET
	w.server.Addr = server.As4()
	w.server.Port = htons(remotePort)
	w.socket = newSocket(fd, unsafe.Pointer(&w.server), unix.SizeofSockaddrInet4)
	return w, nil
}

func bindRelay(fd int, local netip.Addr, port uint16, device string, broadcast bool) error {
	if device != "" {
		if err := unix.BindToDevice(fd, device); err != nil {
			return fmt.Errorf("bind to interface %s: %w", device, err)
		}
	}
	if broadcast {
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_BROADCAST, 1); err != nil {
			return fmt.Errorf("allow broadcasts: %w", err)
		}
	}
	sa := &unix.SockaddrInet4{Port: int(port), Addr: local.As4()}
	if err := unix.Bind(fd, sa); err != nil {
		return fmt.Errorf("listen on %s port %d for the server's answers: %w", local, port, err)
	}
	return nil
}

func portOr(port, standard uint16) uint16 {
	if port == 0 {
		return standard
	}
	return port
}

// resolveServer returns the address of the server; none at all, or "all", is
// everybody on the link.
func resolveServer(name string) (netip.Addr, error) {
	if name == "" || name == "all" {
		return netip.AddrFrom4([4]byte{255, 255, 255, 255}), nil
	}
	return resolve4(name)
}

// resolveLocal returns the address to be a relay agent at. When name is an
// interface it is returned too.
func resolveLocal(name string, server netip.Addr) (local netip.Addr, device string, err error) {
	if name == "" {
		local, err = routedAddress(server)
		return local, "", err
	}
	if ifi, err := net.InterfaceByName(name); err == nil {
		local, err = interfaceAddress(ifi)
		return local, name, err
	}
	local, err = resolve4(name)
	return local, "", err
}

func resolve4(name string) (netip.Addr, error) {
	if addr, err := netip.ParseAddr(name); err == nil {
		if !addr.Is4() {
			return addr, fmt.Errorf("%s is not an IPv4 address", name)
		}
		return addr, nil
	}
	ip, err := net.ResolveIPAddr("ip4", name)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%s is no address, no interface and no known host: %w", name, err)
	}
	addr, _ := netip.AddrFromSlice(ip.IP.To4())
	return addr, nil
}

func interfaceAddress(ifi *net.Interface) (netip.Addr, error) {
	addrs, err := ifi.Addrs()
	if err != nil {
		return netip.Addr{}, fmt.Errorf("addresses of %s: %w", ifi.Name, err)
	}
	for _, a := range addrs {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr().Is4() {
			return p.Addr(), nil
		}
	}
	return netip.Addr{}, fmt.Errorf("interface %s has no IPv4 address; --raw needs none", ifi.Name)
}

// routedAddress asks the kernel which address it would use towards the server.
func routedAddress(server netip.Addr) (netip.Addr, error) {
	conn, err := net.Dial("udp", netip.AddrPortFrom(server, serverPort).String())
	if err != nil {
		return netip.Addr{}, fmt.Errorf("no route to %s: %w; give a local address with -l", server, err)
	}
	defer conn.Close()
	return conn.LocalAddr().(*net.UDPAddr).AddrPort().Addr().Unmap(), nil
}

func (w *relayWire) relay() uint32 { return w.local }

// explain adds to an error of the system what can be done about it.
func explain(err error) error {
	if errors.Is(err, unix.EACCES) || errors.Is(err, unix.EPERM) {
		return fmt.Errorf("%w; ports below 1024 and packet sockets need root, or cap_net_bind_service and cap_net_raw", err)
	}
	if errors.Is(err, unix.EADDRINUSE) {
		return fmt.Errorf("%w; another program has that port, perhaps a DHCP server or client", err)
	}
	return err
}
