// Package netio owns the sockets of the DHCP servers: detection of interfaces,
// raw (AF_PACKET) and UDP sockets that are read and written in batches, and
// nothing of the protocol above the UDP header.
package netio

import "time"

// A Datagram4 is one UDP datagram received for the DHCPv4 server.
// IPv4 addresses are numbers in host byte order.
type Datagram4 struct {
	Payload []byte  // the DHCP message; points into the socket's receive buffer, valid until its next Recv4
	Src     uint32  // IP source address
	Dst     uint32  // IP destination address: 255.255.255.255 or the socket's own
	SrcPort uint16  // UDP source port
	SrcMAC  [6]byte // link-layer source; zero on UDP sockets
	IfIndex int     // interface that received it
}

// A Reply4 is one DHCPv4 message to send.
type Reply4 struct {
	Payload []byte // the DHCP message
	Dst     uint32 // IP destination
	DstPort uint16
	DstMAC  [6]byte // link-layer destination, raw sockets only (ff:ff:ff:ff:ff:ff broadcasts)
	Err     error   // set by Send4 when this one could not be sent (EMSGSIZE, …)
}

// A Socket4 is one open DHCPv4 socket: an address on an interface. Recv4 and
// Send4 may be used by one goroutine each; Stop and Close by any.
type Socket4 interface {
	// Recv4 waits for at least one datagram and fills as many of ds as are
	// there without waiting on. It returns 0, nil at least once per
	// RecvTimeout so that the caller can look at its clock, and
	// net.ErrClosed after Stop. Frames that are not DHCP for this server are
	// dropped inside and never returned.
	Recv4(ds []Datagram4) (int, error)
	// Send4 sends rs in one go as far as the kernel allows. Failures of single
	// replies are noted in their Err; the error is for the socket as a whole.
	Send4(rs []Reply4) error
	// Interface returns name and index, Addr the local IPv4 address.
	Interface() (name string, index int)
	Addr() uint32
	// Stop makes Recv4 return net.ErrClosed within RecvTimeout. Close frees the socket.
	Stop()
	Close() error
}

// RecvTimeout is how long Recv4 waits at most for a first datagram.
const RecvTimeout = 100 * time.Millisecond
