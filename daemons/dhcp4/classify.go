package dhcp4

import (
	"nestor/lib/host"
	"nestor/lib/pkt4"
)

// classifyEarly puts the query into the classes that depend neither on its
// subnet nor on a reservation (ARM 15.1.1, steps 1 to 5).
func (x *exchange) classifyEarly() bool {
	return x.classing.Early(x.typ) || x.drop(msgDropClass, x.label(), "DROP")
}

// addVendorClass adds the class that is named after the vendor class identifier.
func (x *exchange) addVendorClass() {
	if v := x.query.Option(pkt4.OptVendorClass); len(v) > 0 {
		x.classing.AddVendor(v)
	}
}

// classifyEarlyHost adds the classes of the global reservation that was found before
// the subnet is selected.
func (x *exchange) classifyEarlyHost() bool {
	x.unpackPrivate()
	return x.classing.EarlyHost(x.classesOf(x.globalHost)) || x.drop(msgDropClassEarly, x.label(), "DROP")
}

// classifyHost adds the classes of the reservation that was found, or of there being
// none.
func (x *exchange) classifyHost() bool {
	x.unpackPrivate()
	var reserved []int
	if s := x.subnet; s != nil && x.classing.ReservedCount(s.isShared(), s.ReservationsGlobal && x.globalHost != nil) {
		reserved = x.classesOf(x.currentHost())
	}
	known := x.globalHost != nil || len(x.hosts) > 0
	return x.classing.Host(reserved, known) || x.drop(msgDropClassHost, x.label(), "DROP")
}

// classifyServed adds the classes of the reservation in that subnet of a shared
// network which serves the client.
func (x *exchange) classifyServed() {
	if x.subnet.isShared() {
		x.classing.Served(x.classesOf(x.hostOf(x.subnet)))
	}
}

// classifyAdditional evaluates the classes that pool, subnet and shared network
// list for it.
func (x *exchange) classifyAdditional() {
	switch {
	case x.pool != nil:
		x.classing.Additional(x.pool.additional)
	case x.subnet != nil:
		x.classing.Additional(x.subnet.additional)
	}
}

// classesOf are those that a reservation brings; nil brings none.
func (x *exchange) classesOf(h *host.Host) []int {
	switch {
	case h == nil:
		return nil
	case x.databases != nil:
		return x.snap.classesOf(h)
	}
	return x.snap.hostClasses[h]
}
