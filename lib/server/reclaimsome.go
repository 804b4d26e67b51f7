package server

import (
	"errors"
	"fmt"
	"time"

	"nestor/lib/lease"
)

// Ending is a transaction over leases L with addresses K by which some are ended:
// lease.Ending4 or lease.Ending6.
type Ending[L, K any] interface {
	Get(addr K, l *L) bool
	Put(l *L)
	Delete(addr K) bool
	Expired(now int64, max int) []K
	Reclaimed(before int64, max int) []K
	Commit() error
	Rollback()
}

// Reclaimer is what a family does with the leases of one transaction that have run
// out.
type Reclaimer[L any] interface {
	// Take notes a lease that is taken back and returns what is kept of it, nil if
	// it is deleted. The lease is valid until Take returns.
	Take(l *L) (kept *L)
	// Stored tells that all that was taken is stored.
	Stored(now time.Time)
}

// reclaimSlice bounds how long one transaction of the reclamation keeps queries
// waiting.
const reclaimSlice = time.Millisecond

// ReclaimSome takes back up to want leases in one transaction, ending early when its
// slice of time is used up. It tells how many, and whether more are left.
func ReclaimSome[L, K any](tx Ending[L, K], clock func() time.Time, want int, r Reclaimer[L]) (done int, more bool, err error) {
	defer tx.Rollback()
	now := clock()
	addrs := tx.Expired(now.Unix(), want+1)
	more = len(addrs) > want
	for i, a := range addrs[:min(len(addrs), want)] {
		if i%16 == 15 && clock().Sub(now) > reclaimSlice {
			more = true
			break
		}
		var l L
		if !tx.Get(a, &l) {
			continue
		}
		done++
		if kept := r.Take(&l); kept != nil {
			tx.Put(kept)
		} else {
			tx.Delete(a)
		}
	}
	switch err := tx.Commit(); {
	case errors.Is(err, lease.ErrConflict):
		return 0, true, nil // another server takes them back: look again
	case err != nil:
		return 0, true, fmt.Errorf("storing leases: %w", err)
	}
	r.Stored(now)
	return done, more, nil
}

// purgedAtOnce is how many leases one transaction purges.
const purgedAtOnce = 256

// PurgeSome deletes some of the reclaimed leases that ran out before a second, and
// tells how many.
func PurgeSome[L, K any](tx Ending[L, K], before int64) (int, error) {
	defer tx.Rollback()
	addrs := tx.Reclaimed(before, purgedAtOnce)
	for _, a := range addrs {
		tx.Delete(a)
	}
	err := tx.Commit()
	if errors.Is(err, lease.ErrConflict) {
		err = nil // another server has deleted some
	}
	return len(addrs), err
}
