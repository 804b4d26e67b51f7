package leasefile

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// Locker is an FS that other processes work on too.
type Locker interface {
	// Lock takes the lock that a file stands for. It is given back by Close, or by
	// the system when the process ends, however it ends. That somebody else
	// has it is a *LockedError.
	Lock(name string) (io.Closer, error)
}

// LockedError says who has a lock.
type LockedError struct {
	Name string // of the lock's file
	PID  int    // of the process that has it, 0: unknown
}

func (e *LockedError) Error() string {
	if e.PID == 0 {
		return e.Name + " is locked by another process"
	}
	return fmt.Sprintf("%s is locked by process %d", e.Name, e.PID)
}

// Lock implements Locker by flock. The file holds the process id of the owner for
// people to read, and is removed with the lock.
func (osFS) Lock(name string) (io.Closer, error) {
	for {
		f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, Mode)
		if err != nil {
			return nil, err
		}
		switch err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); {
		case errors.Is(err, unix.EWOULDBLOCK):
			return nil, errors.Join(&LockedError{name, ownerOf(f)}, f.Close())
		case err != nil:
			return nil, errors.Join(wrapPath("flock", name, err), f.Close())
		case !isStillAt(f, name): // the owner before us removed it after we opened it
			f.Close()
			continue
		}
		// What the file says is a courtesy: a full disk keeps nobody from serving.
		if f.Truncate(0) == nil {
			_, _ = fmt.Fprintln(f, os.Getpid())
		}
		return osLock{f}, nil
	}
}

func isStillAt(f *os.File, name string) bool {
	ours, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(ours, there)
}

func ownerOf(f *os.File) int {
	text, _ := io.ReadAll(io.LimitReader(f, 32))
	pid, _ := strconv.Atoi(strings.TrimSpace(string(text)))
	return pid
}

type osLock struct{ *os.File }

func (l osLock) Close() error { return errors.Join(os.Remove(l.Name()), l.File.Close()) }
