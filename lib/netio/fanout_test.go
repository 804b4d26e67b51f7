package netio

import (
	"encoding/binary"
	"errors"
	"testing"

	"golang.org/x/sys/unix"
)

// message is a DHCPv4 message as far as the spreading looks at it.
func message(client uint32) string {
	b := make([]byte, 240)
	copy(b[28:], []byte{2, 0})
	binary.BigEndian.PutUint32(b[30:], client)
	return string(b)
}

func client(d Datagram4) uint32 { return binary.BigEndian.Uint32(d.Payload[30:]) }

func TestFanout(t *testing.T) {
	for name, open := range map[string]func(int, Interface, uint32, uint16, Options) ([]Socket4, error){
		"raw": OpenRaw4Fanout, "udp": OpenUDP4Fanout,
		"ring": func(n int, iface Interface, addr uint32, port uint16, o Options) ([]Socket4, error) {
			o.Ring = 1 << 20
			return OpenRaw4Fanout(n, iface, addr, port, o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWire(t)
			var sockets []Socket4
			err := w.server.Do(func() (err error) {
				sockets, err = open(3, w.iface, serverAddr, 67, Options{})
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			spread(t, w, sockets)
			w.server.IP(t, "link set eth0 down")
			w.server.IP(t, "link set eth0 up")
			w.awaitCarrier()
			for _, s := range sockets {
				if n, err := s.Recv(make([]Datagram4, 1)); n != 0 || err != nil { // what is left to say of the link
					t.Fatal(n, err)
				}
			}
			spread(t, w, sockets)

			err = w.server.Do(func() error {
				_, err := open(2, w.iface, serverAddr, 67, Options{})
				return err
			})
			if !errors.Is(err, unix.EADDRINUSE) {
				t.Errorf("a second group on the address: %v", err)
			}
			for _, s := range sockets {
				if err := s.Close(); err != nil {
					t.Error(err)
				}
			}
			err = w.server.Do(func() (err error) {
				sockets, err = open(2, w.iface, serverAddr, 67, Options{})
				return err
			})
			if err != nil {
				t.Fatalf("the address is not free after closing: %v", err)
			}
			for _, s := range sockets {
				s.Close()
			}
		})
	}
}

// spread sends two messages of each of many clients and checks that each comes
// to one socket, always the same for a client, and that all sockets are used.
func spread(t *testing.T, w *wire, sockets []Socket4) {
	t.Helper()
	const clients = 60
	for range 2 {
		for i := range uint32(clients) {
			w.inject(w.relayed(message(i)))
		}
	}
	w.inject(w.relayed("too short to have a client"))
	seen := make(map[uint32]int)
	total := 0
	for i, s := range sockets {
		ds := make([]Datagram4, 256)
		mine := 0
		for {
			n, err := s.Recv(ds)
			if err != nil {
				t.Fatal(err)
			}
			if n == 0 {
				break
			}
			for _, d := range ds[:n] {
				mine++
				if len(d.Payload) < 240 {
					continue
				}
				if other, ok := seen[client(d)]; ok && other != i {
					t.Errorf("client %d came to sockets %d and %d", client(d), other, i)
				}
				seen[client(d)] = i
			}
		}
		if mine < 2*clients/len(sockets)/3 {
			t.Errorf("socket %d got %d of %d", i, mine, 2*clients)
		}
		total += mine
	}
	if total != 2*clients+1 || len(seen) != clients {
		t.Errorf("%d datagrams of %d clients arrived, want %d of %d", total, len(seen), 2*clients+1, clients)
	}
}
