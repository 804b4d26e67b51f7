package option

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"
)

// sample is a value of a type: its text, the text that is read back, and its octets
// in hexadecimal.
type sample struct{ text, again, hex string }

// samples are values of each type, the first of which stands for the type where one
// is enough.
var samples = map[Type][]sample{
	Boolean:     {{"true", "true", "01"}, {"FALSE", "false", "00"}, {"1", "true", "01"}, {"0", "false", "00"}},
	Int8:        {{"-128", "-128", "80"}, {"127", "127", "7F"}},
	Int16:       {{"-2", "-2", "FFFE"}, {"0x7fff", "32767", "7FFF"}},
	Int32:       {{"-18000", "-18000", "FFFFB9B0"}, {"2147483647", "2147483647", "7FFFFFFF"}},
	Uint8:       {{"255", "255", "FF"}, {"0x1f", "31", "1F"}, {"1f", "31", "1F"}},
	Uint16:      {{"65535", "65535", "FFFF"}, {"0", "0", "0000"}},
	Uint32:      {{"4294967295", "4294967295", "FFFFFFFF"}, {"0xabcdef", "11259375", "00ABCDEF"}},
	IPv4Address: {{"192.0.2.1", "192.0.2.1", "C0000201"}, {"0.0.0.0", "0.0.0.0", "00000000"}},
	IPv6Address: {{"2001:DB8::1", "2001:db8::1", "20010DB8000000000000000000000001"}, {"::", "::", "00000000000000000000000000000000"}},
	IPv6Prefix:  {{"2001:db8:1::/48", "2001:db8:1::/48", "3020010DB80001"}, {"2001:db8::ff/33", "2001:db8::/33", "2120010DB800"}, {"::/0", "::/0", "00"}},
	PSID:        {{"3/4", "3/4", "043000"}, {"0/0", "0/0", "000000"}, {"65535/16", "65535/16", "10FFFF"}},
	FQDN:        {{"www.example.com", "www.example.com.", "03777777076578616D706C6503636F6D00"}, {"Host.", "Host.", "04486F737400"}, {".", ".", "00"}},
	String:      {{`Hello\, World`, `Hello\, World`, "48656C6C6F2C20576F726C64"}, {`a\\b\c'd'`, `a\\b\\c'd'`, "615C625C63276427"}},
	Binary:      {{"0102 fF", "0102FF", "0102FF"}, {"00", "00", "00"}},
}

// samplesOf are the samples of a type; the octets of a tuple differ between the
// versions of DHCP.
func samplesOf(t Type, v6 bool) []sample {
	if t != Tuple {
		return samples[t]
	}
	length := "%02X"
	if v6 {
		length = "%04X"
	}
	return []sample{
		{"abc", "abc", fmt.Sprintf(length, 3) + "616263"},
		{`a\,b`, `a\,b`, fmt.Sprintf(length, 3) + "612C62"},
	}
}

// internals are values of the options that have a parser of their own.
var internals = map[string][]sample{
	"classless-static-route": {
		{"10.99.0.0/16 - 10.100.1.1", "10.99.0.0/16 - 10.100.1.1", "100A630A640101"},
		{"0.0.0.0/0-10.100.1.254,192.0.2.7/32 - 10.0.0.1", "0.0.0.0/0 - 10.100.1.254, 192.0.2.7/32 - 10.0.0.1", "000A6401FE20C00002070A000001"},
	},
	"v4-dnr": {
		{"100, a.org.", "100, a.org.", "000A0064070161036F726700"},
		{`1, a., 192.0.2.1 192.0.2.2, alpn=dot\,doq port=8530 | 2, b.`, `1, a., 192.0.2.1 192.0.2.2, alpn=dot\,doq port=8530 | 2, b.`,
			"0021" + "0001" + "03016100" + "08C0000201C0000202" + "00010008" + "03646F7403646F71" + "00030002" + "2152" + "0006" + "0002" + "03016200"},
	},
	"v6-dnr": {
		{"100, a.org.", "100, a.org.", "00640007" + "0161036F726700"},
		{"1, a., 2001:db8::1, dohpath=/q", "1, a., 2001:db8::1, dohpath=/q", "00010003" + "016100" + "0010" + "20010DB8000000000000000000000001" + "00070002" + "2F71"},
	},
}

// vendorClasses are values of options that are told apart by enterprise number and
// hold texts with their lengths.
var vendorClasses = map[string][]sample{
	"vivco-suboptions": {{"1234, 03666f6f", "1234, 03666F6F", "000004D203666F6F"}},
	"vendor-class":     {{"1234, 0003666f6f", "1234, 0003666F6F", "000004D20003666F6F"}},
}

// valuesOf makes values of an option: one for each sample of its types.
func valuesOf(d *Definition) []sample {
	switch fields := d.fields(); {
	case d.Type == Internal:
		return internals[d.Name]
	case vendorClasses[d.Name] != nil:
		return vendorClasses[d.Name]
	case len(fields) == 0:
		return []sample{{}}
	default:
		return valuesOfFields(d, fields)
	}
}

