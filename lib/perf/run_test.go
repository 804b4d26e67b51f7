package perf

import (
	"bytes"
	"context"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

func TestBasicScenario(t *testing.T) {
	t.Run("PL.1.1 DISCOVER, OFFER, REQUEST, ACK", func(t *testing.T) {
		server := newFakeServer()
		w := &fakeWire{answer: server.answer, delay: time.Millisecond, relays: 0xc0000202}
		e := simulate(t, w, "-n", "3", "-R", "3", "-r", "10")
		discovers, _ := w.sentOf(typeDiscover)
		requests, _ := w.sentOf(typeRequest)
		if len(discovers) != 3 || len(requests) != 3 || len(w.sent) != 6 {
			t.Fatalf("sent %d DISCOVERs, %d REQUESTs of %d messages; want 3, 3 of 6", len(discovers), len(requests), len(w.sent))
		}
		for i := range requests {
			d, r := discovers[i], requests[i]
			if !bytes.Equal(d[4:8], r[4:8]) || !bytes.Equal(d[28:34], r[28:34]) {
				t.Errorf("exchange %d: transaction id or client differ between DISCOVER and REQUEST", i)
			}
			if got := hex.EncodeToString(optionOf(r, 50)); got != fmt.Sprintf("0a00000%d", i+1) {
				t.Errorf("exchange %d: requests %s, not the address offered", i, got)
			}
			if got := hex.EncodeToString(optionOf(r, 54)); got != "c0000201" {
				t.Errorf("exchange %d: server identifier %s", i, got)
			}
			if got := hex.EncodeToString(d[24:28]); got != "c0000202" || d[3] != 1 {
				t.Errorf("exchange %d: relay address %s, %d hops", i, got, d[3])
			}
			want := append([]byte{1}, d[28:34]...)
			if got := optionOf(d, 61); !bytes.Equal(got, want) {
				t.Errorf("exchange %d: client identifier %x, want %x", i, got, want)
			}
		}
		if e.tally.whole.Count() != 3 || e.tally.whole.Min() != 2*time.Millisecond || e.tally.failed() {
			t.Errorf("whole exchanges: %d, fastest in %v, failed %v; want 3 in 2ms", e.tally.whole.Count(), e.tally.whole.Min(), e.tally.failed())
		}
	})
	t.Run("PL.1.1 -i ends after the OFFER", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		e := simulate(t, w, "-i", "-n", "5", "-R", "5")
		requests, _ := w.sentOf(typeRequest)
		if len(requests) != 0 || e.tally.whole.Count() != 5 {
			t.Errorf("%d REQUESTs sent, %d exchanges done; want 0 and 5", len(requests), e.tally.whole.Count())
		}
	})
}

func TestRateAndPeriod(t *testing.T) {
	w := &fakeWire{answer: newFakeServer().answer, delay: time.Millisecond}
	e := simulate(t, w, "-r", "100", "-p", "2", "-R", "1000", "-f", "20", "-F", "10")
	for k, want := range [kinds]uint64{200, 200, 40, 20} {
		if got := e.tally.stages[k].sent; got+2 < want || got > want {
			t.Errorf("%s: sent %d in 2 s, want about %d", stageNames4[k], got, want)
		}
	}
	if e.failed() {
		t.Errorf("an exchange was begun at the end, to be lost: %+v", e.tally.stages)
	}
	_, times := w.sentOf(typeDiscover)
	if gap := times[100].Sub(times[99]); gap < 9*time.Millisecond || gap > 11*time.Millisecond {
		t.Errorf("%v between two exchanges at 100 a second", gap)
	}
	// A RENEWING client names its address in ciaddr and nowhere else, RFC 2131 section 4.3.2.
	requests, _ := w.sentOf(typeRequest)
	renewals := 0
	for _, m := range requests {
		if m[12] != 0 {
			renewals++
			if optionOf(m, 50) != nil || optionOf(m, 54) != nil {
				t.Fatal("a renewal has requested-address or server-identifier")
			}
		}
	}
	if got := e.tally.stages[kindRenew]; uint64(renewals) != got.sent || got.received+1 < got.sent {
		t.Errorf("%d renewals on the wire, %d counted, %d answered", renewals, got.sent, got.received)
	}
	releases, _ := w.sentOf(typeRelease)
	for _, m := range releases {
		if m[12] != 10 || hex.EncodeToString(optionOf(m, 54)) != "c0000201" {
			t.Errorf("RELEASE with ciaddr %x, server identifier %x", m[12:16], optionOf(m, 54))
		}
	}
}

