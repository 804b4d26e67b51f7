package config

import (
	"net/netip"

	"nestor/lib/element"
	"nestor/lib/option"
)

// Fragment reads the parts of a configuration that commands carry, with the checks
// that they have in a whole one. What a part inherits it takes from the
// configuration, which is only read. Whether the part may stand beside what is
// there, such as a subnet id, is for the command to check.
type Fragment struct {
	server  *Server
	family  *family
	options Options
}

// fragment checks and decodes one map.
func fragment[T any](f Fragment, v *element.Value, s *scope, decode func(*loader, node) T) (T, []Warning, error) {
	if f.options.Realm == "" {
		f.options.Realm = f.family.realm
	}
	l := newLoader(f.options, f.family)
	l.defs = f.server.Definitions
	l.uniqueAddresses = f.server.IPReservationsUnique
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
		node:   node{v: element.NewMap(), scope: f.family.global, path: &path{key: f.family.top, index: -1}},
		params: &f.server.NetworkParams,
	}
}

// network is the scope of a shared network that a subnet inherits from.
func (f Fragment) network(n *SharedNetwork) *around {
	at := node{v: element.NewMap(), scope: f.family.network, path: &path{key: n.Name, index: -1}}
	return n.around(at, f.global())
}

// Pool reads a pool, which has to be inside prefix if that is valid.
func (f Fragment) Pool(v *element.Value, prefix netip.Prefix) (*Pool, []Warning, error) {
	return fragment(f, v, f.family.pool, func(l *loader, n node) *Pool {
		p := l.pool(n)
		if p != nil {
			l.checkPoolInside(n, p, prefix)
		}
		return p
	})
}

// OptionData reads one option value.
func (f Fragment) OptionData(v *element.Value) (*OptionData, []Warning, error) {
	return fragment(f, v, f.family.optionData, func(l *loader, n node) *OptionData { return l.option(n, l.defs) })
}

// OptionDef reads one option definition.
func (f Fragment) OptionDef(v *element.Value) (*OptionDef, []Warning, error) {
	return fragment(f, v, f.family.optionDef, func(l *loader, n node) *OptionDef {
		d := l.optionDef(n)
		if d == nil {
			return nil
		}
		if _, err := f.family.definitions().With([]*option.Definition{d.Definition}); err != nil {
			l.fail(n.path, n.v.Pos, "%v", err)
		}
		return d
	})
}

// OptionDefs reads { "option-def": [ … ] }.
func (f Fragment) OptionDefs(v *element.Value) ([]*OptionDef, []Warning, error) {
	list := (&scope{name: "option-def", keywords: []keyword{listOf("option-def", f.family.optionDef).required()}}).build()
	return fragment(f, v, list, func(l *loader, n node) []*OptionDef {
		defs, _ := l.optionDefs(n, f.family.definitions(), (*option.Definitions).With)
		return defs
	})
}

// ClientClass reads a class. It may refer to those before the one that it
// replaces, to all if it is new.
func (f Fragment) ClientClass(v *element.Value) (*ClientClass, []Warning, error) {
	return fragment(f, v, f.family.class, func(l *loader, n node) *ClientClass {
		for _, c := range f.server.Classes {
			if c.Name == n.str("name") {
				break
			}
			l.defined[c.Name] = true
		}
		return l.class(n)
	})
}

// Interfaces reads interfaces-config.
func (f Fragment) Interfaces(v *element.Value) (InterfacesConfig, []Warning, error) {
	return fragment(f, v, f.family.interfaces, (*loader).interfacesConfig)
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
