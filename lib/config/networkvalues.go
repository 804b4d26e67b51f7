package config

import (
	"math"
	"math/bits"
	"net/netip"

	"nestor/lib/element"
)

// Here is how the rows of networkParams read and show their values.

func bitIndex(bit Keywords) int { return bits.TrailingZeros64(uint64(bit)) }

type reader = func(l *loader, n node, v *element.Value, p *NetworkParams) bool

func flag(name string, handed bool, field func(*NetworkParams) *bool) networkParam {
	return networkParam{name, func(_ *loader, _ node, v *element.Value, p *NetworkParams) bool {
		*field(p) = v.Bool
		return true
	}, func(p *NetworkParams) *element.Value { return shownBool(*field(p)) }, handed}
}

func str(name string, handed bool, field func(*NetworkParams) *string) networkParam {
	return networkParam{name, func(l *loader, n node, v *element.Value, p *NetworkParams) bool {
		s := v.Str
		if k := n.scope.index[name]; k.enum != nil {
			s = k.canonical(s)
		}
		*field(p) = l.share(s)
		return true
	}, showText(field), handed}
}

func showText(field func(*NetworkParams) *string) func(*NetworkParams) *element.Value {
	return func(p *NetworkParams) *element.Value { return shownText(*field(p)) }
}

func fraction(name string, field func(*NetworkParams) *float64) networkParam {
	return networkParam{name, func(_ *loader, _ node, v *element.Value, p *NetworkParams) bool {
		*field(p) = v.Real
		return true
	}, func(p *NetworkParams) *element.Value { return element.NewReal(*field(p)) }, true}
}

func optReal(name string, handed bool, field func(*NetworkParams) *Opt[float64]) networkParam {
	return networkParam{name, func(_ *loader, _ node, v *element.Value, p *NetworkParams) bool {
		*field(p) = Opt[float64]{Set: true, V: v.Real}
		return true
	}, showOptReal(field), handed}
}

func showOptReal(field func(*NetworkParams) *Opt[float64]) func(*NetworkParams) *element.Value {
	return func(p *NetworkParams) *element.Value {
		if o := field(p); o.Set {
			return element.NewReal(o.V)
		}
		return nil
	}
}

func optUint(name string, field func(*NetworkParams) *Opt[uint32]) networkParam {
	return networkParam{name, readUint(field), func(p *NetworkParams) *element.Value {
		if o := field(p); o.Set {
			return element.NewInt(int64(o.V))
		}
		return nil
	}, true}
}

func readUint(field func(*NetworkParams) *Opt[uint32]) reader {
	return func(_ *loader, _ node, v *element.Value, p *NetworkParams) bool {
		// What is out of range was reported; it should not be compared with others.
		*field(p) = Opt[uint32]{Set: v.Int >= 0 && v.Int <= math.MaxUint32, V: uint32(v.Int)}
		return true
	}
}

func readOfferLifetime(_ *loader, _ node, v *element.Value, p *NetworkParams) bool {
	p.OfferLifetime = uint32(v.Int)
	return true
}

func showOfferLifetime(p *NetworkParams) *element.Value { return shownUint(p.OfferLifetime) }

// readNextServer takes "" as not said; 0.0.0.0 means that the field is not to be
// sent (ARM 8.2.21), which at the top is the default.
func readNextServer(l *loader, n node, v *element.Value, p *NetworkParams) bool {
	if v.Str == "" {
		return false
	}
	a, ok := parseIPv4(v.Str)
	if !ok {
		l.fail(n.at("next-server"), v.Pos, "%s is not an IPv4 address", v.Str)
		return false
	}
	p.NextServer = Opt[netip.Addr]{Set: n.scope != dhcp4Scope || !a.IsUnspecified(), V: a}
	return true
}

func showNextServer(p *NetworkParams) *element.Value {
	if !p.NextServer.Set {
		return shownText("0.0.0.0")
	}
	return element.NewString(p.NextServer.V.String())
}

// The fields that carry these texts have 64 and 128 octets (RFC 2131 section 2);
// Kea lets the file name fill its field and checks neither at global scope.
const (
	maxServerHostname = 63
	maxBootFileName   = 128
)

func readServerHostname(l *loader, n node, v *element.Value, p *NetworkParams) bool {
	if n.scope != dhcp4Scope {
		l.checkLength(n, "server-hostname", v, maxServerHostname)
	}
	if v.Str != "" {
		p.ServerHostname = l.share(v.Str)
	}
	return v.Str != ""
}

func readBootFileName(l *loader, n node, v *element.Value, p *NetworkParams) bool {
	if n.scope != dhcp4Scope {
		l.checkLength(n, "boot-file-name", v, maxBootFileName)
	}
	if v.Str != "" {
		p.BootFileName = l.share(v.Str)
	}
	return v.Str != ""
}

func (l *loader) checkLength(n node, key string, v *element.Value, limit int) {
	if len(v.Str) > limit {
		l.fail(n.at(key), v.Pos, "it has %d octets, the field of the message takes %d", len(v.Str), limit)
	}
}

func readTTLPercent(l *loader, n node, v *element.Value, p *NetworkParams) bool {
	if v.Real < 0 {
		l.fail(n.at("ddns-ttl-percent"), v.Pos, "a time to live cannot be %v of a lifetime: give 0.0 or more", v.Real)
		return false
	}
	p.DDNS.TTLPercent = Opt[float64]{Set: true, V: v.Real}
	return true
}

func readCharSet(l *loader, n node, v *element.Value, p *NetworkParams) bool {
	if _, err := CompileCharSet(v.Str); err != nil {
		l.fail(n.at("hostname-char-set"), v.Pos, "%v", err)
		return false
	}
	p.DDNS.HostnameCharSet = l.share(v.Str)
	return true
}
