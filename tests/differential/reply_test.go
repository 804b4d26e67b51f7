package differential_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// A reply is what a server answered to one packet; its zero value stands for
// silence.
type reply struct {
	to       string // link-layer destination
	src, dst netip.AddrPort
	payload  []byte
}

func (r reply) equal(other reply) bool {
	return r.to == other.to && r.src == other.src && r.dst == other.dst && slices.Equal(r.payload, other.payload)
}

// broadcast reports whether a reply went in a broadcast frame to a client that
// asked for that.
func (r reply) broadcast() bool {
	return r.to == "ff:ff:ff:ff:ff:ff" && r.payload[10]&0x80 != 0
}

// agedAs is the reply with the remaining times of another, when these are alike but
// for a second or two that have gone by between the two.
func (r reply) agedAs(other reply) reply {
	if r.payload == nil || len(r.payload) != len(other.payload) {
		return r
	}
	r.payload = slices.Clone(r.payload)
	for at := 240; at+6 <= len(r.payload) && r.payload[at] != 255; at += 2 + int(r.payload[at+1]) {
		if code := r.payload[at]; code != 51 && code != 58 && code != 59 {
			continue
		}
		mine, its := r.payload[at+2:at+6], other.payload[at+2:at+6]
		if apart := int64(binary.BigEndian.Uint32(mine)) - int64(binary.BigEndian.Uint32(its)); -2 <= apart && apart <= 2 {
			copy(mine, its)
		}
	}
	return r
}

// kind is the message type, which comes first; 0 for silence.
func (r reply) kind() byte {
	if r.payload == nil {
		return 0
	}
	return r.payload[242]
}

// yiaddr is the address that is given, 0.0.0.0 in silence.
func (r reply) yiaddr() netip.Addr {
	if r.payload == nil {
		return anyAddr
	}
	return netip.AddrFrom4([4]byte(r.payload[16:20]))
}

// parts takes the reply apart: where it went, the fields of its header that are not
// zero, and its options in the order of the wire.
func (r reply) parts() []string {
	if r.payload == nil {
		return []string{"silence"}
	}
	parts := []string{"to=" + r.to, "dst=" + r.dst.String(), "src=" + r.src.String()}
	for _, f := range headerFields {
		if v := bytes.TrimRight(r.payload[f.from:f.to], "\x00"); len(v) > 0 {
			parts = append(parts, fmt.Sprintf("%s=%s", f.name, f.show(r.payload[f.from:f.to])))
		}
	}
	end := r.payload[240:]
	for code, content := range r.options() {
		parts = append(parts, fmt.Sprintf("%d=%x", code, content))
		end = end[2+len(content):]
	}
	return append(parts, fmt.Sprintf("end=%x", end))
}

// options are the codes and contents of the options up to END.
func (r reply) options() iter.Seq2[byte, []byte] {
	return func(yield func(code byte, content []byte) bool) {
		if r.payload == nil {
			return
		}
		for rest := r.payload[240:]; len(rest) > 1 && rest[0] != 255 && len(rest) >= 2+int(rest[1]); rest = rest[2+int(rest[1]):] {
			if !yield(rest[0], rest[2:2+int(rest[1])]) {
				return
			}
		}
	}
}

func (r reply) String() string { return strings.Join(r.parts(), " ") }

// partsUnlike gives the parts of a reply that are not among those of another.
func partsUnlike(r, other shownReply) string {
	parts, others := r.parts(), other.parts()
	own := slices.DeleteFunc(slices.Clone(parts), func(part string) bool { return slices.Contains(others, part) })
	if len(own) == 0 {
		own = parts // the same in another order
	}
	return strings.Join(own, " ")
}

// headerFields are the fixed fields of a DHCP message (RFC 2131 section 2) but for
// xid and cookie.
var headerFields = []struct {
	name     string
	from, to int
	show     func([]byte) string
}{
	{"header", 0, 4, asHex}, {"secs", 8, 10, asHex}, {"flags", 10, 12, asHex},
	{"ciaddr", 12, 16, asAddress}, {"yiaddr", 16, 20, asAddress}, {"siaddr", 20, 24, asAddress}, {"giaddr", 24, 28, asAddress},
	{"chaddr", 28, 44, asHex}, {"sname", 44, 108, asText}, {"file", 108, 236, asText},
}

func asHex(b []byte) string     { return fmt.Sprintf("%x", b) }
func asText(b []byte) string    { return fmt.Sprintf("%q", bytes.TrimRight(b, "\x00")) }
func asAddress(b []byte) string { return netip.AddrFrom4([4]byte(b)).String() }

// has reports whether the reply has an option.
func (r reply) has(code byte) bool {
	for c := range r.options() {
		if c == code {
			return true
		}
	}
	return false
}
