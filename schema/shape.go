package schema

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"nestor/lib/sqldb"
)

// shape is what a database has of tables: read from its catalogue, in the words of
// the server.
type shape struct{ tables map[string]*table }

type table struct {
	name    string
	columns []column // in their order
	indexes map[string]index
	keys    []key // foreign ones, by name
}

type column struct {
	name, kind string
	null       bool
	byDefault  string // "-" none, "NULL", "AI" and "seq NAME" numbered by the server
}

type index struct {
	kind    string // PK, UQ, IX
	columns string // "(a,b)", and WHERE what of a partial one
}

type key struct {
	name               string
	columns, table, of string
	onDelete, onUpdate string
}

// lines writes the shape as lines of text, sorted.
func (s shape) lines() []string {
	var all []string
	for _, t := range s.tables {
		for i, c := range t.columns {
			null := "not null"
			if c.null {
				null = "null"
			}
			all = append(all, fmt.Sprintf("%s column %d %s: %s, %s, default %s", t.name, i+1, c.name, c.kind, null, c.byDefault))
		}
		for name, x := range t.indexes {
			all = append(all, fmt.Sprintf("%s index %s: %s %s", t.name, name, x.kind, x.columns))
		}
		for _, k := range t.keys {
			all = append(all, fmt.Sprintf("%s key: (%s) -> %s(%s), delete %s, update %s", t.name, k.columns, k.table, k.of, k.onDelete, k.onUpdate))
		}
	}
	slices.Sort(all)
	return all
}

// table gives the table of that name, which it adds when it is new.
func (s shape) table(name string) *table {
	t := s.tables[name]
	if t == nil {
		t = &table{name: name, indexes: make(map[string]index)}
		s.tables[name] = t
	}
	return t
}

// readShape reads the shape of a database.
func readShape(ctx context.Context, db *sqldb.DB, q querier) (shape, error) {
	s := shape{tables: make(map[string]*table)}
	read := readMySQL
	if db.Dialect == sqldb.PostgreSQL {
		read = readPostgreSQL
	}
	if err := read(ctx, q, s); err != nil {
		return s, db.Explain(err)
	}
	return s, nil
}

// each calls take with the words of each row, NULL being "NULL".
func each(ctx context.Context, q querier, query string, take func(words []string)) error {
	rows, err := q.QueryContext(ctx, query)
	if err != nil {
		return err
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		return err
	}
	words, pointers := make([]*string, len(names)), make([]any, len(names))
	for i := range words {
		pointers[i] = &words[i]
	}
	for rows.Next() {
		if err := rows.Scan(pointers...); err != nil {
			return err
		}
		texts := make([]string, len(words))
		for i, w := range words {
			texts[i] = "NULL"
			if w != nil {
				texts[i] = *w
			}
		}
		take(texts)
	}
	return rows.Err()
}

