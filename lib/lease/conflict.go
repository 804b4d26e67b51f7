package lease

import "errors"

// ErrConflict is what Commit returns, by errors.Is, when another server changed a
// lease that the transaction has read, or took an address first. Nothing is stored
// then, and the same may well succeed in a new transaction. A store that one server
// has to itself never returns it.
var ErrConflict = errors.New("another server changed the leases meanwhile")

// ErrRefused is what Commit returns, by errors.Is, when a lease cannot be stored for
// what it is: one of its values is too long, say. Nothing is stored then.
var ErrRefused = errors.New("the lease cannot be stored")

// A Fallible is a transaction that may be unable to read leases, since they are in a
// database. It then finds none, and cannot be committed.
type Fallible interface {
	// Err is why, nil as long as everything that was looked up was read.
	Err() error
}
