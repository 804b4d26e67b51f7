package dhcp4

import (
	"nestor/lib/classify"
	"nestor/lib/pkt4"
)

// classifyEarly puts the query into the classes that do not depend on its
// subnet: ALL, and the one of its vendor class identifier.
func (x *exchange) classifyEarly() bool {
	x.classes.Add(classify.All)
	if v := x.query.Option(pkt4.OptVendorClass); len(v) > 0 {
		x.className = append(append(x.className[:0], classify.VendorPrefix...), v...)
		if c, ok := x.snap.names.Lookup(x.className); ok {
			x.classes.Add(c)
		}
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClass, x.label(), "DROP")
}

// classifyHost adds KNOWN or UNKNOWN and the classes of the reservation that was
// found, after which DROP is looked at once more.
func (x *exchange) classifyHost() bool {
	known := x.globalHost != nil || len(x.hosts) > 0
	if known {
		x.classes.Add(classify.Known)
	} else {
		x.classes.Add(classify.Unknown)
	}
	if h := x.currentHost(); h != nil {
		for _, c := range x.snap.hostClasses[h] {
			x.classes.Add(c)
		}
	}
	return !x.classes.Has(classify.Drop) || x.drop(msgDropClassHost, x.label(), "DROP")
}
