package config

import (
	"fmt"
	"strings"
	"testing"
)

func hosts(list string) string { return subnet(`"reservations":[` + list + `]`) }

func TestReservations(t *testing.T) {
	t.Run("D4.39.1 in global scope and in subnets", func(t *testing.T) {
		c := mustLoad(t, `"reservations":[{"duid":"01:02","ip-address":"203.0.113.7"}],`+hosts(`{"duid":"01:02"}`))
		if len(c.Reservations) != 1 || c.Reservations[0].SubnetID != 0 || len(c.Subnets[0].Reservations) != 1 || c.Subnets[0].Reservations[0].SubnetID != 1 {
			t.Errorf("%v %v", c.Reservations, c.Subnets[0].Reservations)
		}
		refused(t, `"shared-networks":[{"name":"n","reservations":[]}]`, "unexpected keyword")
	})
	t.Run("D4.39.2 identifiers", func(t *testing.T) {
		for i, name := range []string{"hw-address", "duid", "circuit-id", "client-id", "flex-id"} {
			r := mustLoad(t, hosts(fmt.Sprintf(`{%q:"1a:2b:3"}`, name))).Subnets[0].Reservations[0]
			if r.IdentType != IdentifierType(i) || string(r.Ident) != "\x1a\x2b\x03" || r.IdentType.String() != name {
				t.Errorf("%s is %s %x", name, r.IdentType, r.Ident)
			}
		}
	})
	t.Run("D4.39.3 text of identifiers", func(t *testing.T) {
		for text, want := range map[string]string{"01:2:ff": "\x01\x02\xff", "0102FF": "\x01\x02\xff", "0x0102": "\x01\x02", "1": "\x01", "123": "\x01\x23", "01 02": "\x01\x02", "'abc'": "abc", "' a b '": "a b"} {
			if r := mustLoad(t, hosts(fmt.Sprintf(`{"client-id":%q}`, text))).Subnets[0].Reservations[0]; string(r.Ident) != want {
				t.Errorf("%q is %x", text, r.Ident)
			}
		}
	})
	t.Run("FD.9.5 one identifier, without dashes", func(t *testing.T) {
		refused(t, hosts(`{"hw-address":"01:02:03:04:05:06","duid":"01:02"}`), "the 'hw-address' and 'duid' are mutually exclusive", "Dhcp4/subnet4[0]/reservations[0]/duid")
		refused(t, hosts(`{"ip-address":"192.0.2.3"}`), "one of the supported identifiers must be specified for host reservation: circuit-id, client-id, duid, flex-id, hw-address")
		accepted(t, hosts(`{"hw-address":"010203040506"}`))
		for _, text := range []string{"01-02-03-04-05-06", "zz", "1:2:", "::", "01:002", "'", "", "''"} {
			refused(t, hosts(fmt.Sprintf(`{"hw-address":%q}`, text)), "Dhcp4/subnet4[0]/reservations[0]/hw-address: ")
		}
		long := strings.Repeat("01:", 128)
		refused(t, hosts(`{"hw-address":"`+strings.Repeat("01:", 20)+`01"}`), "it has 21 octets, at most 20")
		refused(t, hosts(`{"duid":"`+long+`01"}`), "it has 129 octets, at most 128")
		accepted(t, hosts(`{"flex-id":"`+long+`01"}`))
	})
	t.Run("D4.39.4 ip-address", func(t *testing.T) {
		accepted(t, subnet(`"pools":[{"pool":"192.0.2.64/26"}],"reservations":[{"duid":"01","ip-address":"192.0.2.65"},{"duid":"02","ip-address":"192.0.2.1"}]`))
		refused(t, hosts(`{"duid":"01","ip-address":"203.0.113.1"}`), "'203.0.113.1' is not within the IPv4 subnet '192.0.2.0/24'")
		for _, a := range []string{"x", "", "0.0.0.0", "::1", "255.255.255.255"} {
			refused(t, hosts(fmt.Sprintf(`{"duid":"01","ip-address":%q}`, a)), "Dhcp4/subnet4[0]/reservations[0]/ip-address: ")
		}
		accepted(t, `"reservations":[{"duid":"01","ip-address":"203.0.113.1"}]`)
	})
	t.Run("D4.39.5 all else is optional", func(t *testing.T) {
		accepted(t, hosts(`{"duid":"01"}`))
		r := mustLoad(t, hosts(`{"duid":"01","hostname":"Alpha","client-classes":["a","b","a"],"next-server":"192.0.2.9","server-hostname":"s","boot-file-name":"f"}`)).Subnets[0].Reservations[0]
		if r.Hostname != "Alpha" || fmt.Sprint(r.ClientClasses) != "[a b]" || r.NextServer.V.String() != "192.0.2.9" || r.ServerHostname != "s" || r.BootFileName != "f" || r.IP.Set {
			t.Errorf("%+v", r)
		}
		if r := mustLoad(t, hosts(`{"duid":"01","next-server":"0.0.0.0"}`)).Subnets[0].Reservations[0]; r.NextServer.Set {
			t.Errorf("next-server 0.0.0.0 is %v", r.NextServer)
		}
		refused(t, hosts(`{"duid":"01"},{"duid":"0x01"}`), "Dhcp4/subnet4[0]/reservations[1]: this duid has a reservation here already")
		accepted(t, hosts(`{"duid":"01"},{"client-id":"01"}`))
		accepted(t, `"subnet4":[{"id":1,"subnet":"192.0.2.0/24","reservations":[{"duid":"01"}]},{"id":2,"subnet":"192.0.3.0/24","reservations":[{"duid":"01"}]}]`)
		refused(t, `"reservations":[{"duid":"01"},{"duid":"01"}]`, "this duid has a reservation here already")
	})
	t.Run("D4.39.7 dhcp-server-identifier is accepted", func(t *testing.T) {
		accepted(t, hosts(`{"duid":"01","option-data":[{"name":"dhcp-server-identifier","data":"192.0.2.1"}]}`))
	})
}

