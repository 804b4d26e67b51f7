// Package alloc owns the choice of a free address for a client that has neither
// a lease nor a reservation and asks for no usable address: the allocators
// iterative, random and free lease queue (ARM 8.16), and what they remember from
// one query to the next. Which subnets and pools a client may use, and whom an
// address is reserved for, is left to the servers.
package alloc

import "nestor/lib/lease"

// Allocator chooses addresses, or delegated prefixes, in one subnet. T is the
// transaction over the leases, A the form of addresses. It is safe for concurrent
// use, by queries that hold different snapshots too.
type Allocator[T Tx, A any] interface {
	// Next returns a free address of the pools with the given indexes, in
	// ascending order, that skip does not refuse; skip may be nil. Every free
	// address of those pools is considered once at most; ok is false when none
	// is left, which includes that pools is empty. tx is the transaction that
	// is to get the lease, now the Unix second. skip must not change leases nor
	// call the allocator. Next allocates no memory.
	Next(tx T, pools []int, now int64, skip func(addr A) bool) (addr A, ok bool)
	// MarkUsed notes that the subnet has given a dynamic lease.
	MarkUsed()
	// LastUsed tells which subnet was used last: of two, the one with the
	// higher number. It is 0 for one that was not used since the start.
	LastUsed() uint64
	// ahead returns the copy that Foresight.Of gives.
	ahead(f *Foresight[T, A]) Allocator[T, A]
}

// Tx is what every transaction over leases can do.
type Tx interface{ Rollback() }

// What the two families have.
type (
	Allocator4 = Allocator[lease.Tx4, uint32]
	Allocator6 = Allocator[lease.Tx6, [16]byte]
	State4     = State[lease.Tx4, uint32]
	State6     = State[lease.Tx6, [16]byte]
	Range4     = Range[lease.Tx4, uint32]
	Range6     = Range[lease.Tx6, [16]byte]
)

// The names that the parameter allocator may have (ARM 8.16).
const (
	Iterative      = "iterative"
	Random         = "random"
	FreeLeaseQueue = "flq"
)
