package config

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestSubnetIdentity(t *testing.T) {
	with := func(s string) string { return `"subnet4":[` + s + `]` }
	t.Run("D4.10.1 id", func(t *testing.T) {
		for _, id := range []string{"0", "4294967295", "4294967296", "-1"} {
			refused(t, with(`{"id":`+id+`,"subnet":"192.0.2.0/24"}`), "Dhcp4/subnet4[0]/id", "out of range", "1 to 4294967294")
		}
		accepted(t, with(`{"id":1,"subnet":"192.0.2.0/24"},{"id":4294967294,"subnet":"192.0.3.0/24"}`))
		refused(t, with(`{"id":7,"subnet":"192.0.2.0/24"},{"id":7,"subnet":"192.0.3.0/24"}`),
			"ID of the new IPv4 subnet '7' is already in use", "Dhcp4/subnet4[1]/id")
		refused(t, with(`{"id":7,"subnet":"192.0.2.0/24"}`)+`,"shared-networks":[{"name":"n","subnet4":[{"id":7,"subnet":"192.0.3.0/24"}]}]`,
			"ID of the new IPv4 subnet '7' is already in use", "Dhcp4/shared-networks[0]/subnet4[0]/id")
	})
	t.Run("D4.10.2 D4.58.5 a missing id", func(t *testing.T) {
		refused(t, with(`{"subnet":"192.0.2.0/24"}`), "subnet configuration failed: missing parameter 'id' (test.conf:1:")
	})
	t.Run("D4.10.3 subnet", func(t *testing.T) {
		for text, want := range map[string]struct{ shown, prefix string }{
			"192.0.2.0/24":    {"192.0.2.0/24", "192.0.2.0/24"},
			"192.0.2.1/24":    {"192.0.2.1/24", "192.0.2.0/24"},
			" 192.0.2.0 / 24": {"192.0.2.0/24", "192.0.2.0/24"},
			"0.0.0.0/0":       {"0.0.0.0/0", "0.0.0.0/0"},
			"192.0.2.9/32":    {"192.0.2.9/32", "192.0.2.9/32"},
		} {
			c := mustLoad(t, with(fmt.Sprintf(`{"id":1,"subnet":%q}`, text)))
			if s := c.Subnets[0]; s.Text != want.shown || s.Prefix != netip.MustParsePrefix(want.prefix) {
				t.Errorf("%q is %s %s", text, s.Text, s.Prefix)
			}
		}
		for _, text := range []string{"192.0.2.0", "192.0.2.0/33", "192.0.2/24", "2001:db8::/64", "192.0.2.0/", "/24", "", "192.0.2.0/-1", "192.0.2.0/2a", "192.0.2.300/24"} {
			refused(t, with(fmt.Sprintf(`{"id":1,"subnet":%q}`, text)), "Dhcp4/subnet4[0]/subnet: ", "(test.conf:1:")
		}
		refused(t, with(`{"id":1}`), "missing parameter 'subnet'")
	})
	t.Run("D4.10.4 FD.9.3 D4.11.5 prefixes are compared as text, and may overlap", func(t *testing.T) {
		accepted(t, with(`{"id":1,"subnet":"192.0.2.1/24"},{"id":2,"subnet":"192.0.2.0/24"}`))
		accepted(t, with(`{"id":1,"subnet":"192.0.2.0/23"},{"id":2,"subnet":"192.0.2.0/24"}`))
		refused(t, with(`{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.2.0/24"}`),
			"subnet with the prefix of '192.0.2.0/24' already exists", "Dhcp4/subnet4[1]/subnet")
		refused(t, with(`{"id":1,"subnet":"192.0.2.0/24"}`)+`,"shared-networks":[{"name":"n","subnet4":[{"id":2,"subnet":"192.0.2.0/24"}]}]`,
			"already exists")
	})
}

func pools(list string) string { return subnet(`"pools":[` + list + `]`) }

