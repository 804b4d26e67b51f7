package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"nestor/lib/config"
)

// DB is an open database. The pool of its connections is database/sql's.
type DB struct {
	*sql.DB
	Dialect Dialect
	// Access is how it was reached.
	Access *config.Database
	// OnLost, unless it is nil, is told of every error by which Explain sees that the
	// server cannot be reached. It is set before the first use and must not block.
	OnLost func(error)
	// address is where it is, for messages: host and port, or a socket.
	address string
}

// Open opens the database that access describes and makes a first connection, so
// that an unreachable server, a wrong password and the like show here. It takes no
// longer than connect-timeout. The error says what to do, and Classify tells its
// kind.
func Open(ctx context.Context, access *config.Database) (*DB, error) {
	db, err := New(access)
	if err != nil {
		return nil, err
	}
	if err := db.Connect(ctx); err != nil {
		db.Close()
		return nil, err
	}
	return db, nil
}

// New makes a database of which nobody knows yet whether it can be reached.
func New(access *config.Database) (*DB, error) {
	dialect, err := DialectOf(access.Type)
	if err != nil {
		return nil, err
	}
	db := &DB{Dialect: dialect, Access: access}
	connect := db.connectMySQL
	if dialect == PostgreSQL {
		connect = db.connectPostgreSQL
	}
	if err := connect(access); err != nil {
		return nil, fmt.Errorf("database %s: %w", access.Name, err)
	}
	return db, nil
}

// Connect makes sure that the server answers, within connect-timeout.
func (db *DB) Connect(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, connectTimeout(db.Access))
	defer cancel()
	err := db.PingContext(ctx)
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		err = ctx.Err() // the drivers say that in several ways
	}
	return db.Explain(err)
}

// connectTimeout is the configured one, or Kea's 5 s.
func connectTimeout(access *config.Database) time.Duration {
	if access.ConnectTimeout == 0 {
		return 5 * time.Second
	}
	return time.Duration(access.ConnectTimeout) * time.Second
}

// String names the database and where it is, without account and password.
func (db *DB) String() string {
	return fmt.Sprintf("%s database %s at %s", db.Dialect, db.Access.Name, db.address)
}

// Encrypted tells whether the connections of db are encrypted, by asking the
// server on one of them. Who configured TLS and gets false should be told.
func (db *DB) Encrypted(ctx context.Context) (bool, error) {
	if db.Dialect == MySQL {
		var name, cipher string
		err := db.QueryRowContext(ctx, "SHOW STATUS LIKE 'Ssl_cipher'").Scan(&name, &cipher)
		return cipher != "", err
	}
	var on bool
	err := db.QueryRowContext(ctx, "SELECT COALESCE((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)").Scan(&on)
	return on, err
}

// WithTLS tells whether the configuration asks for an encrypted connection.
func WithTLS(access *config.Database) bool {
	return access.TrustAnchor != "" || access.CertFile != "" || access.KeyFile != "" || access.CipherList != ""
}
