package server

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"nestor/lib/config"
)

// socketRetry opens sockets again that could not be opened.
type socketRetry[W Wanted[K], K SocketKey[K], A any] struct {
	quit, done chan struct{}
	mu         sync.Mutex
	left       map[K]error
	gaveUp     bool
}

// startRetry begins to try the failed sockets again, service-sockets-max-retries
// times.
func (s *Sockets[W, K, A]) startRetry(p *SocketPlan[W, K, A], cfg *config.InterfacesConfig) {
	if len(p.failed) == 0 {
		return
	}
	r := &socketRetry[W, K, A]{quit: make(chan struct{}), done: make(chan struct{}), left: p.failed, gaveUp: cfg.MaxRetries == 0}
	s.retry.Store(r)
	if r.gaveUp {
		close(r.done)
		return
	}
	go r.run(s, p, int(cfg.MaxRetries), time.Duration(cfg.RetryWaitTime)*time.Millisecond, cfg.RequireAll)
}

func (r *socketRetry[W, K, A]) run(s *Sockets[W, K, A], p *SocketPlan[W, K, A], tries int, wait time.Duration, requireAll bool) {
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
	s.Life.Log.Log(s.Life.socketsFailed, tries)
	if requireAll {
		s.Failed(fmt.Errorf("service-sockets-require-all: %w", joinFailed(r.left)))
	}
}

// tryAll opens what is left and reports whether nothing is left after it.
func (r *socketRetry[W, K, A]) tryAll(s *Sockets[W, K, A], p *SocketPlan[W, K, A]) bool {
	for _, w := range p.Sockets {
		r.mu.Lock()
		_, left := r.left[w.Key()]
		r.mu.Unlock()
		if !left {
			continue
		}
		loops, err := s.Open(w)
		r.mu.Lock()
		if err != nil {
			r.left[w.Key()] = err
		} else {
			delete(r.left, w.Key())
		}
		r.mu.Unlock()
		if err != nil {
			s.Life.Dhcpsrv.Log(msgOpenSocketFail, err)
			continue
		}
		s.mu.Lock()
		s.serve(w.Key(), &OpenSocket[A]{Loops: loops})
		s.Changed(maps.Keys(s.open))
		s.mu.Unlock()
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.left) == 0
}

func (s *Sockets[W, K, A]) stopRetry() {
	r := s.retry.Swap(nil)
	if r == nil {
		return
	}
	close(r.quit)
	<-r.done
}

// Status tells how the sockets are (status-get): ready, retrying or failed, with
// the reasons.
func (s *Sockets[W, K, A]) Status() (state string, errs []string) {
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
