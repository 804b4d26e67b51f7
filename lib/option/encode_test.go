package option

import (
	"strings"
	"testing"
)

// def makes a definition for a test: of a record if there are several types.
func def(types ...Type) *Definition {
	d := &Definition{Space: "test", Code: 1, Name: "x", Type: types[0]}
	if len(types) > 1 {
		d.Type, d.Fields = Record, types
	}
	return d
}

func (d Definition) array() *Definition { d.Array = true; return &d }
func (d Definition) v6() *Definition    { d.V6 = true; return &d }

type encodeCase struct {
	name string
	def  *Definition
	data string
	wire string // hexadecimal, or
	err  string // part of the error
}

func runEncode(t *testing.T, cases []encodeCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name+" "+c.data, func(t *testing.T) {
			wire, err := c.def.EncodeCSV(c.data)
			switch {
			case c.err != "" && err == nil:
				t.Errorf("no error, wire %X", wire)
			case c.err != "" && !strings.Contains(err.Error(), c.err):
				t.Errorf("error is %q, want %q in it", err, c.err)
			case c.err == "" && (err != nil || FormatHex(wire) != c.wire):
				t.Errorf("wire %X, error %v, want %s", wire, err, c.wire)
			}
		})
	}
}

func TestEncodeIntegers(t *testing.T) {
	runEncode(t, []encodeCase{
		{"D4.15.5 D6.11.22", def(Uint8), "0", "00", ""},
		{"D4.15.5 D6.11.22", def(Uint8), "255", "FF", ""},
		{"D4.15.5 D6.11.22", def(Uint8), "256", "", `"256" is not a number from 0 to 255 (uint8)`},
		{"D4.15.5 D6.11.22", def(Uint8), "-1", "", "from 0 to 255"},
		{"D4.15.5 D6.11.22", def(Uint16), "65535", "FFFF", ""},
		{"D4.15.5 D6.11.22", def(Uint16), "65536", "", "from 0 to 65535 (uint16)"},
		{"D4.15.5 D6.11.22", def(Uint32), "4294967295", "FFFFFFFF", ""},
		{"D4.15.5 D6.11.22", def(Uint32), "4294967296", "", "from 0 to 4294967295"},
		{"D4.15.5 D6.11.22", def(Uint32), "99999999999999999999", "", "from 0 to 4294967295"},
		{"D4.15.5 D6.11.22", def(Int8), "-128", "80", ""},
		{"D4.15.5 D6.11.22", def(Int8), "127", "7F", ""},
		{"D4.15.5 D6.11.22", def(Int8), "128", "", "from -128 to 127 (int8)"},
		{"D4.15.5 D6.11.22", def(Int8), "-129", "", "from -128 to 127"},
		{"D4.15.5 D6.11.22", def(Int8), "0xff", "", "from -128 to 127"},
		{"D4.15.5 D6.11.22", def(Int16), "-32768", "8000", ""},
		{"D4.15.5 D6.11.22", def(Int16), "32768", "", "from -32768 to 32767"},
		{"D4.15.5 D6.11.22", def(Int32), "-2147483648", "80000000", ""},
		{"D4.15.5 D6.11.22", def(Int32), "2147483648", "", "from -2147483648 to 2147483647"},
		{"D4.15.6 decimal first", def(Uint8), "10", "0A", ""},
		{"D4.15.6 hexadecimal", def(Uint8), "0x10", "10", ""},
		{"D4.15.6 hexadecimal without 0x", def(Uint8), "1f", "1F", ""},
		{"D4.15.6 hexadecimal", def(Uint16), "0XABCD", "ABCD", ""},
		{"not a number", def(Uint8), "1g", "", `"1g" is not a number`},
		{"not a number", def(Uint8), "0x", "", `"0x" is not a number`},
		{"not a number", def(Int8), "--1", "", `"--1" is not a number`},
		{"fraction", def(Uint8), "1.5", "", `"1.5" is not a number`},
	})
}

func TestEncodeBooleans(t *testing.T) {
	runEncode(t, []encodeCase{
		{"D4.15.1 D6.11.22", def(Boolean), "true", "01", ""},
		{"D4.15.1 D6.11.22", def(Boolean), "false", "00", ""},
		{"D4.15.6", def(Boolean), "TRUE", "01", ""},
		{"D4.15.6", def(Boolean), "1", "01", ""},
		{"D4.15.6", def(Boolean), "0", "00", ""},
		{"other", def(Boolean), "yes", "", `"yes" is not a boolean: write true, false, 1 or 0`},
		{"other", def(Boolean), "2", "", "is not a boolean"},
	})
}

