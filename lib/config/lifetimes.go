package config

import "nestor/lib/element"

// lifetimes are the parts of a triplet that are configured here or further out.
type lifetimes struct{ valid, min, max Opt[uint32] }

// triplet fills in what is missing: a bound that nobody gave is the default.
func (t lifetimes) triplet() Triplet {
	valid := t.valid.Or(uint32(lifetimeKeywords[0].def.(int64)))
	return Triplet{Min: t.min.Or(valid), Default: valid, Max: t.max.Or(valid)}
}

var lifetimeBits = networkBits["valid-lifetime"] | networkBits["min-valid-lifetime"] | networkBits["max-valid-lifetime"]

// checkLifetimes checks that the default lies between the bounds, wherever a
// scope sets one of the three; the others it may have from around it.
func (l *loader) checkLifetimes(n node, p *NetworkParams) {
	if p.Own&lifetimeBits != 0 {
		l.checkTriplet(n, p.lifetimes)
	}
}

// checkTriplet reports a triplet that is out of order, and whether it is in order.
func (l *loader) checkTriplet(n node, parts lifetimes) bool {
	t := parts.triplet()
	switch {
	case parts.min.Set && parts.max.Set && t.Min > t.Max:
		l.failOn(relyOnLifetimes, n.at("min-valid-lifetime"), n.pos("min-valid-lifetime"),
			"%d is above max-valid-lifetime, which is %d", t.Min, t.Max)
	case t.Min > t.Default:
		l.failOn(relyOnLifetimes, n.at("min-valid-lifetime"), n.pos("min-valid-lifetime"),
			"%d is above the default valid-lifetime, which is %d: lower it or set valid-lifetime", t.Min, t.Default)
	case t.Max < t.Default:
		l.failOn(relyOnLifetimes, n.at("max-valid-lifetime"), n.pos("max-valid-lifetime"),
			"%d is below the default valid-lifetime, which is %d: raise it or set valid-lifetime", t.Max, t.Default)
	default:
		return true
	}
	return false
}

func showValid(p *NetworkParams) *element.Value {
	return element.NewInt(int64(p.ValidLifetime.Default))
}

func showMinValid(p *NetworkParams) *element.Value {
	return element.NewInt(int64(p.ValidLifetime.Min))
}

func showMaxValid(p *NetworkParams) *element.Value {
	return element.NewInt(int64(p.ValidLifetime.Max))
}