func TestPools(t *testing.T) {
	t.Run("D4.11.1 D4.11.3 both notations, blanks ignored", func(t *testing.T) {
		c := mustLoad(t, pools(`{"pool":" 192.0.2.100\t- 192.0.2.110 "},{"pool":"192.0.2.16 / 28"},{"pool":"192.0.2.0-192.0.2.0"}`))
		var got []string
		for _, p := range c.Subnets[0].Pools {
			got = append(got, p.First.String()+"-"+p.Last.String())
		}
		if want := "192.0.2.0-192.0.2.0 192.0.2.16-192.0.2.31 192.0.2.100-192.0.2.110"; strings.Join(got, " ") != want {
			t.Errorf("pools %v, want %v", got, want)
		}
	})
	t.Run("bad ranges", func(t *testing.T) {
		for _, pool := range []string{"192.0.2.5-192.0.2.1", "192.0.2.0-192.0.2.300", "x", "192.0.2.1", "", "192.0.2.1-", "-192.0.2.1",
			"192.0.2.1-192.0.2.5-192.0.2.6", "192.0.2.0/33", "192.0.2.0/a", "192.0.2.0/", "0.0.0.0/0", "2001:db8::1-2001:db8::2"} {
			refused(t, pools(fmt.Sprintf(`{"pool":%q}`, pool)), "Dhcp4/subnet4[0]/pools[0]/pool: ", "(test.conf:1:")
		}
		refused(t, pools(`{"pool-id":1}`), "missing parameter 'pool'")
	})
	t.Run("FD.9.3 a prefix with host bits", func(t *testing.T) {
		refused(t, pools(`{"pool":"192.0.2.9/28"}`), "192.0.2.9/28 has host bits set", "192.0.2.0/28")
	})
	t.Run("D4.11.2 pool-id", func(t *testing.T) {
		c := mustLoad(t, pools(`{"pool":"192.0.2.8/30","pool-id":5},{"pool":"192.0.2.16/30","pool-id":5},{"pool":"192.0.2.24/30"}`))
		p := c.Subnets[0].Pools
		if p[0].ID != 5 || p[1].ID != 5 || p[2].ID != 0 {
			t.Errorf("ids %d %d %d", p[0].ID, p[1].ID, p[2].ID)
		}
		refused(t, pools(`{"pool":"192.0.2.8/30","pool-id":-1}`), "out of range")
	})
	t.Run("D4.11.4 any number, none too", func(t *testing.T) {
		accepted(t, subnet(""))
		var list []string
		for i := range 120 {
			list = append(list, fmt.Sprintf(`{"pool":"192.0.2.%d/31"}`, 2*i))
		}
		if c := mustLoad(t, pools(strings.Join(list, ","))); len(c.Subnets[0].Pools) != 120 {
			t.Errorf("%d pools", len(c.Subnets[0].Pools))
		}
	})
	t.Run("D4.11.6 overlap and outside", func(t *testing.T) {
		refused(t, pools(`{"pool":"192.0.2.1-192.0.2.5"},{"pool":"192.0.2.5-192.0.2.6"}`), "pool 192.0.2.5-192.0.2.6 overlaps pool 192.0.2.1-192.0.2.5")
		refused(t, pools(`{"pool":"192.0.2.10-192.0.2.20"},{"pool":"192.0.2.0/25"}`), "overlaps")
		_, _, err := loadBody(pools(`{"pool":"192.0.2.1-192.0.2.99"},{"pool":"192.0.2.5/32"},{"pool":"192.0.2.50/32"}`))
		if faults, ok := err.(Errors); !ok || len(faults) != 2 {
			t.Errorf("two pools inside a third: %v", err)
		}
		for _, pool := range []string{"192.0.3.1-192.0.3.2", "192.0.2.200-192.0.3.1", "192.0.0.0/16", "192.0.1.255-192.0.2.3"} {
			refused(t, pools(fmt.Sprintf(`{"pool":%q}`, pool)), "is not inside the subnet 192.0.2.0/24")
		}
	})
	t.Run("D4.11.7 the same pool in two subnets", func(t *testing.T) {
		accepted(t, `"subnet4":[{"id":1,"subnet":"192.0.2.0/24","pools":[{"pool":"192.0.2.0/25"}]},{"id":2,"subnet":"192.0.0.0/16","pools":[{"pool":"192.0.2.0/25"}]}]`)
	})
	t.Run("FD.7.1 network and broadcast address", func(t *testing.T) {
		accepted(t, pools(`{"pool":"192.0.2.0 - 192.0.2.255"}`))
	})
}

