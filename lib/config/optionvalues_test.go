package config

import (
	"encoding/csv"
	"fmt"
	"os"
	"strings"
	"testing"

	"nestor/lib/option"
)

// typedOptions defines options of the types that no standard option of a plain form has.
const typedOptions = `{ "name": "int8", "code": 200, "type": "int8" }, { "name": "int16", "code": 201, "type": "int16" },
	{ "name": "address6", "code": 202, "type": "ipv6-address" }, { "name": "prefix6", "code": 203, "type": "ipv6-prefix" },
	{ "name": "psid", "code": 204, "type": "psid" }, { "name": "tuple", "code": 205, "type": "tuple" },
	{ "name": "mixed", "code": 206, "type": "record", "record-types": "ipv4-address, uint16, boolean, string" },
	{ "name": "list", "code": 207, "type": "record", "array": true, "record-types": "uint8, fqdn" },
	{ "name": "inner", "code": 1, "space": "isc", "type": "uint32" }, { "name": "binary", "code": 208, "type": "binary" }`

// valueAt is a configuration with one option whose data begins at line 4, column 9.
func valueAt(option, data string) string {
	return "{ \"Dhcp4\": { \"option-def\": [ " + strings.ReplaceAll(typedOptions, "\n", " ") + " ],\n" +
		"\"option-data\": [ {\n" + option + ",\n\"data\": " + data + " } ] } }"
}

