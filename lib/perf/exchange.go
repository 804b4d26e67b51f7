package perf

import "math/bits"

// kind is a message that the generator sends. The kinds that are answered are
// also the stages of an exchange: DISCOVER sent, REQUEST sent, and so on.
type kind uint8

const (
	kindDiscover kind = iota
	kindRequest
	kindRenew
	kindRelease
	kinds

	idle = kinds // stage of a record that no exchange uses
)

// An exchange is the state of one client's conversation with the server.
type exchange[B any] struct {
	xid        uint32
	client     uint32
	server     uint32 // who offered or leased
	relay      int
	binding    B // offered or leased
	secs       uint16
	stage      kind
	resent     uint8 // avalanche: how often the last message was sent again
	begun      int64 // nanoseconds: when its first message was sent
	sent       int64 // when its last one was sent
	due        int64 // avalanche: when to send it again
	prev, next int32 // neighbours in the queue of its stage
}

// none ends the queues.
const none = -1

// An exchangeTable holds all exchanges under way, in records whose number is the
// low bits of the transaction id, so that an answer finds its exchange without
// any search. Records of one stage are queued in the order in which their
// messages were sent, so that the next one to time out is always at the head.
type exchangeTable[B any] struct {
	records    []exchange[B]
	mask       uint32 // of the record's number in a transaction id
	ids        uint32 // greatest transaction id
	free       []int32
	head, tail [kinds]int32
}

// newExchangeTable makes room for at least n exchanges. The high bits of the
// first transaction ids come from seed, so that late answers to an earlier run
// are not taken for ours. Ids have idBits; at least two of them tell exchanges
// with the same record apart, which limits n.
func newExchangeTable[B any](n int, seed uint32, idBits int) *exchangeTable[B] {
	size := 1 << min(bits.Len(uint(max(n, 1)-1)), idBits-2)
	t := &exchangeTable[B]{
		records: make([]exchange[B], size),
		mask:    uint32(size - 1),
		ids:     uint32(1<<idBits - 1),
		free:    make([]int32, size),
	}
	for i := range t.records {
		t.records[i].xid = (seed&^t.mask | uint32(i)) & t.ids
		t.records[i].stage = idle
		t.free[size-1-i] = int32(i)
	}
	for k := range kinds {
		t.head[k], t.tail[k] = none, none
	}
	return t
}

// underWay returns how many records are in use.
func (t *exchangeTable[B]) underWay() int { return len(t.records) - len(t.free) }

// take returns the number of an unused record with a fresh transaction id.
func (t *exchangeTable[B]) take() (int32, bool) {
	if len(t.free) == 0 {
		return none, false
	}
	i := t.free[len(t.free)-1]
	t.free = t.free[:len(t.free)-1]
	x := &t.records[i]
	*x = exchange[B]{xid: (x.xid + t.mask + 1) & t.ids, stage: idle}
	return i, true
}

// find returns the record that a transaction id belongs to, or none.
func (t *exchangeTable[B]) find(xid uint32) int32 {
	i := int32(xid & t.mask)
	if x := &t.records[i]; x.xid != xid || x.stage == idle {
		return none
	}
	return i
}

// enter puts a record at the end of a stage's queue; it leaves the queue it was in.
func (t *exchangeTable[B]) enter(i int32, stage kind) {
	t.unlink(i)
	x := &t.records[i]
	x.stage, x.prev, x.next = stage, t.tail[stage], none
	if x.prev == none {
		t.head[stage] = i
	} else {
		t.records[x.prev].next = i
	}
	t.tail[stage] = i
}

// release ends an exchange and frees its record.
func (t *exchangeTable[B]) release(i int32) {
	t.unlink(i)
	t.records[i].stage = idle
	t.free = append(t.free, i)
}

func (t *exchangeTable[B]) unlink(i int32) {
	x := &t.records[i]
	if x.stage == idle {
		return
	}
	if x.prev == none {
		t.head[x.stage] = x.next
	} else {
		t.records[x.prev].next = x.next
	}
	if x.next == none {
		t.tail[x.stage] = x.prev
	} else {
		t.records[x.next].prev = x.prev
	}
}
