package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"nestor/lib/config"
	"nestor/lib/lease/sqlstore"
	"nestor/lib/sqldb"
	"nestor/schema"
)

// errNotYet is why a store cannot serve before its database was reached.
var errNotYet = errors.New("the lease database has not been reached yet")

// patience is how long a statement may take, as a multiple of connect-timeout, before
// the database counts as lost.
const patience = 2

// OpenLeases opens the database of leases that access describes; view makes a store of
// it. With retry-on-startup it may be out of reach as yet. Both are to be closed, the
// store first.
func OpenLeases[S interface{ Recovered() }](ctx context.Context, d *Databases, access *config.Database, view func(*sqldb.DB, sqlstore.Options) S) (store S, db *Database, err error) {
	made := make(chan struct{})
	db, err = d.Open(ctx, access, LeaseBackend, func() {
		<-made
		store.Recovered()
	})
	if err != nil {
		return store, nil, err
	}
	o := sqlstore.Options{Patience: patience * time.Duration(max(access.ConnectTimeout, 1)) * time.Second}
	if db.recovering.Load() {
		o.Down = errNotYet
	}
	store = view(db.DB, o)
	close(made)
	return store, db, nil
}

// TestLeases opens the leases of a configuration and closes them again. Those of a file
// are kept in memory meanwhile, so that a server that runs has its file to itself; open
// opens one and gives the function that closes it.
func TestLeases(ctx context.Context, cfg *config.Server, s StoreSettings, open func(StoreSettings) (func() error, error)) error {
	if s.Access != "" {
		return TryLeases(ctx, cfg.LeaseDatabase)
	}
	s.Persist = false
	closing, err := open(s)
	if err != nil {
		return err
	}
	return closing()
}

// TryLeases opens the database of leases and closes it again. One without tables is
// fit for use, but does not get them.
func TryLeases(ctx context.Context, access *config.Database) error {
	db, err := sqldb.Open(ctx, access)
	if err != nil {
		return fmt.Errorf("lease-database: %w (%s)", err, access.Pos)
	}
	defer db.Close()
	if err := schema.Check(ctx, db); err != nil && !errors.Is(err, schema.ErrEmpty) {
		return fmt.Errorf("lease-database: %w (%s)", err, access.Pos)
	}
	return nil
}
