// Package sqldb opens Kea's databases, on MySQL, MariaDB and PostgreSQL, and says
// what went wrong with them. It owns the connection (addresses, sockets, TLS,
// timeouts, the settings of a session), the classes of faults and the form in
// which a moment is stored. What is in the tables is the business of package
// schema and of those who read and write them; trying again after a loss is
// decided by the daemons.
//
// A *DB may be used by many goroutines at once.
package sqldb
