package sqldb

import (
	"fmt"
	"strconv"
	"strings"
)

// Dialect is the kind of database server.
type Dialect uint8

// The kinds of database servers. MariaDB is MySQL.
const (
	MySQL Dialect = iota + 1
	PostgreSQL
)

// dialects are their names: as configurations have them (type) and as the command
// line of kea-admin does (backend).
var dialects = []struct {
	dialect       Dialect
	name, backend string
}{
	{MySQL, "mysql", "mysql"},
	{PostgreSQL, "postgresql", "pgsql"},
}

// DialectOf finds the kind by the "type" of a database in a configuration.
func DialectOf(name string) (Dialect, error) {
	for _, d := range dialects {
		if d.name == name {
			return d.dialect, nil
		}
	}
	return 0, fmt.Errorf("%q is no SQL database: the type is mysql or postgresql", name)
}

// DialectOfBackend finds the kind by the name that kea-admin has for it.
func DialectOfBackend(name string) (Dialect, bool) {
	for _, d := range dialects {
		if d.backend == name {
			return d.dialect, true
		}
	}
	return 0, false
}

// String is the "type" of such a database in a configuration.
func (d Dialect) String() string {
	for _, row := range dialects {
		if row.dialect == d {
			return row.name
		}
	}
	return fmt.Sprintf("Dialect(%d)", uint8(d))
}

// Backend is the name that kea-admin has for it: mysql or pgsql.
func (d Dialect) Backend() string {
	for _, row := range dialects {
		if row.dialect == d {
			return row.backend
		}
	}
	return d.String()
}

// Rebind turns the placeholders of a statement, each a "?", into those of the
// dialect: PostgreSQL numbers them. Question marks within quotation marks stay.
func (d Dialect) Rebind(statement string) string {
	if d != PostgreSQL || !strings.Contains(statement, "?") {
		return statement
	}
	var b strings.Builder
	var quote byte
	number := 0
	for i := range len(statement) {
		c := statement[i]
		switch {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '?':
			number++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(number))
			continue
		}
		b.WriteByte(c)
	}
	return b.String()
}
