package sqlstore

import (
	"nestor/lib/lease"
	"nestor/lib/sqldb"
)

// Store6 keeps DHCPv6 leases in the table lease6. It is a lease.Manager6 whose
// transactions are lease.Prefetcher6.
type Store6 struct {
	store[[16]byte, lease.Lease6]
}

var (
	_ lease.Manager6    = (*Store6)(nil)
	_ lease.Prefetcher6 = (*tx6)(nil)
)

// New6 makes a store of the leases in an open database, as New4 does.
func New6(db *sqldb.DB, o Options) *Store6 {
	s := &Store6{}
	s.open(db, newTable6(db.Dialect), o)
	return s
}

// Close6 closes the store. The database remains open.
func (s *Store6) Close6() error { return s.close() }

// Watch6 registers fn to be told, beside those registered before, as Watch4 does.
func (s *Store6) Watch6(fn func(addr [16]byte, subnetID uint32, taken bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, fn)
}

// Counts6 returns the number of assigned, declined and registered leases of a type in
// a subnet, as the database counts them.
func (s *Store6) Counts6(subnetID uint32, t lease.Type6) lease.Counts {
	return s.countsOf(place{subnet: subnetID, kind: t}, false)
}

// PoolCounts6 is Counts6 for one pool.
func (s *Store6) PoolCounts6(subnetID uint32, t lease.Type6, poolID uint32) lease.Counts {
	return s.countsOf(place{subnet: subnetID, pool: poolID, kind: t}, true)
}

// Leases6 calls fn for the leases that q selects, in ascending order of address.
func (s *Store6) Leases6(q lease.Query6, fn func(*lease.Lease6) bool) error {
	return s.each(q.From, q.Limit, func(stmt *statement) {
		if q.SubnetID != 0 {
			stmt.add(" AND subnet_id = ").number(int64(q.SubnetID))
		}
		if len(q.DUID) > 0 {
			stmt.add(" AND duid = ").blob(q.DUID)
		}
		if q.Hostname != "" {
			hostnameIs(stmt, q.Hostname)
		}
	}, fn)
}

// tx6 is the handle of one transaction.
type tx6 struct {
	*Store6
	over bool
}

// Begin6 starts a transaction; it waits for the one under way.
func (s *Store6) Begin6() lease.Tx6 {
	s.mu.Lock()
	return &tx6{Store6: s}
}

func (t *tx6) Prefetch6(duids [][]byte, addrs [][16]byte) { t.fetch([][][]byte{duids}, addrs) }

func (t *tx6) Get6(addr [16]byte, l *lease.Lease6) bool { return t.get(addr, l) }
func (t *tx6) Put6(l *lease.Lease6)                     { t.put(l) }
func (t *tx6) Delete6(addr [16]byte) bool               { return t.delete(addr) }
func (t *tx6) Err() error                               { return t.failure() }
func (t *tx6) Commit() error                            { return t.commit(&t.over) }
func (t *tx6) Rollback()                                { t.rollback(&t.over) }

func (t *tx6) ByDUID6(duid []byte, buf []lease.Lease6) []lease.Lease6 { return t.by(0, duid, buf) }

func (t *tx6) NextFree6(r lease.Range6, from, to uint64, now int64) (uint64, bool) {
	return t.nextFree(&stretch[[16]byte]{
		at: r.At, length: r.Len, from: from, to: to,
		place: func(a [16]byte) (uint64, bool) {
			n, ok := r.Place(a)
			return n, ok && r.At(n) == a
		},
	}, now)
}

func (t *tx6) Expired6(now int64, max int, buf [][16]byte) [][16]byte {
	return t.ended(unreclaimed, now, max, buf, func(l *lease.Lease6) bool {
		return l.State != lease.StateReclaimed && l.Expired(now)
	})
}

func (t *tx6) Reclaimed6(before int64, max int, buf [][16]byte) [][16]byte {
	return t.ended(reclaimed, before, max, buf, func(l *lease.Lease6) bool {
		return l.State == lease.StateReclaimed && l.Expired(before)
	})
}
