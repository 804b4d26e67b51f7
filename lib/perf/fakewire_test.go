package perf

import (
	"encoding/binary"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

// A fakeWire is a network with a server behind it that takes delay to answer.
// It runs on the fake clock of a synctest bubble, where waiting costs nothing.
type fakeWire struct {
	answer func(query []byte) [][]byte // what the server says to a message
	delay  time.Duration
	relays uint32
	sends  func(frames [][]byte) (int, error) // nil: all go out

	sent   [][]byte // copies of all messages, in order
	times  []time.Time
	coming []fakeAnswer
}

type fakeAnswer struct {
	at      time.Time
	message []byte
}

func (w *fakeWire) headroom() int                        { return 0 }
func (w *fakeWire) frame([]byte)                         {}
func (w *fakeWire) seal([]byte, *values[binding4], bool) {}
func (w *fakeWire) relay() uint32                        { return w.relays }
func (w *fakeWire) close() error                         { return nil }

func (w *fakeWire) send(frames [][]byte) (int, error) {
	n, err := len(frames), error(nil)
	if w.sends != nil {
		n, err = w.sends(frames)
	}
	for _, f := range frames[:n] {
		w.sent = append(w.sent, slices.Clone(f))
		w.times = append(w.times, time.Now())
		if w.answer == nil {
			continue
		}
		for _, m := range w.answer(f) {
			w.coming = append(w.coming, fakeAnswer{time.Now().Add(w.delay), m})
		}
	}
	return n, err
}

func (w *fakeWire) receive(messages [][]byte) (int, error) {
	n := 0
	for n < len(messages) && len(w.coming) > 0 && !w.coming[0].at.After(time.Now()) {
		messages[n] = w.coming[0].message
		w.coming = w.coming[1:]
		n++
	}
	return n, nil
}

func (w *fakeWire) wait(d time.Duration) error {
	if len(w.coming) > 0 {
		d = min(d, time.Until(w.coming[0].at))
	}
	// A real clock goes on by itself; this one must be pushed.
	time.Sleep(max(d, time.Microsecond))
	return nil
}

// sentOf returns the messages of one type that were sent, with their times.
func (w *fakeWire) sentOf(messageType byte) (messages [][]byte, times []time.Time) {
	for i, m := range w.sent {
		if typeOf(m) == messageType {
			messages, times = append(messages, m), append(times, w.times[i])
		}
	}
	return messages, times
}

func typeOf(m []byte) byte {
	if v := optionOf(m, optMessageType); len(v) == 1 {
		return v[0]
	}
	return 0
}

// optionOf is a reader of option lists of its own, so that the tests do not
// trust the generator's.
func optionOf(m []byte, code byte) []byte {
	for i := 240; i < len(m) && m[i] != 255; {
		if m[i] == 0 {
			i++
			continue
		}
		if m[i] == code {
			return m[i+2 : i+2+int(m[i+1])]
		}
		i += 2 + int(m[i+1])
	}
	return nil
}

// A fakeServer leases 10.0.0.1, 10.0.0.2, … to clients in the order they come.
type fakeServer struct {
	id       uint32
	next     uint32
	leases   map[[6]byte]uint32
	requests func(query []byte) byte // type of the answer to a REQUEST; nil: ACK
}

func newFakeServer() *fakeServer {
	return &fakeServer{id: 0xc0000201, next: 0x0a000001, leases: map[[6]byte]uint32{}}
}

func (s *fakeServer) answer(q []byte) [][]byte {
	mac := [6]byte(q[28:34])
	if s.leases[mac] == 0 {
		s.leases[mac] = s.next
		s.next++
	}
	switch typeOf(q) {
	case typeDiscover:
		return [][]byte{s.reply(q, typeOffer, s.leases[mac])}
	case typeRequest:
		kind := byte(typeACK)
		if s.requests != nil {
			kind = s.requests(q)
		}
		return [][]byte{s.reply(q, kind, s.leases[mac])}
	}
	return nil
}

func (s *fakeServer) reply(q []byte, messageType byte, address uint32) []byte {
	r := make([]byte, 240, 300)
	copy(r, q[:240])
	r[0] = 2
	binary.BigEndian.PutUint32(r[16:], address)
	r = append(r, 53, 1, messageType, 1, 4, 255, 0, 0, 0, 54, 4)
	return append(binary.BigEndian.AppendUint32(r, s.id), 255)
}

// simulate runs a command line against a wire on a fake clock and returns the
// engine afterwards.
func simulate(t *testing.T, w wire4, args ...string) (e *engine[binding4]) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		o, err := Parse(append(args, "192.0.2.1"))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.load(); err != nil {
			t.Fatal(err)
		}
		e = newEngine(o, newFamily4(o, w.relay()), wire[binding4](w), t.Output())
		if err := e.run(t.Context()); err != nil {
			t.Fatal(err)
		}
	})
	return e
}
