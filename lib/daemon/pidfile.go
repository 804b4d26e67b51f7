package daemon

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// errRunning says that a PID file names a live process.
var errRunning = errors.New("already running")

// pidFile is the file that says which process serves a configuration file.
type pidFile struct{ path string }

// pidFilePath gives DIR/CONFNAME.PROGRAM.pid, where CONFNAME is the base name of
// the configuration file without its last suffix.
func pidFilePath(dir, configFile, program string) string {
	base := filepath.Base(configFile)
	name := strings.TrimSuffix(base, filepath.Ext(base))
	return filepath.Join(dir, name+"."+program+".pid")
}

// createPIDFile writes the process's id into path. A file that names a process
// which is gone is replaced; one that names a live process, whichever it is,
// gives errRunning. A file that names this process itself is a leftover, as
// happens in containers, where a daemon has the same id each time.
func createPIDFile(path string) (*pidFile, error) {
	for range 3 {
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o640)
		if err == nil {
			_, err = fmt.Fprintf(f, "%d\n", os.Getpid())
			if err = errors.Join(err, f.Close()); err != nil {
				os.Remove(path)
				return nil, err
			}
			return &pidFile{path}, nil
		}
		if !errors.Is(err, os.ErrExist) {
			return nil, err
		}
		if err := removeStale(path); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("%s: other processes keep creating it", path)
}

// removeStale removes a PID file unless its process lives.
func removeStale(path string) error {
	pid, err := readPID(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	if pid != os.Getpid() && alive(pid) {
		return fmt.Errorf("%w: PID: %d exists, PID file: %s", errRunning, pid, path)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}

// readPID reads a PID file: a decimal number and a newline, which must be there,
// lest a file be believed that is being written.
func readPID(path string) (int, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	line, _, ok := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(line))
	if !ok || err != nil || pid <= 0 {
		return 0, fmt.Errorf("cannot read PID from %s: remove the file if no server uses it", path)
	}
	return pid, nil
}

// alive reports whether a process exists, be it another user's.
func alive(pid int) bool {
	err := unix.Kill(pid, 0)
	return err == nil || errors.Is(err, unix.EPERM)
}

// remove deletes the file if it still names this process.
func (p *pidFile) remove() {
	if pid, err := readPID(p.path); err == nil && pid == os.Getpid() {
		os.Remove(p.path)
	}
}
