package perf

import (
	"bytes"
	"encoding/hex"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/lib/pkt6"
)

func TestBasicScenario6(t *testing.T) {
	t.Run("PL.1.1 SOLICIT, ADVERTISE, REQUEST, REPLY", func(t *testing.T) {
		w := &fakeWire6{fakeWire{answer: newFakeServer6().answer, delay: time.Millisecond}}
		e := simulate6(t, w, "-n 3 -R 3 -r 10 -e address-and-prefix -u -xls")
		solicits, requests := w.sentOf6(pkt6.MsgSolicit), w.sentOf6(pkt6.MsgRequest)
		if len(solicits) != 3 || len(requests) != 3 || len(w.sent) != 6 {
			t.Fatalf("sent %d SOLICITs, %d REQUESTs of %d messages", len(solicits), len(requests), len(w.sent))
		}
		for i, r := range requests {
			if r.XID() != solicits[i].XID() || !bytes.Equal(r.Option(pkt6.OptClientID), solicits[i].Option(pkt6.OptClientID)) || serverOf(r) != 1 {
				t.Errorf("exchange %d: REQUEST %x to SOLICIT %x", i, r.Raw(), solicits[i].Raw())
			}
		}
		if e.tally.whole.Count() != 3 || e.tally.whole.Min() != 2*time.Millisecond || e.failed() {
			t.Errorf("whole exchanges: %d, fastest in %v, failed %v; want 3 in 2ms", e.tally.whole.Count(), e.tally.whole.Min(), e.failed())
		}
		var out strings.Builder
		e.writeReport(&out)
		for _, want := range []string{"***Statistics for: REQUEST-REPLY***\nsent packets: 3\n", "Server id: 00020000090101\n",
			"***Leases for REQUEST-REPLY***\nclient_id,adrress,prefix\n00030001000c01020304,2001:db8::1,\n00030001000c01020304,2001:db8:1:2::,64\n"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the report lacks %q:\n%s", want, out.String())
			}
		}
	})
	t.Run("PL.1.1 -i ends after the ADVERTISE", func(t *testing.T) {
		w := &fakeWire6{fakeWire{answer: newFakeServer6().answer}}
		e := simulate6(t, w, "-i -n 5 -R 5")
		if n := len(w.sentOf6(pkt6.MsgRequest)); n != 0 || e.tally.whole.Count() != 5 {
			t.Errorf("%d REQUESTs sent, %d exchanges done; want 0 and 5", n, e.tally.whole.Count())
		}
	})
	t.Run("rapid commit ends with the REPLY to SOLICIT", func(t *testing.T) {
		server := newFakeServer6()
		for _, server.rapid = range []bool{true, false} {
			w := &fakeWire6{fakeWire{answer: server.answer}}
			e := simulate6(t, w, "-c -n 5 -R 5")
			if n := len(w.sentOf6(pkt6.MsgRequest)); n > 0 == server.rapid || e.tally.whole.Count() != 5 || e.failed() {
				t.Errorf("server commits %v: %d REQUESTs sent, %d exchanges done", server.rapid, n, e.tally.whole.Count())
			}
		}
	})
	t.Run("-1 keeps the first server", func(t *testing.T) {
		server := newFakeServer6()
		w := &fakeWire6{fakeWire{answer: func(q []byte) [][]byte { server.id++; return server.answer(q) }}}
		simulate6(t, w, "-1 -n 5 -r 10")
		for _, m := range w.sentOf6(pkt6.MsgRequest) {
			if serverOf(m) != 2 {
				t.Errorf("REQUEST to server %d, want that of the first ADVERTISE", serverOf(m))
			}
		}
	})
	t.Run("-Y and -y raise elapsed time", func(t *testing.T) {
		w := &fakeWire6{fakeWire{answer: newFakeServer6().answer}}
		simulate6(t, w, "-r 1 -p 4.5 -Y 2 -y 2")
		var got []uint16
		for _, m := range w.sentOf6(pkt6.MsgSolicit) {
			elapsed, _ := m.Uint16(pkt6.OptElapsedTime)
			got = append(got, elapsed)
		}
		if len(got) != 4 || got[0] != 0 || got[1] != 100 || got[2] != 200 || got[3] != 0 {
			t.Errorf("elapsed times %v", got)
		}
	})
}

