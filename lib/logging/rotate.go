package logging

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// rotate renames FILE to FILE.1, FILE.1 to FILE.2 and so on up to maxver, and
// goes on in a new FILE. FILE.lock keeps other processes that log to the same
// file from rotating at the same time; who comes second finds the name pointing
// elsewhere and only opens it.
func (l *logFile) rotate() error {
	unlock, err := lockPath(l.dest.path + ".lock")
	if err != nil {
		return fmt.Errorf("rotating log file: %w", err)
	}
	defer unlock()
	if l.namesOpenFile() {
		if err := shift(l.dest.path, l.dest.maxVer); err != nil {
			l.size = 0 // try again one file size later, not at every line
			return fmt.Errorf("rotating log file: %w", err)
		}
	}
	return l.reopenLocked()
}

// namesOpenFile reports whether the path still leads to the file that is open.
func (l *logFile) namesOpenFile() bool {
	open, err := l.f.Stat()
	if err != nil {
		return false
	}
	named, err := os.Stat(l.dest.path)
	return err == nil && os.SameFile(open, named)
}

// shift moves path and its old versions up by one; the oldest is overwritten.
func shift(path string, maxVer int) error {
	for v := maxVer - 1; v >= 0; v-- {
		from := path
		if v > 0 {
			from = fmt.Sprintf("%s.%d", path, v)
		}
		err := os.Rename(from, fmt.Sprintf("%s.%d", path, v+1))
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return nil
}

// createLock makes an empty lock file, which stays when the daemon ends.
func createLock(path string) error {
	f, err := openLock(path)
	if err != nil {
		return err
	}
	return f.Close()
}

// lockPath waits for an exclusive lock on a lock file.
func lockPath(path string) (unlock func(), err error) {
	f, err := openLock(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

// openLock opens a lock file for reading, which is enough to lock it.
func openLock(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDONLY|os.O_CREATE, logFileMode)
}
