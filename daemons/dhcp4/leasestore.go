package dhcp4

import (
	"context"
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
	server.LeaseStore
	allocators *alloc.State4
}

// schemaMajor and schemaMinor are the version of Kea's lease file for DHCPv4.
const schemaMajor, schemaMinor = 3, 0

// settingsOf reads what decides about the store.
func (srv *Server) settingsOf(cfg *config.Dhcp4) (s server.StoreSettings, maxRowErrors int) {
	return server.StoreSettingsOf(&cfg.Server, srv.opts.DataDir, "kea-leases4.csv")
}

// openStore opens the database or the file that settings describe.
func (srv *Server) openStore(cfg *config.Dhcp4, s server.StoreSettings, maxRowErrors int) (*leaseStore, error) {
	l := &leaseStore{LeaseStore: server.LeaseStore{Settings: s}}
	open := srv.openFile
	if s.Access != "" {
		open = srv.openDatabase
	}
	if err := open(l, cfg, maxRowErrors); err != nil {
		return nil, err
	}
	l.allocators = alloc.NewState4(l.Manager4, nil)
	return l, nil
}

func (srv *Server) openDatabase(l *leaseStore, cfg *config.Dhcp4, _ int) error {
	store, db, err := server.OpenLeases(context.Background(), &srv.databases, cfg.LeaseDatabase, sqlstore.New4)
	if err != nil {
		return err
	}
	l.Manager4, l.Database = store, db
	return nil
}

func (srv *Server) openFile(l *leaseStore, cfg *config.Dhcp4, maxRowErrors int) error {
	srv.leaseFiles.Opening(l.Settings)
	o := server.FileOptions(&srv.leaseFiles, cfg, l.Settings, maxRowErrors, leaseForm)
	o.Context, o.FS, o.Clock = srv.contextChecker(cfg), srv.opts.LeaseFiles, srv.clock
	store, report, err := memfile.Open4(o)
	if err != nil {
		return fmt.Errorf("lease-database: %w", err)
	}
	l.Manager4, l.File = store, store
	if report.NeedsConversion {
		srv.leaseFiles.Convert(store, l.Settings)
	}
	return nil
}

// leaseForm is what loading leases has to know of them.
var leaseForm = server.LeaseForm[lease.Lease4]{
	Place: func(l *lease.Lease4) (netip.Addr, uint32) { return ip4(l.Addr), l.SubnetID },
}

// close closes the store.
func (l *leaseStore) close() error { return l.Close(l.Close4()) }

// cleanLeaseFile begins a clean-up of the lease file in a process of its own.
func (srv *Server) cleanLeaseFile() {
	l := srv.state.Hold().leases
	srv.state.Release()
	srv.leaseFiles.Clean(l.File, l.Settings)
}
