package dhcp6

import (
	"context"
	"errors"
	"fmt"
	"net/netip"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/lib/lease/sqlstore"
	"nestor/lib/server"
)

// leaseStore is an open lease store with what belongs to it for as long as it is
// open: the memory of the allocators, one of addresses and one of prefixes.
type leaseStore struct {
	lease.Manager6
	settings  server.StoreSettings
	memfile   *memfile.Store6  // nil for a database
	database  *server.Database // nil for a file
	addresses *alloc.State6
	prefixes  *alloc.State6
}

// schemaMajor and schemaMinor are the version of Kea's lease file for DHCPv6.
const schemaMajor, schemaMinor = 5, 0

// settingsOf reads what decides about the store.
func (srv *Server) settingsOf(cfg *config.Dhcp6) (s server.StoreSettings, maxRowErrors int) {
	return server.StoreSettingsOf(&cfg.Server, srv.dataDir(cfg), "kea-leases6.csv")
}

// leasesFor returns the store that a configuration wants: the present one when
// its settings did not change, else a newly opened one. A file is never open
// twice: where only the way of writing changes, the open store goes on.
func (srv *Server) leasesFor(cfg *config.Dhcp6, old *state) (l *leaseStore, opened bool, err error) {
	if err := server.CheckDatabases(&cfg.Server); err != nil {
		return nil, false, err
	}
	settings, maxRowErrors := srv.settingsOf(cfg)
	if old != nil && old.leases.settings == settings {
		return old.leases, false, nil
	}
	if old != nil && old.leases.settings.SharesFile(settings) {
		// The file is open already: the same store goes on under the new settings.
		next := *old.leases
		next.settings = settings
		return &next, false, nil
	}
	l, err = srv.openStore(cfg, settings, maxRowErrors)
	return l, err == nil, err
}

// openDatabase opens a store of leases in a database.
func (srv *Server) openDatabase(access *config.Database, s server.StoreSettings) (*leaseStore, error) {
	store, db, err := server.OpenLeases(context.Background(), &srv.databases, access, sqlstore.New6)
	if err != nil {
		return nil, err
	}
	return &leaseStore{
		Manager6: store, database: db, settings: s,
		addresses: alloc.NewState6(store, nil), prefixes: alloc.NewState6(store, nil),
	}, nil
}

// applyDurability makes an open store write as its settings say.
func (l *leaseStore) applyDurability() error {
	if l.memfile == nil {
		return nil // the database has its own
	}
	if err := l.memfile.SetFSync(l.settings.FSync); err != nil {
		return fmt.Errorf("lease-database: durability: %w", err)
	}
	return nil
}

func (srv *Server) openStore(cfg *config.Dhcp6, s server.StoreSettings, maxRowErrors int) (*leaseStore, error) {
	if s.Access != "" {
		return srv.openDatabase(cfg.LeaseDatabase, s)
	}
	srv.leaseFiles.Opening(s)
	store, report, err := memfile.Open6(memfile.Options6{
		Path: s.Path, Persist: s.Persist, FSync: s.FSync, MaxRowErrors: maxRowErrors,
		Checks: server.LeaseChecks[s.Checks], SubnetOf: subnetFinder(cfg), Context: srv.contextChecker(cfg), Events: server.StoreEvents(&srv.leaseFiles, placeOf),
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
		srv.leaseFiles.Convert(store, s)
	}
	return l, nil
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

// placeOf is where a lease is.
func placeOf(l *lease.Lease6) (netip.Addr, uint32) { return ip6(l.Addr), l.SubnetID }

// close closes the store.
func (l *leaseStore) close() error {
	if l.database == nil {
		return l.Close6()
	}
	return errors.Join(l.Close6(), l.database.Close())
}

// cleanLeaseFile begins a clean-up of the lease file in a process of its own.
func (srv *Server) cleanLeaseFile() {
	srv.gate.RLock()
	l := srv.state.Load().leases
	srv.gate.RUnlock()
	srv.leaseFiles.Clean(l.memfile, l.settings)
}
