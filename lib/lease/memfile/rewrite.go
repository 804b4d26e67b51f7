package memfile

import (
	"errors"
	"fmt"
	"io"
	"time"

	"nestor/lib/lease/leasefile"
)

// rewriteRetry is how long the store waits between attempts to write its file
// anew, so that packets do not wait for each.
const rewriteRetry = time.Second

// rewrite puts a file written from memory in the place of a live file that once
// failed to sync: the system may have dropped what it could not write and would
// not say so again. The changes of the transaction under way go with it.
func (s *store[R, P, L, K]) rewrite() error {
	j, now := s.journal, s.options.Clock()
	if now.Before(j.retry) {
		return fmt.Errorf("the lease file %s could not be synced; it is written anew at %s", j.names.Live, j.retry.Format(time.TimeOnly))
	}
	f, size, err := s.dump(j.names.Rewrite)
	if err == nil {
		if err = j.adopt(f, size); err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		j.retry = now.Add(rewriteRetry)
		return fmt.Errorf("writing the lease file %s anew after it failed to sync: %w", j.names.Live, err)
	}
	return nil
}

// dump writes every lease to a new file, synced and left open for appending.
// Leases that the files of clean-ups have, but memory no longer, are marked as
// deleted in it, as it may take the place of the live file that did so.
func (s *store[R, P, L, K]) dump(path string) (leasefile.File, int64, error) {
	f, size, err := create(s.options.FS, path, s.family.file(), false)
	if err != nil {
		return nil, 0, err
	}
	w := rowWriter{file: f, size: size}
	var first K
	var l L
	s.family.walk(first, 0, func(n uint32) bool {
		s.lease(n, &l)
		return w.row(s.family.appendRow(w.rows, &l))
	})
	w.fail(s.buryAll(&w))
	w.flush()
	if w.err == nil {
		w.err = f.Sync()
	}
	if w.err != nil {
		return nil, 0, errors.Join(w.err, f.Close(), s.options.FS.Remove(path))
	}
	return f, w.size, nil
}

// rowWriter collects rows and writes them in large pieces.
type rowWriter struct {
	file leasefile.File
	rows []byte
	size int64
	err  error
}

const writePiece = 256 << 10

// row takes the rows with one more appended, and reports whether to go on.
func (w *rowWriter) row(rows []byte) bool {
	w.rows = rows
	if len(w.rows) >= writePiece {
		w.flush()
	}
	return w.err == nil
}

func (w *rowWriter) flush() {
	if w.err != nil || len(w.rows) == 0 {
		return
	}
	n, err := w.file.Write(w.rows)
	if err == nil && n < len(w.rows) {
		err = io.ErrShortWrite
	}
	w.size += int64(n)
	w.rows = w.rows[:0]
	w.fail(err)
}

func (w *rowWriter) fail(err error) {
	if w.err == nil {
		w.err = err
	}
}
