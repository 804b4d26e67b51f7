package alloc

import (
	"bytes"
	"cmp"

	"nestor/lib/lease"
)

// Range is the extent of a pool: a row of places, each an address or a prefix.
// Equal ranges are == to each other.
type Range[T Tx, A any] interface {
	// size is the number of places, at most 2^64-1.
	size() uint64
	// at is the address of a place, place the place of an address; ok is false
	// for one that is not in the range.
	at(place uint64) A
	place(addr A) (n uint64, ok bool)
	// excludes reports whether a place is never chosen.
	excludes(place uint64) bool
	// nextFree is the lowest place in [from, to] without a lease at now.
	nextFree(tx T, from, to uint64, now int64) (place uint64, ok bool)
}

// Pool4 is a range of IPv4 addresses, both ends included, as numbers in host byte
// order.
type Pool4 struct {
	First, Last uint32
	// SkipEnds keeps addresses that end in .0 or .255 from being chosen
	// (compatibility flag exclude-first-last-24, ARM 8.15.4).
	SkipEnds bool
}

func (p Pool4) size() uint64 {
	if p.First > p.Last {
		return 0
	}
	return uint64(p.Last) - uint64(p.First) + 1
}

func (p Pool4) at(place uint64) uint32 { return p.First + uint32(place) }

func (p Pool4) place(addr uint32) (uint64, bool) {
	return uint64(addr - p.First), addr >= p.First && addr <= p.Last
}

func (p Pool4) excludes(place uint64) bool {
	last := p.at(place) & 0xff
	return p.SkipEnds && (last == 0 || last == 255)
}

func (p Pool4) nextFree(tx lease.Tx4, from, to uint64, now int64) (uint64, bool) {
	addr, ok := tx.NextFree4(p.at(from), p.at(to), now)
	return uint64(addr - p.First), ok
}

// Pool6 is a range of IPv6 addresses or of prefixes to delegate.
type Pool6 struct {
	Row lease.Range6
	// Count is how many there are. Of more than 2^64-1 only that many are given.
	Count uint64
}

func (p Pool6) size() uint64                 { return p.Count }
func (p Pool6) at(place uint64) [16]byte     { return p.Row.At(place) }
func (p Pool6) excludes(uint64) (never bool) { return false }

func (p Pool6) place(addr [16]byte) (uint64, bool) {
	n, ok := p.Row.Place(addr)
	return n, ok && n < p.Count
}

func (p Pool6) nextFree(tx lease.Tx6, from, to uint64, now int64) (uint64, bool) {
	return tx.NextFree6(p.Row, from, to, now)
}

// family is what else differs between IPv4 and IPv6.
type family[T Tx, A any] struct {
	begin   func() T
	compare func(a, b A) int
}

// NewState4 makes the state for a store of DHCPv4 leases, whose Watch4 it takes
// over. With nil for leases it serves to try a configuration: For checks its
// arguments, and queues stay empty. random makes the choices of the allocators;
// nil stands for a generator with a seed that nobody can guess.
func NewState4(leases lease.Manager4, random Source) *State4 {
	f := family[lease.Tx4, uint32]{compare: cmp.Compare[uint32]}
	if leases == nil {
		return newState(f, random)
	}
	f.begin = leases.Begin4
	s := newState(f, random)
	leases.Watch4(s.watch)
	return s
}

// NewState6 does the same for one type of DHCPv6 leases.
func NewState6(leases lease.Manager6, random Source) *State6 {
	f := family[lease.Tx6, [16]byte]{compare: func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }}
	if leases == nil {
		return newState(f, random)
	}
	f.begin = leases.Begin6
	s := newState(f, random)
	leases.Watch6(s.watch)
	return s
}
