package perf

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Ports of DHCPv6 (RFC 8415 section 7.2).
const (
	clientPort6 = 546
	serverPort6 = 547
)

// Where all servers and relays of a link listen, and all servers of a site (RFC
// 8415 section 7.1).
var (
	allServersAndRelays = netip.MustParseAddr("ff02::1:2")
	allServers          = netip.MustParseAddr("ff05::1:3")
)

// A place6 is where a run speaks from and to.
type place6 struct {
	server netip.Addr
	local  netip.Addr // of the socket
	link   netip.Addr // of the link that relayed clients are on
	iface  int        // index of the interface; 0: as routed
}

// open6 opens the socket of direct clients, or of the relay that is nearest the
// server, and returns the address of the link that relays tell.
func open6(o *Options) (w wire[binding6], link netip.Addr, err error) {
	at, err := o.locate6()
	if err != nil {
		return nil, link, err
	}
	port := uint16(clientPort6)
	if o.RelayLevels > 0 {
		port = serverPort6
	}
	fd, err := unix.Socket(unix.AF_INET6, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, link, fmt.Errorf("open a UDP socket: %w", err)
	}
	if err := at.bind(fd, portOr(o.LocalPort, port)); err != nil {
		unix.Close(fd)
		return nil, link, err
	}
	server := &unix.RawSockaddrInet6{Family: unix.AF_INET6, Addr: at.server.As16(), Port: htons(portOr(o.RemotePort, serverPort6))}
	if onLink(at.server) {
		server.Scope_id = uint32(at.iface)
	}
	return &udpWire[binding6]{newSocket(fd, unsafe.Pointer(server), unix.SizeofSockaddrInet6)}, at.link, nil
}

func (at *place6) bind(fd int, port uint16) error {
	name := &unix.SockaddrInet6{Port: int(port), Addr: at.local.As16()}
	if onLink(at.local) {
		name.ZoneId = uint32(at.iface)
	}
	if err := unix.Bind(fd, name); err != nil {
		return fmt.Errorf("listen on %s port %d for the server's answers: %w", at.local, port, err)
	}
	if !at.server.IsMulticast() {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_MULTICAST_IF, at.iface); err != nil {
		return fmt.Errorf("send multicasts by interface %d: %w", at.iface, err)
	}
	return nil
}

// locate6 finds addresses and interface. Where the server is on the link, so is
// the address that it is spoken to from.
func (o *Options) locate6() (at place6, err error) {
	if at.server, err = resolveServer6(o.Server); err != nil {
		return at, err
	}
	ifi, own, err := findLocal6(o.Local)
	if err != nil {
		return at, err
	}
	if ifi == nil && at.server.Zone() != "" {
		if ifi, err = net.InterfaceByName(at.server.Zone()); err != nil {
			return at, fmt.Errorf("interface %s: %w", at.server.Zone(), err)
		}
	}
	if ifi == nil {
		if at.server.IsMulticast() || onLink(at.server) {
			return at, fmt.Errorf("%s is on every link: name an interface with -l", at.server)
		}
		at.local, err = routedAddress(at.server)
		at.link = at.local
		return at, err
	}
	at.iface = ifi.Index
	onItsLink, global, err := addresses6(ifi)
	if err != nil {
		return at, err
	}
	at.local, at.link = own, own
	if !own.IsValid() {
		at.local, at.link = global, global
		if at.server.IsMulticast() || onLink(at.server) || !global.IsValid() {
			at.local = onItsLink
		}
	}
	if !at.local.IsValid() {
		return at, fmt.Errorf("interface %s has no link-local IPv6 address", ifi.Name)
	}
	if !at.link.IsValid() {
		at.link = at.local
	}
	if o.RelayLevels > 0 && onLink(at.link) && len(o.Relays) == 0 {
		return at, fmt.Errorf("interface %s has no global IPv6 address for a relay to name its link by; add one, or name some with -J", ifi.Name)
	}
	return at, nil
}

// resolveServer6 knows the names that perfdhcp has for the groups of servers.
func resolveServer6(name string) (netip.Addr, error) {
	switch name {
	case "", "all":
		return allServersAndRelays, nil
	case "servers":
		return allServers, nil
	}
	if addr, err := netip.ParseAddr(name); err == nil {
		if !addr.Is6() {
			return addr, fmt.Errorf("%s is not an IPv6 address", name)
		}
		return addr, nil
	}
	ip, err := net.ResolveIPAddr("ip6", name)
	if err != nil {
		return netip.Addr{}, fmt.Errorf("%s is no address and no known host: %w", name, err)
	}
	addr, _ := netip.AddrFromSlice(ip.IP)
	return addr, nil
}

// findLocal6 returns the interface that -l names, or the one that has the address
// which -l is.
func findLocal6(name string) (ifi *net.Interface, addr netip.Addr, err error) {
	if name == "" {
		return nil, addr, nil
	}
	if ifi, err = net.InterfaceByName(name); err == nil {
		return ifi, addr, nil
	}
	if addr, err = netip.ParseAddr(name); err != nil || !addr.Is6() {
		return nil, addr, fmt.Errorf("-l %s is neither an interface nor an IPv6 address", name)
	}
	all, err := net.Interfaces()
	if err != nil {
		return nil, addr, fmt.Errorf("list interfaces: %w", err)
	}
	for i := range all {
		if (addr.Zone() == "" || addr.Zone() == all[i].Name) && hasAddress(&all[i], addr.WithZone("")) {
			return &all[i], addr.WithZone(""), nil
		}
	}
	return nil, addr, errors.New("-l " + name + ": no interface has this address")
}

func hasAddress(ifi *net.Interface, addr netip.Addr) bool {
	list, _ := ifi.Addrs() // an interface that went away meanwhile has none
	for _, a := range list {
		if p, err := netip.ParsePrefix(a.String()); err == nil && p.Addr() == addr {
			return true
		}
	}
	return false
}

// addresses6 returns the first link-local and the first other IPv6 address of an
// interface.
func addresses6(ifi *net.Interface) (onItsLink, global netip.Addr, err error) {
	list, err := ifi.Addrs()
	if err != nil {
		return onItsLink, global, fmt.Errorf("addresses of %s: %w", ifi.Name, err)
	}
	for _, a := range list {
		p, err := netip.ParsePrefix(a.String())
		switch {
		case err != nil || !p.Addr().Is6():
		case onLink(p.Addr()) && !onItsLink.IsValid():
			onItsLink = p.Addr()
		case !onLink(p.Addr()) && !global.IsValid():
			global = p.Addr()
		}
	}
	return onItsLink, global, nil
}

// onLink reports whether an address means something on one link only.
func onLink(a netip.Addr) bool { return a.IsLinkLocalUnicast() || a.IsLinkLocalMulticast() }
