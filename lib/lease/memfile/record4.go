package memfile

// record4 is a DHCPv4 lease in memory: 64 bytes, one cache line.
type record4 struct {
	head
	addr  uint32
	links [keys4]hashLink
	blockLens
}

// Keys that leases are found by.
const (
	byHWAddr = iota
	byClientID
	byHostname
	keys4
)

func (r *record4) link(which int) *hashLink { return &r.links[which] }
func (r *record4) size(a *arena) int        { return r.layout(&r.head, a).end }

// key gives one of the keys of a record, empty if the lease has none.
func (r *record4) key(a *arena, which int) []byte {
	if r.data == 0 {
		return nil
	}
	l := r.layout(&r.head, a)
	switch block := a.bytes(r.data, l.end); which {
	case byHWAddr:
		return block[l.hw : l.hw+int(r.hwLen)]
	case byClientID:
		return block[l.id : l.id+int(r.idLen)]
	default:
		return block[l.host:l.context]
	}
}
