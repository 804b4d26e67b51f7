package schema

import (
	"fmt"
	"slices"
	"strings"

	"nestor/lib/sqldb"
)

// history is what is known of the versions of a dialect's schema.
type history struct {
	numbers []Number // from the oldest
	// columns are those of each version, "table.column", less the few that do not
	// tell versions apart.
	columns map[Number]map[string]bool
	// ever are the columns that one version or another has.
	ever map[string]bool
}

// histories are read from versions.txt of each dialect.
var histories = map[sqldb.Dialect]*history{
	sqldb.MySQL:      readHistory(script(sqldb.MySQL, "versions.txt")),
	sqldb.PostgreSQL: readHistory(script(sqldb.PostgreSQL, "versions.txt")),
}

// readHistory reads the list of changes: a line with a version, then lines
// "+ table: columns" and "- table: columns".
func readHistory(text string) *history {
	h := &history{columns: make(map[Number]map[string]bool), ever: make(map[string]bool)}
	now := make(map[string]bool)
	var n Number
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		sign, rest, change := strings.Cut(line, " ")
		if !change {
			if _, err := fmt.Sscanf(line, "%d.%d", &n.Major, &n.Minor); err != nil {
				panic("schema: versions.txt: " + line)
			}
			before := now
			now = make(map[string]bool)
			for c := range before {
				now[c] = true
			}
			h.numbers, h.columns[n] = append(h.numbers, n), now
			continue
		}
		table, columns, _ := strings.Cut(rest, ": ")
		for _, c := range strings.Fields(columns) {
			c = table + "." + c
			if sign == "-" {
				delete(now, c)
				continue
			}
			now[c], h.ever[c] = true, true
		}
	}
	return h
}

// deviations tells in what a database differs from its version: columns that it
// lacks, and columns of other versions that it has. Columns that are of no version
// are somebody's own and do not count.
func (h *history) deviations(n Number, s shape) []string {
	want := h.columns[n]
	have := make(map[string]bool)
	var all []string
	for _, t := range s.tables {
		for _, c := range t.columns {
			name := t.name + "." + c.name
			have[name] = true
			if h.ever[name] && !want[name] {
				all = append(all, name+" is there, though not part of it")
			}
		}
	}
	for name := range want {
		if !have[name] {
			all = append(all, name+" is missing")
		}
	}
	slices.Sort(all)
	return all
}
