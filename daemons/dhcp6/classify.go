package dhcp6

import (
	"encoding/binary"

	"nestor/lib/classify"
	"nestor/lib/host"
	"nestor/lib/pkt6"
)

// classifyEarly puts the query into the classes that depend neither on its
// subnet nor on a reservation (ARM 15.1.1, steps 1 to 5).
func (x *exchange) classifyEarly() bool {
	x.builtInClasses()
	x.evaluateAll(&x.snap.early)
	if log := x.srv.log.dhcp6; log.Enabled(msgClassesEarly) {
		log.Log(msgClassesEarly, x.label(), messageName(x.typ), x.classNames())
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClass, x.label(), "DROP")
}

// builtInClasses adds ALL, and the class of each vendor class: its first text, the
// enterprise number does not matter (ARM 9.2.23).
func (x *exchange) builtInClasses() {
	x.classes.Add(classify.All)
	for content := range x.query.Instances(pkt6.OptVendorClass) {
		if v := firstText(content); len(v) > 0 {
			x.className = append(append(x.className[:0], classify.VendorPrefix...), v...)
			x.addNamed()
		}
	}
}

// firstText is the first text behind the enterprise number of a vendor class, nil if
// there is no whole one.
func firstText(content []byte) []byte {
	const number, length = 4, 2
	if len(content) < number+length {
		return nil
	}
	n := int(binary.BigEndian.Uint16(content[number:]))
	if len(content) < number+length+n {
		return nil
	}
	return content[number+length:][:n]
}

// addNamed adds the class whose name is in className. One that the configuration
// does not mention has no effect and is left out.
func (x *exchange) addNamed() {
	if c, ok := x.snap.names.Lookup(x.className); ok {
		x.classes.Add(c)
	}
}

// classifyEarlyHost adds the classes of the global reservation that was found before
// the subnet is selected, KNOWN, and the classes that depend on these. The subnet
// can then be selected by any of them.
func (x *exchange) classifyEarlyHost() bool {
	x.addReserved(x.globalHost)
	x.earlyHost = true
	x.classes.Add(classify.Known)
	x.evaluateAll(&x.snap.late)
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClassEarly, x.label(), "DROP")
}

// classifyHost adds the classes of the reservation that was found, KNOWN or
// UNKNOWN, and the classes that depend on these, after which DROP is looked at
// once more.
func (x *exchange) classifyHost() bool {
	if x.reservedClassesCount() {
		x.addReserved(x.currentHost())
	}
	if x.reserved() {
		x.classes.Add(classify.Known)
	} else {
		x.classes.Add(classify.Unknown)
	}
	x.evaluateAll(&x.snap.late)
	if log := x.srv.log.dhcp6; log.Enabled(msgClassesLate) {
		log.Log(msgClassesLate, x.label(), x.classNames())
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClassHost, x.label(), "DROP")
}

// reservedClassesCount reports whether the classes of the client's reservation count
// as soon as it is found. In a shared network, where the subnet may still change,
// they do if the lookup has found a global one (ARM 9.3.10).
func (x *exchange) reservedClassesCount() bool {
	switch s := x.subnet; {
	case s == nil:
		return false
	case s.isShared():
		return s.ReservationsGlobal && x.globalHost != nil && !x.earlyHost
	}
	return true
}

// addReserved puts the classes of a reservation before the configured ones, which
// are evaluated anew: their expressions may ask for the reserved ones.
func (x *exchange) addReserved(h *host.Host6) {
	if h == nil || len(x.snap.hostClasses[h]) == 0 {
		return
	}
	x.classes.Reset()
	x.builtInClasses()
	if x.earlyHost {
		x.addHostClasses(x.globalHost)
		x.classes.Add(classify.Known)
	}
	x.addHostClasses(h)
	x.evaluateAll(&x.snap.early)
}

// addHostClasses adds the classes that a reservation names.
func (x *exchange) addHostClasses(h *host.Host6) {
	for _, c := range x.snap.hostClasses[h] {
		x.classes.Add(c)
	}
}

// classifyServed adds the classes of the reservation in that subnet of a shared
// network which serves the client, where they did not count before. They stand
// behind all others, and no class is evaluated anew.
func (x *exchange) classifyServed() {
	if x.subnet == nil || !x.subnet.isShared() {
		return
	}
	if h := x.hostOf(x.subnet); h != nil {
		x.addHostClasses(h)
	}
}

// classifyAdditional evaluates the classes that the pools which gave leases, the
// subnet and the shared network list for it. Each comes behind those that the query
// has. One without an expression is added as it is.
func (x *exchange) classifyAdditional() {
	if x.subnet == nil {
		return
	}
	for i := range x.granted {
		if p := x.granted[i].pool; p != nil {
			x.addAdditional(p.additional)
		}
	}
	x.addAdditional(x.subnet.additional)
}

func (x *exchange) addAdditional(classes []int) {
	for _, c := range classes {
		k := x.snap.byClass.Of(c)
		switch {
		case k == nil:
			if log := x.srv.log.dhcp6; log.Enabled(msgAdditionalUndefined) {
				log.Log(msgAdditionalUndefined, x.snap.names.Name(c))
			}
		case k.test == nil && k.template == nil:
			if log := x.srv.log.dhcp6; log.Enabled(msgAdditionalNoTest) {
				log.Log(msgAdditionalNoTest, k.Name)
			}
			x.classes.Add(c)
		default:
			x.evaluate(k, additionalMessages)
		}
	}
}
