package config

import (
	"cmp"
	"slices"
	"strings"

	"nestor/lib/element"
)

// Element renders the configuration as config-get shows it: the map Dhcp4, with
// every default filled in, and what networks and subnets inherit shown there.
// Loading it gives an equal configuration and the same hash. Parts of it are
// shared with the configuration: clone it before changing it.
func (c *Dhcp4) Element() *element.Value {
	v := element.NewMap()
	c.showGlobal(v)
	v.Add("subnet4", subnetElements(c.Subnets))
	networks := slices.Clone(c.SharedNetworks)
	slices.SortStableFunc(networks, func(a, b *SharedNetwork4) int { return strings.Compare(a.Name, b.Name) })
	v.Add("shared-networks", listOfElements(networks, (*SharedNetwork4).Element))
	v.Add("option-def", listOfElements(c.sortedDefs(), (*OptionDef).Element))
	v.Add("option-data", optionElements(c.Options))
	if len(c.Classes) > 0 {
		v.Add("client-classes", listOfElements(c.Classes, (*ClientClass).Element))
	}
	if len(c.Reservations) > 0 {
		v.Add("reservations", reservationElements(c.Reservations))
	}
	c.showService(v)
	c.showNumbers(v)
	c.Meta.show(v)
	return v
}

// showGlobal adds the parameters of networks and subnets: those that were set,
// and those that have a default.
func (c *Dhcp4) showGlobal(v *element.Value) {
	for i := range networkParams {
		row := &networkParams[i]
		if c.Own&(1<<i) == 0 && dhcp4Scope.index[row.name].def == nil {
			continue
		}
		if shown := row.show(&c.NetworkParams); shown != nil {
			v.Add(row.name, shown)
		}
	}
}

// sortedDefs are the option definitions by space, as Kea keeps them.
func (c *Dhcp4) sortedDefs() []*OptionDef {
	defs := slices.Clone(c.optionDefs)
	slices.SortStableFunc(defs, func(a, b *OptionDef) int { return compareSpaces(a.Space, b.Space) })
	return defs
}

func (c *Dhcp4) showService(v *element.Value) {
	v.Add("interfaces-config", c.Interfaces.element())
	if c.LeaseDatabase != nil {
		v.Add("lease-database", c.LeaseDatabase.element())
	} else {
		v.Add("lease-database", element.NewMap().Add("type", element.NewString("memfile")))
	}
	if len(c.HostsDatabases) > 0 {
		v.Add("hosts-databases", listOfElements(c.HostsDatabases, (*Database).element))
	}
	if c.ConfigControl != nil {
		v.Add("config-control", c.ConfigControl.element())
	}
	if len(c.ControlSockets) > 0 {
		v.Add("control-sockets", listOfElements(c.ControlSockets, (*ControlSocket).element))
	}
	v.Add("hooks-libraries", listOfElements(c.Hooks, (*HookLibrary).element))
	if len(c.Loggers) > 0 {
		v.Add("loggers", listOfElements(c.Loggers, (*Logger).element))
	}
	v.Add("dhcp-ddns", c.DhcpDDNS.element())
	v.Add("multi-threading", c.MultiThreading.element())
	v.Add("dhcp-queue-control", c.QueueControl.element())
}

func (c *Dhcp4) showNumbers(v *element.Value) {
	v.Add("expired-leases-processing", c.Expiration.element())
	v.Add("sanity-checks", c.SanityChecks.element())
	if c.Compat != (Compatibility{}) {
		v.Add("compatibility", c.Compat.element())
	}
	v.Add("decline-probation-period", shownUint(c.DeclineProbationPeriod))
	v.Add("echo-client-id", shownBool(c.EchoClientID))
	v.Add("stash-agent-options", shownBool(c.StashAgentOptions))
	v.Add("early-global-reservations-lookup", shownBool(c.EarlyGlobalReservationsLookup))
	v.Add("reservations-lookup-first", shownBool(c.ReservationsLookupFirst))
	v.Add("ip-reservations-unique", shownBool(c.IPReservationsUnique))
	v.Add("host-reservation-identifiers", stringList(c.HostReservationIdentifiers))
	v.Add("statistic-default-sample-count", shownUint(c.StatisticDefaultSampleCount))
	v.Add("statistic-default-sample-age", shownUint(c.StatisticDefaultSampleAge.V))
	v.Add("parked-packet-limit", shownUint(c.ParkedPacketLimit))
	v.Add("dhcp4o6-port", shownUint(c.Dhcp4o6Port))
	v.Add("server-tag", shownText(c.ServerTag))
}

// subnetElements renders subnets in the order of their ids.
func subnetElements(subnets []*Subnet4) *element.Value {
	sorted := slices.Clone(subnets)
	slices.SortStableFunc(sorted, func(a, b *Subnet4) int { return cmp.Compare(a.ID, b.ID) })
	return listOfElements(sorted, (*Subnet4).Element)
}
