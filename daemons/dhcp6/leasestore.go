package dhcp6

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/lease/memfile"
)

// leaseStore is an open lease store with what belongs to it for as long as it is
// open: the memory of the allocators, one of addresses and one of prefixes.
type leaseStore struct {
	lease.Manager6
	settings  storeSettings
	memfile   *memfile.Store6
	addresses *alloc.State6
	prefixes  *alloc.State6
}

// storeSettings are those that a store has to be opened anew for.
type storeSettings struct {
	path    string
	persist bool
	fsync   bool
	checks  string
}

// schemaMajor and schemaMinor are the version of Kea's lease file for DHCPv6.
const schemaMajor, schemaMinor = 4, 0

// checkDatabases refuses lease databases that this build cannot serve from.
func checkDatabases(cfg *config.Dhcp6) error {
	if d := cfg.LeaseDatabase; d != nil && d.Type != "memfile" {
		return fmt.Errorf("lease-database: type %q is not available in this build, use \"memfile\" (%s)", d.Type, d.Pos)
	}
	return nil
}

// settingsOf reads what decides about the store.
func (srv *Server) settingsOf(cfg *config.Dhcp6) (s storeSettings, maxRowErrors int) {
	s = storeSettings{persist: true, path: "kea-leases6.csv", checks: cfg.SanityChecks.LeaseChecks}
	if d := cfg.LeaseDatabase; d != nil {
		s.persist, s.fsync, maxRowErrors = d.Persist, d.Durability == "fsync", int(d.MaxRowErrors)
		if d.Name != "" {
			s.path = d.Name
		}
	}
	if !filepath.IsAbs(s.path) && filepath.Base(s.path) == s.path {
		s.path = filepath.Join(srv.dataDir(cfg), s.path)
	}
	return s, maxRowErrors
}

// leasesFor returns the store that a configuration wants: the present one when
// its settings did not change, else a newly opened one. A file is never open
// twice: where only the way of writing changes, the open store goes on.
func (srv *Server) leasesFor(cfg *config.Dhcp6, old *state) (l *leaseStore, opened bool, err error) {
	if err := checkDatabases(cfg); err != nil {
		return nil, false, err
	}
	settings, maxRowErrors := srv.settingsOf(cfg)
	if old != nil && old.leases.settings == settings {
		return old.leases, false, nil
	}
	if old != nil && old.leases.settings.path == settings.path && old.leases.settings.persist && settings.persist {
		// The file is open already: the same store goes on under the new settings.
		next := *old.leases
		next.settings = settings
		return &next, false, nil
	}
	l, err = srv.openStore(cfg, settings, maxRowErrors)
	return l, err == nil, err
}

// applyDurability makes an open store write as its settings say.
func (l *leaseStore) applyDurability() error {
	if err := l.memfile.SetFSync(l.settings.fsync); err != nil {
		return fmt.Errorf("lease-database: durability: %w", err)
	}
	return nil
}

func (srv *Server) openStore(cfg *config.Dhcp6, s storeSettings, maxRowErrors int) (*leaseStore, error) {
	log := srv.log.dhcpsrv
	log.Log(msgMemfileDB, fmt.Sprintf("name=%s persist=%t type=memfile universe=6", s.path, s.persist))
	if !s.persist {
		log.Log(msgMemfileNoStorage)
	}
	store, report, err := memfile.Open6(memfile.Options6{
		Path: s.path, Persist: s.persist, FSync: s.fsync, MaxRowErrors: maxRowErrors,
		Checks: leaseChecks[s.checks], SubnetOf: subnetFinder(cfg), Events: srv.storeEvents(),
		FS: srv.opts.LeaseFiles, Clock: srv.clock,
	})
	if err != nil {
		return nil, fmt.Errorf("lease-database: %w", err)
	}
	l := &leaseStore{
		Manager6: store, memfile: store, settings: s,
		addresses: alloc.NewState6(store, nil), prefixes: alloc.NewState6(store, nil),
	}
	if report.NeedsConversion {
		log.Log(msgMemfileConvert, schemaMajor, schemaMinor)
		srv.cleanFile(l)
	}
	return l, nil
}

var leaseChecks = map[string]memfile.LeaseChecks{
	"none": memfile.ChecksNone, "warn": memfile.ChecksWarn, "fix": memfile.ChecksFix,
	"fix-del": memfile.ChecksFixDel, "del": memfile.ChecksDel,
}

