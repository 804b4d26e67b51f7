package sqldb

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"golang.org/x/sys/unix"

	"nestor/lib/config"
)

// connectPostgreSQL prepares the pool of connections; none is made yet.
func (db *DB) connectPostgreSQL(access *config.Database) error {
	c, err := pgx.ParseConfig(accessPostgreSQL(access))
	if err != nil {
		return err
	}
	db.address = c.Host
	if !strings.HasPrefix(c.Host, "/") {
		db.address = net.JoinHostPort(c.Host, strconv.Itoa(int(c.Port)))
	}
	if WithTLS(access) && access.CipherList != "" && c.TLSConfig != nil {
		if c.TLSConfig.CipherSuites, err = cipherSuites(access.CipherList); err != nil {
			return err
		}
	}
	dialer := &net.Dialer{Timeout: connectTimeout(access), Control: userTimeout(access)}
	c.DialFunc = dialer.DialContext
	if c.RuntimeParams["application_name"] == "" {
		c.RuntimeParams["application_name"] = "nestor"
	}
	db.DB = stdlib.OpenDB(*c)
	return nil
}

// accessPostgreSQL writes access in libpq's form. Without a host it is localhost
// over TCP, as for Kea; a path is the directory of the UNIX socket. With TLS
// configured, an unencrypted connection is refused, and the server's certificate
// must be of the trust anchor, whatever name is in it. What is not configured is
// left to libpq's environment (PGSSLMODE, PGPASSFILE, …).
func accessPostgreSQL(access *config.Database) string {
	host := access.Host
	if host == "" {
		host = "localhost"
	}
	parts := []struct{ key, value string }{
		{"host", host},
		{"dbname", access.Name},
		{"user", access.User},
		{"password", access.Password},
		{"connect_timeout", strconv.Itoa(int(connectTimeout(access) / time.Second))},
		{"sslrootcert", access.TrustAnchor},
		{"sslcert", access.CertFile},
		{"sslkey", access.KeyFile},
	}
	if access.Port != 0 {
		parts = append(parts, struct{ key, value string }{"port", strconv.Itoa(int(access.Port))})
	}
	if WithTLS(access) {
		parts = append(parts, struct{ key, value string }{"sslmode", "require"})
	}
	var words []string
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	for _, p := range parts {
		if p.value != "" {
			words = append(words, fmt.Sprintf("%s='%s'", p.key, quote.Replace(p.value)))
		}
	}
	return strings.Join(words, " ")
}

// userTimeout sets TCP_USER_TIMEOUT on sockets: how long sent bytes may stay
// unacknowledged before the connection counts as lost.
func userTimeout(access *config.Database) func(network, address string, c syscall.RawConn) error {
	if access.TCPUserTimeout == 0 {
		return nil
	}
	return func(network, address string, c syscall.RawConn) error {
		if !strings.HasPrefix(network, "tcp") {
			return nil
		}
		var failed error
		err := c.Control(func(fd uintptr) {
			failed = unix.SetsockoptInt(int(fd), unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, int(access.TCPUserTimeout)*1000)
		})
		if err == nil {
			err = failed
		}
		return err
	}
}

// PostgreSQLConn calls use with the native connection below a connection of the
// pool, for batches and copies, which database/sql does not have. The connection
// is use's alone until it returns.
func (db *DB) PostgreSQLConn(ctx context.Context, use func(*pgx.Conn) error) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error { return use(c.(*stdlib.Conn).Conn()) })
}
