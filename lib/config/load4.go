package config

import (
	"net/netip"

	"nestor/lib/element"
)

// LoadDhcp4 reads the map that a configuration file or the arguments of a
// command consist of, with its one member Dhcp4. It reads all of it whatever it
// finds: the error is an Errors with everything that is wrong, and then there is
// no configuration. The warnings are given in either case.
//
// The configuration refers to parts of v, which must not change any more.
func LoadDhcp4(v *element.Value, opts Options) (*Dhcp4, []Warning, error) {
	return loadServer(v, opts, family4, (*loader).dhcp4)
}

// LoadDhcp4File reads a configuration file. What the parser remarks is among the
// warnings. An error is an Errors, an element.SyntaxErrors, or says why the file
// could not be read.
func LoadDhcp4File(name string, opts Options) (*Dhcp4, []Warning, error) {
	return loadFile(name, opts, "DHCP4_CONFIG_SYNTAX_WARNING", LoadDhcp4)
}

// dhcp4 decodes the map of the server.
func (l *loader) dhcp4(n node) *Dhcp4 {
	c := &Dhcp4{
		Server:            l.server(n),
		EchoClientID:      n.bool("echo-client-id"),
		StashAgentOptions: n.bool("stash-agent-options"),
	}
	global := &around{node: n, params: &c.NetworkParams}
	c.Subnets = subnets(l, global, l.subnet4)
	c.SharedNetworks = sharedNetworks(l, global, l.sharedNetwork4)
	c.Reservations = l.reservations4(n, 0, netip.Prefix{})
	l.service(n, &c.Server)
	l.numbers(n, &c.Server)
	return c
}
