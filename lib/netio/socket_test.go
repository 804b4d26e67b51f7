package netio

import (
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// eachKind runs a test on both kinds of sockets.
func eachKind(t *testing.T, f func(t *testing.T, open opener)) {
	t.Run("raw", func(t *testing.T) { f(t, OpenRaw4) })
	t.Run("ring", func(t *testing.T) { f(t, openRing4) })
	t.Run("udp", func(t *testing.T) { f(t, OpenUDP4) })
}

// eachRaw runs a test for packet sockets with the kernel's receive queue and with
// a ring.
func eachRaw(t *testing.T, f func(t *testing.T, open opener)) {
	t.Run("queue", func(t *testing.T) { f(t, OpenRaw4) })
	t.Run("ring", func(t *testing.T) { f(t, openRing4) })
}

// openRing4 opens a packet socket with a ring of 512 frames.
func openRing4(iface Interface, addr uint32, serverPort uint16, opts Options) (Socket4, error) {
	opts.Ring = 1 << 20
	s, err := OpenRaw4(iface, addr, serverPort, opts)
	if err == nil && s.(*raw4).ring == nil {
		return nil, errors.Join(errors.New("there is no ring"), s.Close())
	}
	return s, err
}

// relayed is a query that both kinds of sockets receive.
func (w *wire) relayed(payload string) []byte {
	return query{src: clientAddr, srcPort: 67, srcMAC: w.clientMAC, dst: serverAddr, dstMAC: w.iface.MAC, payload: payload}.frame()
}

func TestRecv4TimesOut(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{})
		start := time.Now()
		n, err := s.Recv(make([]Datagram4, 8))
		if took := time.Since(start); n != 0 || err != nil || took < RecvTimeout/2 || took > RecvTimeout+2*time.Second {
			t.Errorf("Recv = %d, %v after %v", n, err, took)
		}
		if n, err := s.Recv(nil); n != 0 || err != nil {
			t.Errorf("Recv of nothing = %d, %v", n, err)
		}
	})
}

func TestStopAndClose(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{})
		if name, index := s.Interface(); name != "eth0" || index != w.iface.Index || s.Addr() != serverAddr {
			t.Errorf("socket says it is %s, %d, %x", name, index, s.Addr())
		}
		ended := make(chan error)
		go func() {
			for {
				if _, err := s.Recv(make([]Datagram4, 1)); err != nil {
					ended <- err
					return
				}
			}
		}()
		s.Stop()
		if err := <-ended; err != net.ErrClosed {
			t.Fatalf("Recv after Stop: %v", err)
		}
		// Replies that are under way still leave.
		rs := []Reply4{{Payload: []byte("last"), Dst: clientAddr, DstPort: 68, DstMAC: w.clientMAC}}
		if err := s.Send(rs); err != nil || rs[0].Err != nil {
			t.Errorf("Send after Stop: %v, %v", err, rs[0].Err)
		}
		w.capture(68)
		if err := s.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
		if err := s.Close(); err != net.ErrClosed {
			t.Errorf("second Close: %v", err)
		}
		if err := s.Send(rs); err != net.ErrClosed {
			t.Errorf("Send after Close: %v", err)
		}
		if _, err := s.Recv(make([]Datagram4, 1)); err != net.ErrClosed {
			t.Errorf("Recv after Close: %v", err)
		}
		if stats := s.(StatsSource).Stats(); stats.Sent != 1 {
			t.Errorf("counts are gone after Close: %+v", stats)
		}
		w.open(open, serverAddr, Options{}) // the port is free again
	})
}

func TestPoll4(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{})
		ds := make([]Datagram4, 8)
		begun := time.Now()
		if n, err := s.(Poller[uint32]).Poll(ds); n != 0 || err != nil || time.Since(begun) > RecvTimeout/2 {
			t.Errorf("nothing is there: %d, %v after %v", n, err, time.Since(begun))
		}
		for _, text := range []string{"one", "two"} {
			w.inject(w.relayed(text))
		}
		n, err := s.(Poller[uint32]).Poll(ds)
		if n != 2 || err != nil || string(ds[0].Payload) != "one" || string(ds[1].Payload) != "two" {
			t.Errorf("%d, %v: %v", n, err, ds[:n])
		}
		s.Stop()
		if _, err := s.(Poller[uint32]).Poll(ds); err != net.ErrClosed {
			t.Errorf("after Stop: %v", err)
		}
	})
}

