package memfile

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"sync"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// Store4 keeps DHCPv4 leases in memory and appends their changes to a lease
// file. It is a lease.Manager4 with a single writer: a transaction holds the
// store's lock from Begin4 to its end.
type Store4 struct {
	mu sync.Mutex
	memory4
	options Options
	journal *journal  // nil when nothing is persisted
	lock    io.Closer // nil where files cannot be locked
	rows    []byte    // of the transaction under way
	undo    []undo4
	refused error        // why the transaction under way cannot be committed
	row     lease.Lease4 // a lease being deleted
	handles []tx4
	closed  bool
}

var _ lease.Manager4 = (*Store4)(nil)

// memory4 is the leases and their indexes.
type memory4 struct {
	regions   regions
	records   slab[record4]
	data      arena
	hashes    [keys4]hashIndex
	keys      [keys4]keyed4 // the records as each of the hashes sees them
	addrs     addrIndex
	running   expiryIndex // leases with an end that are not reclaimed
	reclaimed expiryIndex
	places    places
	watch     func(addr, subnetID uint32, taken bool)
	sweeps    [2]sweep // compaction of the records' blocks and of the pages' lists
	search    freeSearch
}

// start must be called once the memory4 is where it stays.
func (m *memory4) start() {
	m.records.memory, m.data.memory = &m.regions, &m.regions
	for i := range m.hashes {
		m.hashes[i].use(&m.regions)
		m.keys[i] = keyed4{m, i}
	}
	m.addrs.use(&m.regions)
	m.running.use(&m.regions)
	m.reclaimed.use(&m.regions)
	m.search = freeSearch{x: &m.addrs, expire: m.freeAt}
}

// release gives all memory back and leaves the store empty.
func (m *memory4) release() {
	m.data.release()
	m.addrs.lists.release()
	m.regions.release()
	m.records, m.data, m.hashes = slab[record4]{}, arena{}, [keys4]hashIndex{}
	m.addrs, m.running, m.reclaimed = addrIndex{}, expiryIndex{}, expiryIndex{}
	m.places.forget()
	m.sweeps = [2]sweep{}
}

// keyed4 lets one hash index see the records.
type keyed4 struct {
	*memory4
	which int
}

func (k *keyed4) link(record uint32) *hashLink {
	return &k.records.at(record).links[k.which]
}

func (k *keyed4) key(record uint32) []byte {
	return k.records.at(record).key(&k.data, k.which)
}

func (m *memory4) expiryLink(record uint32) *expiryLink { return &m.records.at(record).expiry }
func (m *memory4) expire(record uint32) int64           { return m.records.at(record).expire() }

// freeAt is the end of a lease, never for an infinite one.
func (m *memory4) freeAt(record uint32) int64 {
	if r := m.records.at(record); r.finite() {
		return r.expire()
	}
	return never
}

// queue is the index by expiry that a record belongs in, nil if in none.
func (m *memory4) queue(r *record4) *expiryIndex {
	switch {
	case r.state == lease.StateReclaimed:
		return &m.reclaimed
	case r.finite():
		return &m.running
	}
	return nil
}

// link puts a record into every index.
func (m *memory4) link(n uint32) {
	r := m.records.at(n)
	m.addrs.insert(r.addr, n, r.addrState())
	for which := range m.hashes {
		m.linkKey(n, which)
	}
	if q := m.queue(r); q != nil {
		q.insert(m, n)
	}
	m.places.count(r.place, r.state, 1)
	m.places.all[r.place].subnet.enter(r.addr)
	if r.taken() {
		m.tell(r, true)
	}
}

// unlink takes a record out of every index.
func (m *memory4) unlink(n uint32) {
	r := m.records.at(n)
	if r.taken() {
		m.tell(r, false)
	}
	m.places.all[r.place].subnet.leave(r.addr)
	m.places.count(r.place, r.state, -1)
	if q := m.queue(r); q != nil {
		q.remove(m, n)
	}
	for which := range m.hashes {
		m.unlinkKey(n, which)
	}
	m.addrs.remove(r.addr)
}

func (m *memory4) linkKey(n uint32, which int) {
	if k := &m.keys[which]; len(k.key(n)) > 0 {
		m.hashes[which].insert(k, n)
	}
}

func (m *memory4) unlinkKey(n uint32, which int) {
	if k := &m.keys[which]; len(k.key(n)) > 0 {
		m.hashes[which].remove(k, n)
	}
}

