package packetloop

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"nestor/lib/lease"
	"nestor/lib/netio"
)

// A query of these tests is a word for each thing that its client wants; the steps
// tell what they do in a journal.
//
//	offer     an answer that nothing is stored for
//	take:N    an answer that rests on a lease of address N
//	quiet:N   a lease of address N and no answer
//	drop      nothing that needs a lease
//	torn      nothing of a query but its bytes
type query struct {
	w        *world
	sock     netio.Socket[byte]
	in       *netio.Datagram[byte]
	st       *store
	verb     string
	addr     string
	answered bool
	changed  bool
}

func (q *query) Begin(st *store, sock netio.Socket[byte], d *netio.Datagram[byte], _ time.Time) {
	q.st, q.sock, q.in = st, sock, d
}

func (q *query) text() string { return string(q.in.Payload) }

func (q *query) Decode() bool {
	q.verb, q.addr, _ = strings.Cut(q.text(), ":")
	return q.verb != "torn"
}

func (q *query) Prepare(open *tx) bool {
	q.w.note("prepare %s open=%t", q.text(), open != nil)
	return q.verb != "drop"
}

func (q *query) Process(t *tx) {
	q.w.note("process %s", q.text())
	q.answered, q.changed = q.verb != "quiet", false
	if q.addr != "" {
		q.changed = true
		t.put(q.addr)
	}
}

func (q *query) Committed()                { q.w.note("committed %s", q.text()) }
func (q *query) Answered() bool            { return q.answered }
func (q *query) Early() bool               { return q.verb == "offer" && !q.changed }
func (q *query) Send(r *netio.Reply[byte]) { r.Payload = []byte(q.text()) }
func (q *query) Sent(err error)            { q.w.note("sent %s %v", q.text(), err) }
func (q *query) Refuse(_ netio.Socket[byte], d *netio.Datagram[byte]) {
	q.w.note("refuse %s", d.Payload)
}

// store keeps addresses. Commits fail as the test says, by the addresses of a
// transaction.
type store struct {
	w       *world
	gathers bool
	ahead   bool
	fails   func(addrs []string) error
	leases  []string
	begun   int
}

type tx struct {
	st    *store
	addrs []string
	over  bool
}

func (s *store) Begin() *tx {
	s.begun++
	return &tx{st: s}
}

func (s *store) Gathers() bool    { return s.gathers }
func (s *store) LooksAhead() bool { return s.ahead }

func (t *tx) put(a string) {
	if t.over {
		panic("a transaction is used after its end")
	}
	t.addrs = append(t.addrs, a)
}

func (t *tx) Commit() error {
	t.over = true
	if t.st.fails != nil {
		if err := t.st.fails(t.addrs); err != nil {
			return err
		}
	}
	t.st.leases = append(t.st.leases, t.addrs...)
	return nil
}

// world is a loop with a socket and a store of the test's own.
type world struct {
	store    *store
	sock     *socket
	loop     *Loop[byte, *store, *tx, *query]
	journal  []string
	disabled bool
	held     int
	failures []error
	told     told
}

func (w *world) note(format string, args ...any) {
	w.journal = append(w.journal, fmt.Sprintf(format, args...))
}

// count is how often something is in the journal.
func (w *world) count(line string) (n int) {
	for _, l := range w.journal {
		if l == line {
			n++
		}
	}
	return n
}

// told writes down what is to be looked up.
type told struct {
	w     *world
	ahead []string // of whole batches
	tx    []string // in transactions
}

func (l *told) Ahead(_ *store, decoded []*query) {
	l.ahead = append(l.ahead, textsOf(decoded))
	l.w.note("ahead")
}

func (l *told) Prefetch(_ *tx, work []*query) {
	l.tx = append(l.tx, textsOf(work))
	l.w.note("prefetch")
}

func textsOf(qs []*query) string {
	var texts []string
	for _, q := range qs {
		texts = append(texts, q.text())
	}
	return strings.Join(texts, " ")
}

func newWorld() *world {
	w := &world{}
	w.store = &store{w: w}
	w.sock = &socket{}
	srv := &Server[byte, *store, *tx, *query]{
		New:      func(netio.Socket[byte]) *query { return &query{w: w} },
		Clock:    time.Now,
		Disabled: func() bool { return w.disabled },
		Hold: func() *store {
			w.held++
			return w.store
		},
		Release: func() { w.held-- },
		Gather:  func() {}, Flush: func() {},
		CommitFailed: func(err error) { w.failures = append(w.failures, err) },
	}
	w.told.w = w
	w.loop = New(srv, w.sock, 8, &w.told)
	return w
}