func TestClients6(t *testing.T) {
	macs, relays := filepath.Join(t.TempDir(), "macs"), filepath.Join(t.TempDir(), "relays")
	for file, text := range map[string]string{macs: "02:00:00:00:00:0a\n02:00:00:00:00:0b\n", relays: "2001:db8:a::1\n2001:db8:b::1\n"} {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	w := &fakeWire6{fakeWire{answer: newFakeServer6().answer}}
	simulate6(t, w, "-M "+macs+" -J "+relays+" -A 2 -n 50")
	clients, links := map[string]int{}, map[string]int{}
	link := map[uint32][16]byte{}
	for _, m := range w.sentOf6(pkt6.MsgSolicit) {
		clients[hexOf(m.Option(pkt6.OptClientID))]++
		link[m.XID()] = m.Relays()[1].Link // the relay nearest the client
		links[netip.AddrFrom16(link[m.XID()]).String()]++
	}
	if len(clients) != 2 || clients["0003000102000000000a"] == 0 || clients["0003000102000000000b"] == 0 {
		t.Errorf("clients %v", clients)
	}
	if len(links) != 2 || links["2001:db8:a::1"] == 0 || links["2001:db8:b::1"] == 0 {
		t.Errorf("links %v", links)
	}
	for _, m := range w.sentOf6(pkt6.MsgRequest) {
		if m.Relays()[1].Link != link[m.XID()] {
			t.Error("the REQUEST of a client came from another link than its SOLICIT")
		}
	}
}

func TestRenewAndRelease6(t *testing.T) {
	server := newFakeServer6()
	w := &fakeWire6{fakeWire{answer: server.answer, delay: time.Millisecond}}
	e := simulate6(t, w, "-r 100 -p 2 -R 100 -f 20 -F 10 -e address-and-prefix -W 100000")
	for k, want := range [kinds]uint64{200, 200, 40, 20} {
		s := &e.tally.stages[k]
		if s.sent+2 < want || s.sent > want || s.received+1 < s.sent || s.rejected > 0 {
			t.Errorf("%s: sent %d in 2 s, want about %d; %d answered, %d rejected", stageNames6[k], s.sent, want, s.received, s.rejected)
		}
	}
	for _, m := range append(w.sentOf6(pkt6.MsgRenew), w.sentOf6(pkt6.MsgRelease)...) {
		for ia := range m.IAs() {
			l, ok := ia.Lease()
			key := string(m.Option(pkt6.OptClientID)) + string([]byte{byte(ia.Code), byte(ia.IAID)})
			if n := server.leases[key]; !ok || serverOf(m) != 1 || ia.Code == pkt6.OptIANA && l.Addr[15] != n || ia.Code == pkt6.OptIAPD && l.Addr[7] != n {
				t.Fatalf("message %d names another lease than its client's: %x", m.Type(), m.Raw())
			}
		}
	}
}

func TestRefusals6(t *testing.T) {
	server := newFakeServer6()
	server.status = 2 // NoAddrsAvail
	e := simulate6(t, &fakeWire6{fakeWire{answer: server.answer}}, "-n 2 -R 2")
	if s := &e.tally.stages[kindRequest]; s.rejected != 2 || s.drops() != 0 || e.tally.whole.Count() != 0 || !e.failed() {
		t.Errorf("rejected %d, drops %d, done %d; want 2, 0, 0", s.rejected, s.drops(), e.tally.whole.Count())
	}
	t.Run("one of several leases is missing", func(t *testing.T) {
		server := newFakeServer6()
		half := func(q []byte) [][]byte {
			// The prefix is asked for under a number that the answer does not have.
			return server.answer(bytes.Replace(q, []byte{0, 25, 0, 12, 0, 0, 0, 1}, []byte{0, 25, 0, 12, 0, 0, 0, 9}, 1))
		}
		e := simulate6(t, &fakeWire6{fakeWire{answer: half}}, "-n 2 -R 2 -e address-and-prefix")
		if s := &e.tally.stages[kindDiscover]; s.rejected != 2 || s.received != 2 {
			t.Errorf("rejected %d of %d, want 2", s.rejected, s.received)
		}
	})
	t.Run("-u finds what is given twice", func(t *testing.T) {
		double := func(q []byte) [][]byte { return newFakeServer6().answer(q) } // forgets
		e := simulate6(t, &fakeWire6{fakeWire{answer: double}}, "-u -n 3 -R 3")
		if s := &e.tally.stages[kindRequest]; s.nonUnique != 2 {
			t.Errorf("%d addresses given twice, want 2", s.nonUnique)
		}
	})
}

func TestErrorCounters6(t *testing.T) {
	server := newFakeServer6()
	w := &fakeWire6{}
	w.answer = func(q []byte) [][]byte {
		good := server.answer(q)
		wrongXID := bytes.Clone(good[0])
		wrongXID[1] ^= 0xff
		badIA := append(good[0][:4:4], 0, 3, 0, 1, 0)
		return append(good, good[0], wrongXID, badIA, good[0][:3])
	}
	e := simulate6(t, w, "-i -n 1")
	if e.tally.tooShort != 1 || e.tally.malformed != 1 || e.tally.orphans() != 2 {
		t.Errorf("tooshort %d, malformed %d, orphans %d; want 1, 1, 2", e.tally.tooShort, e.tally.malformed, e.tally.orphans())
	}
}

func TestTemplates6(t *testing.T) {
	mark := "0010000a00000009000464656d6f"                // vendor class "demo"
	client := "0001000a00030001020000000000"              // DUID-LL
	ia := "0003000c000000070000000000000000"              // IAID 7
	elapsed, server := "000800020000", "0002000400010203" // another server than answers
	solicit := hexText(t, "01000000"+client+mark+ia)
	request := hexText(t, "03000000"+server+client+ia+elapsed+mark)
	marked := func(m *pkt6.Message) bool { return m.Has(pkt6.OptVendorClass) }
	for _, c := range []struct {
		name, flags      string
		solicit, request bool
	}{
		{"PL.1.3 no template", "", false, false},
		{"PL.1.3 one template is for SOLICIT", "-T " + solicit, true, false},
		{"PL.1.3 two templates, second for REQUEST", "-T " + solicit + " -T " + request, true, true},
		{"PL.1.3 with offsets", "-T " + solicit + " -X 1 -O 17 -T " + request + " -X 1 -O 25 -S 4 -I 26 -E 42 -A 1", true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &fakeWire6{fakeWire{answer: newFakeServer6().answer}}
			e := simulate6(t, w, c.flags+" -n 3 -R 300 -r 10 -f 4 -F 4")
			solicits, requests := w.sentOf6(pkt6.MsgSolicit), w.sentOf6(pkt6.MsgRequest)
			if e.failed() || len(solicits) != 3 || len(requests) != 3 {
				t.Fatalf("%d SOLICITs, %d REQUESTs, failed %v", len(solicits), len(requests), e.failed())
			}
			for i, r := range requests {
				if marked(solicits[i]) != c.solicit || marked(r) != c.request {
					t.Errorf("of a template: SOLICIT %v, REQUEST %v", marked(solicits[i]), marked(r))
				}
				if !bytes.Equal(r.Option(pkt6.OptClientID), solicits[i].Option(pkt6.OptClientID)) && c.request == c.solicit {
					t.Errorf("SOLICIT of %x, REQUEST of %x", solicits[i].Option(pkt6.OptClientID), r.Option(pkt6.OptClientID))
				}
				if serverOf(r) != 1 || !r.Once(pkt6.OptServerID) || !r.Once(pkt6.OptIANA) || !r.Once(pkt6.OptClientID) {
					t.Errorf("REQUEST %x", r.Raw())
				}
			}
			// PL.1.6: templates are for neither of these.
			for _, m := range append(w.sentOf6(pkt6.MsgRenew), w.sentOf6(pkt6.MsgRelease)...) {
				if marked(m) {
					t.Errorf("message %d is of a template", m.Type())
				}
			}
		})
	}
	for _, c := range []struct{ flags, fault string }{
		{"-X 46 -T " + solicit, "(-X)"},
		{"-O 48 -T " + solicit, "(-O)"},
		{"-T " + solicit + " -T " + request + " -S 12", "no option that is a server identifier"},
		{"-T " + solicit + " -T " + request + " -I 4", "no option that is an identity association"},
		{"-T " + solicit + " -T " + request + " -E 4", "no option that is an elapsed time option"},
	} {
		o, err := Parse(strings.Fields("-6 -l eth0 " + c.flags))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.load(); err == nil || !strings.Contains(err.Error(), c.fault) {
			t.Errorf("%s: want an error with %q, got %v", c.flags, c.fault, err)
		}
	}
}

