package dhcp4

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
// open: the memory of the allocators.
type leaseStore struct {
	lease.Manager4
	settings   server.StoreSettings
	memfile    *memfile.Store4  // nil for a database
	database   *server.Database // nil for a file
	allocators *alloc.State4
}

// schemaMajor and schemaMinor are the version of Kea's lease file for DHCPv4.
const schemaMajor, schemaMinor = 3, 0

// settingsOf reads what decides about the store.
func (srv *Server) settingsOf(cfg *config.Dhcp4) (s server.StoreSettings, maxRowErrors int) {
	return server.StoreSettingsOf(&cfg.Server, srv.opts.DataDir, "kea-leases4.csv")
}

// leasesFor returns the store that a configuration wants: the present one when
// its settings did not change, else a newly opened one. A file is never open
// twice: where only the way of writing changes, the open store goes on.
func (srv *Server) leasesFor(cfg *config.Dhcp4, old *state) (l *leaseStore, opened bool, err error) {
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
	store, db, err := server.OpenLeases(context.Background(), &srv.databases, access, sqlstore.New4)
	if err != nil {
		return nil, err
	}
	return &leaseStore{Manager4: store, database: db, settings: s, allocators: alloc.NewState4(store, nil)}, nil
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

func (srv *Server) openStore(cfg *config.Dhcp4, s server.StoreSettings, maxRowErrors int) (*leaseStore, error) {
	if s.Access != "" {
		return srv.openDatabase(cfg.LeaseDatabase, s)
	}
	srv.leaseFiles.Opening(s)
	store, report, err := memfile.Open4(memfile.Options4{
		Path: s.Path, Persist: s.Persist, FSync: s.FSync, MaxRowErrors: maxRowErrors,
		Checks: server.LeaseChecks[s.Checks], SubnetOf: subnetFinder(cfg), Context: srv.contextChecker(cfg), Events: server.StoreEvents(&srv.leaseFiles, placeOf),
		FS: srv.opts.LeaseFiles, Clock: srv.clock,
	})
	if err != nil {
		return nil, fmt.Errorf("lease-database: %w", err)
	}
	l := &leaseStore{Manager4: store, memfile: store, settings: s, allocators: alloc.NewState4(store, nil)}
	if report.NeedsConversion {
		srv.leaseFiles.Convert(store, s)
	}
	return l, nil
}

// subnetFinder tells in which configured subnet a lease belongs.
func subnetFinder(cfg *config.Dhcp4) func(l *lease.Lease4) (uint32, bool) {
	type span struct{ id, first, last uint32 }
	var all []span
	byID := map[uint32]span{}
	cfg.AllSubnets(func(s *config.Subnet4, _ *config.SharedNetwork4) {
		first, last := prefixRange(s.Prefix)
		sp := span{s.ID, first, last}
		all = append(all, sp)
		byID[s.ID] = sp
	})
	return func(l *lease.Lease4) (uint32, bool) {
		addr, id := l.Addr, l.SubnetID
		if s, ok := byID[id]; ok && addr >= s.first && addr <= s.last {
			return id, true
		}
		for _, s := range all {
			if addr >= s.first && addr <= s.last {
				return s.id, true
			}
		}
		return 0, false
	}
}

// placeOf is where a lease is.
func placeOf(l *lease.Lease4) (netip.Addr, uint32) { return ip4(l.Addr), l.SubnetID }

// close closes the store.
func (l *leaseStore) close() error {
	if l.database == nil {
		return l.Close4()
	}
	return errors.Join(l.Close4(), l.database.Close())
}

// cleanLeaseFile begins a clean-up of the lease file in a process of its own.
func (srv *Server) cleanLeaseFile() {
	srv.gate.RLock()
	l := srv.state.Load().leases
	srv.gate.RUnlock()
	srv.leaseFiles.Clean(l.memfile, l.settings)
}
