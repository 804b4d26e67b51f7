package dhcp4

import (
	"nestor/lib/alloc"
	"nestor/lib/explain/why"
	"nestor/lib/leasestats"
)

// allocateDynamic lets the allocators of the network's subnets pick an address,
// beginning with the subnet that was used last if it admits the same classes as
// the selected one, then in ascending order of subnet id.
func (x *exchange) allocateDynamic(offer bool) bool {
	start := x.startSubnet()
	x.trace.subnet(why.SearchStarts, start)
	attempts, lastTried := false, start
	found := false
	x.walk(start, func(s *subnet4) bool {
		lastTried = s
		pools := x.allowedPools(s)
		x.trace.guards(s)
		if len(pools) == 0 || s.alloc == nil {
			x.trace.subnet(why.NoPool, s)
			return true
		}
		attempts = true
		x.subnet = s
		addr, ok := x.nextAddress(s, pools)
		if !ok {
			x.trace.subnet(why.Exhausted, s)
			return true
		}
		x.pool = s.poolOf(addr)
		x.trace.address(why.Picked, addr)
		found = x.takeAddress(addr, offer)
		return !found
	})
	if !found {
		x.allocationFailed(lastTried, attempts)
	}
	return found
}

// nextAddress lets the allocator of a subnet choose.
func (x *exchange) nextAddress(s *subnet4, pools []int) (addr uint32, ok bool) {
	a := x.allocatorOf(s)
	if addr, ok = a.Next(x.tx, pools, x.unix, x.skipper(s)); ok {
		a.MarkUsed()
	}
	return addr, ok
}

// allocatorOf is that of the subnet. For an explanation it is one that only foresees
// what the subnet's would choose.
func (x *exchange) allocatorOf(s *subnet4) alloc.Allocator4 {
	if x.trace.on() {
		return x.trace.ahead.Of(s.alloc)
	}
	return s.alloc
}

// startSubnet is where the search begins: the subnet that gave a dynamic lease
// last, of those that admit the same classes as the selected one.
func (x *exchange) startSubnet() *subnet4 {
	start, last := x.selected, uint64(0)
	for _, s := range x.selected.network.subnets {
		if s.alloc == nil || !s.admits(&x.classes) || !s.admit.Equal(x.selected.admit) {
			continue
		}
		if used := x.allocatorOf(s).LastUsed(); used > last {
			start, last = s, used
		}
	}
	return start
}

// allowedPools returns the indexes of the pools that admit the client. The subnet
// that was selected may be closed to it by now: reservations bring classes, and
// take others away.
func (x *exchange) allowedPools(s *subnet4) []int {
	if !s.admits(&x.classes) {
		return nil
	}
	if s.everybody != nil {
		return s.everybody
	}
	x.poolScratch = x.poolScratch[:0]
	for i := range s.pools {
		if s.pools[i].admit.Admits(&x.classes) {
			x.poolScratch = append(x.poolScratch, i)
		}
	}
	return x.poolScratch
}

// skipper returns the test for addresses that are reserved for others, nil when
// the subnet has no such addresses.
func (x *exchange) skipper(s *subnet4) func(addr uint32) bool {
	if s.hostTypes == 0 || !s.ReservationsInSubnet || s.ReservationsOutOfPool {
		return nil
	}
	return x.skip
}

// allocationFailed counts and logs that no address was found.
func (x *exchange) allocationFailed(s *subnet4, attempts bool) {
	x.tally.Failed(x.srv.stats.leases, s.stats, leasestats.Failure{Network: s.isShared(), NoPools: !attempts})
	log := x.srv.log.allocEngine
	if s.isShared() {
		full, poolless := x.emptyHanded(s.network)
		log.Log(msgAllocFailNetwork, x.label(), s.network.name, full, poolless)
	} else {
		log.Log(msgAllocFailSubnet, x.label(), s.Text, s.ID, "(none)")
	}
	if attempts {
		log.Log(msgAllocFail, x.label(), s.capacity)
	} else {
		log.Log(msgAllocFailNoPools, x.label())
	}
	log.Log(msgAllocFailClasses, x.label(), x.classing.Names())
}

// emptyHanded counts the subnets that had no address left, and those without a
// pool for the client.
func (x *exchange) emptyHanded(n *network4) (full, poolless int) {
	for _, s := range n.subnets {
		switch {
		case !s.admits(&x.classes):
		case len(x.allowedPools(s)) == 0:
			poolless++
		default:
			full++
		}
	}
	return full, poolless
}
