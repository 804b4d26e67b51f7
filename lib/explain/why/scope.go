package why

import (
	"fmt"

	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/lease"
	"nestor/lib/nameupdate"
)

// The names of scopes that others have no part in.
const (
	TheReservation = "the reservation"
	globalScope    = "global scope"
)

// ScopeOf names the scope that a parameter of the subnet which serves the client comes
// from: the innermost that has one of the keywords.
func (t *Trace) ScopeOf(keywords ...string) string {
	has := func(own config.Keywords) bool {
		for _, k := range keywords {
			if own.Has(k) {
				return true
			}
		}
		return false
	}
	s, n := t.exchange.Place()
	switch {
	case s != nil && has(s.Own):
		return "subnet " + s.Text
	case n != nil && has(n.Own):
		return "shared network " + n.Name
	case has(t.exchange.Config().Own):
		return globalScope
	}
	return "the default"
}

// scopeOrClass is ScopeOf, or the class if there is one.
func (t *Trace) scopeOrClass(class int, keywords ...string) string {
	if class == NoClass {
		return t.ScopeOf(keywords...)
	}
	return t.ClassScope(class)
}

// NoClass stands for the subnet where a class could be.
const NoClass = -1

// Lifetime records a lifetime, whose parameter and its bounds are named, of a class or
// of the subnet.
func (t *Trace) Lifetime(d *explain.Decision, l config.Triplet, class int, keyword string) {
	if t != nil {
		t.addLifetime(d, l, class, keyword)
	}
}

func (t *Trace) addLifetime(d *explain.Decision, l config.Triplet, class int, keyword string) {
	t.Add(d, explain.Int("seconds", l.Default), explain.String("shown", secondsText(l.Default)),
		explain.Int("min", l.Min), explain.Int("max", l.Max),
		explain.String("scope", t.scopeOrClass(class, keyword, "min-"+keyword, "max-"+keyword)))
}

// Parameter records a time that is configured by the keyword, in a class or for the
// subnet.
func (t *Trace) Parameter(d *explain.Decision, seconds uint32, class int, keyword string) {
	if t != nil {
		t.addParameter(d, seconds, class, keyword)
	}
}

func (t *Trace) addParameter(d *explain.Decision, seconds uint32, class int, keyword string) {
	t.addSeconds(d, seconds, t.scopeOrClass(class, keyword))
}

// Seconds records a time with the scope that it comes from, "" for that of a client.
func (t *Trace) Seconds(d *explain.Decision, n uint32, scope string) {
	if t != nil {
		t.addSeconds(d, n, scope)
	}
}

func (t *Trace) addSeconds(d *explain.Decision, n uint32, scope string) {
	t.Add(d, explain.Int("seconds", n), explain.String("shown", secondsText(n)), explain.String("scope", scope))
}

func secondsText(n uint32) string {
	if n == lease.InfiniteLifetime {
		return "infinite"
	}
	return fmt.Sprintf("%d s", n)
}

// Timer records T1 or T2 with the scope of the timer, or of the share of the lifetime
// that it is.
func (t *Trace) Timer(d *explain.Decision, n uint32, timer, share string, set bool) {
	if t != nil {
		t.addTimer(d, n, timer, share, set)
	}
}

func (t *Trace) addTimer(d *explain.Decision, n uint32, timer, share string, set bool) {
	keyword := share
	if set {
		keyword = timer
	}
	t.addSeconds(d, n, keyword+" of "+t.ScopeOf(keyword))
}

// AddName records the name that the lease gets; reserved is that of the reservation.
func (t *Trace) AddName(reserved string, stored []byte) {
	if reserved != "" {
		t.addValue(FromReservation, reserved)
	}
	if len(stored) > 0 {
		t.addValue(NameStored, string(stored))
	}
}

// AddUpdates records what the DNS would be asked for.
func (t *Trace) AddUpdates(l *nameupdate.List) {
	for _, w := range l.Wishes() {
		d, entries := NameAdded, "forward and reverse entries"
		if w.Remove {
			d = NameRemoved
		}
		switch {
		case !w.Forward:
			entries = "reverse entries"
		case !w.Reverse:
			entries = "forward entries"
		}
		t.Add(d, explain.String("entries", entries), explain.String("name", w.Name), explain.String("address", w.Addr.String()))
	}
}
