package ncr

import (
	"fmt"
	"net"
	"net/netip"
)

// receiveBuffer is how much the kernel is asked to hold of requests that are not yet
// read, in bytes: a burst of some thousand.
const receiveBuffer = 4 << 20

// Listener is where a DDNS daemon hears requests. One goroutine receives; Close may
// be called by any.
type Listener struct {
	conn *net.UDPConn
	buf  [MaxSize]byte
}

// Listen opens a UDP socket at addr. Port 0 is one that is free.
func Listen(addr netip.AddrPort) (*Listener, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
	if err != nil {
		return nil, fmt.Errorf("listening for name change requests: %w", err)
	}
	// What the kernel gives is enough to go on with.
	_ = conn.SetReadBuffer(receiveBuffer)
	return &Listener{conn: conn}, nil
}

// Addr is where the listener hears.
func (l *Listener) Addr() netip.AddrPort { return l.conn.LocalAddr().(*net.UDPAddr).AddrPort() }

// An InvalidError says that a datagram came which holds no request, and from where.
// The listener goes on.
type InvalidError struct {
	From netip.AddrPort
	Err  error
}

func (e *InvalidError) Error() string {
	return fmt.Sprintf("invalid name change request from %s: %v", e.From, e.Err)
}

func (e *InvalidError) Unwrap() error { return e.Err }

// Receive waits for the next request. An *InvalidError is about one datagram;
// net.ErrClosed (by errors.Is) says that the listener was closed; other errors are
// of the socket.
func (l *Listener) Receive() (*Request, error) {
	n, from, err := l.conn.ReadFromUDPAddrPort(l.buf[:])
	if err != nil {
		return nil, fmt.Errorf("receiving a name change request: %w", err)
	}
	r, err := Parse(l.buf[:n])
	if err != nil {
		return nil, &InvalidError{From: from, Err: err}
	}
	return r, nil
}

// Close ends Receive.
func (l *Listener) Close() error { return l.conn.Close() }
