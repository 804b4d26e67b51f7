package sqlstore

import (
	"database/sql"
	"slices"
	"strconv"

	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// table is what the store needs to know of the leases of one family.
type table[A comparable, L any] struct {
	name string // lease4, lease6
	// columns but for the address, which goes first.
	columns []column[L]
	// addrArray is the type of an array of addresses in PostgreSQL.
	addrArray string
	// keys are the columns by which a client's leases are found, the first of
	// them what a client is known by.
	keys []key[L]
	// indexes of columns that a change is conditional on, expire among them
	checked []int

	addrOf  func(l *L) A
	compare func(a, b A) int
	// scanned reads an address, value gives it to PostgreSQL, literal to MySQL.
	scanTarget func(h *holder) any
	scanned    func(h *holder) A
	value      func(a A) any
	values     func(as []A) any
	literal    func(b []byte, a A) []byte
	// selected is the expression that reads the address.
	selected string

	state  func(l *L) lease.State
	subnet func(l *L) uint32
	// begun is the second of the client's last transaction, valid the lifetime.
	begun   func(l *L) int64
	valid   func(l *L) uint32
	setAddr func(l *L, a A)
	clone   func(l *L) L
	// check refuses a lease that the columns cannot hold.
	check func(l *L) error
	text  func(a A) string

	// slots tells the page that an address lies in and where; at is the other way.
	slot func(a A, length uint8) (page A, i uint8)
	at   func(page A, length uint8, i uint8) A
	// after is the first address of the page behind one; length is of l.
	after  func(page A, length uint8) A
	length func(l *L) uint8
	// lengths are those that an address can be of.
	lengths []uint8
	// lengthColumn is what tells prefixes of several lengths apart, "" where there
	// is one length only.
	lengthColumn string
}

// indexes are the places of columns.
func (t *table[A, L]) indexes(names ...string) (at []int) {
	for _, name := range names {
		at = append(at, slices.IndexFunc(t.columns, func(c column[L]) bool { return c.name == name }))
	}
	return at
}

// end is the last second at which nobody else may have the address of l: 0 when it
// is free whatever the time, the highest number when it never ends.
func (t *table[A, L]) end(l *L) uint32 {
	return takenUntil(t.state(l), t.valid(l), t.begun(l))
}

// holds reports whether l keeps its address until it is reclaimed.
func holds(s lease.State) bool { return s != lease.StateReclaimed && s != lease.StateReleased }

// key is a column that leases are looked up by.
type key[L any] struct {
	column string
	of     func(l *L) []byte
}

// reader reads whole rows of leases.
type reader[A comparable, L any] struct {
	t       *table[A, L]
	addr    holder
	cells   []holder
	targets []any
}

func newReader[A comparable, L any](t *table[A, L]) *reader[A, L] {
	r := &reader[A, L]{t: t, cells: make([]holder, len(t.columns))}
	r.targets = append(r.targets, t.scanTarget(&r.addr))
	for i := range t.columns {
		if t.columns[i].set != nil {
			r.targets = append(r.targets, r.cells[i].target(t.columns[i].kind))
		}
	}
	return r
}

// row reads the present row into l and gives its address and the second in expire
// (NULL where there is none).
func (r *reader[A, L]) row(rows *sql.Rows, l *L) (addr A, end sqldb.Timestamp, err error) {
	for i := range r.cells {
		r.cells[i].b = nil
	}
	r.addr.b = nil
	if err = rows.Scan(r.targets...); err != nil {
		return addr, end, err
	}
	for i := range r.t.columns {
		c := &r.t.columns[i]
		if c.kind == moment {
			end = r.cells[i].t
		}
		if c.set != nil {
			c.set(l, r.cells[i].cell(c.kind))
		}
	}
	return r.t.scanned(&r.addr), end, nil
}

// endColumn is the number of the column expire in statements that read whole rows.
func (t *table[A, L]) endColumn() string {
	n := 2 // the address is 1
	for i := range t.columns {
		if t.columns[i].kind == moment {
			break
		}
		n++
	}
	return strconv.Itoa(n)
}
