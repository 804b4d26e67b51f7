package schema

import (
	"fmt"
	"slices"
	"strings"

	"nestor/lib/sqldb"
)

// retired are indexes of earlier versions that ours does not have. Others that are
// not ours are somebody's own, and stay.
var retired = []string{
	"lease4_by_state_expire", "lease6_by_state_expire", "lease6_by_iaid_subnet_id_duid", "key_dhcp4_ipv4_address_subnet_id",
	"hosts_dhcp4_identifier_subnet_id", "hosts_dhcp6_identifier_subnet_id", "hosts_dhcp4_ipv4_address_subnet_id",
	"dhcp4_server_modification_ts", "fk_dhcp6_shared_network_server_shared_network_id",
}

// reconcile plans the statements that give the tables of a database the form that
// ours have: foreign keys that differ go, tables are altered and made, lookup rows
// are put in, keys come. What is somebody's own (tables, columns, indexes) stays.
func reconcile(d sqldb.Dialect, have shape) []string {
	p := &plan{dialect: d, have: have, want: targets[d]}
	p.matchWidths()
	if d == sqldb.MySQL {
		p.add("SET FOREIGN_KEY_CHECKS = 0")
	}
	p.dropKeys()
	for _, name := range p.want.order {
		if d == sqldb.PostgreSQL && have.tables[name] != nil {
			p.dropIndexes(have.tables[name])
		}
	}
	for _, name := range p.want.order {
		if have.tables[name] != nil {
			p.alter(have.tables[name], p.want.tables[name])
		}
	}
	for _, name := range p.want.order {
		if have.tables[name] == nil {
			p.makeTable(name)
		}
	}
	p.lookups()
	if d == sqldb.MySQL {
		p.add("SET FOREIGN_KEY_CHECKS = 1")
	}
	p.addKeys()
	return p.statements
}

type plan struct {
	dialect    sqldb.Dialect
	have       shape
	want       *target
	narrow     bool // the server shows no width of integers
	statements []string
}

func (p *plan) add(format string, args ...any) {
	p.statements = append(p.statements, fmt.Sprintf(format, args...))
}

// matchWidths finds out whether the server shows the width of integers, as MariaDB
// does and MySQL no more.
func (p *plan) matchWidths() {
	p.narrow = p.have.kindOf("schema_version", "version") == "int"
}

// kind is that of a column of ours as the server shows it.
func (p *plan) kind(c column) string {
	if !p.narrow || strings.HasPrefix(c.kind, "tinyint(1)") {
		return c.kind
	}
	kind, rest, found := strings.Cut(c.kind, "(")
	if _, after, ok := strings.Cut(rest, ")"); found && ok && strings.HasSuffix(kind, "int") {
		return kind + after
	}
	return c.kind
}

// dropKeys removes foreign keys that differ from ours, and those at either end of
// which a column gets another type.
func (p *plan) dropKeys() {
	for _, name := range p.want.order {
		have := p.have.tables[name]
		if have == nil {
			continue
		}
		have.keys = slices.DeleteFunc(have.keys, func(k key) bool {
			if hasKey(p.want.tables[name].keys, k) && !p.changes(name, k.columns) && !p.changes(k.table, k.of) {
				return false
			}
			if p.dialect == sqldb.MySQL {
				p.add("ALTER TABLE %s DROP FOREIGN KEY %s", name, k.name)
			} else {
				p.add("ALTER TABLE %s DROP CONSTRAINT %s", name, k.name)
			}
			return true
		})
	}
}

// hasKey looks for a foreign key. To do nothing and to restrict is the same, and
// MySQL and MariaDB show different ones where neither was said.
func hasKey(keys []key, k key) bool {
	rule := func(r string) string { return strings.Replace(r, "RESTRICT", "NO ACTION", 1) }
	return slices.ContainsFunc(keys, func(other key) bool {
		return strings.EqualFold(other.name, k.name) && other.columns == k.columns && other.table == k.table && other.of == k.of &&
			rule(other.onDelete) == rule(k.onDelete) && rule(other.onUpdate) == rule(k.onUpdate)
	})
}

// changes tells whether a column gets another type.
func (p *plan) changes(table, name string) bool {
	want := p.want.tables[table]
	if want == nil {
		return false
	}
	for _, c := range want.columns {
		if c.name == name {
			return p.have.kindOf(table, name) != p.kind(c)
		}
	}
	return false
}

func (p *plan) addKeys() {
	for _, name := range p.want.order {
		have := p.have.tables[name]
		if have == nil {
			continue // it was made with them
		}
		for _, k := range p.want.tables[name].keys {
			if !hasKey(have.keys, k) {
				p.add("ALTER TABLE %s ADD %s", name, p.want.part[name+" key "+k.name])
			}
		}
	}
}

