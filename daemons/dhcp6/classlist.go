package dhcp6

import (
	"math/bits"

	"nestor/lib/classify"
)

// classTable finds classes by their numbers.
type classTable []*class6

func (t *classTable) add(k *class6) {
	for len(*t) <= k.number {
		*t = append(*t, nil)
	}
	(*t)[k.number] = k
}

// of returns the class of a number, nil if it is not configured.
func (t classTable) of(number int) *class6 {
	if number >= len(t) {
		return nil
	}
	return t[number]
}

// classList are classes to evaluate one after another, in configured order.
type classList struct {
	classes []*class6
	index   *classify.Index // of their tests
}

func (l *classList) add(k *class6) { l.classes = append(l.classes, k) }

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
	if x.eval.Trace != nil || x.srv.log.dhcpsrv.Enabled(msgEvalResult) {
		for _, k := range l.classes {
			x.evaluate(k, testMessages)
		}
		return
	}
	x.candidates = l.index.Candidates(&x.eval, x.candidates[:0])
	for w, left := range x.candidates {
		for ; left != 0; left &= left - 1 {
			x.evaluateQuietly(l.classes[w<<6+bits.TrailingZeros64(left)])
		}
	}
}

// evaluateQuietly is evaluate when nobody is to be told of a result, but of errors.
func (x *exchange) evaluateQuietly(k *class6) {
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
