package differential_test

import (
	"fmt"
	"strings"
)

// namings are ways to treat names, each that of a subnet 10.N.0.0/24.
var namings = []struct {
	name   string
	params object
}{
	1:  {"as sent", object{}},
	2:  {"D4.27.3 always replaced", object{"ddns-replace-client-name": "always", "ddns-generated-prefix": "gen", "ddns-qualifying-suffix": "dyn.example."}},
	3:  {"D4.27.3 replaced when present", object{"ddns-replace-client-name": "when-present", "ddns-qualifying-suffix": "dyn.example."}},
	4:  {"D4.27.3 replaced when not present", object{"ddns-replace-client-name": "when-not-present", "ddns-qualifying-suffix": "dyn.example."}},
	5:  {"D4.25.5 always replaced, without suffix", object{"ddns-replace-client-name": "always"}},
	6:  {"D4.25.2 override of N", object{"ddns-override-no-update": true, "ddns-qualifying-suffix": "dyn.example."}},
	7:  {"D4.25.3 override of S", object{"ddns-override-client-update": true, "ddns-qualifying-suffix": "dyn.example."}},
	8:  {"override of N and S", object{"ddns-override-no-update": true, "ddns-override-client-update": true, "ddns-replace-client-name": "when-present"}},
	9:  {"D4.27.5 odd characters replaced", object{"hostname-char-set": "[^A-Za-z0-9]", "hostname-char-replacement": "x"}},
	10: {"D4.25.11 capitals deleted", object{"hostname-char-set": "[^a-z.-]", "hostname-char-replacement": "", "ddns-qualifying-suffix": "dyn.example."}},
	11: {"D4.27.2 suffix without a dot at its end", object{"ddns-qualifying-suffix": "dyn.example"}},
	12: {"sanitising off", object{"hostname-char-set": "", "ddns-qualifying-suffix": "dyn.example."}},
	13: {"D4.27.4 replacement outside of the set", object{"hostname-char-set": "[^A-Za-z0-9.-]", "hostname-char-replacement": "_", "ddns-qualifying-suffix": "dyn.example."}},
	14: {"without updates", object{"ddns-send-updates": false, "ddns-update-on-renew": true, "ddns-qualifying-suffix": "dyn.example."}},
}

