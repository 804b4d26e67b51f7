package leasefile

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"golang.org/x/sys/unix"
)

// Mode of lease files, whatever the process's umask is.
const Mode fs.FileMode = 0o640

// FS is what the lease files need of a file system. Tests put one in its place
// that forgets what was not synced and tears writes.
type FS interface {
	// OpenFile is os.OpenFile. A file that the call creates gets Mode
	// whatever the umask is.
	OpenFile(name string, flag int) (File, error)
	Rename(from, to string) error
	// Link gives a file a second name.
	Link(from, to string) error
	Remove(name string) error
	Stat(name string) (fs.FileInfo, error)
	// SyncDir makes creations, renames and removals in dir durable.
	SyncDir(dir string) error
}

// File is an open lease file.
type File interface {
	io.Reader
	io.Writer
	io.ReaderAt
	io.Closer
	Truncate(size int64) error
	// Sync makes what was written durable (fdatasync).
	Sync() error
	Size() (int64, error)
}

// OS is the file system of the host.
var OS FS = osFS{}

// Exists reports whether there is a file of that name.
func Exists(fsys FS, name string) bool {
	_, err := fsys.Stat(name)
	return err == nil
}

// RemoveIfThere removes the file; that there is none is no error.
func RemoveIfThere(fsys FS, name string) error {
	err := fsys.Remove(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

type osFS struct{}

func (osFS) OpenFile(name string, flag int) (File, error) {
	created := false
	if flag&os.O_CREATE != 0 {
		_, err := os.Stat(name)
		created = errors.Is(err, fs.ErrNotExist)
	}
	f, err := os.OpenFile(name, flag, Mode)
	if err != nil {
		return nil, err
	}
	if created {
		if err := f.Chmod(Mode); err != nil {
			f.Close()
			return nil, err
		}
	}
	return osFile{f}, nil
}

func (osFS) Rename(from, to string) error          { return os.Rename(from, to) }
func (osFS) Link(from, to string) error            { return os.Link(from, to) }
func (osFS) Remove(name string) error              { return os.Remove(name) }
func (osFS) Stat(name string) (fs.FileInfo, error) { return os.Stat(name) }

func (osFS) SyncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	return d.Sync()
}

type osFile struct{ *os.File }

func (f osFile) Sync() error {
	for {
		err := unix.Fdatasync(int(f.Fd()))
		if err == nil || !errors.Is(err, unix.EINTR) {
			return wrapPath("fdatasync", f.Name(), err)
		}
	}
}

func (f osFile) Size() (int64, error) {
	info, err := f.Stat()
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}

func wrapPath(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}