func TestClosedLoop(t *testing.T) {
	w := &fakeWire{answer: newFakeServer().answer, delay: time.Millisecond}
	e := simulate(t, w, "--in-flight", "16", "-p", "1")
	// 16 clients at 2 ms an exchange: 8000 a second, each of them new
	if n := e.tally.completed; n < 7900 || n > 8000 {
		t.Errorf("%d exchanges in a second, want 8000", n)
	}
	seen := map[string]bool{}
	discovers, _ := w.sentOf(typeDiscover)
	for _, d := range discovers {
		seen[string(d[28:34])] = true
	}
	if len(seen) != len(discovers) {
		t.Errorf("%d clients in %d exchanges, want each new", len(seen), len(discovers))
	}
	if e.tally.failed() {
		t.Error("exchanges under way at the end were counted as drops")
	}
}

func TestDrops(t *testing.T) {
	deaf := func() *fakeWire { return &fakeWire{} }
	t.Run("lost after the drop time", func(t *testing.T) {
		e := simulate(t, deaf(), "-r", "10", "-n", "4", "-d", "0.5")
		s := &e.tally.stages[kindDiscover]
		if s.lost != 4 || s.drops() != 4 || !e.tally.failed() {
			t.Errorf("%d lost, %d drops, failed %v; want 4, 4, true", s.lost, s.drops(), e.tally.failed())
		}
	})
	t.Run("-D ends the run", func(t *testing.T) {
		e := simulate(t, deaf(), "-r", "100", "-D", "3")
		if got := e.tally.stages[kindDiscover].lost; got != 3 {
			t.Errorf("ended after %d drops, want 3 (%s)", got, e.reason)
		}
	})
	t.Run("-D percentage waits for ten answers due", func(t *testing.T) {
		e := simulate(t, deaf(), "-r", "100", "-D", "5%")
		if got := e.tally.stages[kindDiscover].lost; got != 10 {
			t.Errorf("ended after %d drops, want 10", got)
		}
	})
	t.Run("late answer is an orphan", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer, delay: 2 * time.Second}
		e := simulate(t, w, "-r", "10", "-n", "2", "-W", "3000000")
		s := &e.tally.stages[kindDiscover]
		if s.orphans != 2 || s.lost != 2 {
			t.Errorf("%d orphans, %d lost; want 2, 2", s.orphans, s.lost)
		}
	})
	t.Run("-W receives but sends nothing", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer, delay: 200 * time.Millisecond}
		e := simulate(t, w, "-r", "10", "-p", "0.55", "-W", "500000")
		last := w.times[len(w.times)-1].Sub(w.times[0])
		if s := &e.tally.stages[kindDiscover]; s.received != s.sent || last > 550*time.Millisecond {
			t.Errorf("%d of %d answered, last message sent after %v", s.received, s.sent, last)
		}
	})
}

