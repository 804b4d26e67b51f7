package e2e_test

import (
	"fmt"
	"testing"

	"nestor/tests/netns"
)

// Addresses of the wires: the server's LAN, and the one behind a relay.
const (
	serverAddr = "10.0.0.1"
	lanPrefix  = "10.0.0."
	lanSubnet  = "10.0.0.0/24"
	lanPool    = "10.0.0.100 - 10.0.0.119"
	poolFirst  = "10.0.0.100"
	farSubnet  = "10.1.0.0/24"
	farPool    = "10.1.0.100 - 10.1.0.119"
	farPrefix  = "10.1.0."
)

// A lan is a server's namespace whose interface eth0, a bridge, has a port for
// each station.
type lan struct {
	server   *netns.NS
	stations int
}

func newLAN(t *testing.T) *lan {
	t.Helper()
	l := &lan{server: netns.New(t)}
	l.server.IP(t, "link add eth0 type bridge forward_delay 0 mcast_snooping 0")
	l.server.IP(t, "addr add "+serverAddr+"/24 dev eth0")
	l.server.IP(t, "link set eth0 up")
	return l
}

// station connects a new namespace to the LAN; its interface is eth0.
func (l *lan) station(t *testing.T) *netns.NS {
	t.Helper()
	ns := netns.New(t)
	l.stations++
	port := fmt.Sprintf("p%d", l.stations)
	netns.Veth(t, l.server, port, "", ns, "eth0", "")
	l.server.IP(t, "link set "+port+" master eth0")
	return ns
}

// lanConfig is a server's configuration for the LAN, with short renewal times.
func lanConfig() object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"valid-lifetime":    600,
		"renew-timer":       4,
		"rebind-timer":      8,
		"option-data": list{
			object{"name": "domain-name-servers", "data": "10.0.0.53"},
			object{"name": "domain-name", "data": "example.org"},
		},
		"subnet4": list{object{
			"id": 7, "subnet": lanSubnet,
			"pools":       list{object{"pool": lanPool}},
			"option-data": list{object{"name": "routers", "data": "10.0.0.254"}},
		}},
	}
}
