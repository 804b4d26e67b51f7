package lease

import "errors"

// ErrConflict is what Commit returns, by errors.Is, when another server changed a
// lease that the transaction has read, or took an address first. Nothing is stored
// then, and the same may well succeed in a new transaction. A store that one server
// has to itself never returns it.
var ErrConflict = errors.New("another server changed the leases meanwhile")
