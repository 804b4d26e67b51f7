// Package crashfs is a file system in memory for tests of what survives a crash:
// it stops at a chosen operation, tears the write it stops in, and after a power
// cut has forgotten what was not synced. It is as strict as POSIX lets file
// systems be: syncing a file does not make its name durable.
package crashfs

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"nestor/lib/lease/leasefile"
)

// ErrCrashed is what every operation gives once the file system has stopped.
var ErrCrashed = errors.New("crashed")

// FS is the file system. All names are in one directory as far as syncing goes.
type FS struct {
	mu      sync.Mutex
	names   map[string]*inode
	durable map[string]*inode   // names as of the last SyncDir
	changes []map[string]*inode // names after each change since then
	steps   int                 // operations that change something, so far
	stopAt  int                 // the operation that crashes, 0: none
	tear    int                 // bytes of a write that get through when it crashes
	crashed bool
	room    int64 // bytes until the disk is full, negative: no limit
	fail    func(op Op, name string) error
	clock   int64
}

// Op is a kind of operation that may be made to fail.
type Op string

const (
	Open     Op = "open"
	Write    Op = "write"
	Truncate Op = "truncate"
	Sync     Op = "sync"
	Rename   Op = "rename"
	Link     Op = "link"
	Remove   Op = "remove"
	SyncDir  Op = "syncdir"
)

type inode struct {
	data    []byte
	durable []byte
	changed int64
}

// New makes an empty file system.
func New() *FS { return &FS{names: map[string]*inode{}, durable: map[string]*inode{}, room: -1} }

var _ leasefile.FS = (*FS)(nil)

// Steps is the number of operations so far that changed something.
func (f *FS) Steps() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.steps
}

// CrashAt makes the given operation, counted as Steps does, the last one. If it
// is a write, the first tear bytes of it get through; any other has no effect.
func (f *FS) CrashAt(step, tear int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.stopAt, f.tear = step, tear
}

// Crashed reports whether it has come to that.
func (f *FS) Crashed() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.crashed
}

// SetRoom lets so many bytes more be written; negative: any number.
func (f *FS) SetRoom(bytes int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.room = bytes
}

// SetFail has fn asked before each operation whether it fails; nil ends that.
func (f *FS) SetFail(fn func(op Op, name string) error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.fail = fn
}

// Kill goes on after the process was killed: what was written is there.
func (f *FS) Kill() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.crashed, f.stopAt = false, 0
}

// PowerCut goes on after the machine lost its power. Of the unsynced changes to
// names the first so many survive; of each file what was synced, and of what was
// written behind that the first so many bytes.
func (f *FS) PowerCut(changes, bytes int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.crashed, f.stopAt = false, 0
	f.names = f.durable
	if changes = min(changes, len(f.changes)); changes > 0 {
		f.names = f.changes[changes-1]
	}
	f.changes = nil
	f.durable = clone(f.names)
	for _, n := range f.names {
		if keep := min(len(n.durable)+bytes, len(n.data)); len(n.data) > len(n.durable) {
			n.data = append([]byte(nil), n.data[:keep]...)
			copy(n.data, n.durable)
		} else {
			n.data = append([]byte(nil), n.durable...)
		}
		n.durable = append([]byte(nil), n.data...)
	}
}

// ReadFile gives what is in a file, nil if there is none.
func (f *FS) ReadFile(name string) []byte {
	f.mu.Lock()
	defer f.mu.Unlock()
	if n := f.names[name]; n != nil {
		return append([]byte{}, n.data...)
	}
	return nil
}

// WriteFile puts a durable file there.
func (f *FS) WriteFile(name, content string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	n := &inode{data: []byte(content), durable: []byte(content)}
	f.names[name] = n
	f.durable[name] = n
}

// step counts an operation that changes something and says whether it may run.
func (f *FS) step(op Op, name string) error {
	if f.crashed {
		return ErrCrashed
	}
	if f.steps++; f.steps == f.stopAt {
		f.crashed = true
		return ErrCrashed
	}
	if f.fail != nil {
		if err := f.fail(op, name); err != nil {
			return &fs.PathError{Op: string(op), Path: name, Err: err}
		}
	}
	return nil
}

// renamed notes a change to the names.
func (f *FS) renamed() { f.changes = append(f.changes, clone(f.names)) }

