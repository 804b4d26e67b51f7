package config

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
)

func TestSubnets6(t *testing.T) {
	with := func(list string) string { return `"subnet6":[` + list + `]` }
	t.Run("D6.7.2 ids", func(t *testing.T) {
		for _, id := range []string{"0", "4294967295", "-1"} {
			refused6(t, with(`{"id":`+id+`,"subnet":"2001:db8::/64"}`), "is out of range, it has to be 1 to 4294967294")
		}
		accepted6(t, with(`{"id":4294967294,"subnet":"2001:db8::/64"}`))
		refused6(t, with(`{"id":1,"subnet":"2001:db8::/64"},{"id":1,"subnet":"2001:db8:1::/64"}`), "ID of the new IPv6 subnet '1' is already in use", "Dhcp6/subnet6[1]/id")
		refused6(t, with(`{"id":1,"subnet":"2001:db8::/64"}`)+`,"shared-networks":[{"name":"n","subnet6":[{"id":1,"subnet":"2001:db8:1::/64"}]}]`, "already in use") // D6.33.9
	})
	t.Run("D6.7.2 D6.45.5 an id is mandatory", func(t *testing.T) {
		refused6(t, with(`{"subnet":"2001:db8::/64"}`), "subnet configuration failed: missing parameter 'id'")
	})
	t.Run("D6.7.3 D6.7.4 prefixes", func(t *testing.T) {
		for text, want := range map[string][2]string{
			"2001:db8:1::/64":      {"2001:db8:1::/64", "2001:db8:1::/64"},
			"2001:DB8:1:0::1 / 64": {"2001:db8:1::1/64", "2001:db8:1::/64"},
			"::/0":                 {"::/0", "::/0"},
			"2001:db8::1/128":      {"2001:db8::1/128", "2001:db8::1/128"},
		} {
			s := mustLoad6(t, with(fmt.Sprintf(`{"id":1,"subnet":%q}`, text))).Subnets[0]
			if s.Text != want[0] || s.Prefix != netip.MustParsePrefix(want[1]) || s.Element().Get("subnet").Str != want[0] {
				t.Errorf("%q is %s %s", text, s.Text, s.Prefix)
			}
		}
		for _, text := range []string{"2001:db8::", "2001:db8::/129", "192.0.2.0/24", "2001:db8::/", "/64", "", "2001:db8::/-1", "2001:db8::/6a", "2001:db8::g/64", "fe80::1%lo/64"} {
			refused6(t, with(fmt.Sprintf(`{"id":1,"subnet":%q}`, text)), "Dhcp6/subnet6[0]/subnet: ", "(test.conf:1:")
		}
		refused6(t, with(`{"id":1}`), "missing parameter 'subnet'")
	})
	t.Run("D6.7.4 D6.7.5 prefixes are compared as text, and may overlap", func(t *testing.T) {
		accepted6(t, with(`{"id":1,"subnet":"2001:db8:1::/64"},{"id":2,"subnet":"2001:db8:1::1/64"}`))
		accepted6(t, with(`{"id":1,"subnet":"2001:db8::/32"},{"id":2,"subnet":"2001:db8:1::/64"}`))
		refused6(t, with(`{"id":1,"subnet":"2001:db8:1::/64"},{"id":2,"subnet":"2001:db8:1::/64"}`), "subnet with the prefix of '2001:db8:1::/64' already exists", "Dhcp6/subnet6[1]/subnet")
	})
	t.Run("D6.7.6 D6.7.7 a link has one of interface and interface-id", func(t *testing.T) {
		refused6(t, subnet6(`"interface":"eth0","interface-id":"x"`), "the 'interface' and 'interface-id' are mutually exclusive", "Dhcp6/subnet6[0]/interface-id")
		refused6(t, `"shared-networks":[{"name":"n","interface":"eth0","interface-id":"x"}]`, "mutually exclusive")
		accepted6(t, `"shared-networks":[{"name":"n","interface":"eth0","subnet6":[{"id":1,"subnet":"2001:db8:1::/64","interface-id":"x"}]}]`)
	})
	t.Run("D6.7.9 D6.33.2 D6.31.11 inheritance", func(t *testing.T) {
		c := mustLoad6(t, `"renew-timer":1,"rebind-timer":2,"preferred-lifetime":3000,"min-preferred-lifetime":100,"pd-allocator":"random","reservations-global":true,
			"shared-networks":[{"name":"n","rebind-timer":3,"preferred-lifetime":2000,"interface-id":"up","rapid-commit":true,"reservations-global":false,"relay":{"ip-addresses":["2001:db8::9"]},
				"subnet6":[{"id":1,"subnet":"2001:db8:1::/64","preferred-lifetime":1000,"reservations-global":true},
					{"id":2,"subnet":"2001:db8:2::/64","interface-id":"own","relay":{"ip-addresses":["2001:db8::8"]}}]}],
			"subnet6":[{"id":3,"subnet":"2001:db8:3::/64"}]`)
		a, b, plain := c.SharedNetworks[0].Subnets[0], c.SharedNetworks[0].Subnets[1], c.Subnets[0]
		for _, s := range []struct {
			subnet    *Subnet6
			preferred Triplet
			rebind    uint32
			id        string
			rapid     bool
			global    bool
			relay     string
		}{
			{a, Triplet{100, 1000, 1000}, 3, "up", true, true, "[2001:db8::9]"},
			{b, Triplet{100, 2000, 2000}, 3, "own", true, false, "[2001:db8::8]"},
			{plain, Triplet{100, 3000, 3000}, 2, "", false, true, "[]"},
		} {
			n := s.subnet
			if n.PreferredLifetime.V != s.preferred || n.RebindTimer.V != s.rebind || n.RenewTimer.V != 1 || n.InterfaceID != s.id || n.RapidCommit != s.rapid ||
				n.PDAllocator != "random" || n.Allocator != "iterative" || n.ReservationsGlobal != s.global || fmt.Sprint(n.Relays) != s.relay {
				t.Errorf("subnet %d: %+v", n.ID, n)
			}
		}
	})
}

