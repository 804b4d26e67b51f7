package memfile

import (
	"hash/maphash"
	"math/bits"
)

// hashIndex finds records by a key of bytes, several under one key. It is a
// linear hash table: whenever it becomes too full it splits one bucket, so
// growing costs every insertion the same. Records are chained through links that
// lie in the records themselves. Those with the same key form a group of
// their own, so that many devices which all call themselves "android" neither
// lengthen the chain for others nor make a removal search for its place.
type hashIndex struct {
	buckets vector[uint32] // node at the head of each chain
	groups  slab[hashGroup]
	nodes   uint32 // keys in the table
	level   uint32 // the first 2^level buckets exist at least
	split   uint32 // next bucket to split
	seed    maphash.Seed
}

// hashLink chains one record in one index. A node of a chain is a record whose
// key no other has, or a group (groupBit set).
type hashLink struct {
	next uint32 // single record: next node of the chain; in a group: next record
	// peer is in a group the record before this one, or the group for its first.
	// In a single record it is singleBit and the low bits of the key's hash:
	// splitting a bucket then reads no key, which lies elsewhere in memory.
	peer uint32
}

func singlePeer(sum uint64) uint32 { return singleBit | uint32(sum)&sumMask }

// single reports whether the record shares its key with no other.
func (l *hashLink) single() bool { return l.peer&(groupBit|singleBit) == singleBit }

// hashGroup is the node that stands for all records of one key.
type hashGroup struct {
	next  uint32 // next node of the chain
	first uint32 // first record
}

// Records and groups are numbered below singleBit, buckets below sumMask.
const (
	groupBit  = 1 << 31
	singleBit = 1 << 30
	sumMask   = singleBit - 1
)

// hashed is what the index needs of the records.
type hashed interface {
	// hash gives the link of a record and one byte of its key's hash, which
	// spares most looks at the key.
	hash(record uint32) (link *hashLink, tag *uint8)
	key(record uint32) []byte
}

const fewestBuckets = 64

// use sets the memory of the index.
func (x *hashIndex) use(r *regions) { x.buckets.memory, x.groups.memory = r, r }

// reserve makes an empty table large enough for so many keys.
func (x *hashIndex) reserve(keys uint32) {
	if x.buckets.n > 0 {
		return
	}
	x.seed = maphash.MakeSeed()
	keys = max(keys, fewestBuckets)
	for range keys {
		x.buckets.add()
	}
	x.level = uint32(bits.Len32(keys)) - 1
	x.split = keys - 1<<x.level
}

// sum is the hash of a key. It is seeded: clients choose their identifiers.
func (x *hashIndex) sum(key []byte) uint64 { return maphash.Bytes(x.seed, key) }

func tagOf(sum uint64) uint8 { return uint8(sum >> 56) }

// bucket gives the chain for a hash.
func (x *hashIndex) bucket(sum uint64) *uint32 {
	b := uint32(sum) & (1<<x.level - 1)
	if b < x.split {
		b = uint32(sum) & (2<<x.level - 1)
	}
	return x.buckets.at(b)
}

// find returns the first record with that key, 0 if none. after gives the others.
func (x *hashIndex) find(h hashed, key []byte) uint32 {
	if x.nodes == 0 {
		return 0
	}
	sum := x.sum(key)
	if at := x.place(h, x.bucket(sum), sum, key); *at != 0 {
		return x.record(*at)
	}
	return 0
}

// after returns the next record with the same key, 0 if there is none.
func (x *hashIndex) after(h hashed, record uint32) uint32 {
	if l, _ := h.hash(record); !l.single() {
		return l.next
	}
	return 0
}

// record is one that stands for a node.
func (x *hashIndex) record(node uint32) uint32 {
	if node&groupBit != 0 {
		return x.groups.at(node &^ groupBit).first
	}
	return node
}

// nextOf gives the place where a node's successor in the chain is kept.
func (x *hashIndex) nextOf(h hashed, node uint32) *uint32 {
	if node&groupBit != 0 {
		return &x.groups.at(node &^ groupBit).next
	}
	l, _ := h.hash(node)
	return &l.next
}

