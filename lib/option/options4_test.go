package option

import (
	"slices"
	"strconv"
	"strings"
	"testing"
)

// standardRow is a group of standard options of one format, with one value that
// shows how each of them is encoded.
type standardRow struct {
	line   string // of the checklist, "" where it has none on the format
	space  string
	opts   string // "name code, name code"
	typ    Type
	array  bool
	fields []Type
	holds  string // encapsulated space
	data   string
	wire   string
}

const (
	twoAddresses    = "192.0.2.1, 192.0.2.2"
	twoAddressesHex = "C0000201C0000202"
	oneAddress      = "192.0.2.1"
	oneAddressHex   = "C0000201"
	someName        = "www.example.com"
	someNameHex     = "03777777076578616D706C6503636F6D00"
	someText        = `Hello\, World`
	someTextHex     = "48656C6C6F2C20576F726C64"
)

var standard4Rows = []standardRow{
	{line: "D4.13.1", opts: "routers 3, time-servers 4, name-servers 5, domain-name-servers 6, log-servers 7, cookie-servers 8, lpr-servers 9, impress-servers 10, resource-location-servers 11",
		typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	{line: "D4.13.2", opts: "policy-filter 21, static-routes 33, nis-servers 41, ntp-servers 42, netbios-name-servers 44, netbios-dd-server 45, font-servers 48, x-display-manager 49, nisplus-servers 65",
		typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	{line: "D4.13.3", opts: "mobile-ip-home-agent 68, smtp-server 69, pop-server 70, nntp-server 71, www-server 72, finger-server 73, irc-server 74, streettalk-server 75, streettalk-directory-assistance-server 76",
		typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	// The ARM writes nds-server, the definition is named nds-servers.
	{line: "D4.13.4", opts: "nds-servers 85, bcms-controller-address 89, netinfo-server-address 112, pana-agent 136, capwap-ac-v4 138",
		typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	{line: "D4.13.5", opts: "swap-server 16, broadcast-address 28, router-solicitation-address 32, dhcp-server-identifier 54",
		typ: IPv4Address, data: oneAddress, wire: oneAddressHex},
	{line: "D4.13.6", opts: "v4-lost 137, v4-access-domain 213", typ: FQDN, data: someName, wire: someNameHex},
	// The ARM calls it an fqdn, but what is sent has no label lengths.
	{line: "D4.13.6", opts: "domain-name 15", typ: String, data: "example.org", wire: "6578616D706C652E6F7267"},
	{line: "D4.13.6", opts: "bcms-controller-names 88, domain-search 119, sip-ua-cs-domains 141",
		typ: FQDN, array: true, data: "a.org., B.org", wire: "0161036F7267000142036F726700"},
	{line: "D4.13.7", opts: "time-offset 2", typ: Int32, data: "-18000", wire: "FFFFB9B0"},
	{line: "D4.13.8", opts: "default-ip-ttl 23, default-tcp-ttl 37, netbios-node-type 46, dhcp-option-overload 52, auto-config 116",
		typ: Uint8, data: "64", wire: "40"},
	{line: "D4.13.9", opts: "boot-size 13, max-dgram-reassembly 22, interface-mtu 26, dhcp-max-message-size 57",
		typ: Uint16, data: "1500", wire: "05DC"},
	{line: "D4.13.9", opts: "path-mtu-plateau-table 25, client-system 93, name-service-search 117",
		typ: Uint16, array: true, data: "68, 0x128, 1f", wire: "00440128001F"},
	{line: "D4.13.10", opts: "path-mtu-aging-timeout 24, arp-cache-timeout 35, tcp-keepalive-interval 38, v6-only-preferred 108, vivso-suboptions 125",
		typ: Uint32, data: "4294967295", wire: "FFFFFFFF"},
	{line: "D4.13.11", opts: "ip-forwarding 19, non-local-source-routing 20, all-subnets-local 27, perform-mask-discovery 29, mask-supplier 30, router-discovery 31, trailer-encapsulation 34, ieee802-3-encapsulation 36, tcp-keepalive-garbage 39",
		typ: Boolean, data: "true", wire: "01"},
	{line: "D4.13.12", opts: "merit-dump 14, root-path 17, extensions-path 18, nis-domain 40, netbios-scope 47, dhcp-message 56, vendor-class-identifier 60, nwip-domain-name 62, nisplus-domain-name 64, tftp-server-name 66, boot-file-name 67",
		typ: String, data: someText, wire: someTextHex},
	{line: "D4.13.13", opts: "nds-tree-name 86, nds-context 87, uap-servers 98, pcode 100, tcode 101, netinfo-server-tag 113, v4-captive-portal 114",
		typ: String, data: someText, wire: someTextHex},
	{line: "D4.13.14", opts: "nwip-suboptions 63, user-class 77, geoconf-civic 99", typ: Binary, data: "0102 ff", wire: "0102FF"},
	{line: "D4.13.15", opts: "vendor-encapsulated-options 43", typ: Empty, holds: "vendor-encapsulated-options-space"},
	{line: "D4.13.15", opts: "classless-static-route 121", typ: Internal,
		data: "10.99.0.0/16 - 10.100.1.1, 0.0.0.0/0 - 10.100.1.254", wire: "100A630A640101" + "000A6401FE"},
	{line: "D4.13.16", opts: "v4-sztp-redirect 143", typ: Tuple, array: true, data: `a\,b, cde`, wire: "03612C6203636465"},
	{line: "D4.13.17", opts: "slp-directory-agent 78", typ: Record, array: true, fields: []Type{Boolean, IPv4Address},
		data: "true, 192.0.2.1, 192.0.2.2", wire: "01" + twoAddressesHex},
	{line: "D4.13.17", opts: "slp-service-scope 79", typ: Record, fields: []Type{Boolean, String}, data: "0, abc", wire: "00616263"},
	{line: "D4.13.17", opts: "client-ndi 94", typ: Record, fields: []Type{Uint8, Uint8, Uint8}, data: "1, 2, 255", wire: "0102FF"},
	{line: "D4.13.17", opts: "uuid-guid 97", typ: Record, fields: []Type{Uint8, Binary}, data: "0, 0a0b", wire: "000A0B"},
	{line: "D4.13.17", opts: "vivco-suboptions 124", typ: Record, fields: []Type{Uint32, Binary}, data: "1234, 03666f6f", wire: "000004D203666F6F"},
	{line: "D4.13.18", opts: "rdnss-selection 146", typ: Record, array: true, fields: []Type{Uint8, IPv4Address, IPv4Address, FQDN},
		data: "1, 192.0.2.1, 192.0.2.2, a, b", wire: "01" + twoAddressesHex + "016100016200"},
	{line: "D4.13.18", opts: "v4-portparams 159", typ: Record, fields: []Type{Uint8, PSID}, data: "2, 3/4", wire: "02043000"},
	{line: "D4.13.18", opts: "v4-dnr 162", typ: Internal, data: "100, a.org.", wire: "000A0064070161036F726700"},
	{line: "D4.13.18", opts: "option-6rd 212", typ: Record, array: true, fields: []Type{Uint8, Uint8, IPv6Address, IPv4Address},
		data: "8, 32, 2001:db8::, 192.0.2.1", wire: "0820" + "20010DB8000000000000000000000000" + oneAddressHex},

	// What the server or the client fills in.
	{opts: "subnet-mask 1, dhcp-requested-address 50, subnet-selection 118", typ: IPv4Address, data: oneAddress, wire: oneAddressHex},
	{opts: "associated-ip 92", typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	{opts: "host-name 12", typ: String, data: someText, wire: someTextHex},
	{opts: "dhcp-lease-time 51, dhcp-renewal-time 58, dhcp-rebinding-time 59, client-last-transaction-time 91", typ: Uint32, data: "7200", wire: "00001C20"},
	{opts: "dhcp-message-type 53", typ: Uint8, data: "2", wire: "02"},
	{opts: "dhcp-parameter-request-list 55", typ: Uint8, array: true, data: "1, 3, 6", wire: "010306"},
	{opts: "dhcp-client-identifier 61, authenticate 90", typ: Binary, data: "01aabbcc", wire: "01AABBCC"},
	{opts: "fqdn 81", typ: Record, fields: []Type{Uint8, Uint8, Uint8, FQDN}, data: "1, 255, 255, a.b", wire: "01FFFF0161016200"},
	{opts: "dhcp-agent-options 82", typ: Empty, holds: "dhcp-agent-options-space"},
	{opts: "cablelabs-client-conf 122", typ: Empty, holds: "cablelabs-client-conf"},
	{opts: "status-code 151", typ: Record, fields: []Type{Uint8, String}, data: "1, no", wire: "016E6F"},
	{opts: "base-time 152, start-time-of-state 153, query-start-time 154, query-end-time 155", typ: Uint32, data: "1", wire: "00000001"},
	{opts: "dhcp-state 156, data-source 157", typ: Uint8, data: "1", wire: "01"},

	{space: "dhcp-agent-options-space", opts: "circuit-id 1, remote-id 2, radius 7, auth 8, vendor-specific-info 9, relay-id 12, access-point-bssid 16, virtual-subnet-select 151", typ: Binary, data: "0102", wire: "0102"},
	{space: "dhcp-agent-options-space", opts: "docsis-device-class 4, operator-id 17", typ: Uint32, data: "1", wire: "00000001"},
	{space: "dhcp-agent-options-space", opts: "link-selection 5, server-id-override 11", typ: IPv4Address, data: oneAddress, wire: oneAddressHex},
	{space: "dhcp-agent-options-space", opts: "subscriber-id 6, access-network-name 14, access-point-name 15, operator-realm 18", typ: String, data: someText, wire: someTextHex},
	{space: "dhcp-agent-options-space", opts: "relay-flags 10", typ: Uint8, data: "128", wire: "80"},
	{space: "dhcp-agent-options-space", opts: "access-techno-type 13, relay-port 19", typ: Uint16, data: "1067", wire: "042B"},
	{space: "dhcp-agent-options-space", opts: "virtual-subnet-select-ctrl 152", typ: Empty},
	{space: "cablelabs-client-conf", opts: "tsp-primary-server 1, tsp-secondary-server 2", typ: IPv4Address, data: oneAddress, wire: oneAddressHex},
	{space: "cablelabs-client-conf", opts: "tsp-as-parameters 4, tsp-ap-parameters 5", typ: Record, fields: []Type{Uint32, Uint32, Uint32}, data: "1, 2, 3", wire: "000000010000000200000003"},
	{space: "cablelabs-client-conf", opts: "tsp-realm 6", typ: FQDN, data: someName, wire: someNameHex},
	{space: "cablelabs-client-conf", opts: "tsp-use-tgt 7", typ: Boolean, data: "false", wire: "00"},
	{space: "cablelabs-client-conf", opts: "tsp-provisioning-timer 8", typ: Uint8, data: "10", wire: "0A"},
	{space: "cablelabs-client-conf", opts: "tsp-sct 9", typ: Uint16, data: "3", wire: "0003"},
	{space: "cablelabs-client-conf", opts: "kdc-server 10", typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
	{line: "D4.19.1", space: "vendor-4491", opts: "oro 1", typ: Uint8, array: true, data: "2", wire: "02"},
	{line: "D4.19.1", space: "vendor-4491", opts: "tftp-servers 2", typ: IPv4Address, array: true, data: twoAddresses, wire: twoAddressesHex},
}

func TestStandardOptions4(t *testing.T) { checkStandardRows(t, Standard4(), standard4Rows, Space4) }

// checkStandardRows checks each option of the rows, those without a space in the given
// one, and that no definition is left out.
func checkStandardRows(t *testing.T, defs *Definitions, rows []standardRow, space string) {
	seen := map[*Definition]bool{}
	for _, row := range rows {
		if row.space == "" {
			row.space = space
		}
		for _, opt := range strings.Split(row.opts, ", ") {
			t.Run(strings.TrimSpace(row.line+" "+row.space+" "+opt), func(t *testing.T) {
				d := row.find(t, defs, opt)
				seen[d] = true
				row.check(t, d)
			})
		}
	}
	for _, d := range defs.byCode {
		if !seen[d] {
			t.Errorf("no test has option %d (%s) of space %s", d.Code, d.Name, d.Space)
		}
	}
}

// find looks the option up by name and by code.
func (row standardRow) find(t *testing.T, defs *Definitions, opt string) *Definition {
	name, number, _ := strings.Cut(opt, " ")
	code, err := strconv.ParseUint(number, 10, 32)
	if err != nil {
		t.Fatal(err)
	}
	d := defs.ByName(row.space, name)
	if d == nil || d != defs.ByCode(row.space, uint32(code)) {
		t.Fatalf("by name it is %v, by code %v", d, defs.ByCode(row.space, uint32(code)))
	}
	return d
}

func (row standardRow) check(t *testing.T, d *Definition) {
	if d.Type != row.typ || d.Array != row.array || !slices.Equal(d.Fields, row.fields) || d.Encapsulates != row.holds {
		t.Errorf("defined as %+v", d)
	}
	wire, err := d.EncodeCSV(row.data)
	if err != nil || FormatHex(wire) != row.wire {
		t.Errorf("%q becomes %X, error %v, want %s", row.data, wire, err, row.wire)
	}
	text, err := d.Decode(wire)
	if err != nil {
		t.Fatalf("%X does not become text: %v", wire, err)
	}
	if again, err := d.EncodeCSV(text); err != nil || string(again) != string(wire) {
		t.Errorf("%X becomes %q, which becomes %X, error %v", wire, text, again, err)
	}
}

func TestOptionsThatDoNotExist(t *testing.T) {
	t.Run("D4.13.19 114 is v4-captive-portal, no longer default-url", func(t *testing.T) {
		if d := Standard4().ByName(Space4, "default-url"); d != nil {
			t.Errorf("default-url is option %d", d.Code)
		}
		if d := Standard4().ByCode(Space4, 114); d == nil || d.Name != "v4-captive-portal" || d.Type != String {
			t.Errorf("114 is %+v", d)
		}
	})
	t.Run("D4.19.1 no definitions in vendor-encapsulated-options-space", func(t *testing.T) {
		if defs := Standard4().Space(SpaceVendorEncapsulated); len(defs) != 0 {
			t.Errorf("there is %+v", defs[0])
		}
	})
	if d := Standard4().ByCode("dhcp6", 1); d != nil {
		t.Errorf("the DHCPv4 set has %+v", d)
	}
}

func TestSpaceIsSorted(t *testing.T) {
	defs := Standard4().Space(Space4)
	if len(defs) != 125 {
		t.Errorf("%d definitions", len(defs))
	}
	for i, d := range defs {
		if d.Space != Space4 || i > 0 && d.Code <= defs[i-1].Code {
			t.Errorf("place %d has %+v", i, d)
		}
	}
}