func TestPreferredLifetimes(t *testing.T) {
	t.Run("D6.16.1 a bound stands for a missing default", func(t *testing.T) {
		for body, want := range map[string]Opt[Triplet]{
			`"valid-lifetime":100`:                                       {},
			`"preferred-lifetime":50`:                                    {Set: true, V: Triplet{50, 50, 50}},
			`"min-preferred-lifetime":50`:                                {Set: true, V: Triplet{50, 50, 50}},
			`"max-preferred-lifetime":60`:                                {Set: true, V: Triplet{60, 60, 60}},
			`"preferred-lifetime":50,"max-preferred-lifetime":60`:        {Set: true, V: Triplet{50, 50, 60}},
			`"preferred-lifetime":4294967295,"min-preferred-lifetime":1`: {Set: true, V: Triplet{1, 4294967295, 4294967295}},
		} {
			if got := mustLoad6(t, body).PreferredLifetime; got != want {
				t.Errorf("%s: %v, want %v", body, got, want)
			}
		}
		refused6(t, `"min-preferred-lifetime":5,"max-preferred-lifetime":7`, "give it a preferred-lifetime too")
	})
	t.Run("D6.16.2 order", func(t *testing.T) {
		refused6(t, `"preferred-lifetime":100,"min-preferred-lifetime":500`, "Dhcp6/min-preferred-lifetime: 500 is above the default preferred-lifetime, which is 100")
		refused6(t, `"preferred-lifetime":100,`+subnet6(`"max-preferred-lifetime":50`), "Dhcp6/subnet6[0]/max-preferred-lifetime: 50 is below the default preferred-lifetime, which is 100")
		refused6(t, `"client-classes":[{"name":"a","preferred-lifetime":100,"max-preferred-lifetime":50}]`, "Dhcp6/client-classes[0]/max-preferred-lifetime")
		accepted6(t, `"preferred-lifetime":9000,"valid-lifetime":100`)
	})
	t.Run("D6.16.8 shares", func(t *testing.T) {
		for _, body := range []string{`"t1-percent":0.0`, `"t1-percent":1.0`, `"t2-percent":1.5`, `"t1-percent":0.8`, `"t1-percent":0.9`} {
			refused6(t, body+","+subnet6(""), "Dhcp6/t")
			accepted6(t, `"calculate-tee-times":false,`+body+","+subnet6(""))
		}
	})
	t.Run("D6.16.7 D6.45.19 T1 above T2 is warned of", func(t *testing.T) {
		_, warnings, err := loadBody6(`"renew-timer":100,"rebind-timer":50,` + subnet6(""))
		if err != nil || len(warnings) != 1 || warnings[0].ID != "DHCPSRV_CFGMGR_RENEW_GTR_REBIND" {
			t.Errorf("%v %v", warnings, err)
		}
	})
	t.Run("D6.21.1 D6.16.1 lifetimes of classes", func(t *testing.T) {
		c := mustLoad6(t, `"client-classes":[{"name":"a","valid-lifetime":100,"preferred-lifetime":50,"max-preferred-lifetime":60}]`).Classes[0]
		if c.ValidLifetime.V != (Triplet{100, 100, 100}) || c.PreferredLifetime.V != (Triplet{50, 50, 60}) {
			t.Errorf("%+v", c)
		}
		want := `{ "max-preferred-lifetime": 60, "name": "a", "option-data": [  ], "preferred-lifetime": 50, "valid-lifetime": 100 }`
		if got := c.Element6().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
	})
}