func TestFormatPool(t *testing.T) {
	t.Run("FD.9.1 a range that is a prefix is shown as one", func(t *testing.T) {
		for text, want := range map[string]string{
			"10.0.0.100-10.0.0.103":     "10.0.0.100/30",
			"10.0.0.10 - 10.0.0.20":     "10.0.0.10-10.0.0.20",
			"10.0.0.4-10.0.0.4":         "10.0.0.4/32",
			"10.0.0.1-10.0.0.2":         "10.0.0.1-10.0.0.2",
			"10.0.0.0/8":                "10.0.0.0/8",
			"0.0.0.0-255.255.255.255":   "0.0.0.0-255.255.255.255",
			"128.0.0.0-255.255.255.255": "128.0.0.0/1",
			"10.0.0.2-10.0.0.5":         "10.0.0.2-10.0.0.5",
		} {
			first, last, err := family4.parsePool(text)
			if err != nil {
				t.Fatal(err)
			}
			if got := FormatPool(first, last); got != want {
				t.Errorf("%s is shown as %s, want %s", text, got, want)
			}
		}
	})
	t.Run("what is shown reads back", func(t *testing.T) {
		for _, family := range []*family{family4, family6} {
			rapid.Check(t, func(t *rapid.T) {
				size := family.bits / 8
				a := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "one end")
				b := rapid.SliceOfN(rapid.Byte(), size, size).Draw(t, "the other")
				first, _ := netip.AddrFromSlice(a)
				last, _ := netip.AddrFromSlice(b)
				if last.Less(first) {
					first, last = last, first
				}
				if rapid.Bool().Draw(t, "prefix") {
					p := netip.PrefixFrom(first, rapid.IntRange(0, family.bits).Draw(t, "length")).Masked()
					first, last = p.Addr(), lastOf(p)
				}
				f, l, err := family.parsePool(FormatPool(first, last))
				if err != nil || f != first || l != last {
					t.Fatalf("%s-%s is shown as %s, which is %s-%s, %v", first, last, FormatPool(first, last), f, l, err)
				}
			})
		}
	})
}

func TestFixedFields(t *testing.T) {
	long := func(n int) string { return strings.Repeat("a", n) }
	network := func(m string) string { return `"shared-networks":[{"name":"n",` + m + `}]` }
	class := func(m string) string { return `"client-classes":[{"name":"n",` + m + `}]` }
	host := func(m string) string { return subnet(`"reservations":[{"duid":"01",` + m + `}]`) }
	t.Run("D4.28.2 lengths", func(t *testing.T) {
		for _, scope := range []func(string) string{network, subnet, class, host} {
			accepted(t, scope(`"server-hostname":"`+long(63)+`"`))
			refused(t, scope(`"server-hostname":"`+long(64)+`"`), "/server-hostname: it has 64 octets")
		}
		for _, scope := range []func(string) string{network, subnet, class} {
			accepted(t, scope(`"boot-file-name":"`+long(128)+`"`))
			refused(t, scope(`"boot-file-name":"`+long(129)+`"`), "/boot-file-name: it has 129 octets")
		}
		accepted(t, host(`"boot-file-name":"`+long(127)+`"`))
		refused(t, host(`"boot-file-name":"`+long(128)+`"`), "it has 128 octets")
		accepted(t, `"server-hostname":"`+long(500)+`","boot-file-name":"`+long(500)+`"`)
	})
	t.Run("D4.28.1 next-server 0.0.0.0 and nothing", func(t *testing.T) {
		c := mustLoad(t, `"next-server":"192.0.2.1","server-hostname":"a","boot-file-name":"b","subnet4":[
			{"id":1,"subnet":"192.0.2.0/24"},
			{"id":2,"subnet":"192.0.3.0/24","next-server":"","server-hostname":"","boot-file-name":""},
			{"id":3,"subnet":"192.0.4.0/24","next-server":"0.0.0.0"},
			{"id":4,"subnet":"192.0.5.0/24","next-server":"192.0.2.7","server-hostname":"c","boot-file-name":"d"}]`)
		for i, want := range []string{"{true 192.0.2.1} a b", "{true 192.0.2.1} a b", "{true 0.0.0.0} a b", "{true 192.0.2.7} c d"} {
			s := c.Subnets[i]
			if got := fmt.Sprint(s.NextServer, " ", s.ServerHostname, " ", s.BootFileName); got != want {
				t.Errorf("subnet %d has %s, want %s", i, got, want)
			}
		}
		if c := mustLoad(t, subnet("")); c.NextServer.Set || c.Subnets[0].NextServer.Set {
			t.Error("next-server is set by default")
		}
		refused(t, subnet(`"next-server":"::1"`), "Dhcp4/subnet4[0]/next-server: ::1 is not an IPv4 address")
		refused(t, class(`"next-server":"255.255.255.255"`), "not the IPv4 address of a server")
		refused(t, host(`"next-server":"x"`), "not the IPv4 address of a server")
	})
}

