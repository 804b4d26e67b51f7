package main

import (
	"encoding/binary"

	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// Ports that answers go to (RFC 8415 section 7.2).
const (
	clientPort6 = 546
	relayPort6  = 547
)

// lifetime6 is what each lease has, in seconds.
const lifetime6 = 3600

// An answer6 is where a reply is made.
type answer6 struct {
	server []byte // option with the server identifier
	buffer []byte
}

// newAnswer6 returns an answer of a server with a fixed DUID.
func newAnswer6() answer6 {
	duid := []byte{0, 2, 0, 0, 0x09, 0xbf, 'b', 'a', 'r', 'e'} // DUID-EN
	return answer6{server: pkt6.AppendOption(nil, pkt6.OptServerID, duid), buffer: make([]byte, 0, 300)}
}

// to makes the answer to q and says where it goes. It returns false for messages
// other than SOLICIT and REQUEST, and for those of more than one relay.
func (a *answer6) to(q *netio.Datagram6, r *netio.Reply6) bool {
	*r = netio.Reply6{Dst: q.Src, DstPort: clientPort6, IfIndex: q.IfIndex}
	b, query, relayed := a.buffer[:0], q.Payload, 0
	if len(query) > pkt6.RelayHeaderLen && query[0] == pkt6.MsgRelayForward {
		b = append(append(b, pkt6.MsgRelayReply), query[1:pkt6.RelayHeaderLen]...)
		b = pkt6.AppendOption(b, pkt6.OptRelayMessage, nil)
		query, _ = pkt6.Options(query[pkt6.RelayHeaderLen:]).Find(pkt6.OptRelayMessage)
		relayed, r.DstPort = len(b), relayPort6
	}
	if len(query) < pkt6.HeaderLen {
		return false
	}
	switch query[0] {
	case pkt6.MsgSolicit:
		b = append(b, pkt6.MsgAdvertise)
	case pkt6.MsgRequest:
		b = append(b, pkt6.MsgReply)
	default:
		return false
	}
	options := pkt6.Options(query[pkt6.HeaderLen:])
	client, named := options.Find(pkt6.OptClientID)
	ia, asked := options.Find(pkt6.OptIANA)
	if !named || !asked || len(client) < 4 || len(ia) < 4 {
		return false
	}
	b = append(b, query[1:pkt6.HeaderLen]...) // transaction id
	b = pkt6.AppendOption(b, pkt6.OptClientID, client)
	b = append(b, a.server...)
	b = appendLease(b, ia[:4], client)
	if relayed > 0 {
		binary.BigEndian.PutUint16(b[relayed-2:], uint16(len(b)-relayed))
	}
	r.Payload = b
	return true
}

// appendLease appends an IA_NA with the address of 2001:db8::/64 that the end of
// the client's DUID spells.
func appendLease(b, iaid, client []byte) []byte {
	b = append(b, 0, pkt6.OptIANA, 0, 40)
	b = append(b, iaid...)
	b = binary.BigEndian.AppendUint32(b, lifetime6/2)
	b = binary.BigEndian.AppendUint32(b, lifetime6*4/5)
	lease := pkt6.Lease{Addr: [16]byte{0x20, 1, 0x0d, 0xb8}, Preferred: lifetime6, Valid: lifetime6}
	copy(lease.Addr[12:], client[len(client)-4:])
	return pkt6.AppendLease(b, pkt6.OptIANA, &lease)
}
