package option

import (
	"strings"
	"testing"
)

// checkCase is one definition and a part of what is said against it.
type checkCase struct {
	name string
	def  Definition
	err  string
}

func TestCheck(t *testing.T) {
	for _, c := range []checkCase{
		{"D4.17.3", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Uint8, String}}, ""},
		{"D4.17.3", Definition{Name: "x", Space: "a", Code: 1, Type: Record}, "a record needs at least two types in record-types, there are 0"},
		{"D4.17.3", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Uint8}}, "there are 1"},
		{"D4.17.3", Definition{Name: "x", Space: "a", Code: 1, Type: Uint8, Fields: []Type{Uint8, Uint8}}, "record-types goes with type record only, not with uint8"},
		{"D4.15.3 no record in a record", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Uint8, Record}}, "field 2: record cannot be part of a record"},
		{"D4.15.3 no empty in a record", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Empty, Uint8}}, "field 1: empty cannot"},
		{"string before the end", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{String, Uint8}}, "field 1: string has no length of its own"},
		{"binary before the end", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Uint8, Binary, Uint8}}, "field 2: binary has no"},
		{"D4.12.15 code 0", Definition{Name: "x", Space: "dhcp4", Code: 0, Type: Uint8}, "code 0 of space dhcp4 is reserved"},
		{"D4.12.15 code 255", Definition{Name: "x", Space: "dhcp4", Code: 255, Type: Uint8}, "code 255 of space dhcp4 is reserved"},
		{"codes 0 and 255 elsewhere", Definition{Name: "x", Space: "APC", Code: 0, Type: Uint8}, ""},
		{"codes 0 and 255 elsewhere", Definition{Name: "x", Space: "vendor-encapsulated-options-space", Code: 255, Type: Uint8}, ""},
		{"code", Definition{Name: "x", Space: "a", Code: 256, Type: Uint8}, "code 256 is out of range, the highest is 255"},
		{"code in DHCPv6", Definition{Name: "x", Space: "a", Code: 65535, Type: Uint8, V6: true}, ""},
		{"code in DHCPv6", Definition{Name: "x", Space: "a", Code: 65536, Type: Uint8, V6: true}, "the highest is 65535"},
		{"internal", Definition{Name: "x", Space: "a", Code: 1, Type: Internal}, "type internal cannot be used"},
		{"array of strings", Definition{Name: "x", Space: "a", Code: 1, Type: String, Array: true}, "there can be no array of string"},
		{"array of binary", Definition{Name: "x", Space: "a", Code: 1, Type: Binary, Array: true}, "there can be no array of binary"},
		{"array of empty", Definition{Name: "x", Space: "a", Code: 1, Type: Empty, Array: true}, "there can be no array of empty"},
		{"record that repeats a string", Definition{Name: "x", Space: "a", Code: 1, Type: Record, Fields: []Type{Uint8, String}, Array: true}, "no array of string"},
		{"array of tuples", Definition{Name: "x", Space: "a", Code: 1, Type: Tuple, Array: true}, ""},
		{"encapsulates", Definition{Name: "x", Space: "a", Code: 1, Type: Uint16, Encapsulates: "b"}, ""},
		{"own space", Definition{Name: "x", Space: "a", Code: 1, Encapsulates: "a"}, "cannot encapsulate the space a"},
		{"array with sub-options", Definition{Name: "x", Space: "a", Code: 1, Type: Uint8, Array: true, Encapsulates: "b"}, "an array cannot encapsulate"},
		{"bad encapsulated space", Definition{Name: "x", Space: "a", Code: 1, Encapsulates: "b.c"}, `"b.c" cannot be the name of an option space`},
		{"no name", Definition{Space: "a", Code: 1}, `"" cannot be the name of an option`},
		{"name with a dot", Definition{Name: "x.y", Space: "a", Code: 1}, `"x.y" cannot be the name of an option`},
		{"name ends in -", Definition{Name: "x-", Space: "a", Code: 1}, `"x-" cannot be`},
		{"name begins with _", Definition{Name: "_x", Space: "a", Code: 1}, `"_x" cannot be`},
		{"name with a blank", Definition{Name: "x", Space: "a b", Code: 1}, `"a b" cannot be the name of an option space`},
	} {
		t.Run(c.name, func(t *testing.T) { expect(t, c.def.Check(), c.err) })
	}
}

