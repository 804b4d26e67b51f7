package config

import (
	"net/netip"

	"nestor/lib/element"
)

// LoadDhcp6 reads the configuration of the DHCPv6 server as LoadDhcp4 does that of
// the other.
func LoadDhcp6(v *element.Value, opts Options) (*Dhcp6, []Warning, error) {
	return loadServer(v, opts, family6, (*loader).dhcp6)
}

// LoadDhcp6File reads a configuration file; see LoadDhcp4File.
func LoadDhcp6File(name string, opts Options) (*Dhcp6, []Warning, error) {
	return loadFile(name, opts, "DHCP6_CONFIG_SYNTAX_WARNING", LoadDhcp6)
}

// dhcp6 decodes the map of the server.
func (l *loader) dhcp6(n node) *Dhcp6 {
	c := &Dhcp6{
		Server:        l.server(n),
		DataDirectory: n.str("data-directory"),
		ServerID:      l.serverID(n),
		MACSources:    l.macSources(n),
		RelaySupplied: l.relaySupplied(n),

		AllowRegistration: n.bool("allow-address-registration"),
	}
	global := &around{node: n, params: &c.NetworkParams}
	c.Subnets = subnets(l, global, l.subnet6)
	c.SharedNetworks = sharedNetworks(l, global, l.sharedNetwork6)
	c.Reservations = l.reservations6(n, 0, netip.Prefix{})
	l.service(n, &c.Server)
	l.numbers(n, &c.Server)
	return c
}