// change makes a linked record what next is, and touches only the indexes that
// this concerns. Both have the same address. Blocks in the arena are the
// caller's to free.
func (m *memory4) change(n uint32, next *record4) {
	r := m.records.at(n)
	var moved [keys4]bool
	for which := range m.hashes {
		if moved[which] = !bytes.Equal(r.key(&m.data, which), next.key(&m.data, which)); moved[which] {
			m.unlinkKey(n, which)
		}
	}
	from, to := m.queue(r), m.queue(next)
	requeue := from != to || r.expire() != next.expire()
	if requeue && from != nil {
		from.remove(m, n)
	}
	m.move(r, next)
	was := r.addrState()
	next.links, next.expiry = r.links, r.expiry
	*r = *next
	if now := r.addrState(); now.taken != was.taken || now.taken && now.expire < was.expire {
		m.addrs.update(r.addr, now)
	}
	if requeue && to != nil {
		to.insert(m, n)
	}
	for which := range m.hashes {
		if moved[which] {
			m.linkKey(n, which)
		}
	}
}

// move brings the counts and the watcher up to date.
func (m *memory4) move(r, next *record4) {
	if r.place == next.place && r.state == next.state {
		return
	}
	m.places.count(r.place, r.state, -1)
	m.places.count(next.place, next.state, 1)
	from, to := m.places.all[r.place], m.places.all[next.place]
	if from.subnet != to.subnet {
		from.subnet.leave(r.addr)
		to.subnet.enter(r.addr)
	}
	if r.taken() == next.taken() && from.subnet == to.subnet {
		return
	}
	if r.taken() {
		m.tell(r, false)
	}
	if next.taken() {
		m.tell(next, true)
	}
}

func (m *memory4) tell(r *record4, taken bool) {
	if m.watch != nil {
		m.watch(r.addr, m.places.all[r.place].placeID.subnet, taken)
	}
}

// fill makes a record of a lease. It keeps the block of old when that has the
// same in it.
func (m *memory4) fill(r *record4, l *lease.Lease4) {
	if r.data == 0 || !r.sameData(&m.data, l) {
		r.setData(&m.data, l)
	}
	r.addr, r.valid, r.cltt, r.state = l.Addr, l.ValidLft, l.CLTT, l.State
	r.place = m.places.number(l.SubnetID, l.PoolID)
	r.flags = r.flags&^(fqdnFwd|fqdnRev) | inUse
	if l.FqdnFwd {
		r.flags |= fqdnFwd
	}
	if l.FqdnRev {
		r.flags |= fqdnRev
	}
}

// lease makes a lease of a record. Its byte slices point into the arena.
func (m *memory4) lease(n uint32, l *lease.Lease4) {
	r := m.records.at(n)
	at := m.places.all[r.place]
	*l = lease.Lease4{
		Addr: r.addr, ValidLft: r.valid, CLTT: r.cltt, SubnetID: at.placeID.subnet, PoolID: at.pool,
		State: r.state, FqdnFwd: r.flags&fqdnFwd != 0, FqdnRev: r.flags&fqdnRev != 0,
	}
	if r.data == 0 {
		return
	}
	lay := r.layout(&m.data)
	block := m.data.bytes(r.data, lay.end)
	l.ClientID = part(block, lay.id, lay.id+int(r.idLen))
	l.HWAddr = part(block, lay.hw, lay.hw+int(r.hwLen))
	l.Hostname = part(block, lay.host, lay.context)
	l.UserContext = part(block, lay.context, lay.end)
}

// part is a piece of a block, nil if empty.
func part(block []byte, from, to int) []byte {
	if from == to {
		return nil
	}
	return block[from:to:to]
}

// check says why a lease cannot be kept: the store is closed, or a lease file
// would not give it back.
func (s *Store4) check(l *lease.Lease4) error {
	switch {
	case s.closed:
		return errClosed
	case len(l.HWAddr) > leasefile.MaxHWAddr:
		return fmt.Errorf("its hardware address has %d bytes, more than %d", len(l.HWAddr), leasefile.MaxHWAddr)
	case len(l.ClientID) > leasefile.MaxClientID || len(l.ClientID) == 1:
		return fmt.Errorf("its client identifier has %d bytes, not %d to %d", len(l.ClientID), leasefile.MinClientID, leasefile.MaxClientID)
	case len(l.HWAddr) == 0 && len(l.ClientID) == 0 && l.State != lease.StateDeclined:
		return errors.New("it has neither hardware address nor client identifier and is not declined")
	}
	return nil
}

var errClosed = errors.New("the lease store is closed")
