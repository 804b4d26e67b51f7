package memfile

import (
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// record6 is a DHCPv6 lease in memory: 88 bytes.
type record6 struct {
	head
	addr      key6
	iaid      uint32
	preferred uint32
	hwSource  uint32
	links     [keys6]hashLink
	hwType    uint16
	kind      lease.Type6
	length    uint8 // of the prefix
	blockLens
}

// Keys that leases are found by.
const (
	byDUID = iota
	byHostname6
	keys6
)

func (r *record6) link(which int) *hashLink { return &r.links[which] }
func (r *record6) size(a *arena) int        { return r.layout(&r.head, a).end }

// key gives one of the keys of a record, empty if the lease has none. The DUID that
// all declined leases have is no client's.
func (r *record6) key(a *arena, which int) []byte {
	if r.data == 0 {
		return nil
	}
	l := r.layout(&r.head, a)
	block := a.bytes(r.data, l.end)
	if which == byHostname6 {
		return block[l.host:l.context]
	}
	duid := block[l.id : l.id+int(r.idLen)]
	if r.state == lease.StateDeclined && string(duid) == leasefile.EmptyDUID {
		return nil
	}
	return duid
}