func TestAvalanche(t *testing.T) {
	const clients = 40
	server := newFakeServer()
	seen := map[string]int{}
	w := &fakeWire{delay: time.Millisecond}
	w.answer = func(q []byte) [][]byte {
		key := string(q[4:8]) + string(typeOf(q))
		seen[key]++
		if seen[key] < 4 { // the first three times are lost
			return nil
		}
		return server.answer(q)
	}
	e := simulate(t, w, "--scenario", "avalanche", "-R", fmt.Sprint(clients), "-p", "1")
	t.Run("PL.1.2 all start at once", func(t *testing.T) {
		if first := w.times[clients-1].Sub(w.times[0]); first > time.Millisecond {
			t.Errorf("%d DISCOVERs took %v", clients, first)
		}
	})
	t.Run("PL.1.2 retransmissions back off exponentially", func(t *testing.T) {
		var mine []time.Time
		discovers, times := w.sentOf(typeDiscover)
		for i, d := range discovers {
			if bytes.Equal(d[4:8], discovers[0][4:8]) {
				mine = append(mine, times[i])
			}
		}
		if len(mine) != 4 {
			t.Fatalf("first client sent %d DISCOVERs, want 4", len(mine))
		}
		for i, want := range []time.Duration{1, 2, 4} {
			want *= time.Second
			if gap := mine[i+1].Sub(mine[i]); gap < want*9/10 || gap > want*11/10 {
				t.Errorf("retransmission %d after %v, want about %v", i+1, gap, want)
			}
		}
	})
	t.Run("PL.1.2 runs until all are answered, whatever -p says", func(t *testing.T) {
		if e.tally.whole.Count() != clients || e.tally.failed() || e.tally.elapsed < 10*time.Second {
			t.Errorf("%d of %d clients provisioned in %v, failed %v", e.tally.whole.Count(), clients, e.tally.elapsed, e.tally.failed())
		}
		var out strings.Builder
		e.writeReport(&out)
		for _, want := range []string{fmt.Sprintf("to provision %d clients.", clients), "Requests sent + resent: 320", "Requests resent: 240", "Responses received: 80"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("the report lacks %q:\n%s", want, out.String())
			}
		}
	})
	t.Run("PL.1.2 interrupted, it reports", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			o, err := Parse([]string{"--scenario", "avalanche", "-R", "5", "192.0.2.1"})
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			e := newEngine(o, newFamily4(o, 0), wire[binding4](&fakeWire{}), t.Output())
			if err := e.run(ctx); err != nil {
				t.Fatal(err)
			}
			if e.reason != "Interrupted." || !e.tally.failed() {
				t.Errorf("ended with %q, failed %v", e.reason, e.tally.failed())
			}
		})
	})
}

// hexTemplate writes a template file and returns its name.
func hexTemplate(t *testing.T, message []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "template.hex")
	if err := os.WriteFile(name, []byte(hex.EncodeToString(message)), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// captured returns a message of 300 octets with a vendor class as a mark.
func captured(messageType byte, options ...byte) []byte {
	m := make([]byte, 300)
	m[0], m[1], m[2] = 1, 1, 6
	copy(m[236:], []byte{0x63, 0x82, 0x53, 0x63, 53, 1, messageType, 60, 4, 'm', 'a', 'r', 'k'})
	copy(m[249:], options)
	m[249+len(options)] = 255
	return m
}

func TestTemplates(t *testing.T) {
	discover := hexTemplate(t, captured(typeDiscover))
	request := hexTemplate(t, captured(typeRequest, 50, 4, 0, 0, 0, 0, 54, 4, 0, 0, 0, 0))
	marked := func(m []byte) bool { return string(optionOf(m, 60)) == "mark" }
	for _, c := range []struct {
		name     string
		flags    []string
		discover bool
		request  bool
	}{
		{"PL.1.3 no template", nil, false, false},
		{"PL.1.3 one template is for DISCOVER", []string{"-T", discover}, true, false},
		{"PL.1.3 two templates, second for REQUEST", []string{"-T", discover, "-T", request}, true, true},
		{"PL.1.3 with offsets", []string{"-T", discover, "-X", "4", "-O", "33", "-T", request, "-X", "4", "-O", "33", "-I", "249", "-S", "255", "-E", "8"}, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := &fakeWire{answer: newFakeServer().answer}
			e := simulate(t, w, append(c.flags, "-n", "3", "-R", "300", "-r", "10", "-f", "4", "-F", "4")...)
			discovers, _ := w.sentOf(typeDiscover)
			requests, _ := w.sentOf(typeRequest)
			if e.tally.failed() || len(discovers) != 3 {
				t.Fatalf("%d DISCOVERs, failed %v", len(discovers), e.tally.failed())
			}
			for _, m := range discovers {
				if marked(m) != c.discover {
					t.Errorf("DISCOVER of a template: %v, want %v", marked(m), c.discover)
				}
			}
			for _, m := range requests {
				renewal := m[12] != 0
				if want := c.request && !renewal; marked(m) != want {
					t.Errorf("REQUEST (renewal %v) of a template: %v, want %v", renewal, marked(m), want)
				}
				if !renewal && (optionOf(m, 50)[0] != 10 || hex.EncodeToString(optionOf(m, 54)) != "c0000201") {
					t.Errorf("REQUEST asks for %x of %x", optionOf(m, 50), optionOf(m, 54))
				}
			}
		})
	}
	t.Run("PL.1.6 renewals and releases are never of a template", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		e := simulate(t, w, "-T", discover, "-T", request, "-p", "2", "-R", "300", "-r", "50", "-f", "20", "-F", "20")
		if e.tally.stages[kindRenew].sent == 0 || e.tally.stages[kindRelease].sent == 0 {
			t.Fatal("nothing renewed or released")
		}
		for _, m := range w.sent {
			if m[12] != 0 && marked(m) {
				t.Fatalf("a message with ciaddr was made of a template: %x", m)
			}
		}
	})
}

