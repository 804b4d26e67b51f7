package memfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// rewriteRetry is how long the store waits between attempts to write its file
// anew, so that packets do not wait for each.
const rewriteRetry = time.Second

// rewrite puts a file written from memory in the place of a live file that once
// failed to sync: the system may have dropped what it could not write and would
// not say so again. The changes of the transaction under way go with it.
func (s *Store4) rewrite() error {
	j, now := s.journal, s.options.Clock()
	if now.Before(j.retry) {
		return fmt.Errorf("the lease file %s could not be synced; it is written anew at %s", j.names.Live, j.retry.Format(time.TimeOnly))
	}
	f, size, err := s.dump(j.names.Rewrite)
	if err == nil {
		err = j.fs.Rename(j.names.Rewrite, j.names.Live)
		if err == nil {
			err = j.fs.SyncDir(j.names.Dir())
		}
		if err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		j.retry = now.Add(rewriteRetry)
		return fmt.Errorf("writing the lease file %s anew after it failed to sync: %w", j.names.Live, err)
	}
	old := j.file
	j.file, j.size, j.torn, j.unsynced = f, size, false, false
	_ = old.Close() // its content is of no more use
	return nil
}

// dump writes every lease to a new file, synced and left open for appending.
// Leases that the files of clean-ups have, but memory no longer, are marked as
// deleted in it, as it may take the place of the live file that did so.
func (s *Store4) dump(path string) (leasefile.File, int64, error) {
	f, size, err := create(s.options.FS, path, false)
	if err != nil {
		return nil, 0, err
	}
	w := rowWriter{file: f, size: size}
	var l lease.Lease4
	s.addrs.walk(0, 1<<32-1, func(n uint32) bool {
		s.lease(n, &l)
		return w.row(leasefile.AppendRow4(w.rows, &l))
	})
	for _, old := range leasefile.NamesOf(s.options.Path).Older(s.options.FS) {
		s.bury(old, &w)
	}
	w.flush()
	if w.err == nil {
		w.err = f.Sync()
	}
	if w.err != nil {
		return nil, 0, errors.Join(w.err, f.Close(), s.options.FS.Remove(path))
	}
	return f, w.size, nil
}

// bury writes a row of deletion for each lease of an older file that is not in
// memory.
func (s *Store4) bury(path string, w *rowWriter) {
	f, err := s.options.FS.OpenFile(path, os.O_RDONLY)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			w.fail(err)
		}
		return
	}
	defer f.Close()
	rows, err := leasefile.NewScanner(leasefile.V4, f)
	var p leasefile.Parser
	var l lease.Lease4
	for err == nil && w.err == nil {
		var row []byte
		if row, err = rows.Next(); err != nil {
			break
		}
		if p.Row4(rows.Schema, row, &l) == nil && l.ValidLft > 0 && s.addrs.find(l.Addr) == 0 {
			w.row(leasefile.AppendDeleted4(w.rows, &l))
		}
	}
	if err != io.EOF && !errors.Is(err, leasefile.ErrEmpty) {
		w.fail(err)
	}
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
