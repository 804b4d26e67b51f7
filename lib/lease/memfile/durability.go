package memfile

import (
	"errors"
	"fmt"
)

// SetFSync changes whether commits wait until the disk has their rows. When it
// is turned on, what was written before is brought to the disk first.
func (s *store[R, P, L, K]) SetFSync(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.journal
	if j == nil || s.closed || j.sync == on {
		return nil
	}
	if on {
		if err := errors.Join(j.trim(), j.file.Sync(), j.fs.SyncDir(j.names.Dir())); err != nil {
			return fmt.Errorf("syncing the lease file %s: %w", j.names.Live, err)
		}
	}
	j.sync = on
	return nil
}
