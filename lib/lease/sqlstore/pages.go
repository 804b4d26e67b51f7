package sqlstore

import (
	"database/sql"
	"math"
	"sync"
	"time"

	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// pages remember which addresses are taken, so that a search for a free one asks
// the database seldom. They are a hint: other servers take and free addresses too.
// An address that a page has free may be taken by now, which the database tells when
// a lease is to be added; one that it has taken may be free, which a search that
// finds nothing notices within seconds (see refresh.go).
type pages[A comparable, L any] struct {
	s  *store[A, L]
	mu sync.Mutex // guards what follows
	// known are pages by their first address.
	known  map[pageKey[A]]*page
	wanted time.Time // until when pages are read again behind the scenes
	quit   chan struct{}
	poke   chan struct{}
}

// pageKey is what a page is of: 256 addresses, or prefixes of one length, from the
// first on.
type pageKey[A comparable] struct {
	first  A
	length uint8
}

type page struct {
	read time.Time // when
	// until is, by address, the last second at which it is taken; noLease without
	// a row, endless where that never ends, and idle with a row that says that the
	// lease is over.
	until   [256]uint32
	low     uint32 // no until is below
	changes uint32 // so far, by this server
	// contested is until when another server is taken to give addresses of the
	// page: the search looks elsewhere first.
	contested time.Time
}

const (
	noLease uint32 = 0
	idle    uint32 = 1
	endless uint32 = math.MaxUint32
)

const (
	// freshness is how old a page may be for an address of it to be given.
	freshness = time.Second
	// contestTime is for how long a page is left to another server.
	contestTime = 5 * time.Second
	// maxPages is how many are remembered, about a kilobyte each.
	maxPages = 1 << 15
	// pagesAtOnce is how many pages one statement reads in the end, when those
	// before them were full.
	pagesAtOnce = 64
)

// takenUntil is what a page has of a lease.
func takenUntil(state lease.State, valid uint32, cltt int64) uint32 {
	switch {
	case !holds(state):
		return idle
	case valid == lease.InfiniteLifetime:
		return endless
	}
	return uint32(min(max(cltt+int64(valid), int64(idle)+1), int64(endless)-1))
}

// isFree tells whether an address with that until may be given at now.
func isFree(until uint32, now int64) bool {
	return until <= idle || until != endless && int64(until) < now
}

func (p *pages[A, L]) begin(s *store[A, L]) {
	p.s = s
	p.known = map[pageKey[A]]*page{}
	p.quit, p.poke = make(chan struct{}), make(chan struct{}, 1)
	go p.refresh()
}

// forget drops everything.
func (p *pages[A, L]) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.known)
}

// keyOf is the page that a lease lies in.
func (t *table[A, L]) keyOf(addr A, l *L) (pageKey[A], uint8) {
	length := t.length(l)
	first, i := t.slot(addr, length)
	return pageKey[A]{first, length}, i
}

// learn takes over what was read of a row.
func (p *pages[A, L]) learn(addr A, l *L) {
	key, i := p.s.t.keyOf(addr, l)
	p.mu.Lock()
	defer p.mu.Unlock()
	if pg := p.known[key]; pg != nil {
		pg.set(i, p.s.t.end(l))
	}
}

// write takes over a change that is in the database.
func (p *pages[A, L]) write(addr A, old, next *L) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range []*L{old, next} {
		if l == nil {
			continue
		}
		key, i := p.s.t.keyOf(addr, l)
		pg := p.known[key]
		if pg == nil {
			continue
		}
		pg.changes++
		if l == next {
			pg.set(i, p.s.t.end(l))
		} else {
			pg.set(i, noLease)
		}
	}
}

// contest forgets the page of an address that another server got first. What it does
// there it will go on with.
func (p *pages[A, L]) contest(addr A, old, next *L, added bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	l := next
	if l == nil {
		l = old
	}
	key, _ := p.s.t.keyOf(addr, l)
	if pg := p.known[key]; pg != nil {
		pg.read = time.Time{}
		if added {
			pg.contested = p.s.o.Clock().Add(contestTime)
		}
	}
}

func (pg *page) set(i uint8, until uint32) {
	pg.until[i] = until
	if until <= idle {
		until = 0
	}
	pg.low = min(pg.low, until)
}

// measure sets low.
func (pg *page) measure() {
	pg.low = endless
	for _, until := range pg.until {
		if until <= idle {
			until = 0
		}
		pg.low = min(pg.low, until)
	}
}

// A stretch is a row of places to be searched.
type stretch[A comparable] struct {
	at     func(n uint64) A
	length uint8
	from   uint64
	to     uint64
	// place is the other way round.
	place func(a A) (uint64, bool)
}

