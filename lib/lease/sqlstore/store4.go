package sqlstore

import (
	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// Store4 keeps DHCPv4 leases in the table lease4. It is a lease.Manager4 whose
// transactions are lease.Prefetcher4.
type Store4 struct {
	store[uint32, lease.Lease4]
	watch func(addr, subnetID uint32, taken bool)
}

var (
	_ lease.Manager4    = (*Store4)(nil)
	_ lease.Prefetcher4 = (*tx4)(nil)
)

// New4 makes a store of the leases in an open database, which must have Kea's tables.
func New4(db *sqldb.DB, o Options) *Store4 {
	s := &Store4{}
	s.open(db, newTable4(db.Dialect), o)
	s.watchers = []func(uint32, uint32, bool){func(addr, subnet uint32, taken bool) {
		if s.watch != nil {
			s.watch(addr, subnet, taken)
		}
	}}
	return s
}

// Close4 closes the store. The database remains open.
func (s *Store4) Close4() error { return s.close() }

// Watch4 registers fn to be told of what this server's transactions take and free,
// and, once a search for a free address has failed, of what other servers do.
func (s *Store4) Watch4(fn func(addr, subnetID uint32, taken bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = fn
}

// Counts4 returns the number of assigned and declined leases of a subnet, as the
// database counts them.
func (s *Store4) Counts4(subnetID uint32) lease.Counts {
	return s.countsOf(place{subnet: subnetID}, false)
}

// PoolCounts4 is Counts4 for one pool.
func (s *Store4) PoolCounts4(subnetID, poolID uint32) lease.Counts {
	return s.countsOf(place{subnet: subnetID, pool: poolID}, true)
}

// Leases4 calls fn for the leases that q selects, in ascending order of address.
func (s *Store4) Leases4(q lease.Query4, fn func(*lease.Lease4) bool) error {
	return s.each(q.From, q.Limit, func(stmt *statement) {
		if q.SubnetID != 0 {
			stmt.add(" AND subnet_id = ").number(int64(q.SubnetID))
		}
		if len(q.ClientID) > 0 {
			stmt.add(" AND client_id = ").blob(q.ClientID)
		}
		if len(q.HWAddr) > 0 {
			stmt.add(" AND hwaddr = ").blob(q.HWAddr)
		}
		if q.Hostname != "" {
			hostnameIs(stmt, q.Hostname)
		}
	}, fn)
}

// tx4 is the handle of one transaction.
type tx4 struct {
	*Store4
	over bool
}

// Begin4 starts a transaction; it waits for the one under way.
func (s *Store4) Begin4() lease.Tx4 {
	s.mu.Lock()
	return &tx4{Store4: s}
}

func (t *tx4) Prefetch4(clientIDs, hwAddrs [][]byte, addrs []uint32) {
	t.fetch([][][]byte{clientIDs, hwAddrs}, addrs)
}

func (t *tx4) Get4(addr uint32, l *lease.Lease4) bool { return t.get(addr, l) }
func (t *tx4) Put4(l *lease.Lease4)                   { t.put(l) }
func (t *tx4) Delete4(addr uint32) bool               { return t.delete(addr) }
func (t *tx4) Err() error                             { return t.failure() }
func (t *tx4) Commit() error                          { return t.commit(&t.over) }
func (t *tx4) Rollback()                              { t.rollback(&t.over) }

func (t *tx4) ByClientID4(id []byte, buf []lease.Lease4) []lease.Lease4 { return t.by(0, id, buf) }
func (t *tx4) ByHWAddr4(hw []byte, buf []lease.Lease4) []lease.Lease4   { return t.by(1, hw, buf) }

func (t *tx4) NextFree4(from, to uint32, now int64) (uint32, bool) {
	n, ok := t.nextFree(&stretch[uint32]{
		at: func(n uint64) uint32 { return uint32(n) }, length: 32, from: uint64(from), to: uint64(to),
		place: func(a uint32) (uint64, bool) { return uint64(a), true },
	}, now)
	return uint32(n), ok
}

func (t *tx4) Expired4(now int64, max int, buf []uint32) []uint32 {
	return t.ended(unreclaimed, now, max, buf, func(l *lease.Lease4) bool {
		return l.State != lease.StateReclaimed && l.Expired(now)
	})
}

func (t *tx4) Reclaimed4(before int64, max int, buf []uint32) []uint32 {
	return t.ended(reclaimed, before, max, buf, func(l *lease.Lease4) bool {
		return l.State == lease.StateReclaimed && l.Expired(before)
	})
}

// States of leases that have still to be reclaimed, and of those that were.
var (
	unreclaimed = []lease.State{lease.StateDefault, lease.StateDeclined, lease.StateReleased, lease.StateRegistered}
	reclaimed   = []lease.State{lease.StateReclaimed}
)
