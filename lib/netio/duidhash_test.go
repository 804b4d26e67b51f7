package netio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"testing"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// option6, message6 and relayed6 make DHCPv6 messages.
func option6(code uint16, content string) string {
	b := binary.BigEndian.AppendUint16(nil, code)
	return string(binary.BigEndian.AppendUint16(b, uint16(len(content)))) + content
}

func message6(options ...string) string { return "\x01abc" + join(options) }

func relayed6(message string, before ...string) string {
	header := append([]byte{12, 0}, make([]byte, 32)...)
	return string(header) + join(before) + option6(9, message) + option6(79, "behind")
}

func join(options []string) (all string) {
	for _, o := range options {
		all += o
	}
	return all
}

// duid6 is the identifier option of a client.
func duid6(client uint32) string {
	return option6(1, "\x00\x03\x00\x01\x02\x00"+string(binary.BigEndian.AppendUint32(nil, client)))
}

func many(n int, o string) (options []string) {
	for range n {
		options = append(options, o)
	}
	return options
}

const lostSocket = 99

// socketOf runs the program on a message.
func socketOf(t *testing.T, sockets uint32, message string) int {
	t.Helper()
	vm, err := bpf.NewVM(duidHash(0, sockets, []bpf.Instruction{bpf.RetA{}}, bpf.RetConstant{Val: lostSocket}))
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run([]byte(message))
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestDUIDHash(t *testing.T) {
	const sockets, client = 7, 4711
	want := socketOf(t, sockets, message6(duid6(client)))
	if want >= sockets {
		t.Fatalf("socket %d", want)
	}
	ia := option6(3, "\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	id := option6(18, "eth0")
	for name, m := range map[string]string{
		"other options first": message6(append(many(clientOptions-1, ia), duid6(client))...),
		"empty option first":  message6(option6(14, ""), duid6(client)),
		"relayed":             relayed6(message6(duid6(client))),
		"behind relay options": relayed6(message6(ia, duid6(client)),
			append(many(relayOptions-2, id), option6(37, "remote"))...),
		"by several relays": relayed6(relayed6(relayed6(relayed6(message6(ia, duid6(client), ia), id)), id)),
	} {
		if got := socketOf(t, sockets, m); got != want {
			t.Errorf("%s: socket %d, a direct message comes to %d", name, got, want)
		}
	}
	for name, m := range map[string]string{
		"nothing":              "",
		"a type":               "\x01",
		"no identifier":        message6(ia),
		"no message":           string(append([]byte{12, 0}, make([]byte, 32)...)) + id,
		"identifier too deep":  message6(append(many(clientOptions, ia), duid6(client))...),
		"message too deep":     relayed6(message6(duid6(client)), many(relayOptions, id)...),
		"short identifier":     message6(option6(1, "abc")),
		"too many relays":      relayed6(relayed6(relayed6(relayed6(relayed6(message6(duid6(client))))))),
		"length past the end":  message6("\x00\x01\xff\xffabcdefgh"),
		"option past the end":  message6("\x00\x03\xff\xff", duid6(client)),
		"header of an option":  message6("\x00\x01\x00"),
		"relay header cut off": relayed6("")[:20],
	} {
		if got := socketOf(t, sockets, m); got != lostSocket {
			t.Errorf("%s: socket %d, want none", name, got)
		}
	}
	whole := relayed6(relayed6(message6(ia, duid6(client)), id))
	for n := range whole {
		if got := socketOf(t, sockets, whole[:n]); got != want && got != lostSocket {
			t.Errorf("the first %d bytes: socket %d", n, got)
		}
	}
}

// clientOf finds the client of a message of these tests, 0 for none.
func clientOf(payload []byte) uint32 {
	if at := bytes.Index(payload, []byte("\x00\x01\x00\x0a\x00\x03\x00\x01\x02\x00")); at >= 0 {
		return binary.BigEndian.Uint32(payload[at+10:])
	}
	return 0
}

// Messages to an address and to the group of the servers are spread over sockets,
// each comes to one, and those of a client to the same.
func TestFanout6(t *testing.T) {
	w := newWire6(t)
	from := w.listen(w.clientLink, 546)
	for name, c := range map[string]struct {
		to   netip.Addr
		open func(n int) ([]Socket6, error)
	}{
		"unicast": {w.serverLink, func(n int) ([]Socket6, error) {
			return OpenUDP6Fanout(n, w.iface, w.serverLink, 547, Options{})
		}},
		"multicast": {group6, func(n int) ([]Socket6, error) {
			return OpenMulticast6Fanout(n, w.iface, group6, w.serverLink, 547, Options{})
		}},
	} {
		t.Run(name, func(t *testing.T) {
			var sockets []Socket6
			for range 2 { // the address is free again after closing
				if err := w.server.Do(func() (err error) { sockets, err = c.open(3); return err }); err != nil {
					t.Fatal(err)
				}
				spread6(t, w, from, c.to, sockets)
				err := w.server.Do(func() error {
					_, err := c.open(2)
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
			}
		})
	}
}

func spread6(t *testing.T, w *wire6, from *net.UDPConn, to netip.Addr, sockets []Socket6) {
	t.Helper()
	const clients = 60
	for i := range uint32(clients) {
		w.send(from, to, message6(duid6(i+1)))
		w.send(from, to, relayed6(message6(option6(8, "ab"), duid6(i+1)), option6(18, "port")))
	}
	w.send(from, to, message6())
	seen := make(map[uint32]int)
	total := 0
	for i, s := range sockets {
		mine := 0
		ds := make([]Datagram6, 256)
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
				id := clientOf(d.Payload)
				if other, ok := seen[id]; ok && other != i {
					t.Errorf("client %d came to sockets %d and %d", id, other, i)
				}
				seen[id] = i
			}
		}
		if mine < 2*clients/len(sockets)/3 {
			t.Errorf("socket %d got %d of %d", i, mine, 2*clients)
		}
		total += mine
	}
	if total != 2*clients+1 || len(seen) != clients+1 {
		t.Errorf("%d datagrams of %d clients arrived, want %d of %d", total, len(seen), 2*clients+1, clients+1)
	}
}
