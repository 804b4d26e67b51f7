package ddns

import (
	"errors"
	"math/rand/v2"
	"net"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A socket carries the messages to one server and their answers, which find each
// other by id. One goroutine reads, and goes on with what an answer leads to: to hand
// each answer to a goroutine of its own took half of the processor time. A socket
// that is not needed for a while is closed, so that the next messages come from
// another port.
type socket struct {
	server *dnsServer
	conn   *net.UDPConn
	raw    syscall.RawConn
	buf    [4096]byte

	// What follows is guarded by the server's mu.

	pending map[uint16]*exchange
	order   []*exchange // those that were sent, in the order of their deadlines
	// spent are ids to which a late answer may come, in the order of time.
	spent   []spentID
	isSpent map[uint16]bool
	wake    time.Time // the reader's deadline
	refused time.Time // when the kernel said last that nobody listens
}

type spentID struct {
	id    uint16
	until time.Time
}

const (
	// idleTime is how long a socket is kept that nobody uses.
	idleTime = time.Second
	// lateTime is how long answers may be late for their id not to be used again.
	lateTime = 10 * time.Second
)

func newSocket(s *dnsServer) (*socket, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(s.addr))
	if err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, err
	}
	return &socket{server: s, conn: conn, raw: raw, pending: make(map[uint16]*exchange), isSpent: make(map[uint16]bool)}, nil
}

// add gives an exchange an id that no other has. The caller holds mu.
func (k *socket) add(x *exchange) {
	for {
		x.id = uint16(rand.Uint32())
		if k.pending[x.id] == nil && !k.isSpent[x.id] {
			k.pending[x.id] = x
			return
		}
	}
}

// forget ends an exchange without an answer. It reports false when it has ended
// already.
func (k *socket) forget(x *exchange) bool {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	if x.over {
		return false
	}
	x.over = true
	delete(k.pending, x.id)
	return true
}

// write sends the message of an exchange.
func (k *socket) write(x *exchange) error {
	k.server.mu.Lock()
	x.deadline = time.Now().Add(k.server.timeout)
	x.sent = true
	k.order = append(k.order, x)
	early := k.wake.IsZero() || x.deadline.Before(k.wake)
	if early {
		k.wake = x.deadline
	}
	k.server.mu.Unlock()
	if early {
		if err := k.conn.SetReadDeadline(x.deadline); err != nil {
			return err
		}
	}
	_, err := k.conn.Write(x.wire)
	if errors.Is(err, unix.ECONNREFUSED) {
		// That is about a message before. Nobody may be listening now either, but
		// that the kernel tells too.
		k.noteRefusal()
		_, err = k.conn.Write(x.wire)
		if errors.Is(err, unix.ECONNREFUSED) {
			return nil
		}
	}
	return err
}

func (k *socket) noteRefusal() {
	k.server.mu.Lock()
	k.refused = time.Now()
	k.server.mu.Unlock()
}

// read takes answers until the socket is not needed any more.
func (k *socket) read() {
	defer k.conn.Close()
	for idle := time.Now(); ; {
		busy, again := k.prepare(idle)
		if !again {
			return
		}
		if busy {
			idle = time.Now()
		}
		err := k.raw.Read(k.receive)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			// What has arrived by now counts.
			_ = k.raw.Control(func(fd uintptr) { k.receive(fd) })
		}
		k.expire()
	}
}

// prepare sets the time until which to wait for answers. again is false when the
// socket has been idle long enough.
func (k *socket) prepare(idle time.Time) (busy, again bool) {
	k.server.mu.Lock()
	defer k.server.mu.Unlock()
	now := time.Now()
	for len(k.order) > 0 && k.order[0].over {
		k.order = k.order[1:]
	}
	for len(k.spent) > 0 && now.After(k.spent[0].until) {
		delete(k.isSpent, k.spent[0].id)
		k.spent = k.spent[1:]
	}
	busy = len(k.pending) > 0
	switch {
	case len(k.order) > 0:
		k.wake = k.order[0].deadline
	case !busy && now.Sub(idle) >= idleTime:
		if k.server.socket == k {
			k.server.socket = nil
		}
		return false, false
	default:
		k.wake = now.Add(idleTime)
	}
	// An error would mean that the socket is closed, which only the reader does.
	_ = k.conn.SetReadDeadline(k.wake)
	return busy, true
}

// burst is how many answers are taken before deadlines are looked at.
const burst = 64

// receive takes the answers that have arrived. It reports false when there are none.
func (k *socket) receive(fd uintptr) bool {
	for n := range burst {
		size, err := unix.Read(int(fd), k.buf[:])
		switch {
		case errors.Is(err, unix.EINTR):
		case errors.Is(err, unix.EAGAIN):
			return n > 0
		case errors.Is(err, unix.ECONNREFUSED):
			k.noteRefusal()
		case err != nil:
			return true // what waits for answers will time out
		default:
			k.answer(k.buf[:size])
		}
	}
	return true
}

// answer finds the exchange that a datagram answers. What answers none is passed
// over.
func (k *socket) answer(b []byte) {
	if len(b) < dnsHeader {
		return
	}
	k.server.mu.Lock()
	x := k.pending[uint16(b[0])<<8|uint16(b[1])]
	if x == nil || !x.sent {
		k.server.mu.Unlock()
		return
	}
	x.over = true
	delete(k.pending, x.id)
	k.server.mu.Unlock()
	k.server.answered(x, b)
}

// expire ends the exchanges whose time is over.
func (k *socket) expire() {
	k.server.mu.Lock()
	now := time.Now()
	var late []*exchange
	for len(k.order) > 0 && (k.order[0].over || !k.order[0].deadline.After(now)) {
		x := k.order[0]
		k.order = k.order[1:]
		if x.over {
			continue
		}
		x.over = true
		delete(k.pending, x.id)
		k.isSpent[x.id] = true
		k.spent = append(k.spent, spentID{x.id, now.Add(lateTime)})
		late = append(late, x)
	}
	cause := "no answer"
	if now.Sub(k.refused) < 2*k.server.timeout {
		cause = "nobody listens there"
	}
	k.server.mu.Unlock()
	for _, x := range late {
		x.ended(0, timeoutError{cause})
	}
}
