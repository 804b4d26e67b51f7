package option

import (
	"bytes"
	"slices"
	"testing"
)

// FuzzEncodeCSV: whatever an option takes as text can be read back and gives
// the same octets again.
func FuzzEncodeCSV(f *testing.F) {
	defs := allDefinitions()
	for _, seed := range []struct{ space, name, data string }{
		{Space4, "routers", "192.0.2.1, 192.0.2.2"},
		{Space4, "option-6rd", "8, 32, 2001:db8::, 192.0.2.1"},
		{Space4, "classless-static-route", "10.99.0.0/16 - 10.100.1.1, 0.0.0.0/0 - 10.100.1.254"},
		{Space4, "v4-dnr", `2, resolver.example., 10.0.5.6, alpn=dot\,doq port=8530 | 3, fooexp.resolver.example.`},
		{Space4, "v4-sztp-redirect", `a\,b, c\\d`},
		{Space4, "v4-portparams", "2, 3/4"},
		{Space4, "domain-search", `a\\.b\044.c, .`},
		{Space6, "pd-exclude", "2001:db8:ffff::1/49"},
	} {
		i := slices.IndexFunc(defs, func(d *Definition) bool { return d.Space == seed.space && d.Name == seed.name })
		f.Add(uint16(i), seed.data)
	}
	f.Fuzz(func(t *testing.T, i uint16, data string) {
		d := defs[int(i)%len(defs)]
		wire, err := d.EncodeCSV(data)
		if err != nil {
			return
		}
		text, err := d.Decode(wire)
		if err != nil {
			t.Fatalf("%s: %q becomes %X, which cannot be read: %v", d.Name, data, wire, err)
		}
		if text == "" || d.Type == Tuple || d.Type == String || d.Type == Record || d.Type == Internal {
			return // blanks at the ends and empty tuples get lost in text
		}
		if again, err := d.EncodeCSV(text); err != nil || !bytes.Equal(again, wire) {
			t.Fatalf("%s: %q becomes %X, then %q, then %X, error %v", d.Name, data, wire, text, again, err)
		}
	})
}

// FuzzDecode: octets from a packet never do harm, and what is kept of them
// stays the same when looked at again.
func FuzzDecode(f *testing.F) {
	defs := allDefinitions()
	for _, seed := range []struct {
		space string
		code  uint32
		wire  string
	}{
		{Space4, 121, "100A630A6401010008C0A80001"},
		{Space4, 162, "000A0064070161036F726700"},
		{Space4, 119, "0161036F726700"},
		{Space4, 143, "03612C6203636465"},
		{Space4, 159, "02043000"},
		{Space4, 78, "01C0000201"},
		{Space6, 67, "3120010DB8FFFF80"},
		{Space6, 144, "00010003016100"},
	} {
		wire, err := DecodeHex(seed.wire)
		if err != nil {
			f.Fatal(err)
		}
		i := slices.IndexFunc(defs, func(d *Definition) bool { return d.Space == seed.space && d.Code == seed.code })
		f.Add(uint16(i), wire)
	}
	f.Fuzz(func(t *testing.T, i uint16, wire []byte) {
		d := defs[int(i)%len(defs)]
		_, err := d.Decode(wire)
		normal, normalErr := d.Normalize(wire)
		if normalErr != nil {
			if err == nil {
				t.Fatalf("%s: %X can be read but is refused: %v", d.Name, wire, normalErr)
			}
			return
		}
		again, err := d.Normalize(normal)
		if err != nil || !bytes.Equal(again, normal) {
			t.Fatalf("%s: %X becomes %X, then %X, error %v", d.Name, wire, normal, again, err)
		}
	})
}

// FuzzSuboptions: what holds sub-options, nested or of vendors, never does harm, and
// a sub-option is the same whether it is looked for or found among the others.
func FuzzSuboptions(f *testing.F) {
	sets := nestedDefinitions(f)
	for _, seed := range []struct {
		which byte
		code  uint16
		wire  string
	}{
		{0, 222, "07" + "09060201" + "02020101"}, {0, 43, "0001014102FF020142FF"}, {0, 125, "0000118B0302010100000009FF01"}, {0, 124, "000000090161" + "0000000A0162"},
		{0, 82, "010141" + "020142" + "010143"}, {0, 122, "06036100"}, {0, 143, "016109"},
		{1, 94, "00590014800018C00002002020010DB8005D000402043000"}, {1, 17, "0000118B" + "0001000400200021"}, {1, 16, "00000009" + "000161"}, {1, 45, "0003000C000000010000000000000000"},
	} {
		wire, err := DecodeHex(seed.wire)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(seed.which, seed.code, wire)
	}
	f.Fuzz(func(t *testing.T, which byte, code uint16, wire []byte) {
		defs := sets[int(which)%len(sets)]
		space := Space4
		if defs.V6() {
			space = Space6
		}
		text := defs.Text(space, uint32(code), wire)
		if len(text) > 100*(len(wire)+10) {
			t.Fatalf("%d octets are described with %d: %q", len(wire), len(text), text)
		}
		d := defs.ByCode(space, uint32(code))
		if d == nil {
			return
		}
		d.CheckTuples(wire)
		d.Normalize(wire)
		inside, ok := d.Encapsulated(wire)
		if !ok {
			return
		}
		subs, _ := defs.Suboptions(d.Encapsulates, inside)
		for i, s := range subs {
			if slices.ContainsFunc(subs[:i], func(o Sub) bool { return o.Code == s.Code }) {
				continue // DHCPv6 has several of one code, the first is found
			}
			if data, ok := defs.Suboption(d.Encapsulates, inside, s.Code); !ok || !bytes.Equal(data, s.Data) {
				t.Fatalf("sub-option %d of %X is %X, among the others %X", s.Code, wire, data, s.Data)
			}
		}
	})
}

// nestedDefinitions are the standard ones of both versions of DHCP with containers
// in containers, one of which can hold itself.
func nestedDefinitions(t testing.TB) (sets []*Definitions) {
	for _, standard := range []*Definitions{Standard4(), Standard6()} {
		space, v6 := Space4, standard.V6()
		if v6 {
			space = Space6
		}
		set, err := standard.With([]*Definition{
			{Name: "container", Space: space, Code: 222, Type: Uint8, Encapsulates: "a", V6: v6}, {Name: "x", Space: "a", Code: 9, Type: Uint16, Encapsulates: "b", V6: v6},
			{Name: "y", Space: "b", Code: 2, Type: Empty, Encapsulates: "a", V6: v6}, {Name: "z", Space: "b", Code: 1, Type: Tuple, Array: true, V6: v6},
		})
		if err != nil {
			t.Fatal(err)
		}
		sets = append(sets, set)
	}
	return sets
}