func TestEncodeAddresses(t *testing.T) {
	runEncode(t, []encodeCase{
		{"D4.15.1 D6.11.22", def(IPv4Address), "192.0.2.1", "C0000201", ""},
		{"D4.15.1 D6.11.22", def(IPv6Address), "2001:db8::1", "20010DB8000000000000000000000001", ""},
		{"D4.15.1 D6.11.23", def(IPv6Prefix), "2001:db8:1::/48", "3020010DB80001", ""},
		{"D4.15.1 D6.11.23 fewest octets, host bits cleared", def(IPv6Prefix), "2001:db8:ffff:ffff::1/49", "3120010DB8FFFF80", ""},
		{"D4.15.1 D6.11.23", def(IPv6Prefix), "::/0", "00", ""},
		{"other family", def(IPv4Address), "2001:db8::1", "", "is not an IPv4 address such as"},
		{"other family", def(IPv6Address), "192.0.2.1", "", "is not an IPv6 address such as"},
		{"zone", def(IPv6Address), "fe80::1%eth0", "", "is not an IPv6 address"},
		{"name", def(IPv4Address), "ns.example.org", "", `"ns.example.org" is not an IPv4 address`},
		{"no length", def(IPv6Prefix), "2001:db8::", "", "is not an IPv6 prefix such as"},
		{"length", def(IPv6Prefix), "2001:db8::/129", "", "is not an IPv6 prefix"},
		{"family", def(IPv6Prefix), "192.0.2.0/24", "", "is not an IPv6 prefix"},
	})
}

func TestEncodePSID(t *testing.T) {
	runEncode(t, []encodeCase{
		{"D4.15.2 D6.11.24", def(PSID), "3/4", "043000", ""},
		{"D4.15.2 D6.11.24", def(PSID), "0/0", "000000", ""},
		{"D4.15.2 D6.11.24", def(PSID), "65535/16", "10FFFF", ""},
		{"D4.15.2 D6.11.24", def(PSID), "3/17", "", "PSID length \"17\" is not a number from 0 to 16"},
		{"too large", def(PSID), "16/4", "", `PSID "16" is not a number from 0 to 15, which 4 bits can hold`},
		{"no length", def(PSID), "3", "", "is not a PSID and its length such as 3/4"},
	})
}

