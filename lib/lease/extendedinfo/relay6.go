package extendedinfo

import (
	"net/netip"
	"strconv"

	"nestor/lib/element"
	"nestor/lib/pkt6"
)

// keyRelays6 holds, under keyISC, what the relays of a DHCPv6 query added: a list,
// the relay nearest the server first.
const keyRelays6 = "relay-info"

// ownHead6 begins a context that holds relays and nothing else, as Kea prints it, and
// ownTail6 ends it.
const (
	ownHead6 = `{ "ISC": { "relay-info": `
	ownTail6 = ` } }`
)

// AppendRelays6 appends to dst the user context of a lease whose context was old,
// with the relays of a query as its relay information (ARM 9.2.27). A context that
// cannot be read is appended as it is.
func AppendRelays6(dst, old []byte, relays []pkt6.Relay) []byte {
	if len(old) == 0 {
		return append(appendRelays6(append(dst, ownHead6...), relays), ownTail6...)
	}
	context, err := element.ParseWire(old)
	if err != nil || context.Kind != element.Map {
		return append(dst, old...)
	}
	isc := context.Get(keyISC)
	if isc == nil || isc.Kind != element.Map {
		isc = element.NewMap()
		context.Set(keyISC, isc)
	}
	list, err := element.ParseWire(appendRelays6(nil, relays))
	if err != nil {
		return append(dst, old...)
	}
	isc.Set(keyRelays6, list)
	return context.AppendJSON(dst)
}

// appendRelays6 writes the list as Kea prints it, keys in alphabetical order. It is
// what a query costs, so it goes without maps.
func appendRelays6(dst []byte, relays []pkt6.Relay) []byte {
	dst = append(dst, "[ "...)
	for i := range relays {
		if i > 0 {
			dst = append(dst, ", "...)
		}
		dst = appendRelay6(dst, &relays[i])
	}
	return append(dst, " ]"...)
}

func appendRelay6(dst []byte, r *pkt6.Relay) []byte {
	dst = strconv.AppendUint(append(dst, `{ "hop": `...), uint64(r.Hops), 10)
	dst = netip.AddrFrom16(r.Link).AppendTo(append(dst, `, "link": "`...))
	dst = append(dst, '"')
	dst = appendOptions6(dst, r.Options)
	dst = netip.AddrFrom16(r.Peer).AppendTo(append(dst, `, "peer": "`...))
	dst = append(dst, '"')
	dst = appendID6(dst, `, "relay-id": "`, r, pkt6.OptRelayID)
	dst = appendID6(dst, `, "remote-id": "`, r, pkt6.OptRemoteID)
	return append(dst, " }"...)
}

// appendOptions6 writes the relay's options but for the message inside, nothing if
// there are none.
func appendOptions6(dst []byte, options pkt6.Options) []byte {
	begin := len(dst)
	dst = append(dst, `, "options": "0x`...)
	empty := len(dst)
	for code, content := range options.All() {
		if code == pkt6.OptRelayMessage {
			continue
		}
		header := [4]byte{byte(code >> 8), byte(code), byte(len(content) >> 8), byte(len(content))}
		dst = appendHex(appendHex(dst, header[:]), content)
	}
	if len(dst) == empty {
		return dst[:begin]
	}
	return append(dst, '"')
}

func appendID6(dst []byte, key string, r *pkt6.Relay, code uint16) []byte {
	id, ok := r.Options.Find(code)
	if !ok || len(id) == 0 {
		return dst
	}
	return append(appendHex(append(dst, key...), id), '"')
}