func TestInheritance(t *testing.T) {
	t.Run("D4.40.2 the innermost value wins", func(t *testing.T) {
		c := mustLoad(t, `"reservations-global":true,"reservations-in-subnet":false,"shared-networks":[{"name":"n","reservations-in-subnet":true,"subnet4":[
			{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24","reservations-global":false,"reservations-out-of-pool":true}]}],
			"subnet4":[{"id":3,"subnet":"192.0.4.0/24"}]`)
		n := c.SharedNetworks[0]
		for i, s := range []*Subnet4{n.Subnets[0], n.Subnets[1], c.Subnets[0]} {
			got := fmt.Sprint(s.ReservationsGlobal, s.ReservationsInSubnet, s.ReservationsOutOfPool)
			if want := []string{"true true false", "false true true", "true false false"}[i]; got != want {
				t.Errorf("subnet %d: %s, want %s", i, got, want)
			}
		}
	})
	t.Run("what a scope has itself", func(t *testing.T) {
		s := mustLoad(t, `"renew-timer":5,`+subnet(`"rebind-timer":6,"next-server":"","ddns-use-conflict-resolution":false`)).Subnets[0]
		if s.Own.Has("renew-timer") || !s.Own.Has("rebind-timer") || s.Own.Has("next-server") || !s.Own.Has("ddns-conflict-resolution-mode") || s.Own.Has("subnet") {
			t.Errorf("own parameters %b", s.Own)
		}
	})
	t.Run("D4.25.9 ddns-use-conflict-resolution", func(t *testing.T) {
		for value, want := range map[string]string{"true": "check-with-dhcid", "false": "no-check-with-dhcid"} {
			c := mustLoad(t, `"ddns-use-conflict-resolution":`+value)
			if got := c.Element().Get("ddns-conflict-resolution-mode").Str; got != want || c.DDNS.ConflictResolutionMode != want {
				t.Errorf("%s is %s", value, got)
			}
			if c.Element().Get("ddns-use-conflict-resolution") != nil {
				t.Error("the old name is shown")
			}
		}
		refused(t, `"ddns-use-conflict-resolution":true,"ddns-conflict-resolution-mode":"check-with-dhcid"`, "give one of them")
	})
	t.Run("D4.25.11 hostname-char-set", func(t *testing.T) {
		refused(t, `"hostname-char-set":"[^a"`, "Dhcp4/hostname-char-set", "is not a regular expression")
		for expression, matches := range map[string]string{`[^A-Za-z0-9.-]`: "_", `[\\.]`: `\`, `[[:space:]]`: " ", `[]a]`: "]", `\.`: ".", `[^a-z]`: "\n", `.`: "\n"} {
			re, err := CompileCharSet(expression)
			if err != nil || !re.MatchString(matches) {
				t.Errorf("%s does not match %q (%v)", expression, matches, err)
			}
		}
		if re, err := CompileCharSet(""); re != nil || err != nil {
			t.Errorf("nothing gives %v, %v", re, err)
		}
	})
	t.Run("D4.53.1 an unknown allocator", func(t *testing.T) { refused(t, `"allocator":"fancy"`, "iterative or random or flq") })
}

func TestGuards(t *testing.T) {
	t.Run("old and new names of class lists", func(t *testing.T) {
		c := mustLoad(t, `"subnet4":[
			{"id":1,"subnet":"192.0.2.0/24","client-class":"a","require-client-classes":["x","y","x"]},
			{"id":2,"subnet":"192.0.3.0/24","client-classes":["a","b"],"evaluate-additional-classes":["x"]},
			{"id":3,"subnet":"192.0.4.0/24","client-class":""}]`)
		for i, want := range []string{"[a] [x y]", "[a b] [x]", "[] []"} {
			if got := fmt.Sprint(c.Subnets[i].ClientClasses, " ", c.Subnets[i].AdditionalClasses); got != want {
				t.Errorf("subnet %d: %s, want %s", i, got, want)
			}
		}
		refused(t, subnet(`"client-class":"a","client-classes":["a"]`), "give one of them")
		refused(t, subnet(`"require-client-classes":["a"],"evaluate-additional-classes":["a"]`), "another spelling")
		refused(t, `"client-classes":[{"name":"c","only-if-required":true,"only-in-additional-list":true}]`, "another spelling")
		if s := c.Element().Get("subnet4").List[0].String(); !strings.Contains(s, `"client-class": "a"`) || !strings.Contains(s, `"require-client-classes": [ "x", "y" ]`) {
			t.Errorf("config-get: %s", s)
		}
	})
}
