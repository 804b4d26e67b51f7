package memfile

import (
	"cmp"
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// Store4 keeps DHCPv4 leases in memory and appends their changes to a lease
// file. It is a lease.Manager4 with a single writer: a transaction holds the
// store's lock from Begin4 to its end.
type Store4 struct {
	store[record4, *record4, lease.Lease4, uint32]
	addrs   addrIndex
	lists   sweep // compaction of the pages' lists
	search  freeSearch
	watch   func(addr, subnetID uint32, taken bool)
	handles []tx4
}

var _ lease.Manager4 = (*Store4)(nil)

func newStore4(o Options4) *Store4 {
	s := &Store4{}
	s.begin(family4{s}, keys4, o)
	s.addrs.use(&s.regions)
	s.search = freeSearch{x: &s.addrs, expire: s.freeAt}
	return s
}

// Open4 reads the lease files and gives a store of their leases that goes on
// appending to the live one. A file that was cut short by a crash costs its
// last row at most.
func Open4(o Options4) (*Store4, *LoadReport, error) { return openStore(newStore4(o)) }

// Read4 reads the lease files into a store that is in memory only, and leaves them
// alone: nothing is locked, created, mended or written, so that they may belong to a
// server that is running. What that server writes afterwards is not seen. Of the
// options, FSync and Persist do not count.
func Read4(o Options4) (*Store4, *LoadReport, error) {
	return read(o.Path, func() *Store4 { return newStore4(inMemory(o)) })
}

// Close4 closes the lease file and gives the memory back. A transaction that is
// begun afterwards finds no leases and cannot be committed with changes.
func (s *Store4) Close4() error { return s.close() }

// Write4 writes all leases to a lease file at path (lease4-write, ARM 16.15.12).
// A file that is there is kept under the name path.bakPID. The live file itself
// may be given: it is replaced, and the store goes on in the new one.
//
// Another file is written a slice at a time, while the store serves: a lease
// that changes meanwhile is written as it was before or after.
func (s *Store4) Write4(path string) error { return s.write(path) }

// Watch4 registers fn to be told inside a transaction which addresses become
// taken and free; nil ends that.
func (s *Store4) Watch4(fn func(addr, subnetID uint32, taken bool)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.watch = fn
}

// Counts4 returns the number of leases of a subnet by state. It does not wait for
// a transaction and may see some of its changes.
func (s *Store4) Counts4(subnetID uint32) lease.Counts { return s.counts(subnetID, 0) }

// PoolCounts4 is Counts4 for one pool.
func (s *Store4) PoolCounts4(subnetID, poolID uint32) lease.Counts {
	return s.poolCounts(placeID{subnet: subnetID, pool: poolID})
}

// Leases4 calls fn for the leases that q selects, in ascending order of
// address. It copies a slice of them at a time, so fn runs without the store's
// lock. A lease that changes meanwhile is seen before or after, once at most.
func (s *Store4) Leases4(q lease.Query4, fn func(*lease.Lease4) bool) error {
	from := q.From
	if from != 0 {
		next, ok := s.family.after(from)
		if !ok {
			return nil
		}
		from = next
	}
	by := query[lease.Lease4, uint32]{subnetID: q.SubnetID, from: from, limit: q.Limit, keep: s.family.keep}
	switch {
	case len(q.ClientID) > 0:
		by.which, by.key = byClientID, q.ClientID
	case len(q.HWAddr) > 0:
		by.which, by.key = byHWAddr, q.HWAddr
	case q.Hostname != "":
		by.which, by.key = byHostname, []byte(q.Hostname)
	}
	by.selects = func(l *lease.Lease4) bool {
		return (q.SubnetID == 0 || l.SubnetID == q.SubnetID) &&
			(len(q.ClientID) == 0 || string(l.ClientID) == string(q.ClientID)) &&
			(len(q.HWAddr) == 0 || string(l.HWAddr) == string(q.HWAddr)) &&
			(q.Hostname == "" || string(l.Hostname) == q.Hostname)
	}
	s.each(by, fn)
	return nil
}

// tx4 is the handle of one transaction.
type tx4 struct {
	*Store4
	over bool
}

// Begin4 starts a transaction; it waits for the one under way.
func (s *Store4) Begin4() lease.Tx4 {
	s.mu.Lock()
	if len(s.handles) == 0 {
		s.handles = make([]tx4, handleBatch)
	}
	t := &s.handles[0]
	s.handles = s.handles[1:]
	t.Store4 = s
	return t
}

func (t *tx4) Get4(addr uint32, l *lease.Lease4) bool { return t.get(addr, l) }
func (t *tx4) Put4(l *lease.Lease4)                   { t.put(l) }
func (t *tx4) Delete4(addr uint32) bool               { return t.delete(addr) }
func (t *tx4) Commit() error                          { return t.commit(&t.over) }
func (t *tx4) Rollback()                              { t.rollback(&t.over) }

func (t *tx4) ByClientID4(id []byte, buf []lease.Lease4) []lease.Lease4 {
	return t.sorted(byClientID, id, buf)
}

func (t *tx4) ByHWAddr4(hw []byte, buf []lease.Lease4) []lease.Lease4 {
	return t.sorted(byHWAddr, hw, buf)
}

// sorted appends the leases with that key, in order of address.
func (t *tx4) sorted(which int, key []byte, buf []lease.Lease4) []lease.Lease4 {
	from := len(buf)
	buf = t.by(which, key, buf)
	if len(buf)-from > 1 {
		slices.SortFunc(buf[from:], func(a, b lease.Lease4) int { return cmp.Compare(a.Addr, b.Addr) })
	}
	return buf
}

func (t *tx4) NextFree4(from, to uint32, now int64) (uint32, bool) {
	t.search.from, t.search.to, t.search.now = from, to, now
	return t.search.run()
}

func (t *tx4) Expired4(now int64, max int, buf []uint32) []uint32 {
	t.ended(&t.running, now, max, func(r *record4) { buf = append(buf, r.addr) })
	return buf
}

func (t *tx4) Reclaimed4(before int64, max int, buf []uint32) []uint32 {
	t.ended(&t.reclaimed, before, max, func(r *record4) { buf = append(buf, r.addr) })
	return buf
}

// family4 is what its store needs to know of DHCPv4 leases.
type family4 struct{ *Store4 }

func (f family4) find(addr uint32) uint32        { return f.addrs.find(addr) }
func (f family4) index(r *record4, n uint32)     { f.addrs.insert(r.addr, n, r.addrState()) }
func (f family4) reindex(r *record4)             { f.addrs.update(r.addr, r.addrState()) }
func (f family4) unindex(r *record4)             { f.addrs.remove(r.addr) }
func (family4) after(addr uint32) (uint32, bool) { return addr + 1, addr+1 != 0 }
func (family4) compare(a, b uint32) int          { return cmp.Compare(a, b) }

func (f family4) walk(from, subnetID uint32, fn func(n uint32) bool) {
	if subnetID == 0 {
		f.addrs.walk(from, 1<<32-1, fn)
		return
	}
	// Only pages in which the subnet has leases; others have some there, too.
	s := f.places.subnets[subnetID]
	if s == nil {
		return
	}
	i, _ := s.find(from >> 8)
	for ; i < len(s.pages); i++ {
		base := s.pages[i].page << 8
		if !f.addrs.walk(max(base, from), base|255, fn) {
			return
		}
	}
}

func (family4) enter(s *subnetLeases, r *record4, _ uint32) { s.enter(r.addr) }
func (family4) leave(s *subnetLeases, r *record4)           { s.leave(r.addr) }

func (f family4) tell(r *record4, taken bool) {
	if f.watch != nil {
		f.watch(r.addr, f.places.all[r.place].placeID.subnet, taken)
	}
}

func (f family4) compact() {
	from, to := f.lists.slice(&f.addrs.lists, f.addrs.pages.n)
	for ; from < to; from++ {
		if p := f.addrs.pages.at(from); p.room > 0 {
			f.addrs.lists.move(&p.list, int(p.room)*4)
		}
	}
}

func (f family4) forget() {
	f.addrs.lists.release()
	f.Store4.addrs, f.Store4.lists = addrIndex{}, sweep{}
}

// text writes an address for people.
func (family4) text(addr uint32) string {
	return netip.AddrFrom4([4]byte{byte(addr >> 24), byte(addr >> 16), byte(addr >> 8), byte(addr)}).String()
}

func (f family4) fill(r *record4, l *lease.Lease4) {
	r.put(&r.head, &f.data, texts{l.ClientID, l.HWAddr, l.Hostname, l.UserContext})
	r.addr = l.Addr
	r.set(l.ValidLft, l.CLTT, l.State, l.FqdnFwd, l.FqdnRev)
}

func (f family4) give(r *record4, l *lease.Lease4) {
	at := f.places.all[r.place]
	*l = lease.Lease4{
		Addr: r.addr, ValidLft: r.valid, CLTT: r.cltt, SubnetID: at.placeID.subnet, PoolID: at.pool,
		State: r.state, FqdnFwd: r.flags&fqdnFwd != 0, FqdnRev: r.flags&fqdnRev != 0,
	}
	t := r.texts(&r.head, &f.data)
	l.ClientID, l.HWAddr, l.Hostname, l.UserContext = t.id, t.hw, t.host, t.context
}

func (family4) addrOf(l *lease.Lease4) uint32        { return l.Addr }
func (family4) placeOf(l *lease.Lease4) placeID      { return placeID{subnet: l.SubnetID, pool: l.PoolID} }
func (family4) setSubnet(l *lease.Lease4, id uint32) { l.SubnetID = id }
func (family4) live(l *lease.Lease4) bool            { return l.ValidLft > 0 }
func (family4) context(l *lease.Lease4) []byte       { return l.UserContext }

func (family4) keep(l *lease.Lease4, copy func([]byte) []byte) {
	l.ClientID, l.HWAddr = copy(l.ClientID), copy(l.HWAddr)
	l.Hostname, l.UserContext = copy(l.Hostname), copy(l.UserContext)
}

func (family4) check(l *lease.Lease4) error {
	switch {
	case len(l.HWAddr) > leasefile.MaxHWAddr:
		return fmt.Errorf("its hardware address has %d bytes, more than %d", len(l.HWAddr), leasefile.MaxHWAddr)
	case len(l.ClientID) > leasefile.MaxClientID || len(l.ClientID) == 1:
		return fmt.Errorf("its client identifier has %d bytes, not %d to %d", len(l.ClientID), leasefile.MinClientID, leasefile.MaxClientID)
	case len(l.HWAddr) == 0 && len(l.ClientID) == 0 && l.State != lease.StateDeclined:
		return errors.New("it has neither hardware address nor client identifier and is not declined")
	}
	return nil
}

func (family4) file() leasefile.Family                         { return leasefile.V4 }
func (family4) appendRow(b []byte, l *lease.Lease4) []byte     { return leasefile.AppendRow4(b, l) }
func (family4) appendDeleted(b []byte, l *lease.Lease4) []byte { return leasefile.AppendDeleted4(b, l) }
func (family4) parse(p *leasefile.Parser, s leasefile.Schema, row []byte, l *lease.Lease4) (warning, err error) {
	return nil, p.Row4(s, row, l)
}
