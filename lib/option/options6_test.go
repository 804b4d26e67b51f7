package option

import "testing"

const (
	twoAddresses6    = "2001:db8::1, 2001:db8::2"
	oneAddress6Hex   = "20010DB8000000000000000000000001"
	twoAddresses6Hex = oneAddress6Hex + "20010DB8000000000000000000000002"
	oneAddress6      = "2001:db8::1"
)

// The options of the table of ARM 9.2.11, D6.11.19 and D6.11.20, then those that the
// engine fills in. Where the table and the definitions of Kea 2.7.9 differ the latter
// hold: 62 is nii, 67 an ipv6-prefix, 144 has a form of its own.
var standard6Rows = []standardRow{
	{line: "D6.11.19", opts: "preference 7", typ: Uint8, data: "255", wire: "FF"},
	{line: "D6.11.19", opts: "unicast 12, link-address 80", typ: IPv6Address, data: oneAddress6, wire: oneAddress6Hex},
	{line: "D6.11.19", opts: "sip-server-addr 22, dns-servers 23, nis-servers 27, nisp-servers 28, sntp-servers 31, bcmcs-server-addr 34, pana-agent 40, capwap-ac-v6 52, dhcp4o6-server-addr 88, ipv6-address-andsf 143",
		typ: IPv6Address, array: true, data: twoAddresses6, wire: twoAddresses6Hex},
	{line: "D6.11.19", opts: "sip-server-dns 21, domain-search 24, nis-domain-name 29, nisp-domain-name 30, bcmcs-server-dns 33, sip-ua-cs-list 58",
		typ: FQDN, array: true, data: "a.org., B.org", wire: "0161036F7267000142036F726700"},
	{line: "D6.11.19", opts: "v6-lost 51, v6-access-domain 57, aftr-name 64, erp-local-domain-name 65", typ: FQDN, data: someName, wire: someNameHex},
	{line: "D6.11.19", opts: "information-refresh-time 32, solmax-rt 82, inf-max-rt 83", typ: Uint32, data: "4294967295", wire: "FFFFFFFF"},
	{line: "D6.11.19", opts: "geoconf-civic 36", typ: Record, fields: []Type{Uint8, Uint16, Binary}, data: "1, 2, 0a0b", wire: "0100020A0B"},
	{line: "D6.11.19", opts: "remote-id 37", typ: Record, fields: []Type{Uint32, Binary}, data: "9, 0a0b", wire: "000000090A0B"},
	{line: "D6.11.19", opts: "subscriber-id 38, relay-id 53, client-linklayer-addr 79", typ: Binary, data: "0102 ff", wire: "0102FF"},
	{line: "D6.11.19", opts: "client-fqdn 39", typ: Record, fields: []Type{Uint8, FQDN}, data: "1, a.b", wire: "010161016200"},
	{line: "D6.11.19", opts: "new-posix-timezone 41, new-tzdb-timezone 42, bootfile-url 59, v6-captive-portal 103", typ: String, data: someText, wire: someTextHex},
	{line: "D6.11.19", opts: "ero 43, client-arch-type 61", typ: Uint16, array: true, data: "37, 0x35", wire: "00250035"},
	{line: "D6.11.19", opts: "bootfile-param 60, v6-sztp-redirect 136", typ: Tuple, array: true, data: `a\,b, cde`, wire: "0003612C62" + "0003636465"},
	{line: "D6.11.19", opts: "nii 62", typ: Record, fields: []Type{Uint8, Uint8, Uint8}, data: "1, 2, 255", wire: "0102FF"},
	{line: "D6.11.19", opts: "rsoo 66", typ: Empty, holds: "rsoo-opts"},
	{line: "D6.11.19", opts: "pd-exclude 67", typ: IPv6Prefix, data: "2001:db8:1::/48", wire: "3020010DB80001"},
	{line: "D6.11.19", opts: "rdnss-selection 74", typ: Record, array: true, fields: []Type{IPv6Address, Uint8, FQDN},
		data: "2001:db8::1, 1, a, b", wire: oneAddress6Hex + "01" + "016100" + "016200"},
	{line: "D6.11.19 D6.12.1", opts: "s46-cont-mape 94", typ: Empty, holds: "s46-cont-mape-options"},
	{line: "D6.11.19 D6.12.1", opts: "s46-cont-mapt 95", typ: Empty, holds: "s46-cont-mapt-options"},
	{line: "D6.11.19 D6.12.1", opts: "s46-cont-lw 96", typ: Empty, holds: "s46-cont-lw-options"},
	{line: "D6.11.19", opts: "v6-dnr 144", typ: Internal, data: "100, a.org.", wire: "00640007" + "0161036F726700"},

	{line: "D6.11.20", opts: "lq-query 44", typ: Record, fields: []Type{Uint8, IPv6Address}, holds: Space6, data: "1, 2001:db8::1", wire: "01" + oneAddress6Hex},
	{line: "D6.11.20", opts: "client-data 45", typ: Empty, holds: Space6},
	{line: "D6.11.20", opts: "clt-time 46", typ: Uint32, data: "7", wire: "00000007"},
	{line: "D6.11.20", opts: "lq-relay-data 47", typ: Record, fields: []Type{IPv6Address, Binary}, data: "2001:db8::1, 0a", wire: oneAddress6Hex + "0A"},
	{line: "D6.11.20", opts: "lq-client-link 48", typ: IPv6Address, array: true, data: twoAddresses6, wire: twoAddresses6Hex},

	{line: "D6.12.2", space: "s46-cont-mape-options", opts: "s46-rule 89", typ: Record, holds: "s46-rule-options",
		fields: []Type{Uint8, Uint8, Uint8, IPv4Address, IPv6Prefix}, data: "128, 16, 24, 192.0.2.0, 2001:db8:1::/48", wire: "801018C0000200" + "3020010DB80001"},
	{line: "D6.12.2", space: "s46-cont-mapt-options", opts: "s46-rule 89", typ: Record, holds: "s46-rule-options",
		fields: []Type{Uint8, Uint8, Uint8, IPv4Address, IPv6Prefix}, data: "0, 0, 0, 0.0.0.0, ::/0", wire: "00000000000000" + "00"},
	{line: "D6.12.3", space: "s46-cont-mape-options", opts: "s46-br 90", typ: IPv6Address, data: oneAddress6, wire: oneAddress6Hex},
	{line: "D6.12.3", space: "s46-cont-lw-options", opts: "s46-br 90", typ: IPv6Address, data: oneAddress6, wire: oneAddress6Hex},
	{line: "D6.12.4", space: "s46-cont-mapt-options", opts: "s46-dmr 91", typ: IPv6Prefix, data: "2001:db8:cafe::/64", wire: "40" + "20010DB8CAFE0000"},
	{line: "D6.12.5", space: "s46-cont-lw-options", opts: "s46-v4v6bind 92", typ: Record, holds: "s46-v4v6bind-options",
		fields: []Type{IPv4Address, IPv6Prefix}, data: "10.0.1.2, 2001:db8:1::/48", wire: "0A000102" + "3020010DB80001"},
	{line: "D6.12.6", space: "s46-rule-options", opts: "s46-portparams 93", typ: Record, fields: []Type{Uint8, PSID}, data: "2, 3/4", wire: "02043000"},
	{line: "D6.12.6", space: "s46-v4v6bind-options", opts: "s46-portparams 93", typ: Record, fields: []Type{Uint8, PSID}, data: "2, 3/4", wire: "02043000"},

	// What the engine or the client fills in.
	{opts: "clientid 1, serverid 2, relay-msg 9, auth 11, user-class 15, interface-id 18, dhcpv4-message 87", typ: Binary, data: "0102", wire: "0102"},
	{opts: "ia-na 3, ia-pd 25", typ: Record, fields: []Type{Uint32, Uint32, Uint32}, data: "1, 2, 3", wire: "000000010000000200000003"},
	{opts: "ia-ta 4", typ: Uint32, data: "1", wire: "00000001"},
	{opts: "iaaddr 5", typ: Record, fields: []Type{IPv6Address, Uint32, Uint32}, data: "2001:db8::1, 1, 2", wire: oneAddress6Hex + "0000000100000002"},
	{opts: "iaprefix 26", typ: Record, fields: []Type{Uint32, Uint32, Uint8, IPv6Address}, data: "1, 2, 56, 2001:db8::1", wire: "000000010000000238" + oneAddress6Hex},
	{opts: "oro 6", typ: Uint16, array: true, data: "23, 24", wire: "00170018"},
	{opts: "elapsed-time 8, relay-source-port 135", typ: Uint16, data: "100", wire: "0064"},
	{opts: "status-code 13", typ: Record, fields: []Type{Uint16, String}, data: "2, none", wire: "00026E6F6E65"},
	{opts: "rapid-commit 14, reconf-accept 20, addr-reg-enable 148", typ: Empty},
	{opts: "vendor-class 16", typ: Record, fields: []Type{Uint32, Binary}, data: "1234, 0003666f6f", wire: "000004D20003666F6F"},
	{opts: "vendor-opts 17", typ: Uint32, data: "4491", wire: "0000118B"},
	{opts: "reconf-msg 19", typ: Uint8, data: "5", wire: "05"},
	{opts: "ntp-server 56", typ: Empty, holds: "v6-ntp-server-suboptions"},
	{space: "v6-ntp-server-suboptions", opts: "ntp-server-address 1, ntp-server-multicast 2", typ: IPv6Address, data: oneAddress6, wire: oneAddress6Hex},
	{space: "v6-ntp-server-suboptions", opts: "ntp-server-fqdn 3", typ: FQDN, data: someName, wire: someNameHex},
	{space: "vendor-2495", opts: "4o6-interface 60000", typ: String, data: "eth0", wire: "65746830"},
	{space: "vendor-2495", opts: "4o6-source-address 60001", typ: IPv6Address, data: oneAddress6, wire: oneAddress6Hex},
	{space: "vendor-2495", opts: "4o6-source-port 60002", typ: Uint16, data: "546", wire: "0222"},
	{space: "vendor-4491", opts: "oro 1", typ: Uint16, array: true, data: "32", wire: "0020"},
	{space: "vendor-4491", opts: "device-type 2, vendor-type 10, config-file 33", typ: String, data: someText, wire: someTextHex},
	{space: "vendor-4491", opts: "tftp-servers 32, syslog-servers 34, time-servers 37", typ: IPv6Address, array: true, data: twoAddresses6, wire: twoAddresses6Hex},
	{space: "vendor-4491", opts: "device-id 36, cmts-cm-mac 1026", typ: Binary, data: "0102", wire: "0102"},
	{space: "vendor-4491", opts: "time-offset 38", typ: Int32, data: "-18000", wire: "FFFFB9B0"},
}