func clone(m map[string]*inode) map[string]*inode {
	c := make(map[string]*inode, len(m))
	for k, v := range m {
		c[k] = v
	}
	return c
}

func (f *FS) OpenFile(name string, flag int) (leasefile.File, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.crashed {
		return nil, ErrCrashed
	}
	n := f.names[name]
	if n != nil && flag&os.O_EXCL != 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrExist}
	}
	if n == nil {
		if flag&os.O_CREATE == 0 {
			return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		}
		if err := f.step(Open, name); err != nil {
			return nil, err
		}
		n = &inode{}
		f.names[name] = n
		f.renamed()
	} else if flag&os.O_TRUNC != 0 && len(n.data) > 0 {
		if err := f.step(Truncate, name); err != nil {
			return nil, err
		}
		n.data = nil
	}
	return &file{fs: f, inode: n, name: name}, nil
}

func (f *FS) Rename(from, to string) error {
	return f.move(Rename, from, to, func(n *inode) {
		delete(f.names, from)
		f.names[to] = n
	})
}

func (f *FS) Link(from, to string) error {
	return f.move(Link, from, to, func(n *inode) { f.names[to] = n })
}

func (f *FS) move(op Op, from, to string, do func(*inode)) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step(op, from); err != nil {
		return err
	}
	n := f.names[from]
	if n == nil {
		return &fs.PathError{Op: string(op), Path: from, Err: fs.ErrNotExist}
	}
	do(n)
	f.renamed()
	return nil
}

func (f *FS) Remove(name string) error {
	return f.move(Remove, name, "", func(*inode) { delete(f.names, name) })
}

func (f *FS) Stat(name string) (fs.FileInfo, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.crashed {
		return nil, ErrCrashed
	}
	if n := f.names[name]; n != nil {
		return info{name: filepath.Base(name), size: int64(len(n.data)), changed: n.changed}, nil
	}
	return nil, &fs.PathError{Op: "stat", Path: name, Err: fs.ErrNotExist}
}

func (f *FS) SyncDir(dir string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := f.step(SyncDir, dir); err != nil {
		return err
	}
	f.durable, f.changes = clone(f.names), nil
	return nil
}

// file is an open file. Writes go to its end.
type file struct {
	fs    *FS
	inode *inode
	name  string
	at    int64
}

func (f *file) Read(b []byte) (int, error) {
	n, err := f.ReadAt(b, f.at)
	f.at += int64(n)
	return n, err
}

func (f *file) ReadAt(b []byte, at int64) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if f.fs.crashed {
		return 0, ErrCrashed
	}
	if at >= int64(len(f.inode.data)) {
		return 0, io.EOF
	}
	n := copy(b, f.inode.data[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

func (f *file) Write(b []byte) (int, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	was := f.fs.crashed
	if err := f.fs.step(Write, f.name); err != nil {
		if f.fs.crashed && !was {
			f.append(b[:min(f.fs.tear, len(b))])
		}
		return 0, err
	}
	if f.fs.room >= 0 && int64(len(b)) > f.fs.room {
		n := int(f.fs.room)
		f.fs.room = 0
		f.append(b[:n])
		return n, &fs.PathError{Op: "write", Path: f.name, Err: errors.New("no space left on device")}
	}
	if f.fs.room >= 0 {
		f.fs.room -= int64(len(b))
	}
	f.append(b)
	return len(b), nil
}

func (f *file) append(b []byte) {
	f.inode.data = append(f.inode.data, b...)
	f.fs.clock++
	f.inode.changed = f.fs.clock
}

func (f *file) Truncate(size int64) error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step(Truncate, f.name); err != nil {
		return err
	}
	f.inode.data = f.inode.data[:size]
	return nil
}

func (f *file) Sync() error {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	if err := f.fs.step(Sync, f.name); err != nil {
		return err
	}
	f.inode.durable = append([]byte(nil), f.inode.data...)
	return nil
}

func (f *file) Size() (int64, error) {
	f.fs.mu.Lock()
	defer f.fs.mu.Unlock()
	return int64(len(f.inode.data)), nil
}

func (f *file) Close() error { return nil }

type info struct {
	name          string
	size, changed int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return leasefile.Mode }
func (i info) ModTime() time.Time { return time.Unix(0, i.changed) }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }
