// Package lifetime owns what the lifetimes of a scope's configuration mean for one
// lease: how long it is, when its client is to renew it, and whether it is fresh
// enough to be answered as it stands. It serves DHCPv4 and DHCPv6. All times are in
// seconds.
package lifetime

import (
	"math"

	"nestor/lib/config"
)

// Bound is the lifetime for a client that asks for one: what it asks for within
// the bounds; 0 stands for a client that does not ask.
func Bound(t config.Triplet, asked uint32) uint32 {
	if asked == 0 {
		return t.Default
	}
	return min(max(asked, t.Min), t.Max)
}

// T1 is when a lease of the given lifetime is to be renewed: as configured, else
// calculated if that is asked for (ARM 8.2.1, 9.2.18); ok is false when neither is.
func T1(p *config.NetworkParams, lifetime uint32) (t uint32, ok bool) {
	return tee(p.RenewTimer, p.CalculateTee, p.T1Percent, lifetime)
}

// T2 is T1 for the time when it is to be rebound.
func T2(p *config.NetworkParams, lifetime uint32) (t uint32, ok bool) {
	return tee(p.RebindTimer, p.CalculateTee, p.T2Percent, lifetime)
}

func tee(configured config.Opt[uint32], calculate bool, share float64, lifetime uint32) (uint32, bool) {
	switch {
	case configured.Set:
		return configured.V, true
	case calculate:
		return uint32(math.Round(share * float64(lifetime))), true
	}
	return 0, false
}

// Fresh reports whether a lease of that age and lifetime, which is not infinite, is
// answered as it stands (lease caching, ARM 8.2.32 and 9.2.30).
func Fresh(p *config.NetworkParams, age int64, lifetime uint32) bool {
	if !p.CacheThreshold.Set && !p.CacheMaxAge.Set || age < 0 || age >= int64(lifetime) {
		return false
	}
	if p.CacheMaxAge.Set && (p.CacheMaxAge.V == 0 || age > int64(p.CacheMaxAge.V)) {
		return false
	}
	if t := p.CacheThreshold; t.Set && (t.V <= 0 || t.V > 1 || float64(age) > float64(lifetime)*t.V) {
		return false
	}
	return true
}
