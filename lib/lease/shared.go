package lease

import "errors"

// ErrConflict is what Commit returns when somebody else has changed the leases
// that the transaction rests on: another server that shares the database. None
// of its changes remains. The same work done again in a new transaction sees
// what the other did.
var ErrConflict = errors.New("leases were changed by another server meanwhile")

// Keys4 are what a batch of queries is going to ask a transaction for.
type Keys4 struct {
	ClientIDs [][]byte
	HWAddrs   [][]byte
	Addrs     []uint32
}

// Prefetcher4 is a Tx4 for which each look-up of its own is dear, because the
// leases are in a database.
type Prefetcher4 interface {
	// Prefetch4 reads ahead what the look-ups of a batch are going to find, in
	// one statement a kind. It may be called again when the batch grows, and
	// is never needed for a look-up to be right. What keys points to has to
	// stay as it is until the transaction ends.
	Prefetch4(keys *Keys4)
}

// Keys6 are what a batch of queries is going to ask a transaction for.
type Keys6 struct {
	DUIDs [][]byte
	Addrs [][16]byte // addresses, and prefixes by their first address
}

// Prefetcher6 is to Tx6 what Prefetcher4 is to Tx4.
type Prefetcher6 interface {
	Prefetch6(keys *Keys6)
}
