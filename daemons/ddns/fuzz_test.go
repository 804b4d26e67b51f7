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
				write(t, r, zone, false)
				write(t, r, zone, true)
			}
		}
	})
}

// write writes the messages of a request in a direction, first and later ones, and
// compares what miekg/dns reads in them with what it would write itself.
func write(t *testing.T, r *ncr.Request, z *zone, reverse bool) {
	rec, err := newRecords(r, z.wire, reverse)
	if err != nil {
		t.Fatalf("%s: %v", r, err)
	}
	seen := map[*step]bool{}
	for todo := []*step{firstStep(r, reverse)}; len(todo) > 0; todo = todo[1:] {
		s := todo[0]
		if s == nil || seen[s] {
			continue
		}
		seen[s] = true
		wire := s.message(nil, 7, rec)
		var m dns.Msg
		if err := m.Unpack(wire); err != nil {
			t.Fatalf("%s of %s is not understood: %v", s.name, r, err)
		}
		again, err := m.Pack()
		if err != nil || len(m.Answer)+len(m.Ns) != len(s.actions) {
			t.Fatalf("%s of %s: %s, %v", s.name, r, &m, err)
		}
		var n dns.Msg
		if err := n.Unpack(again); err != nil || n.String() != m.String() {
			t.Fatalf("%s of %s: %s comes back as %s, %v", s.name, r, &m, &n, err)
		}
		todo = append(todo, s.next, s.taken, s.vanished)
	}
}

// FuzzAnswer looks at what may come in place of an answer.
func FuzzAnswer(f *testing.F) {
	key := newSigner(&config.TSIGKey{Name: "key.test.", Algorithm: "HMAC-MD5", Secret: []byte("secret")})
	wire, mac := key.sign(testMessage(f), nil, time.Unix(1e9, 0))
	answer, _ := key.sign(testReply(f), mac, time.Unix(1e9, 0))
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
