package netio

import (
	"encoding/binary"
	"math/bits"
)

// sum16 adds b to a ones' complement sum (RFC 1071) of big-endian 16-bit words.
// b must begin at an even offset of what is summed; a trailing odd byte is
// padded with zero. The sum is kept in 64 bits until fold16.
func sum16(sum uint64, b []byte) uint64 {
	var carry uint64
	for len(b) >= 32 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), 0)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[8:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[16:]), carry)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b[24:]), carry)
		sum = addEndAround(sum, carry)
		b = b[32:]
	}
	for len(b) >= 8 {
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(b), 0)
		sum = addEndAround(sum, carry)
		b = b[8:]
	}
	if len(b) > 0 {
		var rest [8]byte
		copy(rest[:], b)
		sum, carry = bits.Add64(sum, binary.BigEndian.Uint64(rest[:]), 0)
		sum = addEndAround(sum, carry)
	}
	return sum
}

// addEndAround adds one word to the sum, its carry coming in at the low end
// again.
func addEndAround(sum, word uint64) uint64 {
	sum, carry := bits.Add64(sum, word, 0)
	return sum + carry
}

// fold16 reduces a sum to 16 bits.
func fold16(sum uint64) uint16 {
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>32 + sum&0xffffffff
	sum = sum>>16 + sum&0xffff
	sum = sum>>16 + sum&0xffff
	return uint16(sum>>16 + sum&0xffff)
}

// pseudoHeader is the sum over the pseudo header of UDP over IPv4 (RFC 768).
func pseudoHeader(src, dst uint32, udpLength int) uint64 {
	const protocolUDP = 17
	return uint64(src) + uint64(dst) + protocolUDP + uint64(udpLength)
}
