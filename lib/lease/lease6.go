package lease

import (
	"encoding/binary"
	"math/bits"
)

// Type6 is what a DHCPv6 lease leases, with Kea's numbers.
type Type6 uint8

const (
	TypeNA Type6 = 0 // an address (RFC 8415 section 21.4)
	TypeTA Type6 = 1 // a temporary address
	TypePD Type6 = 2 // a delegated prefix (RFC 8415 section 21.21)
)

// Lease6 is one DHCPv6 lease. Times are Unix seconds. What is said of Lease4's
// byte slices holds here too.
type Lease6 struct {
	Addr         [16]byte // the address, or the prefix with zero bits behind it
	Type         Type6
	PrefixLen    uint8 // 128 unless Type is TypePD
	IAID         uint32
	DUID         []byte // 3 to 130 bytes; three zero bytes for a declined lease
	HWAddr       []byte // link-layer address where it is known
	HWType       uint16
	HWSource     uint32 // how HWAddr was learnt: one of Kea's bits
	ValidLft     uint32 // seconds; InfiniteLifetime never expires
	PreferredLft uint32
	CLTT         int64 // client last transaction time
	SubnetID     uint32
	PoolID       uint32
	State        State
	FqdnFwd      bool
	FqdnRev      bool
	Hostname     []byte
	UserContext  []byte // JSON map as Kea prints it; empty if none
}

// Expire is the Unix second at which the lease ends.
func (l *Lease6) Expire() int64 { return l.CLTT + int64(l.ValidLft) }

// Expired reports whether the lease has run out at now, as Lease4.Expired does.
func (l *Lease6) Expired(now int64) bool {
	return l.ValidLft != InfiniteLifetime && l.Expire() < now
}

// Free reports whether another client may be given the address or prefix of l at
// now: the lease has expired, was reclaimed, or was released.
func (l *Lease6) Free(now int64) bool {
	return l.State == StateReclaimed || l.State == StateReleased || l.Expired(now)
}

// Range6 is a row of addresses or prefixes of one length, from First on.
type Range6 struct {
	First [16]byte
	// Len is the length of each: 128 for addresses, the delegated length for
	// prefixes. The bits of First behind it are zero.
	Len uint8
}

// At is the n-th address or prefix of the row.
func (r Range6) At(n uint64) [16]byte {
	hi, lo := halves(r.First)
	step := 128 - uint(r.Len)
	// n is shifted by step bits over both halves; a shift by 64 or more gives 0.
	addHi, addLo := n<<(step-64)|n>>(64-step), n<<step
	if step >= 64 {
		addHi = n << (step - 64)
	}
	lo, carry := bits.Add64(lo, addLo, 0)
	hi, _ = bits.Add64(hi, addHi, carry)
	var a [16]byte
	binary.BigEndian.PutUint64(a[:8], hi)
	binary.BigEndian.PutUint64(a[8:], lo)
	return a
}

// Place is the n for which At(n) is the address or the prefix that holds it; ok
// is false when addr lies before the row or further behind its beginning than n
// can tell.
func (r Range6) Place(addr [16]byte) (n uint64, ok bool) {
	fromHi, fromLo := halves(r.First)
	hi, lo := halves(addr)
	lo, borrow := bits.Sub64(lo, fromLo, 0)
	hi, borrow = bits.Sub64(hi, fromHi, borrow)
	if borrow != 0 {
		return 0, false
	}
	step := 128 - uint(r.Len)
	if hi>>step != 0 {
		return 0, false
	}
	return hi<<(64-step) | hi>>(step-64) | lo>>step, true
}

// halves splits an address into two numbers.
func halves(a [16]byte) (hi, lo uint64) {
	return binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])
}

// Tx6 is one transaction over the DHCPv6 leases; what is said of Tx4 holds here
// too. A lease is known by its address, or by the first address of its prefix.
type Tx6 interface {
	// Get6 copies the lease of addr to l and reports whether there is one.
	Get6(addr [16]byte, l *Lease6) bool
	// ByDUID6 appends the leases of that client, of all types, to buf, in
	// ascending order of address.
	ByDUID6(duid []byte, buf []Lease6) []Lease6
	// NextFree6 returns the lowest place n in [from, to] for which r.At(n) has
	// no lease or one that is Free at now. Full stretches are skipped without a
	// look at each place.
	NextFree6(r Range6, from, to uint64, now int64) (n uint64, ok bool)
	// Put6 adds the lease or replaces the one of the same address. l and what
	// it points to is copied.
	Put6(l *Lease6)
	// Delete6 removes the lease of addr and reports whether there was one.
	Delete6(addr [16]byte) bool
	// Expired6 and Reclaimed6 append to buf the addresses of at most max leases
	// (0: all) as Expired4 and Reclaimed4 do.
	Expired6(now int64, max int, buf [][16]byte) [][16]byte
	Reclaimed6(before int64, max int, buf [][16]byte) [][16]byte
	// Commit and Rollback end the transaction, as those of Tx4 do.
	Commit() error
	Rollback()
}

// Query6 selects leases for the management commands. Zero fields select all.
type Query6 struct {
	SubnetID uint32
	DUID     []byte
	Hostname string
	From     [16]byte // only addresses above this one
	Limit    int      // at most so many; 0: no limit
}

// Manager6 is a store of DHCPv6 leases; what is said of Manager4 holds here too.
type Manager6 interface {
	Begin6() Tx6
	Leases6(q Query6, fn func(*Lease6) bool) error
	// Counts6 returns the number of leases of a type by state of one subnet,
	// PoolCounts6 of one of its pools.
	Counts6(subnetID uint32, t Type6) Counts
	PoolCounts6(subnetID uint32, t Type6, poolID uint32) Counts
	// Watch6 does what Watch4 does, for as many as register; they are told of
	// addresses and prefixes alike.
	Watch6(fn func(addr [16]byte, subnetID uint32, taken bool))
	Close6() error
}
