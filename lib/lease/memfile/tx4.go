package memfile

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// tx4 is the handle of one transaction. It is not reused, so that a late
// Rollback of an ended one cannot hit the next.
type tx4 struct {
	*Store4
	ended bool
}

// undo4 is one change of the transaction under way: what the record was, and
// what remains to be freed once the change is permanent.
type undo4 struct {
	kind   undoKind
	moved  bool // the record got a new block; old has the one before
	record uint32
	old    record4
}

type undoKind uint8

const (
	added undoKind = iota
	changed
	deleted
)

// handleBatch is how many handles are allocated at once.
const handleBatch = 256

// Begin4 starts a transaction; it waits for the one under way.
func (s *Store4) Begin4() lease.Tx4 {
	s.mu.Lock()
	if len(s.handles) == 0 {
		s.handles = make([]tx4, handleBatch)
	}
	t := &s.handles[0]
	s.handles = s.handles[1:]
	t.Store4 = s
	return t
}

func (t *tx4) Get4(addr uint32, l *lease.Lease4) bool {
	n := t.addrs.find(addr)
	if n == 0 {
		return false
	}
	t.lease(n, l)
	return true
}

func (t *tx4) ByClientID4(id []byte, buf []lease.Lease4) []lease.Lease4 {
	return t.by(byClientID, id, buf)
}

func (t *tx4) ByHWAddr4(hw []byte, buf []lease.Lease4) []lease.Lease4 {
	return t.by(byHWAddr, hw, buf)
}

// by appends the leases with that key, in order of address.
func (m *memory4) by(which int, key []byte, buf []lease.Lease4) []lease.Lease4 {
	if len(key) == 0 {
		return buf
	}
	x, k := &m.hashes[which], &m.keys[which]
	from := len(buf)
	for n := x.find(k, key); n != 0; n = x.after(k, n) {
		buf = append(buf, lease.Lease4{})
		m.lease(n, &buf[len(buf)-1])
	}
	if len(buf)-from > 1 {
		sortByAddr(buf[from:])
	}
	return buf
}

func (t *tx4) NextFree4(from, to uint32, now int64) (uint32, bool) {
	t.search.from, t.search.to, t.search.now = from, to, now
	return t.search.run()
}

func (t *tx4) Put4(l *lease.Lease4) {
	if err := t.check(l); err != nil {
		if t.refused == nil {
			t.refused = fmt.Errorf("the lease of %s cannot be stored: %w", addrText(l.Addr), err)
		}
		return
	}
	if t.journal != nil {
		t.rows = leasefile.AppendRow4(t.rows, l)
	}
	n := t.addrs.find(l.Addr)
	if n == 0 {
		n = t.records.alloc()
		t.fill(t.records.at(n), l)
		t.link(n)
		t.undo = append(t.undo, undo4{kind: added, record: n})
		return
	}
	r := t.records.at(n)
	t.undo = append(t.undo, undo4{kind: changed, record: n, old: *r})
	next := *r
	t.fill(&next, l)
	t.undo[len(t.undo)-1].moved = next.data != r.data
	t.change(n, &next)
}

func (t *tx4) Delete4(addr uint32) bool {
	n := t.addrs.find(addr)
	if n == 0 {
		return false
	}
	if t.journal != nil {
		t.lease(n, &t.row)
		t.rows = leasefile.AppendDeleted4(t.rows, &t.row)
	}
	t.unlink(n)
	t.undo = append(t.undo, undo4{kind: deleted, record: n})
	return true
}

func (t *tx4) Expired4(now int64, max int, buf []uint32) []uint32 {
	return t.ended4(&t.running, now, max, buf)
}

func (t *tx4) Reclaimed4(before int64, max int, buf []uint32) []uint32 {
	return t.ended4(&t.reclaimed, before, max, buf)
}

// ended4 appends the addresses of leases in an index that end before a second.
func (m *memory4) ended4(x *expiryIndex, before int64, max int, buf []uint32) []uint32 {
	from := len(buf)
	x.before(m, before, func(n uint32) bool {
		buf = append(buf, m.records.at(n).addr)
		return max == 0 || len(buf)-from < max
	})
	return buf
}

// Commit writes the rows of the transaction and ends it. When they cannot be
// written, the error says why, and the leases are as they were at Begin4.
func (t *tx4) Commit() error {
	if t.ended {
		return fmt.Errorf("a transaction over the leases was committed after its end")
	}
	err := t.refused
	if err == nil && len(t.rows) > 0 {
		err = t.append()
	}
	if err != nil {
		t.Rollback()
		return err
	}
	t.settle()
	t.end()
	return nil
}

func (t *tx4) Rollback() {
	if t.ended {
		return
	}
	for i := len(t.undo) - 1; i >= 0; i-- {
		t.revert(&t.undo[i])
	}
	t.end()
}

// end makes room for the next transaction.
func (t *tx4) end() {
	s := t.Store4
	t.ended = true
	s.undo, s.rows, s.refused = shrink(s.undo), shrink(s.rows), nil
	s.compactStep()
	s.mu.Unlock()
}

// settle frees what the changes have left behind.
func (s *Store4) settle() {
	for i := range s.undo {
		switch u := &s.undo[i]; {
		case u.kind == changed && u.moved:
			u.old.freeData(&s.data)
		case u.kind == deleted:
			s.discard(u.record)
		}
	}
}

// revert takes one change back. Those made after it must have been before.
func (s *Store4) revert(u *undo4) {
	switch u.kind {
	case added:
		s.unlink(u.record)
		s.discard(u.record)
	case deleted:
		s.link(u.record)
	case changed:
		current := *s.records.at(u.record)
		s.change(u.record, &u.old)
		if u.moved {
			current.freeData(&s.data)
		}
	}
}

// discard frees a record that is in no index.
func (m *memory4) discard(n uint32) {
	m.records.at(n).freeData(&m.data)
	m.records.drop(n)
}

// addrText writes an address for people.
func addrText(addr uint32) string {
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String()
}

func sortByAddr(leases []lease.Lease4) {
	slices.SortFunc(leases, func(a, b lease.Lease4) int { return cmp.Compare(a.Addr, b.Addr) })
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
