package sqlstore

import (
	"database/sql"
	"fmt"
	"slices"

	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// work is the state of the transaction under way. Its memory is used again by the
// next one.
type work[A comparable, L any] struct {
	err     error // why the transaction cannot be committed
	entries map[A]*entry[L]
	changed []A        // in the order of the first change
	found   []keyed[A] // by key column
	told    []notice[A]
	spare   []*entry[L]
	stmt    statement
	near    []A // scratch of pages.neighbours
}

// entry is what a transaction knows of an address.
type entry[L any] struct {
	there bool // in the database
	read  L
	end   sqldb.Timestamp // the column expire

	changed bool
	holds   bool // a lease is there after the change
	now     L
}

// lease is the present lease, nil if there is none.
func (e *entry[L]) lease() *L {
	switch {
	case e.changed && e.holds:
		return &e.now
	case !e.changed && e.there:
		return &e.read
	}
	return nil
}

// keyed finds the leases with a key.
type keyed[A comparable] map[string]*hits[A]

type hits[A comparable] struct {
	asked bool // the database was
	addrs []A  // that have the key, or had it
}

// notice is what watchers were told.
type notice[A comparable] struct {
	addr   A
	subnet uint32
	taken  bool
}

func (w *work[A, L]) begin(keys int) {
	w.entries = map[A]*entry[L]{}
	w.found = make([]keyed[A], keys)
	for i := range w.found {
		w.found[i] = keyed[A]{}
	}
}

// keptEntries is how many entries are kept for the next transaction.
const keptEntries = 1024

func (w *work[A, L]) reset() {
	for _, e := range w.entries {
		if len(w.spare) < keptEntries {
			*e = entry[L]{}
			w.spare = append(w.spare, e)
		}
	}
	clear(w.entries)
	for i := range w.found {
		clear(w.found[i])
	}
	w.err, w.changed, w.told = nil, w.changed[:0], w.told[:0]
}

func (w *work[A, L]) add(addr A) *entry[L] {
	var e *entry[L]
	if n := len(w.spare); n > 0 {
		e, w.spare = w.spare[n-1], w.spare[:n-1]
	} else {
		e = &entry[L]{}
	}
	w.entries[addr] = e
	return e
}

// note remembers that a lease has a key.
func (w *work[A, L]) note(i int, key []byte, addr A) {
	if len(key) == 0 {
		return
	}
	h := w.found[i][string(key)]
	if h == nil {
		h = &hits[A]{}
		w.found[i][string(key)] = h
	}
	if !slices.Contains(h.addrs, addr) {
		h.addrs = append(h.addrs, addr)
	}
}

// fetch reads the rows with one of the keys, by key column, and those of the
// addresses, in one statement. What was read before is left out, and stays as it
// is. After an error the transaction reads nothing any more.
func (s *store[A, L]) fetch(keys [][][]byte, addrs []A) {
	for i := range keys {
		keys[i] = s.unasked(i, keys[i])
	}
	addrs = s.unknown(addrs)
	empty := len(addrs) == 0
	for i := range keys {
		empty = empty && len(keys[i]) == 0
	}
	if empty || s.err != nil {
		return
	}
	if s.err = s.query(s.t.lookup(s.stmt.reset(s.dialect), keys, addrs), s.takeRows); s.err != nil {
		return
	}
	for _, a := range addrs {
		if s.entries[a] == nil {
			s.add(a)
		}
	}
}

// unasked are the keys that the database was not asked for yet, each once. They
// count as asked now.
func (s *store[A, L]) unasked(i int, keys [][]byte) (left [][]byte) {
	for _, k := range keys {
		h := s.found[i][string(k)]
		if h == nil {
			h = &hits[A]{}
			s.found[i][string(k)] = h
		}
		if !h.asked && len(k) > 0 {
			h.asked = true
			left = append(left, k)
		}
	}
	return left
}

// unknown are the addresses that nothing is known of yet, each once.
func (s *store[A, L]) unknown(addrs []A) (left []A) {
	for _, a := range addrs {
		if s.entries[a] == nil && !slices.Contains(left, a) {
			left = append(left, a)
		}
	}
	return left
}

// takeRows makes entries of rows.
func (s *store[A, L]) takeRows(rows *sql.Rows) error {
	for rows.Next() {
		var l L
		addr, end, err := s.reader.row(rows, &l)
		if err != nil {
			return err
		}
		s.t.setAddr(&l, addr)
		s.take(addr, &l, end)
	}
	return rows.Err()
}

// take makes an entry of a row that was read. Of an address that is known already
// the first reading counts: what changed since shows at the commit.
func (s *store[A, L]) take(addr A, l *L, end sqldb.Timestamp) {
	if s.entries[addr] != nil {
		return
	}
	e := s.add(addr)
	e.there, e.read, e.end = true, *l, end
	for i := range s.t.keys {
		s.note(i, s.t.keys[i].of(l), addr)
	}
	s.pages.learn(addr, l)
}

// query runs a statement in the session and lets use read its rows.
func (s *store[A, L]) query(stmt *statement, use func(*sql.Rows) error) error {
	if s.closed {
		return errClosed
	}
	if err := s.Down(); err != nil {
		return err
	}
	ctx, cancel := s.patience()
	defer cancel()
	err := func() error {
		conn, err := s.session(ctx)
		if err != nil {
			return err
		}
		rows, err := conn.QueryContext(ctx, string(stmt.text), stmt.args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		return use(rows)
	}()
	if err != nil {
		s.drop()
		return fmt.Errorf("reading leases: %w", s.failed(err))
	}
	return nil
}

// entryOf is what is known of an address, after a look at the database if need be;
// nil when that failed.
func (s *store[A, L]) entryOf(addr A) *entry[L] {
	if e := s.entries[addr]; e != nil {
		return e
	}
	s.fetch(nil, s.pages.neighbours(s, addr))
	return s.entries[addr]
}

// get copies the lease of an address to l and reports whether there is one.
func (s *store[A, L]) get(addr A, l *L) bool {
	if s.err != nil {
		return false
	}
	e := s.entryOf(addr)
	if e == nil {
		return false
	}
	now := e.lease()
	if now == nil {
		return false
	}
	*l = *now
	return true
}

// by appends the leases with a key, in ascending order of address.
func (s *store[A, L]) by(i int, key []byte, buf []L) []L {
	if len(key) == 0 || s.err != nil {
		return buf
	}
	if h := s.found[i][string(key)]; h == nil || !h.asked {
		keys := make([][][]byte, len(s.t.keys))
		keys[i] = [][]byte{key}
		s.fetch(keys, nil)
	}
	h := s.found[i][string(key)]
	if s.err != nil || h == nil {
		return buf
	}
	from := len(buf)
	for _, a := range h.addrs {
		if l := s.entries[a].lease(); l != nil && string(s.t.keys[i].of(l)) == string(key) {
			buf = append(buf, *l)
		}
	}
	if len(buf)-from > 1 {
		slices.SortFunc(buf[from:], func(a, b L) int { return s.t.compare(s.t.addrOf(&a), s.t.addrOf(&b)) })
	}
	return buf
}

// put makes l the lease of its address.
func (s *store[A, L]) put(l *L) {
	addr := s.t.addrOf(l)
	if s.err != nil {
		return
	}
	if err := s.t.check(l); err != nil {
		s.err = fmt.Errorf("%w: %s: %w", lease.ErrRefused, s.t.text(addr), err)
		return
	}
	e := s.entryOf(addr)
	if e == nil {
		return
	}
	c := s.t.clone(l)
	s.change(addr, e, &c)
}

// delete removes the lease of an address and reports whether there was one.
func (s *store[A, L]) delete(addr A) bool {
	if s.err != nil {
		return false
	}
	e := s.entryOf(addr)
	if e == nil || e.lease() == nil {
		return false
	}
	s.change(addr, e, nil)
	return true
}

// change makes next, nil for none, the lease of an address, and tells the watchers.
func (s *store[A, L]) change(addr A, e *entry[L], next *L) {
	had, from := s.keeps(e.lease())
	keeps, to := s.keeps(next)
	if !e.changed {
		e.changed = true
		s.changed = append(s.changed, addr)
	}
	e.holds = next != nil
	if next != nil {
		e.now = *next
		for i := range s.t.keys {
			s.note(i, s.t.keys[i].of(next), addr)
		}
	}
	if had && (!keeps || from != to) {
		s.tell(notice[A]{addr, from, false})
	}
	if keeps && (!had || from != to) {
		s.tell(notice[A]{addr, to, true})
	}
}

// keeps tells whether a lease keeps its address from others until it is reclaimed,
// and in which subnet.
func (s *store[A, L]) keeps(l *L) (bool, uint32) {
	if l == nil || !holds(s.t.state(l)) {
		return false, 0
	}
	return true, s.t.subnet(l)
}

func (s *store[A, L]) tell(n notice[A]) {
	s.told = append(s.told, n)
	for _, w := range s.watchers {
		w(n.addr, n.subnet, n.taken)
	}
}

// untell takes back what watchers were told, newest first.
func (s *store[A, L]) untell() {
	for i := len(s.told) - 1; i >= 0; i-- {
		n := s.told[i]
		for _, w := range s.watchers {
			w(n.addr, n.subnet, !n.taken)
		}
	}
}

// failure is why the transaction cannot be committed, nil if it can as yet.
func (s *store[A, L]) failure() error {
	switch {
	case s.err != nil:
		return s.err
	case s.closed:
		return errClosed
	}
	return s.Down()
}

// end ends the transaction.
func (s *store[A, L]) end(over *bool) {
	*over = true
	s.reset()
	s.mu.Unlock()
}

func (s *store[A, L]) rollback(over *bool) {
	if *over {
		return
	}
	s.untell()
	s.end(over)
}
