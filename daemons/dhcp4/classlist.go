package dhcp4

import "nestor/lib/classify"

// classTable finds classes by their numbers, classList are some to evaluate one after
// another.
type (
	classTable = classify.Table[class4]
	classList  = classify.List[class4]
)

// evaluateAll adds those of the classes whose expressions hold. Those that cannot
// hold for the query are not looked at, unless somebody is to be told of them.
func (x *exchange) evaluateAll(l *classList) {
	if x.trace != nil || x.eval.Trace != nil || x.srv.log.dhcpsrv.Enabled(msgEvalResult) {
		for _, k := range l.All() {
			x.evaluate(k, testMessages)
		}
		return
	}
	x.candidates = l.Candidates(&x.eval, x.candidates, x.quietly)
}

// evaluateQuietly is evaluate when nobody is to be told of a result, but of errors.
func (x *exchange) evaluateQuietly(k *class4) {
	if k.template != nil {
		x.evaluateTemplate(k)
		return
	}
	switch member, err := k.test.Matches(&x.eval); {
	case err != nil:
		x.evaluate(k, testMessages)
	case member:
		x.classes.Add(k.number)
	}
}
