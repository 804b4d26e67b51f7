package memfile

import "nestor/lib/lease/leasefile"

// family is what differs between the leases L of DHCPv4 and DHCPv6, which are kept
// in records P points to and known by addresses K.
type family[P, L any, K comparable] interface {
	addresses[P, K]
	rowFormat[L]
	// fill makes a record of a lease, whose place is set. It keeps the record's
	// block when that has the same in it.
	fill(r P, l *L)
	// give makes a lease of a record. Its byte slices point into the arena.
	give(r P, l *L)
	addrOf(l *L) K
	placeOf(l *L) placeID
	// setSubnet corrects the subnet of a lease.
	setSubnet(l *L, id uint32)
	// live reports whether a row has a lease; others delete one.
	live(l *L) bool
	// context is the user context of a lease.
	context(l *L) []byte
	// keep makes a lease point to copies of what it points to.
	keep(l *L, copy func([]byte) []byte)
	// check says why a lease cannot be kept: a lease file would not give it back.
	check(l *L) error
}

// addresses is the index by address, the list of each subnet's leases, and who is
// told of changes.
type addresses[P any, K comparable] interface {
	find(k K) uint32
	index(r P, n uint32)
	reindex(r P)
	unindex(r P)
	// walk calls fn with the records from an address on, in ascending order until
	// it returns false. With a subnet it may leave out those of others.
	walk(from K, subnetID uint32, fn func(n uint32) bool)
	enter(s *subnetLeases, r P, n uint32)
	leave(s *subnetLeases, r P)
	tell(r P, taken bool)
	// compact goes on giving memory back that changes have left behind, forget
	// drops everything.
	compact()
	forget()
	// after is the address behind one, ok is false behind the last.
	after(k K) (next K, ok bool)
	compare(a, b K) int
	text(k K) string
}

// rowFormat is the form of leases in a lease file.
type rowFormat[L any] interface {
	file() leasefile.Family
	appendRow(b []byte, l *L) []byte
	appendDeleted(b []byte, l *L) []byte
	// parse reads a row. A warning tells what it had to leave out of the lease.
	parse(p *leasefile.Parser, s leasefile.Schema, row []byte, l *L) (warning, err error)
}