func TestPools6(t *testing.T) {
	pools := func(list string) string { return subnet6(`"pools":[` + list + `]`) }
	t.Run("D6.8.1 D6.8.2 D6.8.3 both notations, blanks ignored, of any size", func(t *testing.T) {
		c := mustLoad6(t, pools(`{"pool":" 2001:db8:1::100\t- 2001:DB8:1::1ff "},{"pool":"2001:db8:1:0:8000:: / 65"},{"pool":"2001:db8:1::-2001:db8:1::"}`))
		var got []string
		for _, p := range c.Subnets[0].Pools {
			got = append(got, p.First.String()+" "+p.Last.String()+" "+p.Element().Get("pool").Str)
		}
		want := []string{
			"2001:db8:1:: 2001:db8:1:: 2001:db8:1::/128",
			"2001:db8:1::100 2001:db8:1::1ff 2001:db8:1::100/120",
			"2001:db8:1:0:8000:: 2001:db8:1:0:ffff:ffff:ffff:ffff 2001:db8:1:0:8000::/65",
		}
		if !slices.Equal(got, want) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a prefix with host bits begins at the address, as in Kea", func(t *testing.T) {
		p := mustLoad6(t, pools(`{"pool":"2001:db8:1::1234/112"}`)).Subnets[0].Pools[0]
		if got := p.Element().Get("pool").Str; got != "2001:db8:1::1234-2001:db8:1::ffff" {
			t.Errorf("got %s", got)
		}
	})
	t.Run("D6.8.4 what is no pool", func(t *testing.T) {
		for _, text := range []string{"2001:db8:1::2-2001:db8:1::1", "192.0.2.1-192.0.2.9", "x", "", "2001:db8:1::1", "2001:db8:1::/129", "::/0"} {
			refused6(t, pools(fmt.Sprintf(`{"pool":%q}`, text)), "Dhcp6/subnet6[0]/pools[0]/pool: ")
		}
	})
	t.Run("D6.8.5 inside the subnet, without overlap in it", func(t *testing.T) {
		refused6(t, pools(`{"pool":"2001:db8:2::1-2001:db8:2::2"}`), "2001:db8:2::1-2001:db8:2::2 is not inside the subnet 2001:db8:1::/64")
		refused6(t, pools(`{"pool":"2001:db8:1::1-2001:db8:1::9"},{"pool":"2001:db8:1::9-2001:db8:1::19"}`), "overlaps pool 2001:db8:1::1-2001:db8:1::9")
		accepted6(t, `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64","pools":[{"pool":"2001:db8:1::/80"}]},{"id":2,"subnet":"2001:db8:1::/48","pools":[{"pool":"2001:db8:1::/80"}]}]`)
	})
	t.Run("D6.8.6 pool-id need not be unique", func(t *testing.T) {
		c := mustLoad6(t, pools(`{"pool":"2001:db8:1::/80","pool-id":7},{"pool":"2001:db8:1:0:1::/80","pool-id":7}`))
		if p := c.Subnets[0].Pools; p[0].ID != 7 || p[1].ID != 7 || p[0].Element().Get("pool-id").Int != 7 {
			t.Errorf("%+v", p[0])
		}
	})
}

