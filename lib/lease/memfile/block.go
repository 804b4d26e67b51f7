package memfile

import (
	"bytes"
	"encoding/binary"
)

// texts is what of a lease varies in length: its identifier (client identifier or
// DUID), link-layer address, host name and user context.
type texts struct{ id, hw, host, context []byte }

// blockLens are the lengths of a record's texts, which are a block of the arena in
// that order.
type blockLens struct {
	idLen   uint8
	hwLen   uint8
	hostLen uint8 // not valid with longData
}

const longHeader = 8

// blockLayout is where things are in a block.
type blockLayout struct{ id, hw, host, context, end int }

// layout reads the lengths from the record, and from the block where it has to.
func (n *blockLens) layout(h *head, a *arena) (l blockLayout) {
	host, context := int(n.hostLen), 0
	if h.flags&longData != 0 {
		head := a.bytes(h.data, longHeader)
		host, context = int(binary.LittleEndian.Uint32(head)), int(binary.LittleEndian.Uint32(head[4:]))
		l.id = longHeader
	}
	l.host = l.id + int(n.idLen)
	l.hw = l.host
	if h.flags&hwInID != 0 {
		l.hw -= int(n.hwLen)
	} else {
		l.host += int(n.hwLen)
	}
	l.context = l.host + host
	l.end = l.context + context
	return l
}

// texts gives the texts of a record. They point into the arena; those that are
// empty are nil.
func (n *blockLens) texts(h *head, a *arena) texts {
	if h.data == 0 {
		return texts{}
	}
	l := n.layout(h, a)
	block := a.bytes(h.data, l.end)
	return texts{
		id: part(block, l.id, l.id+int(n.idLen)), hw: part(block, l.hw, l.hw+int(n.hwLen)),
		host: part(block, l.host, l.context), context: part(block, l.context, l.end),
	}
}

// put makes the block hold the texts; one that has the same in it is kept.
func (n *blockLens) put(h *head, a *arena, t texts) {
	if h.data == 0 || !n.has(h, a, &t) {
		n.fill(h, a, t)
	}
}

// has reports whether the block holds just these texts.
func (n *blockLens) has(h *head, a *arena, t *texts) bool {
	l := n.layout(h, a)
	block := a.bytes(h.data, l.end)
	return string(block[l.id:l.id+int(n.idLen)]) == string(t.id) && string(block[l.hw:l.hw+int(n.hwLen)]) == string(t.hw) &&
		string(block[l.host:l.context]) == string(t.host) && string(block[l.context:]) == string(t.context)
}

// fill puts the texts into a new block. A link-layer address that ends the
// identifier, as that of Ethernet clients does (RFC 2132 section 9.14) and a DUID
// that is made of one (RFC 8415 section 11), is kept once.
func (n *blockLens) fill(h *head, a *arena, t texts) {
	h.flags &^= hwInID | longData
	n.idLen, n.hwLen, n.hostLen = uint8(len(t.id)), uint8(len(t.hw)), uint8(len(t.host))
	size := len(t.id) + len(t.host) + len(t.context)
	if len(t.hw) > 0 && bytes.HasSuffix(t.id, t.hw) {
		h.flags |= hwInID
	} else {
		size += len(t.hw)
	}
	if len(t.host) > 255 || len(t.context) > 0 {
		h.flags |= longData
		size += longHeader
	}
	if h.data = 0; size == 0 {
		return
	}
	var block []byte
	h.data, block = a.alloc(size)
	block = block[:0]
	if h.flags&longData != 0 {
		block = binary.LittleEndian.AppendUint32(block, uint32(len(t.host)))
		block = binary.LittleEndian.AppendUint32(block, uint32(len(t.context)))
	}
	block = append(block, t.id...)
	if h.flags&hwInID == 0 {
		block = append(block, t.hw...)
	}
	_ = append(append(block, t.host...), t.context...)
}
