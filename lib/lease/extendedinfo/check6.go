package extendedinfo

import (
	"bytes"
	"fmt"
	"net/netip"
	"strconv"

	"nestor/lib/element"
	"nestor/lib/pkt6"
)

// Keys of a relay in the list, and of the list before Kea 2.3, whose relays had no
// identifiers.
const (
	keyHop        = "hop"
	keyLink       = "link"
	keyPeer       = "peer"
	keyOptions6   = "options"
	keyOldRelays6 = "relays"
)

// Relays6 checks the relays in the user context of a DHCPv6 lease, as Relay4 does with
// relay agent information.
func (c Checks) Relays6(context []byte) ([]byte, error) {
	return c.check(context, isRightOwn6, keyRelays6, c.info6)
}

// info6 checks the list of relays and brings it up to date.
func (c Checks) info6(isc *element.Value) error {
	list := isc.Get(keyRelays6)
	if old := isc.Get(keyOldRelays6); old != nil {
		isc.Delete(keyOldRelays6)
		if list == nil {
			if err := upgrade6(old); err != nil {
				return err
			}
			list = old
			isc.Set(keyRelays6, list)
		}
	}
	if list == nil {
		return nil
	}
	if list.Kind != element.List {
		return fmt.Errorf("%s is not a list", keyRelays6)
	}
	if len(list.List) == 0 && c >= ChecksStrict {
		return fmt.Errorf("%s has no relay", keyRelays6)
	}
	for i, r := range list.List {
		if err := c.relay6(r); err != nil {
			return fmt.Errorf("relay %d: %w", i, err)
		}
	}
	return nil
}

// upgrade6 gives the relays of an old list the identifiers that are among their options.
func upgrade6(list *element.Value) error {
	if list.Kind != element.List {
		return fmt.Errorf("%s is not a list", keyOldRelays6)
	}
	for i, r := range list.List {
		if r.Kind != element.Map {
			return fmt.Errorf("relay %d: it is not a map", i)
		}
		options, err := options6(r)
		if err != nil {
			return fmt.Errorf("relay %d: %w", i, err)
		}
		setIDs6(r, options)
	}
	return nil
}

// relay6 checks one relay.
func (c Checks) relay6(r *element.Value) error {
	if r.Kind != element.Map {
		return fmt.Errorf("it is not a map")
	}
	if o := r.Get(keyOptions6); o != nil && o.Kind != element.String {
		return fmt.Errorf("%s is not a string", keyOptions6)
	}
	if c < ChecksStrict {
		return nil
	}
	for _, key := range []string{keyLink, keyPeer} {
		if err := address6(r, key); err != nil {
			return err
		}
	}
	options, err := options6(r)
	if err != nil {
		return err
	}
	setIDs6(r, options)
	if c < ChecksPedantic {
		return nil
	}
	if hop := r.Get(keyHop); hop == nil || hop.Kind != element.Int || hop.Int < 0 || hop.Int > 255 {
		return fmt.Errorf("%s is not a number from 0 to 255", keyHop)
	}
	return c.only(r, "it", keyHop, keyLink, keyPeer, keyOptions6, keyRelayID, keyRemoteID)
}

// address6 checks an address of a relay.
func address6(r *element.Value, key string) error {
	text := r.Get(key)
	if text == nil || text.Kind != element.String {
		return fmt.Errorf("%s is not a string", key)
	}
	if a, err := netip.ParseAddr(text.Str); err != nil || !a.Is6() || a.Zone() != "" {
		return fmt.Errorf("%s %q is not an IPv6 address", key, text.Str)
	}
	return nil
}

// options6 reads the options of a relay from the text that stands for them.
func options6(r *element.Value) (pkt6.Options, error) {
	text := r.Get(keyOptions6)
	if text == nil {
		return nil, nil
	}
	if text.Kind != element.String {
		return nil, fmt.Errorf("%s is not a string", keyOptions6)
	}
	b, ok := appendUnhex(nil, []byte(text.Str))
	if !ok {
		return nil, fmt.Errorf("%s %q is not hexadecimal", keyOptions6, text.Str)
	}
	if options := pkt6.Options(b); len(options.Whole()) == len(b) {
		return options, nil
	}
	return nil, fmt.Errorf("%s %q ends within an option", keyOptions6, text.Str)
}

// setIDs6 makes the identifiers of a relay those among its options.
func setIDs6(r *element.Value, options pkt6.Options) {
	for key, code := range map[string]uint16{keyRelayID: pkt6.OptRelayID, keyRemoteID: pkt6.OptRemoteID} {
		if id, _ := options.Find(code); len(id) > 0 {
			r.Set(key, element.NewString(string(appendHex(nil, id))))
		} else {
			r.Delete(key)
		}
	}
}

// isRightOwn6 reports whether the context is as AppendRelays6 would write it: the
// common case, of which millions are loaded.
func isRightOwn6(context []byte) bool {
	list, ok := bytes.CutPrefix(context, []byte(ownHead6+"[ "))
	if !ok {
		return false
	}
	if list, ok = bytes.CutSuffix(list, []byte(" ]"+ownTail6)); !ok {
		return false
	}
	var relays [4]pkt6.Relay
	var options [512]byte
	n, used := 0, options[:0]
	for len(list) > 0 {
		if n == len(relays) {
			return false // one that is looked at in detail
		}
		if list, used, ok = cutOwn6(list, used, &relays[n]); !ok {
			return false
		}
		n++
	}
	var again [1024]byte
	return n > 0 && bytes.Equal(append(appendRelays6(append(again[:0], ownHead6...), relays[:n]), ownTail6...), context)
}

// cutOwn6 reads the first relay of a list as appendRelay6 writes it, its options into
// room, and returns the rest of both. It reads no more than what the others follow from.
func cutOwn6(list, room []byte, r *pkt6.Relay) (rest, used []byte, ok bool) {
	end := bytes.IndexByte(list, '}')
	if end < 0 {
		return nil, nil, false
	}
	one := list[:end]
	rest = bytes.TrimPrefix(list[end+1:], []byte(", "))
	hop, err := strconv.ParseUint(string(between(one, `"hop": `, ",")), 10, 8)
	link, err1 := netip.ParseAddr(string(between(one, `"link": "`, `"`)))
	peer, err2 := netip.ParseAddr(string(between(one, `"peer": "`, `"`)))
	if err != nil || err1 != nil || err2 != nil {
		return nil, nil, false
	}
	*r = pkt6.Relay{Hops: byte(hop), Link: link.As16(), Peer: peer.As16()}
	used = room
	if text := between(one, `"options": "`, `"`); text != nil {
		if used, ok = appendUnhex(room, text); !ok {
			return nil, nil, false
		}
		r.Options = pkt6.Options(used[len(room):])
		if len(r.Options.Whole()) < len(r.Options) {
			return nil, nil, false
		}
	}
	return rest, used, true
}

// between returns what stands behind the first head, up to the next end; nil if there
// is none.
func between(b []byte, head, end string) []byte {
	_, b, found := bytes.Cut(b, []byte(head))
	if !found {
		return nil
	}
	b, _, found = bytes.Cut(b, []byte(end))
	if !found {
		return nil
	}
	return b
}
