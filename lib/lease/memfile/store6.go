package memfile

import (
	"bytes"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// Store6 keeps DHCPv6 leases in memory and appends their changes to a lease
// file. It is a lease.Manager6 with a single writer: a transaction holds the
// store's lock from Begin6 to its end.
type Store6 struct {
	store[record6, *record6, lease.Lease6, [16]byte]
	nodes    treeNodes
	addrs    addrTree
	search   freePlaceSearch
	watchers []func(addr [16]byte, subnetID uint32, taken bool)
	handles  []tx6
}

var _ lease.Manager6 = (*Store6)(nil)

func newStore6(o Options6) *Store6 {
	s := &Store6{}
	s.begin(family6{s}, keys6, o)
	s.nodes.use(&s.regions)
	s.addrs = addrTree{treeNodes: &s.nodes}
	s.search = freePlaceSearch{x: &s.addrs, expire: s.freeAt}
	return s
}

// Open6 reads the lease files and gives a store of their leases that goes on
// appending to the live one. A file that was cut short by a crash costs its
// last row at most.
func Open6(o Options6) (*Store6, *LoadReport, error) { return openStore(newStore6(o)) }

// Read6 reads the lease files into a store that is in memory only, as Read4 does.
func Read6(o Options6) (*Store6, *LoadReport, error) {
	return read(o.Path, func() *Store6 { return newStore6(inMemory(o)) })
}

// Close6 closes the lease file and gives the memory back. A transaction that is
// begun afterwards finds no leases and cannot be committed with changes.
func (s *Store6) Close6() error { return s.close() }

// Write6 writes all leases to a lease file at path (lease6-write), as Write4 does.
func (s *Store6) Write6(path string) error { return s.write(path) }

// Watch6 registers fn to be told, beside those registered before, inside a
// transaction which addresses and prefixes become taken and free.
func (s *Store6) Watch6(fn func(addr [16]byte, subnetID uint32, taken bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watchers = append(s.watchers, fn)
}

// Counts6 returns the number of leases of a type in a subnet by state. It does not
// wait for a transaction and may see some of its changes.
func (s *Store6) Counts6(subnetID uint32, t lease.Type6) lease.Counts { return s.counts(subnetID, t) }

// PoolCounts6 is Counts6 for one pool.
func (s *Store6) PoolCounts6(subnetID uint32, t lease.Type6, poolID uint32) lease.Counts {
	return s.poolCounts(placeID{subnetID, poolID, t})
}

// Leases6 calls fn for the leases that q selects, in ascending order of address,
// as Leases4 does.
func (s *Store6) Leases6(q lease.Query6, fn func(*lease.Lease6) bool) error {
	from := q.From
	if from != [16]byte{} {
		next, ok := s.family.after(from)
		if !ok {
			return nil
		}
		from = next
	}
	by := query[lease.Lease6, [16]byte]{subnetID: q.SubnetID, from: from, limit: q.Limit, keep: s.family.keep}
	switch {
	case len(q.DUID) > 0:
		by.which, by.key = byDUID, q.DUID
	case q.Hostname != "":
		by.which, by.key = byHostname6, []byte(q.Hostname)
	}
	by.selects = func(l *lease.Lease6) bool {
		return (q.SubnetID == 0 || l.SubnetID == q.SubnetID) &&
			(len(q.DUID) == 0 || string(l.DUID) == string(q.DUID)) &&
			(q.Hostname == "" || string(l.Hostname) == q.Hostname)
	}
	s.each(by, fn)
	return nil
}

// tx6 is the handle of one transaction.
type tx6 struct {
	*Store6
	over bool
}

// Begin6 starts a transaction; it waits for the one under way.
func (s *Store6) Begin6() lease.Tx6 {
	s.mu.Lock()
	if len(s.handles) == 0 {
		s.handles = make([]tx6, handleBatch)
	}
	t := &s.handles[0]
	s.handles = s.handles[1:]
	t.Store6 = s
	return t
}

func (t *tx6) Get6(addr [16]byte, l *lease.Lease6) bool { return t.get(addr, l) }
func (t *tx6) Put6(l *lease.Lease6)                     { t.put(l) }
func (t *tx6) Delete6(addr [16]byte) bool               { return t.delete(addr) }
func (t *tx6) Commit() error                            { return t.commit(&t.over) }
func (t *tx6) Rollback()                                { t.rollback(&t.over) }

func (t *tx6) ByDUID6(duid []byte, buf []lease.Lease6) []lease.Lease6 {
	from := len(buf)
	buf = t.by(byDUID, duid, buf)
	if len(buf)-from > 1 {
		slices.SortFunc(buf[from:], func(a, b lease.Lease6) int { return bytes.Compare(a.Addr[:], b.Addr[:]) })
	}
	return buf
}

func (t *tx6) NextFree6(r lease.Range6, from, to uint64, now int64) (uint64, bool) {
	t.search.row, t.search.next, t.search.to, t.search.now = r, from, to, now
	return t.search.run()
}

func (t *tx6) Expired6(now int64, max int, buf [][16]byte) [][16]byte {
	t.ended(&t.running, now, max, func(r *record6) { buf = append(buf, r.addr.bytes()) })
	return buf
}

func (t *tx6) Reclaimed6(before int64, max int, buf [][16]byte) [][16]byte {
	t.ended(&t.reclaimed, before, max, func(r *record6) { buf = append(buf, r.addr.bytes()) })
	return buf
}

// family6 is what its store needs to know of DHCPv6 leases.
type family6 struct{ *Store6 }

func (f family6) find(addr [16]byte) uint32  { return f.addrs.find(key6Of(&addr)) }
func (f family6) index(r *record6, n uint32) { f.addrs.insert(r.addr, r.length, n, r.addrState()) }
func (f family6) reindex(r *record6)         { f.addrs.update(r.addr, r.addrState()) }
func (f family6) unindex(r *record6)         { f.addrs.remove(r.addr) }
func (family6) compare(a, b [16]byte) int    { return bytes.Compare(a[:], b[:]) }

func (family6) after(addr [16]byte) ([16]byte, bool) {
	k := key6Of(&addr)
	if k.lo++; k.lo == 0 {
		k.hi++
	}
	return k.bytes(), k != key6{}
}

func (f family6) walk(from [16]byte, subnetID uint32, fn func(n uint32) bool) {
	tree := &f.addrs
	if subnetID != 0 {
		s := f.places.subnets[subnetID]
		if s == nil {
			return
		}
		tree = &s.tree
	}
	tree.walk(key6Of(&from), fn)
}

func (f family6) enter(s *subnetLeases, r *record6, n uint32) {
	s.total.Add(1)
	s.tree.treeNodes = &f.nodes
	s.tree.insert(r.addr, r.length, n, addrState{})
}

func (family6) leave(s *subnetLeases, r *record6) {
	s.total.Add(-1)
	s.tree.remove(r.addr)
}

func (f family6) tell(r *record6, taken bool) {
	for _, watch := range f.watchers {
		watch(r.addr.bytes(), f.places.all[r.place].placeID.subnet, taken)
	}
}

func (family6) compact() {} // trees are of nodes of one size, which are used again

func (f family6) forget() {
	f.nodes = treeNodes{}
	f.Store6.addrs = addrTree{treeNodes: &f.Store6.nodes}
}

// text writes an address for people.
func (family6) text(addr [16]byte) string { return netip.AddrFrom16(addr).String() }

func (f family6) fill(r *record6, l *lease.Lease6) {
	r.put(&r.head, &f.data, texts{l.DUID, l.HWAddr, l.Hostname, l.UserContext})
	r.addr, r.length, r.kind = key6Of(&l.Addr), l.PrefixLen, l.Type
	r.iaid, r.preferred, r.hwType, r.hwSource = l.IAID, l.PreferredLft, l.HWType, l.HWSource
	r.set(l.ValidLft, l.CLTT, l.State, l.FqdnFwd, l.FqdnRev)
}

func (f family6) give(r *record6, l *lease.Lease6) {
	at := f.places.all[r.place]
	*l = lease.Lease6{
		Addr: r.addr.bytes(), Type: r.kind, PrefixLen: r.length, IAID: r.iaid,
		HWType: r.hwType, HWSource: r.hwSource, ValidLft: r.valid, PreferredLft: r.preferred, CLTT: r.cltt,
		SubnetID: at.placeID.subnet, PoolID: at.pool, State: r.state,
		FqdnFwd: r.flags&fqdnFwd != 0, FqdnRev: r.flags&fqdnRev != 0,
	}
	t := r.texts(&r.head, &f.data)
	l.DUID, l.HWAddr, l.Hostname, l.UserContext = t.id, t.hw, t.host, t.context
}

func (family6) addrOf(l *lease.Lease6) [16]byte      { return l.Addr }
func (family6) placeOf(l *lease.Lease6) placeID      { return placeID{l.SubnetID, l.PoolID, l.Type} }
func (family6) setSubnet(l *lease.Lease6, id uint32) { l.SubnetID = id }
func (family6) live(l *lease.Lease6) bool            { return l.ValidLft > 0 }
func (family6) context(l *lease.Lease6) []byte       { return l.UserContext }

func (family6) keep(l *lease.Lease6, copy func([]byte) []byte) {
	l.DUID, l.HWAddr = copy(l.DUID), copy(l.HWAddr)
	l.Hostname, l.UserContext = copy(l.Hostname), copy(l.UserContext)
}

func (family6) check(l *lease.Lease6) error {
	switch {
	case len(l.HWAddr) > leasefile.MaxHWAddr:
		return fmt.Errorf("its hardware address has %d bytes, more than %d", len(l.HWAddr), leasefile.MaxHWAddr)
	case len(l.DUID) < leasefile.MinDUID || len(l.DUID) > leasefile.MaxDUID:
		return fmt.Errorf("its DUID has %d bytes, not %d to %d", len(l.DUID), leasefile.MinDUID, leasefile.MaxDUID)
	case string(l.DUID) == leasefile.EmptyDUID && l.State != lease.StateDeclined:
		return errors.New("it has the empty DUID and is not declined")
	case l.Type > lease.TypePD:
		return fmt.Errorf("its type %d is none of 0 (NA), 1 (TA), 2 (PD)", l.Type)
	case l.PrefixLen > 128 || l.Type != lease.TypePD && l.PrefixLen != 128:
		return fmt.Errorf("its prefix length is %d, an address has 128", l.PrefixLen)
	}
	return nil
}

func (family6) file() leasefile.Family                         { return leasefile.V6 }
func (family6) appendRow(b []byte, l *lease.Lease6) []byte     { return leasefile.AppendRow6(b, l) }
func (family6) appendDeleted(b []byte, l *lease.Lease6) []byte { return leasefile.AppendDeleted6(b, l) }
func (family6) parse(p *leasefile.Parser, s leasefile.Schema, row []byte, l *lease.Lease6) (warning, err error) {
	return p.Row6(s, row, l)
}
