package admin

import (
	"encoding/binary"
	"net/netip"

	"nestor/lib/classify"
	"nestor/lib/classify/query4"
	"nestor/lib/classify/query6"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/pkt4"
	"nestor/lib/pkt6"
)

// view4 shows a message to expressions.
func view4(p packetinput.Packet, defs *option.Definitions) (classify.Packet, error) {
	m := &pkt4.Message{}
	if err := m.Parse(p.Payload); err != nil {
		return nil, err
	}
	texts := query4.Texts(defs)
	query4.TrimTexts(m, &texts)
	return &query4.Packet{
		Message: m, Definitions: defs, Interface: p.Interface, Src: number(p.Src.Addr()), Dst: number(p.Dst.Addr()),
		Private: func(uint16) *option.Definitions { return defs },
	}, nil
}

func number(a netip.Addr) uint32 {
	if !a.Is4() {
		return 0
	}
	return binary.BigEndian.Uint32(a.AsSlice())
}

// view6 is view4 for DHCPv6.
func view6(p packetinput.Packet, defs *option.Definitions) (classify.Packet, error) {
	m := &pkt6.Message{}
	if err := m.Parse(p.Payload); err != nil {
		return nil, err
	}
	return &query6.Packet{Message: m, Definitions: defs, Interface: p.Interface, Src: p.Src.Addr(), Dst: p.Dst.Addr()}, nil
}
