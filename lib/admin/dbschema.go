package admin

import (
	"context"
	"errors"
	"strings"

	"nestor/lib/sqldb"
	"nestor/schema"
)

// notImplemented is what kea-admin says of a lease file, which needs none of this.
func notImplemented(c *databaseCall) int {
	c.logError("NOT IMPLEMENTED")
	return failure
}

// checkRights says what server it is and whether the account may make tables and
// triggers there. PostgreSQL needs no asking.
func (c *databaseCall) checkRights(db *sqldb.DB, purpose string) bool {
	if c.dialect != sqldb.MySQL {
		return true
	}
	c.say("Verifying %s permissions for %s", purpose, c.access.User)
	var version string
	if err := db.QueryRow("SELECT @@global.version").Scan(&version); err != nil {
		c.logError("mysql_can_create: get MySQL version failed, mysql status = 1")
		c.because(db.Explain(err))
		return false
	}
	c.say("MySQL Version is: %s", version)
	if err := schema.CanCreate(context.Background(), db, nil); err != nil {
		c.logError("mysql_can_create cannot create table and trigger, check user permissions, mysql status = 1")
		c.logError("Create failed, the user, %s, has insufficient privileges.", c.access.User)
		c.because(err)
		return false
	}
	return true
}

// dbInit is db-init.
func dbInit(c *databaseCall) int {
	c.say("Checking if there is a database initialized already...")
	db, ok := c.open(map[sqldb.Dialect]string{
		sqldb.MySQL:      "mysql_init table query failed, mysql status = 1",
		sqldb.PostgreSQL: "pgsql_init: table query failed, status code: 2?",
	}[c.dialect])
	if !ok {
		return failure
	}
	defer db.Close()
	tables, err := schema.Tables(context.Background(), db)
	if err == nil && len(tables) > 0 {
		return c.notEmpty(tables)
	}
	if err != nil {
		c.logError("the tables could not be listed")
		c.because(err)
		return failure
	}
	if !c.checkRights(db, "create") {
		return failure
	}
	c.say("Initializing database using script dhcpdb_create.%s (built in)", c.backend)
	err = schema.Init(context.Background(), db)
	var taken *schema.NotEmptyError
	if errors.As(err, &taken) {
		return c.notEmpty(taken.Tables)
	}
	if err != nil {
		c.logError("Database initialization failed, status code: 1?")
		c.because(err)
		return failure
	}
	if c.dialect == sqldb.MySQL {
		c.say("mysql returned status code 0")
	}
	return c.reported(db, "Database version reported after initialization: ")
}

// notEmpty refuses a database that has tables; kea-admin's statuses differ.
func (c *databaseCall) notEmpty(tables []string) int {
	c.say("")
	c.logError("Expected empty database %s. Aborting, the following tables are present:\n        %s", c.access.Name, strings.Join(tables, "\n"))
	if c.dialect == sqldb.PostgreSQL {
		return 2
	}
	return failure
}

// reported prints the version behind a text. kea-admin has an empty line behind
// that of MySQL.
func (c *databaseCall) reported(db *sqldb.DB, text string) int {
	version, err := schema.Version(context.Background(), db)
	if err != nil {
		c.say("%sFailed to get schema version, %s status  1", text, c.backend)
		c.because(err)
		return failure
	}
	c.say("%s%s", text, version)
	if c.dialect == sqldb.MySQL {
		c.say("")
	}
	return success
}

// dbVersion is db-version.
func dbVersion(c *databaseCall) int {
	db, err := sqldb.Open(context.Background(), &c.access)
	if err != nil {
		c.say("Failed to get schema version, %s status  1", c.backend)
		c.because(err)
		return failure
	}
	defer db.Close()
	return c.reported(db, "")
}

// dbUpgrade is db-upgrade.
func dbUpgrade(c *databaseCall) int {
	const before, after = "Database version reported before upgrade: ", "Database version reported after upgrade: "
	db, err := sqldb.Open(context.Background(), &c.access)
	if err != nil {
		c.say("%sFailed to get schema version, %s status  1", before, c.backend)
		c.because(err)
		return failure
	}
	defer db.Close()
	if status := c.reported(db, before); status != success {
		return status
	}
	if !c.checkRights(db, "upgrade") {
		return failure
	}
	steps := 0
	from, err := schema.Upgrade(context.Background(), db, func(string) {
		if steps++; steps == 1 {
			c.say("Upgrading to %s, leases, reservations and configuration stay...", schema.Current(c.dialect))
		}
	})
	if err != nil {
		c.logError("the upgrade failed")
		c.because(err)
		return failure
	}
	if from == schema.Current(c.dialect) {
		c.say("There is nothing to do.")
	}
	return c.reported(db, after)
}

// statsRecount is stats-recount.
func statsRecount(c *databaseCall) int {
	c.say("Recount lease statistics from database")
	db, ok := c.open(c.backend + " failed to recount leases")
	if !ok {
		return failure
	}
	defer db.Close()
	err := schema.Check(context.Background(), db)
	if err == nil {
		err = schema.Recount(context.Background(), db)
	}
	if err != nil {
		c.logError("%s failed to recount leases", c.backend)
		c.because(err)
		return failure
	}
	return success
}
