package memfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"nestor/lib/lease/leasefile"
)

// loader reads lease files into a store.
type loader[R any, P record[R], L any, K comparable] struct {
	*store[R, P, L, K]
	report *LoadReport
	parser leasefile.Parser
	row    L
}

// load reads what clean-ups have left and the live file, and opens that for
// appending.
func (s *store[R, P, L, K]) load(report *LoadReport) error {
	o := &s.options
	names := leasefile.NamesOf(o.Path)
	if pid, alive := leasefile.Running(o.FS, names.PID); alive {
		return fmt.Errorf("%w: process %d of %s works on %s", ErrCleanupRunning, pid, names.PID, names.Live)
	}
	l := loader[R, P, L, K]{store: s, report: report}
	before := stampsOf(o.FS, names)
	for _, path := range names.Older(o.FS) {
		if err := l.older(path); err != nil {
			return err
		}
	}
	// A clean-up that an earlier server began may have had no PID file yet when
	// we looked for it.
	if stampsOf(o.FS, names) != before {
		return fmt.Errorf("%w: it moved files beside %s while they were read", ErrCleanupRunning, names.Live)
	}
	if err := l.live(names); err != nil {
		return err
	}
	s.checkContexts()
	s.linkAll()
	return nil
}

// older reads a file that nobody appends to, if there is one.
func (l *loader[R, P, L, K]) older(path string) error {
	f, err := l.options.FS.OpenFile(path, os.O_RDONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("opening the lease file: %w", err)
	}
	defer f.Close()
	if _, err = l.read(path, f); err == nil {
		err = l.secure(f)
	}
	if err != nil {
		return fmt.Errorf("lease file %s: %w", path, err)
	}
	return nil
}

// secure brings what was read to the disk where that is promised of all leases:
// an earlier server may have ended before it did so.
func (l *loader[R, P, L, K]) secure(f leasefile.File) error {
	if !l.options.FSync {
		return nil
	}
	return f.Sync()
}

// live reads the live file and makes it ready for appending.
func (l *loader[R, P, L, K]) live(names leasefile.Names) error {
	fsys, path := l.options.FS, names.Live
	if !leasefile.Exists(fsys, path) {
		return l.create(names)
	}
	f, err := fsys.OpenFile(path, os.O_RDWR|os.O_APPEND)
	if err != nil {
		return fmt.Errorf("opening the lease file: %w", err)
	}
	end, err := l.read(path, f)
	if err == nil && end.whole == 0 {
		return errors.Join(f.Close(), l.create(names))
	}
	if err == nil {
		err = end.mend(f)
	}
	if err == nil {
		err = l.secure(f)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("lease file %s: %w", path, err), f.Close())
	}
	l.journal = &journal{fs: fsys, names: names, family: l.family.file(), file: f, size: end.whole, sync: l.options.FSync}
	return nil
}

func (l *loader[R, P, L, K]) create(names leasefile.Names) error {
	f, size, err := create(l.options.FS, names.Live, l.family.file(), l.options.FSync)
	if err == nil {
		err = l.options.FS.SyncDir(names.Dir())
	}
	if err != nil {
		return fmt.Errorf("creating the lease file %s: %w", names.Live, err)
	}
	l.journal = &journal{fs: l.options.FS, names: names, family: l.family.file(), file: f, size: size, sync: l.options.FSync}
	return nil
}

// fileEnd is how the last line of a file ends.
type fileEnd struct {
	whole int64 // offset behind the last line feed
	torn  bool  // something lies behind it that is no row: to be cut off
	open  bool  // a row lies behind it that only lacks its line feed
}

// mend makes a file end with a whole row.
func (e *fileEnd) mend(f leasefile.File) error {
	switch {
	case e.torn:
		return f.Truncate(e.whole)
	case e.open:
		size, err := f.Size()
		if err != nil {
			return err
		}
		if _, err = f.Write([]byte("\n")); err != nil {
			return errors.Join(err, f.Truncate(size))
		}
		e.whole = size + 1
	}
	return nil
}