// nextFree returns the lowest free place of a stretch at now, but one of a page that
// other servers are busy in only when there is none elsewhere. The caller is in the
// transaction.
func (s *store[A, L]) nextFree(st *stretch[A], now int64) (uint64, bool) {
	if s.err != nil {
		return 0, false
	}
	n, ok, passed := s.search(st, now, false)
	if !ok && passed {
		n, ok, _ = s.search(st, now, true)
	}
	if s.err != nil {
		return 0, false
	}
	// What became free in the transaction lies lower, perhaps.
	for _, a := range s.changed {
		m, inside := st.place(a)
		if !inside || m < st.from || m > st.to || ok && m >= n {
			continue
		}
		if s.freeHere(s.entries[a], now) {
			n, ok = m, true
		}
	}
	if !ok {
		s.pages.want(st.from == st.to)
	}
	return n, ok
}

// freeHere tells whether the transaction has an address free.
func (s *store[A, L]) freeHere(e *entry[L], now int64) bool {
	l := e.lease()
	return l == nil || isFree(s.t.end(l), now)
}

// search goes through the pages of a stretch. passed tells that it left pages out
// since they are contested.
func (s *store[A, L]) search(st *stretch[A], now int64, contested bool) (place uint64, ok, passed bool) {
	ahead := 1    // pages to be read at once
	leap := false // was tried
	for n := st.from; ; {
		pg, key, i, last := s.known(st, n)
		if pg == nil && ahead > leapAfter && !leap {
			leap = true
			if m, found := s.leap(st, n, now); found {
				n = m
				continue
			}
		}
		if pg == nil {
			if pg = s.pageOf(st, key, n, &ahead); pg == nil {
				return 0, false, false
			}
		}
		if !contested && s.isContested(pg) {
			passed = true
		} else if j, found := s.freeIn(key, pg, i, last, now); found {
			return n + uint64(j-i), true, passed
		}
		if s.err != nil || uint64(last-i) == st.to-n {
			return 0, false, passed
		}
		n += uint64(last-i) + 1
	}
}

// known is the page of a place, nil if it has to be read, and where in it the stretch
// begins and ends.
func (s *store[A, L]) known(st *stretch[A], n uint64) (pg *page, key pageKey[A], i, last uint8) {
	first, i := s.t.slot(st.at(n), st.length)
	key = pageKey[A]{first, st.length}
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	return s.pages.known[key], key, i, i + uint8(min(uint64(255-i), st.to-n))
}

// leapAfter is how many pages are read at once when a search begins to leap: after
// some 8000 addresses that were taken.
const leapAfter = 16

// leap finds a place with something free behind it where pages are taken one after
// the other, as they are behind the start of a pool that was given away in order: it
// looks ahead in ever longer steps, and back by halves. What it passes over is not
// looked at, so it tells nothing of a stretch in which it finds no page that has
// room.
func (s *store[A, L]) leap(st *stretch[A], n uint64, now int64) (uint64, bool) {
	room := func(n uint64) bool {
		pg, key, i, last := s.known(st, n)
		one := 1
		if pg == nil {
			pg = s.pageOf(st, key, n, &one)
		}
		if pg == nil {
			return false
		}
		_, free := s.freeIn(key, pg, i, last, now)
		return free
	}
	low, high := uint64(0), uint64(0) // pages behind that of n
	for step := uint64(1); high == 0; step *= 2 {
		if step > (st.to-n)/256 {
			return 0, false
		}
		if room(n + step*256) {
			high = step
		} else {
			low = step
		}
	}
	for high-low > 1 {
		if middle := low + (high-low)/2; room(n + middle*256) {
			high = middle
		} else {
			low = middle
		}
	}
	return n + high*256, s.err == nil
}

func (s *store[A, L]) isContested(pg *page) bool {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	return s.o.Clock().Before(pg.contested)
}

// freeIn finds the first free address of a page from place i to last. A page that is
// not fresh is read again before an address of it is given.
func (s *store[A, L]) freeIn(key pageKey[A], pg *page, i, last uint8, now int64) (uint8, bool) {
	j, ok, stale := s.peekIn(key, pg, i, last, now)
	if stale && s.readPages(key, key.first, pg) {
		j, ok, _ = s.peekIn(key, pg, i, last, now)
	}
	return j, ok && s.err == nil
}

func (s *store[A, L]) peekIn(key pageKey[A], pg *page, i, last uint8, now int64) (at uint8, ok, stale bool) {
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	if pg.low > idle && !isFree(pg.low, now) {
		return 0, false, false
	}
	for j := int(i); j <= int(last); j++ {
		if !isFree(pg.until[j], now) {
			continue
		}
		addr := s.t.at(key.first, key.length, uint8(j))
		e := s.entries[addr]
		if e != nil && !s.freeHere(e, now) {
			continue
		}
		if pg.until[j] == noLease && e == nil {
			s.add(addr) // no need to ask for it
		}
		return uint8(j), true, s.o.Clock().Sub(pg.read) > freshness
	}
	if i == 0 && last == 255 {
		pg.measure()
	}
	return 0, false, false
}

