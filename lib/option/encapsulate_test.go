package option

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// entry makes an entry of a configuration from the option's name and text.
func entry(t *testing.T, defs *Definitions, space, name, text string, tagged bool) Entry {
	t.Helper()
	d := defs.ByName(space, name)
	wire, err := d.EncodeCSV(text)
	if err != nil {
		t.Fatal(err)
	}
	return Entry{Space: space, Code: d.Code, Wire: wire, Tagged: tagged}
}

func TestEncapsulate(t *testing.T) {
	own, err := Standard4().With([]*Definition{
		{Name: "container", Space: Space4, Code: 222, Type: Uint8, Encapsulates: "a"}, {Name: "x", Space: "a", Code: 9, Type: Uint16, Encapsulates: "b"},
		{Name: "s", Space: "a", Code: 3, Type: String}, {Name: "y", Space: "b", Code: 2, Type: Empty, Encapsulates: "a"},
	})
	if err != nil {
		t.Fatal(err)
	}
	six := Standard6()
	for _, c := range []struct {
		name  string
		defs  *Definitions
		code  uint32
		given string // in hexadecimal, besides what is in entries
		list  []Entry
		wire  string
	}{
		{"nothing to hold", own, 3, "C0000201", nil, "C0000201"},
		{"D4.20.3 own fields first", own, 222, "07", []Entry{entry(t, own, "a", "x", "513", false), entry(t, own, "a", "s", "k", false)}, "07" + "03016B" + "09020201"},
		{"a space inside itself", own, 222, "07", []Entry{entry(t, own, "a", "x", "1", false), entry(t, own, "b", "y", "", false)}, "07" + "09040001" + "0200"},
		{"given ones stay", own, 222, "07" + "030141" + "FF00", []Entry{entry(t, own, "a", "s", "k", false)}, "07" + "030141"},
		{"of one code the first", own, 222, "07", []Entry{entry(t, own, "a", "s", "k", false), entry(t, own, "a", "s", "l", false)}, "07" + "03016B"},
		{"DHCPv6, codes and lengths of two octets", six, 56, "", []Entry{entry(t, six, "v6-ntp-server-suboptions", "ntp-server-fqdn", "a.", false), entry(t, six, "v6-ntp-server-suboptions", "ntp-server-address", "::1", false)},
			"00010010" + "00000000000000000000000000000001" + "00030003" + "016100"},
		{"DHCPv6, three spaces", six, 94, "", []Entry{
			entry(t, six, "s46-cont-mape-options", "s46-rule", "128, 0, 24, 192.0.2.0, 2001:db8::/32", false), entry(t, six, "s46-rule-options", "s46-portparams", "2, 3/4", false),
			entry(t, six, "s46-cont-mape-options", "s46-br", "2001:db8::1", false)},
			"00590014" + "800018" + "C0000200" + "2020010DB8" + "005D0004" + "02043000" + "005A0010" + "20010DB8000000000000000000000001"},
		{"D6.11.20 an option that may hold options of messages is not filled with those of its own", six, 45, "", []Entry{entry(t, six, Space6, "preference", "1", false)}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			space := Space4
			if c.defs.V6() {
				space = Space6
			}
			given, err := DecodeHex(c.given)
			if err != nil {
				t.Fatal(err)
			}
			tree := c.defs.Encapsulate(c.defs.ByCode(space, c.code), given, c.list)
			if b := tree.Append(nil, nil); tree.Tagged || FormatHex(b) != c.wire {
				t.Errorf("%X, tagged %t, want %s", b, tree.Tagged, c.wire)
			}
		})
	}
	t.Run("entries for some clients come before those for all", func(t *testing.T) {
		tree := own.Encapsulate(own.ByCode(Space4, 222), []byte{7}, []Entry{
			entry(t, own, "a", "s", "all", false), entry(t, own, "a", "s", "one", true), entry(t, own, "a", "s", "two", true), entry(t, own, "b", "y", "", true), entry(t, own, "a", "x", "1", false),
		})
		for applies, want := range map[string]string{"": "0303616C6C" + "09020001", "1": "03036F6E65" + "09020001", "12": "03036F6E65" + "09020001", "2": "030374776F" + "09020001", "3": "0303616C6C" + "09040001" + "0200"} {
			b := tree.Append(nil, func(entry int) bool { return strings.Contains(applies, string(rune('0'+entry))) })
			if !tree.Tagged || FormatHex(b) != "07"+want {
				t.Errorf("with entries %q it is %X, want 07%s", applies, b, want)
			}
		}
	})
}