// subnetFinder tells in which configured subnet a lease belongs.
func subnetFinder(cfg *config.Dhcp6) func(l *lease.Lease6) (uint32, bool) {
	byID := map[uint32]*config.Subnet6{}
	var all []*config.Subnet6
	cfg.AllSubnets(func(s *config.Subnet6, _ *config.SharedNetwork6) {
		all = append(all, s)
		byID[s.ID] = s
	})
	return func(l *lease.Lease6) (uint32, bool) {
		if s := byID[l.SubnetID]; s != nil && mayHold(s, l) {
			return s.ID, true
		}
		for _, s := range all {
			if mayHold(s, l) {
				return s.ID, true
			}
		}
		return 0, false
	}
}

// mayHold reports whether the lease may be one of the subnet's: an address of it, or
// any prefix, for those are no part of the subnet's own.
func mayHold(s *config.Subnet6, l *lease.Lease6) bool {
	return l.Type == lease.TypePD || s.Prefix.Contains(ip6(l.Addr))
}

// noSubnetFits is why a lease fails its check.
const noSubnetFits = "no configured subnet has this id and this address"

// storeEvents logs what happens while leases are loaded.
func (srv *Server) storeEvents() memfile.Events[lease.Lease6] {
	log := srv.log.dhcpsrv
	return memfile.Events[lease.Lease6]{
		File: func(path string) { log.Log(msgMemfileLoad, path) },
		Schema: func(path string, s leasefile.Schema) {
			m := msgMemfileUpgrade
			if s.Age == leasefile.Newer {
				m = msgMemfileDowngrade
			}
			log.Log(m, path, fmt.Sprintf("%d.%d", schemaMajor, schemaMinor))
		},
		RowError: func(path string, row int, reason error) {
			log.Log(msgMemfileRowError, row, fmt.Sprintf("%v (%s)", reason, path))
		},
		Check: func(l *lease.Lease6, result memfile.CheckResult, subnet uint32) {
			switch result {
			case memfile.CheckDropped:
				log.Log(msgSanityDiscard, ip6(l.Addr), l.SubnetID, noSubnetFits)
			case memfile.CheckFixed:
				log.Log(msgSanityFixed, ip6(l.Addr), l.SubnetID, subnet)
			default:
				log.Log(msgSanityFail, ip6(l.Addr), l.SubnetID, noSubnetFits)
			}
		},
	}
}

// close closes the store.
func (l *leaseStore) close() error { return l.Close6() }

// lfcInterval is the number of seconds between lease file clean-ups, 0: never.
func lfcInterval(cfg *config.Dhcp6) uint32 {
	if cfg.LeaseDatabase == nil {
		return 3600
	}
	if !cfg.LeaseDatabase.Persist {
		return 0
	}
	return cfg.LeaseDatabase.LFCInterval
}

// cleanLeaseFile begins a clean-up of the lease file in a process of its own.
func (srv *Server) cleanLeaseFile() {
	srv.gate.RLock()
	l := srv.state.Load().leases
	srv.gate.RUnlock()
	srv.cleanFile(l)
}

func (srv *Server) cleanFile(l *leaseStore) {
	log := srv.log.dhcpsrv
	if !l.settings.persist {
		return
	}
	log.Log(msgLFCStart)
	if err := l.memfile.Cleanup(); err != nil {
		srv.logCleanupFailure(err)
		return
	}
	log.Log(msgLFCExecute, strings.Join(memfile.LFCCommand(srv.opts.LFCProgram, l.settings.path, leasefile.V6), " "))
	if err := l.memfile.SpawnLFC(srv.opts.LFCProgram); err != nil {
		log.Log(msgLFCSpawnFail)
		log.Log(msgLFCFail, err)
	}
}

func (srv *Server) logCleanupFailure(err error) {
	var rename *memfile.RenameError
	var reopen *memfile.ReopenError
	switch log := srv.log.dhcpsrv; {
	case errors.As(err, &rename):
		log.Log(msgLFCRenameFail, rename.From, rename.To, rename.Err)
	case errors.As(err, &reopen):
		log.Log(msgLFCReopenFail, reopen.Path)
		log.Log(msgLFCFail, err)
	default:
		log.Log(msgLFCFail, err)
	}
}
