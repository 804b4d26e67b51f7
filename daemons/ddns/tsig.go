package ddns

import (
	"bytes"
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"strings"
	"sync"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
	"nestor/lib/ncr"
)

// Signatures are made and checked here (RFC 8945 section 4.3): miekg/dns has no
// HMAC-MD5 any more, cuts no signatures, and refuses to look at that of a NOTAUTH
// answer, which a server gives to an update of a zone that it does not have.

// tsigAlgorithms are the algorithms of ARM 13.3.3 and their names on the wire
// (RFC 8945 section 6).
var tsigAlgorithms = map[string]struct {
	wire string
	hash func() hash.Hash
}{
	"HMAC-MD5":    {"hmac-md5.sig-alg.reg.int.", md5.New},
	"HMAC-SHA1":   {dns.HmacSHA1, sha1.New},
	"HMAC-SHA224": {dns.HmacSHA224, sha256.New224},
	"HMAC-SHA256": {dns.HmacSHA256, sha256.New},
	"HMAC-SHA384": {dns.HmacSHA384, sha512.New384},
	"HMAC-SHA512": {dns.HmacSHA512, sha512.New},
}

// fudge is how far the clocks of both ends may be apart, in seconds.
const fudge = 300

// A signer is a TSIG key in use. It may be used concurrently.
type signer struct {
	name      string // with final dot, in lower case
	nameWire  []byte
	algorithm []byte // its name on the wire
	size      int    // of signatures in octets
	whole     int    // of signatures that are not cut
	hashes    *sync.Pool
	counters  keyCounters
}

func newSigner(k *config.TSIGKey) *signer {
	a := tsigAlgorithms[strings.ToUpper(k.Algorithm)]
	s := &signer{name: keyName(k), whole: a.hash().Size()}
	// Names in configurations have been checked.
	s.nameWire, _ = ncr.AppendName(nil, s.name, true)
	s.algorithm, _ = ncr.AppendName(nil, a.wire, true)
	s.hashes = &sync.Pool{New: func() any { return hmac.New(a.hash, k.Secret) }}
	if s.size = s.whole; k.DigestBits > 0 {
		s.size = int(k.DigestBits / 8)
	}
	return s
}

// keyName is the name of a key in DNS messages and in statistics.
func keyName(k *config.TSIGKey) string { return strings.ToLower(dns.Fqdn(k.Name)) }

// signature is a TSIG record (RFC 8945 section 4.2).
type signature struct {
	time  uint64 // seconds since 1970
	fudge uint16
	mac   []byte
	id    uint16 // of the message, as it was signed
	err   uint16
	other []byte
}

// maxDigest is the length of the longest whole signature.
const maxDigest = sha512.Size

// digest appends to dst the whole signature of a message without its TSIG record, in
// two parts. With the signature of the question before it, it is that of an answer.
func (s *signer) digest(dst, question, head, rest []byte, t *signature) []byte {
	h := s.hashes.Get().(hash.Hash)
	defer s.hashes.Put(h)
	h.Reset()
	var room [64]byte
	if question != nil {
		h.Write(binary.BigEndian.AppendUint16(room[:0], uint16(len(question))))
		h.Write(question)
	}
	h.Write(head)
	h.Write(rest)
	h.Write(s.nameWire)
	h.Write(append(room[:0], 0, classANY, 0, 0, 0, 0))
	h.Write(s.algorithm)
	b := appendTime(room[:0], t)
	b = binary.BigEndian.AppendUint16(b, t.err)
	b = binary.BigEndian.AppendUint16(b, uint16(len(t.other)))
	h.Write(b)
	h.Write(t.other)
	return h.Sum(dst)
}

