package config

import (
	"cmp"
	"slices"

	"nestor/lib/element"
)

// show adds what config-get has of both servers' configurations; class renders a
// class.
func (c *Server) show(v *element.Value, global *scope, class func(*ClientClass) *element.Value) {
	c.NetworkParams.showGlobal(v, global)
	v.Add("option-def", listOfElements(c.sortedDefs(), (*OptionDef).Element))
	v.Add("option-data", optionElements(c.Options))
	if len(c.Classes) > 0 {
		v.Add("client-classes", listOfElements(c.Classes, class))
	}
	c.showService(v)
	c.showNumbers(v)
	c.Meta.show(v)
}

// sortedDefs are the option definitions by space, as Kea keeps them.
func (c *Server) sortedDefs() []*OptionDef {
	defs := slices.Clone(c.optionDefs)
	slices.SortStableFunc(defs, func(a, b *OptionDef) int { return compareSpaces(a.Space, b.Space) })
	return defs
}

func (c *Server) showService(v *element.Value) {
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

func (c *Server) showNumbers(v *element.Value) {
	v.Add("expired-leases-processing", c.Expiration.element())
	v.Add("sanity-checks", c.SanityChecks.element())
	if c.Compat != (Compatibility{}) {
		v.Add("compatibility", c.Compat.element())
	}
	v.Add("decline-probation-period", shownUint(c.DeclineProbationPeriod))
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
func subnetElements[S interface {
	common() *Subnet
	Element() *element.Value
}](subnets []S) *element.Value {
	sorted := slices.Clone(subnets)
	slices.SortStableFunc(sorted, func(a, b S) int { return cmp.Compare(a.common().ID, b.common().ID) })
	return listOfElements(sorted, S.Element)
}
