package memfile

import "slices"

// expiryIndex keeps records in order of the second in which their leases end. It
// is a tree over the digits (base 16) of that second which is only as deep as it
// has to be: records hang in a list where they part from others, and a list that
// has grown long is spread over a node of the next digit. Lists are linked
// through the records, so nothing grows with the time that leases cover, and no
// insertion or removal moves more than one list.
type expiryIndex struct {
	root  uint32
	nodes slab[expiryNode]
	count int
}

// expiryLink chains a record in its list.
type expiryLink struct{ next, prev uint32 }

type expiryNode struct {
	child [16]uint32 // a node (nodeBit set), or the first record of a list
	size  [16]uint8  // length of the lists, above the last digit
	used  uint16     // children there are, as bits
}

// timed is what the index needs of the records.
type timed interface {
	expiryLink(record uint32) *expiryLink
	expire(record uint32) int64
}

const (
	nodeBit      = 1 << 31
	digitBits    = 4
	expiryDigits = 10
	latest       = 1<<(digitBits*expiryDigits) - 1 // in the year 36812
	longList     = 32
)

// expiryKey is the second as the tree has it. Ends before 1970, which damaged
// files give, come first, and in no order among themselves.
func expiryKey(second int64) uint64 { return uint64(min(max(second, 0), latest)) }

func digit(key uint64, level int) uint { return uint(key >> (digitBits * level) & (1<<digitBits - 1)) }

// use sets the memory of the index.
func (x *expiryIndex) use(r *regions) { x.nodes.memory = r }

// insert adds a record.
func (x *expiryIndex) insert(t timed, record uint32) {
	if x.root == 0 {
		x.root = x.nodes.alloc()
	}
	x.count++
	x.add(t, x.root, expiryDigits-1, record, expiryKey(t.expire(record)))
}

// add puts a record below a node.
func (x *expiryIndex) add(t timed, n uint32, level int, record uint32, key uint64) {
	for {
		node, d := x.nodes.at(n), digit(key, level)
		if node.child[d]&nodeBit != 0 {
			n, level = node.child[d]&^nodeBit, level-1
			continue
		}
		head := node.child[d]
		*t.expiryLink(record) = expiryLink{next: head}
		if head != 0 {
			t.expiryLink(head).prev = record
		}
		node.child[d] = record
		node.used |= 1 << d
		if level > 0 {
			if node.size[d]++; node.size[d] > longList {
				x.spread(t, node, d, level)
			}
		}
		return
	}
}

// spread makes a node of the next digit out of a list.
func (x *expiryIndex) spread(t timed, node *expiryNode, d uint, level int) {
	record, fresh := node.child[d], x.nodes.alloc()
	node.child[d], node.size[d] = fresh|nodeBit, 0
	for record != 0 {
		next := t.expiryLink(record).next
		x.add(t, fresh, level-1, record, expiryKey(t.expire(record)))
		record = next
	}
}

// remove takes a record out. Its end must be what it was when it was inserted.
func (x *expiryIndex) remove(t timed, record uint32) {
	key := expiryKey(t.expire(record))
	var path [expiryDigits]uint32
	level := expiryDigits - 1
	path[level] = x.root
	node, d := x.nodes.at(x.root), digit(key, level)
	for node.child[d]&nodeBit != 0 {
		level--
		path[level] = node.child[d] &^ nodeBit
		node, d = x.nodes.at(path[level]), digit(key, level)
	}
	link := t.expiryLink(record)
	if link.next != 0 {
		t.expiryLink(link.next).prev = link.prev
	}
	if link.prev != 0 {
		t.expiryLink(link.prev).next = link.next
	} else {
		node.child[d] = link.next
	}
	if level > 0 {
		node.size[d]--
	}
	x.count--
	if node.child[d] == 0 {
		x.prune(&path, level, key)
	}
}

// prune drops the nodes that an emptied list leaves without children.
func (x *expiryIndex) prune(path *[expiryDigits]uint32, level int, key uint64) {
	for ; level < expiryDigits; level++ {
		node, d := x.nodes.at(path[level]), digit(key, level)
		node.child[d] = 0
		if node.used &^= 1 << d; node.used != 0 || level == expiryDigits-1 {
			return
		}
		x.nodes.drop(path[level])
	}
}

// before calls fn with the records whose leases end before the given second,
// the earliest first, until fn returns false.
func (x *expiryIndex) before(t timed, second int64, fn func(record uint32) bool) {
	if x.root != 0 {
		x.walk(t, x.root, expiryDigits-1, 0, second, fn)
	}
}

func (x *expiryIndex) walk(t timed, n uint32, level int, base uint64, second int64, fn func(uint32) bool) bool {
	node := x.nodes.at(n)
	for d := range uint(1 << digitBits) {
		if node.used>>d&1 == 0 {
			continue
		}
		low := base | uint64(d)<<(digitBits*level)
		if int64(low) >= second && low > 0 {
			return false
		}
		more := false
		if c := node.child[d]; c&nodeBit != 0 {
			more = x.walk(t, c&^nodeBit, level-1, low, second, fn)
		} else {
			more = x.walkList(t, c, level, second, fn)
		}
		if !more {
			return false
		}
	}
	return true
}

// walkList goes through one list; above the last digit it holds several seconds,
// at most longList records, and is sorted first.
func (x *expiryIndex) walkList(t timed, record uint32, level int, second int64, fn func(uint32) bool) bool {
	var sorted [longList]uint32
	list := sorted[:0]
	for ; record != 0; record = t.expiryLink(record).next {
		switch {
		case t.expire(record) >= second:
		case level > 0:
			list = append(list, record)
		case !fn(record):
			return false
		}
	}
	slices.SortFunc(list, func(a, b uint32) int { return int(t.expire(a) - t.expire(b)) })
	for _, r := range list {
		if !fn(r) {
			return false
		}
	}
	return true
}