// clientNames are what clients say of their names.
var clientNames = []struct {
	name   string
	fields []field
}{
	{"nothing", nil},
	{"nothing but asks", []field{prl(12, 81)}},
	{"host", []field{text(12, "host")}},
	{"FD.6.1 capitals", []field{text(12, "Host.Example.COM")}},
	{"dot at the end", []field{text(12, "host.")}},
	{"FD.6.2 odd characters", []field{text(12, "a_b c\"d,e!")}},
	{"FD.6.2 odd characters only", []field{text(12, "_ _")}},
	{"dot", []field{text(12, ".")}},
	{"dots", []field{text(12, "..")}},
	{"hyphen", []field{text(12, "-")}},
	{"FD.6.2 bytes beyond ASCII", []field{text(12, "\xc3\xa9t\xe9")}},
	{"FD.6.2 empty label", []field{text(12, "a..b")}},
	{"dot before", []field{text(12, ".a")}},
	{"D4.27.5 NUL inside", []field{text(12, "a\x00b")}},
	{"FD.6.2 NUL at the end", []field{text(12, "host\x00\x00")}},
	{"empty", []field{opt(12)}},
	{"label of 63 bytes", []field{text(12, strings.Repeat("n", 63))}},
	{"FD.6.2 label of 64 bytes", []field{text(12, strings.Repeat("n", 64))}},
	{"digits", []field{text(12, "192.0.2.1")}},
	{"D4.26.6 FQDN, S", []field{fqdn(5, "\x04host\x07example\x03org\x00")}},
	{"D4.26.5 FQDN, no flag", []field{fqdn(4, "\x04host\x07example\x03org\x00")}},
	{"D4.26.7 FQDN, N", []field{fqdn(12, "\x04host\x07example\x03org\x00")}},
	{"FQDN, O", []field{fqdn(6, "\x04host\x07example\x03org\x00")}},
	{"FQDN, S and O", []field{fqdn(7, "\x04host\x07example\x03org\x00")}},
	{"FQDN, N and O", []field{fqdn(14, "\x04host\x07example\x03org\x00")}},
	{"D4.26.9 FQDN, N and S", []field{fqdn(13, "\x04host\x07example\x03org\x00")}},
	{"FD.3.15 FQDN, unknown flags", []field{fqdn(0xf5, "\x04host\x00")}},
	{"FQDN, partial", []field{fqdn(5, "\x04Host")}},
	{"FQDN, two labels of a partial one", []field{fqdn(5, "\x04host\x03sub")}},
	{"FQDN, empty", []field{fqdn(5, "")}},
	{"FQDN, root", []field{fqdn(5, "\x00")}},
	{"FQDN, odd characters", []field{fqdn(5, "\x07my_host\x04a b!\x00")}},
	{"FQDN, nothing but odd characters", []field{fqdn(5, "\x02__\x00")}},
	{"FQDN, dot in a label", []field{fqdn(5, "\x05a.b.c\x00")}},
	{"FQDN, NUL in a label", []field{fqdn(5, "\x03a\x00b\x00")}},
	{"FD.6.4 FQDN as text", []field{fqdn(1, "host.example.org")}},
	{"FQDN as text with a dot at its end", []field{fqdn(1, "Host.Example.org.")}},
	{"FQDN as text, partial", []field{fqdn(1, "host")}},
	{"FQDN as text, empty", []field{fqdn(1, "")}},
	{"FQDN as text, no flag", []field{fqdn(0, "host.example.org")}},
	{"FQDN as text, N", []field{fqdn(8, "host")}},
	{"FQDN as text, odd characters", []field{fqdn(1, "my_host!.x")}},
	{"FQDN as text, dot", []field{fqdn(1, ".")}},
	{"FD.3.15 FQDN, broken label", []field{fqdn(5, "\x09host\x00")}},
	{"FQDN, pointer", []field{fqdn(5, "\x04host\xc0\x00")}},
	{"name with the suffix", []field{text(12, "host.dyn.example")}},
	{"full name with a dot at its end", []field{text(12, "host.example.org.")}},
	{"blanks around", []field{text(12, " host ")}},
	{"FQDN, partial with the suffix", []field{fqdn(5, "\x04host\x03dyn\x07example")}},
	{"FQDN, partial of the suffix", []field{fqdn(5, "\x03dyn\x07example")}},
	{"FQDN, partial of a longer suffix", []field{fqdn(5, "\x04xdyn\x07example")}},
	{"FQDN, nothing but odd characters in a partial one", []field{fqdn(5, "\x02__")}},
	{"FQDN, odd label between others", []field{fqdn(5, "\x01a\x01_\x01b\x00")}},
	{"FQDN, capitals", []field{fqdn(5, "\x04HOST\x03Org\x00")}},
	{"FQDN, label of 63 bytes", []field{fqdn(5, "\x3f"+strings.Repeat("n", 63)+"\x00")}},
	{"FQDN, bytes behind the root", []field{fqdn(5, "\x04host\x00\x03abc")}},
	{"FD.3.15 FQDN, cut short", []field{opt(81, 1, 0)}},
	{"FQDN, RCODEs", []field{opt(81, append([]byte{5, 7, 9}, "\x04host\x00"...)...)}},
	{"FD.6.5 FQDN and host name", []field{text(12, "other"), fqdn(5, "\x04host\x00")}},
	{"FQDN and empty host name", []field{opt(12), fqdn(5, "\x04host\x00")}},
	{"empty FQDN and host name", []field{text(12, "other"), fqdn(5, "")}},
	{"FQDN, asked for", []field{fqdn(5, "\x04host\x00"), prl(81, 12)}},
}

// otherNames are those that Nestor answers otherwise than Kea 2.2.0 by some namings.
var otherNames = []struct {
	naming    string
	said      string
	why, want string
}{
	{"D4.27.3 replaced when not present", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"D4.25.2 override of N", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"D4.25.3 override of S", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"D4.25.11 capitals deleted", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"D4.27.2 suffix without a dot at its end", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"without updates", "FD.6.2 odd characters only", differNoName, " 54=0a000001 end"},
	{"D4.25.11 capitals deleted", "digits", differNoName, " 54=0a000001 end"},
	{"sanitising off", "D4.27.5 NUL inside", differNUL, nameOption("ab.dyn.example")},
	{"sanitising off", "FQDN, NUL in a label", differNUL, fmt.Sprintf("81=0e0000%x ", "\x02ab\x00")},
	{"sanitising off", "FQDN, dot in a label", differDot, fmt.Sprintf("81=0e0000%x ", "\x01a\x01b\x01c\x00")},
}

// nameOption is option 12 in the notation of reply.String.
func nameOption(name string) string { return fmt.Sprintf("12=%x ", name) }

