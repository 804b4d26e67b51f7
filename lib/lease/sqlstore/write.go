package sqlstore

import (
	"strconv"

	"nestor/lib/sqldb"
)

// A change of a row on its way into the database.
type change[A comparable, L any] struct {
	addr A
	what operation
	old  *L // what the row has to be for the change to be made; nil: there is none
	// oldEnd is the column expire of the row.
	oldEnd sqldb.Timestamp
	new    *L
}

type operation uint8

const (
	insert operation = iota
	update
	remove
)

// insertRows is the statement that adds rows. It fails when one of the addresses has
// a row, and then adds none.
func (t *table[A, L]) insertRows(s *statement, cs []change[A, L]) *statement {
	s.add("INSERT INTO ").add(t.name).add(" (address")
	for i := range t.columns {
		s.add(", ").add(t.columns[i].name)
	}
	s.add(") ")
	if !s.mysql {
		s.add("SELECT address")
		for i := range t.columns {
			t.columns[i].fromArray(s)
		}
		s.add(" FROM unnest(")
		t.addrArrayOf(s, cs)
		for i := range t.columns {
			s.add(", ")
			arrayOf(s, &t.columns[i], cs, false)
		}
		s.add(") AS v(address")
		for i := range t.columns {
			s.add(", ").add(t.columns[i].name)
		}
		return s.add(")")
	}
	s.add("VALUES ")
	for i := range cs {
		if i > 0 {
			s.add(",")
		}
		s.add("(")
		s.text = t.literal(s.text, cs[i].addr)
		for j := range t.columns {
			s.add(",")
			t.columns[j].appendLiteral(s, t.columns[j].get(cs[i].new))
		}
		s.add(")")
	}
	return s
}

// updateRows is the statement that changes rows which are still what was read.
func (t *table[A, L]) updateRows(s *statement, cs []change[A, L]) *statement {
	if s.mysql {
		// STRAIGHT_JOIN: the changes first, then each row by its key.
		s.add("UPDATE (")
		t.derived(s, cs, true)
		s.add(") v STRAIGHT_JOIN ").add(t.name).add(" l ON l.address = v.a SET ")
		for i := range t.columns {
			if i > 0 {
				s.add(", ")
			}
			s.add("l.").add(t.columns[i].name).add(" = v.n").add(strconv.Itoa(i))
		}
	} else {
		s.add("UPDATE ").add(t.name).add(" l SET ")
		for i := range t.columns {
			if i > 0 {
				s.add(", ")
			}
			s.add(t.columns[i].name).add(" = v.n").add(strconv.Itoa(i))
			if t.columns[i].kind == moment {
				s.add("::timestamptz")
			}
		}
		t.arrays(s.add(" FROM "), cs, true)
	}
	return t.unchanged(s)
}

// deleteRows is the statement that removes rows which are still what was read.
func (t *table[A, L]) deleteRows(s *statement, cs []change[A, L]) *statement {
	if s.mysql {
		s.add("DELETE l FROM (")
		t.derived(s, cs, false)
		s.add(") v STRAIGHT_JOIN ").add(t.name).add(" l ON l.address = v.a")
	} else {
		t.arrays(s.add("DELETE FROM ").add(t.name).add(" l USING "), cs, false)
	}
	return t.unchanged(s)
}

// unchanged is the condition that a row is what was read. Kea compares expire
// alone; whose lease it is counts too, for that may change twice in one second.
// NULL and empty are the same here: the two suites do not agree everywhere.
func (t *table[A, L]) unchanged(s *statement) *statement {
	s.add(" WHERE l.address = v.a")
	for _, i := range t.checked {
		c := &t.columns[i]
		n := strconv.Itoa(i)
		switch {
		case c.kind == moment:
			s.add(" AND l.").add(c.name).either(" <=> v.o"+n, " IS NOT DISTINCT FROM to_timestamp(v.o"+n+")")
		case c.kind == blob:
			s.add(" AND COALESCE(l.").add(c.name).either(", '')", ", ''::bytea)").add(" = v.o").add(n)
		default:
			s.add(" AND COALESCE(l.").add(c.name).add(", 0) = v.o").add(n)
		}
	}
	return s
}

