package sqlstore

import (
	"encoding/hex"
	"strconv"

	"nestor/lib/sqldb"
)

// statement is the text of a statement and what goes with it. MySQL gets values as
// literals: of a statement with as many values as a batch has, only the text is
// worth sending. PostgreSQL gets them as parameters, lists as arrays, so that the
// text is the same for every batch and is prepared once.
type statement struct {
	mysql bool
	text  []byte
	args  []any
}

func (s *statement) reset(d sqldb.Dialect) *statement {
	s.mysql, s.text, s.args = d == sqldb.MySQL, s.text[:0], s.args[:0]
	return s
}

// add appends text that is the same in both dialects.
func (s *statement) add(text string) *statement {
	s.text = append(s.text, text...)
	return s
}

// either appends the text of the dialect.
func (s *statement) either(mysql, postgres string) *statement {
	if s.mysql {
		return s.add(mysql)
	}
	return s.add(postgres)
}

// parameter appends a parameter of PostgreSQL.
func (s *statement) parameter(v any) *statement {
	s.args = append(s.args, v)
	s.text = append(s.text, '$')
	s.text = strconv.AppendInt(s.text, int64(len(s.args)), 10)
	return s
}

func (s *statement) number(n int64) *statement {
	if !s.mysql {
		return s.parameter(n)
	}
	s.text = strconv.AppendInt(s.text, n, 10)
	return s
}

// blob appends bytes.
func (s *statement) blob(b []byte) *statement {
	if !s.mysql {
		return s.parameter(b)
	}
	s.text = appendHex(s.text, b)
	return s
}

// textValue appends text.
func (s *statement) textValue(b []byte) *statement {
	if !s.mysql {
		return s.parameter(string(b))
	}
	s.text = appendHex(append(s.text, "_utf8mb4 "...), b)
	return s
}

// moment appends a second in the form that Kea writes, which is local time.
func (s *statement) moment(unix int64) *statement {
	t := sqldb.TimestampOf(unix)
	if !s.mysql {
		return s.parameter(t.String()).add("::timestamptz")
	}
	return s.add("'").add(t.String()).add("'")
}

// blobs appends a comparison with any of several values.
func (s *statement) blobs(values [][]byte) *statement {
	if !s.mysql {
		return s.add(" = ANY(").parameter(values).add("::bytea[])")
	}
	s.add(" IN (")
	for i, v := range values {
		if i > 0 {
			s.add(",")
		}
		s.text = appendHex(s.text, v)
	}
	return s.add(")")
}

// appendHex appends a literal of MySQL, which has the same meaning in any character
// set and SQL mode.
func appendHex(dst, b []byte) []byte {
	dst = append(dst, "x'"...)
	dst = hex.AppendEncode(dst, b)
	return append(dst, '\'')
}

// addr appends an address.
func (t *table[A, L]) addr(s *statement, a A) *statement {
	if !s.mysql {
		return s.parameter(t.value(a))
	}
	s.text = t.literal(s.text, a)
	return s
}

// addrs appends a comparison with any of several addresses.
func (t *table[A, L]) addrs(s *statement, as []A) *statement {
	if !s.mysql {
		return s.add(" = ANY(").parameter(t.values(as)).add("::" + t.addrArray + ")")
	}
	s.add(" IN (")
	for i, a := range as {
		if i > 0 {
			s.add(",")
		}
		s.text = t.literal(s.text, a)
	}
	return s.add(")")
}

// selectRows begins a statement that reads whole rows.
func (t *table[A, L]) selectRows(s *statement) *statement {
	s.add("SELECT ").add(t.selected)
	for i := range t.columns {
		c := &t.columns[i]
		if c.set == nil {
			continue
		}
		s.add(", ")
		switch {
		case s.mysql:
			s.add(c.name)
		case c.kind == moment:
			s.add("extract(epoch FROM ").add(c.name).add(")::bigint")
		case c.kind == flag:
			s.add(c.name).add("::int")
		default:
			s.add(c.name)
		}
	}
	return s.add(" FROM ").add(t.name)
}

// lookup is the statement that reads the rows of keys and addresses at once.
func (t *table[A, L]) lookup(s *statement, keys [][][]byte, addrs []A) *statement {
	parts := 0
	part := func() {
		if parts++; parts > 1 {
			s.add(" UNION ALL ")
		}
		t.selectRows(s).add(" WHERE ")
	}
	for i, values := range keys {
		if len(values) > 0 {
			part()
			s.add(t.keys[i].column).blobs(values)
		}
	}
	if len(addrs) > 0 {
		part()
		s.add("address")
		t.addrs(s, addrs)
	}
	return s
}

// between restricts a statement to a stretch of addresses.
func (t *table[A, L]) between(s *statement, from, to A) *statement {
	s.add("address >= ")
	t.addr(s, from).add(" AND address <= ")
	return t.addr(s, to)
}
