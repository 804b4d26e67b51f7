package config

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// oneClass is a configuration of one class.
func oneClass(members string) string { return `"client-classes":[{"name":"c",` + members + `}]` }

func TestClassDefinition(t *testing.T) {
	list := func(classes string) string { return `"client-classes":[` + classes + `]` }
	t.Run("CL.7.1 name", func(t *testing.T) {
		refused(t, list(`{"test":"member('ALL')"}`), "name")
		refused(t, list(`{"name":""}`), "the name of a class must not be empty")
		refused(t, list(`{"name":"a"},{"name":"b"},{"name":"a"}`), "class a is defined already at test.conf:1:")
	})
	t.Run("CL.7.6 option-def", func(t *testing.T) {
		for code, good := range map[int]bool{43: true, 42: false, 223: false, 224: true, 254: true} {
			body := oneClass(fmt.Sprintf(`"option-def":[{"name":"mine","code":%d,"type":"uint8"}]`, code))
			if good {
				accepted(t, body)
			} else {
				refused(t, body, "cannot be defined in a client class")
			}
		}
		refused(t, oneClass(`"option-def":[{"name":"mine","code":224,"space":"other","type":"uint8"}]`), "cannot be defined in a client class")
	})
	t.Run("CL.7.7 next-server", func(t *testing.T) {
		if c := mustLoad(t, oneClass(`"next-server":"192.0.2.1"`)).Classes[0]; c.NextServer.V.String() != "192.0.2.1" {
			t.Errorf("%v", c.NextServer)
		}
		if c := mustLoad(t, oneClass(`"next-server":"0.0.0.0"`)).Classes[0]; c.NextServer.Set {
			t.Errorf("%v", c.NextServer)
		}
		for _, bad := range []string{"255.255.255.255", "2001:db8::1", "x"} {
			refused(t, oneClass(`"next-server":"`+bad+`"`), bad+" is not the IPv4 address of a server")
		}
	})
	t.Run("CL.7.8 CL.7.9 lengths of server-hostname and boot-file-name", func(t *testing.T) {
		accepted(t, oneClass(`"server-hostname":"`+strings.Repeat("h", 63)+`"`))
		refused(t, oneClass(`"server-hostname":"`+strings.Repeat("h", 64)+`"`), "server-hostname")
		accepted(t, oneClass(`"boot-file-name":"`+strings.Repeat("f", 128)+`"`))
		refused(t, oneClass(`"boot-file-name":"`+strings.Repeat("f", 129)+`"`), "boot-file-name")
		host := func(file string) string {
			return subnet(`"reservations":[{"duid":"01","boot-file-name":"` + file + `"}]`)
		}
		accepted(t, host(strings.Repeat("f", 127)))
		refused(t, host(strings.Repeat("f", 128)), "boot-file-name")
	})
	t.Run("CL.7.10 CL.7.12 lifetimes", func(t *testing.T) {
		c := mustLoad(t, oneClass(`"valid-lifetime":200,"min-valid-lifetime":100,"max-valid-lifetime":300,"offer-lifetime":9`)).Classes[0]
		if c.ValidLifetime.V != (Triplet{Min: 100, Default: 200, Max: 300}) || c.OfferLifetime != (Opt[uint32]{true, 9}) {
			t.Errorf("%+v %+v", c.ValidLifetime, c.OfferLifetime)
		}
		if c := mustLoad(t, oneClass(`"test":"member('ALL')"`)).Classes[0]; c.ValidLifetime.Set || c.OfferLifetime.Set {
			t.Errorf("%+v %+v", c.ValidLifetime, c.OfferLifetime)
		}
	})
	t.Run("CL.7.13 user-context and comment", func(t *testing.T) {
		got := mustLoad(t, oneClass(`"user-context":{"a":1},"comment":"why"`)).Classes[0].Element().Get("user-context").String()
		if got != `{ "a": 1, "comment": "why" }` {
			t.Errorf("%s", got)
		}
	})
	t.Run("CL.7.14 an empty list", func(t *testing.T) {
		accepted(t, `"valid-lifetime":100`)
		refused(t, `"client-classes":[]`, "client-classes")
	})
	t.Run("CL.7.15 CL.9.10 a class without expression", func(t *testing.T) {
		accepted(t, oneClass(`"next-server":"192.0.2.1"`))
		for _, name := range []string{"ALL", "KNOWN", "UNKNOWN", "BOOTP", "VENDOR_CLASS_x", "DROP", "SKIP_DDNS"} {
			accepted(t, list(`{"name":"`+name+`","valid-lifetime":50,"option-data":[{"name":"domain-name","data":"a.example"}]}`))
		}
	})
}

