package option

import (
	"bytes"
	"strings"
	"testing"
)

func TestText(t *testing.T) {
	set4, err := Standard4().With([]*Definition{
		{Space: Space4, Code: 224, Name: "container", Type: Uint16, Encapsulates: "inner"},
		{Space: "inner", Code: 1, Name: "a", Type: IPv4Address},
		{Space: "inner", Code: 2, Name: "b", Type: String},
		{Space: Space4, Code: 225, Name: "mixed", Type: Record, Fields: []Type{Int8, Boolean, IPv4Address, FQDN, Binary}},
		{Space: Space4, Code: 226, Name: "numbers", Type: Record, Fields: []Type{Uint8, Uint16}, Array: true},
		{Space: Space4, Code: 227, Name: "tuples", Type: Tuple, Array: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		set  *Definitions
		code uint32
		wire string
		text string
	}{
		{"string", set4, 60, "'PXEClient'", "PXEClient"},
		{"D4.15.4 NULs at the end of a string", set4, 60, "5058450000", "PXE"},
		{"D4.15.4 NULs inside stay", set4, 60, "50004500", "P\x00E"},
		{"integer", set4, 57, "05DC", "type=057, len=002: 1500 (uint16)"},
		{"one element of an array", set4, 93, "0007", "type=093, len=002: 7(uint16)"},
		{"integers", set4, 55, "0103", "type=055, len=002: 1(uint8) 3(uint8)"},
		{"address", set4, 50, "C0000201", "type=050, len=004: 192.0.2.1 (ipv4-address)"},
		{"addresses", set4, 3, twoAddressesHex, "type=003, len=008: 192.0.2.1 192.0.2.2"},
		{"boolean", set4, 19, "01", "type=019, len=001: true (boolean)"},
		{"binary", set4, 61, "01AABB", "type=061, len=003: 01:aa:bb"},
		{"no definition", set4, 230, "01AABB", "type=230, len=003: 01:aa:bb"},
		{"too short for its type", set4, 57, "05", "type=057, len=001: 05"},
		{"names", set4, 119, "0161016200" + "0163016400", `type=119, len=010: "a.b." (fqdn) "c.d." (fqdn)`},
		{"record", set4, 225, "FF01C0000201" + "016100" + "0102", `type=225, len=011: -1 (int8) true (boolean) 192.0.2.1 (ipv4-address) "a." (fqdn) 0102 (binary)`},
		{"record with an array", set4, 226, "0100020003", "type=226, len=005: 1 (uint8) 2 (uint16) 3 (uint16)"},
		{"tuples", set4, 227, "0161026262", `type=227, len=005: "a" (tuple) "bb" (tuple)`},
		{"sub-options", set4, 224, "0007" + "0104C0000201" + "0203616263",
			"type=224, len=013: 7 (uint16),\noptions:\n  type=001, len=004: 192.0.2.1 (ipv4-address)\n  type=002, len=003: \"abc\" (string)"},
		{"relay agent information", set4, 82, "0102AABB" + "0501" + "09",
			"type=082, len=007:,\noptions:\n  type=001, len=002: aa:bb\n  type=005, len=001: 09"},
		{"client name", set4, 81, "000000" + "686F7374", "type=81 (CLIENT_FQDN), flags: (N=0, E=0, O=0, S=0), domain-name='host' (partial)"},
		{"client name in labels", set4, 81, "05FFFF" + "04686F7374016100", "type=81 (CLIENT_FQDN), flags: (N=0, E=1, O=0, S=1), domain-name='host.a.' (full)"},
		{"client name in labels", set4, 81, "0EFFFF" + "04686F7374", "type=81 (CLIENT_FQDN), flags: (N=1, E=1, O=1, S=0), domain-name='host' (partial)"},
		{"vendor class", set4, 124, "00000009" + "0568656C6C6F", "type=124, len=10,  enterprise id=0x9, data-len0=5, vendor-class-data0='hello'"},
		{"vendor options", set4, 125, "0000118B" + "09" + "0204C0000201" + "010102" + "0000000900",
			"type=125, len=019: 4491 (uint32) 9 (uint8),\noptions:\n  type=001, len=001: 2(uint8)\n  type=002, len=004: 192.0.2.1"},
		{"D6.11.25 NULs at the end of a string", Standard6(), 59, "7466747000" + "00", "tftp"},
		{"DHCPv6", Standard6(), 6, "00170018", "type=00006, len=00004: 23(uint16) 24(uint16)"},
		{"DHCPv6 client name", Standard6(), 39, "00" + "04686F7374", "type=39(CLIENT_FQDN), flags: (N=0, O=0, S=0), domain-name='host' (partial)"},
		{"IA_NA", Standard6(), 3, "000000070000000000000000", "type=00003(IA_NA), len=00012: iaid=7, t1=0, t2=0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire, err := DecodeHex(c.wire)
			if err != nil {
				t.Fatal(err)
			}
			space := Space4
			if c.set.v6 {
				space = Space6
			}
			if text := c.set.Text(space, c.code, wire); text != c.text {
				t.Errorf("text is\n%q, want\n%q", text, c.text)
			}
		})
	}
}

// A packet of containers in containers is not described to the bottom.
func TestTextOfDeepNesting(t *testing.T) {
	var wire []byte
	for range 4000 {
		wire = EncodeSuboptions6([]Sub{{45, wire}})
	}
	text := Standard6().Text(Space6, 45, wire)
	if n := strings.Count(text, "options:"); n != maxNesting+1 {
		t.Errorf("%d levels are described", n)
	}
}

func TestSuboptions(t *testing.T) {
	own, err := Standard4().With([]*Definition{
		{Space: "APC", Code: 0, Name: "zero", Type: Uint8},
		{Space: "APC", Code: 255, Name: "last", Type: Uint8},
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, space, wire string
		want              []Sub
		broken            bool
	}{
		{"D4.18.7 padding and end", SpaceVendorEncapsulated, "00010107000002020809FF0000", []Sub{{1, []byte{7}}, {2, []byte{8, 9}}}, false},
		{"D4.18.7 codes that are defined", "APC", "000107FF0108", []Sub{{0, []byte{7}}, {255, []byte{8}}}, false},
		{"D4.21.3 joined", SpaceAgent, "010101" + "020102" + "010103", []Sub{{1, []byte{1, 3}}, {2, []byte{2}}}, false},
		{"empty", SpaceAgent, "0100", []Sub{{1, nil}}, false},
		{"nothing", SpaceAgent, "", nil, false},
		{"cut short", SpaceAgent, "01010702FF", []Sub{{1, []byte{7}}}, true},
		{"length cut off", SpaceAgent, "01010702", []Sub{{1, []byte{7}}}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire, err := DecodeHex(c.wire)
			if err != nil {
				t.Fatal(err)
			}
			before := bytes.Clone(wire)
			subs, ok := own.Suboptions(c.space, wire)
			if ok == c.broken || len(subs) != len(c.want) {
				t.Fatalf("%v, whole %v", subs, ok)
			}
			for i, s := range subs {
				if s.Code != c.want[i].Code || !bytes.Equal(s.Data, c.want[i].Data) {
					t.Errorf("%v, want %v", subs, c.want)
				}
			}
			if !bytes.Equal(wire, before) {
				t.Errorf("the packet's octets have changed to %X", wire)
			}
		})
	}
	if subs, ok := Standard6().Suboptions(Space6, []byte{1, 2, 0, 1, 5, 0, 3, 0, 0}); !ok || len(subs) != 2 || subs[0].Code != 258 || len(subs[1].Data) != 0 {
		t.Errorf("DHCPv6: %v, %v", subs, ok)
	}
	if _, ok := Standard6().Suboptions(Space6, []byte{1, 2, 0}); ok {
		t.Error("DHCPv6: a header that is cut short is whole")
	}
}

// What EncodeSuboptions4 splits, Suboptions joins.
func TestLongSuboptions(t *testing.T) {
	long := []byte(strings.Repeat("x", 600))
	subs, ok := Standard4().Suboptions(SpaceAgent, EncodeSuboptions4([]Sub{{1, long}, {2, []byte("y")}}))
	if !ok || len(subs) != 2 || !bytes.Equal(subs[0].Data, long) || string(subs[1].Data) != "y" {
		t.Errorf("D4.21.3: %d sub-options, whole %v", len(subs), ok)
	}
}

// FuzzText: no payload does harm to the description of an option.
func FuzzText(f *testing.F) {
	defs := allDefinitions()
	f.Add(uint16(0), []byte{1, 1, 1})
	f.Add(uint16(150), []byte{0, 0, 0, 9, 5, 'h', 'e', 'l', 'l', 'o'})
	f.Fuzz(func(t *testing.T, i uint16, wire []byte) {
		d := defs[int(i)%len(defs)]
		set := Standard4()
		if d.V6 {
			set = Standard6()
		}
		if text := set.Text(d.Space, d.Code, wire); text == "" && d.Type != String {
			t.Fatalf("%s: %X has no description", d.Name, wire)
		}
	})
}
