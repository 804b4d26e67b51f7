package dhcp6

import (
	"nestor/lib/alloc"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/logging"
)

// lengthMatch says which delegated lengths a search is for, by the length that the
// client asks for.
type lengthMatch uint8

const (
	anyLength     lengthMatch = iota
	equalLength               // first
	shorterLength             // a larger prefix serves as well
	longerLength              // better than none
)

// allocateUnreserved gives the IA a lease that is reserved for nobody: the one that
// the client asks for, else one that the allocators of the network's subnets pick.
// Prefixes of the length that the client asks for come first (ARM 9.21.1).
func (x *exchange) allocateUnreserved() bool {
	start := x.subnet
	if x.ia.typ == lease.TypeNA || !x.ia.hinted || x.ia.hint.Len == 0 {
		if x.search(start, anyLength) {
			return true
		}
	} else {
		for m := equalLength; m <= longerLength; m++ {
			x.trace.length(m)
			if x.search(start, m) {
				return true
			}
		}
	}
	x.subnet = start
	x.allocationFailed(start)
	return false
}

func (x *exchange) search(start *subnet6, m lengthMatch) bool {
	return x.allocateHint(start, m) || x.allocateDynamic(start, m)
}

// fits reports whether the pool may serve the client in the search.
func (x *exchange) fits(p *pool6, m lengthMatch) bool {
	if !p.admit.Admits(&x.classes) {
		return false
	}
	switch asked := x.ia.hint.Len; m {
	case equalLength:
		return p.row.Len == asked
	case shorterLength:
		return p.row.Len < asked
	case longerLength:
		return p.row.Len > asked
	}
	return true
}

// allocateHint gives the client what it asks for, if it is free and in a pool.
func (x *exchange) allocateHint(start *subnet6, m lengthMatch) bool {
	if !x.ia.hinted || x.ia.hint.Addr == ([16]byte{}) {
		return false
	}
	x.trace.reserved(whyHint, x.ia.hint.Addr, x.ia.hint.Len)
	for s := start; s != nil; s = x.next(s, start) {
		p := s.poolsOf(x.ia.typ).of(x.ia.hint.Addr)
		if p == nil || !s.admits(&x.classes) || !x.fits(p, m) {
			x.trace.hint(s, p)
			continue
		}
		n, ok := p.row.Place(x.ia.hint.Addr)
		if !ok {
			continue
		}
		addr := p.row.At(n)
		if x.isReserved(s, addr) {
			x.trace.address(why.ReservedForOther, s, addr, p.row.Len)
			continue
		}
		if x.takeFree(s, p, addr) {
			return true
		}
	}
	return false
}

// takeFree makes a lease of an address or prefix that has none, or whose lease has
// run out. It fails when somebody holds it, or an IA before has got it.
func (x *exchange) takeFree(s *subnet6, p *pool6, addr [16]byte) bool {
	if x.isGranted(addr, p.row.Len) {
		x.trace.address(whyAlreadyGiven, s, addr, p.row.Len)
		return false
	}
	old := &x.found
	if !x.tx.Get6(addr, old) {
		old = nil
	} else if !old.Free(x.unix) {
		x.trace.lease(whyTaken, old)
		return false
	} else {
		x.trace.lease(why.ReusesExpired, old)
	}
	x.subnet = s
	x.makeLease(addr, p.row.Len, old)
	return true
}

// allocateDynamic lets the allocators of the network's subnets pick, beginning with
// the subnet that was used last if it admits the same classes as the one that the
// search starts from, then in ascending order of subnet id.
func (x *exchange) allocateDynamic(start *subnet6, m lengthMatch) bool {
	start = x.startSubnet(start)
	x.trace.subnet(why.SearchStarts, start)
	for s := start; s != nil; s = x.next(s, start) {
		set := s.poolsOf(x.ia.typ)
		pools := x.allowedPools(s, m)
		x.trace.guards(s)
		if len(pools) == 0 || set.alloc == nil {
			x.trace.subnet(why.NoPool, s)
			continue
		}
		x.subnet = s
		a := x.allocatorOf(set)
		// An offer stores nothing, so the allocator may come upon what an IA before
		// was offered.
		for range len(x.granted) + 1 {
			addr, ok := a.Next(x.tx, pools, x.unix, x.skipper(s))
			if !ok {
				x.trace.subnet(why.Exhausted, s)
				break
			}
			a.MarkUsed()
			p := set.of(addr)
			x.trace.address(why.Picked, s, addr, p.row.Len)
			if x.takeFree(s, p, addr) {
				return true
			}
		}
	}
	return false
}

