package config

import "nestor/lib/element"

// lifetimes are the parts of a triplet that are configured here or further out.
type lifetimes struct{ valid, min, max Opt[uint32] }

// triplet fills in what is missing: a bound that nobody gave is the default.
func (t lifetimes) triplet() Triplet {
	valid := t.valid.Or(uint32(lifetimeKeywords[0].def.(int64)))
	return Triplet{Min: t.min.Or(valid), Default: valid, Max: t.max.Or(valid)}
}

// alone is the triplet of lifetimes that have no default: a missing one is taken
// from the bound that is there. Where there are both, it is not clear which.
func (t lifetimes) alone() (triplet Opt[Triplet], ok bool) {
	switch {
	case t == (lifetimes{}):
		return Opt[Triplet]{}, true
	case t.valid.Set:
	case t.min.Set && t.max.Set:
		return Opt[Triplet]{}, false
	case t.min.Set:
		t.valid = t.min
	default:
		t.valid = t.max
	}
	return Opt[Triplet]{Set: true, V: t.triplet()}, true
}

var (
	lifetimeBits  = bitsOf(lifetimeKeywords)
	preferredBits = bitsOf(preferredKeywords)
)

// checkLifetimes checks that the defaults lie between their bounds, wherever a
// scope sets one of the three; the others it may have from around it.
func (l *loader) checkLifetimes(n node, p *NetworkParams) {
	if p.Own&lifetimeBits != 0 {
		l.checkTriplet(n, "valid-lifetime", p.lifetimes, p.lifetimes.triplet())
	}
	if p.Own&preferredBits != 0 {
		l.checkAlone(n, "preferred-lifetime", p.preferred)
	}
}

// checkAlone is checkTriplet for lifetimes that have no default, and returns them.
func (l *loader) checkAlone(n node, key string, parts lifetimes) Opt[Triplet] {
	t, ok := parts.alone()
	if !ok {
		l.failOn(relyOnLifetimes, n.path, n.v.Pos, "it has min-%s and max-%s: give it a %s too", key, key, key)
	}
	if t.Set {
		l.checkTriplet(n, key, parts, t.V)
	}
	return t
}

// checkTriplet reports a triplet that is out of order; key is that of its default.
func (l *loader) checkTriplet(n node, key string, parts lifetimes, t Triplet) {
	lowest, highest := "min-"+key, "max-"+key
	switch {
	case parts.min.Set && parts.max.Set && t.Min > t.Max:
		l.failOn(relyOnLifetimes, n.at(lowest), n.pos(lowest), "%d is above %s, which is %d", t.Min, highest, t.Max)
	case t.Min > t.Default:
		l.failOn(relyOnLifetimes, n.at(lowest), n.pos(lowest),
			"%d is above the default %s, which is %d: lower it or set %s", t.Min, key, t.Default, key)
	case t.Max < t.Default:
		l.failOn(relyOnLifetimes, n.at(highest), n.pos(highest),
			"%d is below the default %s, which is %d: raise it or set %s", t.Max, key, t.Default, key)
	}
}

// lifetimesOf decodes the triplet of a scope that inherits nothing; key is that of
// its default.
func lifetimesOf(n node, key string) lifetimes {
	read := func(key string) Opt[uint32] {
		if !n.has(key) {
			return Opt[uint32]{}
		}
		return Opt[uint32]{Set: true, V: n.uint32(key)}
	}
	return lifetimes{read(key), read("min-" + key), read("max-" + key)}
}

// showValid shows a part of the valid lifetime.
func showValid(part func(Triplet) uint32) func(*NetworkParams) *element.Value {
	return func(p *NetworkParams) *element.Value { return shownUint(part(p.ValidLifetime)) }
}

func defaultOf(t Triplet) uint32 { return t.Default }
func minimumOf(t Triplet) uint32 { return t.Min }
func maximumOf(t Triplet) uint32 { return t.Max }

// showPreferred shows a part of the preferred lifetime, if there is one.
func showPreferred(part func(Triplet) uint32) func(*NetworkParams) *element.Value {
	return func(p *NetworkParams) *element.Value {
		if !p.PreferredLifetime.Set {
			return nil
		}
		return shownUint(part(p.PreferredLifetime.V))
	}
}

// showLifetimes adds the triplet of a class; key is that of its default.
func showLifetimes(v *element.Value, key string, t Opt[Triplet]) {
	if !t.Set {
		return
	}
	v.Add(key, shownUint(t.V.Default))
	if t.V.Min != t.V.Default {
		v.Add("min-"+key, shownUint(t.V.Min))
	}
	if t.V.Max != t.V.Default {
		v.Add("max-"+key, shownUint(t.V.Max))
	}
}
