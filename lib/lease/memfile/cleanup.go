package memfile

import (
	"errors"
	"fmt"

	"nestor/lib/lease/leasefile"
)

// Cleanup sets the live file aside for a clean-up and goes on in a fresh one
// (ARM 8.2.2.2). The store's lock is held for two renames, not for the work:
// that is SpawnLFC's, which should follow unless there is an error. What an
// interrupted clean-up has left is not added to; SpawnLFC then finishes that.
//
// The errors are ErrCleanupRunning, a *RenameError and a *ReopenError. In each
// case the store goes on as before and the clean-up may be tried again later.
func (s *store[R, P, L, K]) Cleanup() error {
	if s.journal == nil {
		return nil
	}
	err := s.setAside()
	if err == nil {
		// With fsync this is done already; else nobody was promised that the new
		// names are on the disk, and nobody waits for it.
		_ = s.options.FS.SyncDir(s.journal.names.Dir())
	}
	return err
}

func (s *store[R, P, L, K]) setAside() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.journal
	if s.closed {
		return nil
	}
	if pid, alive := leasefile.Running(j.fs, j.names.PID); alive {
		return fmt.Errorf("%w: process %d of %s", ErrCleanupRunning, pid, j.names.PID)
	}
	if j.stranded {
		return j.reopen()
	}
	if leasefile.Exists(j.fs, j.names.Finish) || leasefile.Exists(j.fs, j.names.Copy) {
		return nil
	}
	return j.setAside()
}

// RenameError says that the live file could not be set aside
// (DHCPSRV_MEMFILE_LFC_LEASE_FILE_RENAME_FAIL).
type RenameError struct {
	From, To string
	Err      error
}

func (e *RenameError) Error() string {
	return fmt.Sprintf("setting the lease file %s aside as %s: %v", e.From, e.To, e.Err)
}
func (e *RenameError) Unwrap() error { return e.Err }

// ReopenError says that no fresh live file could be made after the old one was
// set aside (DHCPSRV_MEMFILE_LFC_LEASE_FILE_REOPEN_FAIL). Leases are still
// persisted, in the old file.
type ReopenError struct {
	Path string
	Err  error
}

func (e *ReopenError) Error() string {
	return fmt.Sprintf("opening a fresh lease file %s for the clean-up of the old one, which stays in use: %v", e.Path, e.Err)
}
func (e *ReopenError) Unwrap() error { return e.Err }

// setAside renames the live file and opens a fresh one. When the latter fails,
// the renaming is undone; when that fails too, the old file is written on under
// its new name, and no clean-up may touch it.
func (j *journal) setAside() error {
	if err := j.trim(); err != nil {
		return &RenameError{j.names.Live, j.names.Copy, err}
	}
	if j.unsynced {
		return &RenameError{j.names.Live, j.names.Copy, errors.New("it failed to sync and will be written anew first")}
	}
	if err := j.fs.Rename(j.names.Live, j.names.Copy); err != nil {
		return &RenameError{j.names.Live, j.names.Copy, err}
	}
	err := j.reopen()
	if err != nil && j.fs.Rename(j.names.Copy, j.names.Live) == nil {
		j.stranded = false
	}
	return err
}

// reopen goes on in a fresh live file.
func (j *journal) reopen() error {
	f, size, err := create(j.fs, j.names.Live, j.family, j.sync)
	if err != nil {
		j.stranded = true
		return &ReopenError{j.names.Live, err}
	}
	old := j.file
	j.file, j.size, j.stranded = f, size, false
	if j.sync && j.fs.SyncDir(j.names.Dir()) != nil {
		j.unsynced = true // whether the new name is on the disk is unknown
	}
	_ = old.Close() // each write to it was checked
	return nil
}
