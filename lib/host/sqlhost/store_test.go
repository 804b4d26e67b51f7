package sqlhost_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/host"
	"nestor/lib/host/confhost"
	"nestor/lib/host/sqlhost"
	"nestor/lib/lease"
	"nestor/lib/sqldb"
	"nestor/tests/databases"
)

// The cases of this file hold for reservations wherever they are kept: in the
// configuration, in MariaDB, in PostgreSQL.

// conf4 and conf6 are configurations that reservations are read in.
func conf4(t testing.TB) *config.Dhcp4 {
	t.Helper()
	cfg, _, err := config.LoadDhcp4(parse(t, `{ "Dhcp4": { "option-def": [ { "name": "colour", "code": 200, "type": "string" } ] } }`), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func conf6(t testing.TB) *config.Dhcp6 {
	t.Helper()
	cfg, _, err := config.LoadDhcp6(parse(t, `{ "Dhcp6": {} }`), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// cases are run against each database. Making the tables takes long, so that one
// database serves all.
var cases = []struct {
	name string
	run  func(t *testing.T, db *sqldb.DB)
}{
	{"DHCPv4 by identifier", func(t *testing.T, db *sqldb.DB) { stored4(t, db, byIdentifier4) }},
	{"DHCPv4 by address", func(t *testing.T, db *sqldb.DB) { stored4(t, db, byAddress4) }},
	{"DHCPv6", func(t *testing.T, db *sqldb.DB) { stored6(t, db, reserved6) }},
	{"changes", change},
	{"too long", tooLong},
	{"pages", pages},
	{"unusable", unusable},
}

func TestDatabases(t *testing.T) {
	databases.Each(t, func(t *testing.T, s *databases.Server) {
		db := open(t, s)
		for _, c := range cases {
			if _, err := db.Exec("DELETE FROM hosts"); err != nil {
				t.Fatal(err)
			}
			t.Run(c.name, func(t *testing.T) { c.run(t, db) })
		}
	})
}

func TestConfiguration(t *testing.T) {
	cfg4, cfg6 := conf4(t), conf6(t)
	t.Run("DHCPv4 by identifier", func(t *testing.T) { byIdentifier4(t, cfg4, confhost.New(all4(t, cfg4))) })
	t.Run("DHCPv4 by address", func(t *testing.T) { byAddress4(t, cfg4, confhost.New(all4(t, cfg4))) })
	t.Run("DHCPv6", func(t *testing.T) { reserved6(t, cfg6, confhost.New6(all6(t, cfg6))) })
}

func open(t testing.TB, s *databases.Server) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(context.Background(), s.Schema(t))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

var reservations4 = []struct {
	subnet uint32
	text   string
}{
	{1, `{ "hw-address": "1a:1b:1c:1d:1e:1f", "ip-address": "192.0.2.10", "hostname": "Ten.example.org" }`},
	{2, `{ "hw-address": "1a:1b:1c:1d:1e:1f", "ip-address": "192.0.3.10" }`},
	{0, `{ "hw-address": "1a:1b:1c:1d:1e:1f", "hostname": "everywhere" }`},
	{1, `{ "duid": "01:02:03:04", "ip-address": "192.0.2.11", "next-server": "192.0.2.1", "server-hostname": "boot.example.org", "boot-file-name": "/boot" }`},
	{1, `{ "circuit-id": "'port 7'", "client-classes": [ "gold", "blue" ], "user-context": { "floor": 3 } }`},
	{1, `{ "client-id": "01020304", "ip-address": "192.0.2.12", "option-data": [
		{ "name": "domain-name-servers", "data": "192.0.2.2, 192.0.2.3", "always-send": true },
		{ "code": 200, "data": "red" },
		{ "code": 222, "csv-format": false, "data": "0A0B0C" },
		{ "name": "routers", "never-send": true, "data": "192.0.2.254" },
		{ "name": "domain-name", "data": "a.example", "client-classes": [ "gold" ], "user-context": { "why": "test" } } ] }`},
	{1, `{ "flex-id": "0a0b" }`},
}

func all4(t testing.TB, cfg *config.Dhcp4) (all []*config.Reservation) {
	for _, r := range reservations4 {
		all = append(all, reservation4(t, cfg, r.subnet, r.text))
	}
	return all
}

// stored4 runs a test with the reservations in a database.
func stored4(t *testing.T, db *sqldb.DB, test func(*testing.T, *config.Dhcp4, host.Source4)) {
	cfg := conf4(t)
	store := sqlhost.New4(db, &config.Database{})
	for i, r := range all4(t, cfg) {
		if err := store.Add(context.Background(), r, true); err != nil {
			t.Fatalf("%s: %v", reservations4[i].text, err)
		}
	}
	b := new(sqlhost.Batch4)
	b.Begin(confhost.New(nil), []*sqlhost.Store4{store}, cfg.Fragment(config.Options{}))
	test(t, cfg, b)
	if err := b.Failure(); err != nil {
		t.Error(err)
	}
}

func reservation4(t testing.TB, cfg *config.Dhcp4, subnet uint32, text string) *config.Reservation {
	t.Helper()
	r, _, err := cfg.Fragment(config.Options{}).Reservation(parse(t, text), subnet, netip.Prefix{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func parse(t testing.TB, text string) *element.Value {
	t.Helper()
	v, err := element.ParseWire([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// Each reservation is found by its identifier in its subnet, whole, and nowhere
// else.
func byIdentifier4(t *testing.T, cfg *config.Dhcp4, source host.Source4) {
	for _, r := range reservations4 {
		want := reservation4(t, cfg, r.subnet, r.text)
		id := host.Identifier{Type: want.IdentType, Value: want.Ident}
		for _, subnet := range []uint32{0, 1, 2, 3} {
			h := source.ByIdentifier(subnet, id)
			known := subnet == r.subnet || want.IdentType == config.IdentHWAddress && subnet != 3
			if (h != nil) != known {
				t.Errorf("%s in subnet %d: found %v", r.text, subnet, h != nil)
			}
			if h == nil || subnet != r.subnet {
				continue
			}
			if got, want := h.Element().String(), want.Element().String(); got != want {
				t.Errorf("in subnet %d:\n got %s\nwant %s", subnet, got, want)
			}
			if h.SubnetID != subnet || h.Addr4 != host.Addr4(want) || !h.Matches(id) {
				t.Errorf("subnet %d, address %d", h.SubnetID, h.Addr4)
			}
			for i, o := range h.Options {
				if string(o.Wire) != string(want.Options[i].Wire) || o.Space != want.Options[i].Space {
					t.Errorf("option %d: %x in %s, want %x", o.Code, o.Wire, o.Space, want.Options[i].Wire)
				}
			}
		}
		if h := source.ByIdentifier(r.subnet, host.Identifier{Type: want.IdentType ^ 1, Value: want.Ident}); h != nil {
			t.Errorf("%s: found under another type of identifier", r.text)
		}
	}
	if h := source.ByIdentifier(1, host.Identifier{Type: config.IdentHWAddress, Value: []byte{1, 2, 3, 4, 5, 6}}); h != nil {
		t.Errorf("a stranger has %s", h.Element())
	}
}

func byAddress4(t *testing.T, _ *config.Dhcp4, source host.Source4) {
	const ten = 0xC000020A
	if hosts := source.ByAddr4(1, ten); len(hosts) != 1 || hosts[0].Addr4 != ten ||
		!hosts[0].Matches(host.Identifier{Type: config.IdentHWAddress, Value: []byte{0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f}}) {
		t.Errorf("192.0.2.10 is reserved for %v", hosts)
	}
	if hosts := append(source.ByAddr4(2, ten), source.ByAddr4(1, ten+3)...); len(hosts) != 0 {
		t.Errorf("reserved elsewhere, too: %v", hosts)
	}
}

var reservations6 = []struct {
	subnet uint32
	text   string
}{
	{1, `{ "duid": "01:02:03:04", "ip-addresses": [ "2001:db8:1::1", "2001:db8:1::2" ], "prefixes": [ "3000:1::/64", "3000:2::/56" ],
		"excluded-prefixes": [ "", "3000:2::/64" ], "hostname": "six.example.org" }`},
	{1, `{ "hw-address": "1a:1b:1c:1d:1e:1f", "ip-addresses": [ "2001:db8:1::ffff" ], "client-classes": [ "gold" ], "user-context": { "a": [ 1 ] },
		"option-data": [ { "name": "dns-servers", "data": "2001:db8::1,2001:db8::2" }, { "code": 3000, "csv-format": false, "data": "0102" } ] }`},
	{0, `{ "duid": "01:02:03:04", "hostname": "everywhere" }`},
}

func all6(t testing.TB, cfg *config.Dhcp6) (all []*config.Reservation6) {
	for _, r := range reservations6 {
		all = append(all, reservation6(t, cfg, r.subnet, r.text))
	}
	return all
}

// stored6 runs a test with the reservations in a database.
func stored6(t *testing.T, db *sqldb.DB, test func(*testing.T, *config.Dhcp6, host.Source6)) {
	cfg := conf6(t)
	store := sqlhost.New6(db, &config.Database{})
	for i, r := range all6(t, cfg) {
		if err := store.Add(context.Background(), r, true); err != nil {
			t.Fatalf("%s: %v", reservations6[i].text, err)
		}
	}
	b := new(sqlhost.Batch6)
	b.Begin(confhost.New6(nil), []*sqlhost.Store6{store}, cfg.Fragment(config.Options{}))
	test(t, cfg, b)
	if err := b.Failure(); err != nil {
		t.Error(err)
	}
}

func reservation6(t testing.TB, cfg *config.Dhcp6, subnet uint32, text string) *config.Reservation6 {
	t.Helper()
	r, _, err := cfg.Fragment(config.Options{}).Reservation(parse(t, text), subnet, netip.Prefix{})
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return r
}

func reserved6(t *testing.T, cfg *config.Dhcp6, source host.Source6) {
	for _, r := range reservations6 {
		want := reservation6(t, cfg, r.subnet, r.text)
		h := source.ByIdentifier(r.subnet, host.Identifier{Type: want.IdentType, Value: want.Ident})
		if h == nil {
			t.Errorf("not found: %s", r.text)
			continue
		}
		if got, want := h.Element().String(), want.Element().String(); got != want {
			t.Errorf(" got %s\nwant %s", got, want)
		}
		if !slices.Equal(h.Resources, host.Resources6(want)) {
			t.Errorf("resources %v, want %v", h.Resources, host.Resources6(want))
		}
	}
	at := func(subnet uint32, a string) int {
		return len(source.ByAddr6(subnet, netip.MustParseAddr(a).As16()))
	}
	for a, n := range map[string]int{"2001:db8:1::1": 1, "2001:db8:1::2": 1, "2001:db8:1::ffff": 1, "3000:2::": 1, "2001:db8:1::3": 0, "3000:2::1": 0} {
		if got := at(1, a); got != n {
			t.Errorf("%s is reserved %d times, want %d", a, got, n)
		}
	}
	if at(0, "2001:db8:1::1") != 0 || at(2, "2001:db8:1::1") != 0 {
		t.Error("reserved in another subnet")
	}
}

func change(t *testing.T, db *sqldb.DB) {
	ctx := context.Background()
	cfg := conf4(t)
	f := cfg.Fragment(config.Options{})
	store := sqlhost.New4(db, &config.Database{})
	add := func(subnet uint32, text string, unique bool) error {
		t.Helper()
		return store.Add(ctx, reservation4(t, cfg, subnet, text), unique)
	}
	first := `{ "hw-address": "00:00:00:00:00:01", "ip-address": "192.0.2.1", "hostname": "One" }`
	if err := add(1, first, true); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{first, `{ "hw-address": "00:00:00:00:00:02", "ip-address": "192.0.2.1" }`} {
		if err := add(1, text, true); !errors.Is(err, sqlhost.ErrDuplicate) {
			t.Errorf("%s: %v", text, err)
		}
	}
	if err := add(1, `{ "hw-address": "00:00:00:00:00:02", "ip-address": "192.0.2.1" }`, false); err != nil {
		t.Errorf("with ip-reservations-unique false: %v", err)
	}
	if err := add(2, first, true); err != nil {
		t.Errorf("the same in another subnet: %v", err)
	}
	hosts, err := store.ByHostname(ctx, "oNE", f)
	if err != nil || len(hosts) != 2 {
		t.Errorf("by hostname: %d, %v", len(hosts), err)
	}
	hosts, err = store.ByAddress(ctx, 1, 0xC0000201, f)
	if err != nil || len(hosts) != 2 {
		t.Errorf("by address: %d, %v", len(hosts), err)
	}
	found, err := store.Update(ctx, reservation4(t, cfg, 1, `{ "hw-address": "00:00:00:00:00:01", "hostname": "uno",
		"option-data": [ { "name": "routers", "data": "192.0.2.9" } ] }`), true)
	if err != nil || !found {
		t.Errorf("update: %v, %v", found, err)
	}
	one := host.Identifier{Type: config.IdentHWAddress, Value: []byte{0, 0, 0, 0, 0, 1}}
	hosts, err = store.ByIdentifiers(ctx, []host.Identifier{one}, f)
	if err != nil || len(hosts) != 2 || !slices.ContainsFunc(hosts, func(h *host.Host) bool {
		return h.SubnetID == 1 && h.Hostname == "uno" && h.Addr4 == 0 && len(h.Options) == 1
	}) {
		t.Errorf("after the update: %v, %v", hosts, err)
	}
	if found, err := store.Update(ctx, reservation4(t, cfg, 9, first), true); found || err != nil {
		t.Errorf("update of nothing: %v, %v", found, err)
	}
	for _, want := range []bool{true, false} {
		if found, err := store.Delete(ctx, 1, one); found != want || err != nil {
			t.Errorf("delete: %v, %v; want %v", found, err, want)
		}
	}
	var left int
	if err := db.QueryRow("SELECT COUNT(*) FROM dhcp4_options").Scan(&left); err != nil || left != 0 {
		t.Errorf("%d options are left, %v", left, err)
	}
	readOnly := sqlhost.New4(db, &config.Database{ReadOnly: true}) // D4.7.6
	if err := readOnly.Add(ctx, reservation4(t, cfg, 5, first), true); !errors.Is(err, sqlhost.ErrReadOnly) {
		t.Errorf("add to a read-only store: %v", err)
	}
}

// What the columns cannot hold is refused, not cut.
func tooLong(t *testing.T, db *sqldb.DB) {
	cfg := conf4(t)
	store := sqlhost.New4(db, &config.Database{})
	classes := `"` + strings.Repeat("c", 200) + `", "` + strings.Repeat("d", 60) + `"`
	for what, text := range map[string]string{
		"client-classes": `{ "hw-address": "00:00:00:00:00:01", "client-classes": [ ` + classes + ` ] }`,
		// D4.7.9 D6.6.5
		"option 222": `{ "hw-address": "00:00:00:00:00:01", "option-data": [ { "code": 222, "csv-format": false, "data": "` + strings.Repeat("00", 4097) + `" } ] }`,
	} {
		err := store.Add(context.Background(), reservation4(t, cfg, 1, text), true)
		if err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func pages(t *testing.T, db *sqldb.DB) {
	ctx := context.Background()
	cfg := conf6(t)
	f := cfg.Fragment(config.Options{})
	store := sqlhost.New6(db, &config.Database{})
	for i := range 5 {
		text := fmt.Sprintf(`{ "duid": "01:02:03:%02x", "ip-addresses": [ "2001:db8::%x", "2001:db8::1:%x" ],
			"option-data": [ { "name": "dns-servers", "data": "2001:db8::1" }, { "name": "sip-server-dns", "data": "a.example" } ] }`, i, i+1, i+1)
		if err := store.Add(ctx, reservation6(t, cfg, uint32(i%2), text), true); err != nil {
			t.Fatal(err)
		}
	}
	odd := uint32(1)
	for _, c := range []struct {
		subnet *uint32
		want   string
	}{{nil, "2 2 1 0"}, {&odd, "2 0"}} {
		var sizes []string
		after := int64(0)
		for {
			hosts, last, err := store.Page(ctx, c.subnet, after, 2, f)
			if err != nil {
				t.Fatal(err)
			}
			sizes = append(sizes, fmt.Sprint(len(hosts)))
			for _, h := range hosts {
				if len(h.Resources) != 2 || len(h.Options) != 2 || h.Resources[0].Type != lease.TypeNA {
					t.Errorf("%s", h.Element())
				}
			}
			if len(hosts) == 0 {
				break
			}
			after = last
		}
		if got := strings.Join(sizes, " "); got != c.want {
			t.Errorf("pages of %s, want %s", got, c.want)
		}
	}
	hosts, err := store.ByAddress(ctx, 1, netip.MustParseAddr("2001:db8::1:2"), f)
	if err != nil || len(hosts) != 1 || len(hosts[0].Resources) != 2 {
		t.Errorf("by address: %v, %v", hosts, err)
	}
}

// A reservation that cannot be used stops its own client and nobody else.
func unusable(t *testing.T, db *sqldb.DB) {
	ctx := context.Background()
	cfg := conf4(t)
	store := sqlhost.New4(db, &config.Database{})
	for _, text := range []string{
		`{ "hw-address": "00:00:00:00:00:01", "option-data": [ { "name": "routers", "data": "192.0.2.9" } ] }`,
		`{ "hw-address": "00:00:00:00:00:02", "ip-address": "192.0.2.2" }`,
	} {
		if err := store.Add(ctx, reservation4(t, cfg, 1, text), true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.Exec("UPDATE dhcp4_options SET formatted_value = '192.0.2.300'"); err != nil {
		t.Fatal(err)
	}
	b := new(sqlhost.Batch4)
	b.Begin(confhost.New(nil), []*sqlhost.Store4{store}, cfg.Fragment(config.Options{}))
	id := func(n byte) host.Identifier {
		return host.Identifier{Type: config.IdentHWAddress, Value: []byte{0, 0, 0, 0, 0, n}}
	}
	b.Fetch([]host.Identifier{id(1), id(2), id(3)})
	for n, want := range map[byte]string{1: "192.0.2.300", 2: "", 3: ""} {
		h := b.ByIdentifier(1, id(n))
		err := b.Failure()
		if (want != "") != (err != nil) || err != nil && !(strings.Contains(err.Error(), want) && strings.Contains(err.Error(), "host_id")) {
			t.Errorf("host %d: %v", n, err)
		}
		if (h != nil) != (n == 2) {
			t.Errorf("host %d: found %v", n, h != nil)
		}
	}
	hosts, _, err := store.Page(ctx, nil, 0, 10, cfg.Fragment(config.Options{}))
	if len(hosts) != 1 || err == nil {
		t.Errorf("a page has %d hosts, error %v", len(hosts), err)
	}
}
