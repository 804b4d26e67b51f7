package dhcp4

import (
	"nestor/lib/classify"
	"nestor/lib/host"
	"nestor/lib/pkt4"
)

// classifyEarly puts the query into the classes that depend neither on its
// subnet nor on a reservation (ARM 15.1.1, steps 1 to 5).
func (x *exchange) classifyEarly() bool {
	x.builtInClasses()
	x.evaluateAll(&x.snap.early)
	if log := x.srv.log.dhcp4; log.Enabled(msgClassesEarly) {
		log.Log(msgClassesEarly, x.label(), messageName(x.typ), x.classNames())
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClass, x.label(), "DROP")
}

// builtInClasses adds ALL, and the class of the vendor class identifier.
func (x *exchange) builtInClasses() {
	x.classes.Add(classify.All)
	x.trace.class(whyBuiltIn, classify.All)
	if v := x.query.Option(pkt4.OptVendorClass); len(v) > 0 {
		x.className = append(append(x.className[:0], classify.VendorPrefix...), v...)
		x.addNamed()
	}
}

// addNamed adds the class whose name is in className. One that the configuration
// does not mention has no effect and is left out.
func (x *exchange) addNamed() {
	c, ok := x.snap.names.Lookup(x.className)
	x.trace.named(x.className, ok)
	if ok {
		x.classes.Add(c)
	}
}

// classifyEarlyHost adds the classes of the global reservation that was found before
// the subnet is selected, KNOWN, and the classes that depend on these. The subnet
// can then be selected by any of them.
func (x *exchange) classifyEarlyHost() bool {
	x.unpackPrivate()
	x.addReserved(x.globalHost)
	x.earlyHost = true
	x.classes.Add(classify.Known)
	x.trace.class(whyKnown, classify.Known)
	x.evaluateAll(&x.snap.late)
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClassEarly, x.label(), "DROP")
}

// classifyHost adds the classes of the reservation that was found, KNOWN or
// UNKNOWN, and the classes that depend on these, after which DROP is looked at
// once more.
func (x *exchange) classifyHost() bool {
	x.unpackPrivate()
	if x.reservedClassesCount() {
		x.addReserved(x.currentHost())
	}
	if x.globalHost != nil || len(x.hosts) > 0 {
		x.classes.Add(classify.Known)
		x.trace.class(whyKnown, classify.Known)
	} else {
		x.classes.Add(classify.Unknown)
		x.trace.class(whyUnknown, classify.Unknown)
	}
	x.evaluateAll(&x.snap.late)
	if log := x.srv.log.dhcp4; log.Enabled(msgClassesLate) {
		log.Log(msgClassesLate, x.label(), x.classNames())
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClassHost, x.label(), "DROP")
}

// reservedClassesCount reports whether the classes of the client's reservation count
// as soon as it is found. In a shared network, where the subnet may still change,
// they do if the lookup has found a global one (seen of Kea, ARM 8.3.11).
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
func (x *exchange) addReserved(h *host.Host) {
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
	x.trace.note(whyAgain)
	x.evaluateAll(&x.snap.early)
}

// addHostClasses adds the classes that a reservation names.
func (x *exchange) addHostClasses(h *host.Host) {
	for _, c := range x.snap.hostClasses[h] {
		x.classes.Add(c)
		x.trace.class(whyReservedClass, c)
	}
}

// classifyServed adds the classes of the reservation in that subnet of a shared
// network which serves the client, where they did not count before. They stand
// behind all others, and no class is evaluated anew (seen of Kea).
func (x *exchange) classifyServed() {
	if !x.subnet.isShared() {
		return
	}
	if h := x.hostOf(x.subnet); h != nil {
		x.addHostClasses(h)
	}
}

// classifyAdditional evaluates the classes that pool, subnet and shared network
// list for it. Each comes behind those that the query has. One without an
// expression is added as it is.
func (x *exchange) classifyAdditional() {
	var classes []int
	switch {
	case x.pool != nil:
		classes = x.pool.additional
	case x.subnet != nil:
		classes = x.subnet.additional
	}
	for _, c := range classes {
		k := x.snap.byClass.Of(c)
		switch {
		case k == nil:
			if log := x.srv.log.dhcp4; log.Enabled(msgAdditionalUndefined) {
				log.Log(msgAdditionalUndefined, x.snap.names.Name(c))
			}
		case k.test == nil && k.template == nil:
			if log := x.srv.log.dhcp4; log.Enabled(msgAdditionalNoTest) {
				log.Log(msgAdditionalNoTest, k.Name)
			}
			x.classes.Add(c)
			x.trace.class(whyUntested, c)
		default:
			x.evaluate(k, additionalMessages)
		}
	}
}
