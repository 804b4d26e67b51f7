package server

import (
	"nestor/lib/logging"
	"nestor/lib/sqldb"
)

// Messages about databases, with the identifiers and forms of ARM 26.6 and 26.10.
var (
	msgNoTLS = logging.Define("DHCPSRV_MYSQL_NO_TLS", logging.Error, 0, "TLS was required but is not used")

	msgFatalMySQL      = logging.Define("DATABASE_MYSQL_FATAL_ERROR", logging.Error, 0, "Unrecoverable MySQL error occurred: %1 for <%2>, reason: %3 (error code: %4).")
	msgFatalPostgreSQL = logging.Define("DATABASE_PGSQL_FATAL_ERROR", logging.Error, 0, "Unrecoverable PostgreSQL error occurred: Statement: <%1>, reason: %2 (error code: %3).")

	initializeMessages = map[sqldb.Dialect]*logging.Message{
		sqldb.MySQL:      logging.Define("DATABASE_MYSQL_INITIALIZE_SCHEMA", logging.Info, 0, "Initializing the MySQL schema with command: %1."),
		sqldb.PostgreSQL: logging.Define("DATABASE_PGSQL_INITIALIZE_SCHEMA", logging.Info, 0, "Initializing the PostgreSQL schema with command: %1."),
	}
)

const (
	textRetryFailed = "Failed to connect to database: %1 with error: %2"
	textSchedule    = "scheduling attempt %1 of %2 in %3 milliseconds"
	textAttempt     = "database reconnect failed: %1"
	textExhausted   = "maximum number of database reconnect attempts: %1, has been exhausted without success"
)

// HostsBackend is what is told of databases of reservations.
var HostsBackend = &Backend{
	name:      "hosts-database",
	withRetry: logging.Define("DHCPSRV_HOST_MGR_DB_OPEN_CONNECTION_WITH_RETRY_FAILED", logging.Info, 0, textRetryFailed),
	by: map[sqldb.Dialect]*backendMessages{
		sqldb.MySQL: {
			opening:       logging.Define("DHCPSRV_MYSQL_HOST_DB", logging.Debug, 50, "opening MySQL hosts database: %1"),
			readOnly:      logging.Define("DHCPSRV_MYSQL_HOST_DB_READONLY", logging.Info, 0, "MySQL host database opened for read access only"),
			schedule:      logging.Define("DHCPSRV_MYSQL_HOST_DB_RECONNECT_ATTEMPT_SCHEDULE", logging.Info, 0, textSchedule),
			attemptFailed: logging.Define("DHCPSRV_MYSQL_HOST_DB_RECONNECT_ATTEMPT_FAILED", logging.Error, 0, textAttempt),
			exhausted:     logging.Define("DHCPSRV_MYSQL_HOST_DB_RECONNECT_FAILED", logging.Error, 0, textExhausted),
		},
		sqldb.PostgreSQL: {
			opening:       logging.Define("DHCPSRV_PGSQL_HOST_DB", logging.Debug, 50, "opening PostgreSQL hosts database: %1"),
			readOnly:      logging.Define("DHCPSRV_PGSQL_HOST_DB_READONLY", logging.Info, 0, "PostgreSQL host database opened for read access only"),
			schedule:      logging.Define("DHCPSRV_PGSQL_HOST_DB_RECONNECT_ATTEMPT_SCHEDULE", logging.Info, 0, textSchedule),
			attemptFailed: logging.Define("DHCPSRV_PGSQL_HOST_DB_RECONNECT_ATTEMPT_FAILED", logging.Error, 0, textAttempt),
			exhausted:     logging.Define("DHCPSRV_PGSQL_HOST_DB_RECONNECT_FAILED", logging.Error, 0, textExhausted),
		},
	},
}

// LeaseBackend is what is told of a lease database.
var LeaseBackend = &Backend{
	name:      "lease-database",
	withRetry: logging.Define("DHCPSRV_LEASE_MGR_DB_OPEN_CONNECTION_WITH_RETRY_FAILED", logging.Info, 0, textRetryFailed),
	by: map[sqldb.Dialect]*backendMessages{
		sqldb.MySQL: {
			opening:       logging.Define("DHCPSRV_MYSQL_DB", logging.Info, 0, "opening MySQL lease database: %1"),
			schedule:      logging.Define("DHCPSRV_MYSQL_LEASE_DB_RECONNECT_ATTEMPT_SCHEDULE", logging.Info, 0, textSchedule),
			attemptFailed: logging.Define("DHCPSRV_MYSQL_LEASE_DB_RECONNECT_ATTEMPT_FAILED", logging.Error, 0, textAttempt),
			exhausted:     logging.Define("DHCPSRV_MYSQL_LEASE_DB_RECONNECT_FAILED", logging.Error, 0, textExhausted),
		},
		sqldb.PostgreSQL: {
			opening:       logging.Define("DHCPSRV_PGSQL_DB", logging.Info, 0, "opening PostgreSQL lease database: %1"),
			schedule:      logging.Define("DHCPSRV_PGSQL_LEASE_DB_RECONNECT_ATTEMPT_SCHEDULE", logging.Info, 0, textSchedule),
			attemptFailed: logging.Define("DHCPSRV_PGSQL_LEASE_DB_RECONNECT_ATTEMPT_FAILED", logging.Error, 0, textAttempt),
			exhausted:     logging.Define("DHCPSRV_PGSQL_LEASE_DB_RECONNECT_FAILED", logging.Error, 0, textExhausted),
		},
	},
}
