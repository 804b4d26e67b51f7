package memfile

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"nestor/lib/lease/leasefile"
)

// write writes all leases to a lease file at path (lease4-write, ARM 16.15.12).
// A file that is there is kept under the name path.bakPID. The live file itself
// may be given: it is replaced, and the store goes on in the new one.
//
// Another file is written a slice at a time, while the store serves: a lease
// that changes meanwhile is written as it was before or after.
func (s *store[R, P, L, K]) write(path string) error {
	if s.journal != nil && filepath.Clean(path) == filepath.Clean(s.options.Path) {
		return s.writeLive()
	}
	fsys := s.options.FS
	if err := setBackup(fsys, path); err != nil {
		return err
	}
	f, size, err := create(fsys, path, s.family.file(), false)
	if err != nil {
		return fmt.Errorf("writing leases: %w", err)
	}
	w := rowWriter{file: f, size: size}
	all := query[L, K]{selects: func(*L) bool { return true }, keep: s.family.keep}
	s.each(all, func(l *L) bool { return w.row(s.family.appendRow(w.rows, l)) })
	w.flush()
	if err = errors.Join(w.err, f.Sync(), f.Close(), fsys.SyncDir(filepath.Dir(path))); err != nil {
		return fmt.Errorf("writing leases to %s: %w", path, err)
	}
	return nil
}

// writeLive replaces the live file by one written from memory.
func (s *store[R, P, L, K]) writeLive() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return errClosed
	}
	j := s.journal
	f, size, err := s.dump(j.names.Rewrite)
	if err == nil {
		if err = j.backup(); err == nil {
			err = j.adopt(f, size)
		}
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		return fmt.Errorf("writing the lease file %s anew: %w", j.names.Live, err)
	}
	return nil
}

// backupName is where a file goes that a dump replaces.
func backupName(path string) string { return fmt.Sprintf("%s.bak%d", path, os.Getpid()) }

// setBackup renames a file out of the way, if there is one.
func setBackup(fsys leasefile.FS, path string) error {
	if !leasefile.Exists(fsys, path) {
		return nil
	}
	if err := fsys.Rename(path, backupName(path)); err != nil {
		return fmt.Errorf("keeping the old file before leases are written: %w", err)
	}
	return nil
}

// backup gives the live file a second name. It keeps the first until the new file
// takes it over, so that leases are found after a crash in between.
func (j *journal) backup() error {
	name := backupName(j.names.Live)
	if err := leasefile.RemoveIfThere(j.fs, name); err != nil {
		return err
	}
	return j.fs.Link(j.names.Live, name)
}
