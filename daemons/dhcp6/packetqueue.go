package dhcp6

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"nestor/lib/config"
	"nestor/lib/netio"
)

// packetQueue is the congestion queue of ARM 12 (kea-ring6): a reader takes
// queries off the socket as they come, the packet loop takes them out of the
// ring, and when the ring is full the oldest makes room. It is used only without
// multi-threading.
type packetQueue struct {
	netio.Socket6
	mu      sync.Mutex
	arrived sync.Cond
	ring    []netio.Datagram6 // payloads are buffers of the ring
	first   int
	count   int
	closed  bool
	dropped uint64
	spare   [][]byte // buffers of what the loop took last
	done    chan struct{}
}

// The only queue type there is, and how long its ring may be. Kea takes 0 as well,
// and then serves nobody.
const (
	ringQueue   = "kea-ring6"
	minCapacity = 1
	maxCapacity = 1 << 20
)

// checkQueue refuses a queue that is to be used and cannot be. With
// multi-threading there is none, whatever dhcp-queue-control says (ARM 12).
func checkQueue(cfg *config.Dhcp6) error {
	q := cfg.QueueControl
	switch {
	case !q.Enable || cfg.MultiThreading.Enable:
		return nil
	case q.Type != ringQueue:
		return fmt.Errorf("dhcp-queue-control: there is no queue-type %q, use %q", q.Type, ringQueue)
	case q.Capacity < minCapacity || q.Capacity > maxCapacity:
		return fmt.Errorf("dhcp-queue-control: a capacity of %d is not possible, it has to be %d to %d", q.Capacity, minCapacity, maxCapacity)
	}
	return nil
}

func newPacketQueue(s netio.Socket6, capacity int) *packetQueue {
	q := &packetQueue{Socket6: s, ring: make([]netio.Datagram6, capacity), done: make(chan struct{})}
	q.arrived.L = &q.mu
	go q.read()
	return q
}

// read fills the ring until the socket is stopped.
func (q *packetQueue) read() {
	defer close(q.done)
	in := make([]netio.Datagram6, batchSize)
	for {
		n, err := q.Socket6.Recv6(in)
		q.mu.Lock()
		for _, d := range in[:n] {
			q.push(d)
		}
		q.closed = errors.Is(err, net.ErrClosed)
		q.arrived.Signal()
		closed := q.closed
		q.mu.Unlock()
		if closed {
			return
		}
		if err != nil {
			time.Sleep(netio.RecvTimeout)
		}
	}
}

func (q *packetQueue) push(d netio.Datagram6) {
	if q.count == len(q.ring) {
		q.first = (q.first + 1) % len(q.ring)
		q.count--
		q.dropped++
	}
	slot := &q.ring[(q.first+q.count)%len(q.ring)]
	buf := append(slot.Payload[:0], d.Payload...)
	*slot = d
	slot.Payload = buf
	q.count++
}

// Recv6 takes queries out of the ring, once there are any.
func (q *packetQueue) Recv6(ds []netio.Datagram6) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for q.count == 0 && !q.closed {
		q.arrived.Wait() // the reader signals at least once per RecvTimeout
		if q.count == 0 && !q.closed {
			return 0, nil
		}
	}
	return q.pop(ds)
}

// Poll6 takes queries out of the ring.
func (q *packetQueue) Poll6(ds []netio.Datagram6) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pop(ds)
}

// pop takes queries out of the ring, with their buffers, since the reader goes on
// to fill the ring meanwhile.
func (q *packetQueue) pop(ds []netio.Datagram6) (int, error) {
	if q.count == 0 && q.closed {
		return 0, net.ErrClosed
	}
	n := min(len(ds), q.count)
	for len(q.spare) < n {
		q.spare = append(q.spare, nil)
	}
	for i := range n {
		slot := &q.ring[q.first]
		ds[i] = *slot
		// Loop and ring swap buffers.
		slot.Payload, q.spare[i] = q.spare[i][:0], slot.Payload
		ds[i].Payload = q.spare[i]
		q.first = (q.first + 1) % len(q.ring)
		q.count--
	}
	return n, nil
}

// Close waits for the reader and closes the socket.
func (q *packetQueue) Close() error {
	q.Stop()
	<-q.done
	return q.Socket6.Close()
}