func valuesOfFields(d *Definition, fields []Type) (values []sample) {
	for i := range 4 {
		var texts, again []string
		var hex string
		add := func(t Type, n int) {
			all := samplesOf(t, d.V6)
			s := all[n%len(all)]
			texts, again, hex = append(texts, s.text), append(again, s.again), hex+s.hex
		}
		for _, t := range fields {
			add(t, i)
		}
		if d.Array { // the last field goes on
			for n := range i {
				add(fields[len(fields)-1], n)
			}
		}
		values = append(values, sample{strings.Join(texts, ", "), strings.Join(again, ", "), hex})
	}
	return values
}

// Every option of the tables takes values as text and in hexadecimal, and gives them
// back.
func TestEveryRowOfTheTables(t *testing.T) {
	for _, table := range []struct {
		file string
		defs *Definitions
		rows int
	}{{"options4.csv", Standard4(), 156}, {"options6.csv", Standard6(), 100}} {
		f, err := os.Open(table.file)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		rows, err := csv.NewReader(f).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		if len(rows)-1 != table.rows {
			t.Errorf("%s has %d rows, want %d", table.file, len(rows)-1, table.rows)
		}
		for _, row := range rows[1:] {
			t.Run(row[colSpace]+" "+row[colName], func(t *testing.T) {
				d := table.defs.ByName(row[colSpace], row[colName])
				if d == nil || fmt.Sprint(d.Code) != row[colCode] || d != table.defs.ByCode(d.Space, d.Code) {
					t.Fatalf("code is %s in the table, defined is %+v", row[colCode], d)
				}
				checkValues(t, d)
			})
		}
	}
}

func checkValues(t *testing.T, d *Definition) {
	t.Helper()
	values := valuesOf(d)
	if len(values) == 0 {
		t.Fatal("there is no value to try")
	}
	for _, v := range values {
		wire, err := d.EncodeCSV(v.text)
		if err != nil || FormatHex(wire) != v.hex {
			t.Errorf("%q becomes %X, error %v, want %s", v.text, wire, err, v.hex)
		}
		text, err := d.Decode(wire)
		if err != nil || text != v.again {
			t.Errorf("%X becomes %q, error %v, want %q", wire, text, err, v.again)
		}
		octets, err := DecodeHex(v.hex)
		if err != nil {
			t.Fatal(err)
		}
		if normal, err := d.Normalize(octets); err != nil || FormatHex(normal) != v.hex {
			t.Errorf("hexadecimal %s becomes %X, error %v", v.hex, normal, err)
		}
	}
	if d.Type == Empty {
		if _, err := d.EncodeCSV("x"); err == nil {
			t.Error("an option without fields takes a value")
		}
		return
	}
	if wire, err := d.EncodeCSV(""); err == nil {
		t.Errorf("without a value it is %X", wire)
	}
}

// D4.58.16: what the tables of the manual have otherwise.
func TestTypesOfTheManualsTables(t *testing.T) {
	for _, c := range []struct {
		name string
		typ  Type
	}{
		{"vivso-suboptions", Uint32}, {"dhcp-message-type", Uint8}, {"classless-static-route", Internal}, {"domain-name", String}, {"v4-dnr", Internal},
	} {
		if d := Standard4().ByName(Space4, c.name); d.Type != c.typ {
			t.Errorf("D4.58.16: %s is of type %s, want %s", c.name, d.Type, c.typ)
		}
	}
}

// The options of each RFC that the server supports (ARM 8.11).
func TestOptionsByRFC(t *testing.T) {
	for rfc, codes := range map[string][]uint32{
		"2132": {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
			41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 58, 59, 60, 61, 64, 65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76},
		"2241": {85, 86, 87}, "2242": {62, 63}, "2485": {98}, "2563": {116}, "2610": {78, 79}, "2937": {117}, "3397": {119}, "3442": {121}, "4280": {88, 89},
		"4578": {93, 94, 97}, "4833": {100, 101}, "5192": {136}, "5223": {137}, "5417": {138}, "8910": {114}, "8925": {108}, "9463": {162},
	} {
		for _, code := range codes {
			if Standard4().ByCode(Space4, code) == nil {
				t.Errorf("D4.50.3: option %d of RFC %s is not defined", code, rfc)
			}
		}
	}
	t.Run("D4.50.3 RFC 3004 user classes are opaque, in hexadecimal only", func(t *testing.T) {
		d := Standard4().ByName(Space4, "user-class")
		if d.Type != Binary || d.Code != 77 {
			t.Errorf("defined as %+v", d)
		}
		if _, err := d.EncodeCSV("ipxe"); err == nil {
			t.Error("a text is accepted")
		}
	})
	t.Run("D4.50.7 retired options of RFC 3679", func(t *testing.T) {
		for _, code := range []uint32{80, 84, 95, 96, 102, 103, 104, 105, 106, 107, 109, 110, 111, 115} {
			if d := Standard4().ByCode(Space4, code); d != nil {
				t.Errorf("option %d is %s", code, d.Name)
			}
		}
	})
	t.Run("sub-options of relay agents", func(t *testing.T) {
		for rfc, code := range map[string]uint32{"3256": 4, "3527": 5, "3993": 6, "5010": 10, "5107": 11, "6925": 12, "8357": 19} {
			if Standard4().ByCode(SpaceAgent, code) == nil {
				t.Errorf("sub-option %d of RFC %s is not defined", code, rfc)
			}
		}
	})
}
