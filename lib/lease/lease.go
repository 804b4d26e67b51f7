// Package lease owns the model of a DHCP lease and the interface through which
// the servers and the commands read and change stored leases. How leases are
// kept (memory and a CSV file, MySQL, PostgreSQL) is the business of the
// packages below it.
package lease

import "math"

// State of a lease, with the numbers that Kea's lease files, SQL schema and
// commands carry.
type State uint8

const (
	StateDefault    State = 0 // assigned
	StateDeclined   State = 1 // a client said that the address is in use
	StateReclaimed  State = 2 // expired and processed, kept for affinity
	StateReleased   State = 3 // released by its client, kept for affinity
	StateRegistered State = 4 // DHCPv6 address registration (RFC 9686)
)

// InfiniteLifetime is the valid lifetime of a lease that never expires
// (RFC 2131 section 3.3).
const InfiniteLifetime uint32 = math.MaxUint32

// Lease4 is one DHCPv4 lease. Addresses are numbers in host byte order:
// 192.0.2.1 is 0xC0000201. Times are Unix seconds.
//
// A Lease4 that a store hands out may have its byte slices point into the
// store's memory: they are valid until the transaction that read them changes
// a lease or ends. Copy what has to live longer.
type Lease4 struct {
	Addr        uint32
	HWAddr      []byte // link-layer address, at most 20 bytes; empty for a declined lease
	ClientID    []byte // option 61 as sent, at most 255 bytes; empty if none
	ValidLft    uint32 // seconds; InfiniteLifetime never expires
	CLTT        int64  // client last transaction time
	SubnetID    uint32
	PoolID      uint32
	State       State
	FqdnFwd     bool
	FqdnRev     bool
	Hostname    []byte // lower case
	UserContext []byte // JSON map as Kea prints it; empty if none
}

// Expire is the Unix second at which the lease ends.
func (l *Lease4) Expire() int64 { return l.CLTT + int64(l.ValidLft) }

// Expired reports whether the lease has run out at now. Kea calls a lease
// expired when its end lies before now, and never when it is infinite.
func (l *Lease4) Expired(now int64) bool {
	return l.ValidLft != InfiniteLifetime && l.Expire() < now
}

// Free reports whether another client may be given the address of l at now:
// the lease has expired, was reclaimed, or was released.
func (l *Lease4) Free(now int64) bool {
	return l.State == StateReclaimed || l.State == StateReleased || l.Expired(now)
}

// Tx4 is one transaction over the DHCPv4 leases: the exchanges of one batch, or
// one command. What it changes is visible to its own reads at once, and to
// others after Commit. A Tx4 belongs to one goroutine.
type Tx4 interface {
	// Get4 copies the lease of addr to l and reports whether there is one.
	Get4(addr uint32, l *Lease4) bool
	// ByClientID4 appends the leases with that client identifier to buf, in
	// ascending order of address.
	ByClientID4(id []byte, buf []Lease4) []Lease4
	// ByHWAddr4 appends the leases with that link-layer address to buf, in
	// ascending order of address.
	ByHWAddr4(hw []byte, buf []Lease4) []Lease4
	// NextFree4 returns the lowest address in [from, to] that has no lease or
	// one that is Free at now. Full stretches are skipped without a look at
	// each address.
	NextFree4(from, to uint32, now int64) (uint32, bool)
	// Put4 adds the lease or replaces the one of the same address. l and what
	// it points to is copied.
	Put4(l *Lease4)
	// Delete4 removes the lease of addr and reports whether there was one.
	Delete4(addr uint32) bool
	// Expired4 appends to buf the addresses of at most max leases (0: all)
	// that have run out at now and are not reclaimed yet, oldest first.
	Expired4(now int64, max int, buf []uint32) []uint32
	// Reclaimed4 appends to buf the addresses of at most max (0: all) leases in
	// StateReclaimed that ran out before the given time.
	Reclaimed4(before int64, max int, buf []uint32) []uint32
	// Commit makes the changes durable in the sense of the store's settings
	// and ends the transaction. After an error none of the changes remains; an
	// ErrConflict may be tried again in a new transaction.
	Commit() error
	// Rollback undoes the changes and ends the transaction. After Commit it
	// does nothing.
	Rollback()
}

// Query4 selects leases for the management commands. Zero fields select all.
type Query4 struct {
	SubnetID uint32
	ClientID []byte
	HWAddr   []byte
	Hostname string
	From     uint32 // only addresses above this one
	Limit    int    // at most so many; 0: no limit
}

// Counts are numbers of leases in one pool or subnet by state.
type Counts struct {
	Default, Declined, Reclaimed, Released, Registered int64
}

// Add counts n leases in a state.
func (c *Counts) Add(s State, n int64) {
	switch s {
	case StateDefault:
		c.Default += n
	case StateDeclined:
		c.Declined += n
	case StateReclaimed:
		c.Reclaimed += n
	case StateReleased:
		c.Released += n
	case StateRegistered:
		c.Registered += n
	}
}

// Assigned is the value of Kea's statistic assigned-addresses: leases in use and
// declined ones.
func (c Counts) Assigned() int64 { return c.Default + c.Declined }

// Manager4 is a store of DHCPv4 leases. It is safe for concurrent use.
type Manager4 interface {
	// Begin4 starts a transaction. It waits until one that is under way in
	// another goroutine has ended where the store has a single writer. A
	// goroutine must end one before it begins the next.
	Begin4() Tx4
	// Leases4 calls fn for each lease that q selects in ascending order of
	// address until fn returns false. fn must not keep the lease nor begin a
	// transaction. Writers wait at most for a slice of the work, not for all of it.
	Leases4(q Query4, fn func(*Lease4) bool) error
	// Counts4 returns the number of leases by state of one subnet, or of one
	// of its pools.
	Counts4(subnetID uint32) Counts
	PoolCounts4(subnetID, poolID uint32) Counts
	// Watch4 registers fn to be told, inside the transaction that does it, that
	// an address became taken (true) or free (false): the free lease queue
	// allocator keeps its lists by it. nil ends it.
	Watch4(fn func(addr, subnetID uint32, taken bool))
	// Close4 flushes and closes the store.
	Close4() error
}
