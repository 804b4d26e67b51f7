// Package ask owns how people ask a server what it would do with a query: the commands
// explain4 and explain6 and the tool explain, with their arguments, and by which way a
// query is taken to reach the server. How the server finds the answer is its own
// business; what an answer looks like is explain's.
package ask

import (
	"net/netip"

	"nestor/lib/explain"
	"nestor/lib/option"
	"nestor/lib/packetinput"
)

// Family is what tells the two DHCP versions apart. It is immutable.
type Family struct {
	command string // explain4
	ip      string // IPv4
	is      func(netip.Addr) bool
	address string // of an interface, as an example
	query   string // a description, as an example
	short   string // the beginning of one
	// addressed tells that the address of an interface decides about answers.
	addressed bool
	read      func(arg string, defs *option.Definitions) ([]packetinput.Packet, error)
	parse     func(text string, defs *option.Definitions) (packetinput.Packet, error)
}

// V4 and V6 are the two.
var (
	V4 = &Family{
		command: "explain4", ip: "IPv4", is: netip.Addr.Is4, address: "192.0.2.1", addressed: true,
		query: "discover hw=02:00:00:00:00:01 giaddr=192.0.2.1 prl=1,3,6", short: "discover hw=02:00:00:00:00:01",
		read: packetinput.Read4, parse: packetinput.Parse4,
	}
	V6 = &Family{
		command: "explain6", ip: "IPv6", is: func(a netip.Addr) bool { return a.Is6() && !a.Is4In6() }, address: "fe80::1",
		query: "solicit client-id=00030001020000000001 ia-na=1 oro=23,24", short: "solicit client-id=00030001020000000001 ia-na=1",
		read: packetinput.Read6, parse: packetinput.Parse6,
	}
)

// A Server explains.
type Server interface {
	// Definitions are the options that queries are described by, nil before the server
	// has a configuration.
	Definitions() *option.Definitions
	// Arrivals are the ways through the open sockets, in ascending order of interface
	// index and address.
	Arrivals() []Arrival
	// Explain tells what the server would do with a query that arrives so. basis is
	// told before all else.
	Explain(p packetinput.Packet, at Arrival, basis ...explain.Note) (*explain.Explanation, error)
}
