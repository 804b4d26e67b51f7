package clientclass

import (
	"strings"

	"nestor/lib/classify"
	"nestor/lib/classify/evallog"
)

// Query puts one query after another into its classes. Init comes first, Begin before
// each query; then the steps Early, EarlyHost if the client is looked up before its
// subnet is selected, Host, Served and Additional, in this order. A Query belongs to
// one goroutine.
type Query struct {
	// Eval evaluates the expressions. Its Packet and Classes are those of the query.
	Eval classify.Evaluator

	classes *Classes
	log     *Log
	trace   *Trace // of an explanation, else nil
	label   func() string
	named   func() // adds the classes that are named after values in the query
	quietly func(*Class)

	hadEarly  bool  // a reservation was found before the subnet was selected
	earlyHost []int // the classes that it brought

	// Scratch space, kept so that it is allocated once.
	name       []byte
	candidates []uint64
}

// Init makes q put queries into set. packet is the query in work as expressions see
// it, label names it in the log, and named calls AddVendor for what it says of its
// vendor.
func (q *Query) Init(set *classify.Set, packet classify.Packet, label func() string, named func()) {
	q.Eval = classify.Evaluator{Packet: packet, Classes: set}
	q.label, q.named, q.quietly = label, named, q.evaluateQuietly
}

// Begin makes q ready for a query, which is in no class.
func (q *Query) Begin(cs *Classes, log *Log) {
	q.classes, q.log = cs, log
	q.hadEarly, q.earlyHost = false, nil
	q.Eval.Classes.Reset()
	q.Eval.Begin()
	q.Eval.Trace = nil
	if evallog.Enabled(log.eval) {
		q.Eval.Trace = evallog.Trace(log.eval, q.label)
	}
}

// Early puts the query into the classes that depend neither on its subnet nor on a
// reservation (ARM 15.1.1, steps 1 to 5). typ is that of its message. Like the steps
// after it, it returns false if the query is a member of DROP.
func (q *Query) Early(typ byte) bool {
	q.builtIn()
	q.evaluateAll(&q.classes.early)
	if m := q.log.early; q.log.root.Enabled(m) {
		q.log.root.Log(m, q.label(), q.log.messageName(typ), q.Names())
	}
	return !q.Eval.Classes.Has(classify.Drop)
}

// builtIn adds ALL, and the classes that are named after values in the query.
func (q *Query) builtIn() {
	q.Eval.Classes.Add(classify.All)
	q.trace.class(whyBuiltIn, classify.All)
	q.named()
}

// AddVendor adds the class that is named after what the query says of its vendor.
func (q *Query) AddVendor(value []byte) {
	q.name = append(append(q.name[:0], classify.VendorPrefix...), value...)
	q.addNamed()
}

// addNamed adds the class whose name is in q.name. One that the configuration does
// not mention has no effect and is left out.
func (q *Query) addNamed() {
	c, ok := q.classes.names.Lookup(q.name)
	q.trace.named(q.name, ok)
	if ok {
		q.Eval.Classes.Add(c)
	}
}

// EarlyHost adds the classes of the global reservation that was found before the
// subnet is selected, KNOWN, and the classes that depend on these. The subnet can then
// be selected by any of them.
func (q *Query) EarlyHost(reserved []int) bool {
	q.addReserved(reserved)
	q.hadEarly, q.earlyHost = true, reserved
	q.addKnown()
	q.evaluateAll(&q.classes.late)
	return !q.Eval.Classes.Has(classify.Drop)
}

// ReservedCount reports whether the classes of the client's reservation count as soon
// as it is found. In a shared network, where the subnet may still change, they do if
// the lookup has found a global one and such count (seen of Kea, ARM 8.3.11, 9.3.10).
func (q *Query) ReservedCount(shared, global bool) bool {
	return !shared || global && !q.hadEarly
}

// Host adds the classes that the client's reservation brings, KNOWN or UNKNOWN, and
// the classes that depend on these, after which DROP is looked at once more.
func (q *Query) Host(reserved []int, known bool) bool {
	q.addReserved(reserved)
	if known {
		q.addKnown()
	} else {
		q.Eval.Classes.Add(classify.Unknown)
		q.trace.class(whyUnknown, classify.Unknown)
	}
	q.evaluateAll(&q.classes.late)
	if m := q.log.late; q.log.root.Enabled(m) {
		q.log.root.Log(m, q.label(), q.Names())
	}
	return !q.Eval.Classes.Has(classify.Drop)
}

func (q *Query) addKnown() {
	q.Eval.Classes.Add(classify.Known)
	q.trace.class(whyKnown, classify.Known)
}

// addReserved puts the classes of a reservation before the configured ones, which are
// evaluated anew: their expressions may ask for the reserved ones.
func (q *Query) addReserved(reserved []int) {
	if len(reserved) == 0 {
		return
	}
	q.Eval.Classes.Reset()
	q.builtIn()
	if q.hadEarly {
		q.addAll(q.earlyHost)
		q.Eval.Classes.Add(classify.Known)
	}
	q.addAll(reserved)
	q.trace.note(whyAgain)
	q.evaluateAll(&q.classes.early)
}

// addAll adds the classes that a reservation names.
func (q *Query) addAll(reserved []int) {
	for _, c := range reserved {
		q.Eval.Classes.Add(c)
		q.trace.class(whyReservedClass, c)
	}
}

// Served adds the classes of the reservation in that subnet of a shared network which
// serves the client, where they did not count before. They stand behind all others,
// and no class is evaluated anew (seen of Kea).
func (q *Query) Served(reserved []int) { q.addAll(reserved) }

// Additional evaluates classes that are listed where the client is served. Each comes
// behind those that the query has. One without an expression is added as it is.
func (q *Query) Additional(classes []int) {
	for _, c := range classes {
		k := q.classes.byNumber.Of(c)
		switch log := q.log.root; {
		case k == nil:
			if m := q.log.additionalUndefined; log.Enabled(m) {
				log.Log(m, q.classes.names.Name(c))
			}
		case !k.hasTest():
			if m := q.log.additionalNoTest; log.Enabled(m) {
				log.Log(m, k.Name)
			}
			q.Eval.Classes.Add(c)
			q.trace.class(whyUntested, c)
		default:
			q.evaluate(k, report{log, q.log.additionalError, q.log.additionalHit})
		}
	}
}

// Names lists the classes of the query for a person.
func (q *Query) Names() string {
	var names []string
	for _, c := range q.Eval.Classes.Ordered() {
		names = append(names, q.classes.names.Name(c))
	}
	return strings.Join(names, ", ")
}
