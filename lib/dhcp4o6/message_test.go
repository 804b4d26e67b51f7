package dhcp4o6_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"net/netip"
	"testing"

	"nestor/lib/dhcp4o6"
	"nestor/lib/pkt6"
)

// What kea-dhcp6 2.2.0 passed on, and what kea-dhcp4 2.2.0 gave back for the first
// two. The DHCPv4 messages inside are cut down to a few bytes.
const (
	keaQuery    = "1480000000110024000009bfea6000027673ea61001020010db8000100010000000000000002ea620002022200570003010203"
	keaResponse = "1580000000110024000009bfea6000027673ea61001020010db8000100010000000000000002ea620002022200570003040506"

	keaRelayed = "0c010000000000000000000000000000000020010db8000100010000000000000002001200056f75746572008700020000000900610c0020010db8000100010000000000000002fe80" +
		"0000000000000000000000000077001200046574687800090033" + "1400000000110024000009bfea6000027673ea61001020010db8000100010000000000000002ea62000203e700570003010203"
	keaRelayedResponse = "0d010000000000000000000000000000000020010db8000100010000000000000002001200056f75746572008700020000000900610d0020010db8000100010000000000000002fe80" +
		"0000000000000000000000000077001200046574687800090033" + "1500000000110024000009bfea6000027673ea61001020010db8000100010000000000000002ea62000203e700570003040506"

	// A client had put a vendor option of ISC's into its query.
	keaOwnVendor = "140000000001000a0003000102000000000100080002000000110029000009bf0009000178ea6000027673ea61001020010db8000100010000000000000002ea620002022200570003010203"
)

func bytesOf(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func parsed(t testing.TB, raw []byte) *dhcp4o6.Message {
	t.Helper()
	var m dhcp4o6.Message
	if err := m.Parse(raw); err != nil {
		t.Fatalf("%x: %v", raw, err)
	}
	return &m
}

func TestKeaQueries(t *testing.T) {
	for name, c := range map[string]struct {
		query, response string
		port            uint16
		relays          int
	}{
		"direct":            {keaQuery, keaResponse, 546, 0},
		"relayed":           {keaRelayed, keaRelayedResponse, 999, 2},
		"own vendor option": {keaOwnVendor, "", 546, 0},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, bytesOf(t, c.query))
			o := m.Origin
			if string(o.Interface) != "vs" || o.Addr != netip.MustParseAddr("2001:db8:1:1::2").As16() || o.Port != c.port {
				t.Errorf("origin is %s, %v, %d", o.Interface, netip.AddrFrom16(o.Addr), o.Port)
			}
			if v4, err := m.DHCPv4(); err != nil || !bytes.Equal(v4, []byte{1, 2, 3}) {
				t.Errorf("DHCPv4 message % x, %v", v4, err)
			}
			if m.Type() != pkt6.MsgDHCPv4Query || len(m.Relays()) != c.relays {
				t.Errorf("message of type %d, %d relays", m.Type(), len(m.Relays()))
			}
			if c.relays > 0 {
				if id, ok := m.RelayOption(pkt6.OptInterfaceID); !ok || string(id) != "ethx" {
					t.Errorf("interface-id %q, %t", id, ok)
				}
			}
			if c.response == "" {
				return
			}
			var r dhcp4o6.Response
			if got := hex.EncodeToString(r.AppendTo(nil, m, []byte{4, 5, 6})); got != c.response {
				t.Errorf("response is %s\nKea's is     %s", got, c.response)
			}
		})
	}
}

// What our side makes of a query is what Kea's makes of it.
func TestAppendQuery(t *testing.T) {
	from := &dhcp4o6.Origin{Interface: []byte("vs"), Addr: netip.MustParseAddr("2001:db8:1:1::2").As16(), Port: 999}
	for _, kea := range []string{keaRelayed, keaRelayedResponse} {
		stripped, err := parsed(t, bytesOf(t, kea)).AppendStripped(nil)
		if err != nil {
			t.Fatal(err)
		}
		var q pkt6.Message
		if err := q.Parse(stripped); err != nil || q.Has(pkt6.OptVendorOpts) {
			t.Fatalf("%v, vendor option %x", err, q.Option(pkt6.OptVendorOpts))
		}
		got, err := dhcp4o6.AppendQuery([]byte("before"), &q, from)
		if err != nil {
			t.Fatal(err)
		}
		if text := hex.EncodeToString(got[len("before"):]); text != kea {
			t.Errorf("query is %s\nKea's is  %s", text, kea)
		}
	}
}

// A client's vendor options neither pass for ours nor get lost.
func TestOwnVendorOptions(t *testing.T) {
	spoofed := dhcp4o6.Origin{Interface: []byte("spoofed"), Addr: [16]byte{1}, Port: 1}
	var q pkt6.Message
	if err := q.Parse([]byte{20, 0, 0, 0, 0, 17, 0, 6, 0, 0, 17, 139, 0, 1, 0, 87, 0, 1, 9}); err != nil {
		t.Fatal(err)
	}
	once, err := dhcp4o6.AppendQuery(nil, &q, &spoofed)
	if err != nil {
		t.Fatal(err)
	}
	if err := q.Parse(once); err != nil {
		t.Fatal(err)
	}
	twice, err := dhcp4o6.AppendQuery(nil, &q, &dhcp4o6.Origin{Interface: []byte("eth0"), Addr: [16]byte{2}, Port: 2})
	if err != nil {
		t.Fatal(err)
	}
	if o := parsed(t, twice).Origin; string(o.Interface) != "eth0" || o.Port != 2 {
		t.Errorf("origin is %s, %d", o.Interface, o.Port)
	}
	// Kea adds to the vendor option that is there, behind what the client wrote.
	added := bytesOf(t, "14000000"+"00110035000009bf"+"ea6000027878"+"ea620002ffff"+"000900017a"+"ea6000027673"+"ea61001020010db8000100010000000000000002"+"ea6200020222"+"00570003010203")
	m := parsed(t, added)
	if string(m.Origin.Interface) != "vs" || m.Origin.Port != 546 {
		t.Errorf("origin is %s, %d", m.Origin.Interface, m.Origin.Port)
	}
	stripped, err := m.AppendStripped(nil)
	if want := bytesOf(t, "14000000"+"00110009000009bf000900017a"+"00570003010203"); err != nil || !bytes.Equal(stripped, want) {
		t.Errorf("%v: stripped to %x, want %x", err, stripped, want)
	}
}

