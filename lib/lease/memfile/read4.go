package memfile

import (
	"fmt"
	"time"

	"nestor/lib/lease/leasefile"
)

// readAttempts is how often the files are read anew when a clean-up moves them
// meanwhile, which takes it an instant.
const readAttempts = 5

// Read4 reads the lease files into a store that is in memory only, and leaves them
// alone: nothing is locked, created, mended or written, so that they may belong to a
// server that is running. What that server writes afterwards is not seen. Of the
// options, FSync and Persist do not count.
func Read4(o Options) (*Store4, *LoadReport, error) {
	if o.FS == nil {
		o.FS = leasefile.OS
	}
	if o.Clock == nil {
		o.Clock = time.Now
	}
	o.Persist, o.FSync = false, false
	names := leasefile.NamesOf(o.Path)
	for range readAttempts {
		before := stampsOf(o.FS, names)
		s := &Store4{options: o}
		s.start()
		report := &LoadReport{}
		err := s.read(names, report)
		if err == nil && stampsOf(o.FS, names) == before {
			report.Leases = int(s.records.used)
			return s, report, nil
		}
		s.release()
		if err != nil {
			return nil, report, err
		}
	}
	return nil, nil, fmt.Errorf("%w: it moves files beside %s while they are read", ErrCleanupRunning, names.Live)
}

// read applies the rows of all lease files that there are.
func (s *Store4) read(names leasefile.Names, report *LoadReport) error {
	l := loader4{Store4: s, report: report}
	for _, path := range append(names.Older(s.options.FS), names.Live) {
		if err := l.older(path); err != nil {
			return err
		}
	}
	s.linkAll()
	return nil
}
