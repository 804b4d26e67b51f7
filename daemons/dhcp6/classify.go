package dhcp6

import (
	"encoding/binary"

	"nestor/lib/host"
	"nestor/lib/pkt6"
)

// classifyEarly puts the query into the classes that depend neither on its
// subnet nor on a reservation (ARM 15.1.1, steps 1 to 5).
func (x *exchange) classifyEarly() bool {
	return x.classing.Early(x.typ) || x.drop(msgDropClass, x.label(), "DROP")
}

// addVendorClasses adds the class that is named after each vendor class: its first
// text, the enterprise number does not matter (ARM 9.2.23).
func (x *exchange) addVendorClasses() {
	lenient := x.snap.cfg.Compat.LenientOptionParsing
	for content := range x.query.Instances(pkt6.OptVendorClass) {
		if v := firstText(content, lenient); len(v) > 0 {
			x.classing.AddVendor(v)
		}
	}
}

// firstText is the first text behind the enterprise number of a vendor class, nil if
// there is none or one of the texts counts more bytes than there are. Lenient, a text
// is then what is left.
func firstText(content []byte, lenient bool) (first []byte) {
	const number, length = 4, 2
	if len(content) < number {
		return nil
	}
	for rest := content[number:]; len(rest) > 0; {
		if len(rest) < length {
			return nil
		}
		n := int(binary.BigEndian.Uint16(rest))
		rest = rest[length:]
		if n > len(rest) && !lenient {
			return nil
		}
		n = min(n, len(rest))
		if first == nil {
			first = rest[:n]
		}
		if rest = rest[n:]; lenient {
			break
		}
	}
	return first
}

// classifyEarlyHost adds the classes of the global reservation that was found before
// the subnet is selected.
func (x *exchange) classifyEarlyHost() bool {
	return x.classing.EarlyHost(x.classesOf(x.globalHost)) || x.drop(msgDropClassEarly, x.label(), "DROP")
}

// classifyHost adds the classes of the reservation that was found, or of there being
// none.
func (x *exchange) classifyHost() bool {
	var reserved []int
	if s := x.subnet; s != nil && x.classing.ReservedCount(s.isShared(), s.ReservationsGlobal && x.globalHost != nil) {
		reserved = x.classesOf(x.currentHost())
	}
	return x.classing.Host(reserved, x.reserved()) || x.drop(msgDropClassHost, x.label(), "DROP")
}

// classifyServed adds the classes of the reservation in that subnet of a shared
// network which serves the client.
func (x *exchange) classifyServed() {
	if x.subnet != nil && x.subnet.isShared() {
		x.classing.Served(x.classesOf(x.hostOf(x.subnet)))
	}
}

// classifyAdditional evaluates the classes that the pools which gave leases, the
// subnet and the shared network list for it.
func (x *exchange) classifyAdditional() {
	if x.subnet == nil {
		return
	}
	for i := range x.granted {
		if p := x.granted[i].pool; p != nil {
			x.classing.Additional(p.additional)
		}
	}
	x.classing.Additional(x.subnet.additional)
}

// classesOf are those that a reservation brings; nil brings none.
func (x *exchange) classesOf(h *host.Host6) []int {
	switch {
	case h == nil:
		return nil
	case x.databases != nil:
		return x.snap.classesOf(h)
	}
	return x.snap.hostClasses[h]
}
