package netio

import (
	"fmt"
	"net"
	"sync"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// socket is what raw and UDP sockets have in common: the descriptor, who may use
// it and the counts.
type socket struct {
	fd       int
	name     string
	index    int
	stopped  atomic.Bool
	closed   atomic.Bool
	counters counters

	// Held while the descriptor is in use, so that Close cannot give its
	// number away under a system call. Never contended otherwise.
	receiving sync.Mutex
	sending   sync.Mutex
}

func (s *socket) Interface() (name string, index int) { return s.name, s.index }

func (s *socket) Stop() { s.stopped.Store(true) }

// Stats returns the counts since the socket was opened.
func (s *socket) Stats() Stats {
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.closed.Load() {
		return s.counters.snapshot(-1)
	}
	return s.counters.snapshot(s.fd)
}

func (s *socket) Close() error {
	s.Stop()
	s.receiving.Lock()
	defer s.receiving.Unlock()
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.closed.Swap(true) {
		return net.ErrClosed
	}
	if err := unix.Close(s.fd); err != nil {
		return fmt.Errorf("close socket on %s: %w", s.name, err)
	}
	return nil
}

// receiver is where a socket receives: an inbox or a ring.
type receiver interface {
	// receive takes at most limit messages; with wait it waits for the first,
	// within the receive timeout.
	receive(fd, limit int, wait bool) (int, error)
}

// receiveBatch is Recv or Recv of a socket that receives into in, or without wait
// Poll; read turns its i-th message into a datagram.
func receiveBatch[A any](s *socket, in receiver, ds []Datagram[A], wait bool, read func(i int, d *Datagram[A]) verdict) (int, error) {
	s.receiving.Lock()
	defer s.receiving.Unlock()
	if s.stopped.Load() {
		return 0, net.ErrClosed
	}
	n, err := in.receive(s.fd, len(ds), wait)
	if err != nil {
		return 0, fmt.Errorf("receive on %s: %w", s.name, err)
	}
	taken := 0
	for i := range n {
		if v := read(i, &ds[taken]); v != accepted {
			s.counters.dropped[v].Add(1)
			continue
		}
		taken++
	}
	s.counters.received.Add(uint64(taken))
	return taken, nil
}

// sendBatches is Send or Send of a socket whose outbox is out; address makes its
// i-th message, but for the payload, one to the reply's client.
func sendBatches[A, H, N, C any](s *socket, out *outbox[H, N, C], rs []Reply[A], address func(i int, r *Reply[A])) error {
	s.sending.Lock()
	defer s.sending.Unlock()
	if s.closed.Load() {
		return net.ErrClosed
	}
	for len(rs) > 0 {
		now := rs[:min(len(rs), len(out.messages))]
		for i := range now {
			address(i, &now[i])
			out.setPayload(i, now[i].Payload)
		}
		sent := sendReplies(s.fd, out, now)
		s.counters.sent.Add(uint64(sent))
		s.counters.unsent.Add(uint64(len(now) - sent))
		rs = rs[len(now):]
	}
	return nil
}

// setTimeouts bounds how long a receive and a send may block.
func setTimeouts(fd int) error {
	timeout := unix.NsecToTimeval(RecvTimeout.Nanoseconds())
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout); err != nil {
		return fmt.Errorf("set receive timeout: %w", err)
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &timeout); err != nil {
		return fmt.Errorf("set send timeout: %w", err)
	}
	return nil
}

// setReceiveBuffer asks for a receive queue of size bytes, beyond
// net.core.rmem_max where rights allow. Less than asked for is no error.
func setReceiveBuffer(fd, size int) error {
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, size) == nil {
		return nil
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, size); err != nil {
		return fmt.Errorf("set receive buffer to %d bytes: %w", size, err)
	}
	return nil
}

// getMemInfo reads SO_MEMINFO, for which x/sys/unix has no function.
func getMemInfo(fd int, info *[unix.SK_MEMINFO_VARS]uint32) error {
	size := uint32(unsafe.Sizeof(*info))
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), unix.SOL_SOCKET, unix.SO_MEMINFO,
		uintptr(unsafe.Pointer(info)), uintptr(unsafe.Pointer(&size)), 0)
	if errno != 0 {
		return errno
	}
	return nil
}

// socket4 is a socket with an IPv4 address.
type socket4 struct {
	socket
	addr uint32
}

func (s *socket4) Addr() uint32 { return s.addr }

// dotted writes an IPv4 address for error messages.
func dotted(addr uint32) string {
	return fmt.Sprintf("%d.%d.%d.%d", addr>>24, addr>>16&0xff, addr>>8&0xff, addr&0xff)
}

// sockaddr4 is an IPv4 address and port for bind.
func sockaddr4(addr uint32, port uint16) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{
		Port: int(port),
		Addr: [4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)},
	}
}

// closeAll gives back the descriptors of a group that could not be opened whole.
func closeAll(fds []int) {
	for _, fd := range fds {
		unix.Close(fd)
	}
}
