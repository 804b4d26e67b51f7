package server

import (
	"errors"
	"fmt"
	"net/netip"
	"path/filepath"
	"strings"

	"nestor/lib/config"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/memfile"
	"nestor/lib/logging"
)

// StoreSettings are those that a lease store has to be opened anew for.
type StoreSettings struct {
	Path    string
	Persist bool
	FSync   bool
	Checks  string // sanity-checks.lease-checks
	// Access is all that is said of a database, "" for a file.
	Access string
}

// isFile reports whether leases are in a file, or in memory only.
func isFile(d *config.Database) bool { return d == nil || d.Type == "memfile" }

// StoreSettingsOf reads what decides about the store. name is that of the file in
// dataDir where the configuration names none.
func StoreSettingsOf(cfg *config.Server, dataDir, name string) (s StoreSettings, maxRowErrors int) {
	if d := cfg.LeaseDatabase; !isFile(d) {
		return StoreSettings{Access: d.AccessString() + "\x00" + d.Password}, 0
	}
	s = StoreSettings{Persist: true, Path: name, Checks: cfg.SanityChecks.LeaseChecks}
	if d := cfg.LeaseDatabase; d != nil {
		s.Persist, s.FSync, maxRowErrors = d.Persist, d.Durability == "fsync", int(d.MaxRowErrors)
		if d.Name != "" {
			s.Path = d.Name
		}
	}
	if !filepath.IsAbs(s.Path) && filepath.Base(s.Path) == s.Path {
		s.Path = filepath.Join(dataDir, s.Path)
	}
	return s, maxRowErrors
}

// SharesFile reports whether a store with settings s has the file open already that
// one with other settings wants: the same store then goes on under those.
func (s StoreSettings) SharesFile(other StoreSettings) bool {
	return s.Path == other.Path && s.Persist && other.Persist
}

// CheckDatabases refuses lease databases that cannot be served from.
func CheckDatabases(cfg *config.Server) error {
	if d := cfg.LeaseDatabase; !isFile(d) && d.ReadOnly {
		return fmt.Errorf("lease-database: readonly is for databases of reservations, leases have to be written: leave it out (%s)", d.Pos)
	}
	return nil
}

// LeaseChecks are the values of sanity-checks.lease-checks.
var LeaseChecks = map[string]memfile.LeaseChecks{
	"none": memfile.ChecksNone, "warn": memfile.ChecksWarn, "fix": memfile.ChecksFix,
	"fix-del": memfile.ChecksFixDel, "del": memfile.ChecksDel,
}

// lfcInterval is the number of seconds between lease file clean-ups, 0: never.
func lfcInterval(cfg *config.Server) uint32 {
	if cfg.LeaseDatabase == nil {
		return 3600
	}
	if !cfg.LeaseDatabase.Persist || !isFile(cfg.LeaseDatabase) {
		return 0
	}
	return cfg.LeaseDatabase.LFCInterval
}

// LeaseFiles logs what happens to the lease files of a server, and has them cleaned
// up.
type LeaseFiles struct {
	Log     *logging.Logger // dhcpsrv
	Program string          // that cleans lease files up
	Family  leasefile.Family
	// Major and Minor are the version of Kea's lease file.
	Major, Minor int
}

// Opening logs that a store is about to be opened.
func (f *LeaseFiles) Opening(s StoreSettings) {
	universe := 4
	if f.Family == leasefile.V6 {
		universe = 6
	}
	f.Log.Log(msgMemfileDB, fmt.Sprintf("name=%s persist=%t type=memfile universe=%d", s.Path, s.Persist, universe))
	if !s.Persist {
		f.Log.Log(msgMemfileNoStorage)
	}
}

// noSubnetFits is why a lease fails its check.
const noSubnetFits = "no configured subnet has this id and this address"

// StoreEvents logs what happens while leases are loaded. place tells a lease's address
// and subnet.
func StoreEvents[L any](f *LeaseFiles, place func(*L) (netip.Addr, uint32)) memfile.Events[L] {
	log := f.Log
	return memfile.Events[L]{
		File: func(path string) { log.Log(msgMemfileLoad, path) },
		Schema: func(path string, s leasefile.Schema) {
			m := msgMemfileUpgrade
			if s.Age == leasefile.Newer {
				m = msgMemfileDowngrade
			}
			log.Log(m, path, fmt.Sprintf("%d.%d", f.Major, f.Minor))
		},
		RowError: func(path string, row int, reason error) {
			log.Log(msgMemfileRowError, row, fmt.Sprintf("%v (%s)", reason, path))
		},
		Check: func(l *L, result memfile.CheckResult, subnet uint32) {
			addr, named := place(l)
			switch result {
			case memfile.CheckDropped:
				log.Log(msgSanityDiscard, addr, named, noSubnetFits)
			case memfile.CheckFixed:
				log.Log(msgSanityFixed, addr, named, subnet)
			default:
				log.Log(msgSanityFail, addr, named, noSubnetFits)
			}
		},
	}
}

// A Cleaner is a lease store whose files can be cleaned up.
type Cleaner interface {
	Cleanup() error
	SpawnLFC(program string) error
}

// Convert cleans files up that were written with other columns.
func (f *LeaseFiles) Convert(c Cleaner, s StoreSettings) {
	f.Log.Log(msgMemfileConvert, f.Major, f.Minor)
	f.Clean(c, s)
}

// Clean begins a clean-up in a process of its own.
func (f *LeaseFiles) Clean(c Cleaner, s StoreSettings) {
	if !s.Persist || s.Access != "" {
		return
	}
	f.Log.Log(msgLFCStart)
	if err := c.Cleanup(); err != nil {
		f.cleanupFailed(err)
		return
	}
	f.Log.Log(msgLFCExecute, strings.Join(memfile.LFCCommand(f.Program, s.Path, f.Family), " "))
	if err := c.SpawnLFC(f.Program); err != nil {
		f.Log.Log(msgLFCSpawnFail)
		f.Log.Log(msgLFCFail, err)
	}
}

func (f *LeaseFiles) cleanupFailed(err error) {
	var rename *memfile.RenameError
	var reopen *memfile.ReopenError
	switch {
	case errors.As(err, &rename):
		f.Log.Log(msgLFCRenameFail, rename.From, rename.To, rename.Err)
	case errors.As(err, &reopen):
		f.Log.Log(msgLFCReopenFail, reopen.Path)
		f.Log.Log(msgLFCFail, err)
	default:
		f.Log.Log(msgLFCFail, err)
	}
}
