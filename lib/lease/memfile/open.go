package memfile

import (
	"errors"
	"time"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// Options say how a store is opened. They follow the keywords of lease-database
// with type memfile (ARM 8.2.2.1).
type Options[L any] struct {
	Path    string // of the lease file ("name")
	Persist bool   // keep the leases in the file; false: in memory only, Path is not touched
	FSync   bool   // a commit waits until the disk has its rows ("durability": "fsync")
	// MaxRowErrors is how many rows of one file may be bad before opening fails;
	// 0: any number.
	MaxRowErrors int

	Checks LeaseChecks // what to do about leases that fit no subnet
	// SubnetOf gives the subnet in which a lease belongs: its own when that exists
	// and has the address, else another that has it, else false. It is asked only
	// when Checks is not ChecksNone.
	SubnetOf func(l *L) (subnet uint32, ok bool)
	// Context is shown, once all files are read, each lease that has a user context
	// and may put another in its place for memory. It must not keep what it is
	// shown. nil: contexts are as they are.
	Context func(l *L)

	Events Events[L]
	FS     leasefile.FS     // the host's when nil
	Clock  func() time.Time // time.Now when nil
}

// Options4 and Options6 are those of the two families.
type (
	Options4 = Options[lease.Lease4]
	Options6 = Options[lease.Lease6]
)

// LeaseChecks is sanity-checks.lease-checks (ARM 8.2.26).
type LeaseChecks uint8

const (
	ChecksNone   LeaseChecks = iota
	ChecksWarn               // tell, and load the lease
	ChecksFix                // correct the subnet id; when none fits tell, and load the lease
	ChecksFixDel             // correct the subnet id; when none fits drop the lease
	ChecksDel                // drop the lease
)

// CheckResult is what a check did with a lease.
type CheckResult uint8

const (
	CheckFailed  CheckResult = iota // DHCPSRV_LEASE_SANITY_FAIL
	CheckDropped                    // DHCPSRV_LEASE_SANITY_FAIL_DISCARD
	CheckFixed                      // DHCPSRV_LEASE_SANITY_FIXED
)

// Events are told what happens while leases are loaded, for the log. Any may be
// nil.
type Events[L any] struct {
	// File: a lease file is about to be read (DHCPSRV_MEMFILE_LEASE_FILE_LOAD).
	File func(path string)
	// Schema: a file's columns are not ours (DHCPSRV_MEMFILE_NEEDS_UPGRADING,
	// DHCPSRV_MEMFILE_NEEDS_DOWNGRADING).
	Schema func(path string, s leasefile.Schema)
	// RowError: a row was passed over (DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR). Rows
	// count from 1 behind the header, blank lines left out.
	RowError func(path string, row int, reason error)
	// RowWarning: a row was read, but not all of it could be.
	RowWarning func(path string, row int, what error)
	// Check: a lease fits no subnet, or not the one that it names; subnet is the
	// one that a fixed lease got.
	Check func(l *L, result CheckResult, subnet uint32)
}

// LoadReport sums up what opening found.
type LoadReport struct {
	Files []FileReport // those that exist, in the order in which they were read
	// Leases in memory after loading.
	Leases int
	// NeedsConversion says that a file had other columns than ours: a clean-up
	// should follow at once (DHCPSRV_MEMFILE_CONVERTING_LEASE_FILES).
	NeedsConversion bool
}

// FileReport is about one lease file.
type FileReport struct {
	Path   string
	Schema leasefile.Schema
	Rows   int  // behind the header
	Errors int  // bad rows
	Cut    bool // a torn last row was cut off
}

// ErrCleanupRunning is why a store does not open: a lease file clean-up that an
// earlier server began is at work on its files. It ends by itself; try again.
var ErrCleanupRunning = errors.New("a lease file clean-up is running")

// openStore opens a store that was made.
func openStore[S interface{ open() (*LoadReport, error) }](s S) (S, *LoadReport, error) {
	report, err := s.open()
	if err != nil {
		var none S
		return none, report, err
	}
	return s, report, nil
}

// open reads the lease files.
func (s *store[R, P, L, K]) open() (*LoadReport, error) {
	report := &LoadReport{}
	if !s.options.Persist {
		return report, nil
	}
	err := s.lockFiles()
	if err == nil {
		err = s.load(report)
	}
	if err != nil {
		s.unlock()
		s.release()
		return report, err
	}
	report.Leases = int(s.records.used)
	return report, nil
}
