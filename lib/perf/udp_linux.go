package perf

import (
	"errors"

	"golang.org/x/sys/unix"
)

// A udpWire is a UDP socket that sends all it has to one address.
type udpWire[B any] struct{ *socket }

func (w *udpWire[B]) headroom() int { return 0 }

func (w *udpWire[B]) frame([]byte) {}

func (w *udpWire[B]) seal([]byte, *values[B], bool) {}

// send goes on after an ICMP error, which the kernel reports with the next call
// and which says only that the server is not there (yet).
func (w *udpWire[B]) send(frames [][]byte) (int, error) {
	sent := 0
	for {
		n, err := w.socket.send(frames[sent:])
		sent += n
		if !errors.Is(err, unix.ECONNREFUSED) {
			return sent, err
		}
	}
}

func (w *udpWire[B]) receive(messages [][]byte) (int, error) {
	n, err := w.socket.receive()
	if errors.Is(err, unix.ECONNREFUSED) {
		return 0, nil
	}
	for i := range n {
		messages[i] = w.received(i)
	}
	return n, err
}
