package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strconv"
	"strings"

	"github.com/go-sql-driver/mysql"
	"github.com/jackc/pgx/v5/pgconn"
)

// Fault is a kind of error of a database.
type Fault uint8

// The kinds of errors.
const (
	// NoFault is that of nil.
	NoFault Fault = iota
	// Other is a fault of the statement or the server that has no kind of its own.
	Other
	// Lost means that the server cannot be reached, does not answer in time, is
	// shutting down, has no connection left or is no part of its cluster. The fate
	// of a transaction whose COMMIT failed so is not known.
	Lost
	// Retry means that the transaction was undone since another got in its way
	// (deadlock, serialisation failure, a lock not had in time; in a Galera cluster
	// a conflict shows at COMMIT): do the whole of it again.
	Retry
	// Duplicate means that a key is there already.
	Duplicate
	// NoSchema means that a table or a routine is missing.
	NoSchema
	// NoDatabase means that the server has no database of that name.
	NoDatabase
	// Denied means that the server does not know the account, or its password or
	// the host that it comes from is wrong.
	Denied
	// Privilege means that the account may not do what was asked for, or that the
	// server is read-only.
	Privilege
)

// mysqlFaults are MySQL's and MariaDB's error numbers.
var mysqlFaults = map[uint16]Fault{
	1040: Lost,       // too many connections
	1047: Lost,       // Galera: the node is not part of the cluster
	1053: Lost,       // shutdown in progress
	1077: Lost,       // shut down
	1080: Lost,       // connection forced to close
	1152: Lost,       // connection aborted
	1158: Lost,       // 1158 to 1161: network errors and timeouts
	1159: Lost,       //
	1160: Lost,       //
	1161: Lost,       //
	1203: Lost,       // the account has too many connections
	1226: Lost,       // the account has used up a resource
	1317: Lost,       // the statement was interrupted (KILL QUERY, shutdown)
	1927: Lost,       // connection killed
	4031: Lost,       // disconnected for inactivity
	1020: Retry,      // record changed since it was read (snapshot isolation)
	1205: Retry,      // lock wait timeout
	1213: Retry,      // deadlock; Galera: certification failed
	1614: Retry,      // deadlock of XA
	3058: Retry,      // deadlock of user locks
	1022: Duplicate,  //
	1062: Duplicate,  //
	1586: Duplicate,  //
	1054: NoSchema,   // column
	1146: NoSchema,   // table
	1305: NoSchema,   // procedure or function
	1049: NoDatabase, //
	1045: Denied,     // password
	1129: Denied,     // host blocked
	1130: Denied,     // host not allowed
	1251: Denied,     // authentication method
	1698: Denied,     // authentication by the socket's peer
	4151: Denied,     // account locked
	3118: Denied,     // account locked (MySQL)
	1820: Denied,     // password must be changed
	1862: Denied,     // password expired
	1044: Privilege,  // database
	1142: Privilege,  // table
	1143: Privilege,  // column
	1227: Privilege,  // SUPER and the like
	1290: Privilege,  // server runs read-only
	1370: Privilege,  // routine
	1419: Privilege,  // triggers and functions with binary logging
	1792: Privilege,  // read-only transaction
	1836: Privilege,  // read-only mode
}

// postgresFaults are PostgreSQL's SQLSTATEs; a class is written with two letters.
var postgresFaults = map[string]Fault{
	"08":    Lost, // connection exceptions
	"53300": Lost, // too many connections
	"57P01": Lost, // admin shutdown
	"57P02": Lost, // crash shutdown
	"57P03": Lost, // cannot connect now: starting up or shutting down
	"57P05": Lost, // idle session timeout
	"25P03": Lost, // idle in transaction timeout
	"57014": Lost, // canceled: statement_timeout, or by an administrator
	"40":    Retry,
	"55P03": Retry, // lock not available
	"23505": Duplicate,
	"42P01": NoSchema, // table
	"42703": NoSchema, // column
	"42883": NoSchema, // function
	"3F000": NoSchema,
	"3D000": NoDatabase,
	"28":    Denied,
	"42501": Privilege,
	"25006": Privilege, // read-only transaction or server
}

// Classify tells the kind of an error that a call of database/sql gave.
func Classify(err error) Fault {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	switch {
	case err == nil:
		return NoFault
	case errors.As(err, &my):
		if fault, ok := mysqlFaults[my.Number]; ok {
			return fault
		}
		return Other
	case errors.As(err, &pg):
		if fault, ok := postgresFaults[pg.Code]; ok {
			return fault
		}
		if fault, ok := postgresFaults[pg.Code[:min(2, len(pg.Code))]]; ok {
			return fault
		}
		return Other
	case isLost(err):
		return Lost
	}
	return Other
}