// hexText writes a template file of hexadecimal digits.
func hexText(t *testing.T, digits string) string {
	t.Helper()
	b, err := hex.DecodeString(digits)
	if err != nil {
		t.Fatal(err)
	}
	return hexTemplate(t, b)
}

// A packet must not cost an allocation here either.
func TestNoAllocationPerPacket6(t *testing.T) {
	o := Defaults()
	o.V6, o.InFlight, o.Clients, o.RelayLevels, o.Leases = true, 64, 0, 1, AddressAndPrefix
	loop := &echoWire6{}
	e := newEngine(&o, newFamily6(&o, netip.IPv6Unspecified()), wire[binding6](loop), nil)
	e.begin(0)
	turn := func() {
		now := e.now()
		n, _ := loop.receive(e.in[:])
		for _, m := range e.in[:n] {
			e.handle(m, now)
		}
		e.start(now)
		e.flush()
		e.expire(now)
	}
	turn()
	if allocations := testing.AllocsPerRun(200, turn); allocations != 0 {
		t.Errorf("%.1f allocations for a batch", allocations)
	}
	if e.tally.whole.Count() < 64*50 || e.failure != nil {
		t.Errorf("only %d exchanges done", e.tally.whole.Count())
	}
}

// An echoWire6 answers the last batch without allocating.
type echoWire6 struct {
	fakeWire6
	query   pkt6.Message
	replies [batchSize][]byte
	count   int
}

