package confhost_test

import (
	"net/netip"
	"testing"

	"nestor/lib/config"
	"nestor/lib/host"
	"nestor/lib/host/confhost"
	"nestor/lib/lease"
)

func TestSource6(t *testing.T) {
	id := host.Identifier{Type: config.IdentDUID, Value: []byte{0, 3, 0, 1, 2}}
	r := &config.Reservation6{
		Host:      config.Host{SubnetID: 7, IdentType: id.Type, Ident: id.Value},
		Addresses: []netip.Addr{netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")},
		Prefixes:  []netip.Prefix{netip.MustParsePrefix("2001:db8:1::5/48"), netip.MustParsePrefix("2001:db8:2::/56")},
		Excluded:  []netip.Prefix{{}, netip.MustParsePrefix("2001:db8:2:1::/64")},
	}
	s := confhost.New6([]*config.Reservation6{r, {Host: r.Host}})
	h := s.ByIdentifier(7, id)
	if h == nil || h.Reservation6 != r || len(s.All()) != 1 {
		t.Fatalf("found %v, there are %d", h, len(s.All()))
	}
	if s.ByIdentifier(8, id) != nil || s.ByIdentifier(7, host.Identifier{Type: config.IdentHWAddress, Value: id.Value}) != nil {
		t.Error("another subnet or identifier has the reservation, too")
	}
	if got := s.Identifiers(7); got != 1<<config.IdentDUID {
		t.Errorf("the identifiers are %b", got)
	}
	at := func(a string) int { return len(s.ByAddr6(7, netip.MustParseAddr(a).As16())) }
	if at("2001:db8::2") != 1 || at("2001:db8:1::") != 1 || at("2001:db8:1::5") != 0 || at("2001:db8::3") != 0 {
		t.Error("addresses or prefixes are not found as they are reserved")
	}
	prefix := netip.MustParseAddr("2001:db8:2::").As16()
	if res := h.Reserves(lease.TypePD, prefix, 56); res == nil || !res.Excluded.IsValid() {
		t.Errorf("the prefix is %+v", res)
	}
	if h.Reserves(lease.TypePD, prefix, 60) != nil || h.Reserves(lease.TypeNA, prefix, 56) != nil {
		t.Error("a prefix of another length or an address is reserved, too")
	}
}
