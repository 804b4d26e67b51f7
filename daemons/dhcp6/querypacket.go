package dhcp6

import "nestor/lib/classify/evallog"

// beginClasses makes ready for evaluating the expressions of classes on a query.
func (x *exchange) beginClasses() {
	x.classes.Reset()
	x.eval.Begin()
	x.eval.Trace = nil
	if evallog.Enabled(x.srv.log.eval) {
		x.eval.Trace = evallog.Trace(x.srv.log.eval, x.label)
	}
	q := &x.asked
	q.Definitions = x.snap.cfg.Definitions
	q.Interface = x.interfaceName()
	q.Src, q.Dst = ip6(x.in.Src), ip6(x.in.Dst)
}
