package server

import (
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Service is whether DHCP is served. The zero value is on; its methods may be called
// concurrently. Each origin (a user, the HA hook, a lost
// database) switches for itself; the service is on when none has it off.
type Service struct {
	off     atomic.Bool
	mu      sync.Mutex
	origins map[uint32]*time.Timer // who has it off, with the timer that ends it; nil without
}

// Origins of dhcp-disable and dhcp-enable (ARM 18.4).
const (
	OriginUser      = 1
	originHALocal   = 1000
	originHARemote  = 2000
	originDatabase  = 3000
	originRangeSize = 1000
)

// Disabled reports whether somebody has the service off.
func (s *Service) Disabled() bool { return s.off.Load() }

// Disable turns the service off for an origin, for good or for a period.
func (s *Service) Disable(origin uint32, period time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.origins == nil {
		s.origins = map[uint32]*time.Timer{}
	}
	if t := s.origins[origin]; t != nil {
		t.Stop()
	}
	s.origins[origin] = nil
	if period > 0 {
		s.origins[origin] = time.AfterFunc(period, func() { s.Enable(origin) })
	}
	s.off.Store(true)
}

// Enable takes back what the origin disabled; what others did stays.
func (s *Service) Enable(origin uint32) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if t := s.origins[origin]; t != nil {
		t.Stop()
	}
	delete(s.origins, origin)
	s.off.Store(len(s.origins) > 0)
}

// disabledBy returns the origins in [from, from+size) that have the service off.
func (s *Service) disabledBy(from, size uint32) []uint32 {
	s.mu.Lock()
	defer s.mu.Unlock()
	var by []uint32
	for o := range s.origins {
		if o >= from && o < from+size {
			by = append(by, o)
		}
	}
	slices.Sort(by)
	return by
}

// Stop ends the timers.
func (s *Service) Stop() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, t := range s.origins {
		if t != nil {
			t.Stop()
		}
	}
}