func TestMalformed(t *testing.T) {
	vendor := func(subs string) string {
		return "14000000" + "0011" + hex.EncodeToString([]byte{0, byte(4 + len(subs)/2)}) + "000009bf" + subs + "00570003010203"
	}
	const iface, source, port = "ea6000027673", "ea61001020010db8000100010000000000000002", "ea6200020222"
	for name, c := range map[string]struct {
		raw  string
		want error
	}{
		"nothing":              {"", pkt6.ErrShort},
		"three bytes":          {"140000", pkt6.ErrShort},
		"no options":           {"14000000", dhcp4o6.ErrNoVendorOption},
		"no vendor option":     {"1400000000570003010203", dhcp4o6.ErrNoVendorOption},
		"another vendor's":     {"14000000001100040000118b", dhcp4o6.ErrNoVendorOption},
		"vendor option cut":    {keaQuery[:60], dhcp4o6.ErrNoVendorOption},
		"no sub-options":       {vendor(""), dhcp4o6.ErrInterface},
		"no interface":         {vendor(source + port), dhcp4o6.ErrInterface},
		"empty interface":      {vendor("ea600000" + source + port), dhcp4o6.ErrInterface},
		"no source":            {vendor(iface + port), dhcp4o6.ErrSource},
		"IPv4 source":          {vendor(iface + "ea61000401020304" + port), dhcp4o6.ErrSource},
		"no port":              {vendor(iface + source), dhcp4o6.ErrPort},
		"port of one byte":     {vendor(iface + source + "ea62000102"), dhcp4o6.ErrPort},
		"sub-option cut":       {vendor(iface + source + "ea62000202"), dhcp4o6.ErrNoVendorOption},
		"relay without query":  {keaRelayed[:68], pkt6.ErrNoRelayMessage},
		"relayed query cut":    {keaRelayed[:len(keaRelayed)-2], pkt6.ErrNoRelayMessage},
		"relay in place of it": {"0c00", pkt6.ErrShortRelay},
	} {
		t.Run(name, func(t *testing.T) {
			var m dhcp4o6.Message
			if err := m.Parse(bytesOf(t, c.raw)); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	without := parsed(t, bytesOf(t, keaQuery[:len(keaQuery)-14]))
	if _, err := without.DHCPv4(); !errors.Is(err, dhcp4o6.ErrNoMessage) {
		t.Errorf("no DHCPv4 message: %v", err)
	}
	two := parsed(t, bytesOf(t, keaQuery+"00570001ff"))
	if _, err := two.DHCPv4(); !errors.Is(err, dhcp4o6.ErrManyMessages) {
		t.Errorf("two DHCPv4 messages: %v", err)
	}
}

// FuzzParse holds that what can be read can be answered, passed on and stripped.
func FuzzParse(f *testing.F) {
	for _, text := range []string{keaQuery, keaRelayed, keaRelayedResponse, keaOwnVendor} {
		f.Add(bytesOf(f, text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m, again dhcp4o6.Message
		if err := m.Parse(raw); err != nil {
			return
		}
		if len(m.Origin.Interface) == 0 {
			t.Fatal("a query without interface was read")
		}
		if len(raw) > 0x8000 {
			return // what is added to it may not fit
		}
		var r dhcp4o6.Response
		answer := r.AppendTo(nil, &m, []byte{7})
		if err := again.Parse(answer); err != nil || again.Origin.Port != m.Origin.Port || again.Origin.Addr != m.Origin.Addr || again.XID() != m.XID() {
			t.Fatalf("answer %x: %v", answer, err)
		}
		stripped, err := m.AppendStripped(nil)
		if err != nil {
			t.Fatal(err)
		}
		var q pkt6.Message
		if err := q.Parse(stripped); err != nil {
			t.Fatalf("stripped to %x: %v", stripped, err)
		}
		query, err := dhcp4o6.AppendQuery(nil, &q, &m.Origin)
		if err != nil {
			t.Fatal(err)
		}
		if err := again.Parse(query); err != nil || again.Origin.Addr != m.Origin.Addr || !bytes.Equal(again.Origin.Interface, m.Origin.Interface) {
			t.Fatalf("passed on as %x: %v", query, err)
		}
	})
}

func BenchmarkResponse(b *testing.B) {
	raw, v4 := bytesOf(b, keaRelayed), make([]byte, 300)
	var m dhcp4o6.Message
	var r dhcp4o6.Response
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Parse(raw); err != nil {
			b.Fatal(err)
		}
		if _, err := m.DHCPv4(); err != nil {
			b.Fatal(err)
		}
		out = r.AppendTo(out[:0], &m, v4)
	}
}

func BenchmarkAppendQuery(b *testing.B) {
	m := parsed(b, bytesOf(b, keaRelayed))
	var out []byte
	b.ReportAllocs()
	for b.Loop() {
		var err error
		if out, err = dhcp4o6.AppendQuery(out[:0], &m.Message, &m.Origin); err != nil {
			b.Fatal(err)
		}
	}
}
