package sqldb

import (
	"crypto/tls"
	"database/sql"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/go-sql-driver/mysql"

	"nestor/lib/config"
)

// mysqlSockets are where servers of the distributions listen. The client library
// of Kea has one of them compiled in.
var mysqlSockets = []string{
	"/run/mysqld/mysqld.sock", "/var/run/mysqld/mysqld.sock", "/var/lib/mysql/mysql.sock", "/tmp/mysql.sock",
}

// sessionMySQL is what Kea sets in each session. The time zone stays that of the
// server: see Timestamp.
var sessionMySQL = map[string]string{
	"sql_mode":     "'STRICT_ALL_TABLES'",
	"wait_timeout": "2592000", // seconds
}

// connectMySQL prepares the pool of connections; none is made yet.
func (db *DB) connectMySQL(access *config.Database) error {
	c := mysql.NewConfig()
	c.User, c.Passwd, c.DBName = access.User, access.Password, access.Name
	c.Net, c.Addr = addressMySQL(access)
	db.address = c.Addr
	c.Timeout = connectTimeout(access)
	if c.Net == "tcp" {
		c.ReadTimeout = time.Duration(access.ReadTimeout) * time.Second
		c.WriteTimeout = time.Duration(access.WriteTimeout) * time.Second
	}
	c.ClientFoundRows = true // an UPDATE that changes nothing counts as a match, as Kea has it
	c.InterpolateParams = true
	c.ParseTime = true
	c.Loc = time.Local
	c.Collation = ""
	c.Params = sessionMySQL
	c.Logger = &mysql.NopLogger{}
	if err := c.Apply(mysql.Charset("utf8mb4", "")); err != nil {
		return err
	}
	if WithTLS(access) {
		settings, err := tlsConfig(access)
		if err != nil {
			return err
		}
		if c.Net == "tcp" {
			c.TLS = settings
		}
	}
	connector, err := mysql.NewConnector(c)
	if err != nil {
		return err
	}
	db.DB = sql.OpenDB(connector)
	return nil
}

// addressMySQL follows MySQL's client library: localhost is the UNIX socket, as is
// no host, and a path (which Kea does not have) is another socket.
func addressMySQL(access *config.Database) (network, address string) {
	switch host := access.Host; {
	case host == "" || host == "localhost":
		return "unix", socketMySQL()
	case strings.HasPrefix(host, "/"):
		return "unix", host
	default:
		port := access.Port
		if port == 0 {
			port = 3306
		}
		return "tcp", net.JoinHostPort(host, strconv.Itoa(int(port)))
	}
}

// socketMySQL is the socket of localhost: MYSQL_UNIX_PORT of the environment, as
// for MySQL's own programs, or the first that is there.
func socketMySQL() string {
	if path := os.Getenv("MYSQL_UNIX_PORT"); path != "" {
		return path
	}
	for _, path := range mysqlSockets {
		if info, err := os.Stat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			return path
		}
	}
	return mysqlSockets[0]
}

// tlsConfig makes TLS of trust-anchor, cert-file, key-file and cipher-list. The
// server's certificate must be of the trust anchor; as in Kea, the name in it is
// not looked at, since such certificates are seldom made out to the host.
func tlsConfig(access *config.Database) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12, InsecureSkipVerify: true}
	if access.TrustAnchor != "" {
		roots, err := readRoots(access.TrustAnchor)
		if err != nil {
			return nil, err
		}
		c.VerifyConnection = verifyChain(roots)
	}
	if (access.CertFile == "") != (access.KeyFile == "") {
		return nil, fmt.Errorf("cert-file and key-file belong together: give both or none")
	}
	if access.CertFile != "" {
		pair, err := tls.LoadX509KeyPair(access.CertFile, access.KeyFile)
		if err != nil {
			return nil, fmt.Errorf("cert-file %s, key-file %s: %w", access.CertFile, access.KeyFile, err)
		}
		c.Certificates = []tls.Certificate{pair}
	}
	if access.CipherList != "" {
		suites, err := cipherSuites(access.CipherList)
		if err != nil {
			return nil, err
		}
		c.CipherSuites = suites
	}
	return c, nil
}
