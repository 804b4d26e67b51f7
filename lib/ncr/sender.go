package ncr

import (
	"errors"
	"fmt"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// Errors of Send.
var (
	// ErrQueueFull: as many requests wait as may, and not yet few enough of them are
	// gone.
	ErrQueueFull = errors.New("the queue of name change requests is full")
	// ErrSuspended: the socket has failed for good, or the sender was closed.
	ErrSuspended = errors.New("the sender of name change requests is stopped")
)

// Defaults of SenderOptions.
const (
	DefaultQueue = 1024
	defaultRetry = time.Second
	// patience is how often the socket may fail in a row before the sender gives up.
	patience = 5
	// maxBatch is how many datagrams go out at once: the kernel cuts one buffer into
	// no more.
	maxBatch = 64
)

// SenderOptions say where requests go.
type SenderOptions struct {
	Server   netip.AddrPort
	Local    netip.AddrPort // that they come from; what is zero or not there, the kernel chooses
	MaxQueue int            // requests that may wait, DefaultQueue if 0
	Events   SenderEvents
	Retry    time.Duration // between attempts while nobody listens, a second if 0
}

// SenderEvents are what a sender tells of. Those that are nil are not called. They
// are called by the sender's own goroutine, but Full by that which calls Send.
type SenderEvents struct {
	// Sent tells of a datagram that has left; it is valid until the return. Parse
	// reads it.
	Sent func(datagram []byte)
	// Away tells that nobody listens at the server's end, once until Back.
	Away func(waiting int)
	Back func(waiting int)
	// Full tells that the queue has become full; requests are refused until a fifth
	// of it is free.
	Full func()
	// Failed tells that the socket has failed for good; the sender is suspended.
	Failed func(err error, datagram []byte)
}

// Sender sends requests in the order in which they come. Where nobody listens on a
// host that says so, as the own one does, it keeps them and tries again. Its methods
// may be called concurrently; none waits for the network.
type Sender struct {
	opts      SenderOptions
	socket    *socket
	suspended atomic.Bool
	wake      chan struct{}
	stop      chan struct{}
	done      chan struct{}

	mu    sync.Mutex
	queue queue
	full  bool

	// Of the sending goroutine:
	connected bool
	away      bool
	failed    int // errors in a row
	batch     [][]byte
}

// NewSender opens the socket and begins to send. An error is one of the local address;
// a server that cannot be reached yet is none.
func NewSender(opts SenderOptions) (*Sender, error) {
	if opts.MaxQueue == 0 {
		opts.MaxQueue = DefaultQueue
	}
	if opts.Retry == 0 {
		opts.Retry = defaultRetry
	}
	sock, err := open(opts.Local, opts.Server)
	if err != nil {
		return nil, fmt.Errorf("sending name change requests from %s: %w", opts.Local, err)
	}
	s := &Sender{
		opts: opts, socket: sock, wake: make(chan struct{}, 1), stop: make(chan struct{}), done: make(chan struct{}),
		queue: queue{max: opts.MaxQueue},
	}
	go s.run()
	return s, nil
}

// Send queues a request, which is not kept. Errors are ErrQueueFull and ErrSuspended.
func (s *Sender) Send(r *Request) error {
	if s.suspended.Load() {
		return ErrSuspended
	}
	s.mu.Lock()
	if s.full && s.queue.len() <= s.opts.MaxQueue*4/5 {
		s.full = false
	}
	turnsFull := !s.full && s.queue.len() >= s.opts.MaxQueue
	s.full = s.full || turnsFull
	if !s.full {
		slot := s.queue.push()
		*slot = r.AppendTo((*slot)[:0])
	}
	full := s.full
	s.mu.Unlock()
	if full {
		if turnsFull && s.opts.Events.Full != nil {
			s.opts.Events.Full()
		}
		return ErrQueueFull
	}
	select {
	case s.wake <- struct{}{}:
	default: // it is awake already, or about to be
	}
	return nil
}

// Waiting is how many requests are not sent yet.
func (s *Sender) Waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queue.len()
}

// Suspended reports whether the sender has given up: its socket has failed for good.
func (s *Sender) Suspended() bool { return s.suspended.Load() }

// LocalAddr is where requests come from.
func (s *Sender) LocalAddr() netip.AddrPort { return s.socket.localAddr() }

