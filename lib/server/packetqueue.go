package server

import (
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"nestor/lib/config"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
)

// PacketQueue is a socket behind the congestion queue of ARM 12 (kea-ring4, kea-ring6): a reader takes
// queries off the socket as they come, the packet loop takes them out of the
// ring, and when the ring is full the oldest makes room. It is used only without
// multi-threading.
type PacketQueue[A any] struct {
	netio.Socket[A]
	mu      sync.Mutex
	arrived sync.Cond
	ring    []netio.Datagram[A] // payloads are buffers of the ring
	first   int
	count   int
	closed  bool
	dropped uint64
	spare   [][]byte // buffers of what the loop took last
	done    chan struct{}
}

// How long the ring may be. Kea takes 0 as well, and then serves nobody.
const (
	minCapacity = 1
	maxCapacity = 1 << 20
)

// checkQueue refuses a queue that is to be used and cannot be. With
// multi-threading there is none, whatever dhcp-queue-control says (ARM 12).
// ringQueue is the only type that there is.
func checkQueue(cfg *config.Server, ringQueue string) error {
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

// NewPacketQueue takes a socket over and begins to read it.
func NewPacketQueue[A any](s netio.Socket[A], capacity int) *PacketQueue[A] {
	q := &PacketQueue[A]{Socket: s, ring: make([]netio.Datagram[A], capacity), done: make(chan struct{})}
	q.arrived.L = &q.mu
	go q.read()
	return q
}

// read fills the ring until the socket is stopped.
func (q *PacketQueue[A]) read() {
	defer close(q.done)
	in := make([]netio.Datagram[A], packetloop.BatchSize)
	for {
		n, err := q.Socket.Recv(in)
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

func (q *PacketQueue[A]) push(d netio.Datagram[A]) {
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

// Recv takes queries out of the ring, once there are any.
func (q *PacketQueue[A]) Recv(ds []netio.Datagram[A]) (int, error) {
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

// Poll takes queries out of the ring.
func (q *PacketQueue[A]) Poll(ds []netio.Datagram[A]) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.pop(ds)
}

// pop takes queries out of the ring, with their buffers, since the reader goes on
// to fill the ring meanwhile.
func (q *PacketQueue[A]) pop(ds []netio.Datagram[A]) (int, error) {
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
func (q *PacketQueue[A]) Close() error {
	q.Stop()
	<-q.done
	return q.Socket.Close()
}
