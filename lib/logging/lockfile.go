package logging

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
)

// lockFile is logger_lockfile, through which Kea's processes take turns at log
// files that they share. A line here is one append of the kernel's, which needs
// no turns, and rotation is guarded by a lock file of its own; the file is held
// open for the tools that expect it to be there.
type lockFile struct{ f *os.File }

// openLockFile makes dir/logger_lockfile. It gives nil for "" and "none".
func openLockFile(dir string) (*lockFile, error) {
	if dir == "" || strings.EqualFold(dir, "none") {
		return nil, nil
	}
	path := filepath.Join(dir, "logger_lockfile")
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, lockFileMode)
	switch {
	case errors.Is(err, os.ErrExist):
		f, err = os.OpenFile(path, os.O_RDWR, 0)
	case err == nil:
		err = f.Chmod(lockFileMode) // whatever the umask is
	}
	if err != nil {
		return nil, err
	}
	return &lockFile{f}, nil
}

// lockFileMode lets daemons of several users in one group share the file.
const lockFileMode = 0o660

// close leaves the file where it is.
func (l *lockFile) close() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
