// Package sqlstore keeps leases in Kea's tables of a MySQL, MariaDB or PostgreSQL
// database, which it shares with other servers, Nestor's and Kea's.
//
// A transaction is optimistic. What it reads comes from the database once, a whole
// batch in one statement where Prefetch announced it, and from its memory then.
// What it changes stays in it until Commit, which writes everything in one database
// transaction, on condition that each row still is what was read. Where one is not,
// nothing is written and Commit returns lease.ErrConflict. So two servers never give
// one address to two clients: the primary key decides who inserts it, the condition
// who takes it over. A transaction that changes nothing writes nothing.
//
// What the package does not do: open the database and make its tables (lib/sqldb,
// package schema), decide what happens while the database is away (lib/server).
package sqlstore
