package memfile

import (
	"encoding/binary"

	"nestor/lib/lease"
)

// record4 is a DHCPv4 lease in memory: 64 bytes, one cache line. What varies in
// length is a block of the arena, in the order client identifier, link-layer
// address, host name, user context.
type record4 struct {
	head
	addr    uint32
	links   [keys4]hashLink
	hwLen   uint8
	idLen   uint8
	hostLen uint8 // not valid with longData
}

// Keys that leases are found by.
const (
	byHWAddr = iota
	byClientID
	byHostname
	keys4
)

const longHeader = 8

// clientID4 reports whether the client identifier is the usual one of Ethernet
// clients: type 1 and the link-layer address.
func hwIsInID(hw, id []byte) bool {
	return len(hw) > 0 && len(id) == len(hw)+1 && id[0] == 1 && string(id[1:]) == string(hw)
}

// layout4 is where things are in a record's block.
type layout4 struct{ id, hw, host, context, end int }

// layout reads the lengths from the record, and from the block where it has to.
func (r *record4) layout(a *arena) (l layout4) {
	host, context := int(r.hostLen), 0
	if r.flags&longData != 0 {
		head := a.bytes(r.data, longHeader)
		host, context = int(binary.LittleEndian.Uint32(head)), int(binary.LittleEndian.Uint32(head[4:]))
		l.id = longHeader
	}
	l.hw = l.id + int(r.idLen)
	l.host = l.hw
	if r.flags&hwInID != 0 {
		l.hw = l.id + 1
	} else {
		l.host += int(r.hwLen)
	}
	l.context = l.host + host
	l.end = l.context + context
	return l
}

// key gives one of the keys of a record, empty if the lease has none.
func (r *record4) key(a *arena, which int) []byte {
	if r.data == 0 {
		return nil
	}
	l := r.layout(a)
	switch block := a.bytes(r.data, l.end); which {
	case byHWAddr:
		return block[l.hw : l.hw+int(r.hwLen)]
	case byClientID:
		return block[l.id : l.id+int(r.idLen)]
	default:
		return block[l.host:l.context]
	}
}

// sameData reports whether the lease has in its block what the record has.
func (r *record4) sameData(a *arena, l *lease.Lease4) bool {
	if r.data == 0 {
		return len(l.ClientID)+len(l.HWAddr)+len(l.Hostname)+len(l.UserContext) == 0
	}
	at := r.layout(a)
	block := a.bytes(r.data, at.end)
	return string(block[at.id:at.id+int(r.idLen)]) == string(l.ClientID) &&
		string(block[at.hw:at.hw+int(r.hwLen)]) == string(l.HWAddr) &&
		string(block[at.host:at.context]) == string(l.Hostname) &&
		string(block[at.context:]) == string(l.UserContext)
}

// setData puts the variable part of a lease into a new block.
func (r *record4) setData(a *arena, l *lease.Lease4) {
	r.flags &^= hwInID | longData
	r.hwLen, r.idLen, r.hostLen = uint8(len(l.HWAddr)), uint8(len(l.ClientID)), uint8(len(l.Hostname))
	size := len(l.ClientID) + len(l.Hostname) + len(l.UserContext)
	if hwIsInID(l.HWAddr, l.ClientID) {
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
	block = append(block, l.ClientID...)
	if r.flags&hwInID == 0 {
		block = append(block, l.HWAddr...)
	}
	_ = append(append(block, l.Hostname...), l.UserContext...)
}

func (r *record4) link(which int) *hashLink { return &r.links[which] }
func (r *record4) size(a *arena) int        { return r.layout(a).end }
