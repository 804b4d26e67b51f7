package perf

import "time"

// batchSize is how many messages go out or come in with one system call.
const batchSize = 64

// A wire carries the messages: a relay agent's UDP socket or a direct client's
// packet socket. One goroutine uses it.
type wire interface {
	// headroom is the number of octets that every frame has before the DHCP message.
	headroom() int
	// frame writes into a new frame what is the same in all of its messages.
	frame(b []byte)
	// seal completes a frame after its message was filled in. dst is the IPv4
	// address to send to, 0 for the server that was asked for or, in raw mode,
	// everybody.
	seal(b []byte, v *values, dst uint32)
	// send sends the frames as far as the system allows and returns how many went out.
	send(frames [][]byte) (int, error)
	// receive fills messages with the DHCP messages that are there, without waiting.
	// They are valid until the next call.
	receive(messages [][]byte) (int, error)
	// wait returns when a message is there or the time is over.
	wait(d time.Duration) error
	// relay returns the relay address of messages, 0 for direct clients.
	relay() uint32
	close() error
}