func readMySQL(ctx context.Context, q querier, s shape) error {
	err := each(ctx, q, `SELECT c.table_name, column_name, column_type, is_nullable, column_default, extra
		FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
		WHERE c.table_schema = DATABASE() AND table_type = 'BASE TABLE' ORDER BY c.table_name, ordinal_position`,
		func(w []string) {
			t := s.table(w[0])
			t.columns = append(t.columns, column{w[1], w[2], w[3] == "YES", mysqlDefault(w[3] == "YES", w[4], strings.ToLower(w[5]))})
		})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT table_name, index_name, non_unique, GROUP_CONCAT(column_name ORDER BY seq_in_index)
		FROM information_schema.statistics WHERE table_schema = DATABASE() GROUP BY table_name, index_name, non_unique`,
		func(w []string) {
			kind := map[string]string{"0": "UQ", "1": "IX"}[w[2]]
			if w[1] == "PRIMARY" {
				kind = "PK"
			}
			s.table(w[0]).indexes[w[1]] = index{kind, "(" + w[3] + ")"}
		})
	if err != nil {
		return err
	}
	return each(ctx, q, `SELECT k.table_name, k.constraint_name, GROUP_CONCAT(k.column_name ORDER BY k.ordinal_position), k.referenced_table_name,
		GROUP_CONCAT(k.referenced_column_name ORDER BY k.ordinal_position), r.delete_rule, r.update_rule
		FROM information_schema.key_column_usage AS k JOIN information_schema.referential_constraints AS r
			ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
		WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
		GROUP BY k.table_name, k.constraint_name, k.referenced_table_name, r.delete_rule, r.update_rule
		ORDER BY k.table_name, k.constraint_name`,
		func(w []string) {
			t := s.table(w[0])
			t.keys = append(t.keys, key{w[1], w[2], w[3], w[4], w[5], w[6]})
		})
}

// mysqlDefault tells a default in one form: MySQL and MariaDB say it differently.
func mysqlDefault(null bool, value, extra string) string {
	value = strings.Trim(value, "'")
	if strings.EqualFold(value, "current_timestamp") {
		value = "current_timestamp()"
	}
	switch {
	case strings.Contains(extra, "auto_increment"):
		return "AI"
	case strings.Contains(extra, "on update"):
		return value + " on update current_timestamp()"
	case value == "NULL" && !null:
		return "-"
	}
	return value
}

// A number that nextval takes is a sequence's.
var nextval = regexp.MustCompile(`^nextval\('"?([a-z0-9_]+)"?'::regclass\)$`)

func readPostgreSQL(ctx context.Context, q querier, s shape) error {
	err := each(ctx, q, `SELECT c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull::TEXT, pg_get_expr(d.adbin, d.adrelid)
		FROM pg_attribute AS a JOIN pg_class AS c ON c.oid = a.attrelid
			LEFT JOIN pg_attrdef AS d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
		WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped
		ORDER BY c.relname, a.attnum`,
		func(w []string) {
			t := s.table(w[0])
			t.columns = append(t.columns, column{w[1], postgresType(w[2]), w[3] != "true", postgresDefault(w[4])})
		})
	if err != nil {
		return err
	}
	err = each(ctx, q, `SELECT t.relname, c.relname, CASE WHEN i.indisprimary THEN 'PK' WHEN i.indisunique THEN 'UQ' ELSE 'IX' END, pg_get_indexdef(i.indexrelid)
		FROM pg_index AS i JOIN pg_class AS c ON c.oid = i.indexrelid JOIN pg_class AS t ON t.oid = i.indrelid
		WHERE t.relnamespace = current_schema()::regnamespace`,
		func(w []string) {
			_, columns, _ := strings.Cut(w[3], " USING btree ")
			columns = strings.ReplaceAll(strings.ReplaceAll(columns, ", ", ","), `"timestamp"`, "timestamp")
			s.table(w[0]).indexes[w[1]] = index{w[2], columns}
		})
	if err != nil {
		return err
	}
	return each(ctx, q, `SELECT t.relname, k.conname, c.columns, r.relname, c.of,
			CASE k.confdeltype WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END,
			CASE k.confupdtype WHEN 'c' THEN 'CASCADE' WHEN 'r' THEN 'RESTRICT' WHEN 'n' THEN 'SET NULL' WHEN 'd' THEN 'SET DEFAULT' ELSE 'NO ACTION' END
		FROM pg_constraint AS k JOIN pg_class AS t ON t.oid = k.conrelid JOIN pg_class AS r ON r.oid = k.confrelid,
			LATERAL (SELECT string_agg(a.attname, ',' ORDER BY n) AS columns, string_agg(b.attname, ',' ORDER BY n) AS of
				FROM generate_subscripts(k.conkey, 1) AS n
				JOIN pg_attribute AS a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[n]
				JOIN pg_attribute AS b ON b.attrelid = k.confrelid AND b.attnum = k.confkey[n]) AS c
		WHERE k.contype = 'f' AND t.relnamespace = current_schema()::regnamespace
		ORDER BY t.relname, k.conname`,
		func(w []string) {
			t := s.table(w[0])
			t.keys = append(t.keys, key{w[1], w[2], w[3], w[4], w[5], w[6]})
		})
}

var postgresTypes = strings.NewReplacer("character varying", "varchar", "timestamp with time zone", "timestamptz")

func postgresType(kind string) string { return postgresTypes.Replace(kind) }

func postgresDefault(value string) string {
	if m := nextval.FindStringSubmatch(value); m != nil {
		return "seq " + m[1]
	}
	switch value {
	case "NULL": // there is none
		return "-"
	case "NULL::character varying", "NULL::text":
		return "NULL"
	}
	return value
}
