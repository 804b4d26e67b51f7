package config

import (
	"net/netip"

	"nestor/lib/element"
	"nestor/lib/option"
)

// Fragment reads the parts of a configuration that commands carry, with the
// checks that they have in a whole one. What a part inherits it takes from
// Config, which is only read. Whether the part may stand beside what is there,
// such as a subnet id, is for the command to check.
type Fragment struct {
	Config  *Dhcp4
	Options Options
}

// fragment checks and decodes one map.
func fragment[T any](f Fragment, v *element.Value, s *scope, decode func(*loader, node) T) (T, []Warning, error) {
	if f.Options.Realm == "" {
		f.Options.Realm = realm4
	}
	l := newLoader(f.Options, f.Config.Definitions)
	l.uniqueAddresses = f.Config.IPReservationsUnique
	n := node{v: v, scope: s, path: &path{key: s.name, index: -1}}
	var out, none T
	if v == nil || v.Kind != element.Map {
		l.wrongKind(&keyword{kind: kindMap}, orNull(v), n.path)
	} else {
		l.checkMap(v, s, n.path)
		out = decode(l, n)
		l.warnNotYet(n)
	}
	if err := l.result(); err != nil {
		return none, l.warnings, err
	}
	return out, l.warnings, nil
}

func orNull(v *element.Value) *element.Value {
	if v == nil {
		return element.NewNull()
	}
	return v
}

// global is the scope that a fragment inherits from.
func (f Fragment) global() *around {
	return &around{
		node:   node{v: element.NewMap(), scope: dhcp4Scope, path: &path{key: "Dhcp4", index: -1}},
		params: &f.Config.NetworkParams,
	}
}

// Subnet4 reads a subnet, of a shared network unless that is nil.
func (f Fragment) Subnet4(v *element.Value, network *SharedNetwork4) (*Subnet4, []Warning, error) {
	outer := f.global()
	if network != nil {
		outer = &around{
			node:   node{v: element.NewMap(), scope: sharedNetwork4Scope, path: &path{key: network.Name, index: -1}},
			up:     outer,
			params: &network.NetworkParams,
			iface:  network.Interface,
			relays: network.Relays,
		}
	}
	return fragment(f, v, subnet4Scope, func(l *loader, n node) *Subnet4 { return l.subnet4(n, outer) })
}

// SharedNetwork4 reads a shared network with its subnets.
func (f Fragment) SharedNetwork4(v *element.Value) (*SharedNetwork4, []Warning, error) {
	return fragment(f, v, sharedNetwork4Scope, func(l *loader, n node) *SharedNetwork4 {
		return l.sharedNetwork4(n, f.global())
	})
}

// Pool4 reads a pool, which has to be inside prefix if that is valid.
func (f Fragment) Pool4(v *element.Value, prefix netip.Prefix) (*Pool4, []Warning, error) {
	return fragment(f, v, pool4Scope, func(l *loader, n node) *Pool4 {
		p := l.pool4(n)
		if p != nil {
			l.checkPoolInside(n, p, prefix)
		}
		return p
	})
}

// Reservation4 reads a reservation for the subnet with that id and prefix; id 0
// stands for global ones, and an invalid prefix leaves the address unchecked.
func (f Fragment) Reservation4(v *element.Value, subnetID uint32, prefix netip.Prefix) (*Reservation, []Warning, error) {
	return fragment(f, v, reservation4Scope, func(l *loader, n node) *Reservation {
		r := l.reservation4(n, subnetID)
		if r != nil {
			l.checkReserved(n, r, prefix)
		}
		return r
	})
}

// OptionData4 reads one option value.
func (f Fragment) OptionData4(v *element.Value) (*OptionData, []Warning, error) {
	return fragment(f, v, optionData4Scope, func(l *loader, n node) *OptionData { return l.option(n, l.defs) })
}

// OptionDef4 reads one option definition.
func (f Fragment) OptionDef4(v *element.Value) (*OptionDef, []Warning, error) {
	return fragment(f, v, optionDefScope, func(l *loader, n node) *OptionDef {
		d := l.optionDef(n)
		if d == nil {
			return nil
		}
		if _, err := option.Standard4().With([]*option.Definition{d.Definition}); err != nil {
			l.fail(n.path, n.v.Pos, "%v", err)
		}
		return d
	})
}

// optionDefListScope is a map that holds the list and nothing else.
var optionDefListScope = (&scope{name: "option-def", keywords: []keyword{
	listOf("option-def", optionDefScope).required(),
}}).build()

// OptionDefs4 reads { "option-def": [ … ] }.
func (f Fragment) OptionDefs4(v *element.Value) ([]*OptionDef, []Warning, error) {
	return fragment(f, v, optionDefListScope, func(l *loader, n node) []*OptionDef {
		defs, _ := l.optionDefs(n, option.Standard4(), (*option.Definitions).With)
		return defs
	})
}

// ClientClass4 reads a class. It may refer to those before the one that it
// replaces, to all if it is new.
func (f Fragment) ClientClass4(v *element.Value) (*ClientClass, []Warning, error) {
	return fragment(f, v, class4Scope, func(l *loader, n node) *ClientClass {
		for _, c := range f.Config.Classes {
			if c.Name == n.str("name") {
				break
			}
			l.defined[c.Name] = true
		}
		return l.class4(n)
	})
}

// Interfaces4 reads interfaces-config.
func (f Fragment) Interfaces4(v *element.Value) (InterfacesConfig, []Warning, error) {
	return fragment(f, v, interfaces4Scope, (*loader).interfacesConfig)
}

// HookLibrary reads one entry of hooks-libraries.
func (f Fragment) HookLibrary(v *element.Value) (*HookLibrary, []Warning, error) {
	return fragment(f, v, hookLibraryScope, (*loader).hookLibrary)
}

// DhcpDDNS reads dhcp-ddns.
func (f Fragment) DhcpDDNS(v *element.Value) (*DhcpDDNS, []Warning, error) {
	return fragment(f, v, dhcpDDNSScope, (*loader).ddnsConnection)
}

// ConfigControl reads config-control.
func (f Fragment) ConfigControl(v *element.Value) (*ConfigControl, []Warning, error) {
	return fragment(f, v, configControlScope, (*loader).configBackend)
}