func expect(t *testing.T, err error, part string) {
	t.Helper()
	switch {
	case part == "" && err != nil:
		t.Errorf("error: %v", err)
	case part != "" && err == nil:
		t.Error("no error")
	case part != "" && !strings.Contains(err.Error(), part):
		t.Errorf("error is %q, want %q in it", err, part)
	}
}

func TestParseType(t *testing.T) {
	for _, name := range []string{"empty", "binary", "boolean", "int8", "int16", "int32", "uint8", "uint16", "uint32",
		"ipv4-address", "ipv6-address", "ipv6-prefix", "psid", "string", "tuple", "fqdn", "record"} {
		if typ, ok := ParseType(name); !ok || typ.String() != name {
			t.Errorf("D4.17.3: type %s is %v, %v", name, typ, ok)
		}
	}
	for _, name := range []string{"", "internal", "uint64", "String"} {
		if typ, ok := ParseType(name); ok {
			t.Errorf("%q is taken for %v", name, typ)
		}
	}
}

func TestWith(t *testing.T) {
	with := func(defs ...*Definition) error { _, err := Standard4().With(defs); return err }
	t.Run("D4.12.15 a standard option", func(t *testing.T) {
		expect(t, with(&Definition{Name: "foo", Space: Space4, Code: 3, Type: IPv4Address}), "option 3 of space dhcp4 is routers by its built-in definition")
		expect(t, with(&Definition{Name: "routers", Space: Space4, Code: 230, Type: Uint8}), "routers is the name of option 3 of space dhcp4")
		expect(t, with(&Definition{Name: "foo", Space: "vendor-4491", Code: 2, Type: Binary}), "") // as Kea takes it
	})
	t.Run("D4.12.15 a standard code without definition", func(t *testing.T) {
		expect(t, with(&Definition{Name: "my-option", Space: Space4, Code: 80, Type: Empty}), "")
	})
	t.Run("D4.18.1 private and unused codes", func(t *testing.T) {
		expect(t, with(&Definition{Name: "a", Space: Space4, Code: 224, Type: Uint8}, &Definition{Name: "b", Space: Space4, Code: 254, Type: Uint8}), "")
	})
	t.Run("option 43 globally", func(t *testing.T) {
		d := &Definition{Name: "vendor-encapsulated-options", Space: Space4, Code: 43, Type: Binary}
		set, err := Standard4().With([]*Definition{d})
		if err != nil || set.ByCode(Space4, 43) != d || set.ByName(Space4, d.Name) != d {
			t.Errorf("error %v, 43 is %+v", err, set.ByCode(Space4, 43))
		}
		if Standard4().ByCode(Space4, 43) == d {
			t.Error("the standard set has changed")
		}
	})
	t.Run("D4.20.1 own spaces", func(t *testing.T) {
		d := &Definition{Name: "routers", Space: "APC", Code: 3, Type: String}
		set, err := Standard4().With([]*Definition{d})
		if err != nil {
			t.Fatal(err)
		}
		if set.ByCode("APC", 3) != d || set.ByName("APC", "routers") != d {
			t.Errorf("by code %v, by name %v", set.ByCode("APC", 3), set.ByName("APC", "routers"))
		}
		if r := set.ByCode(Space4, 3); r == nil || r.Type != IPv4Address {
			t.Errorf("routers is %+v", r)
		}
		if defs := set.Space("APC"); len(defs) != 1 || defs[0] != d {
			t.Errorf("the space has %v", defs)
		}
	})
	t.Run("twice", func(t *testing.T) {
		a := &Definition{Name: "a", Space: "s", Code: 1, Type: Uint8}
		expect(t, with(a, &Definition{Name: "b", Space: "s", Code: 1, Type: Uint8}), "code 1 of space s is defined already, as a")
		expect(t, with(a, &Definition{Name: "a", Space: "s", Code: 2, Type: Uint8}), "the name is defined already in space s, for code 1")
		expect(t, with(a, &Definition{Name: "a", Space: "t", Code: 1, Type: Uint8}), "")
	})
	t.Run("wrong", func(t *testing.T) {
		expect(t, with(&Definition{Name: "a", Space: "s", Code: 1, Type: Record}), "record-types")
		expect(t, with(&Definition{Name: "a", Space: "s", Code: 1, V6: true}), "other DHCP version")
	})
}