// isLost tells whether an error that is not the server's comes from the connection.
func isLost(err error) bool {
	for _, lost := range []error{
		driver.ErrBadConn, mysql.ErrInvalidConn, mysql.ErrPktSync, mysql.ErrBusyBuffer, sql.ErrConnDone,
		io.EOF, io.ErrUnexpectedEOF, net.ErrClosed, context.DeadlineExceeded,
	} {
		if errors.Is(err, lost) {
			return true
		}
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		return false // a certificate, say
	}
	var network net.Error
	var connect *pgconn.ConnectError
	// pgconn has no name for a connection that is closed already.
	return errors.As(err, &network) || errors.As(err, &connect) || err.Error() == "conn closed" || strings.HasSuffix(err.Error(), ": conn closed")
}

// Error is an error of a database, in words for its administrator.
type Error struct {
	Fault Fault
	text  string
	err   error
}

func (e *Error) Error() string { return e.text }
func (e *Error) Unwrap() error { return e.err }

// Explain wraps an error of db: it names the database, says what went wrong in the
// server's words and, where that is known, what to do about it. It gives nil for
// nil, and an error that it made stays as it is.
func (db *DB) Explain(err error) error {
	var known *Error
	if err == nil || errors.As(err, &known) {
		return err
	}
	fault := Classify(err)
	if fault == Lost && db.OnLost != nil {
		db.OnLost(err)
	}
	text := fmt.Sprintf("%s: %s", db, plain(err))
	if advice := db.advice(fault, err); advice != "" {
		text += "; " + advice
	}
	return &Error{Fault: fault, text: text, err: err}
}

// plain is the text of err, less what the drivers put in front of it.
func plain(err error) string {
	var connect *pgconn.ConnectError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &pg):
		return fmt.Sprintf("%s (%s)", pg.Message, pg.Code)
	case errors.As(err, &connect):
		return strings.TrimSpace(errors.Unwrap(connect).Error())
	case errors.Is(err, context.DeadlineExceeded):
		return "no answer in time"
	case errors.Is(err, driver.ErrBadConn), errors.Is(err, mysql.ErrInvalidConn):
		return "the connection was lost"
	}
	return err.Error()
}

// advice says what to do about a fault.
func (db *DB) advice(fault Fault, err error) string {
	a := db.Access
	switch fault {
	case Lost:
		if db.Dialect == MySQL && (a.Host == "" || a.Host == "localhost") {
			return "is the server running? For localhost its UNIX socket is used, as MySQL's programs do; write 127.0.0.1 for TCP, or set MYSQL_UNIX_PORT"
		}
		return "is the server running, and are host and port right?"
	case NoSchema:
		return fmt.Sprintf("has the database Kea's tables? 'nestor-admin db-init %s -n %s' makes them", db.Dialect.Backend(), a.Name)
	case NoDatabase:
		if db.Dialect == MySQL {
			return fmt.Sprintf("create it: CREATE DATABASE `%s`;", a.Name)
		}
		return fmt.Sprintf("create it: CREATE DATABASE \"%s\" OWNER \"%s\";", a.Name, a.User)
	case Denied:
		return fmt.Sprintf("check user (%q) and password, and that the account may come from this host", a.User)
	case Privilege:
		return db.missingPrivilege(err)
	}
	return ""
}

// missingPrivilege says which right the account lacks.
func (db *DB) missingPrivilege(err error) string {
	var my *mysql.MySQLError
	if errors.As(err, &my) {
		switch my.Number {
		case 1419:
			return "the server writes a binary log and lets no one but SUPER create triggers: as its administrator, run SET GLOBAL log_bin_trust_function_creators = 1; and put the same into its configuration"
		case 1290, 1792, 1836:
			return "the server is read-only: use its primary, or give 'readonly': true where reservations are only read"
		}
		return fmt.Sprintf("give the account its rights: GRANT ALL ON `%s`.* TO '%s'@'localhost';", db.Access.Name, db.Access.User)
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		switch {
		case pg.Code == "25006":
			return "the server is read-only: use its primary, or give 'readonly': true where reservations are only read"
		case strings.Contains(pg.Message, "schema public"):
			return fmt.Sprintf("since PostgreSQL 15 only the owner may create tables: ALTER DATABASE \"%s\" OWNER TO \"%s\"; or GRANT ALL ON SCHEMA public TO \"%s\";", db.Access.Name, db.Access.User, db.Access.User)
		}
	}
	return fmt.Sprintf("give the account its rights: GRANT ALL ON ALL TABLES IN SCHEMA public TO \"%s\"; and the same for ALL SEQUENCES", db.Access.User)
}

// Code is the number or the SQLSTATE that the server gave an error, "none" for one
// that is not the server's.
func Code(err error) string {
	var my *mysql.MySQLError
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &my):
		return strconv.Itoa(int(my.Number))
	case errors.As(err, &pg):
		return pg.Code
	}
	return "none"
}
