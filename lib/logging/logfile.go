package logging

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

const (
	logFileMode = 0o640
	// unflushedDelay is how long a line may wait in a buffer when flush is off.
	unflushedDelay = time.Second
	// sizeCheckLines is how many lines are written between looks at the real
	// size of a file, which other processes may append to as well.
	sizeCheckLines = 128
)

// logFile is a file that lines are appended to and that rotates by size. The
// file stays open until it rotates or is reopened, so that an outside rename
// takes its lines along.
type logFile struct {
	sys  *System
	dest destination

	mu      sync.Mutex
	f       *os.File
	buf     *bufio.Writer
	pending *time.Timer // flushes buf
	size    int64
	lines   int
	trouble troubles
}

func openLogFile(s *System, d destination) (*logFile, error) {
	f, size, err := openForAppend(d.path)
	if err != nil {
		return nil, err
	}
	l := &logFile{sys: s, dest: d, f: f, buf: bufio.NewWriterSize(f, gatherSize), size: size, trouble: troubles{to: s.stderr, what: d.path}}
	if d.maxSize > 0 {
		if err := createLock(d.path + ".lock"); err != nil {
			f.Close()
			return nil, err
		}
	}
	return l, nil
}

// openForAppend opens a log file, or creates it with its mode whatever the
// umask is.
func openForAppend(path string) (*os.File, int64, error) {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if errors.Is(err, os.ErrNotExist) {
		f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE|os.O_EXCL, logFileMode)
		switch {
		case errors.Is(err, os.ErrExist): // another process was faster
			f, err = os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
		case err == nil:
			err = f.Chmod(logFileMode)
		}
	}
	if err != nil {
		return nil, 0, err
	}
	st, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

func (l *logFile) write(now time.Time, sev Severity, line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return
	}
	if err := l.append(sev, line); err != nil {
		l.trouble.report(now, err)
		return
	}
	l.size += int64(len(line))
	if l.dest.maxSize == 0 {
		return
	}
	if l.lines++; l.lines%sizeCheckLines == 0 {
		if st, err := l.f.Stat(); err == nil {
			l.size = st.Size()
		}
	}
	if l.size > l.dest.maxSize {
		if err := l.rotate(); err != nil {
			l.trouble.report(now, err)
		}
	}
}

func (l *logFile) append(sev Severity, line []byte) error {
	if _, err := l.buf.Write(line); err != nil {
		l.buf.Reset(l.f) // a bufio.Writer never recovers from an error
		return err
	}
	switch {
	case sev >= Error || l.dest.flush && !l.sys.gather():
		return l.flush()
	case !l.dest.flush && l.pending == nil:
		l.pending = time.AfterFunc(unflushedDelay, l.flushPending)
	}
	return nil
}

// release writes what was gathered.
func (l *logFile) release(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil || !l.dest.flush {
		return
	}
	if err := l.flush(); err != nil {
		l.trouble.report(now, err)
	}
}

func (l *logFile) flushPending() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.pending = nil
	if l.f != nil {
		if err := l.flush(); err != nil {
			l.trouble.report(l.sys.now(), err)
		}
	}
}

func (l *logFile) flush() error {
	err := l.buf.Flush()
	if err != nil {
		l.buf.Reset(l.f)
	}
	return err
}

// reopen opens the name anew. When that fails the file that is open stays.
func (l *logFile) reopen() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.reopenLocked()
}

func (l *logFile) reopenLocked() error {
	f, size, err := openForAppend(l.dest.path)
	if err != nil {
		return fmt.Errorf("reopening log file: %w", err)
	}
	err = errors.Join(l.flush(), l.f.Close())
	l.f, l.size = f, size
	l.buf.Reset(f)
	return err
}

func (l *logFile) close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.f == nil {
		return nil
	}
	if l.pending != nil {
		l.pending.Stop()
	}
	err := errors.Join(l.flush(), l.f.Close())
	l.f = nil
	return err
}
