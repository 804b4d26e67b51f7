package config

import (
	"net/netip"

	"nestor/lib/element"
)

// Keywords is a set of the parameters of NetworkParams: those that a scope has
// of its own, as against those it took from around it. The zero value is empty.
type Keywords uint64

// Has reports whether the parameter with that keyword is in the set. A keyword
// that is none of NetworkParams is in no set.
func (k Keywords) Has(keyword string) bool {
	bit, ok := networkBits[keyword]
	return ok && k&bit != 0
}

// networkParam is one parameter of NetworkParams: how it is read and shown.
type networkParam struct {
	name string
	// read takes over a value that the checker has seen and reports whether it
	// is one; an empty text leaves most parameters as they were.
	read func(l *loader, n node, v *element.Value, p *NetworkParams) bool
	// show gives the value for config-get, nil if there is none.
	show func(p *NetworkParams) *element.Value
	// handed parameters are shown by config-get also where they are inherited.
	handed bool
}

// networkParams is the table of them, of both protocols; the position gives the
// bit in Keywords.
var networkParams = []networkParam{
	{"valid-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.lifetimes.valid }), showValid(defaultOf), true},
	{"min-valid-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.lifetimes.min }), showValid(minimumOf), true},
	{"max-valid-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.lifetimes.max }), showValid(maximumOf), true},
	{"preferred-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.preferred.valid }), showPreferred(defaultOf), true},
	{"min-preferred-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.preferred.min }), showPreferred(minimumOf), true},
	{"max-preferred-lifetime", readUint(func(p *NetworkParams) *Opt[uint32] { return &p.preferred.max }), showPreferred(maximumOf), true},
	{"offer-lifetime", readOfferLifetime, showOfferLifetime, false},
	optUint("renew-timer", func(p *NetworkParams) *Opt[uint32] { return &p.RenewTimer }),
	optUint("rebind-timer", func(p *NetworkParams) *Opt[uint32] { return &p.RebindTimer }),
	flag("calculate-tee-times", true, func(p *NetworkParams) *bool { return &p.CalculateTee }),
	fraction("t1-percent", func(p *NetworkParams) *float64 { return &p.T1Percent }),
	fraction("t2-percent", func(p *NetworkParams) *float64 { return &p.T2Percent }),
	optReal("cache-threshold", true, func(p *NetworkParams) *Opt[float64] { return &p.CacheThreshold }),
	optUint("cache-max-age", func(p *NetworkParams) *Opt[uint32] { return &p.CacheMaxAge }),
	flag("match-client-id", false, func(p *NetworkParams) *bool { return &p.MatchClientID }),
	flag("authoritative", false, func(p *NetworkParams) *bool { return &p.Authoritative }),
	flag("store-extended-info", true, func(p *NetworkParams) *bool { return &p.StoreExtended }),
	str("allocator", true, func(p *NetworkParams) *string { return &p.Allocator }),
	str("pd-allocator", true, func(p *NetworkParams) *string { return &p.PDAllocator }),
	flag("reservations-global", false, func(p *NetworkParams) *bool { return &p.ReservationsGlobal }),
	flag("reservations-in-subnet", false, func(p *NetworkParams) *bool { return &p.ReservationsInSubnet }),
	flag("reservations-out-of-pool", false, func(p *NetworkParams) *bool { return &p.ReservationsOutOfPool }),
	{"next-server", readNextServer, showNextServer, false},
	{"server-hostname", readServerHostname, showText(func(p *NetworkParams) *string { return &p.ServerHostname }), false},
	{"boot-file-name", readBootFileName, showText(func(p *NetworkParams) *string { return &p.BootFileName }), false},
	flag("ddns-send-updates", false, func(p *NetworkParams) *bool { return &p.DDNS.SendUpdates }),
	flag("ddns-override-no-update", false, func(p *NetworkParams) *bool { return &p.DDNS.OverrideNoUpdate }),
	flag("ddns-override-client-update", false, func(p *NetworkParams) *bool { return &p.DDNS.OverrideClientUpdate }),
	str("ddns-replace-client-name", false, func(p *NetworkParams) *string { return &p.DDNS.ReplaceClientName }),
	str("ddns-generated-prefix", false, func(p *NetworkParams) *string { return &p.DDNS.GeneratedPrefix }),
	str("ddns-qualifying-suffix", false, func(p *NetworkParams) *string { return &p.DDNS.QualifyingSuffix }),
	flag("ddns-update-on-renew", false, func(p *NetworkParams) *bool { return &p.DDNS.UpdateOnRenew }),
	str(conflictMode, false, func(p *NetworkParams) *string { return &p.DDNS.ConflictResolutionMode }),
	{"ddns-ttl-percent", readTTLPercent, showOptReal(func(p *NetworkParams) *Opt[float64] { return &p.DDNS.TTLPercent }), false},
	{"hostname-char-set", readCharSet, showText(func(p *NetworkParams) *string { return &p.DDNS.HostnameCharSet }), false},
	str("hostname-char-replacement", false, func(p *NetworkParams) *string { return &p.DDNS.HostnameCharReplacement }),
}

const conflictMode = "ddns-conflict-resolution-mode"

var networkBits = func() map[string]Keywords {
	bits := make(map[string]Keywords, len(networkParams))
	for i := range networkParams {
		bits[networkParams[i].name] = 1 << i
	}
	return bits
}()

// bitsOf is the set of some of them.
func bitsOf(keywords []keyword) (set Keywords) {
	for _, k := range keywords {
		set |= networkBits[k.name]
	}
	return set
}

// around is a scope that others inherit from.
type around struct {
	node
	up     *around
	params *NetworkParams
	// iface, relays and link6 are those that the subnets of a shared network inherit.
	iface  string
	relays []netip.Addr
	link6  link6
	// reported are the parameters whose faults were reported here already: the
	// fault of a global value would otherwise come once with every subnet.
	reported Keywords
}

// owner returns the innermost scope that has one of the parameters of its own.
func (a *around) owner(keys Keywords) *around {
	for a.up != nil && a.params.Own&keys == 0 {
		a = a.up
	}
	return a
}

// globalParams are the parameters that hold where a configuration says nothing.
func globalParams(global *scope) *NetworkParams {
	var p NetworkParams
	l := newLoader(Options{}, nil)
	for i := range networkParams {
		if k := global.index[networkParams[i].name]; k != nil && k.def != nil {
			networkParams[i].read(l, node{scope: global}, constant(k.def), &p)
		}
	}
	return &p
}

// constant returns a default of the tables as a value.
func constant(def any) *element.Value {
	switch d := def.(type) {
	case int64:
		return element.NewInt(d)
	case float64:
		return element.NewReal(d)
	case bool:
		return element.NewBool(d)
	case string:
		return element.NewString(d)
	}
	return nil
}

// networkParams returns the effective parameters of a scope inside another one.
func (l *loader) networkParams(n node, outer *NetworkParams) NetworkParams {
	p := *outer
	p.Own = 0
	for i := range n.v.Members {
		m := &n.v.Members[i]
		k := n.scope.index[m.Key]
		if k == nil || !k.takes(m.Value) {
			continue
		}
		if m.Key == "ddns-use-conflict-resolution" {
			oldConflictResolution(m.Value, &p)
			continue
		}
		bit, ok := networkBits[k.name]
		if ok && networkParams[bitIndex(bit)].read(l, n, m.Value, &p) {
			p.Own |= bit
		}
	}
	p.ValidLifetime = p.lifetimes.triplet()
	p.PreferredLifetime, _ = p.preferred.alone()
	return p
}

// oldConflictResolution translates the parameter that the conflict resolution
// mode has replaced (ARM 8.2.20).
func oldConflictResolution(v *element.Value, p *NetworkParams) {
	p.DDNS.ConflictResolutionMode = "no-check-with-dhcid"
	if v.Bool {
		p.DDNS.ConflictResolutionMode = "check-with-dhcid"
	}
	p.Own |= networkBits[conflictMode]
}

// show adds the parameters that config-get has in a network or subnet of that
// scope: its own, and some also when they are inherited.
func (p *NetworkParams) show(v *element.Value, s *scope) {
	for i := range networkParams {
		row := &networkParams[i]
		if s.index[row.name] == nil || !row.handed && p.Own&(1<<i) == 0 {
			continue
		}
		if shown := row.show(p); shown != nil {
			v.Add(row.name, shown)
		}
	}
}

// showGlobal is show for global scope: what was set, and what has a default.
func (p *NetworkParams) showGlobal(v *element.Value, s *scope) {
	for i := range networkParams {
		row := &networkParams[i]
		if k := s.index[row.name]; k == nil || p.Own&(1<<i) == 0 && k.def == nil {
			continue
		}
		if shown := row.show(p); shown != nil {
			v.Add(row.name, shown)
		}
	}
}
