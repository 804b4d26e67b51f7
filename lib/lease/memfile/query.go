package memfile

import (
	"math"
	"slices"

	"nestor/lib/lease"
)

// querySlice is how many leases a query looks at before it lets writers in.
const querySlice = 256

// query selects leases in ascending order of address.
type query[L any, K comparable] struct {
	which    int    // the index that key is looked up in
	key      []byte // empty: any
	subnetID uint32 // 0: any
	from     K      // the first address
	limit    int    // at most so many, 0: no limit
	selects  func(l *L) bool
	// keep copies what a lease points to.
	keep func(l *L, copy func([]byte) []byte)
}

// each calls fn for the leases that q selects. It copies a slice of them at a
// time, so fn runs without the store's lock. A lease that changes meanwhile is
// seen before or after, once at most.
func (s *store[R, P, L, K]) each(q query[L, K], fn func(*L) bool) {
	c := cursor[R, P, L, K]{store: s, query: q, at: q.from}
	if c.limit == 0 {
		c.limit = math.MaxInt
	}
	for more := true; more && c.limit > 0; {
		more = c.slice()
		for i := range c.found {
			if c.limit == 0 || !fn(&c.found[i]) {
				return
			}
			c.limit--
		}
	}
}

// cursor is the state of a query between slices.
type cursor[R any, P record[R], L any, K comparable] struct {
	*store[R, P, L, K]
	query[L, K]
	at    K // first address not looked at yet
	addrs []K
	keyed bool // addrs are the candidates, from the index of a key
	found []L
	bytes []byte // what found points to
}

// slice looks at the next leases and reports whether there may be more.
func (c *cursor[R, P, L, K]) slice() bool {
	c.found, c.bytes = c.found[:0], c.bytes[:0]
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return false
	}
	if len(c.key) > 0 {
		return c.byKey()
	}
	left, more := querySlice, false
	c.family.walk(c.at, c.subnetID, func(n uint32) bool {
		var l L
		c.lease(n, &l)
		c.look(&l)
		next, ok := c.family.after(c.family.addrOf(&l))
		if !ok {
			return false
		}
		c.at = next
		left--
		more = left == 0 || len(c.found) == c.limit
		return !more
	})
	return more
}

// byKey collects the addresses under a key at first, then looks at some of them
// each time.
func (c *cursor[R, P, L, K]) byKey() bool {
	if !c.keyed {
		c.keyed = true
		x, k := &c.hashes[c.which], &c.keys[c.which]
		var l L
		for n := x.find(k, c.key); n != 0; n = x.after(k, n) {
			c.lease(n, &l)
			if addr := c.family.addrOf(&l); c.family.compare(addr, c.at) >= 0 {
				c.addrs = append(c.addrs, addr)
			}
		}
		slices.SortFunc(c.addrs, c.family.compare)
	}
	for k := 0; k < querySlice && len(c.addrs) > 0; k++ {
		if n := c.family.find(c.addrs[0]); n != 0 {
			var l L
			c.lease(n, &l)
			c.look(&l)
		}
		c.addrs = c.addrs[1:]
	}
	return len(c.addrs) > 0
}

// look copies the lease if the query selects it.
func (c *cursor[R, P, L, K]) look(l *L) {
	if !c.selects(l) {
		return
	}
	c.keep(l, c.copy)
	c.found = append(c.found, *l)
}

// copy copies bytes to where they stay until the next slice. When bytes moves as
// it grows, what was kept before stays in its old place.
func (c *cursor[R, P, L, K]) copy(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	from := len(c.bytes)
	c.bytes = append(c.bytes, b...)
	return c.bytes[from:len(c.bytes):len(c.bytes)]
}

// SubnetIDs returns the subnets that have leases in any state, in ascending
// order.
func (s *store[R, P, L, K]) SubnetIDs() []uint32 { return s.places.subnetIDs() }

// counts returns the numbers of leases of a subnet, poolCounts those of a pool. They
// do not wait for a transaction and may see some of its changes.
func (s *store[R, P, L, K]) counts(subnetID uint32, t lease.Type6) lease.Counts {
	return s.places.ofSubnet(subnetID, t)
}

func (s *store[R, P, L, K]) poolCounts(id placeID) lease.Counts { return s.places.ofPool(id) }