func TestForClass(t *testing.T) {
	global, err := Standard4().With([]*Definition{{Name: "global", Space: Space4, Code: 230, Type: Uint8}})
	if err != nil {
		t.Fatal(err)
	}
	vendor := &Definition{Name: "vendor-encapsulated-options", Space: Space4, Code: 43, Type: Empty, Encapsulates: "APC"}
	private := &Definition{Name: "local", Space: Space4, Code: 230, Type: String}
	t.Run("D4.18.1 the definition of the class comes first", func(t *testing.T) {
		set, err := global.ForClass([]*Definition{vendor, private})
		if err != nil {
			t.Fatal(err)
		}
		if set.ByCode(Space4, 43) != vendor || set.ByCode(Space4, 230) != private {
			t.Errorf("43 is %+v, 230 is %+v", set.ByCode(Space4, 43), set.ByCode(Space4, 230))
		}
		if d := global.ByCode(Space4, 230); d.Name != "global" {
			t.Errorf("outside of the class 230 is %+v", d)
		}
	})
	for _, d := range []*Definition{
		{Name: "x", Space: Space4, Code: 223, Type: Uint8},
		{Name: "x", Space: Space4, Code: 255, Type: Uint8},
		{Name: "x", Space: "APC", Code: 43, Type: Uint8},
		{Name: "x", Space: Space6, Code: 43, Type: Uint8, V6: true},
	} {
		_, err := global.ForClass([]*Definition{d})
		t.Run("D4.18.2 "+d.Space, func(t *testing.T) { expect(t, err, "cannot be defined in a client class") })
	}
}

func TestLastResort(t *testing.T) {
	// D4.18.5: empty, with sub-options of its own space, and no place for raw octets.
	d := Standard4().ByCode(Space4, 43)
	if d.Type != Empty || d.Encapsulates != SpaceVendorEncapsulated {
		t.Errorf("it is %+v", d)
	}
	if _, err := d.EncodeCSV("0102"); err == nil {
		t.Error("it takes a value")
	}
}

func TestVendorSpaces(t *testing.T) {
	if s := VendorSpace(4491); s != "vendor-4491" {
		t.Error(s)
	}
	for space, want := range map[string]int64{"vendor-4491": 4491, "vendor-4294967295": 4294967295, "vendor-": -1,
		"vendor-4294967296": -1, "vendor-x": -1, "dhcp4": -1, "vendor-encapsulated-options-space": -1} {
		if n, ok := VendorNumber(space); ok != (want >= 0) || ok && int64(n) != want {
			t.Errorf("%s: %d, %v", space, n, ok)
		}
	}
}

func TestEnterprise(t *testing.T) {
	// What tells several instances of one code apart.
	d := Standard4().ByCode(Space4, 124)
	one, _ := d.EncodeCSV("1234, 03666f6f")
	two, _ := d.EncodeCSV("5678, 03666f6f")
	n1, ok1 := d.Enterprise(one)
	n2, ok2 := d.Enterprise(two)
	if !ok1 || !ok2 || n1 != 1234 || n2 != 5678 {
		t.Errorf("%d %v, %d %v", n1, ok1, n2, ok2)
	}
	for _, c := range []struct {
		set   *Definitions
		space string
		code  uint32
		want  bool
	}{
		{Standard4(), Space4, 125, true}, {Standard6(), Space6, 16, true}, {Standard6(), Space6, 17, true},
		{Standard4(), Space4, 51, false}, {Standard6(), Space6, 15, false},
	} {
		if _, ok := c.set.ByCode(c.space, c.code).Enterprise([]byte{0, 0, 0, 1}); ok != c.want {
			t.Errorf("option %d of %s: %v", c.code, c.space, ok)
		}
	}
	if _, ok := d.Enterprise([]byte{1, 2, 3}); ok {
		t.Error("three octets hold no number")
	}
}