// place walks the chain to where the node with that key is linked, or to the
// chain's end.
func (x *hashIndex) place(h hashed, at *uint32, sum uint64, key []byte) *uint32 {
	tag, peer := tagOf(sum), singlePeer(sum)
	for *at != 0 {
		r := x.record(*at)
		l, t := h.hash(r)
		if *t == tag && (l.peer == peer || !l.single()) && string(h.key(r)) == string(key) {
			break
		}
		at = x.nextOf(h, *at)
	}
	return at
}

// insert adds a record under its key.
func (x *hashIndex) insert(h hashed, record uint32) {
	x.reserve(0)
	key := h.key(record)
	sum := x.sum(key)
	link, tag := h.hash(record)
	*tag = tagOf(sum)
	head := x.bucket(sum)
	at := x.place(h, head, sum, key)
	if *at == 0 {
		*link = hashLink{next: *head, peer: singlePeer(sum)}
		*head = record
		if x.nodes++; x.nodes > x.buckets.n {
			x.grow(h)
		}
		return
	}
	if *at&groupBit == 0 {
		x.makeGroup(h, at)
	}
	g := x.groups.at(*at &^ groupBit)
	*link = hashLink{next: g.first, peer: *at}
	first, _ := h.hash(g.first)
	first.peer = record
	g.first = record
}

// makeGroup puts a group in the place of a single record.
func (x *hashIndex) makeGroup(h hashed, at *uint32) {
	single := *at
	l, _ := h.hash(single)
	g := x.groups.alloc()
	*x.groups.at(g) = hashGroup{next: l.next, first: single}
	*l = hashLink{peer: g | groupBit}
	*at = g | groupBit
}

// remove takes a record out. Its key must be what it was when it was inserted.
func (x *hashIndex) remove(h hashed, record uint32) {
	link, _ := h.hash(record)
	if link.single() {
		at := x.chainPlace(h, record, uint64(link.peer&sumMask))
		*at = link.next
		x.nodes--
		return
	}
	next, prev := link.next, link.peer
	if next != 0 {
		l, _ := h.hash(next)
		l.peer = prev
	}
	if prev&groupBit != 0 {
		x.groups.at(prev &^ groupBit).first = next
		x.ungroup(h, next)
		return
	}
	l, _ := h.hash(prev)
	l.next = next
	x.ungroup(h, prev)
}

// ungroup makes a record that was left alone in its group single again.
func (x *hashIndex) ungroup(h hashed, record uint32) {
	l, _ := h.hash(record)
	if l.next != 0 || l.peer&groupBit == 0 {
		return
	}
	g := l.peer
	sum := x.sum(h.key(record))
	at := x.chainPlace(h, g, sum)
	*l = hashLink{next: x.groups.at(g &^ groupBit).next, peer: singlePeer(sum)}
	*at = record
	x.groups.drop(g &^ groupBit)
}

// chainPlace finds where a node is linked, by the hash of its key.
func (x *hashIndex) chainPlace(h hashed, node uint32, sum uint64) *uint32 {
	at := x.bucket(sum)
	for *at != node {
		at = x.nextOf(h, *at)
	}
	return at
}

// lowSum gives the bits of a node's hash that choose its bucket.
func (x *hashIndex) lowSum(h hashed, node uint32) uint32 {
	if node&groupBit != 0 {
		return uint32(x.sum(h.key(x.record(node)))) & sumMask
	}
	l, _ := h.hash(node)
	return l.peer & sumMask
}

// grow adds one bucket and moves to it the part of the chain that it splits off.
func (x *hashIndex) grow(h hashed) {
	old, fresh := x.split, x.buckets.add()
	node := *x.buckets.at(old)
	*x.buckets.at(old) = 0
	for node != 0 {
		at := x.nextOf(h, node)
		next := *at
		target := x.buckets.at(old)
		if x.lowSum(h, node)>>x.level&1 == 1 {
			target = x.buckets.at(fresh)
		}
		*at = *target
		*target = node
		node = next
	}
	if x.split++; x.split == 1<<x.level {
		x.level++
		x.split = 0
	}
}
