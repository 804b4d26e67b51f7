package clientclass

import (
	"encoding/hex"

	"nestor/lib/classify"
	"nestor/lib/logging"
)

// report says where to tell what came of a test, and by which messages.
type report struct {
	log           *logging.Logger
	failed, found *logging.Message
}

// evaluateAll adds those of the classes whose expressions hold. Those that cannot
// hold for the query are not looked at, unless somebody is to be told of them.
func (q *Query) evaluateAll(l *classify.List[Class]) {
	if q.trace != nil || q.Eval.Trace != nil || q.log.dhcpsrv.Enabled(msgEvalResult) {
		for _, k := range l.All() {
			q.evaluate(k, q.usual())
		}
		return
	}
	q.candidates = l.Candidates(&q.Eval, q.candidates, q.quietly)
}

// usual is the report about classes that are evaluated in their turn.
func (q *Query) usual() report { return report{q.log.dhcpsrv, msgEvalError, msgEvalResult} }

// evaluateQuietly is evaluate when nobody is to be told of a result, but of errors.
func (q *Query) evaluateQuietly(k *Class) {
	if k.template != nil {
		q.evaluateTemplate(k)
		return
	}
	switch member, err := k.test.Matches(&q.Eval); {
	case err != nil:
		q.evaluate(k, q.usual())
	case member:
		q.Eval.Classes.Add(k.Number)
	}
}

// evaluate adds the class if its expression holds. When the expression cannot be
// evaluated on the query it does not (ARM 15.3).
func (q *Query) evaluate(k *Class, r report) {
	if k.template != nil {
		q.evaluateTemplate(k)
		return
	}
	member, err := k.test.Matches(&q.Eval)
	switch {
	case err != nil:
		r.log.Log(r.failed, q.label(), k.Name, err)
	case r.log.Enabled(r.found):
		r.log.Log(r.found, q.label(), k.Name, member)
	}
	q.trace.evaluated(k, member, err)
	if member {
		q.Eval.Classes.Add(k.Number)
	}
}

// evaluateTemplate adds the class that the template makes of the query, then the
// template itself: the options of the former come first (ARM 15.4.1).
func (q *Query) evaluateTemplate(k *Class) {
	v, err := k.template.Value(&q.Eval)
	switch log := q.log.dhcpsrv; {
	case err != nil:
		log.Log(msgTemplateEvalError, q.label(), k.Name, err)
	case log.Enabled(msgTemplateEvalResult):
		log.Log(msgTemplateEvalResult, q.label(), k.Name, printable(v))
	}
	q.trace.evaluated(k, len(v) > 0, err)
	if len(v) == 0 {
		return
	}
	q.name = append(append(q.name[:0], k.spawn...), v...)
	q.addNamed()
	q.Eval.Classes.Add(k.Number)
}

// printable writes out a value that may be of any bytes.
func printable(v []byte) string {
	for _, c := range v {
		if c < ' ' || c > '~' {
			return "0x" + hex.EncodeToString(v)
		}
	}
	return string(v)
}