// derived is the table of changes for MySQL: a for the address, o0 … for what was
// read, n0 … for what is to be there.
func (t *table[A, L]) derived(s *statement, cs []change[A, L], values bool) {
	for i := range cs {
		head := i == 0
		name := func(prefix string, n int) {
			if head {
				s.add(" AS ").add(prefix).add(strconv.Itoa(n))
			}
		}
		if !head {
			s.add(" UNION ALL ")
		}
		s.add("SELECT ")
		s.text = t.literal(s.text, cs[i].addr)
		if head {
			s.add(" AS a")
		}
		for _, j := range t.checked {
			s.add(",")
			t.columns[j].appendLiteral(s, t.columns[j].readOf(cs[i].old, cs[i].oldEnd))
			name("o", j)
		}
		if !values {
			continue
		}
		for j := range t.columns {
			s.add(",")
			t.columns[j].appendLiteral(s, t.columns[j].get(cs[i].new))
			name("n", j)
		}
	}
}

// arrays is the same table for PostgreSQL.
func (t *table[A, L]) arrays(s *statement, cs []change[A, L], values bool) {
	names := "v(a"
	s.add("unnest(")
	t.addrArrayOf(s, cs)
	for _, j := range t.checked {
		s.add(", ")
		arrayOf(s, &t.columns[j], cs, true)
		names += ", o" + strconv.Itoa(j)
	}
	if values {
		for j := range t.columns {
			s.add(", ")
			arrayOf(s, &t.columns[j], cs, false)
			names += ", n" + strconv.Itoa(j)
		}
	}
	s.add(") AS ").add(names).add(")")
}

// readOf is what was read of a column that a change is conditional on.
func (c *column[L]) readOf(old *L, end sqldb.Timestamp) cell {
	if c.kind == moment {
		return cell{n: end.Unix, null: !end.Valid}
	}
	v := c.get(old)
	if c.kind == blob {
		return orEmpty(v.b)
	}
	return cell{n: v.n}
}

// fromArray turns an element of an array into a value of the column.
func (c *column[L]) fromArray(s *statement) {
	s.add(", ").add(c.name)
	if c.kind == moment {
		s.add("::timestamptz")
	}
}

// appendLiteral appends a value for MySQL.
func (c *column[L]) appendLiteral(s *statement, v cell) {
	switch {
	case v.null:
		s.add("NULL")
	case c.kind == blob:
		s.text = appendHex(s.text, v.b)
	case c.kind == text:
		s.textValue(v.b)
	case c.kind == moment:
		s.add("CAST('").add(sqldb.TimestampOf(v.n).String()).add("' AS DATETIME)")
	default:
		s.text = strconv.AppendInt(s.text, v.n, 10)
	}
}

func (t *table[A, L]) addrArrayOf(s *statement, cs []change[A, L]) {
	as := make([]A, len(cs))
	for i := range cs {
		as[i] = cs[i].addr
	}
	s.parameter(t.values(as)).add("::" + t.addrArray)
}

// arrayOf appends a column's values as an array of PostgreSQL: what is to be
// written, or what was read.
func arrayOf[A comparable, L any](s *statement, c *column[L], cs []change[A, L], read bool) {
	value := func(i int) cell {
		if read {
			return c.readOf(cs[i].old, cs[i].oldEnd)
		}
		return c.get(cs[i].new)
	}
	switch c.kind {
	case blob:
		out := make([][]byte, len(cs))
		for i := range cs {
			if v := value(i); !v.null {
				out[i] = v.b
			}
		}
		s.parameter(out)
	case text:
		out := make([]string, len(cs))
		for i := range cs {
			out[i] = string(value(i).b)
		}
		s.parameter(out)
	case flag:
		out := make([]bool, len(cs))
		for i := range cs {
			out[i] = value(i).n != 0
		}
		s.parameter(out)
	case moment:
		if read {
			out := make([]*int64, len(cs))
			for i := range cs {
				if v := value(i); !v.null {
					out[i] = &v.n
				}
			}
			s.parameter(out).add("::bigint[]")
			return
		}
		out := make([]string, len(cs))
		for i := range cs {
			out[i] = sqldb.TimestampOf(value(i).n).String()
		}
		s.parameter(out)
	default:
		out := make([]int64, len(cs))
		for i := range cs {
			out[i] = value(i).n
		}
		s.parameter(out)
	}
	s.add("::" + c.array)
}
