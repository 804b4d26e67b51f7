package dhcp6

import (
	"nestor/lib/config"
	"nestor/lib/explain/why"
	"nestor/lib/host"
	"nestor/lib/host/sqlhost"
	"nestor/lib/optionset"
)

// LooksAhead reports whether reservations are looked up in databases.
func (st *state) LooksAhead() bool { return len(st.hosts.Stores) > 0 }

// hostLookups finds the reservations of a batch in databases.
type hostLookups struct {
	batch sqlhost.Batch6
	ids   []host.Identifier
}

// Ahead asks the databases for the reservations of all clients of a batch.
func (k *hostLookups) Ahead(st *state, decoded []*exchange) {
	k.batch.Begin(st.snap.hosts, st.hosts.Stores, st.snap.cfg.Fragment(config.Options{}))
	k.ids = k.ids[:0]
	for _, x := range decoded {
		x.databases, x.reservations = &k.batch, &k.batch
		k.ids = x.appendIdentifiers(k.ids)
	}
	k.batch.Fetch(k.ids)
	clear(k.ids)
}

// prepareAlone runs the steps before Process for a query that is in no batch.
func (x *exchange) prepareAlone(st *state) bool {
	if !x.Decode() {
		return false
	}
	if st.LooksAhead() {
		new(hostLookups).Ahead(st, []*exchange{x})
	}
	return x.Prepare(nil)
}

// reservationsKnown reports whether all look-ups so far have an answer. A query that
// rests on one without is dropped: what it would get may belong to another.
func (x *exchange) reservationsKnown() bool {
	if x.databases == nil {
		return true
	}
	err := x.databases.Failure()
	if err == nil {
		return true
	}
	x.srv.stats.ReceiveDrop.Add(1, x.now)
	x.srv.hostsFail.Log(x.label(), err)
	x.trace.Message(why.Dropped, msgHostsFail, []any{x.label(), err})
	return false
}

// hostOptions are those that a reservation brings.
func (x *exchange) hostOptions(h *host.Host6) optionChain {
	if c, there := x.snap.hostOptions[h]; there || x.databases == nil || len(h.Options) == 0 {
		return c
	}
	known := optionset.ForKnown(x.snap.names, h.Options)
	return x.snap.compileOptions(known, nil)
}

// classesOf are the classes that a reservation names, in or outside of the
// configuration; those that this does not mention have no effect.
func (s *snapshot) classesOf(h *host.Host6) []int {
	if numbers, there := s.hostClasses[h]; there {
		return numbers
	}
	return s.names.Known(h.ClientClasses)
}
