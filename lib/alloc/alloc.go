// Package alloc owns the choice of a free address for a client that has neither
// a lease nor a reservation and asks for no usable address: the allocators
// iterative, random and free lease queue (ARM 8.16), and what they remember from
// one query to the next. Which subnets and pools a client may use, and whom an
// address is reserved for, is left to the servers.
package alloc

import "nestor/lib/lease"

// Pool is a range of addresses, both ends included, as numbers in host byte
// order.
type Pool struct {
	First, Last uint32
	// SkipEnds keeps addresses that end in .0 or .255 from being chosen
	// (compatibility flag exclude-first-last-24, ARM 8.15.4).
	SkipEnds bool
}

// size is the number of addresses in the pool.
func (p Pool) size() uint64 { return uint64(p.Last) - uint64(p.First) + 1 }

// excludes reports whether addr is never chosen.
func (p Pool) excludes(addr uint32) bool {
	last := addr & 0xff
	return p.SkipEnds && (last == 0 || last == 255)
}

// Allocator chooses addresses in one subnet. It is safe for concurrent use, by
// queries that hold different snapshots too.
type Allocator interface {
	// Next returns a free address of the pools with the given indexes, in
	// ascending order, that skip does not refuse; skip may be nil. Every free
	// address of those pools is considered once at most; ok is false when none
	// is left, which includes that pools is empty. tx is the transaction that
	// is to get the lease, now the Unix second. skip must not change leases nor
	// call the allocator. Next allocates no memory.
	Next(tx lease.Tx4, pools []int, now int64, skip func(addr uint32) bool) (addr uint32, ok bool)
	// Peek returns what Next would return, and leaves everything as it is: the Next
	// after it returns the same.
	Peek(tx lease.Tx4, pools []int, now int64, skip func(addr uint32) bool) (addr uint32, ok bool)
	// MarkUsed notes that the subnet has given a dynamic lease.
	MarkUsed()
	// LastUsed tells which subnet was used last: of two, the one with the
	// higher number. It is 0 for one that was not used since the start.
	LastUsed() uint64
}

// The names that the parameter allocator may have (ARM 8.16).
const (
	Iterative      = "iterative"
	Random         = "random"
	FreeLeaseQueue = "flq"
)
