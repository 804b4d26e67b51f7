package server

import (
	"errors"
	"fmt"
	"iter"
	"maps"
	"sync"
	"sync/atomic"

	"nestor/lib/config"
	"nestor/lib/netio"
)

// An OpenSocket is an open address: a socket for each of its packet loops.
type OpenSocket[A any] struct {
	Loops   []netio.Socket[A]
	serving sync.WaitGroup
}

// Serve starts the packet loops.
func (o *OpenSocket[A]) Serve(loop func(netio.Socket[A])) {
	for _, s := range o.Loops {
		o.serving.Go(func() { loop(s) })
	}
}

// End stops the loops and closes the sockets.
func (o *OpenSocket[A]) End() {
	for _, s := range o.Loops {
		s.Stop()
	}
	o.serving.Wait()
	o.Close()
}

// Close closes the sockets of loops that were not started.
func (o *OpenSocket[A]) Close() {
	for _, s := range o.Loops {
		s.Close()
	}
}

// A SocketKey says which socket one is; a configuration that wants the same one again
// keeps it open.
type SocketKey[K any] interface {
	comparable
	// Replaces reports whether the socket takes the place of another one, which has to
	// be closed first.
	Replaces(other K) bool
}

// Wanted is a socket that a configuration asks for.
type Wanted[K any] interface{ Key() K }

// Sockets are the open sockets of a server with their packet loops.
type Sockets[W Wanted[K], K SocketKey[K], A any] struct {
	// TopLevel is the name of the configuration, Dhcp4 or Dhcp6, RingQueue that of the
	// only type of packet queue.
	TopLevel, RingQueue string
	// Open opens a socket for each packet loop that is wanted.
	Open func(w W) ([]netio.Socket[A], error)
	// Loop serves a socket until it is stopped.
	Loop func(k K, s netio.Socket[A])
	// Changed is told which sockets are open now.
	Changed func(open iter.Seq[K])
	// Failed is told when the server cannot go on.
	Failed func(error)
	Life   Life
	// Port is the one that is listened on.
	Port uint16

	// Interfaces are what the last detection found, which re-detect false goes on
	// with.
	Interfaces []netio.Interface

	mu    sync.Mutex
	open  map[K]*OpenSocket[A]
	retry atomic.Pointer[socketRetry[W, K, A]]
}

// Prepare opens the sockets of the plan that are not open yet. Failures are errors
// only where service-sockets-require-all says so and no retry is left.
func (s *Sockets[W, K, A]) Prepare(p *SocketPlan[W, K, A], cfg *config.InterfacesConfig) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.Life.Log.Log(s.Life.openSocket, s.Port)
	for _, w := range p.Sockets {
		switch {
		case s.open[w.Key()] != nil:
		case s.replaces(w.Key()):
			p.later = append(p.later, w)
		default:
			s.tryOpen(p, w)
		}
	}
	if len(p.failed) == 0 || !cfg.RequireAll || cfg.MaxRetries > 0 {
		return nil
	}
	p.Discard()
	return fmt.Errorf("service-sockets-require-all: %w", joinFailed(p.failed))
}

func (s *Sockets[W, K, A]) replaces(wanted K) bool {
	for k := range s.open {
		if wanted.Replaces(k) {
			return true
		}
	}
	return false
}

func (s *Sockets[W, K, A]) tryOpen(p *SocketPlan[W, K, A], w W) {
	loops, err := s.Open(w)
	if err != nil {
		p.failed[w.Key()] = err
		s.Life.Dhcpsrv.Log(msgOpenSocketFail, err)
		return
	}
	p.opened[w.Key()] = &OpenSocket[A]{Loops: loops}
}

func joinFailed[K comparable](failed map[K]error) error {
	var errs []error
	for _, err := range failed {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Commit puts the plan in force: sockets that are no longer wanted are closed, new ones
// begin to serve, failed ones are tried again.
func (s *Sockets[W, K, A]) Commit(p *SocketPlan[W, K, A], cfg *config.InterfacesConfig) {
	s.stopRetry()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.open == nil {
		s.open = map[K]*OpenSocket[A]{}
	}
	keep := map[K]bool{}
	for _, w := range p.Sockets {
		keep[w.Key()] = true
	}
	for k, o := range s.open {
		if !keep[k] {
			o.End()
			delete(s.open, k)
		}
	}
	for _, w := range p.later {
		s.tryOpen(p, w)
	}
	for k, o := range p.opened {
		s.serve(k, o)
	}
	s.Changed(maps.Keys(s.open))
	if len(s.open) == 0 && len(p.failed) == 0 {
		s.Life.Dhcpsrv.Log(msgNoSockets)
	}
	s.startRetry(p, cfg)
}

// serve starts the packet loops of an address. The caller holds mu.
func (s *Sockets[W, K, A]) serve(k K, o *OpenSocket[A]) {
	s.open[k] = o
	o.Serve(func(sock netio.Socket[A]) { s.Loop(k, sock) })
}

// CloseAll ends the loops and closes the sockets.
func (s *Sockets[W, K, A]) CloseAll() {
	s.stopRetry()
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, o := range s.open {
		o.End()
		delete(s.open, k)
	}
	s.Changed(maps.Keys(s.open))
}

// Best returns a socket of the open address that ranks highest, nil if none ranks
// above 0.
func (s *Sockets[W, K, A]) Best(rank func(k K) int) (best netio.Socket[A]) {
	s.mu.Lock()
	defer s.mu.Unlock()
	highest := 0
	for k, o := range s.open {
		if r := rank(k); r > highest {
			best, highest = o.Loops[0], r
		}
	}
	return best
}

// List returns one socket of each open address.
func (s *Sockets[W, K, A]) List() []netio.Socket[A] {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []netio.Socket[A]
	for _, o := range s.open {
		all = append(all, o.Loops[0])
	}
	return all
}
