package alloc

import (
	"math"
	"sync"
)

// maxQueue is the most addresses that a queue can have, those of a /8: they
// take 128 MiB.
const maxQueue = 1 << 24

// queue is an ordered set of the numbers below its capacity, from which any can
// be removed: a list linked through two arrays, 8 bytes a number.
type queue struct {
	mu   sync.Mutex
	size int
	// next and prev have one place more than there are numbers; it stands
	// before the head and behind the tail.
	next, prev []uint32
}

// absent is the next of a number that is not in the queue.
const absent = math.MaxUint32

func newQueue(capacity int) *queue {
	q := &queue{next: make([]uint32, capacity+1), prev: make([]uint32, capacity+1)}
	for i := range q.next {
		q.next[i] = absent
	}
	q.next[capacity], q.prev[capacity] = q.end(), q.end()
	return q
}

func (q *queue) end() uint32 { return uint32(len(q.next) - 1) }

// head is the first number; the queue must not be empty.
func (q *queue) head() uint32 { return q.next[q.end()] }

// push puts n at the tail unless it is in the queue.
func (q *queue) push(n uint32) {
	if q.next[n] != absent {
		return
	}
	end := q.end()
	tail := q.prev[end]
	q.next[tail], q.prev[n] = n, tail
	q.next[n], q.prev[end] = end, n
	q.size++
}

// remove takes n out of the queue if it is there.
func (q *queue) remove(n uint32) {
	next := q.next[n]
	if next == absent {
		return
	}
	prev := q.prev[n]
	q.next[prev], q.prev[next] = next, prev
	q.next[n] = absent
	q.size--
}
