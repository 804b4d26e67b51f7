// Package databases runs throwaway database servers for tests: MariaDB and
// PostgreSQL, the programs that scripts/test-deps unpacked, each in a directory of
// its own and on a UNIX socket (a loopback port when asked for), with the
// durability that a server has by default.
//
//	access := databases.PostgreSQL(t).Database(t) // *config.Database, empty
//	db, err := sqldb.Open(ctx, access)
//
// A server that is asked for with MariaDB or PostgreSQL is shared by all tests of
// the binary and ends with it, also on a panic; each test gets a database of its
// own there. Tests that stop, kill or pause a server make one of their own with
// NewMariaDB or NewPostgreSQL; NewGalera makes a cluster.
package databases
