package daemon

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// makeDirectories makes those built-in directories that the daemon writes into
// and that are missing, as RUNDIR is after each boot where /run is kept in
// memory. Where the environment names any of them somebody has arranged things,
// and nothing is made. What cannot be made is reported by whatever then needs it.
func (p *Paths) makeDirectories(kea bool) {
	if *p != builtInPaths(kea) {
		return
	}
	for _, dir := range []string{p.PID, p.Lock, p.Socket, p.Data, p.Log} {
		_ = makeDirectory(dir, 0o750)
	}
}

// makeDirectory makes a directory with its mode whatever the umask is, and those
// above it open to all, as /var and /run are.
func makeDirectory(path string, mode fs.FileMode) error {
	err := os.Mkdir(path, mode)
	if errors.Is(err, fs.ErrNotExist) {
		if err := makeDirectory(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		err = os.Mkdir(path, mode)
	}
	switch {
	case errors.Is(err, fs.ErrExist):
		return nil
	case err != nil:
		return err
	}
	return os.Chmod(path, mode)
}

// directoryHint adds to an error about a file in dir what to do about it.
func directoryHint(err error, dir, variable string) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%w: make the directory, or name another one with %s", err, variable)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w: let user %d write to %s, or name another directory with %s", err, os.Geteuid(), dir, variable)
	}
	return err
}