func TestSharedNetworks6(t *testing.T) {
	network := func(own, first, second string) string {
		if own != "" {
			own += ","
		}
		return `"shared-networks":[{"name":"n",` + own + `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64"` + first + `},{"id":2,"subnet":"2001:db8:2::/64"` + second + `}]}]`
	}
	t.Run("D6.33.1 names", func(t *testing.T) {
		refused6(t, `"shared-networks":[{"name":"n"},{"name":"n"}]`, "shared network n exists already")
		refused6(t, `"shared-networks":[{"name":""}]`, "must not be empty")
		refused6(t, `"shared-networks":[{"subnet6":[]}]`, "missing parameter 'name'")
		accepted6(t, `"shared-networks":[{"name":"n","subnet6":[]}]`)
	})
	t.Run("D6.33.3 one interface", func(t *testing.T) {
		refused6(t, network("", `,"interface":"eth0"`, `,"interface":"eth1"`), "it is eth1, but shared network n or an earlier subnet of it has eth0")
		refused6(t, network(`"interface":"eth0"`, `,"interface":"eth1"`, ""), "they need the same")
		accepted6(t, network(`"interface":"eth0"`, `,"interface":"eth0"`, ""))
		accepted6(t, network("", `,"interface-id":"a"`, `,"interface-id":"b"`))
	})
	t.Run("D6.18.3 D6.33.3 one rapid-commit", func(t *testing.T) {
		refused6(t, network("", `,"rapid-commit":true`, ""), "it is false for subnet 2001:db8:2::/64, but true for subnet 2001:db8:1::/64 of shared network n")
		refused6(t, network(`"rapid-commit":true`, "", `,"rapid-commit":false`), "Dhcp6/shared-networks[0]/subnet6[1]/rapid-commit")
		accepted6(t, network("", `,"rapid-commit":true`, `,"rapid-commit":true`))
		c := mustLoad6(t, network(`"rapid-commit":true`, "", ""))
		if n := c.SharedNetworks[0]; !n.RapidCommit || !n.Subnets[0].RapidCommit || !n.Subnets[1].RapidCommit {
			t.Errorf("%+v", n)
		}
	})
	t.Run("D6.33.4 D6.45.16 different relays are accepted", func(t *testing.T) {
		accepted6(t, network("", `,"relay":{"ip-addresses":["2001:db8::1"]}`, `,"relay":{"ip-addresses":["2001:db8::2"]}`))
	})
}