// Each wrong value is refused where it stands, and the message says what would be
// right.
func TestWrongOptionValues(t *testing.T) {
	name := func(n string) string { return `"name": "` + n + `"` }
	hex := func(n string) string { return name(n) + `, "csv-format": false` }
	for _, c := range []struct {
		option, data string
		says         []string
	}{
		// integers
		{name("default-ip-ttl"), `"256"`, []string{`"256" is not a number from 0 to 255`, "uint8"}},
		{name("default-ip-ttl"), `"-1"`, []string{"number from 0 to 255"}},
		{name("default-ip-ttl"), `"ttl"`, []string{`"ttl" is not a number from 0 to 255`}},
		{name("default-ip-ttl"), `""`, []string{"data needs one uint8"}},
		{name("interface-mtu"), `"65536"`, []string{"from 0 to 65535", "uint16"}},
		{name("path-mtu-plateau-table"), `"68, 70000"`, []string{"field 2", "from 0 to 65535"}},
		{name("arp-cache-timeout"), `"4294967296"`, []string{"from 0 to 4294967295", "uint32"}},
		{name("arp-cache-timeout"), `"0x1ffffffff"`, []string{"from 0 to 4294967295"}},
		{name("arp-cache-timeout"), `"1.5"`, []string{"from 0 to 4294967295"}},
		{name("time-offset"), `"2147483648"`, []string{"from -2147483648 to 2147483647", "int32"}},
		{name("int8"), `"-129"`, []string{"from -128 to 127", "int8"}},
		{name("int8"), `"0xff"`, []string{"from -128 to 127"}},
		{name("int16"), `"32768"`, []string{"from -32768 to 32767", "int16"}},
		{name("inner") + `, "space": "isc"`, `"many"`, []string{"from 0 to 4294967295"}},
		// booleans
		{name("ip-forwarding"), `"yes"`, []string{"write true, false, 1 or 0"}},
		{name("ip-forwarding"), `"2"`, []string{"write true, false, 1 or 0"}},
		{name("ip-forwarding"), `""`, []string{"data needs one boolean"}},
		// addresses and prefixes
		{name("routers"), `"192.0.2.300"`, []string{"not an IPv4 address such as 192.0.2.1"}},
		{name("routers"), `"192.0.2.1 192.0.2.2"`, []string{"not an IPv4 address such as 192.0.2.1"}},
		{name("routers"), `"2001:db8::1"`, []string{"not an IPv4 address such as 192.0.2.1"}},
		{name("routers"), `"192.0.2.1, gateway"`, []string{"field 2", `"gateway" is not an IPv4 address`}},
		{name("swap-server"), `""`, []string{"data needs one ipv4-address"}},
		{name("swap-server"), `"192.0.2.1/24"`, []string{"not an IPv4 address such as 192.0.2.1"}},
		{name("address6"), `"192.0.2.1"`, []string{"not an IPv6 address such as 2001:db8::1"}},
		{name("address6"), `"fe80::1%eth0"`, []string{"not an IPv6 address such as 2001:db8::1"}},
		{name("prefix6"), `"2001:db8::"`, []string{"not an IPv6 prefix such as 2001:db8:1::/48"}},
		{name("prefix6"), `"2001:db8::/129"`, []string{"not an IPv6 prefix such as 2001:db8:1::/48"}},
		{name("psid"), `"3"`, []string{"not a PSID and its length such as 3/4"}},
		{name("psid"), `"3/17"`, []string{"PSID length", "from 0 to 16"}},
		{name("psid"), `"4/2"`, []string{"from 0 to 3, which 2 bits can hold"}},
		// names and texts
		{name("v4-lost"), `"a..b"`, []string{"not a domain name: a label is empty"}},
		{name("v4-lost"), `""`, []string{"data needs one fqdn"}},
		{name("v4-lost"), `"` + strings.Repeat("a", 64) + `.org"`, []string{"a label has at most 63 octets"}},
		{name("v4-lost"), `"` + strings.Repeat("abcdefg.", 32) + `"`, []string{"more than 255"}},
		{name("v4-lost"), `"a\\1b"`, []string{"after a backslash stands a character or a decimal number"}},
		{name("domain-search"), `"a.org, .b"`, []string{"field 2", "a label is empty"}},
		{name("root-path"), `""`, []string{"data needs one string"}},
		{name("root-path"), `" "`, []string{"the text is empty"}},
		{name("tuple"), `"` + strings.Repeat("x", 256) + `"`, []string{"a tuple can have 255 octets, this one has 256"}},
		{name("tuple"), `""`, []string{"data needs one tuple"}},
		// octets
		{name("binary"), `"012"`, []string{"an even number of hexadecimal digits such as 0102ff"}},
		{name("binary"), `"0x01"`, []string{"hexadecimal digits such as 0102ff"}},
		{name("binary"), `"01:02"`, []string{"set csv-format to false"}},
		{name("binary"), `"'text'"`, []string{"set csv-format to false"}},
		{name("binary"), `""`, []string{"data needs one binary"}},
		// containers and records
		{name("vendor-encapsulated-options"), `"0102"`, []string{"has no value of its own, so data must be empty"}},
		{name("mixed"), `"192.0.2.1, 7"`, []string{"data has 2 of 4 fields, field 3 (boolean) is missing"}},
		{name("mixed"), `"192.0.2.1, 7, maybe, text"`, []string{"field 3", "write true, false, 1 or 0"}},
		{name("list"), `"1"`, []string{"field 2 (fqdn) is missing"}},
		{name("list"), `"1, a.org, b..org"`, []string{"field 3", "a label is empty"}},
		// options with a form of their own
		{name("classless-static-route"), `"10.0.0.0/8"`, []string{"not a route such as 10.0.0.0/8 - 192.0.2.1"}},
		{name("classless-static-route"), `"10.0.0.0/33 - 192.0.2.1"`, []string{"not a route such as 10.0.0.0/8 - 192.0.2.1"}},
		{name("classless-static-route"), `""`, []string{"data needs at least one route such as 10.0.0.0/8 - 192.0.2.1"}},
		{name("v4-dnr"), `"100"`, []string{"must be a priority, a domain name"}},
		{name("v4-dnr"), `"70000, a."`, []string{"field 1 (priority)", "from 0 to 65535"}},
		{name("v4-dnr"), `"1, a., 2001:db8::1"`, []string{"field 3 (addresses)", "IPv4 address such as 192.0.2.1"}},
		{name("v4-dnr"), `"1, a., 192.0.2.1, ech=x"`, []string{"field 4 (parameters)", "alpn=, port= or dohpath="}},
		{name("vivso-suboptions"), `"vendor"`, []string{"from 0 to 4294967295"}},
		{name("vivco-suboptions"), `"9, 05026162"`, []string{"needs its length before it, such as 03666f6f for foo"}},
		{name("vivco-suboptions"), `"9, 0161 02"`, []string{"too short for an enterprise number"}},
		// hexadecimal
		{hex("routers"), `"192.0.2.1"`, []string{"write C0000201, 0xC0000201, C0:00:02:01, C0 00 02 01 or 'some text', or set csv-format to true"}},
		{hex("routers"), `"C000"`, []string{"4 octets are needed, there are 2"}},
		{hex("root-path"), `"0x41:42"`, []string{`octet 1, "0x41", must be one or two hexadecimal digits`}},
		{hex("root-path"), `"41 4g"`, []string{`octet 2, "4g", must be one or two hexadecimal digits`}},
		{hex("v4-lost"), `"03616263"`, []string{"the domain name has no end"}},
		{hex("tuple"), `"0561"`, []string{"the tuple is cut short"}},
		{hex("psid"), `"11ffff"`, []string{"PSID length 17 is above 16"}},
		{hex("prefix6"), `"8120"`, []string{"prefix length 129 is above 128"}},
		{hex("mixed"), `"c000020100"`, []string{"field 2 (uint16): 2 octets are needed, there are 1"}},
		{hex("vivso-suboptions"), `"0102"`, []string{"an enterprise number has 4 octets, there are 2"}},
		{hex("vivso-suboptions"), `"000000090502"`, []string{"octet 5 counts 5 octets of options, 1 follow"}},
		{hex("classless-static-route"), `"21c0"`, []string{"route 1 is cut short or its subnet length 33 is above 32"}},
		{`"code": 250, "csv-format": false`, `"xyz"`, []string{"is not hexadecimal: write"}},
	} {
		t.Run(c.option+" "+c.data, func(t *testing.T) {
			_, _, err := loadText(valueAt(c.option, c.data))
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, part := range append(c.says, "test.conf:4:9", "Dhcp4/option-data[0]/data") {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("refused with\n%v\nwithout %q", err, part)
				}
			}
		})
	}
}

