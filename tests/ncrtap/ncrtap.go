// Package ncrtap stands in the place of a DDNS daemon in tests: it records the name
// change requests that servers send, ours and Kea's.
package ncrtap

import (
	"fmt"
	"net"
	"net/netip"
	"regexp"
	"slices"
	"sync"
	"testing"
	"time"

	"nestor/lib/ncr"
)

// A Tap listens until the end of the test.
type Tap struct {
	addr     netip.AddrPort
	mu       sync.Mutex
	came     chan struct{}
	requests []*ncr.Request
	invalid  []error
}

// New listens on a UDP address in the network namespace of the calling thread.
func New(t testing.TB, addr string) *Tap {
	t.Helper()
	conn, err := net.ListenPacket("udp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	tap := &Tap{addr: conn.LocalAddr().(*net.UDPAddr).AddrPort(), came: make(chan struct{}, 1)}
	go tap.record(conn)
	return tap
}

// Port is the port that it listens on.
func (tap *Tap) Port() uint16 { return tap.addr.Port() }

func (tap *Tap) record(conn net.PacketConn) {
	buf := make([]byte, ncr.MaxSize)
	for {
		n, _, err := conn.ReadFrom(buf)
		if err != nil {
			return
		}
		r, err := read(buf[:n])
		tap.mu.Lock()
		if err != nil {
			tap.invalid = append(tap.invalid, fmt.Errorf("%w: %s", err, buf[2:n]))
		} else {
			tap.requests = append(tap.requests, r)
		}
		tap.mu.Unlock()
		select {
		case tap.came <- struct{}{}:
		default:
		}
	}
}

// read also reads what Kea makes of names with odd characters: it puts their escapes
// into JSON as they are, where its own daemon cannot read them.
func read(datagram []byte) (*ncr.Request, error) {
	r, err := ncr.Parse(datagram)
	if err != nil {
		return ncr.ParseJSON(nameEscape.ReplaceAll(datagram[2:], []byte(`\$0`)))
	}
	return r, nil
}

// nameEscape is the beginning of an escape of a name that is none of JSON.
var nameEscape = regexp.MustCompile(`\\[^"]`)

// Until waits for a request to add a name, and takes those that came before it, and it,
// off the list. It fails the test when that takes long, or when there was what is no
// request; who names the sender.
func (tap *Tap) Until(t testing.TB, who, name string) (before []*ncr.Request) {
	t.Helper()
	limit := time.After(10 * time.Second)
	for {
		before, ok := tap.take(t, who, name)
		if ok {
			return before
		}
		select {
		case <-tap.came:
		case <-limit:
			t.Fatalf("no request of %s about %s", who, name)
		}
	}
}

func (tap *Tap) take(t testing.TB, who, name string) (before []*ncr.Request, ok bool) {
	t.Helper()
	tap.mu.Lock()
	defer tap.mu.Unlock()
	for _, err := range tap.invalid {
		t.Errorf("%s: %v", who, err)
	}
	tap.invalid = nil
	i := slices.IndexFunc(tap.requests, func(r *ncr.Request) bool { return r.Name == name && !r.Remove })
	if i < 0 {
		return nil, false
	}
	before, tap.requests = tap.requests[:i:i], slices.Clone(tap.requests[i+1:])
	return before, true
}

// Line shows a request in short: + or -, its directions, name, address, and the time to
// live of the records.
func Line(r *ncr.Request) string {
	sign, ways := "+", ""
	if r.Remove {
		sign = "-"
	}
	if r.Forward {
		ways += "f"
	}
	if r.Reverse {
		ways += "r"
	}
	return fmt.Sprintf("%s%s %s %s %d", sign, ways, r.Name, r.Addr, r.TTL)
}

// Lines shows some.
func Lines(rs []*ncr.Request) (lines []string) {
	for _, r := range rs {
		lines = append(lines, Line(r))
	}
	return lines
}
