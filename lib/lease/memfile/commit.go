package memfile

import "fmt"

// append brings the changes of the transaction into the lease file.
func (s *Store4) append() error {
	err := error(nil)
	if s.journal.unsynced {
		err = s.rewrite()
	} else {
		err = s.journal.append(s.rows)
	}
	if err != nil {
		return fmt.Errorf("%d lease changes were taken back: %w", len(s.undo), err)
	}
	return nil
}
