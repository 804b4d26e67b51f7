package schema

import (
	"embed"
	"fmt"
	"io/fs"
	"strings"

	"nestor/lib/sqldb"
)

//go:embed mysql pgsql
var scripts embed.FS

// files are those that make a schema, in their order. The version comes last: a
// database that has it is complete.
var files = []string{"tables.sql", "lookups.sql", "routines.sql", "triggers.sql", "version.sql"}

// Script is the SQL that makes the schema, as one text for the database's client
// (mysql, psql).
func Script(d sqldb.Dialect) string {
	var b strings.Builder
	for _, name := range files {
		b.WriteString(script(d, name))
		b.WriteByte('\n')
	}
	return b.String()
}

// script is a file of the dialect.
func script(d sqldb.Dialect, name string) string {
	text, err := fs.ReadFile(scripts, d.Backend()+"/"+name)
	if err != nil {
		panic(fmt.Sprintf("schema: %v", err)) // it is embedded
	}
	return string(text)
}

// statements splits a script as the database's client does: at semicolons outside
// of quotation marks, comments and $$ bodies, or at what DELIMITER says.
func statements(text string) []string {
	var all []string
	var b strings.Builder
	delimiter := ";"
	end := func() {
		if s := strings.TrimSpace(b.String()); s != "" {
			all = append(all, s)
		}
		b.Reset()
	}
	body := false // within $$
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "DELIMITER "):
			delimiter = strings.TrimSpace(strings.TrimPrefix(line, "DELIMITER "))
			continue
		case !body && strings.HasPrefix(strings.TrimSpace(line), "--"):
			continue
		}
		if delimiter == ";" && strings.Count(line, "$$")%2 == 1 {
			body = !body
		}
		b.WriteString(line)
		if rest, found := strings.CutSuffix(strings.TrimRight(b.String(), " \n"), delimiter); found && !body {
			b.Reset()
			b.WriteString(rest)
			end()
		}
	}
	end()
	return all
}
