package dhcp6

import (
	"fmt"
	"slices"
	"sync"
	"time"

	"nestor/lib/config"
)

// socketRetry opens sockets again that could not be opened.
type socketRetry struct {
	quit, done chan struct{}
	mu         sync.Mutex
	left       map[socketKey]error
	gaveUp     bool
}

// startRetry begins to try the failed sockets again, service-sockets-max-retries
// times.
func (s *sockets) startRetry(p *socketPlan, cfg *config.Dhcp6) {
	if len(p.failed) == 0 {
		return
	}
	c := cfg.Interfaces
	r := &socketRetry{quit: make(chan struct{}), done: make(chan struct{}), left: p.failed, gaveUp: c.MaxRetries == 0}
	s.retry.Store(r)
	if r.gaveUp {
		close(r.done)
		return
	}
	go r.run(s, p, int(c.MaxRetries), time.Duration(c.RetryWaitTime)*time.Millisecond, c.RequireAll)
}

func (r *socketRetry) run(s *sockets, p *socketPlan, tries int, wait time.Duration, requireAll bool) {
	defer close(r.done)
	timer := time.NewTimer(wait)
	defer timer.Stop()
	for range tries {
		select {
		case <-r.quit:
			return
		case <-timer.C:
		}
		if r.tryAll(s, p) {
			return
		}
		timer.Reset(wait)
	}
	r.mu.Lock()
	r.gaveUp = true
	r.mu.Unlock()
	s.srv.log.dhcp6.Log(msgOpenSocketsFail, tries)
	if requireAll {
		s.srv.fail(fmt.Errorf("service-sockets-require-all: %w", joinFailed(r.left)))
	}
}

// tryAll opens what is left and reports whether nothing is left after it.
func (r *socketRetry) tryAll(s *sockets, p *socketPlan) bool {
	for _, w := range p.sockets {
		r.mu.Lock()
		_, left := r.left[w.socketKey]
		r.mu.Unlock()
		if !left {
			continue
		}
		o, err := s.openOne(w)
		r.mu.Lock()
		if err != nil {
			r.left[w.socketKey] = err
		} else {
			delete(r.left, w.socketKey)
		}
		r.mu.Unlock()
		if err != nil {
			s.srv.log.dhcpsrv.Log(msgOpenSocketFail, err)
			continue
		}
		s.mu.Lock()
		s.open[w.socketKey] = o
		s.serve(o, w.batch)
		s.noteAddresses()
		s.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left) == 0
}

func (s *sockets) stopRetry() {
	r := s.retry.Swap(nil)
	if r == nil {
		return
	}
	close(r.quit)
	<-r.done
}

// status tells how the sockets are (status-get): ready, retrying or failed, with
// the reasons.
func (s *sockets) status() (state string, errs []string) {
	r := s.retry.Load()
	if r == nil {
		return "ready", nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, err := range r.left {
		errs = append(errs, err.Error())
	}
	slices.Sort(errs)
	switch {
	case len(r.left) == 0:
		return "ready", nil
	case r.gaveUp:
		return "failed", errs
	}
	return "retrying", errs
}