func TestPDPools(t *testing.T) {
	pool := func(more string) string {
		return subnet6(`"pd-pools":[{"prefix":"2001:db8:8::","prefix-len":48,` + more + `}]`)
	}
	t.Run("D6.9.1 D6.9.3 mandatory keywords, and a prefix outside the subnet", func(t *testing.T) {
		p := mustLoad6(t, pool(`"delegated-len":64,"pool-id":3,"client-class":"gold"`)).Subnets[0].PDPools[0]
		if p.Prefix != netip.MustParsePrefix("2001:db8:8::/48") || p.DelegatedLen != 64 || p.ID != 3 || p.Excluded.IsValid() || p.ClientClasses[0] != "gold" {
			t.Errorf("%+v", p)
		}
		want := `{ "client-class": "gold", "delegated-len": 64, "option-data": [  ], "pool-id": 3, "prefix": "2001:db8:8::", "prefix-len": 48 }`
		if got := p.Element().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
		for _, missing := range []string{`"prefix":"2001:db8:8::","prefix-len":48`, `"prefix":"2001:db8:8::","delegated-len":64`, `"prefix-len":48,"delegated-len":64`} {
			refused6(t, subnet6(`"pd-pools":[{`+missing+`}]`), "missing parameter")
		}
	})
	t.Run("D6.9.2 lengths", func(t *testing.T) {
		accepted6(t, pool(`"delegated-len":48`))
		refused6(t, pool(`"delegated-len":40`), "Dhcp6/subnet6[0]/pd-pools[0]/delegated-len: 40 is shorter than prefix-len, which is 48")
		refused6(t, pool(`"delegated-len":129`), "129 is out of range, it has to be 1 to 128")
		refused6(t, subnet6(`"pd-pools":[{"prefix":"2001:db8:8::","prefix-len":0,"delegated-len":64}]`), "0 is out of range")
	})
	t.Run("D6.9.1 prefixes", func(t *testing.T) {
		for text, part := range map[string]string{"192.0.2.0": "192.0.2.0 is not an IPv6 address", "x": "x is not an IPv6 address", "": "nothing is not an IPv6 address",
			"2001:db8:8::1": "2001:db8:8::1/48 has host bits set: the prefix of that length is 2001:db8:8::/48"} {
			refused6(t, subnet6(fmt.Sprintf(`"pd-pools":[{"prefix":%q,"prefix-len":48,"delegated-len":64}]`, text)), "Dhcp6/subnet6[0]/pd-pools[0]/prefix: ", part)
		}
	})
	t.Run("D6.9.4 overlap", func(t *testing.T) {
		two := func(first, second string) string {
			return subnet6(`"pd-pools":[{"prefix":` + first + `,"delegated-len":64},{"prefix":` + second + `,"delegated-len":80}]`)
		}
		refused6(t, two(`"2001:db8:8::","prefix-len":48`, `"2001:db8:8:1::","prefix-len":64`), "pool 2001:db8:8:1::/64 overlaps pool 2001:db8:8::/48")
		accepted6(t, two(`"2001:db8:8::","prefix-len":48`, `"2001:db8:9::","prefix-len":48`))
		accepted6(t, `"subnet6":[{"id":1,"subnet":"2001:db8:1::/64","pd-pools":[{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":64}]},
			{"id":2,"subnet":"2001:db8:2::/64","pd-pools":[{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":64}]}]`)
	})
	t.Run("D6.9.5 excluded prefixes", func(t *testing.T) {
		p := mustLoad6(t, pool(`"delegated-len":64,"excluded-prefix":"2001:db8:8:0:80::","excluded-prefix-len":72`)).Subnets[0].PDPools[0]
		if p.Excluded != netip.MustParsePrefix("2001:db8:8::/72") || p.Element().Get("excluded-prefix").Str != "2001:db8:8::" {
			t.Errorf("%+v", p)
		}
		for more, part := range map[string]string{
			`"excluded-prefix-len":72`:                                    "excluded-prefix is missing beside excluded-prefix-len: give both, or none",
			`"excluded-prefix":"2001:db8:8::"`:                            "excluded-prefix-len is missing beside excluded-prefix: give both, or none",
			`"excluded-prefix":"2001:db8:8::","excluded-prefix-len":64`:   "2001:db8:8::/64 has to be longer than 2001:db8:8::/64",
			`"excluded-prefix":"2001:db8:9::","excluded-prefix-len":72`:   "2001:db8:9::/72 is not inside 2001:db8:8::/64",
			`"excluded-prefix":"2001:db8:8:5::","excluded-prefix-len":72`: "is not inside 2001:db8:8::/64",
			`"excluded-prefix":"192.0.2.0","excluded-prefix-len":72`:      "192.0.2.0 is not an IPv6 address",
			`"excluded-prefix":"2001:db8:8::","excluded-prefix-len":129`:  "129 is out of range",
		} {
			refused6(t, pool(`"delegated-len":64,`+more), "Dhcp6/subnet6[0]/pd-pools[0]", part)
		}
		accepted6(t, pool(`"delegated-len":64,"excluded-prefix":"::","excluded-prefix-len":0`))
	})
	t.Run("shown in the order of their prefixes", func(t *testing.T) {
		c := mustLoad6(t, subnet6(`"pd-pools":[{"prefix":"2001:db8:9::","prefix-len":48,"delegated-len":64},{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":64}]`))
		if s := c.Subnets[0].Element().Get("pd-pools").String(); strings.Index(s, "db8:8") > strings.Index(s, "db8:9") {
			t.Error(s)
		}
	})
}
