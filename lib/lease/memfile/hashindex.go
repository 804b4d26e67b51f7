package memfile

import (
	"encoding/binary"
	"hash/maphash"
	"math/bits"
)

// hashIndex finds records by a key of bytes, several under one key. It is a
// linear hash table: whenever it becomes too full it splits one bucket, so
// growing costs every insertion the same. A bucket is a cache line, which says by
// one byte of their keys' hashes which records may be meant: a key that is not
// there costs one look at memory, and one that is there costs one more than its
// record. Records with the same key form a group of their own, so that many
// devices which all call themselves "android" neither fill the bucket for others
// nor make a removal search for its place.
type hashIndex struct {
	buckets vector[hashBucket]
	more    slab[hashBucket] // continue buckets that are full
	groups  slab[hashGroup]
	nodes   uint32 // keys in the table
	level   uint32 // the first 2^level buckets exist at least
	split   uint32 // next bucket to split
	seed    maphash.Seed
}

// hashBucket holds some of the nodes of one hash: records whose key no other has,
// and groups (groupBit set). The first that are not 0 are in use; the last bucket
// of a chain is the only one with room.
type hashBucket struct {
	tags  [bucketNodes]uint8 // of the nodes: tagOf their keys' hashes
	more  uint32             // the bucket that continues this one, 0: none
	nodes [bucketNodes]uint32
}

const (
	bucketNodes = 12 // with which a bucket is 64 bytes, a cache line
	// bucketLoad is how many keys there are to a bucket before one is split. Up to
	// twice as many fall to those that are to be split last; at seven, an eighth
	// of the look-ups goes on to a second line at most.
	bucketLoad = 7
)

// hashLink is what a record keeps for one index.
type hashLink struct {
	next uint32 // in a group: the next record
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
	first uint32 // first record
	sum   uint32 // low bits of the key's hash
}

// Records and groups are numbered below singleBit, buckets below sumMask.
const (
	groupBit  = 1 << 31
	singleBit = 1 << 30
	sumMask   = singleBit - 1
)

// hashed is what the index needs of the records.
type hashed interface {
	link(record uint32) *hashLink
	key(record uint32) []byte
}

const fewestBuckets = 16

// use sets the memory of the index.
func (x *hashIndex) use(r *regions) { x.buckets.memory, x.more.memory, x.groups.memory = r, r, r }

// reserve makes an empty table large enough for so many keys.
func (x *hashIndex) reserve(keys uint32) {
	if x.buckets.n > 0 {
		return
	}
	x.seed = maphash.MakeSeed()
	buckets := max(keys/bucketLoad+1, fewestBuckets)
	for range buckets {
		x.buckets.add()
	}
	x.level = uint32(bits.Len32(buckets)) - 1
	x.split = buckets - 1<<x.level
}

// sum is the hash of a key. It is seeded: clients choose their identifiers.
func (x *hashIndex) sum(key []byte) uint64 { return maphash.Bytes(x.seed, key) }

func tagOf(sum uint64) uint8 { return uint8(sum >> 56) }

// bucket gives the first bucket for a hash.
func (x *hashIndex) bucket(sum uint32) *hashBucket {
	b := sum & (1<<x.level - 1)
	if b < x.split {
		b = sum & (2<<x.level - 1)
	}
	return x.buckets.at(b)
}

// find returns the first record with that key, 0 if none. after gives the others.
func (x *hashIndex) find(h hashed, key []byte) uint32 {
	if x.nodes == 0 {
		return 0
	}
	sum := x.sum(key)
	if at := x.search(h, x.bucket(uint32(sum)), sum, key); at != nil {
		return x.record(*at)
	}
	return 0
}

