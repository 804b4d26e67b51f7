package memfile

import (
	"bytes"
	"encoding/binary"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
)

// record6 is a DHCPv6 lease in memory: 88 bytes. What varies in length is a block
// of the arena, in the order DUID, link-layer address, host name, user context.
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
	duidLen   uint8
	hwLen     uint8
	hostLen   uint8 // not valid with longData
}

// Keys that leases are found by.
const (
	byDUID = iota
	byHostname6
	keys6
)

// hwIsInDUID reports whether a DUID ends with the link-layer address, as those
// that are made of one do (RFC 8415 section 11).
func hwIsInDUID(hw, duid []byte) bool { return len(hw) > 0 && bytes.HasSuffix(duid, hw) }

// layout6 is where things are in a record's block.
type layout6 struct{ duid, hw, host, context, end int }

// layout reads the lengths from the record, and from the block where it has to.
func (r *record6) layout(a *arena) (l layout6) {
	host, context := int(r.hostLen), 0
	if r.flags&longData != 0 {
		head := a.bytes(r.data, longHeader)
		host, context = int(binary.LittleEndian.Uint32(head)), int(binary.LittleEndian.Uint32(head[4:]))
		l.duid = longHeader
	}
	l.host = l.duid + int(r.duidLen)
	l.hw = l.host
	if r.flags&hwInID != 0 {
		l.hw -= int(r.hwLen)
	} else {
		l.host += int(r.hwLen)
	}
	l.context = l.host + host
	l.end = l.context + context
	return l
}

func (r *record6) link(which int) *hashLink { return &r.links[which] }
func (r *record6) size(a *arena) int        { return r.layout(a).end }

// key gives one of the keys of a record, empty if the lease has none. The DUID that
// all declined leases have is no client's.
func (r *record6) key(a *arena, which int) []byte {
	if r.data == 0 {
		return nil
	}
	l := r.layout(a)
	block := a.bytes(r.data, l.end)
	if which == byHostname6 {
		return block[l.host:l.context]
	}
	duid := block[l.duid : l.duid+int(r.duidLen)]
	if r.state == lease.StateDeclined && string(duid) == leasefile.EmptyDUID {
		return nil
	}
	return duid
}

// sameData reports whether the lease has in its block what the record has.
func (r *record6) sameData(a *arena, l *lease.Lease6) bool {
	if r.data == 0 {
		return len(l.DUID)+len(l.HWAddr)+len(l.Hostname)+len(l.UserContext) == 0
	}
	at := r.layout(a)
	block := a.bytes(r.data, at.end)
	return string(block[at.duid:at.duid+int(r.duidLen)]) == string(l.DUID) &&
		string(block[at.hw:at.hw+int(r.hwLen)]) == string(l.HWAddr) &&
		string(block[at.host:at.context]) == string(l.Hostname) &&
		string(block[at.context:]) == string(l.UserContext)
}

// setData puts the variable part of a lease into a new block.
func (r *record6) setData(a *arena, l *lease.Lease6) {
	r.flags &^= hwInID | longData
	r.hwLen, r.duidLen, r.hostLen = uint8(len(l.HWAddr)), uint8(len(l.DUID)), uint8(len(l.Hostname))
	size := len(l.DUID) + len(l.Hostname) + len(l.UserContext)
	if hwIsInDUID(l.HWAddr, l.DUID) {
		r.flags |= hwInID
	} else {
		size += len(l.HWAddr)
	}
	if len(l.Hostname) > 255 || len(l.UserContext) > 0 {
		r.flags |= longData
		size += longHeader
	}
	if r.data = 0; size == 0 {
		return
	}
	var block []byte
	r.data, block = a.alloc(size)
	block = block[:0]
	if r.flags&longData != 0 {
		block = binary.LittleEndian.AppendUint32(block, uint32(len(l.Hostname)))
		block = binary.LittleEndian.AppendUint32(block, uint32(len(l.UserContext)))
	}
	block = append(block, l.DUID...)
	if r.flags&hwInID == 0 {
		block = append(block, l.HWAddr...)
	}
	_ = append(append(block, l.Hostname...), l.UserContext...)
}
