package config

import (
	"fmt"
	"testing"
)

func TestSharedNetworks(t *testing.T) {
	network := func(more, members string) string {
		return `"shared-networks":[{"name":"n",` + more + `"subnet4":[` + members + `]}]`
	}
	t.Run("D4.43.1 name", func(t *testing.T) {
		c := mustLoad(t, `"shared-networks":[{"name":"second floor (ü)","subnet4":[{"id":1,"subnet":"192.0.2.0/24"}]},{"name":"a"}]`)
		if len(c.SharedNetworks) != 2 || c.SharedNetworks[0].Name != "second floor (ü)" || len(c.SharedNetworks[0].Subnets) != 1 {
			t.Errorf("%+v", c.SharedNetworks)
		}
		refused(t, `"shared-networks":[{"subnet4":[]}]`, "missing parameter 'name' (test.conf:1:", "Dhcp4/shared-networks[0]")
		refused(t, `"shared-networks":[{"name":""}]`, "must not be empty")
		refused(t, `"shared-networks":[{"name":"a"},{"name":"a"}]`, "Dhcp4/shared-networks[1]/name: shared network a exists already, at test.conf:1:")
	})
	t.Run("D4.43.2 beside plain subnets, with any number of members", func(t *testing.T) {
		c := mustLoad(t, network("", `{"id":1,"subnet":"192.0.2.0/24"}`)+`,"subnet4":[{"id":2,"subnet":"192.0.3.0/24"}]`)
		seen := ""
		c.AllSubnets(func(s *Subnet4, n *SharedNetwork4) { seen += fmt.Sprint(s.ID, n != nil, " ") })
		if seen != "2 false 1 true " {
			t.Errorf("subnets %s", seen)
		}
		accepted(t, network("", ""))
	})
	t.Run("D4.43.5 members inherit", func(t *testing.T) {
		c := mustLoad(t, network(`"renew-timer":5,"match-client-id":false,"interface":"eth0","relay":{"ip-addresses":["192.0.2.9"]},`,
			`{"id":1,"subnet":"192.0.2.0/24"},{"id":2,"subnet":"192.0.3.0/24","renew-timer":6,"match-client-id":true,"relay":{"ip-addresses":["192.0.2.8"]}}`))
		for i, want := range []string{"5 false eth0 [192.0.2.9]", "6 true eth0 [192.0.2.8]"} {
			s := c.SharedNetworks[0].Subnets[i]
			if got := fmt.Sprint(s.RenewTimer.V, " ", s.MatchClientID, " ", s.Interface, " ", s.Relays); got != want {
				t.Errorf("member %d has %s, want %s", i, got, want)
			}
		}
	})
	t.Run("D4.43.6 D4.58.12 what members have in common", func(t *testing.T) {
		member := func(id int, more string) string {
			return fmt.Sprintf(`{"id":%d,"subnet":"10.%d.0.0/16"%s}`, id, id, more)
		}
		refused(t, network("", member(1, `,"interface":"eth0"`)+","+member(2, `,"interface":"eth1"`)),
			"Dhcp4/shared-networks[0]/subnet4[1]/interface: it is eth1", "has eth0")
		refused(t, network(`"interface":"eth0",`, member(1, "")+","+member(2, `,"interface":"eth1"`)), "subnet4[1]/interface")
		accepted(t, network("", member(1, `,"interface":"eth0"`)+","+member(2, "")))
		accepted(t, network("", member(1, `,"relay":{"ip-addresses":["192.0.2.1"]}`)+","+member(2, `,"relay":{"ip-addresses":["192.0.2.2"]}`)))
		refused(t, network("", member(1, `,"authoritative":true`)+","+member(2, "")), "Dhcp4/shared-networks[0]/subnet4[0]/authoritative: it is true")
		refused(t, network(`"authoritative":true,`, member(1, `,"authoritative":false`)), "they need the same")
		accepted(t, `"authoritative":true,`+network("", member(1, `,"authoritative":true`)+","+member(2, "")))
	})
}

func TestAuthoritativeOfMembers(t *testing.T) {
	network := func(own, first, second string) string {
		return `"shared-networks":[{"name":"n"` + own + `,"subnet4":[{"id":1,"subnet":"192.0.2.0/24"` + first + `},{"id":2,"subnet":"192.0.3.0/24"` + second + `}]}]`
	}
	const yes, no = `,"authoritative":true`, `,"authoritative":false`
	t.Run("D4.30.4 all members of a shared network agree", func(t *testing.T) {
		refused(t, network("", yes, no), "authoritative", "shared network n")
		refused(t, network(yes, yes, no), "authoritative", "shared network n")
		mustLoad(t, network(yes, "", yes))
		mustLoad(t, network("", "", no))
	})
}