// turn gives the loop a batch and returns what was sent, in groups that went out
// together.
func (w *world) turn(t *testing.T, queries ...string) string {
	t.Helper()
	w.sock.sent = nil
	w.sock.waiting = append(slices.Clone(queries), w.sock.waiting...)
	ds := make([]netio.Datagram[byte], 8)
	n, _ := w.sock.receive(ds, len(queries))
	w.loop.Turn(ds[:n])
	if w.held != 0 {
		t.Errorf("the state is held %d times after the turn", w.held)
	}
	return strings.Join(w.sock.sent, " | ")
}

// socket gives out queries in a buffer that it uses again each time.
type socket struct {
	waiting []string
	buffer  []byte
	sent    []string
	fail    error
}

func (s *socket) receive(ds []netio.Datagram[byte], limit int) (int, error) {
	n := min(len(ds), len(s.waiting), limit)
	clear(s.buffer)
	s.buffer = append(s.buffer[:0], strings.Join(s.waiting[:n], "")...)
	at := 0
	for i, q := range s.waiting[:n] {
		ds[i].Payload = s.buffer[at:][:len(q)]
		at += len(q)
	}
	s.waiting = s.waiting[n:]
	return n, nil
}

func (s *socket) Recv([]netio.Datagram[byte]) (int, error)    { return 0, net.ErrClosed }
func (s *socket) Poll(ds []netio.Datagram[byte]) (int, error) { return s.receive(ds, 2) }
func (s *socket) Interface() (string, int)                    { return "eth0", 1 }
func (s *socket) Addr() byte                                  { return 1 }
func (s *socket) Stop()                                       {}
func (s *socket) Close() error                                { return nil }

func (s *socket) Send(rs []netio.Reply[byte]) error {
	var texts []string
	for i := range rs {
		texts = append(texts, string(rs[i].Payload))
	}
	s.sent = append(s.sent, strings.Join(texts, " "))
	return s.fail
}

func expect(t *testing.T, what, got, want string) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %q, want %q", what, got, want)
	}
}

func TestTurn(t *testing.T) {
	w := newWorld()
	expect(t, "sent", w.turn(t, "offer", "take:1", "drop", "quiet:2", "take:3"), "offer take:1 take:3")
	expect(t, "stored", strings.Join(w.store.leases, " "), "1 2 3")
	if w.store.begun != 1 {
		t.Errorf("%d transactions", w.store.begun)
	}
	if n := w.count("committed quiet:2") + w.count("committed drop"); n != 1 {
		t.Errorf("what is not answered is counted %d times", n)
	}
	expect(t, "sent", w.turn(t, "drop", "drop"), "")
	if w.store.begun != 1 {
		t.Error("a batch that needs no lease begins a transaction")
	}
	w.disabled = true
	expect(t, "sent while disabled", w.turn(t, "take:4"), "")
	if w.count("refuse take:4") != 1 || w.count("process take:4") != 0 {
		t.Errorf("while disabled: %q", w.journal)
	}
}

func TestSendFails(t *testing.T) {
	w := newWorld()
	w.sock.fail = errors.New("network is down")
	w.turn(t, "take:1")
	if w.count("sent take:1 network is down") != 1 {
		t.Errorf("journal: %q", w.journal)
	}
}

// What waits for the disk takes more queries along; offers go out before.
func TestGather(t *testing.T) {
	w := newWorld()
	w.store.gathers = true
	w.sock.waiting = []string{"take:2", "offer", "drop", "quiet:3", "offer"}
	expect(t, "sent", w.turn(t, "offer", "take:1"), "offer | offer | offer | take:1 take:2")
	expect(t, "stored", strings.Join(w.store.leases, " "), "1 2 3")
	if w.store.begun != 1 || w.count("prepare take:1 open=false") != 1 || w.count("prepare take:2 open=true") != 1 {
		t.Errorf("%d transactions; %q", w.store.begun, w.journal)
	}
	if n := w.count("committed offer"); n != 3 {
		t.Errorf("offers are counted %d times, want 3", n)
	}
	// No more than a batch.
	w.sock.waiting = strings.Fields("take:5 take:6 take:7 take:8 take:9 take:10 take:11 take:12")
	expect(t, "sent", w.turn(t, "take:4"), "take:4 take:5 take:6 take:7 take:8 take:9 take:10 take:11")
}

var errConflict = fmt.Errorf("address 2: %w", lease.ErrConflict)

