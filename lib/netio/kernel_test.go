package netio

import (
	"encoding/binary"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// verifyChecksums makes the kernel test the checksums of what arrives on an
// interface itself (ethtool -K NAME rx off).
func verifyChecksums(name string) error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	value := struct{ command, data uint32 }{unix.ETHTOOL_SRXCSUM, 0}
	var request struct {
		name [unix.IFNAMSIZ]byte
		data unsafe.Pointer
		_    [16]byte
	}
	copy(request.name[:], name)
	request.data = unsafe.Pointer(&value)
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCETHTOOL, uintptr(unsafe.Pointer(&request))); errno != 0 {
		return fmt.Errorf("switch off receive checksumming of %s: %w", name, errno)
	}
	return nil
}

// dropInput gives the thread's network namespace a firewall that drops
// everything addressed to it: nft add chain ip t c { type filter hook input
// priority 0; policy drop; }.
func dropInput() error {
	text := func(kind uint16, value string) []byte { return attribute(kind, append([]byte(value), 0)) }
	number := func(kind uint16, value uint32) []byte {
		return attribute(kind, binary.BigEndian.AppendUint32(nil, value))
	}
	hook := attribute(unix.NFTA_CHAIN_HOOK|unix.NLA_F_NESTED,
		append(number(unix.NFTA_HOOK_HOOKNUM, unix.NF_INET_LOCAL_IN), number(unix.NFTA_HOOK_PRIORITY, 0)...))
	const nftables = unix.NFNL_SUBSYS_NFTABLES << 8
	var batch []byte
	for _, m := range []struct {
		kind       uint16
		resource   uint16
		attributes [][]byte
	}{
		{unix.NFNL_MSG_BATCH_BEGIN, unix.NFNL_SUBSYS_NFTABLES, nil},
		{nftables | unix.NFT_MSG_NEWTABLE, 0, [][]byte{text(unix.NFTA_TABLE_NAME, "t")}},
		{nftables | unix.NFT_MSG_NEWCHAIN, 0, [][]byte{text(unix.NFTA_CHAIN_TABLE, "t"), text(unix.NFTA_CHAIN_NAME, "c"),
			hook, number(unix.NFTA_CHAIN_POLICY, 0), text(unix.NFTA_CHAIN_TYPE, "filter")}},
		{unix.NFNL_MSG_BATCH_END, unix.NFNL_SUBSYS_NFTABLES, nil},
	} {
		var body []byte
		for _, a := range m.attributes {
			body = append(body, a...)
		}
		batch = append(batch, netfilterMessage(m.kind, m.resource, body)...)
	}
	return netfilterRequest(batch)
}

// attribute is one netlink attribute with its padding.
func attribute(kind uint16, value []byte) []byte {
	b := binary.NativeEndian.AppendUint16(nil, uint16(4+len(value)))
	b = append(binary.NativeEndian.AppendUint16(b, kind), value...)
	return append(b, make([]byte, -len(b)&3)...)
}

// netfilterMessage is one message of an nfnetlink batch, of which the ones for
// nftables ask for an acknowledgement.
func netfilterMessage(kind, resource uint16, attributes []byte) []byte {
	flags := uint16(unix.NLM_F_REQUEST)
	family := byte(unix.AF_UNSPEC)
	if kind >= 256 {
		flags |= unix.NLM_F_CREATE | unix.NLM_F_ACK
		family = unix.AF_INET
	}
	b := binary.NativeEndian.AppendUint32(nil, uint32(20+len(attributes)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = binary.NativeEndian.AppendUint16(b, flags)
	b = append(b, 0, 0, 0, 0, 0, 0, 0, 0) // sequence number, port
	b = append(b, family, 0)
	b = binary.BigEndian.AppendUint16(b, resource)
	return append(b, attributes...)
}

// netfilterRequest sends a batch and returns the first error among the two
// acknowledgements.
func netfilterRequest(batch []byte) error {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_NETFILTER)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	if err := unix.Sendto(fd, batch, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	buf := make([]byte, 8192)
	for range 2 {
		n, _, err := unix.Recvfrom(fd, buf, 0)
		if err != nil {
			return err
		}
		if n >= 20 && binary.NativeEndian.Uint16(buf[4:]) == unix.NLMSG_ERROR {
			if code := int32(binary.NativeEndian.Uint32(buf[16:])); code != 0 {
				return unix.Errno(-code)
			}
		}
	}
	return nil
}