var (
	echoedServer  = []byte{0, 2, 0, 0, 9, 1, 1}
	echoedAddress = pkt6.AppendLease(pkt6.AppendIA(nil, &pkt6.IA{Code: pkt6.OptIANA, IAID: 1}), pkt6.OptIANA, &pkt6.Lease{Addr: [16]byte{32}, Valid: 9})
	echoedPrefix  = pkt6.AppendLease(pkt6.AppendIA(nil, &pkt6.IA{Code: pkt6.OptIAPD, IAID: 1}), pkt6.OptIAPD, &pkt6.Lease{Addr: [16]byte{32}, Len: 56, Valid: 9})
)

func (w *echoWire6) send(frames [][]byte) (int, error) {
	for i, f := range frames {
		if w.replies[i] == nil {
			w.replies[i] = make([]byte, 0, 400)
		}
		if err := w.query.Parse(f); err != nil {
			return i, err
		}
		b := append(w.replies[i][:0], f[:pkt6.RelayHeaderLen]...)
		b[0] = pkt6.MsgRelayReply
		b = append(b, 0, pkt6.OptRelayMessage, 0, 0)
		at := len(b)
		answer := byte(pkt6.MsgAdvertise)
		if w.query.Type() == pkt6.MsgRequest {
			answer = pkt6.MsgReply
		}
		xid := w.query.XID()
		b = append(b, answer, byte(xid>>16), byte(xid>>8), byte(xid))
		b = pkt6.AppendOption(b, pkt6.OptServerID, echoedServer)
		b = pkt6.AppendOption(b, pkt6.OptIANA, echoedAddress)
		b = pkt6.AppendOption(b, pkt6.OptIAPD, echoedPrefix)
		b[at-1] = byte(len(b) - at)
		w.replies[i] = b
	}
	w.count = len(frames)
	return len(frames), nil
}

func (w *echoWire6) receive(messages [][]byte) (int, error) {
	n := copy(messages, w.replies[:w.count])
	w.count = 0
	return n, nil
}
