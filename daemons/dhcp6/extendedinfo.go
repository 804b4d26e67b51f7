package dhcp6

import (
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/pkt6"
)

// leaseContext is the user context for the lease that is being made, whose context
// was old: with what the relays of the query added, where the subnet keeps that
// (store-extended-info, ARM 9.2.27). A query without relays leaves what is there.
func (x *exchange) leaseContext(old []byte) []byte {
	if !x.subnet.StoreExtended || x.typ == pkt6.MsgSolicit && x.offer || len(x.query.Relays()) == 0 {
		return old
	}
	x.contextText = extendedinfo.AppendRelays6(x.contextText[:0], old, x.query.Relays())
	return x.contextText
}