// pageOf reads a page, and those that follow it in the stretch.
func (s *store[A, L]) pageOf(st *stretch[A], key pageKey[A], n uint64, ahead *int) *page {
	_, i := s.t.slot(st.at(n), st.length)
	end := n
	if left := st.to - n; left > 0 {
		end = n + min(left, uint64(*ahead)*256-1-uint64(i))
	}
	*ahead = min(*ahead*2, pagesAtOnce)
	last, _ := s.t.slot(st.at(end), st.length)
	if !s.readPages(key, last, nil) {
		return nil
	}
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	return s.pages.known[key]
}

// readPages reads the pages from key on to that with the given first address. fresh
// is the one that is there already, if it is one only.
func (s *store[A, L]) readPages(key pageKey[A], last A, fresh *page) bool {
	got := newPages(s.t, key, last)
	stmt := s.t.occupancy(s.stmt.reset(s.dialect), key, last)
	if s.err = s.query(stmt, got.take); s.err != nil {
		return false
	}
	s.pages.mu.Lock()
	defer s.pages.mu.Unlock()
	now := s.o.Clock()
	for k, pg := range got.pages {
		pg.read = now
		if fresh != nil {
			pg.changes, pg.contested = fresh.changes, fresh.contested
			*fresh = *pg
			return true
		}
		s.pages.keep(k, pg)
	}
	return true
}

// keep remembers a page. The caller holds mu.
func (p *pages[A, L]) keep(key pageKey[A], pg *page) {
	if len(p.known) >= maxPages && p.known[key] == nil {
		for k := range p.known { // any
			delete(p.known, k)
			break
		}
	}
	p.known[key] = pg
}

// neighbours are addresses that are worth looking up together with addr, which a
// search has given: those that it may give next, and that have a row.
func (p *pages[A, L]) neighbours(s *store[A, L], addr A) []A {
	addrs := append(s.near[:0], addr)
	now := s.o.Clock().Unix()
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, length := range s.t.lengths {
		first, i := s.t.slot(addr, length)
		pg := p.known[pageKey[A]{first, length}]
		if pg == nil || pg.until[i] == noLease || !isFree(pg.until[i], now) {
			continue
		}
		for j := int(i) + 1; j < 256 && len(addrs) < neighboursAtOnce; j++ {
			if pg.until[j] != noLease && isFree(pg.until[j], now) {
				addrs = append(addrs, s.t.at(first, length, uint8(j)))
			}
		}
	}
	s.near = addrs
	return addrs
}

const neighboursAtOnce = 32

// occupancy is the statement that reads what pages tell of.
func (t *table[A, L]) occupancy(s *statement, key pageKey[A], last A) *statement {
	s.add("SELECT ").add(t.selected).add(", valid_lifetime, ").either("expire", "extract(epoch FROM expire)::bigint").
		add(", state FROM ").add(t.name).add(" WHERE ")
	t.between(s, key.first, t.at(last, key.length, 255))
	if t.lengthColumn != "" {
		s.add(" AND ").add(t.lengthColumn).add(" = ").number(int64(key.length))
	}
	return s
}

// pagesRead are pages that are being read.
type pagesRead[A comparable, L any] struct {
	t     *table[A, L]
	key   pageKey[A]
	pages map[pageKey[A]]*page
}

func newPages[A comparable, L any](t *table[A, L], key pageKey[A], last A) *pagesRead[A, L] {
	r := &pagesRead[A, L]{t: t, key: key, pages: map[pageKey[A]]*page{}}
	for first := key.first; ; {
		r.pages[pageKey[A]{first, key.length}] = &page{}
		if first == last {
			return r
		}
		first = t.after(first, key.length)
	}
}

func (r *pagesRead[A, L]) take(rows *sql.Rows) error {
	var addr, valid, state holder
	var end sqldb.Timestamp
	into := []any{r.t.scanTarget(&addr), &valid.n, &end, &state.n}
	for rows.Next() {
		if err := rows.Scan(into...); err != nil {
			return err
		}
		first, i := r.t.slot(r.t.scanned(&addr), r.key.length)
		if pg := r.pages[pageKey[A]{first, r.key.length}]; pg != nil {
			v := uint32(valid.n.Int64)
			pg.until[i] = takenUntil(lease.State(state.n.Int64), v, begin(end.Unix, v))
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, pg := range r.pages {
		pg.measure()
	}
	return nil
}

// want lets pages be read again behind the scenes for a while, since a search found
// nothing. single tells that it was for one address, as the allocators make them
// that have a list of their own.
func (p *pages[A, L]) want(single bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	d := time.Minute
	if single {
		d = time.Hour
	}
	if until := p.s.o.Clock().Add(d); until.After(p.wanted) {
		p.wanted = until
	}
	select {
	case p.poke <- struct{}{}:
	default:
	}
}

// end stops reading behind the scenes.
func (p *pages[A, L]) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case <-p.quit:
	default:
		close(p.quit)
	}
}
