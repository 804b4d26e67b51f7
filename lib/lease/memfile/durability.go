package memfile

// SetFSync changes whether commits wait until the disk has their rows. When it
// is turned on, what was written before is brought to the disk first.
func (s *Store4) SetFSync(on bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.journal == nil || s.closed || s.journal.sync == on {
		return nil
	}
	if on {
		if err := s.journal.file.Sync(); err != nil {
			return err
		}
	}
	s.journal.sync = on
	return nil
}
