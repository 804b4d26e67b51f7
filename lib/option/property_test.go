package option

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// allDefinitions are those of both protocols in a fixed order.
func allDefinitions() []*Definition {
	var defs []*Definition
	for _, set := range []*Definitions{Standard4(), Standard6()} {
		for _, d := range set.byCode {
			defs = append(defs, d)
		}
	}
	slices.SortFunc(defs, func(a, b *Definition) int {
		return strings.Compare(a.Space+a.Name, b.Space+b.Name)
	})
	return defs
}

// drawField makes the wire form of a value of type t that text can hold.
func drawField(t *rapid.T, typ Type, v6 bool) []byte {
	octets := func(n int) []byte { return rapid.SliceOfN(rapid.Byte(), n, n).Draw(t, typ.String()) }
	switch typ {
	case Boolean:
		return []byte{rapid.ByteRange(0, 1).Draw(t, "boolean")}
	case IPv6Prefix:
		bits := rapid.IntRange(0, 128).Draw(t, "bits")
		a := netip.PrefixFrom(netip.AddrFrom16([16]byte(octets(16))), bits).Masked().Addr().As16()
		return append([]byte{byte(bits)}, a[:(bits+7)/8]...)
	case PSID:
		bits := rapid.IntRange(0, 16).Draw(t, "bits")
		psid := rapid.IntRange(0, 1<<bits-1).Draw(t, "psid")
		return binary.BigEndian.AppendUint16([]byte{byte(bits)}, uint16(psid<<(16-bits)))
	case FQDN:
		var name []byte
		for range rapid.IntRange(0, 4).Draw(t, "labels") {
			label := rapid.SliceOfN(rapid.Byte(), 1, 12).Draw(t, "label")
			name = append(append(name, byte(len(label))), label...)
		}
		return append(name, 0)
	case Tuple:
		b, err := appendTuple(nil, drawText(t), v6)
		if err != nil {
			t.Fatal(err)
		}
		return b
	case String:
		return []byte(drawText(t))
	case Binary:
		return rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "binary")
	}
	return octets(typ.size())
}

// drawText makes a text that survives the trimming of blanks.
func drawText(t *rapid.T) string {
	return rapid.StringMatching(`[!-~]([ -~]{0,20}[!-~])?`).Draw(t, "text")
}

// drawWire makes a value of the option.
func drawWire(t *rapid.T, d *Definition) []byte {
	if d.Type == Internal {
		return drawInternal(t, d)
	}
	if d.holdsVendorClasses() {
		wire := drawField(t, Uint32, d.V6)
		return append(wire, drawField(t, Tuple, d.V6)...)
	}
	var wire []byte
	fields := d.fields()
	for _, f := range fields {
		wire = append(wire, drawField(t, f, d.V6)...)
	}
	if d.Array {
		for range rapid.IntRange(0, 3).Draw(t, "more") {
			wire = append(wire, drawField(t, fields[len(fields)-1], d.V6)...)
		}
	}
	return wire
}

func drawInternal(t *rapid.T, d *Definition) []byte {
	var texts []string
	separator := " | "
	for range rapid.IntRange(1, 3).Draw(t, "instances") {
		switch d.Name {
		case "classless-static-route":
			separator = ", "
			p := netip.PrefixFrom(netip.AddrFrom4([4]byte(drawField(t, IPv4Address, false))), rapid.IntRange(0, 32).Draw(t, "bits"))
			texts = append(texts, p.String()+" - "+formatField(IPv4Address, drawField(t, IPv4Address, false), false))
		case "v4-dnr":
			texts = append(texts, drawResolver(t, IPv4Address))
		default:
			texts = []string{drawResolver(t, IPv6Address)}
		}
	}
	wire, err := d.EncodeCSV(strings.Join(texts, separator))
	if err != nil {
		t.Fatal(err)
	}
	return wire
}

func drawResolver(t *rapid.T, family Type) string {
	text := rapid.StringMatching(`[0-9]{1,4}, [a-z]{1,9}\.example`).Draw(t, "resolver")
	if rapid.Bool().Draw(t, "name alone") {
		return text
	}
	text += ", " + formatField(family, drawField(t, family, false), false)
	for range rapid.IntRange(0, 2).Draw(t, "addresses") {
		text += " " + formatField(family, drawField(t, family, false), false)
	}
	params := rapid.SampledFrom([]string{"", `, alpn=h2\,dot`, ", port=853", `, port=1 dohpath=/q\|{?dns} alpn=h3`, `, dohpath=/a\\b`})
	return text + params.Draw(t, "params")
}

// A value that is on the wire becomes a text that gives the same value.
func TestWireToTextToWire(t *testing.T) {
	defs := allDefinitions()
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.SampledFrom(defs).Draw(t, "definition")
		wire := drawWire(t, d)
		text, err := d.Decode(wire)
		if err != nil {
			t.Fatalf("%s, wire %X: %v", d.Name, wire, err)
		}
		again, err := d.EncodeCSV(text)
		if err != nil || !bytes.Equal(again, wire) {
			t.Fatalf("%s, wire %X, text %q, wire %X, error %v", d.Name, wire, text, again, err)
		}
		if normal, err := d.Normalize(wire); err != nil || !bytes.Equal(normal, wire) {
			t.Fatalf("%s, wire %X is changed to %X, error %v", d.Name, wire, normal, err)
		}
	})
}

// The same for every standard option that has a value of its own.
func TestEveryOptionConverts(t *testing.T) {
	for _, d := range allDefinitions() {
		if d.Type == Empty {
			continue
		}
		wire := rapid.Custom(func(t *rapid.T) []byte { return drawWire(t, d) }).Example(1)
		text, err := d.Decode(wire)
		if err != nil {
			t.Errorf("%s %s, wire %X: %v", d.Space, d.Name, wire, err)
			continue
		}
		if again, err := d.EncodeCSV(text); err != nil || !bytes.Equal(again, wire) {
			t.Errorf("%s %s, wire %X, text %q, wire %X, error %v", d.Space, d.Name, wire, text, again, err)
		}
	}
}

// What octets in hexadecimal mean does not depend on how they are written.
func TestHexForms(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		wire := rapid.SliceOfN(rapid.Byte(), 1, 40).Draw(t, "wire")
		digits := FormatHex(wire)
		var pairs []string
		for i := 0; i < len(digits); i += 2 {
			pairs = append(pairs, digits[i:i+2])
		}
		for _, text := range []string{digits, "0x" + strings.ToLower(digits), strings.Join(pairs, ":"), strings.Join(pairs, " ")} {
			if got, err := DecodeHex(text); err != nil || !bytes.Equal(got, wire) {
				t.Fatalf("%q becomes %X, error %v", text, got, err)
			}
		}
	})
}

func TestEscape(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOfN(rapid.StringMatching(`[!-~]{1,8}`), 1, 4).Draw(t, "parts")
		var escaped []string
		for _, p := range parts {
			escaped = append(escaped, escape(p, ","))
		}
		if got := splitCSV(strings.Join(escaped, " , ")); !slices.Equal(got, parts) {
			t.Fatalf("%q becomes %q", parts, got)
		}
	})
}