func TestConflict(t *testing.T) {
	t.Run("the batch is processed again", func(t *testing.T) {
		w := newWorld()
		tries := 0
		w.store.fails = func([]string) error {
			if tries++; tries <= 2 {
				return errConflict
			}
			return nil
		}
		expect(t, "sent", w.turn(t, "offer", "take:1", "quiet:2"), "offer take:1")
		expect(t, "stored", strings.Join(w.store.leases, " "), "1 2")
		for _, q := range []string{"offer", "take:1", "quiet:2"} {
			if p, c, n := w.count("prepare "+q+" open=false"), w.count("process "+q), w.count("committed "+q); p != 1 || c != 3 || n != 1 {
				t.Errorf("%s: prepared %d times, processed %d, counted %d; want 1, 3, 1", q, p, c, n)
			}
		}
		if len(w.failures) != 0 {
			t.Errorf("failures: %v", w.failures)
		}
	})
	t.Run("offers that are out are not processed again", func(t *testing.T) {
		w := newWorld()
		w.store.gathers = true
		w.sock.waiting = []string{"take:2"}
		tries := 0
		w.store.fails = func([]string) error {
			if tries++; tries == 1 {
				return errConflict
			}
			return nil
		}
		expect(t, "sent", w.turn(t, "offer", "take:1"), "offer | take:1 take:2")
		expect(t, "stored", strings.Join(w.store.leases, " "), "1 2")
		if p, n := w.count("process offer"), w.count("committed offer"); p != 1 || n != 1 {
			t.Errorf("the offer is processed %d times, counted %d", p, n)
		}
	})
	t.Run("one does not starve the others", func(t *testing.T) {
		w := newWorld()
		w.store.fails = func(addrs []string) error {
			if slices.Contains(addrs, "2") {
				return errConflict
			}
			return nil
		}
		expect(t, "sent", w.turn(t, "take:1", "take:2", "offer", "take:3"), "take:1 offer take:3")
		expect(t, "stored", strings.Join(w.store.leases, " "), "1 3")
		if len(w.failures) != 1 || !errors.Is(w.failures[0], lease.ErrConflict) {
			t.Errorf("failures: %v", w.failures)
		}
		if n := w.count("process take:2"); n != batchTries+soloTries {
			t.Errorf("the bad one is processed %d times", n)
		}
		if w.count("committed take:2") != 0 || w.count("sent take:2 <nil>") != 0 {
			t.Errorf("the bad one is counted or sent: %q", w.journal)
		}
	})
	t.Run("another error among the tries", func(t *testing.T) {
		w := newWorld()
		w.store.fails = func(addrs []string) error {
			switch {
			case len(addrs) > 1:
				return errConflict
			case addrs[0] == "1":
				return nil
			}
			return errors.New("connection lost")
		}
		expect(t, "sent", w.turn(t, "take:1", "take:2", "take:3"), "take:1")
		if len(w.failures) != 1 || w.count("process take:3") != batchTries {
			t.Errorf("failures: %v; %q", w.failures, w.journal)
		}
	})
}

func TestCommitFails(t *testing.T) {
	w := newWorld()
	w.store.fails = func([]string) error { return errors.New("no space left on device") }
	expect(t, "sent", w.turn(t, "take:1", "offer"), "")
	if len(w.failures) != 1 || w.store.begun != 1 || w.count("committed take:1") != 0 {
		t.Errorf("failures %v, %d transactions, %q", w.failures, w.store.begun, w.journal)
	}
}

// Every transaction is told what its exchanges look up, before they do.
func TestPrefetch(t *testing.T) {
	w := newWorld()
	tries := 0
	w.store.fails = func([]string) error {
		if tries++; tries == 1 {
			return errConflict
		}
		return nil
	}
	w.store.gathers = true
	w.sock.waiting = []string{"take:2", "drop", "drop"}
	w.turn(t, "take:1", "drop", "offer")
	expect(t, "told", strings.Join(w.told.tx, " | "), "take:1 offer | take:2 | take:1 take:2")
	if i, j := slices.Index(w.journal, "prefetch"), slices.Index(w.journal, "process take:1"); i < 0 || i > j {
		t.Errorf("journal: %q", w.journal)
	}
	if len(w.told.ahead) != 0 {
		t.Errorf("told ahead: %q", w.told.ahead)
	}
}

// Where look-ups of preparation are dear, those of a batch are made at once before.
func TestAhead(t *testing.T) {
	w := newWorld()
	w.store.ahead = true
	expect(t, "sent", w.turn(t, "torn", "take:1", "drop", "offer"), "take:1 offer")
	expect(t, "told", strings.Join(w.told.ahead, " | "), "take:1 drop offer")
	if i, j := slices.Index(w.journal, "ahead"), slices.Index(w.journal, "prepare take:1 open=false"); i < 0 || i > j {
		t.Errorf("journal: %q", w.journal)
	}
	w.turn(t, "torn")
	if len(w.told.ahead) != 1 {
		t.Errorf("told of nothing: %q", w.told.ahead)
	}
}
