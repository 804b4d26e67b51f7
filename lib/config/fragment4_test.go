package config

import (
	"net/netip"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestFragments(t *testing.T) {
	c := mustLoad(t, `"renew-timer":5,"ip-reservations-unique":true,"option-def":[{"name":"mine","code":230,"type":"uint8"}],
		"shared-networks":[{"name":"n","rebind-timer":9,"interface":"eth0","relay":{"ip-addresses":["192.0.2.9"]}}]`)
	f := c.Fragment(Options{})
	parse := func(text string) *element.Value {
		t.Helper()
		v, err := element.ParseWire([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	check := func(t *testing.T, err error, want string) {
		t.Helper()
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
	t.Run("D4.2.13 subnet4", func(t *testing.T) {
		s, _, err := f.Subnet(parse(`{"id":7,"subnet":"192.0.2.0/24","option-data":[{"name":"mine","data":"7"}]}`), nil)
		if err != nil || s.ID != 7 || s.RenewTimer.V != 5 || s.ValidLifetime.Default != 7200 || s.Interface != "" || string(s.Options[0].Wire) != "\x07" {
			t.Errorf("%+v %v", s, err)
		}
		s, _, err = f.Subnet(parse(`{"id":7,"subnet":"192.0.2.0/24"}`), c.SharedNetworks[0])
		if err != nil || s.RenewTimer.V != 5 || s.RebindTimer.V != 9 || s.Interface != "eth0" || len(s.Relays) != 1 {
			t.Errorf("%+v %v", s, err)
		}
		_, _, err = f.Subnet(parse(`{"subnet":"192.0.2.0/24","x":1}`), nil)
		check(t, err, "spurious 'x' parameter [subnet4/x]")
		check(t, err, "missing parameter 'id'")
		_, _, err = f.Subnet(parse(`{"id":7,"subnet":"192.0.2.0/24","max-valid-lifetime":7}`), nil)
		check(t, err, "subnet4/max-valid-lifetime: 7 is below")
		_, _, err = f.Subnet(nil, nil)
		check(t, err, "mapValue() called on non-map Element")
	})
	t.Run("D4.2.13 shared network", func(t *testing.T) {
		n, _, err := f.SharedNetwork(parse(`{"name":"m","subnet4":[{"id":8,"subnet":"192.0.3.0/24"}]}`))
		if err != nil || n.Name != "m" || n.Subnets[0].RenewTimer.V != 5 {
			t.Errorf("%+v %v", n, err)
		}
	})
	t.Run("D4.2.13 pool", func(t *testing.T) {
		p, _, err := f.Pool(parse(`{"pool":"192.0.2.8/29"}`), netip.MustParsePrefix("192.0.2.0/24"))
		if err != nil || p.First.String() != "192.0.2.8" {
			t.Errorf("%+v %v", p, err)
		}
		_, _, err = f.Pool(parse(`{"pool":"192.0.3.8/29"}`), netip.MustParsePrefix("192.0.2.0/24"))
		check(t, err, "is not inside the subnet")
	})
	t.Run("D4.2.13 reservation", func(t *testing.T) {
		r, _, err := f.Reservation(parse(`{"duid":"01:02","ip-address":"192.0.2.3"}`), 7, netip.MustParsePrefix("192.0.2.0/24"))
		if err != nil || r.SubnetID != 7 || r.IP.V.String() != "192.0.2.3" {
			t.Errorf("%+v %v", r, err)
		}
		_, _, err = f.Reservation(parse(`{"duid":"01:02","ip-address":"192.0.3.3"}`), 7, netip.MustParsePrefix("192.0.2.0/24"))
		check(t, err, "is not within the IPv4 subnet")
		_, _, err = f.Reservation(parse(`{}`), 7, netip.Prefix{})
		check(t, err, "one of the supported identifiers")
	})
	t.Run("D4.2.13 option-def, alone and as a list, and option-data", func(t *testing.T) {
		d, _, err := f.OptionDef(parse(`{"name":"x","code":231,"type":"uint8"}`))
		if err != nil || d.Code != 231 {
			t.Errorf("%+v %v", d, err)
		}
		_, _, err = f.OptionDef(parse(`{"name":"x","code":3,"type":"uint8"}`))
		check(t, err, "built-in definition")
		defs, _, err := f.OptionDefs(parse(`{"option-def":[{"name":"x","code":231,"type":"uint8"},{"name":"y","code":232,"type":"uint8"}]}`))
		if err != nil || len(defs) != 2 {
			t.Errorf("%v %v", defs, err)
		}
		o, _, err := f.OptionData(parse(`{"name":"mine","data":"9"}`))
		if err != nil || o.Code != 230 {
			t.Errorf("%+v %v", o, err)
		}
	})
	t.Run("D4.2.13 class, interfaces, hook library, dhcp-ddns, config-control", func(t *testing.T) {
		class, _, err := f.ClientClass(parse(`{"name":"a"}`))
		if err != nil || class.Name != "a" {
			t.Errorf("%+v %v", class, err)
		}
		in, _, err := f.Interfaces(parse(`{"interfaces":["eth0"]}`))
		if err != nil || in.Interfaces[0] != "eth0" {
			t.Errorf("%+v %v", in, err)
		}
		h, _, err := f.HookLibrary(parse(`{"library":"libdhcp_ha.so"}`))
		if err != nil || h.Library != "libdhcp_ha.so" {
			t.Errorf("%+v %v", h, err)
		}
		d, _, err := f.DhcpDDNS(parse(`{"enable-updates":true}`))
		if err != nil || !d.EnableUpdates {
			t.Errorf("%+v %v", d, err)
		}
		b, _, err := f.ConfigControl(parse(`{"config-databases":[{"type":"mysql"}]}`))
		if err != nil || b.FetchWaitTime != 30 || len(b.Databases) != 1 {
			t.Errorf("%+v %v", b, err)
		}
	})
	t.Run("a fragment does not change the configuration", func(t *testing.T) {
		before := c.Arguments().String()
		if _, _, err := f.Subnet(parse(`{"id":1,"subnet":"192.0.2.0/24","renew-timer":77}`), c.SharedNetworks[0]); err != nil {
			t.Fatal(err)
		}
		if c.Arguments().String() != before {
			t.Error("it changed")
		}
	})
}
