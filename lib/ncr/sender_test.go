package ncr_test

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/require"
)

var loopback = netip.MustParseAddrPort("127.0.0.1:0")

// events notes what a sender tells of.
type events struct {
	mu   sync.Mutex
	list []string
	told chan string
}

func newEvents() *events { return &events{told: make(chan string, 1000)} }

func (e *events) add(what string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.list = append(e.list, what)
	e.told <- what
}

func (e *events) sender() ncr.SenderEvents {
	return ncr.SenderEvents{
		Away: func(int) { e.add("away") }, Back: func(int) { e.add("back") },
		Full: func() { e.add("full") }, Failed: func(error, []byte) { e.add("failed") },
	}
}

func (e *events) wait(t *testing.T, what string) {
	t.Helper()
	select {
	case got := <-e.told:
		if got != what {
			t.Fatalf("%s is told, want %s", got, what)
		}
	case <-time.After(20 * time.Second):
		t.Fatalf("%s is not told", what)
	}
}

func (e *events) all() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.list
}

// numbered is a request that is known again.
func numbered(i int) *ncr.Request {
	r := seenRequest
	r.TTL = uint32(i)
	return &r
}

func newSender(t *testing.T, o ncr.SenderOptions) *ncr.Sender {
	t.Helper()
	s, err := ncr.NewSender(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// freePort is a port of loopback where nobody listens.
func freePort(t *testing.T) netip.AddrPort {
	l, err := ncr.Listen(loopback)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr()
}

func receive(t *testing.T, l *ncr.Listener, from, to int) {
	t.Helper()
	for i := from; i < to; i++ {
		r, err := l.Receive()
		if err != nil || r.TTL != uint32(i) {
			t.Fatalf("request %d: %v, %v", i, r, err)
		}
	}
}

// D4.24.5: while the daemon is away requests wait, up to the limit; they go when it
// is back, and so do new ones.
func TestDaemonAway(t *testing.T) {
	at := freePort(t)
	told := newEvents()
	s := newSender(t, ncr.SenderOptions{Server: at, MaxQueue: 10, Events: told.sender(), Retry: time.Millisecond})
	for i := range 10 {
		if err := s.Send(numbered(i)); err != nil {
			t.Fatal(err)
		}
	}
	told.wait(t, "away")
	for range 3 {
		if err := s.Send(numbered(99)); !errors.Is(err, ncr.ErrQueueFull) {
			t.Fatalf("a full queue says %v", err)
		}
	}
	told.wait(t, "full")
	if s.Waiting() != 10 || s.Suspended() {
		t.Errorf("%d wait, suspended: %t", s.Waiting(), s.Suspended())
	}
	l, err := ncr.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	receive(t, l, 0, 10)
	told.wait(t, "back")
	if err := s.Send(numbered(10)); err != nil {
		t.Fatal(err)
	}
	receive(t, l, 10, 11)
	if got := told.all(); len(got) != 3 {
		t.Errorf("told of %v", got)
	}
}

// TestQueueStaysShut: a queue that was full takes no request before a fifth is free.
func TestQueueStaysShut(t *testing.T) {
	at := freePort(t)
	s := newSender(t, ncr.SenderOptions{Server: at, MaxQueue: 10, Retry: time.Hour})
	refused := 0
	for i := range 12 {
		if s.Send(numbered(i)) != nil {
			refused++
		}
	}
	if refused != 2 {
		t.Errorf("%d of 12 are refused", refused)
	}
}

// TestBurst: datagrams that go out together come one by one, whatever their lengths.
func TestBurst(t *testing.T) {
	at := freePort(t)
	s := newSender(t, ncr.SenderOptions{Server: at, Retry: time.Millisecond})
	want := map[int]int{}
	for i := range 300 {
		r := numbered(i)
		want[i] = i % 180
		for range want[i] {
			r.Name = "a" + r.Name
			if len(r.Name)%60 == 0 {
				r.Name = "a." + r.Name
			}
		}
		if err := s.Send(r); err != nil {
			t.Fatal(err)
		}
	}
	l, err := ncr.Listen(at)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	receive(t, l, 0, 300)
}

// TestSuspended: an error other than an absent daemon ends it after some attempts.
func TestSuspended(t *testing.T) {
	told := newEvents()
	// From loopback there is no way to other hosts.
	s := newSender(t, ncr.SenderOptions{Server: netip.MustParseAddrPort("192.0.2.1:53001"), Local: loopback, Events: told.sender(), Retry: time.Millisecond})
	if err := s.Send(numbered(1)); err != nil {
		t.Fatal(err)
	}
	told.wait(t, "failed")
	if err := s.Send(numbered(2)); !s.Suspended() || !errors.Is(err, ncr.ErrSuspended) {
		t.Errorf("suspended: %t, %v", s.Suspended(), err)
	}
	left := s.Close()
	if len(left) != 1 {
		t.Fatalf("%d are left", len(left))
	}
	l, err := ncr.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	next := newSender(t, ncr.SenderOptions{Server: l.Addr()})
	if n := next.Take(left); n != 1 {
		t.Errorf("%d are taken over", n)
	}
	receive(t, l, 1, 2)
}

// TestTakesTheSamePort: a new sender may be bound to the port of one that it replaces.
func TestTakesTheSamePort(t *testing.T) {
	l, err := ncr.Listen(netip.MustParseAddrPort("[::1]:0"))
	if err != nil {
		require.Skip(t, "no IPv6 on loopback: %v", err)
	}
	defer l.Close()
	old := newSender(t, ncr.SenderOptions{Server: freePort6(t), Local: netip.MustParseAddrPort("[::1]:0"), Retry: time.Hour})
	for i := range 5 {
		if err := old.Send(numbered(i)); err != nil {
			t.Fatal(err)
		}
	}
	next := newSender(t, ncr.SenderOptions{Server: l.Addr(), Local: old.LocalAddr(), MaxQueue: 3})
	if n := next.Take(old.Close()); n != 3 {
		t.Errorf("%d are taken over", n)
	}
	receive(t, l, 0, 3)
}

func freePort6(t *testing.T) netip.AddrPort {
	l, err := ncr.Listen(netip.MustParseAddrPort("[::1]:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr()
}

func BenchmarkSend(b *testing.B) {
	l, err := ncr.Listen(loopback)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	s, err := ncr.NewSender(ncr.SenderOptions{Server: l.Addr(), MaxQueue: 1 << 20})
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	b.ReportAllocs()
	r := seenRequest
	for b.Loop() {
		_ = s.Send(&r)
	}
}
