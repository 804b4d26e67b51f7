package pkt6

import (
	"encoding/binary"
	"iter"
)

// IA is an identity association (RFC 8415 sections 21.4, 21.5 and 21.21).
type IA struct {
	Code   uint16 // OptIANA, OptIATA or OptIAPD
	IAID   uint32
	T1, T2 uint32 // seconds; 0 in OptIATA, which has none
	// Options are those inside: leases and perhaps a status.
	Options Options
}

// ReadIA reads an option that is an identity association; ok is false if it is
// another one, or too short.
func ReadIA(code uint16, content []byte) (ia IA, ok bool) {
	switch {
	case (code == OptIANA || code == OptIAPD) && len(content) >= iaLen:
		return IA{
			Code: code, IAID: binary.BigEndian.Uint32(content),
			T1: binary.BigEndian.Uint32(content[4:]), T2: binary.BigEndian.Uint32(content[8:]),
			Options: Options(content[iaLen:]),
		}, true
	case code == OptIATA && len(content) >= iataLen:
		return IA{Code: code, IAID: binary.BigEndian.Uint32(content), Options: Options(content[iataLen:])}, true
	}
	return IA{}, false
}

// Lease is an address or a prefix inside an identity association (RFC 8415
// sections 21.6 and 21.22).
type Lease struct {
	Addr             [16]byte
	Len              byte   // 128 for an address
	Preferred, Valid uint32 // seconds
	Options          Options
}

// Lengths of what stands before the options inside.
const (
	iaLen      = 12 // of OptIANA and OptIAPD
	iataLen    = 4
	addressLen = 24 // of OptIAAddr
	prefixLen  = 25 // of OptIAPrefix
)

// Lease returns the first lease of the kind that belongs into the IA: an address,
// or a prefix in OptIAPD. A prefix length above 128 does not count.
func (ia *IA) Lease() (l Lease, ok bool) {
	l, _, ok = nextLease(ia.Code, ia.Options)
	return l, ok
}

// Leases returns the leases of the IA in their order.
func (ia *IA) Leases() iter.Seq[Lease] {
	return func(yield func(Lease) bool) {
		for rest := ia.Options; ; {
			l, next, ok := nextLease(ia.Code, rest)
			if !ok || !yield(l) {
				return
			}
			rest = next
		}
	}
}

// nextLease finds the next lease of an IA of the kind.
func nextLease(kind uint16, o Options) (l Lease, rest Options, ok bool) {
	for {
		code, content, next, ok := o.next()
		if !ok {
			return Lease{}, nil, false
		}
		if kind == OptIAPD {
			l, ok = readPrefix(code, content)
		} else {
			l, ok = readAddress(code, content)
		}
		if ok {
			return l, next, true
		}
		o = next
	}
}

func readAddress(code uint16, content []byte) (l Lease, ok bool) {
	if code != OptIAAddr || len(content) < addressLen {
		return l, false
	}
	copy(l.Addr[:], content)
	l.Len = 128
	l.Preferred, l.Valid = binary.BigEndian.Uint32(content[16:]), binary.BigEndian.Uint32(content[20:])
	l.Options = Options(content[addressLen:])
	return l, true
}

func readPrefix(code uint16, content []byte) (l Lease, ok bool) {
	if code != OptIAPrefix || len(content) < prefixLen || content[8] > 128 {
		return l, false
	}
	l.Preferred, l.Valid = binary.BigEndian.Uint32(content), binary.BigEndian.Uint32(content[4:])
	l.Len = content[8]
	copy(l.Addr[:], content[9:prefixLen])
	l.clearHost()
	l.Options = Options(content[prefixLen:])
	return l, true
}

// clearHost clears the bits behind the length of a prefix: receivers ignore them (RFC
// 8415 section 21.22).
func (l *Lease) clearHost() {
	n := int(l.Len) / 8
	if n == len(l.Addr) {
		return
	}
	l.Addr[n] &= ^byte(0xff >> (l.Len % 8))
	clear(l.Addr[n+1:])
}

// AppendIA appends the content of an identity association without what is inside;
// see AppendLease and AppendStatus.
func AppendIA(b []byte, ia *IA) []byte {
	b = binary.BigEndian.AppendUint32(b, ia.IAID)
	if ia.Code == OptIATA {
		return append(b, ia.Options...)
	}
	b = binary.BigEndian.AppendUint32(b, ia.T1)
	b = binary.BigEndian.AppendUint32(b, ia.T2)
	return append(b, ia.Options...)
}

// AppendLease appends a lease to the content of an identity association of the
// given code.
func AppendLease(b []byte, code uint16, l *Lease) []byte {
	fixed := addressLen
	if code == OptIAPD {
		fixed = prefixLen
		b = binary.BigEndian.AppendUint16(b, OptIAPrefix)
	} else {
		b = binary.BigEndian.AppendUint16(b, OptIAAddr)
	}
	b = binary.BigEndian.AppendUint16(b, uint16(fixed+len(l.Options)))
	if code == OptIAPD {
		b = binary.BigEndian.AppendUint32(b, l.Preferred)
		b = binary.BigEndian.AppendUint32(b, l.Valid)
		b = append(append(b, l.Len), l.Addr[:]...)
	} else {
		b = append(b, l.Addr[:]...)
		b = binary.BigEndian.AppendUint32(b, l.Preferred)
		b = binary.BigEndian.AppendUint32(b, l.Valid)
	}
	return append(b, l.Options...)
}

// AppendStatus appends a status code option (RFC 8415 section 21.13).
func AppendStatus(b []byte, status uint16, text string) []byte {
	b = binary.BigEndian.AppendUint16(b, OptStatusCode)
	b = binary.BigEndian.AppendUint16(b, uint16(2+len(text)))
	b = binary.BigEndian.AppendUint16(b, status)
	return append(b, text...)
}
