package memfile

import (
	"errors"
	"fmt"

	"nestor/lib/lease/leasefile"
)

// lockFiles keeps other servers off the lease files, whose rows would mix and
// whose leases would be given twice. Servers of another make neither take nor heed the
// lock, clean-ups need none. Where locking is not possible (some network
// file systems, a profile of a security module) the store does without.
func (s *store[R, P, L, K]) lockFiles() error {
	fsys, ok := s.options.FS.(leasefile.Locker)
	if !ok {
		return nil
	}
	lock, err := fsys.Lock(leasefile.NamesOf(s.options.Path).Lock)
	var locked *leasefile.LockedError
	if errors.As(err, &locked) {
		return fmt.Errorf("the lease file %s belongs to another server that is running, give this one another name for it: %w",
			s.options.Path, err)
	}
	s.lock = lock
	return nil
}

func (s *store[R, P, L, K]) unlock() {
	if s.lock != nil {
		_ = s.lock.Close() // a file left behind locks nobody out
	}
}
