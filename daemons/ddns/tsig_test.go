package ddns

import (
	"encoding/base64"
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

// What is accepted of the signature of an answer.
func TestVerify(t *testing.T) {
	now := time.Now()
	m := firstStep(&testRequest, false).message("example.org.", forwardRecords(&testRequest))
	m.Id = 7
	k := testSigner(t, secret)
	wire, question, err := k.sign(m, nil, now)
	if err != nil {
		t.Fatal(err)
	}
	// ours and theirs are the lengths that are agreed upon at both ends, in octets.
	reply := func(theirs int, change func(k *signer, r *dns.Msg), question []byte, at time.Time) []byte {
		other := *k
		other.size = theirs
		r := new(dns.Msg)
		r.SetRcode(m, dns.RcodeNotAuth)
		change(&other, r)
		b, _, err := other.sign(r, question, at)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	same := func(*signer, *dns.Msg) {}
	whole := reply(32, same, question, now)
	altered := append([]byte(nil), whole...)
	altered[3]--
	for _, c := range []struct {
		name  string
		size  int
		reply []byte
		ok    bool
	}{
		{"whole", 32, whole, true},
		{"cut though that is forbidden", 32, reply(16, same, question, now), false},
		{"cut as agreed", 16, reply(16, same, question, now), true},
		{"cut less than agreed", 16, reply(20, same, question, now), true},
		{"cut more than agreed", 16, reply(15, same, question, now), false},
		{"another secret", 32, reply(32, func(k *signer, _ *dns.Msg) { k.secret = []byte("x") }, question, now), false},
		{"another key", 32, reply(32, func(k *signer, _ *dns.Msg) { k.name = "other." }, question, now), false},
		{"another algorithm", 32, reply(20, func(k *signer, _ *dns.Msg) {
			*k = *newSigner(&config.TSIGKey{Name: "Key.test", Algorithm: "HMAC-SHA1", Secret: k.secret})
		}, question, now), false},
		{"the answer to another message", 32, reply(32, same, make([]byte, 32), now), false},
		{"an old answer", 32, reply(32, same, question, now.Add(-time.Hour)), false},
		{"an answer from the future", 32, reply(32, same, question, now.Add(time.Hour)), false},
		{"clocks that differ a little", 32, reply(32, same, question, now.Add(-4*time.Minute)), true},
		{"an altered answer", 32, altered, false},
		{"our own message", 32, wire, false},
		{"nothing", 32, nil, false},
	} {
		ours := *k
		ours.size = c.size
		if err := ours.verify(c.reply, question, now); (err == nil) != c.ok {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// miekg/dns verifies what we sign, where it knows the algorithm.
func TestSignIsCommon(t *testing.T) {
	k := testSigner(t, secret)
	m := firstStep(&testRequest, false).message("example.org.", forwardRecords(&testRequest))
	wire, _, err := k.sign(m, nil, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	if err := dns.TsigVerify(wire, secret, "", false); err != nil {
		t.Error(err)
	}
}

var testRequest = request(false, "a.example.org.", "10.0.0.1", 1, 0)
