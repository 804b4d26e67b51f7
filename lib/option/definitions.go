package option

import (
	"cmp"
	"fmt"
	"slices"
)

// Definitions is a set of option definitions, looked up by space and code or
// name. It is immutable once built and safe for concurrent use.
//
// A set built by With or ForClass lies as a layer over the set that it was
// made from, so that the standard definitions exist once.
type Definitions struct {
	below  *Definitions // nil for the standard set
	v6     bool
	byCode map[codeKey]*Definition
	byName map[nameKey]*Definition
}

type codeKey struct {
	space string
	code  uint32
}

type nameKey struct{ space, name string }

func newDefinitions(below *Definitions, v6 bool) *Definitions {
	return &Definitions{
		below:  below,
		v6:     v6,
		byCode: make(map[codeKey]*Definition),
		byName: make(map[nameKey]*Definition),
	}
}

func (s *Definitions) add(d *Definition) {
	s.byCode[codeKey{d.Space, d.Code}] = d
	s.byName[nameKey{d.Space, d.Name}] = d
}

// ByCode returns the definition of an option, nil if there is none.
func (s *Definitions) ByCode(space string, code uint32) *Definition {
	for ; s != nil; s = s.below {
		if d := s.byCode[codeKey{space, code}]; d != nil {
			return d
		}
	}
	return nil
}

// ByName returns the definition of an option, nil if there is none.
func (s *Definitions) ByName(space, name string) *Definition {
	for ; s != nil; s = s.below {
		if d := s.byName[nameKey{space, name}]; d != nil {
			return d
		}
	}
	return nil
}

// Space returns the definitions of one space in ascending order of code.
func (s *Definitions) Space(space string) []*Definition {
	var defs []*Definition
	for layer := s; layer != nil; layer = layer.below {
		for key, d := range layer.byCode {
			if key.space == space && s.ByCode(space, key.code) == d {
				defs = append(defs, d)
			}
		}
	}
	slices.SortFunc(defs, func(a, b *Definition) int { return cmp.Compare(a.Code, b.Code) })
	return defs
}

// With returns s and the definitions that a configuration adds globally. It is
// an error if one of them fails its Check, exists twice, or takes code or name of
// a built-in definition of the messages' own space; of these only option 43 may be
// redefined (ARM 8.2.10, 8.2.12). Neither s nor defs is changed.
func (s *Definitions) With(defs []*Definition) (*Definitions, error) {
	set := newDefinitions(s, s.v6)
	for _, d := range defs {
		if err := set.addChecked(d); err != nil {
			return nil, err
		}
		if err := s.checkNew(d); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// checkNew refuses to replace a built-in definition of the messages' own space.
func (s *Definitions) checkNew(d *Definition) error {
	if d.Space != Space4 && d.Space != Space6 || d.isVendorEncapsulated() {
		return nil
	}
	if old := s.ByCode(d.Space, d.Code); old != nil {
		return fmt.Errorf("option %d of space %s is %s by its built-in definition and cannot be defined anew: remove this option-def", d.Code, d.Space, old.Name)
	}
	if old := s.ByName(d.Space, d.Name); old != nil {
		return fmt.Errorf("%s is the name of option %d of space %s by its built-in definition: give option %d another name", d.Name, old.Code, d.Space, d.Code)
	}
	return nil
}

// V6 tells whether the set is for DHCPv6.
func (s *Definitions) V6() bool { return s.v6 }

// ForClass returns s with the definitions local to a client class put over it.
// Only option 43 and the private options 224 to 254 of space dhcp4 may have one
// (ARM 8.2.12).
func (s *Definitions) ForClass(defs []*Definition) (*Definitions, error) {
	set := newDefinitions(s, s.v6)
	for _, d := range defs {
		if d.V6 || d.Space != Space4 || !d.isVendorEncapsulated() && !d.isPrivate() {
			return nil, fmt.Errorf("option %d of space %s cannot be defined in a client class, only 43 and 224 to 254 of space %s can: move this option-def to the global list", d.Code, d.Space, Space4)
		}
		if err := set.addChecked(d); err != nil {
			return nil, err
		}
	}
	return set, nil
}

// addChecked adds d to the layer unless d is wrong or there already.
func (s *Definitions) addChecked(d *Definition) error {
	if err := d.Check(); err != nil {
		return err
	}
	if d.V6 != s.v6 {
		return fmt.Errorf("option-def %s: made for the other DHCP version", d.Name)
	}
	if old := s.byCode[codeKey{d.Space, d.Code}]; old != nil {
		return fmt.Errorf("option-def %s: code %d of space %s is defined already, as %s", d.Name, d.Code, d.Space, old.Name)
	}
	if old := s.byName[nameKey{d.Space, d.Name}]; old != nil {
		return fmt.Errorf("option-def %s: the name is defined already in space %s, for code %d", d.Name, d.Space, old.Code)
	}
	s.add(d)
	return nil
}

// isVendorEncapsulated tells option 43, whose built-in definition is a last
// resort only.
func (d *Definition) isVendorEncapsulated() bool {
	return !d.V6 && d.Space == Space4 && d.Code == 43
}

// isPrivate tells the codes that RFC 3942 leaves to the site.
func (d *Definition) isPrivate() bool {
	return !d.V6 && d.Space == Space4 && d.Code >= 224 && d.Code <= 254
}
