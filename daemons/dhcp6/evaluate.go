package dhcp6

import (
	"encoding/hex"

	"nestor/lib/logging"
)

// evaluationMessages tell what came of a test.
type evaluationMessages struct {
	logger        func(*loggers) *logging.Logger
	failed, found *logging.Message
}

var (
	testMessages = &evaluationMessages{
		func(l *loggers) *logging.Logger { return l.dhcpsrv }, msgEvalError, msgEvalResult}
	additionalMessages = &evaluationMessages{
		func(l *loggers) *logging.Logger { return l.dhcp6 }, msgAdditionalEvalError, msgAdditionalEvalResult}
)

// evaluate adds the class if its expression holds. When the expression cannot be
// evaluated on the query it does not (ARM 15.3).
func (x *exchange) evaluate(k *class6, m *evaluationMessages) {
	if k.template != nil {
		x.evaluateTemplate(k)
		return
	}
	member, err := k.test.Matches(&x.eval)
	log := m.logger(&x.srv.log)
	switch {
	case err != nil:
		log.Log(m.failed, x.label(), k.Name, err)
	case log.Enabled(m.found):
		log.Log(m.found, x.label(), k.Name, member)
	}
	if member {
		x.classes.Add(k.number)
	}
}

// evaluateTemplate adds the class that the template makes of the query, then the
// template itself: the options of the former come first (ARM 15.4.1).
func (x *exchange) evaluateTemplate(k *class6) {
	v, err := k.template.Value(&x.eval)
	log := x.srv.log.dhcpsrv
	switch {
	case err != nil:
		log.Log(msgTemplateEvalError, x.label(), k.Name, err)
	case log.Enabled(msgTemplateEvalResult):
		log.Log(msgTemplateEvalResult, x.label(), k.Name, printable(v))
	}
	if len(v) == 0 {
		return
	}
	x.className = append(append(x.className[:0], k.spawn...), v...)
	x.addNamed()
	x.classes.Add(k.number)
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
