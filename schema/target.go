package schema

import (
	"fmt"
	"regexp"
	"strings"

	"nestor/lib/sqldb"
)

// target is the schema that we make, read from tables.sql: its shape, in the words
// that the server has for it, and the SQL of each part.
type target struct {
	shape
	order   []string          // of the tables, so that what is referred to comes first
	create  map[string]string // "table" → CREATE TABLE
	part    map[string]string // "table.column" → definition, "table index name" → ditto, "table key name"
	indexes map[string]string // PostgreSQL: "table index name" → CREATE INDEX
}

// targets are those of each dialect.
var targets = map[sqldb.Dialect]*target{
	sqldb.MySQL:      readTarget(sqldb.MySQL),
	sqldb.PostgreSQL: readTarget(sqldb.PostgreSQL),
}

var (
	createTable = regexp.MustCompile(`(?s)^CREATE TABLE (\w+) \(\n(.*)\n\)[^\n]*$`)
	createIndex = regexp.MustCompile(`^CREATE (UNIQUE )?INDEX (\w+) ON (\w+) (\(.*)$`)
	columnLine  = regexp.MustCompile("^`?(\\w+)`? (.+?)( NOT NULL| NULL)?( DEFAULT .+?)?( AUTO_INCREMENT)?$")
	indexLine   = regexp.MustCompile(`^(PRIMARY KEY|UNIQUE KEY|UNIQUE|KEY) ?(\w*) ?\((.*)\)$`)
	keyLine     = regexp.MustCompile(`^CONSTRAINT (\w+) FOREIGN KEY \((.*?)\) REFERENCES (\w+) \((.*?)\)(.*)$`)
	onDelete    = regexp.MustCompile(`ON DELETE (CASCADE|NO ACTION|RESTRICT|SET NULL)`)
	onUpdate    = regexp.MustCompile(`ON UPDATE (CASCADE|NO ACTION|RESTRICT|SET NULL)`)
)

func readTarget(d sqldb.Dialect) *target {
	t := &target{shape: shape{tables: make(map[string]*table)}, create: make(map[string]string),
		part: make(map[string]string), indexes: make(map[string]string)}
	for _, s := range append(statements(script(d, "tables.sql")), statements(script(d, "version.sql"))...) {
		if m := createTable.FindStringSubmatch(s); m != nil {
			t.order, t.create[m[1]] = append(t.order, m[1]), s
			for line := range strings.SplitSeq(m[2], "\n") {
				t.readPart(d, t.table(m[1]), strings.TrimSuffix(strings.TrimSpace(line), ","))
			}
		} else if m := createIndex.FindStringSubmatch(s); m != nil {
			kind := "IX"
			if m[1] != "" {
				kind = "UQ"
			}
			t.tables[m[3]].indexes[m[2]] = index{kind, strings.ReplaceAll(m[4], ", ", ",")}
			t.indexes[m[3]+" index "+m[2]] = s
		}
	}
	return t
}

// readPart reads a line of CREATE TABLE.
func (t *target) readPart(d sqldb.Dialect, in *table, line string) {
	if m := keyLine.FindStringSubmatch(line); m != nil {
		k := key{m[1], strings.ReplaceAll(m[2], ", ", ","), m[3], m[4], "NO ACTION", "NO ACTION"}
		if d == sqldb.MySQL {
			k.onDelete, k.onUpdate = "RESTRICT", "RESTRICT"
		}
		if r := onDelete.FindStringSubmatch(m[5]); r != nil {
			k.onDelete = r[1]
		}
		if r := onUpdate.FindStringSubmatch(m[5]); r != nil {
			k.onUpdate = r[1]
		}
		in.keys = append(in.keys, k)
		t.part[in.name+" key "+k.name] = line
		return
	}
	if m := indexLine.FindStringSubmatch(line); m != nil {
		kind := map[string]string{"PRIMARY KEY": "PK", "UNIQUE KEY": "UQ", "UNIQUE": "UQ", "KEY": "IX"}[m[1]]
		columns := strings.ReplaceAll(m[3], ", ", ",")
		name := m[2]
		switch {
		case name != "":
		case d == sqldb.MySQL:
			name = "PRIMARY"
		case kind == "PK":
			name = in.name + "_pkey"
		default:
			name = in.name + "_" + columns + "_key"
		}
		in.indexes[name] = index{kind, "(" + columns + ")"}
		t.part[in.name+" index "+name] = line
		return
	}
	m := columnLine.FindStringSubmatch(line)
	if m == nil {
		panic("schema: tables.sql: " + line)
	}
	null := m[3] != " NOT NULL"
	c := column{name: m[1], null: null}
	c.kind, c.byDefault = catalogue(d, in.name, m[1], m[2], strings.TrimPrefix(m[4], " DEFAULT "), null, m[5] != "")
	in.columns = append(in.columns, c)
	t.part[in.name+"."+c.name] = line
}

// widths are those that MariaDB shows for integers without one.
var widths = map[string]string{
	"bigint unsigned": "bigint(20) unsigned", "bigint": "bigint(20)", "int unsigned": "int(10) unsigned", "int": "int(11)",
	"smallint unsigned": "smallint(5) unsigned", "smallint": "smallint(6)", "tinyint unsigned": "tinyint(3) unsigned", "tinyint": "tinyint(4)",
	"boolean": "tinyint(1)",
}

// catalogue says how the server's catalogue shows a column.
func catalogue(d sqldb.Dialect, table, name, kind, byDefault string, null, numbered bool) (string, string) {
	kind = strings.ToLower(kind)
	if d == sqldb.MySQL {
		if shown, ok := widths[kind]; ok {
			kind = shown
		}
		byDefault = strings.NewReplacer("CURRENT_TIMESTAMP", "current_timestamp()", "ON UPDATE", "on update").Replace(byDefault)
		switch {
		case numbered:
			byDefault = "AI"
		case byDefault == "" && null:
			byDefault = "NULL"
		case byDefault == "":
			byDefault = "-"
		}
		return kind, byDefault
	}
	kind = postgresType(kind)
	switch {
	case kind == "serial":
		return "integer", fmt.Sprintf("seq %s_%s_seq", table, name)
	case byDefault == "":
		byDefault = "-"
	case strings.HasPrefix(byDefault, "NULL"):
		byDefault = "NULL"
	}
	return kind, byDefault
}
