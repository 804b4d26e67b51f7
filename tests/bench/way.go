package main

// A way is how packets reach the server.
type way uint8

const (
	relayed    way = iota // through a relay, to packet sockets, which are the default
	direct                // broadcasts of clients without an address, to packet sockets
	relayedUDP            // through a relay, to UDP sockets
	relayed6              // DHCPv6 through a relay
)

// socket is the keyword dhcp-socket-type for the way.
func (w way) socket() string {
	if w == relayedUDP {
		return "udp"
	}
	return "raw"
}

func (w way) String() string {
	return [...]string{"relayed", "direct", "relayed UDP", "relayed v6"}[w]
}

// ways of DHCPv4 are measured at one level: UDP sockets only once, for comparison.
func ways(level int) []way {
	if level == 64 {
		return []way{relayed, direct, relayedUDP}
	}
	return []way{relayed, direct}
}