// alter gives a table our columns and indexes.
func (p *plan) alter(have, want *table) {
	var changes []string
	change := func(format string, args ...any) { changes = append(changes, fmt.Sprintf(format, args...)) }
	gone := p.goneIndexes(have)
	if p.dialect == sqldb.MySQL {
		for _, name := range gone {
			if name == "PRIMARY" {
				change("DROP PRIMARY KEY")
			} else {
				change("DROP INDEX %s", name)
			}
		}
	}
	for i, c := range want.columns {
		at := slices.IndexFunc(have.columns, func(h column) bool { return h.name == c.name })
		definition := p.want.part[want.name+"."+c.name]
		switch {
		case at < 0 && p.dialect == sqldb.MySQL && i > 0:
			change("ADD COLUMN %s AFTER `%s`", definition, want.columns[i-1].name)
		case at < 0:
			change("ADD COLUMN %s", definition)
		case have.columns[at] == column{c.name, p.kind(c), c.null, c.byDefault}:
		case p.dialect == sqldb.MySQL:
			change("MODIFY COLUMN %s", definition)
		default:
			p.modify(have.columns[at], c, definition, change)
		}
	}
	for _, c := range have.columns {
		if histories[p.dialect].ever[have.name+"."+c.name] && !slices.ContainsFunc(want.columns, func(w column) bool { return w.name == c.name }) {
			change("DROP COLUMN %s", c.name)
		}
	}
	var later []string
	for _, name := range sortedIndexes(want) {
		if x, ok := have.indexes[name]; ok && !slices.Contains(gone, name) && sameIndex(x, want.indexes[name]) {
			continue
		}
		if s := p.want.indexes[want.name+" index "+name]; s != "" {
			later = append(later, s)
		} else {
			change("ADD %s", p.want.part[want.name+" index "+name])
		}
	}
	if len(changes) > 0 {
		p.add("ALTER TABLE %s\n    %s", want.name, strings.Join(changes, ",\n    "))
	}
	p.statements = append(p.statements, later...)
}

// goneIndexes are those of a table that differ from ours, and those of old.
func (p *plan) goneIndexes(have *table) []string {
	want := p.want.tables[have.name]
	var gone []string
	for _, name := range sortedIndexes(have) {
		w, ours := want.indexes[name]
		if ours && !sameIndex(have.indexes[name], w) || !ours && slices.Contains(retired, name) {
			gone = append(gone, name)
		}
	}
	return gone
}

// dropIndexes removes them on PostgreSQL, from all tables before any comes: their
// names are unique in the database.
func (p *plan) dropIndexes(have *table) {
	for _, name := range p.goneIndexes(have) {
		// A unique one may belong to a constraint, and then goes with that only.
		p.add("ALTER TABLE %s DROP CONSTRAINT IF EXISTS %s", have.name, name)
		p.add("DROP INDEX IF EXISTS %s", name)
	}
}

// sameIndex compares what is indexed, less what PostgreSQL puts around expressions.
func sameIndex(a, b index) bool {
	strip := strings.NewReplacer("::text", "", "(", "", ")", "")
	return a.kind == b.kind && strip.Replace(a.columns) == strip.Replace(b.columns)
}

func sortedIndexes(t *table) []string {
	var names []string
	for name := range t.indexes {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// modify changes a column of PostgreSQL part by part.
func (p *plan) modify(have, want column, definition string, change func(string, ...any)) {
	if have.kind != want.kind {
		kind := strings.TrimPrefix(definition, want.name+" ")
		for _, end := range []string{" NOT NULL", " DEFAULT"} {
			kind, _, _ = strings.Cut(kind, end)
		}
		change("ALTER COLUMN %s TYPE %s USING %s::%s", want.name, kind, want.name, kind)
	}
	switch {
	case have.null && !want.null:
		change("ALTER COLUMN %s SET NOT NULL", want.name)
	case !have.null && want.null:
		change("ALTER COLUMN %s DROP NOT NULL", want.name)
	}
	if have.byDefault == want.byDefault || strings.HasPrefix(want.byDefault, "seq ") {
		return // a sequence under another name numbers as well
	}
	if _, byDefault, found := strings.Cut(definition, " DEFAULT "); found {
		change("ALTER COLUMN %s SET DEFAULT %s", want.name, byDefault)
	} else {
		change("ALTER COLUMN %s DROP DEFAULT", want.name)
	}
}

// makeTable makes one that is missing.
func (p *plan) makeTable(name string) {
	p.statements = append(p.statements, p.want.create[name])
	for _, x := range sortedIndexes(p.want.tables[name]) {
		if s := p.want.indexes[name+" index "+x]; s != "" {
			p.statements = append(p.statements, s)
		}
	}
}

// lookups puts in the rows of lookups.sql, and gives those that are there our names.
func (p *plan) lookups() {
	for _, s := range statements(script(p.dialect, "lookups.sql")) {
		var table, columns string
		if n, _ := fmt.Sscanf(s, "INSERT INTO %s (%s", &table, &columns); n < 2 {
			continue // the numbers of servers go on
		}
		key := strings.TrimSuffix(columns, ",")
		_, rest, _ := strings.Cut(s, "(")
		list, _, _ := strings.Cut(rest, ")")
		names := strings.Split(list, ", ")
		update := names[1] + " = " + names[1] // of no effect
		if len(names) == 2 {
			update = fmt.Sprintf("%s = VALUES(%s)", names[1], names[1])
		}
		switch {
		case p.dialect == sqldb.MySQL:
			p.add("%s\n    ON DUPLICATE KEY UPDATE %s", s, update)
		case len(names) == 2:
			p.add("%s\n    ON CONFLICT (%s) DO UPDATE SET %s = EXCLUDED.%s", s, key, names[1], names[1])
		default:
			p.add("%s\n    ON CONFLICT DO NOTHING", s)
			p.add("SELECT setval('%s_%s_seq', (SELECT MAX(%s) FROM %s))", table, key, key, table)
		}
	}
}