func TestCloseWaitsForRecv4(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{})
		ended := make(chan error, 1)
		go func() {
			var err error
			for err == nil {
				_, err = s.Recv(make([]Datagram4, 1))
			}
			ended <- err
		}()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if err := <-ended; err != net.ErrClosed {
			t.Errorf("Recv ended with %v", err)
		}
	})
}

func TestPortInUse(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		for name, other := range map[string]opener{"raw": OpenRaw4, "udp": OpenUDP4} {
			t.Run("by "+name, func(t *testing.T) {
				w := newWire(t)
				first := w.open(other, serverAddr, Options{})
				err := w.server.Do(func() error {
					_, err := open(w.iface, serverAddr, 67, Options{})
					return err
				})
				if !errors.Is(err, unix.EADDRINUSE) || !strings.Contains(err.Error(), "10.0.0.1") ||
					!strings.Contains(err.Error(), "is another DHCP server running?") {
					t.Errorf("error = %v", err)
				}
				first.Close()
				w.open(open, serverAddr, Options{})
			})
		}
	})
}

// TestBatch checks that Recv takes what is there, in order, and no more than
// asked for, over many rounds of the same buffers.
func TestBatch(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{Batch: 8})
		const total = 100
		for i := range total {
			w.inject(w.relayed(strings.Repeat("x", 1+i*7%200)))
		}
		var sizes []int
		next := 0
		for next < total {
			ds := make([]Datagram4, 1+len(sizes)*3%11)
			n, err := s.Recv(ds)
			if err != nil || n == 0 {
				t.Fatalf("Recv = %d, %v after %d datagrams", n, err, next)
			}
			for _, d := range ds[:n] {
				if want := 1 + next*7%200; len(d.Payload) != want || d.Src != clientAddr || d.SrcPort != 67 ||
					d.Dst != serverAddr || d.IfIndex != w.iface.Index {
					t.Fatalf("datagram %d: %d bytes, want %d: %+v", next, len(d.Payload), want, d)
				}
				next++
			}
			sizes = append(sizes, n)
		}
		largest := 0
		for i, n := range sizes {
			largest = max(largest, n)
			if n > min(8, 1+i*3%11) {
				t.Errorf("batch %d has %d datagrams", i, n)
			}
		}
		if largest != 8 {
			t.Errorf("largest batch is %d, want 8: %v", largest, sizes)
		}
		if stats := s.(StatsSource).Stats(); stats.Received != total {
			t.Errorf("%+v", stats)
		}
	})
}

// TestNoAllocation is about the packet path.
func TestNoAllocation(t *testing.T) {
	eachKind(t, func(t *testing.T, open opener) {
		w := newWire(t)
		s := w.open(open, serverAddr, Options{})
		frame := w.relayed("hello")
		ds := make([]Datagram4, 16)
		rs := []Reply4{
			{Payload: []byte("answer"), Dst: clientAddr, DstPort: 67, DstMAC: w.clientMAC},
			{Payload: make([]byte, 70000), Dst: clientAddr, DstPort: 67, DstMAC: w.clientMAC},
		}
		round := func() {
			w.inject(frame)
			if n, err := s.Recv(ds); n != 1 || err != nil {
				t.Fatalf("Recv = %d, %v", n, err)
			}
			if err := s.Send(rs); err != nil || rs[0].Err != nil || rs[1].Err != unix.EMSGSIZE {
				t.Fatalf("Send = %v, %v, %v", err, rs[0].Err, rs[1].Err)
			}
		}
		if n := testing.AllocsPerRun(100, round); n != 0 {
			t.Errorf("%v allocations for one exchange", n)
		}
	})
}
