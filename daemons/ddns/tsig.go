package ddns

import (
	"crypto/hmac"
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"fmt"
	"hash"
	"strings"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
)

// tsigAlgorithms are the algorithms of ARM 13.3.3 and their names on the wire
// (RFC 8945 section 6). miekg/dns has no HMAC-MD5 any more, and cuts no
// signatures, hence a provider of our own.
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

// A signer is a TSIG key in use. It implements dns.TsigProvider, and may be used
// concurrently.
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

func (s *signer) digest(msg []byte) []byte {
	h := hmac.New(s.hash, s.secret)
	h.Write(msg)
	return h.Sum(nil)
}

// Generate implements dns.TsigProvider.
func (s *signer) Generate(msg []byte, _ *dns.TSIG) ([]byte, error) {
	return s.digest(msg)[:s.size], nil
}

// Verify implements dns.TsigProvider. A signature may be longer than ours, but
// not shorter (RFC 8945 section 5.2.2.1).
func (s *signer) Verify(msg []byte, t *dns.TSIG) error {
	switch {
	case !strings.EqualFold(t.Hdr.Name, s.name) || !strings.EqualFold(t.Algorithm, s.algorithm):
		return fmt.Errorf("signed with another key: %q, %s", t.Hdr.Name, t.Algorithm)
	case t.Error != dns.RcodeSuccess:
		return fmt.Errorf("%s", tsigError(t.Error))
	}
	mac, err := hex.DecodeString(t.MAC)
	if err != nil {
		return err
	}
	whole := s.digest(msg)
	switch {
	case len(mac) > len(whole):
		return fmt.Errorf("the signature has %d octets, %d are the most", len(mac), len(whole))
	case len(mac) < s.size:
		return fmt.Errorf("the signature is cut to %d octets, %d are the least", len(mac), s.size)
	case !hmac.Equal(whole[:len(mac)], mac):
		return dns.ErrSig
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

// sign packs a message with a signature at the given time. It returns the
// signature too, which that of the answer covers.
func (s *signer) sign(m *dns.Msg, now time.Time) (wire []byte, mac string, err error) {
	m.Extra = append(m.Extra, &dns.TSIG{
		Hdr:       dns.RR_Header{Name: s.name, Rrtype: dns.TypeTSIG, Class: dns.ClassANY},
		Algorithm: s.algorithm, TimeSigned: uint64(now.Unix()), Fudge: fudge, OrigId: m.Id,
	})
	return dns.TsigGenerateWithProvider(m, s, "", false)
}

// verify checks the signature of an answer to what was signed with mac.
func (s *signer) verify(wire []byte, mac string) error {
	err := dns.TsigVerifyWithProvider(wire, s, mac, false)
	if err == nil {
		return nil
	}
	// An error of the server comes unsigned: it says more than that.
	var m dns.Msg
	if m.Unpack(wire) == nil {
		if t := m.IsTsig(); t != nil && t.Error != dns.RcodeSuccess {
			return fmt.Errorf("TSIG verification failed: %s", tsigError(t.Error))
		}
		if m.IsTsig() == nil {
			return fmt.Errorf("TSIG verification failed: unsigned, with rcode %s", rcodeText(m.Rcode))
		}
	}
	return fmt.Errorf("TSIG verification failed: %w", err)
}