// What is put into a container comes out again, whatever the version of DHCP.
func TestEncapsulatedComeOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		defs, d := Standard4(), &Definition{Space: Space4, Code: 222, Type: Uint16, Encapsulates: "space"}
		if rapid.Bool().Draw(t, "DHCPv6") {
			defs, d = Standard6(), &Definition{Space: Space6, Code: 2222, Type: Uint16, Encapsulates: "space", V6: true}
		}
		codes := rapid.SliceOfNDistinct(rapid.Uint32Range(1, 254), 0, 5, rapid.ID).Draw(t, "codes")
		var list []Entry
		for _, code := range codes {
			list = append(list, Entry{Space: "space", Code: code, Wire: rapid.SliceOfN(rapid.Byte(), 0, 600).Draw(t, "wire")})
		}
		wire := defs.Encapsulate(d, []byte{1, 2}, list).Append(nil, nil)
		inside, ok := d.Encapsulated(wire)
		if !ok || !bytes.Equal(wire[:2], []byte{1, 2}) {
			t.Fatalf("%X has no sub-options", wire)
		}
		subs, whole := defs.Suboptions("space", inside)
		if !whole || len(subs) != len(list) || !slices.IsSortedFunc(subs, func(a, b Sub) int { return int(a.Code) - int(b.Code) }) {
			t.Fatalf("%d entries become %d sub-options, whole %t", len(list), len(subs), whole)
		}
		for _, e := range list {
			if data, ok := defs.Suboption("space", inside, uint16(e.Code)); !ok || !bytes.Equal(data, e.Wire) {
				t.Fatalf("sub-option %d is %X, found %t, want %X", e.Code, data, ok, e.Wire)
			}
		}
	})
}

func TestSuboption(t *testing.T) {
	defs, err := Standard4().With([]*Definition{{Name: "zero", Space: "APC", Code: 0, Type: Binary}, {Name: "last", Space: "APC", Code: 255, Type: Binary}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		defs  *Definitions
		space string
		wire  string
		code  uint16
		want  string // "-": it is not there
	}{
		{"D4.21.3 joined", defs, SpaceAgent, "010141" + "020142" + "010143", 1, "4143"},
		{"D4.18.7 behind padding", defs, SpaceVendorEncapsulated, "0000020142", 2, "42"},
		{"D4.18.7 behind the end", defs, SpaceVendorEncapsulated, "FF020142", 2, "-"},
		{"D4.18.7 a code 0 that is defined", defs, "APC", "000141", 0, "41"},
		{"D4.18.7 a code 255 that is defined", defs, "APC", "FF0141", 255, "41"},
		{"cut short", defs, "s", "010141" + "020242", 2, "-"},
		{"before what is cut short", defs, "s", "010141" + "020242", 1, "41"},
		{"empty", defs, "s", "0100", 1, ""},
		{"DHCPv6", Standard6(), "s", "0001000141" + "0100000142", 256, "42"},
		{"DHCPv6, the first of several", Standard6(), "s", "0001000141" + "0001000142", 1, "41"},
		{"DHCPv6, code 0", Standard6(), "s", "0000000141", 0, "41"},
		{"DHCPv6, half a code", Standard6(), "s", "00", 0, "-"},
	} {
		t.Run(c.name, func(t *testing.T) {
			wire, err := DecodeHex(c.wire)
			if err != nil {
				t.Fatal(err)
			}
			data, ok := c.defs.Suboption(c.space, wire, c.code)
			if ok != (c.want != "-") || ok && FormatHex(data) != c.want {
				t.Errorf("%X, found %t, want %s", data, ok, c.want)
			}
		})
	}
	t.Run("nothing is allocated for one in a piece", func(t *testing.T) {
		wire := []byte{1, 1, 'a', 2, 1, 'b'}
		if n := testing.AllocsPerRun(100, func() { defs.Suboption("s", wire, 2) }); n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

func TestCheckReceived(t *testing.T) {
	defs := nestedDefinitions(t)[0]
	for _, c := range []struct {
		code      uint32
		wire, err string
	}{
		{222, "07", ""}, {222, "", "option container (222): field 1 (uint8): 1 octets are needed, there are 0"},
		{222, "07" + "09020001", ""}, {222, "07" + "090101", "option container (222): option x (9): field 1 (uint16)"},
		{222, "07" + "09060001" + "01020161", ""}, {222, "07" + "09060001" + "01020261", "option container (222): option x (9): option z (1): field 1 (tuple): the tuple is cut short"},
		{222, "07" + "0809", ""}, {222, "07" + "080141", ""},
		{125, "0000", "an enterprise number has 4 octets"}, {121, "21C0", "route 1 is cut short"}, {3, "C0000201", ""},
	} {
		wire, err := DecodeHex(c.wire)
		if err != nil {
			t.Fatal(err)
		}
		expect(t, defs.CheckReceived(defs.ByCode(Space4, c.code), wire), c.err)
	}
}
