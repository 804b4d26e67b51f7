package logging

import (
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
	f, err := os.OpenFile(filepath.Join(dir, "logger_lockfile"), os.O_RDWR|os.O_CREATE, 0o660)
	if err != nil {
		return nil, err
	}
	return &lockFile{f}, nil
}

// close leaves the file where it is.
func (l *lockFile) close() error {
	if l == nil {
		return nil
	}
	return l.f.Close()
}