// D4.15.5 D4.17.3: wrong definitions and entries are refused where they stand as well.
func TestWrongOptionDefinitions(t *testing.T) {
	for _, c := range []struct{ list, entry, says string }{
		{"option-def", `{ "code": 222, "type": "uint8" }`, "name"},
		{"option-def", `{ "name": "x", "type": "uint8" }`, "code"},
		{"option-def", `{ "name": "x", "code": 222 }`, "type"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint64" }`, `"uint64" is no type of an option`},
		{"option-def", `{ "name": "x", "code": 222, "type": "internal" }`, `"internal" is no type of an option`},
		{"option-def", `{ "name": "x", "code": 256, "type": "uint8" }`, "256 is out of range"},
		{"option-def", `{ "name": "x", "code": 0, "type": "uint8" }`, "use 1 to 254"},
		{"option-def", `{ "name": "x", "code": 255, "type": "uint8" }`, "use 1 to 254"},
		{"option-def", `{ "name": "x y", "code": 222, "type": "uint8" }`, "use letters, digits, - and _"},
		{"option-def", `{ "name": "-x", "code": 222, "type": "uint8" }`, "with a letter or digit at both ends"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "space": "a.b" }`, "cannot be the name of an option space"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "space": "dhcp6" }`, "a DHCPv4 server has none of them"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "encapsulate": "dhcp4" }`, "cannot encapsulate the space dhcp4 that it is in"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "encapsulate": "a b" }`, "cannot be the name of an option space"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "array": true, "encapsulate": "a" }`, "an array cannot encapsulate sub-options"},
		{"option-def", `{ "name": "x", "code": 222, "type": "string", "array": true }`, "no array of string"},
		{"option-def", `{ "name": "x", "code": 222, "type": "record" }`, "at least two types in record-types, there are 0"},
		{"option-def", `{ "name": "x", "code": 222, "type": "record", "record-types": "uint8" }`, "there are 1"},
		{"option-def", `{ "name": "x", "code": 222, "type": "record", "record-types": "uint8, word" }`, `"word" is no type`},
		{"option-def", `{ "name": "x", "code": 222, "type": "record", "record-types": "uint8, empty" }`, "empty cannot be part of a record"},
		{"option-def", `{ "name": "x", "code": 222, "type": "record", "record-types": "string, uint8" }`, "can be the last field only"},
		{"option-def", `{ "name": "x", "code": 222, "type": "uint8", "record-types": "uint8, uint8" }`, "record-types goes with type record only"},
		{"option-def", `{ "name": "x", "code": 3, "type": "uint8" }`, "option 3 of space dhcp4 is routers by its built-in definition"},
		{"option-def", `{ "name": "routers", "code": 222, "type": "uint8" }`, "give option 222 another name"},
		{"option-data", `{ "data": "1" }`, "name or code is missing"},
		{"option-data", `{ "name": "router", "data": "192.0.2.1" }`, "did you mean routers?"},
		{"option-data", `{ "code": 222, "data": "01" }`, "define it in option-def, or set csv-format to false"},
		{"option-data", `{ "code": 3, "name": "log-servers", "data": "192.0.2.1" }`, "option 3 of space dhcp4 is routers"},
		{"option-data", `{ "code": 256, "csv-format": false }`, "256 is out of range"},
		{"option-data", `{ "name": "routers", "data": "192.0.2.1", "always-sent": true }`, "always-send"},
		{"option-data", `{ "name": "routers", "data": "192.0.2.1", "client-classes": "red" }`, "client-classes"},
		{"option-data", `{ "name": "routers", "data": "192.0.2.1", "client-classes": [ 7 ] }`, "client-classes"},
	} {
		t.Run(c.entry, func(t *testing.T) {
			_, _, err := loadText("{ \"Dhcp4\": {\n \"" + c.list + "\": [\n" + c.entry + " ] } }")
			if err == nil {
				t.Fatal("it is accepted")
			}
			for _, part := range []string{c.says, "test.conf:3"} {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("refused with\n%v\nwithout %q", err, part)
				}
			}
		})
	}
}

// Every standard option can be configured as text and in hexadecimal, with the same
// outcome.
func TestEveryStandardOptionConfigured(t *testing.T) {
	f, err := os.Open("../option/options4.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[option.Type]string{
		option.Binary: "0102", option.Boolean: "true", option.Int32: "-7", option.Uint8: "7", option.Uint16: "77", option.Uint32: "777",
		option.IPv4Address: "192.0.2.1", option.IPv6Address: "2001:db8::1", option.PSID: "3/4", option.String: `a\,b`, option.Tuple: `c\,d`, option.FQDN: "a.example.org.",
	}
	special := map[string]string{"classless-static-route": "10.0.0.0/8 - 192.0.2.1", "v4-dnr": "100, a.example.org.", "vivco-suboptions": "9, 03666f6f"}
	for _, row := range rows[1:] {
		d := option.Standard4().ByName(row[0], row[2])
		var values []string
		for _, typ := range append(d.Fields, d.Type) {
			if texts[typ] != "" {
				values = append(values, texts[typ])
			}
		}
		text := strings.Join(values, ", ")
		if special[d.Name] != "" {
			text = special[d.Name]
		}
		t.Run(d.Space+" "+d.Name, func(t *testing.T) {
			byText := optionIn(t, fmt.Sprintf(`{ "name": %q, "space": %q, "data": %q }`, d.Name, d.Space, text))
			if len(byText.Wire) == 0 && d.Type != option.Empty {
				t.Fatalf("%q gives nothing", text)
			}
			for _, entry := range []string{
				fmt.Sprintf(`{ "code": %d, "space": %q, "csv-format": false, "data": "%X" }`, d.Code, d.Space, byText.Wire),
				fmt.Sprintf(`{ "name": %q, "space": %q, "csv-format": false, "data": "% x" }`, d.Name, d.Space, byText.Wire),
			} {
				if o := optionIn(t, entry); string(o.Wire) != string(byText.Wire) || o.Code != d.Code || o.Name != d.Name {
					t.Errorf("%s is %+v, as text it is %x", entry, o, byText.Wire)
				}
			}
		})
	}
}

func TestLongAndClassOptions(t *testing.T) {
	t.Run("D4.21.1 options and sub-options over 255 octets", func(t *testing.T) {
		long := strings.Repeat("p", 3000)
		for _, entry := range []string{`"name": "root-path"`, `"name": "word", "space": "isc"`} {
			o := optionIn(t, `{ `+entry+`, "data": "`+long+`" }`, `"option-def":[{"name":"word","code":1,"space":"isc","type":"string"}]`)
			if string(o.Wire) != long {
				t.Errorf("%s has %d octets", entry, len(o.Wire))
			}
		}
		refused(t, `"option-data":[{"name":"root-path","data":"`+strings.Repeat("p", 65536)+`"}]`, "65536 octets, more than the 65535")
	})
	t.Run("D4.21.4 a string cannot go over lines", func(t *testing.T) {
		if _, _, err := loadText("{ \"Dhcp4\": { \"option-data\": [ { \"name\": \"root-path\", \"data\": \"a\nb\" } ] } }"); err == nil {
			t.Error("it is accepted")
		}
	})
	t.Run("client-classes of an entry", func(t *testing.T) {
		o := optionIn(t, `{"name":"routers","data":"192.0.2.1","client-classes":["a","b"]}`)
		if strings.Join(o.ClientClasses, " ") != "a b" {
			t.Errorf("classes are %q", o.ClientClasses)
		}
		if shown := fmt.Sprint(o.Element()); !strings.Contains(shown, "client-classes") {
			t.Errorf("shown as %s", shown)
		}
	})
}

func TestIgnoredValues(t *testing.T) {
	for entry, ignored := range map[string]string{
		`"name": "root-path", "data": "a,b, c"`:                              `"b, c"`,
		`"name": "boot-size", "data": "1,2"`:                                 `"2"`,
		`"name": "mixed", "data": "192.0.2.1, 7, true, some text, and more"`: `"and more"`,
		`"name": "root-path", "data": "a\\,b"`:                               "",
		`"name": "routers", "data": "192.0.2.1, 192.0.2.2"`:                  "",
		`"name": "boot-size", "data": "1,,"`:                                 "",
		`"name": "vendor-encapsulated-options", "data": ""`:                  "",
		`"name": "v4-dnr", "data": "100, a."`:                                "",
		`"name": "root-path", "csv-format": false, "data": "'a,b'"`:          "",
	} {
		_, warnings, err := loadText("{ \"Dhcp4\": { \"option-def\": [ " + strings.ReplaceAll(typedOptions, "\n", " ") + " ],\n\"option-data\": [ {\n" + entry + " } ] } }")
		if err != nil {
			t.Errorf("%s: %v", entry, err)
			continue
		}
		var told string
		for _, w := range warnings {
			if strings.Contains(w.Text, "is ignored") {
				told += fmt.Sprintf("%s %s: %s", w.Pos, w.Path, w.Text)
			}
		}
		switch {
		case ignored == "" && told != "":
			t.Errorf("%s: %s", entry, told)
		case ignored != "" && !strings.Contains(told, ignored+` is ignored; a comma that belongs to a text is written \\,`) || ignored != "" && !strings.Contains(told, "test.conf:3:"):
			t.Errorf("%s: warned of %q", entry, told)
		}
	}
}
