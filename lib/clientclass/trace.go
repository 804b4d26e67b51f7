package clientclass

import (
	"nestor/lib/classify/evallog"
	"nestor/lib/explain"
)

// The decisions about classes that an explanation tells of. Their keys are relied upon
// by programs.
var (
	whyBuiltIn       = &explain.Decision{Step: explain.Classes, Key: "class-built-in", Text: "{class}: every query is a member"}
	whyNamed         = &explain.Decision{Step: explain.Classes, Key: "class-named", Text: "{class}: member, by the value in the query that it is named after"}
	whyUnmentioned   = &explain.Decision{Step: explain.Classes, Key: "class-unmentioned", Text: "{class}: of no effect, the configuration does not mention it"}
	whyTestTrue      = &explain.Decision{Step: explain.Classes, Key: "class-test-true", Text: "{class}: member, the test holds: {test}"}
	whyTestFalse     = &explain.Decision{Step: explain.Classes, Key: "class-test-false", Text: "{class}: not a member, the test does not hold: {test}"}
	whyTestFails     = &explain.Decision{Step: explain.Classes, Key: "class-test-fails", Text: "{class}: not a member, the expression {test} cannot be evaluated: {error}"}
	whyTemplate      = &explain.Decision{Step: explain.Classes, Key: "class-template", Text: "{class}: member, the template gives a value: {test}"}
	whyTemplateEmpty = &explain.Decision{Step: explain.Classes, Key: "class-template-empty", Text: "{class}: not a member, the template gives nothing: {test}"}
	whyReservedClass = &explain.Decision{Step: explain.Classes, Key: "class-reserved", Text: "{class}: member, by its reservation"}
	whyAgain         = &explain.Decision{Step: explain.Classes, Key: "classes-again", Text: "the reservation brings classes: those that depend on nothing but the query are evaluated again, behind them"}
	whyKnown         = &explain.Decision{Step: explain.Classes, Key: "class-known", Text: "{class}: member, the client has a reservation"}
	whyUnknown       = &explain.Decision{Step: explain.Classes, Key: "class-unknown", Text: "{class}: member, the client has no reservation"}
	whyUntested      = &explain.Decision{Step: explain.Classes, Key: "class-additional", Text: "{class}: member, it has no test and is listed for additional evaluation where the client is served"}
	whyNotListed     = &explain.Decision{Step: explain.Classes, Key: "class-not-listed", Text: "{class}: not evaluated, only-in-additional-list is set and nothing that serves the client lists it"}
	whyNoTest        = &explain.Decision{Step: explain.Classes, Key: "class-no-test", Text: "{class}: not a member, it has no test and no reservation of the client names it"}
	whyTooLate       = &explain.Decision{Step: explain.Classes, Key: "class-not-reached", Text: "{class}: not evaluated, the query did not get so far"}
)

// Trace is the account of a query that is explained, of which this package adds what
// is said about classes. Of queries from the network it is nil, and each of its methods
// costs a comparison: the first one of each pair below is inlined and evaluates nothing.
type Trace struct {
	explain.Trace
	classes *Classes
	// evaluation is what the expressions evaluated so far did since the last class.
	evaluation []string
	told       map[int]bool // classes that there is a decision about
}

// Explain makes t the account of the query in work. It comes after Begin.
func (q *Query) Explain(t *Trace) {
	q.trace = t
	t.classes, t.told = q.classes, map[int]bool{}
	q.Eval.Trace = evallog.Collect(func(line string) { t.evaluation = append(t.evaluation, line) })
}

func (t *Trace) note(d *explain.Decision) {
	if t != nil {
		t.Add(d)
	}
}

// class records that the client is or is not in a class.
func (t *Trace) class(d *explain.Decision, number int) {
	if t != nil {
		t.addClass(d, number)
	}
}

func (t *Trace) addClass(d *explain.Decision, number int) {
	t.told[number] = true
	fields := []explain.Field{explain.String("class", t.classes.names.Name(number))}
	if k := t.classes.byNumber.Of(number); k != nil {
		if text := k.Test + k.TemplateTest; text != "" {
			fields = append(fields, explain.String("test", text))
		}
	}
	t.Add(d, fields...)
}

// evaluated records what came of the test of a class.
func (t *Trace) evaluated(k *Class, member bool, err error) {
	if t != nil {
		t.addEvaluated(k, member, err)
	}
}

func (t *Trace) addEvaluated(k *Class, member bool, err error) {
	t.told[k.Number] = true
	d, reason := whyTestFalse, ""
	switch {
	case err != nil:
		d, reason = whyTestFails, err.Error()
	case member && k.template != nil:
		d = whyTemplate
	case member:
		d = whyTestTrue
	case k.template != nil:
		d = whyTemplateEmpty
	}
	t.Add(d, explain.String("class", k.Name), explain.String("test", k.Test+k.TemplateTest),
		explain.String("error", reason), explain.Details(t.evaluation))
	t.evaluation = nil
}

// named records a class whose name was made of what the query says.
func (t *Trace) named(name []byte, known bool) {
	if t != nil {
		t.addNamed(name, known)
	}
}

func (t *Trace) addNamed(name []byte, known bool) {
	d := whyUnmentioned
	if known {
		d = whyNamed
		c, _ := t.classes.names.Lookup(name)
		t.told[c] = true
	}
	t.Add(d, explain.String("class", string(name)))
}

// OtherClasses records, when the query is done with, why classes that nothing was told
// of are not the client's.
func (t *Trace) OtherClasses() {
	for _, k := range t.classes.all {
		switch {
		case t.told[k.Number]:
		case !k.hasTest():
			t.addClass(whyNoTest, k.Number)
		case k.OnlyIfRequired:
			t.addClass(whyNotListed, k.Number)
		default:
			t.addClass(whyTooLate, k.Number)
		}
	}
}

// ClassScope names a class as the scope that something comes from.
func (t *Trace) ClassScope(number int) string { return "client class " + t.classes.names.Name(number) }
