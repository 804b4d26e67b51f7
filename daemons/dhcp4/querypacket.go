package dhcp4

import (
	"nestor/lib/classify/query4"
	"nestor/lib/logging"
	"nestor/lib/option"
	"nestor/lib/pkt4"
)

// beginClasses makes ready for evaluating the expressions of classes on a query.
func (x *exchange) beginClasses() {
	x.classing.Begin(x.snap.classes, &x.srv.log.classes)
	q := &x.asked
	q.Definitions, q.Texts, q.Private = x.snap.cfg.Definitions, &x.snap.texts, nil
	q.Interface = x.interfaceName()
	q.Src, q.Dst = x.in.Src, x.in.Dst
}

// unpackPrivate takes option 43 and the private ones apart, now that the query has
// the classes that define them (ARM 8.2.12).
func (x *exchange) unpackPrivate() {
	x.asked.Private = x.private
	x.classing.Eval.Begin()
	if log := x.srv.log.options; log.Enabled(msgUnpackFail) {
		x.logNotUnpacked(log)
	}
}

// logNotUnpacked tells of private options that are not as their definitions have
// them, so that they are left as they are.
func (x *exchange) logNotUnpacked(log *logging.Logger) {
	for code := uint16(1); code < pkt4.OptEnd; code++ {
		if !query4.IsPrivate(code) || !x.query.Has(byte(code)) {
			continue
		}
		defs := x.privateDefinitions(code)
		if d := defs.ByCode(option.Space4, uint32(code)); d != nil {
			if err := defs.CheckReceived(d, x.query.Option(byte(code))); err != nil {
				log.Log(msgUnpackFail, x.label(), code, err)
			}
		}
	}
}

// privateDefinitions are those of the first class of the query that defines the
// option, else the global ones.
func (x *exchange) privateDefinitions(code uint16) *option.Definitions {
	for _, c := range x.classes.Ordered() {
		if k := x.snap.byClass.Of(c); k != nil && k.defines(code) {
			return k.defs
		}
	}
	return x.snap.cfg.Definitions
}

// defines reports whether the class has a definition of its own for the option.
func (k *class4) defines(code uint16) bool {
	for _, d := range k.OptionDefs {
		if d.Space == option.Space4 && d.Code == uint32(code) {
			return true
		}
	}
	return false
}
