package config

import "nestor/lib/element"

// Element renders the configuration as config-get shows it; see Dhcp4.Element.
func (c *Dhcp6) Element() *element.Value {
	v := element.NewMap()
	c.Server.show(v, dhcp6Scope, (*ClientClass).Element6)
	v.Add("subnet6", subnetElements(c.Subnets))
	v.Add("shared-networks", networkElements(c.SharedNetworks))
	if len(c.Reservations) > 0 {
		v.Add("reservations", reservationElements(c.Reservations))
	}
	if c.DataDirectory != "" {
		v.Add("data-directory", element.NewString(c.DataDirectory))
	}
	v.Add("server-id", c.ServerID.element())
	v.Add("mac-sources", stringList(c.MACSources))
	v.Add("relay-supplied-options", suppliedElement(c.RelaySupplied))
	if !c.AllowRegistration { // which 2.7.3 cannot read
		v.Add("allow-address-registration", shownBool(false))
	}
	return v
}
