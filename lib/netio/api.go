// Package netio owns the sockets of the DHCP servers: detection of interfaces,
// raw (AF_PACKET) and UDP sockets that are read and written in batches, and
// nothing of the protocol above the UDP header. Which interfaces and addresses
// are served, and what an unusable one means, is its callers' business.
//
// It speaks to the Linux kernel directly (golang.org/x/sys/unix): neither Go's
// network poller nor golang.org/x/net can read packet sockets in batches without
// an allocation for each packet.
package netio

import (
	"net/netip"
	"time"
)

// A Datagram is one UDP datagram received for a DHCP server. A is the form of
// addresses.
type Datagram[A any] struct {
	Payload []byte  // the DHCP message; points into the socket's receive buffer, valid until its next Recv, Poll or Close
	Src     A       // IP source address
	Dst     A       // IP destination address: the socket's own, or the broadcast or multicast address that it hears
	SrcPort uint16  // UDP source port
	SrcMAC  [6]byte // link-layer source; zero on UDP sockets
	IfIndex int     // interface that received it
}

// A Reply is one DHCP message to send.
type Reply[A any] struct {
	Payload []byte // the DHCP message
	Dst     A      // IP destination
	DstPort uint16
	DstMAC  [6]byte // link-layer destination, raw sockets only (ff:ff:ff:ff:ff:ff broadcasts)
	IfIndex int     // interface to send by, UDP sockets without UseRouting only; 0 means the socket's own
	Err     error   // set by Send: nil, or why this one could not be sent (EMSGSIZE, …)
}

// Datagrams and replies of DHCPv4 have addresses as numbers in host byte order,
// those of DHCPv6 in the 16 bytes of RFC 4291.
type (
	Datagram4 = Datagram[uint32]
	Reply4    = Reply[uint32]
	Datagram6 = Datagram[[16]byte]
	Reply6    = Reply[[16]byte]
)

// A Socket is one open socket of DHCP, an address on an interface or, for DHCPv6, the
// multicast group of the servers. Recv and Send may be used by one goroutine each;
// Stop and Close by any. Recv blocks its thread, not a goroutine only: a loop around
// it does best on a locked OS thread.
type Socket[A any] interface {
	// Recv waits for at least one datagram and fills as many of ds as are
	// there without waiting on. It returns 0, nil at least once per
	// RecvTimeout so that the caller can look at its clock, and
	// net.ErrClosed after Stop. Frames that are not DHCP for this server are
	// dropped inside and never returned.
	Recv(ds []Datagram[A]) (int, error)
	// Send sends rs in one go as far as the kernel allows. Failures of single
	// replies are noted in their Err; the error is for the socket as a whole.
	Send(rs []Reply[A]) error
	// Interface returns name and index, Addr the local address, which replies come
	// from.
	Interface() (name string, index int)
	Addr() A
	// Stop makes Recv return net.ErrClosed within RecvTimeout. Close frees
	// the socket; it waits for a Recv that is under way.
	Stop()
	Close() error
}

// The sockets of the two families.
type (
	Socket4 = Socket[uint32]
	Socket6 = Socket[[16]byte]
)

// A Poller is a Socket that can be asked for what is there already, as the sockets of
// this package can. Poll is Recv that does not wait for a datagram: it may return 0,
// nil at once.
type Poller[A any] interface {
	Poll(ds []Datagram[A]) (int, error)
}

// RecvTimeout is how long Recv waits at most for a first datagram.
const RecvTimeout = 100 * time.Millisecond

// Options are what a caller may choose about a socket. The zero value serves.
type Options struct {
	// ReceiveBuffer is the size of the kernel's receive queue in bytes;
	// 0 means 8 MiB. Without CAP_NET_ADMIN the kernel caps it at
	// net.core.rmem_max.
	ReceiveBuffer int
	// Ring is the size in bytes of a receive queue that a raw socket shares with
	// the kernel; 0 means that there is none. It takes less processor time than
	// the kernel's own queue, whose place it takes, but its memory is in use from
	// the beginning, 2 KiB a frame. Where it cannot be had, and for jumbo frames,
	// it is done without.
	Ring int
	// Batch is the number of datagrams that one Recv or one system call of
	// Send handles at most; 0 means 64.
	Batch int
	// NoBroadcast leaves datagrams to 255.255.255.255 to another raw socket
	// on the same link, so that a client's broadcast is answered once. UDP
	// sockets receive none anyway.
	NoBroadcast bool
	// UseRouting sends by whatever interface the routing table says
	// (outbound-interface use-routing, ARM 8.2.4). Without it a reply leaves
	// by the interface in its IfIndex. Raw sockets know only their own
	// interface and ignore it.
	UseRouting bool
	// Peer is the only one that a UDP socket for DHCPv6 hears, the zero value:
	// anybody. What it does not listen to makes a later Recv or Send fail with
	// ECONNREFUSED.
	Peer netip.AddrPort
}

const (
	defaultReceiveBuffer = 8 << 20
	defaultBatch         = 64
)

func (o Options) receiveBuffer() int {
	if o.ReceiveBuffer > 0 {
		return o.ReceiveBuffer
	}
	return defaultReceiveBuffer
}

func (o Options) batch() int {
	if o.Batch > 0 {
		return o.Batch
	}
	return defaultBatch
}