func TestLocalLimit(t *testing.T) {
	refuse := true
	w := &fakeWire{answer: newFakeServer().answer}
	w.sends = func(frames [][]byte) (int, error) {
		if refuse {
			refuse = false
			return 0, syscall.ENOBUFS
		}
		return len(frames), nil
	}
	e := simulate(t, w, "-n", "3", "-R", "3")
	if e.tally.localLimit != 1 || e.tally.whole.Count() != 2 || !e.tally.failed() {
		t.Errorf("locallimit %d, %d exchanges done, failed %v; want 1, 2, true", e.tally.localLimit, e.tally.whole.Count(), e.tally.failed())
	}
}

func TestErrorCounters(t *testing.T) {
	server := newFakeServer()
	w := &fakeWire{}
	w.answer = func(q []byte) [][]byte {
		good := server.answer(q)
		wrongXID := bytes.Clone(good[0])
		wrongXID[4] ^= 0xff
		noCookie := bytes.Clone(good[0])
		noCookie[236] = 0
		return append(good, good[0], wrongXID, noCookie, good[0][:200])
	}
	e := simulate(t, w, "-i", "-n", "1")
	if e.tally.tooShort != 1 || e.tally.malformed != 1 || e.tally.orphans() != 2 {
		t.Errorf("tooshort %d, malformed %d, orphans %d; want 1, 1, 2", e.tally.tooShort, e.tally.malformed, e.tally.orphans())
	}
	var out strings.Builder
	e.writeReport(&out)
	// PL.1.6: the names of the counters
	for _, want := range []string{"tooshort: 1\n", "orphans: 2\n", "locallimit: 0\n", "Malformed packets: 1\n"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestRejections(t *testing.T) {
	server := newFakeServer()
	server.requests = func([]byte) byte { return typeNAK }
	e := simulate(t, &fakeWire{answer: server.answer}, "-n", "2", "-R", "2")
	if s := &e.tally.stages[kindRequest]; s.rejected != 2 || s.drops() != 0 || e.tally.whole.Count() != 0 || !e.tally.failed() {
		t.Errorf("rejected %d, drops %d, done %d, failed %v; want 2, 0, 0, true", s.rejected, s.drops(), e.tally.whole.Count(), e.tally.failed())
	}
}

func TestUnique(t *testing.T) {
	double := func(q []byte) [][]byte {
		s := newFakeServer() // forgets what it gave before
		return s.answer(q)
	}
	e := simulate(t, &fakeWire{answer: double}, "-u", "-n", "3", "-R", "3")
	if s := &e.tally.stages[kindRequest]; s.nonUnique != 2 || !e.tally.failed() {
		t.Errorf("%d addresses given twice, want 2", s.nonUnique)
	}
	e = simulate(t, &fakeWire{answer: newFakeServer().answer}, "-u", "-n", "300", "-R", "300")
	if s := &e.tally.stages[kindRequest]; s.nonUnique != 0 || e.tally.failed() {
		t.Errorf("%d addresses given twice, want 0", s.nonUnique)
	}
}

func TestClientsAndFields(t *testing.T) {
	write := func(name, text string) string {
		name = filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return name
	}
	macs := write("macs", "02:00:00:00:00:0a\n\n02:00:00:00:00:0b\n")
	relays := write("relays", "198.51.100.1\n198.51.100.2\n")
	values := func(messages [][]byte, from, to int) map[string]int {
		m := map[string]int{}
		for _, b := range messages {
			m[hex.EncodeToString(b[from:to])]++
		}
		return m
	}
	t.Run("-b counts up", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		simulate(t, w, "-b", "mac=02:00:00:00:00:ff", "-R", "2", "-n", "4")
		discovers, _ := w.sentOf(typeDiscover)
		if got := values(discovers, 28, 34); got["0200000000ff"] != 2 || got["020000000100"] != 2 {
			t.Errorf("clients %v", got)
		}
	})
	t.Run("-M picks from the file", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		simulate(t, w, "-M", macs, "-n", "50")
		discovers, _ := w.sentOf(typeDiscover)
		if got := values(discovers, 28, 34); len(got) != 2 || got["02000000000a"] == 0 || got["02000000000b"] == 0 {
			t.Errorf("clients %v", got)
		}
	})
	t.Run("-J picks relays", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		simulate(t, w, "-J", relays, "-n", "50")
		discovers, _ := w.sentOf(typeDiscover)
		if got := values(discovers, 24, 28); len(got) != 2 || got["c6336401"] == 0 || got["c6336402"] == 0 {
			t.Errorf("relay addresses %v", got)
		}
	})
	t.Run("-o goes into every message", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		simulate(t, w, "-4", "-o", "60,646f63736973", "-p", "1", "-r", "20", "-R", "9", "-f", "5", "-F", "5")
		for _, m := range w.sent {
			if string(optionOf(m, 60)) != "docsis" {
				t.Fatalf("message of type %d without option 60", typeOf(m))
			}
		}
	})
	t.Run("-Y and -y raise secs", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer}
		simulate(t, w, "-Y", "1", "-y", "2", "-p", "4", "-r", "10")
		discovers, times := w.sentOf(typeDiscover)
		for i, m := range discovers {
			at := times[i].Sub(times[0]) + 100*time.Millisecond
			want := byte(0)
			if at >= time.Second && at < 3*time.Second {
				want = 1 + byte((at-time.Second)/time.Second)
			}
			if m[9] != want {
				t.Errorf("secs %d after %v, want %d", m[9], at, want)
			}
		}
	})
	t.Run("-1 keeps the first server", func(t *testing.T) {
		server := newFakeServer()
		w := &fakeWire{answer: func(q []byte) [][]byte { server.id++; return server.answer(q) }}
		simulate(t, w, "-1", "-n", "5", "-r", "10")
		requests, _ := w.sentOf(typeRequest)
		for _, m := range requests {
			if got := hex.EncodeToString(optionOf(m, 54)); got != "c0000202" {
				t.Errorf("server identifier %s, want that of the first OFFER", got)
			}
		}
	})
	t.Run("-s repeats the run", func(t *testing.T) {
		var runs [2][][]byte
		for i := range runs {
			w := &fakeWire{answer: newFakeServer().answer}
			simulate(t, w, "-s", "7", "-M", macs, "-J", relays, "-n", "30")
			runs[i] = w.sent
		}
		for i := range runs[0] {
			if !bytes.Equal(runs[0][i], runs[1][i]) {
				t.Fatalf("message %d differs between two runs with one seed", i)
			}
		}
	})
	t.Run("-P is not counted", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer, delay: time.Millisecond}
		e := simulate(t, w, "-P", "100", "-n", "3", "-r", "10", "-R", "200")
		discovers, times := w.sentOf(typeDiscover)
		if len(discovers) != 103 || times[99].Sub(times[0]) > time.Millisecond || e.tally.stages[kindDiscover].sent != 3 {
			t.Errorf("%d DISCOVERs, hundred took %v, %d counted", len(discovers), times[99].Sub(times[0]), e.tally.stages[kindDiscover].sent)
		}
	})
	t.Run("second -n limits REQUESTs", func(t *testing.T) {
		w := &fakeWire{answer: newFakeServer().answer, delay: time.Millisecond}
		simulate(t, w, "-n", "100", "-n", "7", "-r", "50", "-R", "200")
		if requests, _ := w.sentOf(typeRequest); len(requests) != 7 {
			t.Errorf("%d REQUESTs, want 7", len(requests))
		}
	})
}
