package config

import (
	"net/netip"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestFragments6(t *testing.T) {
	c := mustLoad6(t, `"renew-timer":5,"preferred-lifetime":700,"option-def":[{"name":"mine","code":1000,"type":"uint8"}],"client-classes":[{"name":"a"},{"name":"b"}],
		"shared-networks":[{"name":"n","rebind-timer":9,"interface-id":"up","rapid-commit":true,"relay":{"ip-addresses":["2001:db8::9"]}}]`)
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
	t.Run("D6.2.12 subnet6", func(t *testing.T) {
		s, _, err := f.Subnet(parse(`{"id":7,"subnet":"2001:db8:1::/64","option-data":[{"name":"mine","data":"7"}]}`), nil)
		if err != nil || s.ID != 7 || s.RenewTimer.V != 5 || s.PreferredLifetime.V.Default != 700 || s.RapidCommit || string(s.Options[0].Wire) != "\x07" {
			t.Errorf("%+v %v", s, err)
		}
		s, _, err = f.Subnet(parse(`{"id":7,"subnet":"2001:db8:1::/64"}`), c.SharedNetworks[0])
		if err != nil || s.RebindTimer.V != 9 || s.InterfaceID != "up" || !s.RapidCommit || len(s.Relays) != 1 || s.Element().Get("rapid-commit") != nil {
			t.Errorf("%+v %v", s, err)
		}
		_, _, err = f.Subnet(parse(`{"subnet":"2001:db8:1::/64","x":1}`), nil)
		check(t, err, "spurious 'x' parameter [subnet6/x]")
		check(t, err, "missing parameter 'id'")
	})
	t.Run("D6.2.12 shared network", func(t *testing.T) {
		n, _, err := f.SharedNetwork(parse(`{"name":"m","subnet6":[{"id":7,"subnet":"2001:db8:1::/64"}]}`))
		if err != nil || n.RenewTimer.V != 5 || len(n.Subnets) != 1 {
			t.Errorf("%+v %v", n, err)
		}
	})
	t.Run("D6.2.12 pool and pd-pool", func(t *testing.T) {
		p, _, err := f.Pool(parse(`{"pool":"2001:db8:1::/80"}`), netip.MustParsePrefix("2001:db8:1::/64"))
		if err != nil || p.Last.String() != "2001:db8:1::ffff:ffff:ffff" {
			t.Errorf("%+v %v", p, err)
		}
		_, _, err = f.Pool(parse(`{"pool":"2001:db8:2::/80"}`), netip.MustParsePrefix("2001:db8:1::/64"))
		check(t, err, "is not inside the subnet")
		d, _, err := f.PDPool(parse(`{"prefix":"2001:db8:8::","prefix-len":48,"delegated-len":56}`))
		if err != nil || d.DelegatedLen != 56 {
			t.Errorf("%+v %v", d, err)
		}
		_, _, err = f.PDPool(parse(`{"prefix":"2001:db8:8::","prefix-len":48}`))
		check(t, err, "missing parameter 'delegated-len'")
	})
	t.Run("D6.2.12 reservation", func(t *testing.T) {
		r, _, err := f.Reservation(parse(`{"duid":"01:02","ip-addresses":["2001:db8:1::5"],"prefixes":["2001:db8:5::/48"]}`), 3, netip.MustParsePrefix("2001:db8:1::/64"))
		if err != nil || r.SubnetID != 3 || len(r.Prefixes) != 1 {
			t.Errorf("%+v %v", r, err)
		}
		_, _, err = f.Reservation(parse(`{"duid":"01:02","ip-addresses":["2001:db8:2::5"]}`), 3, netip.MustParsePrefix("2001:db8:1::/64"))
		check(t, err, "is not within the IPv6 subnet")
		_, _, err = f.Reservation(parse(`{"ip-addresses":["2001:db8:2::5"]}`), 3, netip.MustParsePrefix("2001:db8:1::/64"))
		check(t, err, "one of the supported identifiers")
	})
	t.Run("D6.2.12 options, classes, interfaces", func(t *testing.T) {
		if o, _, err := f.OptionData(parse(`{"name":"mine","data":"7"}`)); err != nil || o.Code != 1000 {
			t.Errorf("%+v %v", o, err)
		}
		if d, _, err := f.OptionDef(parse(`{"name":"own","code":1001,"type":"uint8"}`)); err != nil || d.Space != "dhcp6" {
			t.Errorf("%+v %v", d, err)
		}
		if ds, _, err := f.OptionDefs(parse(`{"option-def":[{"name":"own","code":1001,"type":"uint8"}]}`)); err != nil || len(ds) != 1 {
			t.Errorf("%v", err)
		}
		if k, _, err := f.ClientClass(parse(`{"name":"c","test":"member('b')","preferred-lifetime":7}`)); err != nil || k.PreferredLifetime.V.Min != 7 {
			t.Errorf("%v", err)
		}
		if in, _, err := f.Interfaces(parse(`{"interfaces":["eth0/2001:db8::1"]}`)); err != nil || len(in.Interfaces) != 1 {
			t.Errorf("%v", err)
		}
		_, _, err := f.Interfaces(parse(`{"interfaces":[],"dhcp-socket-type":"raw"}`))
		check(t, err, "spurious 'dhcp-socket-type' parameter")
	})
	t.Run("D6.2.12 hook library, dhcp-ddns, config-control", func(t *testing.T) {
		if _, _, err := f.HookLibrary(parse(`{"library":"libdhcp_ha.so"}`)); err != nil {
			t.Error(err)
		}
		if d, _, err := f.DhcpDDNS(parse(`{"enable-updates":false,"server-ip":"::1"}`)); err != nil || !d.SenderIP.Is6() {
			t.Errorf("%+v %v", d, err)
		}
		if b, _, err := f.ConfigControl(parse(`{"config-databases":[{"type":"mysql"}]}`)); err != nil || len(b.Databases) != 1 {
			t.Errorf("%+v %v", b, err)
		}
	})
}
