package perf

import "io"

// A family is DHCPv4 or DHCPv6: how queries are made and answers are read. B, the
// binding, is what a server gives to one client: an address, or the leases of
// several identity associations.
type family[B any] interface {
	// blank returns a message of a kind with room for all that fill writes.
	blank(k kind) []byte
	// fill writes one exchange's values into b, which began as the blank of the
	// kind, and returns how many of its octets are the message.
	fill(k kind, b []byte, v *values[B]) int
	// read takes from a server's message what the generator looks at.
	read(m []byte, r *reply[B]) verdict
	// relayCount returns how many relays there are to pick from.
	relayCount() int
	// answersRelease tells whether servers answer a RELEASE.
	answersRelease() bool
	// newLeaseSet returns an empty set for -u.
	newLeaseSet() leaseSet[B]
	// writeLease prints the lines of -x l for a client's binding.
	writeLease(w io.Writer, mac uint64, b *B)
	// serverText returns a server identifier as -x s prints it.
	serverText(server uint32) string
}

// values are what differs from message to message.
type values[B any] struct {
	xid     uint32
	secs    uint16 // since the client began
	mac     uint64
	server  uint32 // as in reply
	relay   int    // number of the relay that it passes
	binding B
}

// A reply is what the generator looks at in a server's message.
type reply[B any] struct {
	xid     uint32
	answer  answer
	server  uint32 // identifier of the server, or a number that stands for it; 0: not told
	granted bool   // binding has all that the client wants
	binding B
}

// answer is a message from a server.
type answer uint8

const (
	otherAnswer answer = iota
	offerAnswer        // OFFER, ADVERTISE
	finalAnswer        // ACK, NAK, REPLY
)

// verdict says whether a message could be read.
type verdict uint8

const (
	readable verdict = iota
	tooShort
	malformed
)

// A leaseSet remembers what was given to clients.
type leaseSet[B any] interface {
	// add puts a binding in and tells whether all of it was new.
	add(b *B) bool
	// remove takes a binding out.
	remove(b *B)
}
