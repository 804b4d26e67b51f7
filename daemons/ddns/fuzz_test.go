package ddns

import (
	"testing"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/config"
	"nestor/lib/ncr"
)

// FuzzRequest sends what the network brings through parsing, matching and the
// messages of all steps.
func FuzzRequest(f *testing.F) {
	for n := range 4 {
		f.Add(numbered(n).AppendTo(nil))
	}
	long := request(false, `a\.b\032c\200.example.org.`, "::ffff:10.0.0.1", 1, 0)
	f.Add(long.AppendTo(nil))
	f.Add([]byte("\x00\x02{}"))
	domains := []*config.DDNSDomain{{Name: "example.org."}, {Name: "*"}}
	c := newCatalog(domains, func(d *config.DDNSDomain) *zone { return newZone(d, nil) })
	f.Fuzz(func(t *testing.T, datagram []byte) {
		r, err := ncr.Parse(datagram)
		if err != nil {
			return
		}
		zone := c.match(r.Name)
		if zone == nil {
			t.Fatalf("%s matches not even *", r.Name)
		}
		for _, remove := range []bool{false, true} {
			r.Remove = remove
			for mode := range firstSteps {
				r.Mode = ncr.Mode(mode)
				pack(t, firstStep(r, false), zone.name, forwardRecords(r))
				pack(t, firstStep(r, true), zone.name, reverseRecords(r))
			}
		}
	})
}

// pack packs the messages of a step and those that may follow. A server has to
// understand them.
func pack(t *testing.T, s *step, zone string, r *records) {
	seen := map[*step]bool{}
	for todo := []*step{s}; len(todo) > 0; todo = todo[1:] {
		if s := todo[0]; s != nil && !seen[s] {
			seen[s] = true
			wire, err := s.message(zone, r).Pack()
			if err != nil {
				t.Fatalf("%s of %q: %v", s.name, r.owner, err)
			}
			if err := new(dns.Msg).Unpack(wire); err != nil {
				t.Fatalf("%s of %q is not understood: %v", s.name, r.owner, err)
			}
			todo = append(todo, s.next, s.taken, s.vanished)
		}
	}
}

// FuzzAnswer looks at what may come in place of an answer.
func FuzzAnswer(f *testing.F) {
	key := newSigner(&config.TSIGKey{Name: "key.test.", Algorithm: "HMAC-MD5", Secret: []byte("secret")})
	m := addChecked.message("example.org.", forwardRecords(&testRequest))
	wire, mac, err := key.sign(m, nil, time.Unix(1e9, 0))
	if err != nil {
		f.Fatal(err)
	}
	reply := new(dns.Msg)
	reply.SetReply(m)
	answer, _, err := key.sign(reply, mac, time.Unix(1e9, 0))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(wire)
	f.Add(answer)
	f.Add(answer[:20])
	f.Add(make([]byte, dnsHeader))
	signed, unsigned := &dnsServer{key: key}, &dnsServer{}
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < dnsHeader {
			return // passed over before
		}
		_ = unsigned.check(b, nil, time.Unix(1e9, 0))
		if err := signed.check(b, mac, time.Unix(1e9, 0)); err == nil {
			// Names may be in other letters, and the id is not signed, but the flags
			// are, the rcode among them.
			if string(b[2:4]) != string(answer[2:4]) {
				t.Errorf("% x is accepted as signed", b)
			}
		}
	})
}
