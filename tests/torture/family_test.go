package torture_test

import (
	"net"
	"net/netip"
	"testing"

	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/tests/netns"
	"nestor/tests/servers"
)

// A family is what differs between DHCPv4 and DHCPv6.
type family interface {
	// String is 4 or 6.
	String() string
	server(m servers.Make, ns *netns.NS, dir string) *servers.Server
	// wire is the addresses of server and relay.
	wire() (server, relay string)
	clients() []*client
	// listen opens the sockets of clients and relay on their end of the wire.
	listen() ([]*net.UDPConn, error)
	// send sends a message of a client.
	send(conns []*net.UDPConn, c *client, k kind)
	// read takes an answer apart, to the client that a transaction belongs to.
	read(b []byte, of func(xid uint32) *client) (*client, answer, error)
	// exact reports whether a message of the kind sets the lifetime of a lease that
	// its client has.
	exact(k kind) bool
	// first is a lease for each binding of a client that no other one has as its first.
	first(c *client) []netip.Prefix
	// config is the interfaces, subnets and lifetimes that a server needs, and what else
	// only this family has.
	config() servers.Object
	// fill writes leases that nobody asks for into a lease file.
	fill(path string) error
	// stored reads lease files the way a server does.
	stored(path string) (map[netip.Prefix]stored, *memfile.LoadReport, error)
	// assigned names the statistics that count leases.
	assigned() []string
}

// stored is a lease out of the files.
type stored struct {
	holder   string // as binding.identity
	state    lease.State
	lifetime uint32
	cltt     int64
}

// fillers is how many leases nobody asks for. Each is written twice, so that clean-ups
// and starts take long enough to be hit.
const fillers = 10_000

// eachFamily runs a test for DHCPv4 and for DHCPv6.
func eachFamily(t *testing.T, test func(t *testing.T, f family)) {
	for _, f := range []family{dhcp4{}, &dhcp6{}} {
		t.Run("DHCPv"+f.String(), func(t *testing.T) { test(t, f) })
	}
}

// newWire makes two namespaces, of a server and of its relay and clients.
func newWire(t *testing.T, f family) (server, relay *netns.NS) {
	t.Helper()
	server, relay = netns.New(t), netns.New(t)
	serverAddr, relayAddr := f.wire()
	netns.Veth(t, server, "eth0", serverAddr, relay, "eth0", relayAddr)
	return server, relay
}

// lifetimes are the part of a configuration that lets clients choose theirs.
var lifetimes = servers.Object{
	"min-valid-lifetime": shortest, "valid-lifetime": 4000, "max-valid-lifetime": longest,
}
