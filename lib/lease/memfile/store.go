package memfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// store is what the stores of both families have in common: leases in memory,
// their indexes, and the lease file. It has a single writer: a transaction holds
// the lock from its begin to its end.
type store[R any, P record[R], L any, K comparable] struct {
	mu sync.Mutex
	memory[R, P, L, K]
	options Options[L]
	journal *journal  // nil when nothing is persisted
	lock    io.Closer // nil where files cannot be locked
	rows    []byte    // of the transaction under way
	undo    []undo[R]
	refused error // why the transaction under way cannot be committed
	row     L     // a lease being deleted
	// next and old are what a record becomes or was, here because variables whose
	// address the family gets would be allocated each time.
	next, old R
	closed    bool
}

// memory is the leases and their indexes.
type memory[R any, P record[R], L any, K comparable] struct {
	family    family[P, L, K]
	regions   regions
	records   slab[R]
	data      arena
	hashes    []hashIndex
	keys      []keyed[R, P] // the records as each of the hashes sees them
	running   expiryIndex   // leases with an end that are not reclaimed
	reclaimed expiryIndex
	places    places
	sweep     sweep  // compaction of the records' blocks
	moved     []bool // keys that a change moves
}

// begin must be called once the store is where it stays.
func (s *store[R, P, L, K]) begin(f family[P, L, K], keys int, o Options[L]) {
	if o.FS == nil {
		o.FS = leasefile.OS
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	s.options = o
	m := &s.memory
	m.family = f
	m.records.memory, m.data.memory = &m.regions, &m.regions
	m.hashes, m.keys, m.moved = make([]hashIndex, keys), make([]keyed[R, P], keys), make([]bool, keys)
	for i := range m.hashes {
		m.hashes[i].use(&m.regions)
		m.keys[i] = keyed[R, P]{&m.records, &m.data, i}
	}
	m.running.use(&m.regions)
	m.reclaimed.use(&m.regions)
}

// release gives all memory back and leaves the store empty.
func (m *memory[R, P, L, K]) release() {
	m.data.release()
	m.family.forget()
	m.regions.release()
	m.records, m.data = slab[R]{}, arena{}
	clear(m.hashes)
	m.running, m.reclaimed = expiryIndex{}, expiryIndex{}
	m.places.forget()
	m.sweep = sweep{}
}

// keyed lets one hash index see the records.
type keyed[R any, P record[R]] struct {
	records *slab[R]
	data    *arena
	which   int
}

func (k *keyed[R, P]) link(record uint32) *hashLink { return P(k.records.at(record)).link(k.which) }
func (k *keyed[R, P]) key(record uint32) []byte {
	return P(k.records.at(record)).key(k.data, k.which)
}

func (m *memory[R, P, L, K]) at(n uint32) P                        { return P(m.records.at(n)) }
func (m *memory[R, P, L, K]) head(n uint32) *head                  { return m.at(n).common() }
func (m *memory[R, P, L, K]) expiryLink(record uint32) *expiryLink { return &m.head(record).expiry }
func (m *memory[R, P, L, K]) expire(record uint32) int64           { return m.head(record).expire() }

// freeAt is the end of a lease, never for an infinite one.
func (m *memory[R, P, L, K]) freeAt(record uint32) int64 { return m.head(record).end() }

// queue is the index by expiry that a record belongs in, nil if in none.
func (m *memory[R, P, L, K]) queue(h *head) *expiryIndex {
	switch {
	case h.state == lease.StateReclaimed:
		return &m.reclaimed
	case h.finite():
		return &m.running
	}
	return nil
}

// link puts a record into every index.
func (m *memory[R, P, L, K]) link(n uint32) {
	r := m.at(n)
	h := r.common()
	m.family.index(r, n)
	for which := range m.hashes {
		m.linkKey(n, which)
	}
	if q := m.queue(h); q != nil {
		q.insert(m, n)
	}
	m.places.count(h.place, h.state, 1)
	m.family.enter(m.places.all[h.place].subnet, r, n)
	if h.taken() {
		m.family.tell(r, true)
	}
}

// unlink takes a record out of every index.
func (m *memory[R, P, L, K]) unlink(n uint32) {
	r := m.at(n)
	h := r.common()
	if h.taken() {
		m.family.tell(r, false)
	}
	m.family.leave(m.places.all[h.place].subnet, r)
	m.places.count(h.place, h.state, -1)
	if q := m.queue(h); q != nil {
		q.remove(m, n)
	}
	for which := range m.hashes {
		m.unlinkKey(n, which)
	}
	m.family.unindex(r)
}

func (m *memory[R, P, L, K]) linkKey(n uint32, which int) {
	if k := &m.keys[which]; len(k.key(n)) > 0 {
		m.hashes[which].insert(k, n)
	}
}

func (m *memory[R, P, L, K]) unlinkKey(n uint32, which int) {
	if k := &m.keys[which]; len(k.key(n)) > 0 {
		m.hashes[which].remove(k, n)
	}
}

// change makes a linked record what next is, and touches only the indexes that
// this concerns. Both have the same address. Blocks in the arena are the
// caller's to free.
func (m *memory[R, P, L, K]) change(n uint32, next P) {
	r := m.at(n)
	h, to := r.common(), next.common()
	for which := range m.hashes {
		if m.moved[which] = !bytes.Equal(r.key(&m.data, which), next.key(&m.data, which)); m.moved[which] {
			m.unlinkKey(n, which)
		}
		*next.link(which) = *r.link(which)
	}
	before, after := m.queue(h), m.queue(to)
	requeue := before != after || h.expire() != to.expire()
	if requeue && before != nil {
		before.remove(m, n)
	}
	m.move(n, r, next)
	was := h.addrState()
	to.expiry = h.expiry
	*r = *next
	if now := h.addrState(); now.taken != was.taken || now.taken && now.expire < was.expire {
		m.family.reindex(r)
	}
	if requeue && after != nil {
		after.insert(m, n)
	}
	for which := range m.hashes {
		if m.moved[which] {
			m.linkKey(n, which)
		}
	}
}

// move brings the counts and the watcher up to date.
func (m *memory[R, P, L, K]) move(n uint32, r, next P) {
	h, to := r.common(), next.common()
	if h.place == to.place && h.state == to.state {
		return
	}
	m.places.count(h.place, h.state, -1)
	m.places.count(to.place, to.state, 1)
	from, into := m.places.all[h.place], m.places.all[to.place]
	if from.subnet != into.subnet {
		m.family.leave(from.subnet, r)
		m.family.enter(into.subnet, next, n)
	}
	if h.taken() == to.taken() && from.subnet == into.subnet {
		return
	}
	if h.taken() {
		m.family.tell(r, false)
	}
	if to.taken() {
		m.family.tell(next, true)
	}
}

// fill makes a record of a lease.
func (m *memory[R, P, L, K]) fill(r P, l *L) {
	r.common().place = m.places.number(m.family.placeOf(l))
	m.family.fill(r, l)
}

// lease makes a lease of a record. Its byte slices point into the arena.
func (m *memory[R, P, L, K]) lease(n uint32, l *L) { m.family.give(m.at(n), l) }

// discard frees a record that is in no index.
func (m *memory[R, P, L, K]) discard(n uint32) {
	freeData(m.at(n), &m.data)
	m.records.drop(n)
}

// by appends the leases with that key, in no order.
func (m *memory[R, P, L, K]) by(which int, key []byte, buf []L) []L {
	if len(key) == 0 {
		return buf
	}
	x, k := &m.hashes[which], &m.keys[which]
	for n := x.find(k, key); n != 0; n = x.after(k, n) {
		buf = append(buf, *new(L))
		m.lease(n, &buf[len(buf)-1])
	}
	return buf
}

// eachRecord calls fn with each record that is in use.
func (m *memory[R, P, L, K]) eachRecord(fn func(n uint32)) {
	for n := uint32(1); n < m.records.n; n++ {
		if m.head(n).flags&inUse != 0 {
			fn(n)
		}
	}
}

// part is a piece of a block, nil if empty.
func part(block []byte, from, to int) []byte {
	if from == to {
		return nil
	}
	return block[from:to:to]
}

var errClosed = errors.New("the lease store is closed")

// close closes the lease file and gives the memory back.
func (s *store[R, P, L, K]) close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil
	}
	s.closed = true
	defer s.unlock()
	s.release()
	if s.journal == nil {
		return nil
	}
	if err := s.journal.close(); err != nil {
		return fmt.Errorf("closing the lease file %s: %w", s.journal.names.Live, err)
	}
	return nil
}
