package memfile

import (
	"math"
	"slices"

	"nestor/lib/lease"
)

// querySlice is how many leases a query looks at before it lets writers in.
const querySlice = 256

// Leases4 calls fn for the leases that q selects, in ascending order of
// address. It copies a slice of them at a time, so fn runs without the store's
// lock. A lease that changes meanwhile is seen before or after, once at most.
func (s *Store4) Leases4(q lease.Query4, fn func(*lease.Lease4) bool) error {
	c := cursor4{Store4: s, query: q, limit: q.Limit, at: uint64(q.From) + 1}
	if q.From == 0 {
		c.at = 0
	}
	if c.limit == 0 {
		c.limit = math.MaxInt
	}
	for c.limit > 0 && c.at <= math.MaxUint32 {
		if !c.slice() {
			c.at = math.MaxUint32 + 1
		}
		for i := range c.found {
			if c.limit == 0 || !fn(&c.found[i]) {
				return nil
			}
			c.limit--
		}
	}
	return nil
}

// cursor4 is the state of a query between slices.
type cursor4 struct {
	*Store4
	query lease.Query4
	limit int
	at    uint64 // first address not looked at yet
	addrs []uint32
	keyed bool // addrs are the candidates, from the index of a key
	found []lease.Lease4
	bytes []byte // what found points to
}

// slice looks at the next leases and reports whether there may be more.
func (c *cursor4) slice() bool {
	c.found, c.bytes = c.found[:0], c.bytes[:0]
	c.mu.Lock()
	defer c.mu.Unlock()
	switch {
	case len(c.query.ClientID) > 0:
		return c.byKey(byClientID, c.query.ClientID)
	case len(c.query.HWAddr) > 0:
		return c.byKey(byHWAddr, c.query.HWAddr)
	case c.query.Hostname != "":
		return c.byKey(byHostname, []byte(c.query.Hostname))
	case c.query.SubnetID != 0:
		return c.bySubnet()
	}
	return c.span(uint32(c.at), math.MaxUint32, querySlice) == 0
}

// byKey collects the addresses under a key at first, then looks at some of them
// each time.
func (c *cursor4) byKey(which int, key []byte) bool {
	if !c.keyed {
		c.keyed = true
		x, k := &c.hashes[which], &c.keys[which]
		for n := x.find(k, key); n != 0; n = x.after(k, n) {
			if addr := c.records.at(n).addr; uint64(addr) >= c.at {
				c.addrs = append(c.addrs, addr)
			}
		}
		slices.Sort(c.addrs)
	}
	for k := 0; k < querySlice && len(c.addrs) > 0; k++ {
		if n := c.Store4.addrs.find(c.addrs[0]); n != 0 {
			c.look(n)
		}
		c.addrs = c.addrs[1:]
	}
	return len(c.addrs) > 0
}

// bySubnet looks only at pages in which the subnet has leases.
func (c *cursor4) bySubnet() bool {
	s := c.places.subnets[c.query.SubnetID]
	if s == nil {
		return false
	}
	left := querySlice
	i, _ := s.find(uint32(c.at >> 8))
	for ; i < len(s.pages); i++ {
		base := s.pages[i].page << 8
		if left = c.span(max(base, uint32(c.at)), base|255, left); left == 0 {
			return true
		}
	}
	return false
}

// span looks at no more than so many leases in [from, to] and returns how many it
// might still look at.
func (c *cursor4) span(from, to uint32, left int) int {
	c.Store4.addrs.walk(from, to, func(n uint32) bool {
		c.look(n)
		c.at = uint64(c.records.at(n).addr) + 1
		left--
		return left > 0 && len(c.found) < c.limit
	})
	return left
}

// look copies the lease if the query selects it.
func (c *cursor4) look(n uint32) {
	var l lease.Lease4
	c.lease(n, &l)
	q := &c.query
	if q.SubnetID != 0 && l.SubnetID != q.SubnetID ||
		len(q.ClientID) > 0 && string(l.ClientID) != string(q.ClientID) ||
		len(q.HWAddr) > 0 && string(l.HWAddr) != string(q.HWAddr) ||
		q.Hostname != "" && string(l.Hostname) != q.Hostname {
		return
	}
	l.ClientID, l.HWAddr = c.keep(l.ClientID), c.keep(l.HWAddr)
	l.Hostname, l.UserContext = c.keep(l.Hostname), c.keep(l.UserContext)
	c.found = append(c.found, l)
}

// keep copies bytes to where they stay until the next slice. When bytes moves as
// it grows, what was kept before stays in its old place.
func (c *cursor4) keep(b []byte) []byte {
	if len(b) == 0 {
		return nil
	}
	from := len(c.bytes)
	c.bytes = append(c.bytes, b...)
	return c.bytes[from:len(c.bytes):len(c.bytes)]
}

// Counts4 returns the number of leases of a subnet by state. It does not wait for
// a transaction and may see some of its changes.
func (s *Store4) Counts4(subnetID uint32) lease.Counts { return s.places.ofSubnet(subnetID) }

// PoolCounts4 is Counts4 for one pool.
func (s *Store4) PoolCounts4(subnetID, poolID uint32) lease.Counts {
	return s.places.ofPool(subnetID, poolID)
}

// SubnetIDs returns the subnets that have leases in any state, in ascending
// order.
func (s *Store4) SubnetIDs() []uint32 { return s.places.subnetIDs() }

// Watch4 registers fn to be told inside a transaction which addresses become
// taken and free; nil ends that.
func (s *Store4) Watch4(fn func(addr, subnetID uint32, taken bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = fn
}