func appendTime(b []byte, t *signature) []byte {
	b = binary.BigEndian.AppendUint16(b, uint16(t.time>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(t.time))
	return binary.BigEndian.AppendUint16(b, t.fudge)
}

// sign appends the signature of a message at the given time to it. It returns the
// signature too, which that of the answer covers.
func (s *signer) sign(msg, question []byte, now time.Time) (signed, mac []byte) {
	t := &signature{time: uint64(now.Unix()), fudge: fudge, id: binary.BigEndian.Uint16(msg)}
	mac = s.digest(make([]byte, 0, maxDigest), question, msg, nil, t)[:s.size]
	b := append(msg, s.nameWire...)
	b = append(b, 0, typeTSIG, 0, classANY, 0, 0, 0, 0)
	b = binary.BigEndian.AppendUint16(b, uint16(len(s.algorithm)+16+len(mac)))
	b = append(b, s.algorithm...)
	b = appendTime(b, t)
	b = binary.BigEndian.AppendUint16(b, uint16(len(mac)))
	b = append(b, mac...)
	b = binary.BigEndian.AppendUint16(b, t.id)
	b = append(b, 0, 0, 0, 0)
	binary.BigEndian.PutUint16(b[countExtra:], uint16(count(b, countExtra)+1))
	return b, mac
}

// verify checks the signature of an answer to what was signed with question. The
// answer has a header.
func (s *signer) verify(answer, question []byte, now time.Time) error {
	if err := s.check(answer, question, now); err != nil {
		return fmt.Errorf("TSIG verification failed: %w", err)
	}
	return nil
}

func (s *signer) check(answer, question []byte, now time.Time) error {
	start, err := lastRecord(answer)
	switch {
	case err != nil:
		return err
	case start < 0:
		return fmt.Errorf("the answer is not signed, its rcode is %s", rcodeText(int(answer[3]&0x0f)))
	}
	t, err := s.read(answer, start)
	switch {
	case err != nil:
		return err
	case len(t.mac) == 0 && t.err != 0:
		return errors.New(tsigError(t.err)) // these come unsigned (section 5.3.2)
	case len(t.mac) > s.whole:
		return fmt.Errorf("the signature has %d octets, %d are the most", len(t.mac), s.whole)
	case len(t.mac) < s.size: // section 5.2.2.1
		return fmt.Errorf("the signature is cut to %d octets, %d are the least", len(t.mac), s.size)
	}
	var head [dnsHeader]byte
	copy(head[:], answer)
	binary.BigEndian.PutUint16(head[:], t.id)
	binary.BigEndian.PutUint16(head[countExtra:], uint16(count(answer, countExtra)-1))
	var room [maxDigest]byte
	whole := s.digest(room[:0], question, head[:], answer[dnsHeader:start], t)
	switch {
	case !hmac.Equal(whole[:len(t.mac)], t.mac):
		return errors.New("the signature is wrong")
	case t.err != 0:
		return errors.New(tsigError(t.err))
	}
	signed := time.Unix(int64(t.time), 0)
	if off := now.Sub(signed).Abs(); off > time.Duration(t.fudge)*time.Second {
		return fmt.Errorf("the answer is dated %s, %s from now", signed.UTC().Format(time.DateTime), off.Round(time.Second))
	}
	return nil
}

// lastRecord finds the last record of a message, which has a header; -1: it has no
// record among the extra ones.
func lastRecord(b []byte) (start int, err error) {
	if count(b, countExtra) == 0 {
		return -1, nil
	}
	at := dnsHeader
	for range count(b, countZones) {
		if at = skipName(b, at); at < 0 || at+4 > len(b) {
			return 0, errMessageEnds
		}
		at += 4
	}
	for range count(b, countWants) + count(b, countChanges) + count(b, countExtra) {
		start = at
		if at = skipRecord(b, at); at < 0 {
			return 0, errMessageEnds
		}
	}
	return start, nil
}

var errMessageEnds = errors.New("the message is cut off")

// read reads the TSIG record of an answer, which must be of this key.
func (s *signer) read(b []byte, start int) (*signature, error) {
	var room [256]byte
	name, ok := appendPlain(room[:0], b, start)
	at := skipName(b, start)
	switch {
	case count(b, at) != typeTSIG:
		return nil, fmt.Errorf("the answer is not signed, its rcode is %s", rcodeText(int(b[3]&0x0f)))
	case !ok || !bytes.Equal(name, s.nameWire):
		return nil, errors.New("the answer is signed with another key")
	case count(b, at+2) != classANY || binary.BigEndian.Uint32(b[at+4:]) != 0: // section 4.2
		return nil, fmt.Errorf("the TSIG record has class %d and TTL %d", count(b, at+2), binary.BigEndian.Uint32(b[at+4:]))
	}
	data := at + 10
	b = b[:data+count(b, at+8)] // skipRecord has found it to be there
	algorithm, ok := appendPlain(room[:0], b, data)
	if !ok || !bytes.Equal(algorithm, s.algorithm) {
		return nil, errors.New("the answer is signed by another algorithm")
	}
	at = skipName(b, data)
	if at < 0 || at+10 > len(b) {
		return nil, errMessageEnds
	}
	t := &signature{time: binary.BigEndian.Uint64(b[at:]) >> 16, fudge: binary.BigEndian.Uint16(b[at+6:])}
	size := count(b, at+8)
	at += 10
	if at+size+6 > len(b) {
		return nil, errMessageEnds
	}
	t.mac = b[at : at+size]
	at += size
	t.id, t.err = binary.BigEndian.Uint16(b[at:]), binary.BigEndian.Uint16(b[at+2:])
	t.other = b[at+6:]
	if len(t.other) != count(b, at+4) {
		return nil, errMessageEnds
	}
	return t, nil
}

// tsigError names an error code of a TSIG record.
func tsigError(code uint16) string {
	if text, ok := dns.RcodeToString[int(code)]; ok {
		return text
	}
	return fmt.Sprintf("error %d", code)
}
