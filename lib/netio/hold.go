package netio

import (
	"fmt"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// A portHold is a UDP socket that receives nothing: while it is bound the kernel
// sends no ICMP port-unreachable for datagrams that a raw socket serves, and no
// other program can take the port. Sockets that share an address share the hold.
type portHold struct {
	fd    int
	users atomic.Int32
}

// holdPort binds addr:port for the given number of users, each of which calls
// release once.
func holdPort(addr uint32, port uint16, users int) (*portHold, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, fmt.Errorf("open fallback socket: %w", err)
	}
	if err := attachFilter(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, dropAll()); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("close fallback socket to datagrams: %w", err)
	}
	// No SO_REUSEADDR: another server on this address has to be noticed.
	if err := unix.Bind(fd, sockaddr4(addr, port)); err != nil {
		unix.Close(fd)
		return nil, fmt.Errorf("failed to bind fallback socket to address %s, port %d, reason: %w"+
			" - is another DHCP server running?", dotted(addr), port, err)
	}
	hold := &portHold{fd: fd}
	hold.users.Store(int32(users))
	return hold, nil
}

// release gives up one user's share; the last one frees the port.
func (h *portHold) release() {
	if h.users.Add(-1) == 0 {
		h.free()
	}
}

// free frees the port whoever uses it.
func (h *portHold) free() { unix.Close(h.fd) }