// after returns the next record with the same key, 0 if there is none.
func (x *hashIndex) after(h hashed, record uint32) uint32 {
	if l := h.link(record); !l.single() {
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

// search gives the place of the node with that key, nil if there is none.
func (x *hashIndex) search(h hashed, b *hashBucket, sum uint64, key []byte) *uint32 {
	tag, low := tagOf(sum), uint32(sum)&sumMask
	for {
		for hits := b.matches(tag); hits != 0; hits &= hits - 1 {
			at := &b.nodes[bits.TrailingZeros16(hits)]
			if *at != 0 && x.lowSum(h, *at) == low && string(h.key(x.record(*at))) == string(key) {
				return at
			}
		}
		if b.more == 0 {
			return nil
		}
		b = x.more.at(b.more)
	}
}

// matches gives, as bits, the places with that tag, and rarely one more. Places
// that are not in use may be among them.
func (b *hashBucket) matches(tag uint8) uint16 {
	first := binary.LittleEndian.Uint64(b.tags[:8])
	last := uint64(binary.LittleEndian.Uint32(b.tags[8:]))
	return zeroBytes(first^eachByte*uint64(tag)) | zeroBytes(last^eachByte*uint64(tag))<<8&(1<<bucketNodes-1)
}

const eachByte = 0x0101010101010101

// zeroBytes gives, as bits, which bytes of a word are 0. A byte of value 1 above
// such a one may be taken for 0 as well.
func zeroBytes(word uint64) uint16 {
	high := (word - eachByte) &^ word >> 7 & eachByte
	return uint16(high * 0x0102040810204080 >> 56) // the eight bits side by side
}

// insert adds a record under its key.
func (x *hashIndex) insert(h hashed, record uint32) {
	x.reserve(0)
	key := h.key(record)
	sum := x.sum(key)
	link, head := h.link(record), x.bucket(uint32(sum))
	at := x.search(h, head, sum, key)
	if at == nil {
		*link = hashLink{peer: singlePeer(sum)}
		x.add(head, tagOf(sum), record)
		if x.nodes++; x.nodes > x.buckets.n*bucketLoad {
			x.grow(h)
		}
		return
	}
	if *at&groupBit == 0 {
		x.makeGroup(h, at)
	}
	g := x.groups.at(*at &^ groupBit)
	*link = hashLink{next: g.first, peer: *at}
	h.link(g.first).peer = record
	g.first = record
}

// add puts a node into a chain of buckets.
func (x *hashIndex) add(b *hashBucket, tag uint8, node uint32) {
	for b.more != 0 {
		b = x.more.at(b.more)
	}
	i := b.count()
	if i == bucketNodes {
		b.more = x.more.alloc()
		b, i = x.more.at(b.more), 0
	}
	b.tags[i], b.nodes[i] = tag, node
}

// count is how many nodes are in the bucket.
func (b *hashBucket) count() int {
	for i, node := range b.nodes {
		if node == 0 {
			return i
		}
	}
	return bucketNodes
}

// makeGroup puts a group in the place of a single record.
func (x *hashIndex) makeGroup(h hashed, at *uint32) {
	single := *at
	l := h.link(single)
	g := x.groups.alloc()
	*x.groups.at(g) = hashGroup{first: single, sum: l.peer & sumMask}
	*l = hashLink{peer: g | groupBit}
	*at = g | groupBit
}

// remove takes a record out. Its key must be what it was when it was inserted.
func (x *hashIndex) remove(h hashed, record uint32) {
	link := h.link(record)
	if link.single() {
		x.drop(record, link.peer&sumMask)
		return
	}
	next, prev := link.next, link.peer
	if next != 0 {
		h.link(next).peer = prev
	}
	if prev&groupBit != 0 {
		x.groups.at(prev &^ groupBit).first = next
		x.ungroup(h, next)
		return
	}
	h.link(prev).next = next
	x.ungroup(h, prev)
}

// ungroup makes a record that was left alone in its group single again.
func (x *hashIndex) ungroup(h hashed, record uint32) {
	l := h.link(record)
	if l.next != 0 || l.peer&groupBit == 0 {
		return
	}
	g := l.peer
	sum := x.groups.at(g &^ groupBit).sum
	b, i := x.place(g, sum)
	b.nodes[i] = record
	*l = hashLink{peer: singleBit | sum}
	x.groups.drop(g &^ groupBit)
}

// place finds where a node is, by the low bits of its key's hash.
func (x *hashIndex) place(node, sum uint32) (*hashBucket, int) {
	b := x.bucket(sum)
	for {
		for i := range b.nodes {
			if b.nodes[i] == node {
				return b, i
			}
		}
		b = x.more.at(b.more)
	}
}

// drop takes a node out. The last of its chain moves to its place.
func (x *hashIndex) drop(node, sum uint32) {
	b, i := x.place(node, sum)
	var before *hashBucket
	end := x.bucket(sum)
	for end.more != 0 {
		before, end = end, x.more.at(end.more)
	}
	last := end.count() - 1
	b.tags[i], b.nodes[i] = end.tags[last], end.nodes[last]
	end.nodes[last] = 0
	x.nodes--
	if last == 0 && before != nil {
		x.more.drop(before.more)
		before.more = 0
	}
}

// lowSum gives the bits of a node's hash that choose its bucket.
func (x *hashIndex) lowSum(h hashed, node uint32) uint32 {
	if node&groupBit != 0 {
		return x.groups.at(node &^ groupBit).sum
	}
	return h.link(node).peer & sumMask
}

// grow adds one bucket and moves to it the nodes that it splits off another.
func (x *hashIndex) grow(h hashed) {
	old, fresh := x.buckets.at(x.split), x.buckets.at(x.buckets.add())
	full := *old
	*old = hashBucket{}
	for {
		// All records are asked before the first node is put anywhere, so that
		// the processor waits for all of them at once.
		var sums [bucketNodes]uint32
		n := full.count()
		for i, node := range full.nodes[:n] {
			sums[i] = x.lowSum(h, node)
		}
		for i, node := range full.nodes[:n] {
			b := old
			if sums[i]>>x.level&1 == 1 {
				b = fresh
			}
			x.add(b, full.tags[i], node)
		}
		if full.more == 0 {
			break
		}
		rest := full.more
		full = *x.more.at(rest)
		x.more.drop(rest)
	}
	if x.split++; x.split == 1<<x.level {
		x.level++
		x.split = 0
	}
}
