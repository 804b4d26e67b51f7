package server

import (
	"sync"
	"sync/atomic"
)

// InForce is what the work on queries and leases goes by: a configuration with all
// that belongs to it. Whoever works with it holds it, so that it changes between
// two pieces of work only. The zero value has none.
type InForce[S any] struct {
	gate  sync.RWMutex
	state atomic.Pointer[S]
}

// Load returns the state for a look at it, nil before the first.
func (f *InForce[S]) Load() *S { return f.state.Load() }

// Store puts a state in force that nobody works with yet.
func (f *InForce[S]) Store(s *S) { f.state.Store(s) }

// Hold returns the state, which stays in force until Release. It waits only while
// another one is put in force.
func (f *InForce[S]) Hold() *S {
	f.gate.RLock()
	return f.state.Load()
}

// Release ends what Hold began.
func (f *InForce[S]) Release() { f.gate.RUnlock() }

// Replace puts the next state in force when nobody holds the present one; before
// anybody holds the next, then is run.
func (f *InForce[S]) Replace(next *S, then func()) {
	f.gate.Lock()
	defer f.gate.Unlock()
	f.state.Store(next)
	then()
}
