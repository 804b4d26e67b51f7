package extendedinfo

import (
	"bytes"
	"encoding/hex"
	"strings"

	"nestor/lib/element"
	"nestor/lib/pkt4"
)

// Keys of a lease's user context.
const (
	keyISC        = "ISC"
	keyRelay4     = "relay-agent-info"
	keySubOptions = "sub-options"
	keyRemoteID   = "remote-id"
	keyRelayID    = "relay-id"
	keyComment    = "comment"
)

// A context that holds relay agent information and nothing else, as Kea prints
// it: keys in alphabetical order.
const (
	ownHead       = `{ "ISC": { "relay-agent-info": { `
	ownRelayID    = `"relay-id": "`
	ownRemoteID   = `"remote-id": "`
	ownNext       = `", `
	ownSubOptions = `"sub-options": "`
	ownTail       = `" } } }`
)

const hexDigits = "0123456789ABCDEF"

// AppendRelay4 appends to dst the user context of a lease whose context was old,
// with rai, the content of option 82, as its relay agent information. A context
// that cannot be read is appended as it is.
func AppendRelay4(dst, old, rai []byte) []byte {
	if len(old) == 0 || isOwn(old) {
		return appendOwn(dst, rai)
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
	isc.Set(keyRelay4, relay4(rai))
	return context.AppendJSON(dst)
}

// Relay4 appends to dst the content of option 82 that a user context holds, in
// either of the forms that Kea has had, and reports whether there is any.
func Relay4(dst, context []byte) ([]byte, bool) {
	if text, ok := ownSubOptionsOf(context); ok {
		return appendUnhex(dst, text)
	}
	if !bytes.Contains(context, []byte(keyRelay4)) {
		return dst, false
	}
	v, err := element.ParseWire(context)
	if err != nil {
		return dst, false
	}
	info := child(child(v, keyISC), keyRelay4)
	if info != nil && info.Kind == element.Map {
		info = info.Get(keySubOptions)
	}
	if info == nil || info.Kind != element.String {
		return dst, false
	}
	return appendUnhex(dst, []byte(info.Str))
}

// child returns a member of a map, nil if v is none.
func child(v *element.Value, key string) *element.Value {
	if v == nil || v.Kind != element.Map {
		return nil
	}
	return v.Get(key)
}

// relay4 is the relay agent information of an option 82.
func relay4(rai []byte) *element.Value {
	info := element.NewMap()
	if id, _ := pkt4.Suboption(rai, pkt4.RAIRelayID); len(id) > 0 {
		info.Add(keyRelayID, element.NewString(string(appendHex(nil, id))))
	}
	if id, _ := pkt4.Suboption(rai, pkt4.RAIRemoteID); len(id) > 0 {
		info.Add(keyRemoteID, element.NewString(string(appendHex(nil, id))))
	}
	return info.Add(keySubOptions, element.NewString(string(appendPrefixed(nil, rai))))
}

// appendOwn appends the context that holds nothing but relay agent information.
// It is what a query costs, so it goes without maps.
func appendOwn(dst, rai []byte) []byte {
	dst = append(dst, ownHead...)
	if id, _ := pkt4.Suboption(rai, pkt4.RAIRelayID); len(id) > 0 {
		dst = append(appendHex(append(dst, ownRelayID...), id), ownNext...)
	}
	if id, _ := pkt4.Suboption(rai, pkt4.RAIRemoteID); len(id) > 0 {
		dst = append(appendHex(append(dst, ownRemoteID...), id), ownNext...)
	}
	return append(appendPrefixed(append(dst, ownSubOptions...), rai), ownTail...)
}

// isOwn reports whether the context holds nothing but relay agent information,
// as appendOwn writes it.
func isOwn(context []byte) bool {
	_, ok := ownSubOptionsOf(context)
	return ok
}

// ownSubOptionsOf returns the digits of a context that appendOwn wrote.
func ownSubOptionsOf(context []byte) (text []byte, ok bool) {
	rest, ok := bytes.CutPrefix(context, []byte(ownHead))
	if !ok {
		return nil, false
	}
	rest = skipDigits(skipDigits(rest, ownRelayID), ownRemoteID)
	if rest, ok = bytes.CutPrefix(rest, []byte(ownSubOptions)); !ok {
		return nil, false
	}
	if text, ok = bytes.CutSuffix(rest, []byte(ownTail)); !ok || bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '\\') >= 0 {
		return nil, false
	}
	return text, true
}

// skipDigits passes over a member that begins with key, if it comes next.
func skipDigits(b []byte, key string) []byte {
	rest, ok := bytes.CutPrefix(b, []byte(key))
	if !ok {
		return b
	}
	n := 0
	for n < len(rest) && strings.IndexByte(hexDigits, rest[n]) >= 0 {
		n++
	}
	if rest, ok = bytes.CutPrefix(rest[n:], []byte(ownNext)); !ok {
		return b
	}
	return rest
}

func appendHex(dst, b []byte) []byte {
	for _, c := range b {
		dst = append(dst, hexDigits[c>>4], hexDigits[c&15])
	}
	return dst
}

// appendPrefixed writes the content of an option the way Kea does: nothing at
// all when it is empty.
func appendPrefixed(dst, b []byte) []byte {
	if len(b) == 0 {
		return dst
	}
	return appendHex(append(dst, "0x"...), b)
}

// appendUnhex appends the bytes that hexadecimal text stands for. It fails on
// other text, and on none.
func appendUnhex(dst, text []byte) ([]byte, bool) {
	text = bytes.TrimPrefix(text, []byte("0x"))
	if len(text) == 0 {
		return dst, false
	}
	out, err := hex.AppendDecode(dst, text)
	if err != nil {
		return dst, false
	}
	return out, true
}
