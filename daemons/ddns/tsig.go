package ddns

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
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
	algorithm string // as on the wire
	hash      func() hash.Hash
	secret    []byte
	size      int // of signatures in octets
	counters  keyCounters
}

func newSigner(k *config.TSIGKey) *signer {
	a := tsigAlgorithms[strings.ToUpper(k.Algorithm)]
	s := &signer{name: keyName(k), algorithm: a.wire, hash: a.hash, secret: k.Secret, size: a.hash().Size()}
	if k.DigestBits > 0 {
		s.size = int(k.DigestBits / 8)
	}
	return s
}

// keyName is the name of a key in DNS messages and in statistics.
func keyName(k *config.TSIGKey) string { return strings.ToLower(dns.Fqdn(k.Name)) }

// digest is the whole signature of a message without its TSIG record. With the
// signature of the question before it, it is that of an answer.
func (s *signer) digest(question, msg []byte, t *dns.TSIG) ([]byte, error) {
	h := hmac.New(s.hash, s.secret)
	if question != nil {
		h.Write(binary.BigEndian.AppendUint16(nil, uint16(len(question))))
		h.Write(question)
	}
	h.Write(msg)
	other, err := hex.DecodeString(t.OtherData)
	if err != nil {
		return nil, err
	}
	var room [2*255 + 64]byte
	off, err := dns.PackDomainName(s.name, room[:], 0, nil, false)
	if err != nil {
		return nil, err
	}
	b := append(room[:off], 0, dns.ClassANY, 0, 0, 0, 0)
	if off, err = dns.PackDomainName(s.algorithm, room[:], len(b), nil, false); err != nil {
		return nil, err
	}
	b = room[:off]
	b = binary.BigEndian.AppendUint16(b, uint16(t.TimeSigned>>32))
	b = binary.BigEndian.AppendUint32(b, uint32(t.TimeSigned))
	b = binary.BigEndian.AppendUint16(b, t.Fudge)
	b = binary.BigEndian.AppendUint16(b, t.Error)
	b = binary.BigEndian.AppendUint16(b, uint16(len(other)))
	h.Write(b)
	h.Write(other)
	return h.Sum(nil), nil
}

// sign packs a message with a signature at the given time. It returns the
// signature too, which that of the answer covers.
func (s *signer) sign(m *dns.Msg, question []byte, now time.Time) (wire, mac []byte, err error) {
	if wire, err = m.Pack(); err != nil {
		return nil, nil, err
	}
	t := &dns.TSIG{
		Hdr:       dns.RR_Header{Name: s.name, Rrtype: dns.TypeTSIG, Class: dns.ClassANY},
		Algorithm: s.algorithm, TimeSigned: uint64(now.Unix()), Fudge: fudge, OrigId: m.Id,
	}
	if mac, err = s.digest(question, wire, t); err != nil {
		return nil, nil, err
	}
	mac = mac[:s.size]
	t.MAC, t.MACSize = hex.EncodeToString(mac), uint16(len(mac))
	at := len(wire)
	wire = append(wire, make([]byte, dns.Len(t))...)
	end, err := dns.PackRR(t, wire, at, nil, false)
	if err != nil {
		return nil, nil, err
	}
	binary.BigEndian.PutUint16(wire[10:], binary.BigEndian.Uint16(wire[10:])+1)
	return wire[:end], mac, nil
}

// verify checks the signature of an answer to what was signed with question.
func (s *signer) verify(wire, question []byte, now time.Time) error {
	if err := s.check(wire, question, now); err != nil {
		return fmt.Errorf("TSIG verification failed: %w", err)
	}
	return nil
}

func (s *signer) check(wire, question []byte, now time.Time) error {
	msg, t, err := splitTSIG(wire)
	switch {
	case err != nil:
		return err
	case t == nil:
		return fmt.Errorf("the answer is not signed, its rcode is %s", rcodeText(int(wire[3]&0x0f)))
	case t.Hdr.Class != dns.ClassANY || t.Hdr.Ttl != 0: // section 4.2
		return fmt.Errorf("the TSIG record has class %d and TTL %d", t.Hdr.Class, t.Hdr.Ttl)
	case !strings.EqualFold(t.Hdr.Name, s.name) || !strings.EqualFold(t.Algorithm, s.algorithm):
		return fmt.Errorf("the answer is signed with another key, %s of %s", t.Hdr.Name, t.Algorithm)
	case t.MACSize == 0 && t.Error != dns.RcodeSuccess:
		return errors.New(tsigError(t.Error)) // these come unsigned (section 5.3.2)
	}
	mac, err := hex.DecodeString(t.MAC)
	if err != nil {
		return err
	}
	whole, err := s.digest(question, msg, t)
	switch {
	case err != nil:
		return err
	case len(mac) > len(whole):
		return fmt.Errorf("the signature has %d octets, %d are the most", len(mac), len(whole))
	case len(mac) < s.size: // section 5.2.2.1
		return fmt.Errorf("the signature is cut to %d octets, %d are the least", len(mac), s.size)
	case !hmac.Equal(whole[:len(mac)], mac):
		return errors.New("the signature is wrong")
	case t.Error != dns.RcodeSuccess:
		return errors.New(tsigError(t.Error))
	}
	signed := time.Unix(int64(t.TimeSigned), 0)
	if off := now.Sub(signed).Abs(); off > time.Duration(t.Fudge)*time.Second {
		return fmt.Errorf("the answer is dated %s, %s from now", signed.UTC().Format(time.DateTime), off.Round(time.Second))
	}
	return nil
}

// tsigError names an error code of a TSIG record.
func tsigError(code uint16) string {
	if text, ok := dns.RcodeToString[int(code)]; ok {
		return text
	}
	return fmt.Sprintf("error %d", code)
}

// splitTSIG takes a message apart: as it was before its last record, a TSIG record,
// was added, and that. Without one t is nil.
func splitTSIG(wire []byte) (msg []byte, t *dns.TSIG, err error) {
	if len(wire) < dnsHeader {
		return nil, nil, errors.New("the message is too short")
	}
	count := func(at int) int { return int(binary.BigEndian.Uint16(wire[at:])) }
	off := dnsHeader
	for range count(4) {
		if _, off, err = dns.UnpackDomainName(wire, off); err != nil {
			return nil, nil, err
		}
		if off += 4; off > len(wire) {
			return nil, nil, errors.New("the message ends in its zone")
		}
	}
	var last dns.RR
	start := off
	for range count(6) + count(8) + count(10) {
		start = off
		if last, off, err = dns.UnpackRR(wire, off); err != nil {
			return nil, nil, err
		}
	}
	t, ok := last.(*dns.TSIG)
	if !ok || count(10) == 0 {
		return wire, nil, nil
	}
	msg = append([]byte(nil), wire[:start]...)
	binary.BigEndian.PutUint16(msg, t.OrigId)
	binary.BigEndian.PutUint16(msg[10:], uint16(count(10)-1))
	return msg, t, nil
}
