package logging

// gatherSize is how many bytes of lines are gathered at most, per output.
const gatherSize = 64 << 10

// Gather lets lines below ERROR wait in memory until Release, so that the lines
// of many packets cost one write. Calls count: several packet loops may gather
// at once. What is gathered waits for the end of one batch, a millisecond or so.
func (s *System) Gather() { s.gathering.Add(1) }

// Release ends what Gather began and writes what is held, of all loops.
func (s *System) Release() {
	s.gathering.Add(-1)
	if !s.held.Swap(false) {
		return
	}
	s.mu.RLock()
	defer s.mu.RUnlock()
	now := s.now()
	for _, out := range s.outputs {
		out.release(now)
	}
}

// gather reports whether a line may wait, and notes that one does. An output
// calls it under its lock, so that Release finds the line.
func (s *System) gather() bool {
	if s.gathering.Load() == 0 {
		return false
	}
	s.held.Store(true)
	// A Release in between has not seen the note: it would leave the line behind.
	return s.gathering.Load() > 0
}
