package memfile

import "nestor/lib/lease"

// head is what the records of both families begin with.
type head struct {
	cltt   int64
	valid  uint32
	place  uint32 // subnet and pool
	data   uint32 // block in the arena, 0 when everything in it is empty
	expiry expiryLink
	state  lease.State
	flags  uint8
}

// Flags of a record.
const (
	fqdnFwd  = 1 << iota
	fqdnRev  // the server answers for the reverse name
	hwInID   // the link-layer address is the end of the identifier and kept once
	longData // the block begins with the lengths of host name and user context
	inUse    // the record is a lease
)

// record is what a store needs of the records R of its family. What varies in
// length is in a block of the arena.
type record[R any] interface {
	*R
	common() *head
	// link is the record's link in one of the indexes by key, key what it is
	// found by there, empty if the lease has no such key.
	link(which int) *hashLink
	key(a *arena, which int) []byte
	// size is the length of the block.
	size(a *arena) int
}

func (h *head) common() *head { return h }

// set notes what the leases of both families have.
func (h *head) set(valid uint32, cltt int64, state lease.State, fwd, rev bool) {
	h.valid, h.cltt, h.state = valid, cltt, state
	h.flags = h.flags&^(fqdnFwd|fqdnRev) | inUse
	if fwd {
		h.flags |= fqdnFwd
	}
	if rev {
		h.flags |= fqdnRev
	}
}

// expire is the second in which the lease ends.
func (h *head) expire() int64 { return h.cltt + int64(h.valid) }

// finite reports whether the lease ends at all.
func (h *head) finite() bool { return h.valid != lease.InfiniteLifetime }

// end is the second in which the lease ends, never for an infinite one.
func (h *head) end() int64 {
	if h.finite() {
		return h.expire()
	}
	return never
}

// addrState is what the index by address has to know.
func (h *head) addrState() addrState { return addrState{taken: h.taken(), expire: h.end()} }

// taken reports whether the address is out of reach for others until it runs out.
func (h *head) taken() bool {
	return h.state != lease.StateReclaimed && h.state != lease.StateReleased
}

// freeData gives a record's block back.
func freeData[R any, P record[R]](r P, a *arena) {
	if h := r.common(); h.data != 0 {
		a.free(h.data, r.size(a))
	}
}
