// Package sqlhost owns the host reservations that are kept in a database of Kea's
// schema, in MySQL, MariaDB or PostgreSQL: reading them as a server and its
// commands need it, and changing them. Where and how a database is reached is the
// business of package sqldb; what a reservation means, of package host and of the
// servers.
package sqlhost

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"nestor/lib/config"
	"nestor/lib/sqldb"
)

// family is what the schema calls the things of one protocol.
type family struct {
	name            string
	subnet, classes string // columns of hosts
	options, space  string // the table of options, and their space where none is said
}

var (
	family4 = &family{"IPv4", "dhcp4_subnet_id", "dhcp4_client_classes", "dhcp4_options", "dhcp4"}
	family6 = &family{"IPv6", "dhcp6_subnet_id", "dhcp6_client_classes", "dhcp6_options", "dhcp6"}
)

// ErrReadOnly is the error of a change to a store that is to be read only.
var ErrReadOnly = errors.New("the hosts database is configured as readonly")

// ErrDuplicate is the error of an addition for a host that has a reservation in the
// subnet already, or of an address or prefix that is reserved there, where
// ip-reservations-unique asks for that.
var ErrDuplicate = errors.New("there is such a reservation already")

// store is one hosts database. It is safe for concurrent use.
type store struct {
	db       *sqldb.DB
	family   *family
	readOnly bool
}

func newStore(db *sqldb.DB, f *family, access *config.Database) store {
	return store{db: db, family: f, readOnly: access.ReadOnly}
}

// Store4 is a hosts database as the DHCPv4 server sees it.
type Store4 struct{ store }

// Store6 is a hosts database as the DHCPv6 server sees it.
type Store6 struct{ store }

// New4 makes the DHCPv4 view of an open database; access is its configuration.
func New4(db *sqldb.DB, access *config.Database) *Store4 {
	return &Store4{newStore(db, family4, access)}
}

// New6 makes the DHCPv6 view of an open database.
func New6(db *sqldb.DB, access *config.Database) *Store6 {
	return &Store6{newStore(db, family6, access)}
}

// stallTime is how long a look-up may take. A database that does not answer within
// it counts as lost; without an end the packets of all clients would wait with it.
const stallTime = 10 * time.Second

// deadline bounds one look-up.
func deadline() (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.Background(), stallTime)
}

// failed says which database an error comes from.
func (s *store) failed(doing string, err error) error {
	return fmt.Errorf("hosts-database: %s: %w", doing, s.db.Explain(err))
}

// CheckWritable returns an error when the account of an open database may not change
// reservations.
func CheckWritable(ctx context.Context, db *sqldb.DB) error {
	var err error
	if db.Dialect == sqldb.PostgreSQL {
		var may bool
		err = db.QueryRowContext(ctx, "SELECT has_table_privilege('hosts', 'INSERT') AND has_table_privilege('hosts', 'DELETE')").Scan(&may)
		if err == nil && !may {
			err = errors.New("permission denied for table hosts")
		}
	} else {
		// The server looks at the account's rights when it prepares a statement.
		var statement *sql.Stmt
		if statement, err = db.PrepareContext(ctx, "DELETE FROM hosts WHERE host_id = ?"); err == nil {
			err = statement.Close()
		}
	}
	if err != nil {
		return fmt.Errorf("%w: give the account the right to change it, or set readonly to true", db.Explain(err))
	}
	return nil
}