// read applies the rows of one file.
func (l *loader[R, P, L, K]) read(path string, f leasefile.File) (fileEnd, error) {
	if e := l.options.Events.File; e != nil {
		e(path)
	}
	rows, err := leasefile.NewScanner(l.family.file(), f)
	if errors.Is(err, leasefile.ErrEmpty) {
		return fileEnd{}, nil
	}
	if err != nil {
		return fileEnd{}, err
	}
	if rows.Schema.Age != leasefile.Current {
		l.report.NeedsConversion = true
		if e := l.options.Events.Schema; e != nil {
			e(path, rows.Schema)
		}
	}
	l.report.Files = append(l.report.Files, FileReport{Path: path, Schema: rows.Schema})
	return l.readRows(rows, &l.report.Files[len(l.report.Files)-1])
}

func (l *loader[R, P, L, K]) readRows(rows *leasefile.Scanner, report *FileReport) (fileEnd, error) {
	var end fileEnd
	for {
		row, err := rows.Next()
		report.Rows, end.whole = rows.Number, rows.Whole
		if err == io.EOF {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		warning, err := l.family.parse(&l.parser, rows.Schema, row, &l.row)
		if err == nil {
			l.warn(report, rows.Number, warning)
			end.open = rows.Torn
			l.apply()
			continue
		}
		end.torn, report.Cut = rows.Torn, rows.Torn
		if err := l.bad(report, rows.Number, err); err != nil {
			return end, err
		}
	}
}

func (l *loader[R, P, L, K]) warn(report *FileReport, row int, warning error) {
	if e := l.options.Events.RowWarning; warning != nil && e != nil {
		e(report.Path, row, warning)
	}
}

// bad tells of a bad row and reports whether there were too many.
func (l *loader[R, P, L, K]) bad(report *FileReport, row int, reason error) error {
	report.Errors++
	if e := l.options.Events.RowError; e != nil {
		e(report.Path, row, reason)
	}
	if most := l.options.MaxRowErrors; most > 0 && report.Errors > most {
		return fmt.Errorf("more than %d bad rows (max-row-errors), the last is row %d: %w", most, row, reason)
	}
	return nil
}

// apply does what the row just read says. Only the index by address is kept up
// to date; the others follow when all files are read.
func (l *loader[R, P, L, K]) apply() {
	if !l.sane() {
		return
	}
	n, live := l.family.find(l.family.addrOf(&l.row)), l.family.live(&l.row)
	switch {
	case n == 0 && live:
		n = l.records.alloc()
		r := l.at(n)
		l.fill(r, &l.row)
		l.family.index(r, n)
	case live:
		r := l.at(n)
		l.old = *r
		if l.fill(r, &l.row); r.common().data != P(&l.old).common().data {
			freeData(P(&l.old), &l.data)
		}
		l.family.reindex(r)
	case n != 0:
		l.family.unindex(l.at(n))
		l.discard(n)
	}
	l.compactStep()
}

// sane carries out lease-checks and reports whether the lease is to be loaded.
func (l *loader[R, P, L, K]) sane() bool {
	checks := l.options.Checks
	if checks == ChecksNone || l.options.SubnetOf == nil {
		return true
	}
	subnet, found := l.options.SubnetOf(&l.row)
	switch {
	case found && subnet == l.family.placeOf(&l.row).subnet:
		return true
	case found && (checks == ChecksFix || checks == ChecksFixDel):
		l.tellCheck(CheckFixed, subnet)
		l.family.setSubnet(&l.row, subnet)
		return true
	case checks == ChecksDel || checks == ChecksFixDel:
		l.tellCheck(CheckDropped, 0)
		return false
	}
	l.tellCheck(CheckFailed, 0)
	return true
}

func (l *loader[R, P, L, K]) tellCheck(result CheckResult, subnet uint32) {
	if e := l.options.Events.Check; e != nil {
		e(&l.row, result, subnet)
	}
}
