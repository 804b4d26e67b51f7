package memfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"nestor/lib/lease/leasefile"
)

// buryAll writes a row of deletion for each lease of an older file that is no
// longer in memory. A clean-up that moves the files meanwhile makes it fail.
func (s *store[R, P, L, K]) buryAll(w *rowWriter) error {
	fsys, names := s.options.FS, leasefile.NamesOf(s.options.Path)
	if pid, alive := leasefile.Running(fsys, names.PID); alive {
		return fmt.Errorf("%w: process %d of %s", ErrCleanupRunning, pid, names.PID)
	}
	before := stampsOf(fsys, names)
	for _, path := range names.Older(fsys) {
		if err := s.bury(path, w); err != nil {
			return err
		}
	}
	if stampsOf(fsys, names) != before {
		return fmt.Errorf("%w: the files beside %s have changed", ErrCleanupRunning, names.Live)
	}
	return nil
}

func (s *store[R, P, L, K]) bury(path string, w *rowWriter) error {
	f, err := s.options.FS.OpenFile(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := leasefile.NewScanner(s.family.file(), f)
	var p leasefile.Parser
	var l L
	for err == nil && w.err == nil {
		var row []byte
		if row, err = rows.Next(); err != nil {
			break
		}
		if _, bad := s.family.parse(&p, rows.Schema, row, &l); bad == nil && s.family.live(&l) && s.family.find(s.family.addrOf(&l)) == 0 {
			w.row(s.family.appendDeleted(w.rows, &l))
		}
	}
	if err == io.EOF || errors.Is(err, leasefile.ErrEmpty) {
		return nil
	}
	return err
}

// stamps tell whether a clean-up has moved the older files.
type stamps [3]struct {
	size, modified int64
}

func stampsOf(fsys leasefile.FS, names leasefile.Names) (s stamps) {
	for i, path := range []string{names.Previous, names.Copy, names.Finish} {
		if info, err := fsys.Stat(path); err == nil {
			s[i].size, s[i].modified = info.Size(), info.ModTime().UnixNano()
		}
	}
	return s
}
