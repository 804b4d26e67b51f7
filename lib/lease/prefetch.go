package lease

// A Prefetcher4 is a Tx4 of a store that fetches several leases at less cost than
// one after the other. It is told what the exchanges of a batch are going to look up
// before they do; it may be told more than once in a transaction, each time of other
// exchanges. Nothing is said of leases that are not named: they are looked up as
// ever. The slices are the caller's and change when the call is over; there are no
// empty ones in them, but there may be duplicates.
type Prefetcher4 interface {
	Tx4
	// Prefetch4 names client identifiers, link-layer addresses and IPv4 addresses.
	Prefetch4(clientIDs, hwAddrs [][]byte, addrs []uint32)
}

// A Prefetcher6 is the same of DHCPv6: clients' identifiers, and the addresses of
// leases or the first of their prefixes.
type Prefetcher6 interface {
	Tx6
	Prefetch6(duids [][]byte, addrs [][16]byte)
}
