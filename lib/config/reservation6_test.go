package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func TestReservations6(t *testing.T) {
	hosts := func(list string) string { return subnet6(`"reservations":[` + list + `]`) }
	t.Run("D6.30.1 D6.30.3 contents", func(t *testing.T) {
		c := mustLoad6(t, hosts(`{"duid":"01:02:03","ip-addresses":["2001:db8:1::7","2001:db8:1::5"],"prefixes":["2001:db8:5::/48","2001:db8:6::1/48"],
			"excluded-prefixes":["2001:db8:5:0:1::/80",""],"hostname":"alpha","client-classes":["gold"],"option-data":[{"name":"dns-servers","data":"2001:db8::1"}],"comment":"x"}`)+
			`,"reservations":[{"hw-address":"01:02:03:04:05:06"},{"flex-id":"'port 7'"}]`)
		r := c.Subnets[0].Reservations[0]
		if r.SubnetID != 1 || r.IdentType != IdentDUID || string(r.Ident) != "\x01\x02\x03" || len(r.Addresses) != 2 || len(r.Options) != 1 ||
			r.Prefixes[1] != netip.MustParsePrefix("2001:db8:6::1/48") || r.Excluded[0] != netip.MustParsePrefix("2001:db8:5:0:1::/80") || r.Excluded[1].IsValid() {
			t.Errorf("%+v", r)
		}
		want := `{ "client-classes": [ "gold" ], "duid": "01:02:03", "excluded-prefixes": [ "2001:db8:5:0:1::/80", "" ], "hostname": "alpha", ` +
			`"ip-addresses": [ "2001:db8:1::7", "2001:db8:1::5" ], "option-data": [ { "always-send": false, "code": 23, "csv-format": true, "data": "2001:db8::1", ` +
			`"name": "dns-servers", "never-send": false, "space": "dhcp6" } ], "prefixes": [ "2001:db8:5::/48", "2001:db8:6::1/48" ], "user-context": { "comment": "x" } }`
		if got := r.Element().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
		if g := c.Reservations; len(g) != 2 || g[0].SubnetID != 0 || g[0].IdentType != IdentHWAddress || g[1].IdentType != IdentFlexID || string(g[1].Ident) != "port 7" {
			t.Errorf("%+v", g)
		}
	})
	t.Run("D6.30.2 exactly one identifier", func(t *testing.T) {
		refused6(t, hosts(`{"duid":"01","hw-address":"02"}`), "the 'duid' and 'hw-address' are mutually exclusive")
		refused6(t, hosts(`{"hostname":"a"}`), "one of the supported identifiers must be specified for host reservation: duid, flex-id, hw-address")
	})
	t.Run("D6.30.10 identifiers", func(t *testing.T) {
		accepted6(t, hosts(`{"duid":"010203"}`))
		accepted6(t, hosts(fmt.Sprintf(`{"duid":"%s"}`, strings.Repeat("01", 128))))
		refused6(t, hosts(fmt.Sprintf(`{"duid":"%s"}`, strings.Repeat("01", 129))), "it has 129 octets, at most 128 are possible")
		refused6(t, hosts(`{"duid":"01:xx"}`), "invalid host identifier value '01:xx'", "Dhcp6/subnet6[0]/reservations[0]/duid")
	})
	t.Run("D6.30.5 addresses are in the subnet, prefixes need not be", func(t *testing.T) {
		refused6(t, hosts(`{"duid":"01","ip-addresses":["2001:db8:2::1"]}`), "specified reservation '2001:db8:2::1' is not within the IPv6 subnet '2001:db8:1::/64'")
		accepted6(t, `"reservations":[{"duid":"01","ip-addresses":["2001:db8:2::1"]}]`)
		for _, a := range []string{"192.0.2.1", "ff02::1", "::", "x", ""} {
			refused6(t, hosts(fmt.Sprintf(`{"duid":"01","ip-addresses":[%q]}`, a)), "Dhcp6/subnet6[0]/reservations[0]/ip-addresses[0]: ", "is not an IPv6 address that can be reserved")
		}
	})
	t.Run("prefixes", func(t *testing.T) {
		accepted6(t, hosts(`{"duid":"01","prefixes":["::/0","2001:db8::1/128"]}`))
		for p, part := range map[string]string{"2001:db8::": "2001:db8:: is no prefix", "2001:db8::/129": "129 is not the length of an IPv6 prefix",
			"192.0.2.0/24": "192.0.2.0 is not an IPv6 address", "ff00::/8": "which cannot be reserved"} {
			refused6(t, hosts(fmt.Sprintf(`{"duid":"01","prefixes":[%q]}`, p)), "Dhcp6/subnet6[0]/reservations[0]/prefixes[0]: ", part)
		}
	})
	t.Run("D6.30.6 excluded prefixes", func(t *testing.T) {
		with := func(excluded string) string {
			return hosts(`{"duid":"01","prefixes":["2001:db8:5::/48","2001:db8:6::/48"],"excluded-prefixes":[` + excluded + `]}`)
		}
		for _, none := range []string{"", `""`, `"",""`} {
			if r := mustLoad6(t, with(none)).Subnets[0].Reservations[0]; r.Excluded != nil {
				t.Errorf("[%s] is %v", none, r.Excluded)
			}
		}
		for excluded, part := range map[string]string{
			`"2001:db8:5:1::/64"`:    "it has 1 prefixes, and prefixes 2: give one for each",
			`"2001:db8:6:1::/64",""`: "2001:db8:6:1::/64 is not inside 2001:db8:5::/48",
			`"","2001:db8:6::/48"`:   "2001:db8:6::/48 has to be longer than 2001:db8:6::/48",
			`"","2001:db8:6:1::"`:    "2001:db8:6:1:: is no prefix",
			`"192.0.2.0/24",""`:      "192.0.2.0 is not an IPv6 address",
		} {
			refused6(t, with(excluded), "Dhcp6/subnet6[0]/reservations[0]/excluded-prefixes", part)
		}
	})
	t.Run("D6.30.8 nobody and nothing twice", func(t *testing.T) {
		refused6(t, hosts(`{"duid":"01"},{"duid":"01","hostname":"a"}`), "this duid has a reservation here already, at test.conf:1:")
		accepted6(t, `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64","reservations":[{"duid":"01"}]},{"id":2,"subnet":"2001:db8:2::/64","reservations":[{"duid":"01"}]}]`)
		address := hosts(`{"duid":"01","ip-addresses":["2001:db8:1::1"]},{"duid":"02","ip-addresses":["2001:db8:1::1"]}`)
		refused6(t, address, "2001:db8:1::1 is reserved already, at test.conf:1:", "Dhcp6/subnet6[0]/reservations[1]/ip-addresses")
		accepted6(t, `"ip-reservations-unique":false,`+address)
		prefix := hosts(`{"duid":"01","prefixes":["2001:db8:5::/48"]},{"duid":"02","prefixes":["2001:db8:5::/56"]}`)
		refused6(t, prefix, "2001:db8:5:: is reserved already", "Dhcp6/subnet6[0]/reservations[1]/prefixes")
		accepted6(t, `"ip-reservations-unique":false,`+prefix)
		refused6(t, `"ip-reservations-unique":false,`+hosts(`{"duid":"01","ip-addresses":["2001:db8:1::1","2001:db8:1::1"]}`), "2001:db8:1::1 is reserved for this host twice")
	})
	t.Run("many are read in shares", func(t *testing.T) {
		var list []string
		for i := range 3 * manyItems {
			list = append(list, fmt.Sprintf(`{"duid":"%06x","ip-addresses":["2001:db8:1::%x"]}`, i, i+1))
		}
		c, _, err := loadBody6(hosts(strings.Join(list, ",")))
		if err != nil || len(c.Subnets[0].Reservations) != len(list) {
			t.Fatal(err)
		}
		list[2500] = `{"duid":"zz"}`
		_, _, err = loadBody6(hosts(strings.Join(list, ",")))
		checkRefused(t, "one of many", err, []string{"Dhcp6/subnet6[0]/reservations[2500]/duid"})
	})
}