func TestStandardOptions6(t *testing.T) { checkStandardRows(t, Standard6(), standard6Rows, Space6) }

// A softwire rule, its binding and a resolver, with what each of them takes and does
// not take.
func TestEncodeOptions6(t *testing.T) {
	of := func(space, name string) *Definition { return Standard6().ByName(space, name) }
	rule, dnr := of("s46-cont-mape-options", "s46-rule"), of(Space6, "v6-dnr")
	ports, bind := of("s46-rule-options", "s46-portparams"), of("s46-cont-lw-options", "s46-v4v6bind")
	const (
		name    = "04646F7431" + "076578616D706C65" + "036F726700" // dot1.example.org.
		address = "0010" + oneAddress6Hex
		head    = "0001" + "0003" + "016100" + address // 1, a., 2001:db8::1
	)
	runEncode(t, []encodeCase{
		{"D6.12.2 a prefix of whole octets", rule, "128, 48, 32, 192.0.2.1, 2001:db8:1::/33", "803020C0000201" + "2120010DB800", ""},
		{"D6.12.2 too few fields", rule, "128, 16, 24, 192.0.2.0", "", "data has 4 of 5 fields, field 5 (ipv6-prefix) is missing"},
		{"D6.12.5 no prefix", bind, "10.0.1.2, 2001:db8::1", "", "is not an IPv6 prefix"},
		{"D6.12.6 no more than 16 bits", ports, "2, 3/17", "", "PSID length"},

		{"D6.11.22 empty", of(Space6, "rapid-commit"), "", "", ""},
		{"D6.11.22 empty takes no value", of(Space6, "rapid-commit"), "1", "", "it has no value of its own"},
		{"D6.11.26 two octets of length", of(Space6, "bootfile-param"), "a, bc", "000161" + "00026263", ""},
		{"D6.11.10 one value of a list", of(Space6, "dns-servers"), oneAddress6, oneAddress6Hex, ""},
		{"D6.11.10 no value", of(Space6, "dns-servers"), "", "", "data needs at least one ipv6-address"},
		{"D6.11.10 a wrong value", of(Space6, "dns-servers"), "2001:db8::1, 192.0.2.1", "", "field 2"},
		{"D6.11.10 the last field repeats", of(Space6, "rdnss-selection"), "2001:db8::1, 1, a, b, c", oneAddress6Hex + "01" + "016100" + "016200" + "016300", ""},
		{"D6.11.10 out of range", of(Space6, "preference"), "256", "", "from 0 to 255"},
		{"D6.11.10 a wrong name", of(Space6, "aftr-name"), "a..b", "", "a label is empty"},
		{"D6.11.9 a comma in a text", of(Space6, "new-posix-timezone"), `EST5EDT4\,M3.2.0/02:00\,M11.1.0/02:00`,
			FormatHex([]byte("EST5EDT4,M3.2.0/02:00,M11.1.0/02:00")), ""},

		{"D6.13.1 D6.13.2 all fields", dnr, "100, dot1.example.org., 2001:db8::1 2001:db8::2, alpn=dot port=8530",
			"0064" + "0012" + name + "0020" + twoAddresses6Hex + "00010004" + "03646F74" + "00030002" + "2152", ""},
		{"D6.13.1 the name is mandatory", dnr, "100", "", "must be a priority, a domain name"},
		{"D6.13.1 the priority has two octets", dnr, "65536, a.", "", "field 1 (priority)"},
		{"D6.13.1 addresses without parameters", dnr, "1, a., 2001:db8::1", head, ""},
		{"D6.13.3 the name alone", dnr, "65535, dot1.example.org.", "FFFF" + "0012" + name, ""},
		{"D6.13.3 a literal comma and pipe", dnr, `1, a., 2001:db8::1, dohpath=/a\,b\|c`, head + "00070006" + "2F612C627C63", ""},
		{"D6.13.4 D6.13.5 D6.13.7 several protocols", dnr, `1, a., 2001:db8::1, alpn=dot\,doq\,h2\,h3 dohpath=/q{?dns}`,
			head + "0001000E" + "03646F74" + "03646F71" + "026832" + "026833" + "00070008" + "2F717B3F646E737D", ""},
		{"D6.13.5 port", dnr, "1, a., 2001:db8::1, port=65536", "", "from 0 to 65535"},
		{"D6.13.5 UTF-8 in a path", dnr, "1, a., 2001:db8::1, dohpath=/é", head + "00070003" + "2FC3A9", ""},
		{"D6.13.4 mandatory", dnr, "1, a., 2001:db8::1, mandatory=alpn", "", "is not alpn=, port= or dohpath="},
		{"D6.13.4 no-default-alpn", dnr, "1, a., 2001:db8::1, no-default-alpn", "", "is not alpn="},
		{"D6.13.4 ipv4hint", dnr, "1, a., 2001:db8::1, ipv4hint=192.0.2.1", "", "is not alpn="},
		{"D6.13.4 ech", dnr, "1, a., 2001:db8::1, ech=AAAA", "", "is not alpn="},
		{"D6.13.4 ipv6hint", dnr, "1, a., 2001:db8::1, ipv6hint=::1", "", "is not alpn="},
		{"D6.13.4 ohttp", dnr, "1, a., 2001:db8::1, ohttp=", "", "is not alpn="},
		{"D6.13.4 unknown", dnr, "1, a., 2001:db8::1, colour=red", "", "is not alpn="},
		{"D6.13.4 repeated", dnr, "1, a., 2001:db8::1, port=1 port=2", "", "port is given twice"},
	})
}
