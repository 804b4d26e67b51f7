package server

import (
	"sync"
	"time"
)

// Rarely lets what is to be told of a client pass once a minute. The zero value is
// ready; it may be used concurrently.
type Rarely struct {
	mu   sync.Mutex
	last map[string]time.Time
}

// rarelyClients bounds how many clients are remembered.
const rarelyClients = 1024

// Due reports whether it is time to tell something of the client again.
func (r *Rarely) Due(client []byte, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	if last, ok := r.last[string(client)]; ok && now.Sub(last) < time.Minute {
		return false
	}
	if r.last == nil || len(r.last) >= rarelyClients {
		r.last = map[string]time.Time{}
	}
	r.last[string(client)] = now
	return true
}
