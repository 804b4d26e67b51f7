package dhcp6

// beginClasses makes ready for evaluating the expressions of classes on a query.
func (x *exchange) beginClasses() {
	x.classing.Begin(x.snap.classes, &x.srv.log.classes)
	q := &x.asked
	q.Definitions = x.snap.cfg.Definitions
	q.Interface = x.interfaceName()
	q.Src, q.Dst = ip6(x.in.Src), ip6(x.in.Dst)
}
