package ncr

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"net/netip"
	"strconv"
	"time"

	"nestor/lib/element"
)

// MaxSize is how long a datagram may be, with the two bytes of its length.
const MaxSize = 4096

// timeForm is how lease-expires-on is written, in UTC.
const timeForm = "20060102150405"

// AppendTo appends the request as it goes over the wire. It allocates nothing where
// b has the room.
//
// Kea before 2.5 knows no modes but only use-conflict-resolution. It is sent beside
// the modes that check nothing, which such a daemon could not tell from the default.
func (r *Request) AppendTo(b []byte) []byte {
	start := len(b)
	b = append(b, 0, 0)
	b = append(b, `{"change-type":`...)
	b = append(b, '0'+boolByte(r.Remove))
	b = append(b, `,"forward-change":`...)
	b = strconv.AppendBool(b, r.Forward)
	b = append(b, `,"reverse-change":`...)
	b = strconv.AppendBool(b, r.Reverse)
	b = append(b, `,"fqdn":"`...)
	b = appendEscaped(b, r.Name)
	b = append(b, `","ip-address":"`...)
	b = r.Addr.AppendTo(b)
	b = append(b, `","dhcid":"`...)
	b = appendUpperHex(b, r.DHCID)
	b = append(b, `","lease-expires-on":"`...)
	b = r.Expires.UTC().AppendFormat(b, timeForm)
	b = append(b, `","lease-length":`...)
	b = strconv.AppendUint(b, uint64(r.TTL), 10)
	b = append(b, `,"conflict-resolution-mode":"`...)
	b = append(b, r.Mode.String()...)
	b = append(b, '"')
	if r.Mode == NoCheckWithDHCID || r.Mode == NoCheckWithoutDHCID {
		b = append(b, `,"use-conflict-resolution":false`...)
	}
	b = append(b, '}')
	binary.BigEndian.PutUint16(b[start:], uint16(len(b)-start-2))
	return b
}

func boolByte(b bool) byte {
	if b {
		return 1
	}
	return 0
}

// appendEscaped appends a name inside a JSON string. The text form of names has no
// other characters that JSON would want escaped.
func appendEscaped(b []byte, name string) []byte {
	for i := range len(name) {
		if name[i] == '"' || name[i] == '\\' {
			b = append(b, '\\')
		}
		b = append(b, name[i])
	}
	return b
}

func appendUpperHex(b, v []byte) []byte {
	const digits = "0123456789ABCDEF"
	for _, c := range v {
		b = append(b, digits[c>>4], digits[c&15])
	}
	return b
}

// Parse reads one datagram. What follows the length that it tells of is ignored, as
// are keys that are not of a request. The request shares nothing with b.
func Parse(b []byte) (*Request, error) {
	if len(b) < 2 {
		return nil, fmt.Errorf("a datagram of %d bytes has no length in it: it begins with two bytes of it", len(b))
	}
	n := int(binary.BigEndian.Uint16(b))
	if n > len(b)-2 {
		return nil, fmt.Errorf("the datagram tells of %d bytes of JSON, but only %d follow", n, len(b)-2)
	}
	return ParseJSON(b[2:][:n])
}

// ParseJSON reads a request without the length before it.
func ParseJSON(text []byte) (*Request, error) {
	v, err := element.ParseWire(text)
	if err != nil {
		return nil, fmt.Errorf("the request is not JSON: %w", err)
	}
	if v.Kind != element.Map {
		return nil, errors.New("the request is not a JSON object")
	}
	r := &Request{}
	f := fields{object: v}
	f.readInto(r)
	if f.err != nil {
		return nil, f.err
	}
	return r, nil
}

// fields reads the values of a request and keeps the first error.
type fields struct {
	object *element.Value
	err    error
}

func (f *fields) readInto(r *Request) {
	switch kind := f.integer("change-type"); kind {
	case 0, 1:
		r.Remove = kind == 1
	default:
		f.fail("change-type is %d: it is 0 (add) or 1 (remove)", kind)
	}
	r.Forward, r.Reverse = f.boolean("forward-change"), f.boolean("reverse-change")
	if !r.Forward && !r.Reverse {
		f.fail("forward-change and reverse-change are both false: nothing would be changed")
	}
	r.Name = f.name("fqdn")
	r.Addr = f.address("ip-address")
	r.DHCID = f.hexadecimal("dhcid")
	r.Expires = f.time("lease-expires-on")
	ttl := f.integer("lease-length")
	if ttl < 0 || ttl > math.MaxUint32 {
		f.fail("lease-length is %d: it is a number of seconds from 0 to %d", ttl, uint32(math.MaxUint32))
	}
	r.TTL = uint32(ttl)
	r.Mode = f.mode()
}

func (f *fields) fail(format string, args ...any) {
	if f.err == nil {
		f.err = fmt.Errorf(format, args...)
	}
}

// get returns the value of a key that must be there; what names its type in errors.
// After an error it is an empty value.
func (f *fields) get(key string, kind element.Kind, what string) *element.Value {
	v := f.object.Get(key)
	switch {
	case v == nil:
		f.fail("%s is missing", key)
	case v.Kind != kind:
		f.fail("%s is %.80s: it must be %s", key, v, what)
	default:
		return v
	}
	return &element.Value{}
}

func (f *fields) integer(key string) int64 { return f.get(key, element.Int, "a whole number").Int }

func (f *fields) boolean(key string) bool { return f.get(key, element.Bool, "true or false").Bool }

func (f *fields) text(key string) string { return f.get(key, element.String, "a string").Str }

func (f *fields) name(key string) string {
	text := f.text(key)
	if f.err != nil {
		return ""
	}
	name, err := CanonicalName(text)
	if err != nil {
		f.fail("%s: %w", key, err)
	}
	return name
}

func (f *fields) address(key string) netip.Addr {
	text := f.text(key)
	addr, err := netip.ParseAddr(text)
	if err != nil || addr.Zone() != "" {
		f.fail("%s is %.80q: it must be an IPv4 or IPv6 address", key, text)
	}
	return addr
}

func (f *fields) hexadecimal(key string) []byte {
	text := f.text(key)
	b, err := hex.DecodeString(text)
	if err != nil || len(b) == 0 {
		f.fail("%s is %.80q: it must be pairs of hexadecimal digits", key, text)
	}
	return b
}

func (f *fields) time(key string) time.Time {
	text := f.text(key)
	t, err := time.Parse(timeForm, text)
	if err != nil || len(text) != len(timeForm) {
		f.fail("%s is %.80q: it must be a time of UTC as 14 digits, YYYYMMDDhhmmss", key, text)
	}
	return t
}

// mode reads the mode, or what stood in its place before Kea 2.5.
func (f *fields) mode() Mode {
	const key, older = "conflict-resolution-mode", "use-conflict-resolution"
	switch {
	case f.object.Get(key) != nil:
		text := f.text(key)
		if f.err != nil {
			return 0
		}
		m, err := ParseMode(text)
		if err != nil {
			f.fail("%s: %w", key, err)
		}
		return m
	case f.object.Get(older) != nil && !f.boolean(older):
		return NoCheckWithDHCID
	}
	return CheckWithDHCID
}
