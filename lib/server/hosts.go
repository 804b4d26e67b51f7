package server

import (
	"context"
	"errors"
	"fmt"
	"io"

	"nestor/lib/config"
	"nestor/lib/sqldb"
)

// OpenHosts opens the databases of reservations, in the order of the configuration,
// each with a connection of its own whatever else is in the same database. view makes
// a protocol's view of one, which closes it.
func OpenHosts[S io.Closer](ctx context.Context, cfg *config.Server, view func(*sqldb.DB, *config.Database) S) (stores []S, err error) {
	for _, access := range cfg.HostsDatabases {
		db, err := sqldb.Open(ctx, access)
		if err != nil {
			return nil, errors.Join(fmt.Errorf("hosts-database %s: %w", access.Name, err), CloseHosts(stores))
		}
		stores = append(stores, view(db, access))
	}
	return stores, nil
}

// CloseHosts closes databases that OpenHosts opened.
func CloseHosts[S io.Closer](stores []S) error {
	var errs []error
	for _, s := range stores {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}
