package memfile

import (
	"fmt"

	"nestor/lib/lease"
)

// undo is one change of the transaction under way: what the record was, and what
// remains to be freed once the change is permanent.
type undo[R any] struct {
	kind   undoKind
	moved  bool // the record got a new block; old has the one before
	record uint32
	old    R
}

type undoKind uint8

const (
	added undoKind = iota
	changed
	deleted
)

// handleBatch is how many handles of transactions are allocated at once. They are
// not reused, so that a late Rollback of an ended one cannot hit the next.
const handleBatch = 256

// get copies the lease of an address to l and reports whether there is one.
func (s *store[R, P, L, K]) get(k K, l *L) bool {
	n := s.family.find(k)
	if n == 0 {
		return false
	}
	s.lease(n, l)
	return true
}

func (s *store[R, P, L, K]) put(l *L) {
	k := s.family.addrOf(l)
	err := s.family.check(l)
	if s.closed {
		err = errClosed
	}
	if err != nil {
		if s.refused == nil {
			s.refused = fmt.Errorf("%w: %s: %w", lease.ErrRefused, s.family.text(k), err)
		}
		return
	}
	if s.journal != nil {
		s.rows = s.family.appendRow(s.rows, l)
	}
	n := s.family.find(k)
	if n == 0 {
		n = s.records.alloc()
		s.fill(s.at(n), l)
		s.link(n)
		s.undo = append(s.undo, undo[R]{kind: added, record: n})
		return
	}
	r := s.at(n)
	s.undo = append(s.undo, undo[R]{kind: changed, record: n, old: *r})
	s.next = *r
	s.fill(&s.next, l)
	s.undo[len(s.undo)-1].moved = P(&s.next).common().data != r.common().data
	s.change(n, &s.next)
}

func (s *store[R, P, L, K]) delete(k K) bool {
	n := s.family.find(k)
	if n == 0 {
		return false
	}
	if s.journal != nil {
		s.lease(n, &s.row)
		s.rows = s.family.appendDeleted(s.rows, &s.row)
	}
	s.unlink(n)
	s.undo = append(s.undo, undo[R]{kind: deleted, record: n})
	return true
}

// ended calls fn with at most max (0: all) records in an index whose leases end
// before a second.
func (m *memory[R, P, L, K]) ended(x *expiryIndex, before int64, max int, fn func(r P)) {
	count := 0
	x.before(m, before, func(n uint32) bool {
		fn(m.at(n))
		count++
		return max == 0 || count < max
	})
}

// commit writes the rows of the transaction and ends it. When they cannot be
// written, the error says why, and the leases are as they were at its begin.
func (s *store[R, P, L, K]) commit(over *bool) error {
	if *over {
		return fmt.Errorf("a transaction over the leases was committed after its end")
	}
	err := s.refused
	if err == nil && len(s.rows) > 0 {
		err = s.append()
	}
	if err != nil {
		s.rollback(over)
		return err
	}
	s.settle()
	s.end(over)
	return nil
}

// append brings the changes of the transaction into the lease file.
func (s *store[R, P, L, K]) append() error {
	err := error(nil)
	if s.journal.unsynced {
		err = s.rewrite()
	} else {
		err = s.journal.append(s.rows)
	}
	if err != nil {
		return fmt.Errorf("%d lease changes were taken back: %w", len(s.undo), err)
	}
	return nil
}

// rollback undoes the changes of the transaction and ends it.
func (s *store[R, P, L, K]) rollback(over *bool) {
	if *over {
		return
	}
	for i := len(s.undo) - 1; i >= 0; i-- {
		s.revert(&s.undo[i])
	}
	s.end(over)
}

// end makes room for the next transaction.
func (s *store[R, P, L, K]) end(over *bool) {
	*over = true
	s.undo, s.rows, s.refused = shrink(s.undo), shrink(s.rows), nil
	s.compactStep()
	s.mu.Unlock()
}

// settle frees what the changes have left behind.
func (s *store[R, P, L, K]) settle() {
	for i := range s.undo {
		switch u := &s.undo[i]; {
		case u.kind == changed && u.moved:
			freeData(P(&u.old), &s.data)
		case u.kind == deleted:
			s.discard(u.record)
		}
	}
}

// revert takes one change back. Those made after it must have been before.
func (s *store[R, P, L, K]) revert(u *undo[R]) {
	switch u.kind {
	case added:
		s.unlink(u.record)
		s.discard(u.record)
	case deleted:
		s.link(u.record)
	case changed:
		s.old = *s.records.at(u.record)
		s.change(u.record, &u.old)
		if u.moved {
			freeData(P(&s.old), &s.data)
		}
	}
}

// keptRoom is how much room for transactions stays allocated between them.
const keptRoom = 4096

// shrink empties a slice and lets go of the room that an unusually large
// transaction took.
func shrink[T any](s []T) []T {
	if cap(s) > keptRoom*16 {
		return nil
	}
	return s[:0]
}