func TestEncodeText(t *testing.T) {
	long := strings.Repeat("a", 256)
	runEncode(t, []encodeCase{
		{"D4.12.7 comma", def(String), `foo\,bar`, "666F6F2C626172", ""},
		{"backslash", def(String), `a\\b\c`, "615C625C63", ""},
		{"backslash at the end", def(String), `a\`, "615C", ""},
		{"blanks around", def(String), "  a b\t", "612062", ""},
		{"quotes mean nothing", def(String), "'q'", "277127", ""},
		{"surplus is ignored", def(String), "a,b", "61", ""},
		{"nothing", def(String), "", "", "no option value specified: data needs one string"},
		{"blanks only", def(String), "  ", "", "the text is empty"},
		{"D4.15.4", def(Tuple), "abc", "03616263", ""},
		{"D6.11.26 two octets in DHCPv6", def(Tuple).v6(), "abc", "0003616263", ""},
		{"D4.15.4 too long", def(Tuple), long, "", "a tuple can have 255 octets, this one has 256"},
		{"D6.11.26 long enough", def(Tuple).v6(), long, "0100" + strings.Repeat("61", 256), ""},
		{"D4.15.1 D6.11.22", def(Binary), "01 02 aB", "0102AB", ""},
		{"odd", def(Binary), "012", "", "is not an even number of hexadecimal digits"},
		{"0x", def(Binary), "0x01", "", "is not an even number of hexadecimal digits"},
		{"colons", def(Binary), "01:02", "", "set csv-format to false"},
		{"D4.15.1", def(Empty), "", "", ""},
		{"D4.15.1", def(Empty), "1", "", "it has no value of its own"},
		{"long value", def(String).v6(), strings.Repeat("a", 65536), "", "more than the 65535"},
	})
}

func TestEncodeNames(t *testing.T) {
	label := strings.Repeat("a", 63)
	longest := label + "." + label + "." + label + "." + label[:61]
	runEncode(t, []encodeCase{
		{"D4.15.1 D6.11.22", def(FQDN), "www.Example.com", "03777777074578616D706C6503636F6D00", ""},
		{"trailing dot", def(FQDN), "a.b.", "0161016200", ""},
		{"root", def(FQDN), ".", "00", ""},
		{"escapes", def(FQDN), `a\\.b\044.c`, "04612E622C016300", ""},
		{"array", def(FQDN).array(), "a,b.c", "0161000162016300", ""},
		{"empty label", def(FQDN), "a..b", "", "a label is empty"},
		{"empty label", def(FQDN), ".a", "", "a label is empty"},
		{"long label", def(FQDN), label + "a.b", "", "a label has at most 63 octets"},
		{"longest", def(FQDN), longest, FormatHex([]byte("\x3f"+label+"\x3f"+label+"\x3f"+label+"\x3d"+label[:61])) + "00", ""},
		{"too long", def(FQDN), longest + "a", "", "it takes 256 octets, more than 255"},
		{"broken escape", def(FQDN), `a\25`, "", "after a backslash"},
		{"broken escape", def(FQDN), `a\256`, "", "after a backslash"},
		{"broken escape", def(FQDN), `a\`, "", "after a backslash"},
	})
}

func TestEncodeFields(t *testing.T) {
	bar := def(IPv4Address, Uint16, Boolean, String)
	runEncode(t, []encodeCase{
		{"D4.17.5", bar, "192.0.2.100, 123, true, Hello World", "C0000264007B0148656C6C6F20576F726C64", ""},
		{"D4.17.5 too few", bar, "192.0.2.100, 123", "", "data has 2 of 4 fields, field 3 (boolean) is missing"},
		{"D4.17.5 wrong field", bar, "192.0.2.100, 123, maybe, x", "", `option x (1): field 3: "maybe" is not a boolean`},
		{"surplus is ignored", def(Uint8, Uint8), "1,2,3", "0102", ""},
		{"D4.15.3 D6.11.10 D6.11.27 D6.14.4 the last field repeats", def(IPv4Address, Uint16).array(), "192.0.2.1, 1, 2, 3", "C0000201000100020003", ""},
		{"D4.17.4 D6.14.4 the last field repeats", def(IPv4Address, Uint16).array(), "192.0.2.1, 1", "C00002010001", ""},
		{"D4.17.4 D6.14.4 a list of values", def(Uint16).array(), "1,2,3", "000100020003", ""},
		{"D4.17.4 D6.11.10 wrong value in a list", def(Uint16).array(), "1, 2, x", "", `field 3: "x" is not a number`},
		{"no value in a list", def(Uint16).array(), "", "", "data needs at least one uint16"},
		{"empty pieces are skipped", def(Uint16).array(), "1,,2,", "00010002", ""},
		{"a blank piece is not", def(Uint16).array(), "1, ,2", "", "field 2"},
		{"no meaning", &Definition{Space: "test", Code: 9, Name: "x", Type: Internal}, "1", "", "type internal has no meaning for this option"},
	})
}

func TestEncodeRoutes(t *testing.T) {
	d := Standard4().ByName(Space4, "classless-static-route")
	runEncode(t, []encodeCase{
		{"D4.13.15", d, "10.0.0.0/8 - 192.0.2.1", "080AC0000201", ""},
		{"D4.13.15 without blanks", d, "10.17.0.0/16-192.0.2.1,10.0.0.0/9-192.0.2.2", "100A11C0000201090A00C0000202", ""},
		{"host", d, "10.1.2.3/32 - 0.0.0.0", "200A01020300000000", ""},
		{"bits beyond the length are cleared", d, "10.1.2.255/25 - 192.0.2.1", "190A010280C0000201", ""},
		{"nothing", d, "", "", "at least one route such as"},
		{"no router", d, "10.0.0.0/8", "", "field 1"},
		{"no length", d, "10.0.0.0/8 - 192.0.2.1, 10.0.0.0 - 192.0.2.1", "", "field 2: \"10.0.0.0 - 192.0.2.1\" is not a route"},
		{"IPv6", d, "2001:db8::/32 - 192.0.2.1", "", "is not a route"},
	})
}

// The examples of ARM 8.2.34 and 9.2.13, with the octets that the latter gives
// for its own.
func TestEncodeResolvers(t *testing.T) {
	v4 := Standard4().ByName(Space4, "v4-dnr")
	v6 := Standard6().ByName(Space6, "v6-dnr")
	const resolver = "087265736F6C766572076578616D706C6500"
	runEncode(t, []encodeCase{
		{"D4.38.1 several instances", v4, `2, resolver.example., 10.0.5.6, alpn=dot\,doq port=8530 | 3, fooexp.resolver.example.`,
			"002C" + "0002" + "12" + resolver + "04" + "0A000506" + "0001000803646F7403646F71" + "000300022152" +
				"001C" + "0003" + "19" + "06666F6F657870" + resolver, ""},
		{"D4.38.2 all fields", v6, "100, dot1.example.org., 2001:db8::1 2001:db8::2, alpn=dot port=8530",
			"0064" + "0012" + "04646F7431076578616D706C65036F726700" +
				"0020" + "20010DB800000000000000000000000120010DB8000000000000000000000002" +
				"0001000403646F74" + "000300022152", ""},
		{"D4.38.3 escaped commas", v6, `150, resolver.example., 2001:db8::1 2001:db8::2, alpn=dot\,doq\,h2\,h3 dohpath=/q{?dns}`,
			"0096" + "0012" + resolver +
				"0020" + "20010DB800000000000000000000000120010DB8000000000000000000000002" +
				"0001000E03646F7403646F71026832026833" + "000700082F717B3F646E737D", ""},
		{"D4.38.3 escaped pipe", v4, `1, a., 10.0.0.1, dohpath=/a\|b`, "0013" + "0001" + "03" + "016100" + "04" + "0A000001" + "000700042F617C62", ""},
		{"D4.38.3 name alone", v4, "1, a", "0006" + "0001" + "03" + "016100", ""},
		{"D4.38.2 addresses without parameters", v4, "1, a, 10.0.0.1 10.0.0.2", "000F" + "0001" + "03" + "016100" + "08" + "0A0000010A000002", ""},
		{"D4.38.4 in the order of the keys", v4, "1, a, 10.0.0.1, dohpath=/ port=1 alpn=h2",
			"001D" + "0001" + "03" + "016100" + "04" + "0A000001" + "00010003026832" + "000300020001" + "000700012F", ""},
		{"D4.38.4 mandatory", v4, "1, a, 10.0.0.1, mandatory=alpn", "", `"mandatory=alpn" is not alpn=, port= or dohpath=`},
		{"D4.38.4 no-default-alpn", v4, "1, a, 10.0.0.1, no-default-alpn", "", "is not alpn="},
		{"D4.38.4 ipv4hint", v4, "1, a, 10.0.0.1, ipv4hint=10.0.0.1", "", "is not alpn="},
		{"D4.38.4 ech", v4, "1, a, 10.0.0.1, ech=AAAA", "", "is not alpn="},
		{"D4.38.4 ipv6hint", v4, "1, a, 10.0.0.1, ipv6hint=::1", "", "is not alpn="},
		{"D4.38.4 ohttp", v4, "1, a, 10.0.0.1, ohttp=", "", "is not alpn="},
		{"twice", v4, "1, a, 10.0.0.1, port=1 port=2", "", "port is given twice"},
		{"port", v4, "1, a, 10.0.0.1, port=65536", "", "port: \"65536\" is not a number from 0 to 65535"},
		{"empty protocol", v4, `1, a, 10.0.0.1, alpn=dot\,`, "", "has an empty protocol"},
		{"D4.38.2 name is mandatory", v4, "1", "", "must be a priority, a domain name"},
		{"D4.38.2 in the second instance", v4, "1, a | 2", "", "resolver 2: \"2\" must be"},
		{"empty", v4, "", "", "must be a priority"},
		{"too many fields", v4, "1, a, 10.0.0.1, port=1, 2", "", "must be a priority"},
		{"priority", v4, "65536, a", "", "field 1 (priority)"},
		{"name", v4, "1, a..b", "", "field 2 (domain name)"},
		{"address of the other family", v4, "1, a, 2001:db8::1", "", "field 3 (addresses): \"2001:db8::1\" is not an IPv4 address"},
		{"address of the other family", v6, "1, a, 10.0.0.1", "", "is not an IPv6 address"},
		{"parameters without addresses", v4, "1, a, , port=1", "", "field 3 (addresses) is empty"},
		{"too many addresses", v4, "1, a, " + strings.Repeat("10.0.0.1 ", 64), "", "at most 63 fit"},
	})
}