// TestClassSpellings reads each keyword of two names by both.
func TestClassSpellings(t *testing.T) {
	scopes := map[string]func(string) string{
		"shared network": func(m string) string {
			return `"shared-networks":[{"name":"n",` + m + `,"subnet4":[{"id":1,"subnet":"192.0.2.0/24"}]}]`
		},
		"subnet": subnet,
		"pool":   func(m string) string { return subnet(`"pools":[{"pool":"192.0.2.0/25",` + m + `}]`) },
	}
	read := map[string]func(*Dhcp4) (guards, additional []string){
		"shared network": func(c *Dhcp4) ([]string, []string) {
			return c.SharedNetworks[0].ClientClasses, c.SharedNetworks[0].AdditionalClasses
		},
		"subnet": func(c *Dhcp4) ([]string, []string) { return c.Subnets[0].ClientClasses, c.Subnets[0].AdditionalClasses },
		"pool": func(c *Dhcp4) ([]string, []string) {
			p := c.Subnets[0].Pools[0]
			return p.ClientClasses, p.AdditionalClasses
		},
	}
	for name, in := range scopes {
		t.Run("CL.10.1 CL.10.2 CL.10.6 CL.13.12 "+name, func(t *testing.T) {
			for _, row := range []struct {
				members            string
				guards, additional []string
			}{
				{`"client-class":"a"`, []string{"a"}, nil},
				{`"client-classes":["a","b"]`, []string{"a", "b"}, nil},
				{`"require-client-classes":["x","y"]`, nil, []string{"x", "y"}},
				{`"evaluate-additional-classes":["x","y"]`, nil, []string{"x", "y"}},
			} {
				guards, additional := read[name](mustLoad(t, in(row.members)))
				if !slices.Equal(guards, row.guards) || !slices.Equal(additional, row.additional) {
					t.Errorf("%s: guards %v, additional %v", row.members, guards, additional)
				}
			}
			refused(t, in(`"client-class":"a","client-classes":["b"]`), "client-class", "client-classes")
			refused(t, in(`"require-client-classes":["x"],"evaluate-additional-classes":["y"]`), "require-client-classes", "evaluate-additional-classes")
			// CL.10.10: nobody defines these classes.
		})
	}
	t.Run("CL.10.3 CL.10.6 CL.13.12 only-if-required", func(t *testing.T) {
		for _, key := range []string{"only-if-required", "only-in-additional-list"} {
			if !mustLoad(t, oneClass(`"`+key+`":true`)).Classes[0].OnlyIfRequired {
				t.Errorf("%s is not read", key)
			}
		}
		refused(t, oneClass(`"only-if-required":true,"only-in-additional-list":true`), "only-if-required", "only-in-additional-list")
	})
	t.Run("CL.10.4 reservation", func(t *testing.T) {
		r := mustLoad(t, subnet(`"reservations":[{"duid":"01","client-classes":["a","b"]}]`)).Subnets[0].Reservations[0]
		if !slices.Equal(r.ClientClasses, []string{"a", "b"}) {
			t.Errorf("%v", r.ClientClasses)
		}
	})
}
