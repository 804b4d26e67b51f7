package perf

import "time"

// batchSize is how many messages go out or come in with one system call.
const batchSize = 64

// A wire carries the messages: a relay agent's UDP socket or a direct client's
// packet socket. One goroutine uses it.
type wire[B any] interface {
	// headroom is the number of octets that every frame has before the DHCP message.
	headroom() int
	// frame writes into a new frame what is the same in all of its messages.
	frame(b []byte)
	// seal completes a frame after its message was filled in. toServer sends it to
	// the server of the lease, where the wire can, in place of the one that was
	// asked for or, in raw mode, everybody.
	seal(b []byte, v *values[B], toServer bool)
	// send sends the frames as far as the system allows and returns how many went out.
	send(frames [][]byte) (int, error)
	// receive fills messages with the DHCP messages that are there, without waiting.
	// They are valid until the next call.
	receive(messages [][]byte) (int, error)
	// wait returns when a message is there or the time is over.
	wait(d time.Duration) error
	close() error
}

// A wire4 is a wire of DHCPv4.
type wire4 interface {
	wire[binding4]
	// relay returns the relay address of messages, 0 for direct clients.
	relay() uint32
}
