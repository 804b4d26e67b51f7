package sqlstore

import (
	"context"
	"slices"
	"time"
)

// How pages are read again behind the scenes, once a search has found nothing: each
// when it is older than staleness, and altogether for at most one part in restParts
// of the time.
const (
	staleness = 2 * time.Second
	restParts = 10
	minRest   = 200 * time.Millisecond
)

// refresh reads pages again while somebody waits for what other servers free.
func (p *pages[A, L]) refresh() {
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		select {
		case <-p.quit:
			return
		case <-p.poke:
		case <-timer.C:
		}
		for p.isWanted() {
			begun := time.Now()
			p.refreshSome()
			rest := max(minRest, restParts*time.Since(begun))
			timer.Reset(rest)
			select {
			case <-p.quit:
				return
			case <-timer.C:
			}
		}
	}
}

func (p *pages[A, L]) isWanted() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.s.Down() == nil && p.s.o.Clock().Before(p.wanted)
}

// refreshSome reads some of the pages that are stale, the oldest first and, in one
// statement, those that follow it.
func (p *pages[A, L]) refreshSome() {
	for range restParts {
		key, last, changes := p.stale()
		if changes == nil || !p.reread(key, last, changes) {
			return
		}
	}
}

// stale finds a row of stale pages: the first, the first address of the last, and
// how often each was changed so far.
func (p *pages[A, L]) stale() (key pageKey[A], last A, changes map[pageKey[A]]uint32) {
	p.mu.Lock()
	defer p.mu.Unlock()
	limit := p.s.o.Clock().Add(-staleness)
	var oldest *page
	for k, pg := range p.known {
		if pg.read.Before(limit) && (oldest == nil || pg.read.Before(oldest.read)) {
			key, oldest = k, pg
		}
	}
	if oldest == nil {
		return key, last, nil
	}
	changes = map[pageKey[A]]uint32{}
	for k, n := key, 0; n < pagesAtOnce; n++ {
		pg := p.known[k]
		if pg == nil || !pg.read.Before(limit) {
			break
		}
		changes[k], last = pg.changes, k.first
		k.first = p.s.t.after(k.first, k.length)
	}
	return key, last, changes
}

// reread reads pages and takes over those that this server did not change meanwhile.
func (p *pages[A, L]) reread(key pageKey[A], last A, changes map[pageKey[A]]uint32) bool {
	s := p.s
	got := newPages(s.t, key, last)
	var stmt statement
	s.t.occupancy(stmt.reset(s.dialect), key, last)
	ctx, cancel := context.WithTimeout(context.Background(), s.o.Patience)
	defer cancel()
	rows, err := s.db.QueryContext(ctx, string(stmt.text), stmt.args...)
	if err == nil {
		err = got.take(rows)
		rows.Close()
	}
	if err != nil {
		_ = s.failed(err)
		return false
	}
	told := p.takeOver(got, changes)
	s.mu.Lock()
	watchers := slices.Clone(s.watchers)
	s.mu.Unlock()
	for _, n := range told {
		for _, w := range watchers {
			w(n.addr, n.subnet, n.taken)
		}
	}
	return true
}

// takeOver puts what was read into the pages, and tells what it changes.
func (p *pages[A, L]) takeOver(got *pagesRead[A, L], changes map[pageKey[A]]uint32) (told []notice[A]) {
	p.mu.Lock()
	defer p.mu.Unlock()
	now := p.s.o.Clock()
	for k, fresh := range got.pages {
		pg := p.known[k]
		if pg == nil || pg.changes != changes[k] {
			continue
		}
		for i, until := range fresh.until {
			if taken := until > idle; taken != (pg.until[i] > idle) {
				told = append(told, notice[A]{addr: p.s.t.at(k.first, k.length, uint8(i)), taken: taken})
			}
		}
		pg.until, pg.low, pg.read = fresh.until, fresh.low, now
	}
	return told
}