// names are all client names with all namings, and some that go on.
var names = setting{name: "names", config: namesConfig, cases: func() []packetCase {
	cases := []packetCase{
		course("D4.42.1 reserved name", discover(hw(1)), selecting(hw(1)), discover(hw(1), text(12, "mine")), discover(hw(1), fqdn(5, "\x04mine\x00")), discover(hw(1), fqdn(12, "\x04mine\x00")), renewing(hw(1))),
		course("reserved full name", discover(hw(2)), selecting(hw(2), text(12, "x")), discover(hw(2), fqdn(1, "mine"))),
		course("D4.42.2 reserved name, qualified", discover(hw(3)), selecting(hw(3)), discover(hw(3), fqdn(5, "\x04mine\x00")), renewing(hw(3))).with(relayed("10.2.0.1")),
		course("reserved name, asked for", discover(hw(1), prl(12)), discover(hw(1), prl(81)), inform("10.0.0.9", hw(1), prl(12)), inform("10.0.0.9", hw(1), text(12, "mine"))),
		course("reserved name with odd characters", discover(hw(4)), discover(hw(4), fqdn(5, "\x04mine\x00"))),
		course("D4.26.2 name that changes", discover(text(12, "one")), selecting(text(12, "one")), renewing(text(12, "two")), renewing(), renewing(fqdn(5, "\x05three\x00"))),
		course("name that comes late", discover(), selecting(), renewing(text(12, "late")), rebinding(text(12, "later")), renewing()),
		course("name in INFORM", inform("10.0.0.9", text(12, "host")), inform("10.0.0.9", fqdn(5, "\x04host\x00")), inform("10.0.0.9", prl(12, 81))),
		course("name in RELEASE and DECLINE", discover(text(12, "host")), selecting(text(12, "host")), release(text(12, "host")), decline(fqdn(5, "\x04host\x00"))),
		course("reserved name that ends with the suffix", discover(hw(5)), discover(hw(5), fqdn(5, "\x04mine"))).with(relayed("10.2.0.1")),
		course("name in NAK", rebooting("10.77.0.1", text(12, "host"), unicast), rebooting("10.77.0.1", fqdn(5, "\x04host\x00"), relayed("10.1.0.1"))),
	}
	for n, naming := range namings {
		for _, said := range clientNames {
			if n > 0 {
				fields := append([]field{relayed(fmt.Sprintf("10.%d.0.1", n))}, said.fields...)
				for _, other := range otherNames {
					if other.naming == naming.name && other.said == said.name {
						fields = append(fields, differs(other.why, other.want))
					}
				}
				cases = append(cases, course(naming.name+": "+said.name, discover(fields...), selecting(fields...)))
			}
		}
	}
	return cases
}()}

// capitals are names under a suffix that has some.
var capitals = setting{name: "FD.6.1 suffix in capitals", unlike: true, config: func() object {
	return object{"ddns-qualifying-suffix": "Dyn.Example", "subnet4": list{
		object{"id": 1, "subnet": "10.0.0.0/16", "interface": "eth0", "pools": list{object{"pool": "10.0.1.0 - 10.0.250.255"}}},
	}}
}, cases: []packetCase{
	course("host name", discover(text(12, "host"), differs(differCapitals, nameOption("host.dyn.example"))), selecting(text(12, "Host"), differs(differCapitals, nameOption("host.dyn.example")))),
	course("FQDN", discover(fqdn(5, "\x04host")), selecting(fqdn(1, "Host"))),
}}

func namesConfig() object {
	subnets := list{object{
		"id": 100, "subnet": "10.0.0.0/16", "pools": list{object{"pool": "10.0.1.0 - 10.0.250.255"}},
		"reservations": list{
			object{"hw-address": "02:aa:00:00:00:01", "hostname": "Reserved"}, object{"hw-address": "02:aa:00:00:00:02", "hostname": "full.name.example."},
			object{"hw-address": "02:aa:00:00:00:04", "hostname": "odd_name"},
		},
	}}
	for n, naming := range namings {
		if n > 0 {
			subnets = append(subnets, object{
				"id": n, "subnet": fmt.Sprintf("10.%d.0.0/24", n), "pools": list{object{"pool": fmt.Sprintf("10.%d.0.10 - 10.%d.0.250", n, n)}},
				"reservations": list{
					object{"hw-address": "02:aa:00:00:00:03", "hostname": "here"},
					object{"hw-address": "02:aa:00:00:00:05", "hostname": "there.dyn.example"},
				},
			}.With(naming.params))
		}
	}
	return object{"subnet4": subnets}
}
