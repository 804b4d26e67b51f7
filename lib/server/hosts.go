package server

import (
	"context"
	"errors"
	"fmt"

	"nestor/lib/config"
	"nestor/lib/host/sqlhost"
	"nestor/lib/sqldb"
)

// Hosts are the open databases of reservations of a configuration, in its order.
type Hosts[S any] struct {
	Stores    []S
	databases []*Database
}

// OpenHosts opens the databases of reservations of a configuration, each with
// connections of its own whatever else is in the same database. view makes a
// protocol's view of one.
func OpenHosts[S any](ctx context.Context, d *Databases, cfg *config.Server, view func(*sqldb.DB, *config.Database) S) (h Hosts[S], err error) {
	for _, access := range cfg.HostsDatabases {
		db, err := d.Open(ctx, access, HostsBackend, func() {})
		if err != nil {
			return Hosts[S]{}, errors.Join(err, h.Close())
		}
		h.databases = append(h.databases, db)
		if !access.ReadOnly && !db.recovering.Load() {
			if err := sqlhost.CheckWritable(ctx, db.DB); err != nil {
				return Hosts[S]{}, errors.Join(fmt.Errorf("hosts-database: %w (%s)", err, access.Pos), h.Close())
			}
		}
		h.Stores = append(h.Stores, view(db.DB, access))
	}
	return h, nil
}

// Close ends the connections.
func (h Hosts[S]) Close() error {
	var errs []error
	for _, db := range h.databases {
		errs = append(errs, db.Close())
	}
	return errors.Join(errs...)
}
