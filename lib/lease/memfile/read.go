package memfile

import (
	"fmt"

	"nestor/lib/lease/leasefile"
)

// readAttempts is how often the files are read anew when a clean-up moves them
// meanwhile, which takes it an instant.
const readAttempts = 5

// read reads the lease files at path into a store that made gives, a new one for each
// attempt.
func read[S interface {
	readOnly() (*LoadReport, bool, error)
}](path string, made func() S) (s S, report *LoadReport, err error) {
	var none S
	for range readAttempts {
		s := made()
		if report, ok, err := s.readOnly(); ok {
			return s, report, nil
		} else if err != nil {
			return none, report, err
		}
	}
	return none, nil, movedWhileRead(path)
}

// readOnly reads the lease files into a store that is in memory only. It reports
// false when a clean-up moved them meanwhile.
func (s *store[R, P, L, K]) readOnly() (report *LoadReport, ok bool, err error) {
	report = &LoadReport{}
	names := leasefile.NamesOf(s.options.Path)
	before := stampsOf(s.options.FS, names)
	err = s.readAll(names, report)
	ok = err == nil && stampsOf(s.options.FS, names) == before
	if !ok {
		s.release()
		return report, false, err
	}
	report.Leases = int(s.records.used)
	return report, true, nil
}

// readAll applies the rows of all lease files that there are.
func (s *store[R, P, L, K]) readAll(names leasefile.Names, report *LoadReport) error {
	l := loader[R, P, L, K]{store: s, report: report}
	for _, path := range append(names.Older(s.options.FS), names.Live) {
		if err := l.older(path); err != nil {
			return err
		}
	}
	s.linkAll()
	return nil
}

func movedWhileRead(path string) error {
	return fmt.Errorf("%w: it moves files beside %s while they are read", ErrCleanupRunning, path)
}

// inMemory are options for leases that are only read.
func inMemory[L any](o Options[L]) Options[L] {
	o.Persist, o.FSync = false, false
	return o
}