// Close stops the sender after one more attempt to send what waits. It returns the
// datagrams that are left, the oldest first, for another sender to Take.
func (s *Sender) Close() (left [][]byte) {
	if !s.suspended.Swap(true) {
		close(s.stop)
	}
	_ = s.socket.conn.SetWriteDeadline(time.Now().Add(time.Second)) // which does not block but for want of memory
	<-s.done
	s.socket.conn.Close()
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.queue.len() > 0 {
		left = append(left, s.queue.first())
		s.queue.pop()
	}
	return left
}

// Take queues what another sender left over, as far as there is room, and returns
// how many that are.
func (s *Sender) Take(left [][]byte) (taken int) {
	s.mu.Lock()
	for _, datagram := range left[:min(len(left), s.opts.MaxQueue-s.queue.len())] {
		*s.queue.push() = datagram
		taken++
	}
	s.mu.Unlock()
	select {
	case s.wake <- struct{}{}:
	default:
	}
	return taken
}

// run sends until the sender is stopped or has failed for good.
func (s *Sender) run() {
	defer close(s.done)
	for {
		ok := s.flush()
		if s.suspended.Load() {
			return
		}
		var retry <-chan time.Time
		wake := s.wake
		if !ok {
			// More requests are no reason to try again earlier.
			retry, wake = time.After(s.opts.Retry), nil
		}
		select {
		case <-wake:
		case <-retry:
		case <-s.stop:
			s.flush()
			return
		}
	}
}

// flush sends what waits. It reports false when something is left because it cannot
// be sent now.
func (s *Sender) flush() bool {
	for {
		s.mu.Lock()
		s.batch = s.queue.firsts(s.batch[:0], maxBatch)
		s.mu.Unlock()
		if len(s.batch) == 0 {
			return true
		}
		if err := s.transmit(s.batch); err != nil {
			s.failure(err, s.batch[0])
			return false
		}
		s.success(s.batch)
	}
}

// transmit sends some datagrams. On the own host a port where nobody listens is known
// at once, and all of them are still to be sent then; from other hosts the news comes
// with one of the next ones.
func (s *Sender) transmit(batch [][]byte) error {
	if !s.connected {
		if err := s.socket.connect(s.opts.Server); err != nil {
			return err
		}
		s.connected = true
	}
	if err := s.socket.send(batch); err != nil {
		return err
	}
	return s.socket.pending()
}

func (s *Sender) success(batch [][]byte) {
	events := &s.opts.Events
	if events.Sent != nil {
		for _, datagram := range batch {
			events.Sent(datagram)
		}
	}
	s.mu.Lock()
	for range batch {
		s.queue.pop()
	}
	waiting := s.queue.len()
	s.mu.Unlock()
	s.failed = 0
	if s.away {
		s.away = false
		if events.Back != nil {
			events.Back(waiting)
		}
	}
}

// failure notes that the first request could not be sent. A daemon that is away is
// waited for without end, anything else some time.
func (s *Sender) failure(err error, datagram []byte) {
	events := &s.opts.Events
	if errors.Is(err, unix.ECONNREFUSED) {
		if !s.away && events.Away != nil {
			events.Away(s.Waiting())
		}
		s.away = true
		return
	}
	s.connected = false // perhaps there is another way by then
	if s.failed++; s.failed < patience {
		return
	}
	s.suspended.Store(true)
	if events.Failed != nil {
		events.Failed(err, datagram)
	}
}

// queue is a ring of datagrams whose buffers are used again. It grows up to max.
type queue struct {
	max   int
	slots [][]byte
	head  int
	used  int
}

func (q *queue) len() int { return q.used }

func (q *queue) first() []byte { return q.slots[q.head] }

// firsts appends up to max datagrams from the first on. They stay what they are until
// they are popped.
func (q *queue) firsts(to [][]byte, max int) [][]byte {
	for i := range min(q.used, max) {
		to = append(to, q.slots[(q.head+i)%len(q.slots)])
	}
	return to
}

// push returns the slot of a new last datagram. There must be room.
func (q *queue) push() *[]byte {
	if q.used == len(q.slots) {
		grown := make([][]byte, min(max(2*q.used, 16), max(q.max, q.used+1)))
		n := copy(grown, q.slots[q.head:])
		copy(grown[n:], q.slots[:q.head])
		q.slots, q.head = grown, 0
	}
	q.used++
	return &q.slots[(q.head+q.used-1)%len(q.slots)]
}

// pop forgets the first datagram.
func (q *queue) pop() {
	q.head = (q.head + 1) % len(q.slots)
	q.used--
}