// allocatorOf is that of pools. For an explanation it is one that only foresees what
// theirs would choose.
func (x *exchange) allocatorOf(set *poolSet) alloc.Allocator6 {
	switch {
	case !x.trace.on():
		return set.alloc
	case x.ia.typ == lease.TypePD:
		return x.trace.prefixes.Of(set.alloc)
	}
	return x.trace.addresses.Of(set.alloc)
}

// startSubnet is where the search begins: the subnet that gave a dynamic lease
// last, of those that admit the same classes.
func (x *exchange) startSubnet(from *subnet6) *subnet6 {
	start, last := from, uint64(0)
	for _, s := range from.network.subnets {
		set := s.poolsOf(x.ia.typ)
		if set.alloc == nil || !s.admits(&x.classes) || !s.admit.Equal(from.admit) {
			continue
		}
		if used := x.allocatorOf(set).LastUsed(); used > last {
			start, last = s, used
		}
	}
	return start
}

// allowedPools returns the indexes of the pools that may serve the client. The
// subnet that was selected may be closed to it by now: reservations bring classes,
// and take others away.
func (x *exchange) allowedPools(s *subnet6, m lengthMatch) []int {
	if !s.admits(&x.classes) {
		return nil
	}
	set := s.poolsOf(x.ia.typ)
	if m == anyLength && set.everybody != nil {
		return set.everybody
	}
	x.poolScratch = x.poolScratch[:0]
	for i := range set.pools {
		if x.fits(&set.pools[i], m) {
			x.poolScratch = append(x.poolScratch, i)
		}
	}
	return x.poolScratch
}

// skipper returns the test for what is reserved, nil when the subnet has no such
// addresses in its pools.
func (x *exchange) skipper(s *subnet6) func(addr [16]byte) bool {
	if s.hostTypes == 0 || !s.ReservationsInSubnet || s.ReservationsOutOfPool {
		return nil
	}
	return x.skip
}

// allocationFailed counts and logs that nothing was found.
func (x *exchange) allocationFailed(s *subnet6) {
	full, poolless := x.emptyHanded(s.network)
	x.tally.Failed(x.srv.stats.leases, s.stats, leasestats.Failure{Network: s.isShared(), NoPools: full == 0})
	if log := x.srv.log.allocEngine; log.Enabled(msgAllocFail) {
		x.logAllocationFailed(log, s, full, poolless)
	}
}

// logAllocationFailed tells why, in as many messages as Kea has for it.
func (x *exchange) logAllocationFailed(log *logging.Logger, s *subnet6, full, poolless int) {
	if s.isShared() {
		log.Log(msgAllocFailNetwork, x.label(), s.network.name, full, poolless)
	} else {
		log.Log(msgAllocFailSubnet, x.label(), s.Text, s.ID, "(none)")
	}
	if full > 0 {
		log.Log(msgAllocFail, x.label(), s.poolsOf(x.ia.typ).capacity())
	} else {
		log.Log(msgAllocFailNoPools, x.label())
	}
	log.Log(msgAllocFailClasses, x.label(), x.classing.Names())
}

// emptyHanded counts the subnets that had nothing left, and those without a pool for
// the client.
func (x *exchange) emptyHanded(n *network6) (full, poolless int) {
	for _, s := range n.subnets {
		switch {
		case !s.admits(&x.classes):
		case len(x.allowedPools(s, anyLength)) == 0:
			poolless++
		default:
			full++
		}
	}
	return full, poolless
}
