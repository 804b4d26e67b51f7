package dhcp4

import (
	"math/bits"

	"nestor/lib/classify"
)

// classList are classes to evaluate one after another, in configured order.
type classList struct {
	classes []*class4
	index   *classify.Index // of their tests
}

func (l *classList) add(k *class4) { l.classes = append(l.classes, k) }

// compile makes the index once all classes are in the list.
func (l *classList) compile() {
	tests := make([]*classify.Test, len(l.classes))
	for i, k := range l.classes {
		tests[i] = k.test
	}
	l.index = classify.NewIndex(tests)
}

// evaluateAll adds those of the classes whose expressions hold. Those that cannot
// hold for the query are not looked at, unless somebody is to be told of them.
func (x *exchange) evaluateAll(l *classList) {
	if x.trace != nil || x.eval.Trace != nil || x.srv.log.dhcpsrv.Enabled(msgEvalResult) {
		for _, k := range l.classes {
			x.evaluate(k, testMessages)
		}
		return
	}
	x.candidates = l.index.Candidates(&x.eval, x.candidates[:0])
	for w, left := range x.candidates {
		for ; left != 0; left &= left - 1 {
			x.evaluate(l.classes[w<<6+bits.TrailingZeros64(left)], testMessages)
		}
	}
}
