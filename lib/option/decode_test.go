package option

import "testing"

func TestDecode(t *testing.T) {
	dnr4 := Standard4().ByName(Space4, "v4-dnr")
	dnr6 := Standard6().ByName(Space6, "v6-dnr")
	routes := Standard4().ByName(Space4, "classless-static-route")
	for _, c := range []struct {
		def  *Definition
		wire string
		text string
		err  string
	}{
		{def(Int8), "FF", "-1", ""},
		{def(Int16), "FFFE", "-2", ""},
		{def(Int32), "80000000", "-2147483648", ""},
		{def(Uint32), "FFFFFFFF", "4294967295", ""},
		{def(Boolean), "02", "true", ""},
		{def(String), "612C625C", `a\,b\\`, ""},
		{def(Binary), "0aff", "0AFF", ""},
		{def(FQDN), "02612E01" + "20" + "00", `a\\..\\032.`, ""},
		{def(FQDN).array(), "016100016200", "a., b.", ""},
		{def(IPv6Prefix), "3120010DB8FFFF80", "2001:db8:ffff:8000::/49", ""},
		{def(PSID), "043000", "3/4", ""},
		{def(Tuple).array(), "016103626364", "a, bcd", ""},
		{def(Uint8, String), "0161", "1, a", ""},
		{def(Uint8, Uint16).array(), "0100020003", "1, 2, 3", ""},
		{def(Uint16), "000102", "1", ""}, // surplus octets
		{def(Uint16), "00", "", "field 1 (uint16): 2 octets are needed, there are 1"},
		{def(Uint16).array(), "000100", "", "field 2 (uint16): 2 octets are needed"},
		{def(Uint8, IPv4Address), "01C00002", "", "field 2 (ipv4-address): 4 octets are needed"},
		{def(FQDN), "0361", "", "the domain name has no end"},
		{def(FQDN), "C00C", "", "is not the length of a label"},
		{def(Tuple), "0361", "", "the tuple is cut short"},
		{def(Tuple).v6(), "00", "", "the tuple is cut short"},
		{def(IPv6Prefix), "81", "", "prefix length 129 is above 128"},
		{def(IPv6Prefix), "4020", "", "9 octets are needed"},
		{def(PSID), "110000", "", "PSID length 17 is above 16"},
		{routes, "100A63", "", "route 1 is cut short"},
		{routes, "21", "", "subnet length 33 is above 32"},
		{dnr4, "000A0064070161036F726700", "100, a.org.", ""},
		{dnr4, "000A00", "", "resolver 1 is cut short"},
		{dnr4, "0000", "", "resolver 1: the value is cut short"},
		{dnr6, "00010003016100" + "0010" + "20010DB8000000000000000000000001" + "00040004C0000201", "1, a., 2001:db8::1, key4=C0000201", ""},
		{dnr6, "00010003016100" + "0011" + "20010DB8000000000000000000000001" + "00", "", "cut short"},
		{dnr6, "0001000401610000", "", "octets follow the domain name"},
		{&Definition{Name: "x", Type: Internal}, "00", "", "type internal has no meaning"},
	} {
		t.Run(c.def.Type.String()+" "+c.wire, func(t *testing.T) {
			wire, err := DecodeHex(c.wire)
			if err != nil {
				t.Fatal(err)
			}
			text, err := c.def.Decode(wire)
			expect(t, err, c.err)
			if c.err == "" && text != c.text {
				t.Errorf("text is %q, want %q", text, c.text)
			}
		})
	}
}

func TestNormalize(t *testing.T) {
	for _, c := range []struct {
		name       string
		def        *Definition
		wire, want string
		err        string
	}{
		{"surplus octets are cut off", def(Uint16), "000102", "0001", ""},
		{"surplus octets are cut off", def(IPv4Address, Uint8), "C0000201010203", "C000020101", ""},
		{"nothing", def(Uint16), "", "", ""},
		{"too short", def(Uint16), "01", "", "2 octets are needed"},
		{"string", def(Uint8, String), "0161626364", "0161626364", ""},
		{"array", def(Uint16).array(), "00010002", "00010002", ""},
		{"broken array", def(Uint16).array(), "000100", "", "2 octets are needed"},
		{"sub-options", Standard4().ByCode(Space4, 43), "010101", "010101", ""},
		{"sub-options of a vendor", Standard4().ByCode(Space4, 125), "0000118B03020161", "0000118B03020161", ""},
		{"routes", Standard4().ByCode(Space4, 121), "080AC0000201", "080AC0000201", ""},
		{"broken routes", Standard4().ByCode(Space4, 121), "080AC00002", "", "route 1 is cut short"},
	} {
		t.Run(c.name+" "+c.wire, func(t *testing.T) {
			wire, err := DecodeHex(c.wire)
			if err != nil {
				t.Fatal(err)
			}
			got, err := c.def.Normalize(wire)
			expect(t, err, c.err)
			if c.err == "" && FormatHex(got) != c.want {
				t.Errorf("%X, want %s", got, c.want)
			}
		})
	}
}
