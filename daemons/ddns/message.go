package ddns

import (
	"encoding/binary"

	"nestor/lib/ncr"
)

// Update messages are written here rather than by miekg/dns, which takes six times as
// long for them and for what signs them; tests read them with it.

// Types and classes of records (RFC 1035, 2136, 3596, 4701).
const (
	typeA     = 1
	typeSOA   = 6
	typePTR   = 12
	typeAAAA  = 28
	typeDHCID = 49
	typeTSIG  = 250
	typeANY   = 255

	classIN   = 1
	classNONE = 254
	classANY  = 255

	opcodeUpdate = 5
)

// records are what a request changes in a direction, as they are on the wire.
type records struct {
	zone     []byte // its name
	owner    []byte // the name that the records are at
	ttl      uint32 // of those that are added, seconds
	addrType uint16 // forward: A or AAAA
	addr     []byte
	target   []byte // reverse: the name that PTR gives
	dhcid    []byte
}

// newRecords are those of a request in a direction. An error says which name cannot
// be written.
func newRecords(r *ncr.Request, zone []byte, reverse bool) (*records, error) {
	rec := &records{zone: zone, ttl: r.TTL, dhcid: r.DHCID}
	name, err := ncr.AppendName(make([]byte, 0, len(r.Name)+1), r.Name, false)
	if err != nil {
		return nil, err
	}
	if reverse {
		rec.target = name
		rec.owner, err = ncr.AppendName(make([]byte, 0, 80), reverseName(r.Addr), false)
		return rec, err
	}
	rec.owner, rec.addr, rec.addrType = name, r.Addr.AsSlice(), typeAAAA
	if r.Addr.Is4() {
		rec.addrType = typeA
	}
	return rec, nil
}

// message is an update message that is being written.
type message struct {
	*records
	b       []byte
	ownerAt int // where the owner's name is written out
}

const dnsHeader = 12

// The places of the counts in the header.
const (
	countZones   = 4
	countWants   = 6
	countChanges = 8
	countExtra   = 10
)

// message appends the message of a step to b, which is empty.
func (s *step) message(b []byte, id uint16, r *records) []byte {
	m := message{records: r}
	m.b = binary.BigEndian.AppendUint16(b, id)
	m.b = append(m.b, opcodeUpdate<<3, 0, 0, 1, 0, 0, 0, 0, 0, 0)
	m.b = append(m.b, r.zone...)
	m.b = append(m.b, 0, typeSOA, 0, classIN)
	for _, act := range s.actions {
		act(&m)
	}
	return m.b
}

func (m *message) want(rtype, class uint16, data []byte) {
	m.b[countWants+1]++
	m.record(rtype, class, 0, data)
}

func (m *message) change(rtype, class uint16, ttl uint32, data []byte) {
	m.b[countChanges+1]++
	m.record(rtype, class, ttl, data)
}

// record appends a record of the owner.
func (m *message) record(rtype, class uint16, ttl uint32, data []byte) {
	if m.ownerAt == 0 {
		m.ownerAt = len(m.b)
		m.b = append(m.b, m.owner...)
	} else {
		m.b = binary.BigEndian.AppendUint16(m.b, 0xc000|uint16(m.ownerAt)) // RFC 1035 section 4.1.4
	}
	m.b = binary.BigEndian.AppendUint16(m.b, rtype)
	m.b = binary.BigEndian.AppendUint16(m.b, class)
	m.b = binary.BigEndian.AppendUint32(m.b, ttl)
	m.b = binary.BigEndian.AppendUint16(m.b, uint16(len(data)))
	m.b = append(m.b, data...)
}

// count reads a count of a message's header.
func count(b []byte, at int) int { return int(binary.BigEndian.Uint16(b[at:])) }

// skipName returns the offset behind a name, -1 if it does not end in the message.
func skipName(b []byte, at int) int {
	for at < len(b) {
		switch n := int(b[at]); {
		case n == 0:
			return at + 1
		case n >= 0xc0:
			if at+2 > len(b) {
				return -1
			}
			return at + 2
		case n >= 0x40:
			return -1
		default:
			at += 1 + n
		}
	}
	return -1
}

// skipRecord returns the offset behind a record, -1 if it does not end in the message.
func skipRecord(b []byte, at int) int {
	if at = skipName(b, at); at < 0 || at+10 > len(b) {
		return -1
	}
	if at += 10 + count(b, at+8); at > len(b) {
		return -1
	}
	return at
}

// appendPlain appends a name of a message without compression and in lower case;
// false: it is none.
func appendPlain(dst, b []byte, at int) ([]byte, bool) {
	start := len(dst)
	for jumps := 0; at < len(b); {
		switch n := int(b[at]); {
		case n == 0:
			return append(dst, 0), len(dst)-start < 255
		case n >= 0xc0:
			if jumps++; at+2 > len(b) || jumps > 16 {
				return dst, false
			}
			at = n&0x3f<<8 | int(b[at+1])
		case n >= 0x40, at+1+n > len(b), len(dst)-start+1+n > 254:
			return dst, false
		default:
			dst = append(dst, byte(n))
			for _, c := range b[at+1 : at+1+n] {
				if c >= 'A' && c <= 'Z' {
					c += 'a' - 'A'
				}
				dst = append(dst, c)
			}
			at += 1 + n
		}
	}
	return dst, false
}
