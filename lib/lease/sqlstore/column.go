package sqlstore

import (
	"database/sql"

	"nestor/lib/sqldb"
)

// kind is the form of a column's values.
type kind uint8

const (
	number kind = iota
	blob
	text
	flag
	moment // seconds since 1970
)

// cell is a value of a row on its way to or from the database.
type cell struct {
	n    int64 // number, flag, moment
	b    []byte
	null bool
}

// column is a column of a lease table and how it relates to a lease.
type column[L any] struct {
	name string
	kind kind
	// array is the type of an array of values in PostgreSQL.
	array string
	get   func(l *L) cell
	// set takes the value over, nil: the column is written only.
	set func(l *L, c cell)
}

// holder receives one value from a driver.
type holder struct {
	n sql.NullInt64
	b []byte
	t sqldb.Timestamp
}

func (h *holder) target(k kind) any {
	switch k {
	case blob, text:
		return &h.b
	case moment:
		return &h.t
	}
	return &h.n
}

func (h *holder) cell(k kind) cell {
	switch k {
	case blob, text:
		return cell{b: h.b, null: h.b == nil}
	case moment:
		return cell{n: h.t.Unix, null: !h.t.Valid}
	}
	return cell{n: h.n.Int64, null: !h.n.Valid}
}

func num(n int64) cell { return cell{n: n} }

func truth(b bool) cell {
	if b {
		return cell{n: 1}
	}
	return cell{}
}

// orNull is a value that is NULL where there is none.
func orNull(b []byte) cell { return cell{b: b, null: len(b) == 0} }

// orEmpty is a value that is empty where there is none.
func orEmpty(b []byte) cell {
	if b == nil {
		b = []byte{}
	}
	return cell{b: b}
}
