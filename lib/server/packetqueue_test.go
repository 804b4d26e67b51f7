package server

import (
	"net"
	"testing"

	"nestor/lib/netio"
)

// slowSocket hands out what is put into it.
type slowSocket struct{ in chan []netio.Datagram4 }

func (s *slowSocket) Recv(ds []netio.Datagram4) (int, error) {
	batch, ok := <-s.in
	if !ok {
		return 0, net.ErrClosed
	}
	return copy(ds, batch), nil
}

func (s *slowSocket) Send([]netio.Reply4) error { return nil }
func (s *slowSocket) Interface() (string, int)  { return "eth0", 2 }
func (s *slowSocket) Addr() uint32              { return 0 }
func (s *slowSocket) Stop()                     {}
func (s *slowSocket) Close() error              { return nil }

func TestPacketQueue(t *testing.T) {
	t.Run("D4.55.2 D4.55.3 D6.26.3 the oldest makes room", func(t *testing.T) {
		s := &slowSocket{in: make(chan []netio.Datagram4)}
		q := NewPacketQueue(netio.Socket4(s), 2)
		for _, b := range []string{"a", "b", "c"} {
			s.in <- []netio.Datagram4{{Payload: []byte(b)}}
		}
		close(s.in)
		<-q.done
		ds := make([]netio.Datagram4, 4)
		n, err := q.Recv(ds)
		if n != 2 || err != nil || string(ds[0].Payload) != "b" || string(ds[1].Payload) != "c" {
			t.Errorf("got %d: %q %q, %v", n, ds[0].Payload, ds[1].Payload, err)
		}
		if _, err := q.Recv(ds); err == nil {
			t.Error("no end after the socket's")
		}
	})
}