func TestReservationModes(t *testing.T) {
	t.Run("D4.40.1 defaults", func(t *testing.T) {
		s := mustLoad(t, subnet("")).Subnets[0]
		if s.ReservationsGlobal || !s.ReservationsInSubnet || s.ReservationsOutOfPool {
			t.Errorf("%+v", s.NetworkParams)
		}
	})
	t.Run("D4.40.5 D4.40.6 addresses out of place are not checked", func(t *testing.T) {
		accepted(t, `"reservations-out-of-pool":true,`+subnet(`"pools":[{"pool":"192.0.2.0/25"}],"reservations":[{"duid":"01","ip-address":"192.0.2.5"}]`))
		accepted(t, `"reservations-global":true,"reservations":[{"duid":"01","ip-address":"203.0.113.5"}],`+subnet(""))
	})
	t.Run("D4.40.8 host-reservation-identifiers", func(t *testing.T) {
		if c := mustLoad(t, `"host-reservation-identifiers":["flex-id","duid"]`); fmt.Sprint(c.HostReservationIdentifiers) != "[flex-id duid]" {
			t.Errorf("%v", c.HostReservationIdentifiers)
		}
		if c := mustLoad(t, subnet("")); fmt.Sprint(c.HostReservationIdentifiers) != "[hw-address duid circuit-id client-id]" {
			t.Errorf("by default %v", c.HostReservationIdentifiers)
		}
		refused(t, `"host-reservation-identifiers":["duid","duid"]`, "duid is in the list already")
		refused(t, `"host-reservation-identifiers":["mac"]`, "Dhcp4/host-reservation-identifiers[0]", "expecting hw-address or duid")
	})
	t.Run("D4.40.9 reservations-lookup-first", func(t *testing.T) {
		if mustLoad(t, subnet("")).ReservationsLookupFirst || !mustLoad(t, `"reservations-lookup-first":true`).ReservationsLookupFirst {
			t.Error("reservations-lookup-first")
		}
	})
	two := hosts(`{"duid":"01","ip-address":"192.0.2.5"},{"duid":"02","ip-address":"192.0.2.5"}`)
	t.Run("D4.40.10 ip-reservations-unique", func(t *testing.T) {
		if !mustLoad(t, subnet("")).IPReservationsUnique {
			t.Error("false by default")
		}
		refused(t, two, "Dhcp4/subnet4[0]/reservations[1]/ip-address: 192.0.2.5 is reserved already, at test.conf:1:")
		refused(t, `"reservations":[{"duid":"01","ip-address":"192.0.2.5"},{"duid":"02","ip-address":"192.0.2.5"}]`, "192.0.2.5 is reserved already")
		// Only within one subnet.
		accepted(t, `"subnet4":[{"id":1,"subnet":"192.0.2.0/24","reservations":[{"duid":"01","ip-address":"192.0.2.5"}]},{"id":2,"subnet":"192.0.2.0/23","reservations":[{"duid":"01","ip-address":"192.0.2.5"}]}]`)
	})
	t.Run("D4.40.11 false lets addresses be reserved twice", func(t *testing.T) {
		accepted(t, `"ip-reservations-unique":false,`+two)
		accepted(t, two+`,"ip-reservations-unique":false`)
		refused(t, `"ip-reservations-unique":false,`+hosts(`{"duid":"01","ip-address":"192.0.2.5"},{"duid":"01","ip-address":"192.0.2.6"}`), "this duid has a reservation here already")
	})
}

// Reservations that are decoded in shares keep order, faults and places.
func TestManyReservations(t *testing.T) {
	n := 3 * manyItems
	entry := func(i int) string {
		return fmt.Sprintf("{\"hw-address\":\"02:00:00:00:%02x:%02x\",\"hostname\":\"h%d\"}", i>>8, i&255, i)
	}
	var entries []string
	for i := range n {
		entries = append(entries, entry(i))
	}
	c := mustLoad(t, subnet(`"reservations":[`+strings.Join(entries, ",")+`]`))
	for i, r := range c.Subnets[0].Reservations {
		if r.Hostname != fmt.Sprintf("h%d", i) {
			t.Fatalf("reservation %d is of %s", i, r.Hostname)
		}
	}
	good := entries[10]
	entries[10] = `{"hw-address":"zz"}`
	refused(t, subnet(`"reservations":[`+strings.Join(entries, ",")+`]`), "reservations[10]", "invalid host identifier value 'zz'")
	entries[10], entries[2*manyItems] = good, entry(5)
	refused(t, subnet(`"reservations":[`+strings.Join(entries, ",")+`]`), fmt.Sprintf("reservations[%d]", 2*manyItems), "has a reservation here already")
}
