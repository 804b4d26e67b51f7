package ddns

import (
	"encoding/base64"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
)

func testSigner(t *testing.T, secret string) *signer {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(secret)
	if err != nil {
		t.Fatal(err)
	}
	return newSigner(&config.TSIGKey{Name: "Key.test", Algorithm: "hmac-sha256", Secret: b})
}

// testMessage is an update message of the id 7.
func testMessage(t testing.TB) []byte {
	t.Helper()
	r, err := newRecords(&testRequest, []byte("\x07example\x03org\x00"), false)
	if err != nil {
		t.Fatal(err)
	}
	return addChecked.message(nil, 7, r)
}

// testReply is an answer to it, without signature.
func testReply(t testing.TB) []byte {
	t.Helper()
	q, r := new(dns.Msg), new(dns.Msg)
	if err := q.Unpack(testMessage(t)); err != nil {
		t.Fatal(err)
	}
	b, err := r.SetRcode(q, dns.RcodeNotAuth).Pack()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// What is accepted of the signature of an answer.
func TestVerify(t *testing.T) {
	now := time.Now().Truncate(time.Second) // as dates are in signatures
	k := testSigner(t, secret)
	wire, question := k.sign(testMessage(t), nil, now)
	reply := func(k *signer, size int, question []byte, at time.Time) []byte {
		other := *k
		other.size = size
		b, _ := other.sign(testReply(t), question, at)
		return b
	}
	whole := reply(k, 32, question, now)
	altered := append([]byte(nil), whole...)
	altered[3]--
	otherKey, otherAlgorithm := testSigner(t, secret), newSigner(&config.TSIGKey{Name: "Key.test", Algorithm: "HMAC-SHA1", Secret: []byte("x")})
	otherKey.nameWire = []byte("\x05other\x00")
	for _, c := range []struct {
		name  string
		size  int
		reply []byte
		want  string // "": it is accepted
	}{
		{"whole", 32, whole, ""},
		{"cut though that is forbidden", 32, reply(k, 16, question, now), "cut to 16 octets, 32 are the least"},
		{"cut as agreed", 16, reply(k, 16, question, now), ""},
		{"cut less than agreed", 16, reply(k, 20, question, now), ""},
		{"cut more than agreed", 16, reply(k, 15, question, now), "cut to 15 octets, 16 are the least"},
		{"another secret", 32, reply(testSigner(t, "AAAA"), 32, question, now), "the signature is wrong"},
		{"another key", 32, reply(otherKey, 32, question, now), "another key"},
		{"another algorithm", 32, reply(otherAlgorithm, 20, question, now), "another algorithm"},
		{"the answer to another message", 32, reply(k, 32, make([]byte, 32), now), "the signature is wrong"},
		{"an old answer", 32, reply(k, 32, question, now.Add(-time.Hour)), "1h0m0s from now"},
		{"an answer from the future", 32, reply(k, 32, question, now.Add(time.Hour)), "from now"},
		{"clocks that differ a little", 32, reply(k, 32, question, now.Add(-4*time.Minute)), ""},
		{"an altered answer", 32, altered, "the signature is wrong"},
		{"our own message", 32, wire, "the signature is wrong"},
		{"no signature", 32, testReply(t), "not signed, its rcode is NOTAUTH"},
		{"cut off", 32, whole[:len(whole)-1], "cut off"},
	} {
		ours := *k
		ours.size = c.size
		err := ours.verify(c.reply, question, now)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// miekg/dns verifies what we sign, where it knows the algorithm, and we what it signs.
func TestSignIsCommon(t *testing.T) {
	k := testSigner(t, secret)
	wire, question := k.sign(testMessage(t), nil, time.Now())
	if err := dns.TsigVerify(wire, secret, "", false); err != nil {
		t.Error(err)
	}
	var q, r dns.Msg
	if err := q.Unpack(wire); err != nil {
		t.Fatal(err)
	}
	r.SetReply(&q)
	r.SetTsig("KEY.Test.", dns.HmacSHA256, fudge, time.Now().Unix())
	answer, _, err := dns.TsigGenerate(&r, secret, hex.EncodeToString(question), false)
	if err != nil {
		t.Fatal(err)
	}
	if err := k.verify(answer, question, time.Now()); err != nil {
		t.Error(err)
	}
}

var testRequest = request(false, "a.example.org.", "10.0.0.1", 1, 0)
