package config

import "nestor/lib/element"

// Element renders the configuration as config-get shows it: the map Dhcp4, with
// every default filled in, and what networks and subnets inherit shown there.
// Loading it gives an equal configuration and the same hash. Parts of it are
// shared with the configuration: clone it before changing it.
func (c *Dhcp4) Element() *element.Value {
	v := element.NewMap()
	c.Server.show(v, dhcp4Scope, (*ClientClass).Element)
	v.Add("subnet4", subnetElements(c.Subnets))
	v.Add("shared-networks", networkElements(c.SharedNetworks))
	if len(c.Reservations) > 0 {
		v.Add("reservations", reservationElements(c.Reservations))
	}
	v.Add("echo-client-id", shownBool(c.EchoClientID))
	return v.Add("stash-agent-options", shownBool(c.StashAgentOptions))
}
