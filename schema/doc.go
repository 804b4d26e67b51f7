// Package schema makes Kea's database schema, tells its version and brings older
// ones to it. The SQL is in mysql/ and pgsql/, in files that may also be fed to the
// database's own client, in the order of Files; what it has to be is said by
// interop notes on Kea 2.7.9: schema 30.0 on MySQL and MariaDB, 29.0 on PostgreSQL.
//
// Kea and Nestor refuse a database of any other version, older or newer, so that
// nobody writes into tables that they do not know.
package schema
