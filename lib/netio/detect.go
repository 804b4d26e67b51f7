package netio

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"sort"
	"syscall"

	"golang.org/x/sys/unix"
)

// An Interface is what the kernel told of one network interface when Detect ran.
type Interface struct {
	Name      string
	Index     int
	MTU       int // bytes, without the link-layer header
	MAC       net.HardwareAddr
	Up        bool // set up by the administrator
	Running   bool // has a carrier
	Loopback  bool
	Broadcast bool // can broadcast; point-to-point links cannot
	Multicast bool
	HType     uint16   // of the link layer, as the kernel numbers it (ARP's hardware types below 256)
	Ethernet  bool     // frames carry an Ethernet header, as raw sockets need
	Addrs4    []uint32 // IPv4 addresses in host byte order, in the kernel's order: the primary one first
	Addrs6    []Addr6  // IPv6 addresses, in the kernel's order
}

// Addr6 is an IPv6 address of an interface.
type Addr6 struct {
	Addr netip.Addr // without zone
	// Tentative tells that the kernel still looks whether another host has the
	// address, or found that one has (RFC 4862 section 5.4): no socket can be
	// bound to it.
	Tentative bool
}

// Detect returns the interfaces of the calling thread's network namespace by
// index. It costs two netlink dumps whatever the number of interfaces, so it may
// run on each reconfiguration.
func Detect() ([]Interface, error) {
	links, err := dump(unix.RTM_GETLINK, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("list network interfaces: %w", err)
	}
	addresses, err := dump(unix.RTM_GETADDR, unix.AF_UNSPEC)
	if err != nil {
		return nil, fmt.Errorf("list IP addresses: %w", err)
	}
	var found []Interface
	for i := range links {
		if iface, ok := interfaceFrom(&links[i]); ok {
			found = append(found, iface)
		}
	}
	sort.Slice(found, func(i, j int) bool { return found[i].Index < found[j].Index })
	for i := range addresses {
		addAddress(found, &addresses[i])
	}
	return found, nil
}

// dump asks the kernel for all objects of a kind.
func dump(kind, family int) ([]syscall.NetlinkMessage, error) {
	rib, err := syscall.NetlinkRIB(kind, family)
	if err != nil {
		return nil, err
	}
	return syscall.ParseNetlinkMessage(rib)
}

// interfaceFrom reads one RTM_NEWLINK message (rtnetlink(7)).
func interfaceFrom(m *syscall.NetlinkMessage) (Interface, bool) {
	if m.Header.Type != unix.RTM_NEWLINK || len(m.Data) < unix.SizeofIfInfomsg {
		return Interface{}, false
	}
	hardware := binary.NativeEndian.Uint16(m.Data[2:])
	flags := binary.NativeEndian.Uint32(m.Data[8:])
	iface := Interface{
		Index:     int(int32(binary.NativeEndian.Uint32(m.Data[4:]))),
		Up:        flags&unix.IFF_UP != 0,
		Running:   flags&unix.IFF_RUNNING != 0,
		Loopback:  flags&unix.IFF_LOOPBACK != 0,
		Broadcast: flags&unix.IFF_BROADCAST != 0,
		Multicast: flags&unix.IFF_MULTICAST != 0,
		HType:     hardware,
		Ethernet:  hardware == unix.ARPHRD_ETHER,
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(m)
	if err != nil {
		return Interface{}, false
	}
	for _, attr := range attributes {
		switch attr.Attr.Type {
		case unix.IFLA_IFNAME:
			iface.Name = string(bytes.TrimRight(attr.Value, "\x00"))
		case unix.IFLA_MTU:
			if len(attr.Value) >= 4 {
				iface.MTU = int(binary.NativeEndian.Uint32(attr.Value))
			}
		case unix.IFLA_ADDRESS:
			iface.MAC = net.HardwareAddr(bytes.Clone(attr.Value))
		}
	}
	return iface, iface.Name != ""
}

// addAddress files one RTM_NEWADDR message under its interface. found is sorted
// by index.
func addAddress(found []Interface, m *syscall.NetlinkMessage) {
	if m.Header.Type != unix.RTM_NEWADDR || len(m.Data) < unix.SizeofIfAddrmsg {
		return
	}
	index := int(binary.NativeEndian.Uint32(m.Data[4:]))
	at := sort.Search(len(found), func(i int) bool { return found[i].Index >= index })
	if at == len(found) || found[at].Index != index {
		return // came up between the two dumps
	}
	attributes, err := syscall.ParseNetlinkRouteAttr(m)
	if err != nil {
		return
	}
	// On point-to-point links IFA_ADDRESS is the peer's; where there is an
	// IFA_LOCAL it is ours.
	var local, address []byte
	flags := uint32(m.Data[2])
	for _, attr := range attributes {
		switch attr.Attr.Type {
		case unix.IFA_LOCAL:
			local = attr.Value
		case unix.IFA_ADDRESS:
			address = attr.Value
		case unix.IFA_FLAGS:
			if len(attr.Value) >= 4 {
				flags = binary.NativeEndian.Uint32(attr.Value)
			}
		}
	}
	if local == nil && m.Data[0] == unix.AF_INET6 {
		local = address
	}
	switch iface := &found[at]; len(local) {
	case 4:
		iface.Addrs4 = append(iface.Addrs4, binary.BigEndian.Uint32(local))
	case 16:
		iface.Addrs6 = append(iface.Addrs6, Addr6{
			Addr:      netip.AddrFrom16([16]byte(local)),
			Tentative: flags&(unix.IFA_F_TENTATIVE|unix.IFA_F_DADFAILED) != 0 && flags&unix.IFA_F_OPTIMISTIC == 0,
		})
	}
}
