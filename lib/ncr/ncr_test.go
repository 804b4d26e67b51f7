package ncr_test

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/ncr"
)

// seen is a request as kea-dhcp4 2.7.9 sent it.
const seen = `{"change-type":0,"forward-change":true,"reverse-change":true,"fqdn":"hosta.example.org.","ip-address":"10.0.0.10","dhcid":"0000016BBB5A30063FC31AFEAE8375232E65BEE39C15F51A461A574F04831E71E9F906","lease-expires-on":"20261121174225","lease-length":1333,"conflict-resolution-mode":"check-with-dhcid"}`

var seenRequest = ncr.Request{
	Forward: true, Reverse: true, Name: "hosta.example.org.", Addr: netip.MustParseAddr("10.0.0.10"),
	DHCID:   unhex("0000016BBB5A30063FC31AFEAE8375232E65BEE39C15F51A461A574F04831E71E9F906"),
	Expires: time.Date(2026, 11, 21, 17, 42, 25, 0, time.UTC), TTL: 1333,
}

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, ":", ""))
	if err != nil {
		panic(err)
	}
	return b
}

func framed(text string) []byte {
	return append(binary.BigEndian.AppendUint16(nil, uint16(len(text))), text...)
}

// D4.24.8
func TestWireForm(t *testing.T) {
	if got := seenRequest.AppendTo(nil); string(got) != string(framed(seen)) || got[0] != 0x01 || got[1] != 0x29 {
		t.Errorf("written as % x %s", got[:2], got[2:])
	}
	got, err := ncr.Parse(append(framed(seen), "rest"...))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&seenRequest, got, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Error(diff)
	}
}

func TestOtherRequests(t *testing.T) {
	for _, c := range []struct {
		what, old, new string
		want           func(r *ncr.Request)
	}{
		{"a removal", `"change-type":0`, `"change-type":1`, func(r *ncr.Request) { r.Remove = true }},
		{"only forward", `"reverse-change":true`, `"reverse-change":false`, func(r *ncr.Request) { r.Reverse = false }},
		{"an IPv6 address", "10.0.0.10", "2001:DB8::1", func(r *ncr.Request) { r.Addr = netip.MustParseAddr("2001:db8::1") }},
		{"a name without final dot", "org.", "org", func(r *ncr.Request) {}},
		{"case of a name", "hosta", "HostA", func(r *ncr.Request) { r.Name = "HostA.example.org." }},
		{"an escaped name", "hosta", `a\\.b\\032c`, func(r *ncr.Request) { r.Name = `a\.b\032c.example.org.` }},
		{"an identifier in lower case", "6BBB5A30", "6bbb5a30", func(r *ncr.Request) {}},
		{"unknown keys", `{`, `{"x":[1],`, func(r *ncr.Request) {}},
		{"no mode", `,"conflict-resolution-mode":"check-with-dhcid"`, "", func(r *ncr.Request) {}},
		{"the older key, true", `"conflict-resolution-mode":"check-with-dhcid"`, `"use-conflict-resolution":true`, func(r *ncr.Request) {}},
		{"the older key, false", `"conflict-resolution-mode":"check-with-dhcid"`, `"use-conflict-resolution":false`, func(r *ncr.Request) { r.Mode = ncr.NoCheckWithDHCID }},
		{"another mode", `check-with-dhcid`, `check-exists-with-dhcid`, func(r *ncr.Request) { r.Mode = ncr.CheckExistsWithDHCID }},
		{"the longest lifetime", "1333", "4294967295", func(r *ncr.Request) { r.TTL = 4294967295 }},
	} {
		want := seenRequest
		c.want(&want)
		got, err := ncr.ParseJSON([]byte(strings.Replace(seen, c.old, c.new, 1)))
		if err != nil {
			t.Errorf("%s: %v", c.what, err)
			continue
		}
		if got.String() != want.String() {
			t.Errorf("%s: %s\nwant %s", c.what, got, &want)
		}
		again, err := ncr.Parse(want.AppendTo(nil))
		if err != nil || again.String() != want.String() {
			t.Errorf("%s: reads back as %v, %v", c.what, again, err)
		}
	}
}

// TestOlderDaemon: a daemon that knows no modes is told of those that check nothing.
func TestOlderDaemon(t *testing.T) {
	for mode, want := range map[ncr.Mode]bool{ncr.CheckWithDHCID: false, ncr.CheckExistsWithDHCID: false, ncr.NoCheckWithDHCID: true, ncr.NoCheckWithoutDHCID: true} {
		r := seenRequest
		r.Mode = mode
		if got := strings.Contains(string(r.AppendTo(nil)), `"use-conflict-resolution":false}`); got != want {
			t.Errorf("%s: the older key is there: %t", mode, got)
		}
	}
}

func TestInvalid(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{seen, "", "not JSON"},
		{seen, "[]", "not a JSON object"},
		{seen, "{}", "change-type is missing"},
		{`"change-type":0`, `"change-type":2`, "change-type is 2: it is 0 (add) or 1 (remove)"},
		{`"change-type":0`, `"change-type":"0"`, `change-type is "0": it must be a whole number`},
		{`"forward-change":true`, `"forward-change":1`, "forward-change is 1: it must be true or false"},
		{`"forward-change":true,"reverse-change":true`, `"forward-change":false,"reverse-change":false`, "both false"},
		{`"reverse-change":true,`, ``, "reverse-change is missing"},
		{`hosta.example.org.`, ``, "fqdn: \"\" is no domain name: the name is empty"},
		{`hosta.example.org.`, `a..b`, "empty label"},
		{`hosta`, strings.Repeat("a", 64), "more than 63 bytes"},
		{`hosta`, strings.Repeat("a.", 130) + "a", "more than 255 bytes"},
		{`hosta`, `a\\2`, "backslash"},
		{`"hosta.example.org."`, `7`, "fqdn is 7: it must be a string"},
		{`10.0.0.10`, `10.0.0`, `ip-address is "10.0.0": it must be an IPv4 or IPv6 address`},
		{`10.0.0.10`, `fe80::1%lo`, `ip-address`},
		{`0000016B`, `0000016`, "dhcid"},
		{`0000016BBB5A30063FC31AFEAE8375232E65BEE39C15F51A461A574F04831E71E9F906`, ``, "dhcid"},
		{`20261121174225`, `20261321174225`, "14 digits"},
		{`20261121174225`, `2026112117422`, "14 digits"},
		{`1333`, `-1`, "lease-length is -1"},
		{`1333`, `4294967296`, "lease-length is 4294967296"},
		{`1333`, `1e3`, "lease-length"},
		{`check-with-dhcid`, `check`, `"check" is no conflict resolution mode`},
		{`"conflict-resolution-mode":"check-with-dhcid"`, `"use-conflict-resolution":0`, "use-conflict-resolution is 0"},
	} {
		r, err := ncr.Parse(framed(strings.Replace(seen, c.old, c.new, 1)))
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("with %s: %v, %v, want %q", c.new, r, err, c.want)
		}
	}
	for _, b := range [][]byte{nil, {0}, {0, 5, '{', '}'}} {
		if _, err := ncr.Parse(b); err == nil {
			t.Errorf("% x is a request", b)
		}
	}
}

// TestDHCID has what was seen of Kea 2.7.9, and the examples of RFC 4701 section 3.6.
func TestDHCID(t *testing.T) {
	for _, c := range []struct {
		what, clientID, hw, duid, name, want string
	}{
		{"hardware address", "", "02:00:00:00:00:01", "", "hosta.example.org.", "0000016BBB5A30063FC31AFEAE8375232E65BEE39C15F51A461A574F04831E71E9F906"},
		{"client-id", "01:02:00:00:00:00:02", "02:00:00:00:00:02", "", "foo.example.com.", "00010148931C6BCC584AF7C247C5A19597E4AEC8665C67959D45ED09A2FFA73F0DBFDB"},
		{"client-id with a DUID", "ff:00:00:00:01:00:01:00:01:11:22:33:44:02:00:00:00:00:03", "", "", "bar.example.org.", "00020185304337107EDD8C4339960E32406403BA447A80D6AB7A1B772CFB47586ECD70"},
		{"DUID", "", "", "00:01:00:01:11:22:33:44:02:00:00:00:00:0a", "www.example.com.", "00020117EB61323B00D398CDD1FF7E4D5D96EB5B7E235DF9CAD58CA130C403E2835234"},
		{"DUID, case and final dot", "", "", "00:01:00:01:11:22:33:44:02:00:00:00:00:0a", "WWW.example.COM", "00020117EB61323B00D398CDD1FF7E4D5D96EB5B7E235DF9CAD58CA130C403E2835234"},
		// RFC 4701 sections 3.6.1 to 3.6.3.
		{"RFC, DUID", "", "", "00:01:00:06:41:2d:f1:66:01:02:03:04:05:06", "chi6.example.com", "000201636FC0B8271C82825BB1AC5C41CF5351AA69B4FEBD94E8F17CDB95000DA48C40"},
		{"RFC, client-id", "01:07:08:09:0a:0b:0c", "", "", "chi.example.com", "0001013920FE5D1DCEB3FD0BA3379756A70D73B17009F41D58BDDBFCD6A2503956D8DA"},
		{"RFC, hardware address", "", "01:02:03:04:05:06", "", "client.example.com", "000001C4B9A5B249651343158DDE7BCC77169841F7A4243A572B5C283FFFEDEB3F75E6"},
	} {
		var got ncr.DHCID
		var err error
		if c.duid != "" {
			got, err = ncr.DHCID6(unhex(c.duid), c.name)
		} else {
			got, err = ncr.DHCID4(unhex(c.clientID), 1, unhex(c.hw), c.name)
		}
		if err != nil || fmt.Sprintf("%X", got[:]) != c.want {
			t.Errorf("%s: %X, %v, want %s", c.what, got, err, c.want)
		}
	}
}

func TestDHCIDErrors(t *testing.T) {
	long := make([]byte, 256)
	for _, c := range []struct {
		what     string
		clientID []byte
		hw       []byte
		name     string
		want     error
	}{
		{"nothing", nil, nil, "a.", ncr.ErrNoIdentifier},
		{"short", unhex("ff00000001"), nil, "a.", ncr.ErrBadClientID},
		{"long", append(unhex("ff"), make([]byte, 135)...), nil, "a.", ncr.ErrBadClientID},
		{"longer than an option", append(unhex("01"), long...), nil, "a.", ncr.ErrLongIdentifier},
		{"no name", unhex("01"), nil, "", ncr.ErrEmptyName},
		{"bad name", unhex("01"), nil, "a..b", ncr.ErrEmptyLabel},
	} {
		if _, err := ncr.DHCID4(c.clientID, 1, c.hw, c.name); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.what, err, c.want)
		}
	}
	if _, err := ncr.DHCID4(append(unhex("ff"), make([]byte, 134)...), 1, nil, "a."); err != nil {
		t.Errorf("the longest client-id with a DUID: %v", err)
	}
}

func TestCanonicalName(t *testing.T) {
	for text, want := range map[string]string{
		"a": "a.", "A.b.": "A.b.", ".": ".", "@": ".", "a b": `a\032b.`, `a\.b`: `a\.b.`, `a\065b`: `aAb.`, "a@b": `a\@b.`,
		"\xff": `\255.`, "a_b": "a_b.", "a(b": `a\(b.`,
	} {
		if got, err := ncr.CanonicalName(text); got != want || err != nil {
			t.Errorf("%q: %q, %v, want %q", text, got, err, want)
		}
	}
	for _, bad := range []string{"", "..", ".a", "a..", `a\`, `a\25`, `a\256`} {
		if got, err := ncr.CanonicalName(bad); err == nil {
			t.Errorf("%q is %q", bad, got)
		}
	}
}

// TestNoAllocation: the servers make requests on the way of packets.
func TestNoAllocation(t *testing.T) {
	r := seenRequest
	r.DHCID = make([]byte, ncr.DHCIDLen)
	b := make([]byte, 0, ncr.MaxSize)
	duid := unhex("0001000111223344020000000a")
	if n := testing.AllocsPerRun(100, func() {
		id, err := ncr.DHCID6(duid, r.Name)
		if err != nil {
			t.Fatal(err)
		}
		copy(r.DHCID, id[:])
		b = r.AppendTo(b[:0])
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkRequest(b *testing.B) {
	b.ReportAllocs()
	r := seenRequest
	r.DHCID = make([]byte, ncr.DHCIDLen)
	buf := make([]byte, 0, ncr.MaxSize)
	hw := unhex("020000000001")
	for b.Loop() {
		id, err := ncr.DHCID4(nil, 1, hw, r.Name)
		if err != nil {
			b.Fatal(err)
		}
		copy(r.DHCID, id[:])
		buf = r.AppendTo(buf[:0])
	}
}

// FuzzParse: no datagram makes the parser panic, and what it accepts reads back as
// the same request.
func FuzzParse(f *testing.F) {
	f.Add(framed(seen))
	f.Add(framed(strings.Replace(seen, "hosta", `a\\.\\255`, 1)))
	f.Add(framed(strings.Replace(seen, "10.0.0.10", "::ffff:10.0.0.1", 1)))
	f.Add(framed("{}"))
	f.Add([]byte{0xff, 0xff, '{'})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ncr.Parse(b)
		if err != nil {
			if len(err.Error()) > 1000 {
				t.Errorf("an error of %d bytes", len(err.Error()))
			}
			return
		}
		wire := r.AppendTo(nil)
		again, err := ncr.Parse(wire)
		if err != nil || again.String() != r.String() {
			t.Errorf("%s reads back as %v, %v", wire, again, err)
		}
	})
}

func TestSendAndReceive(t *testing.T) {
	l, err := ncr.Listen(netip.MustParseAddrPort("127.0.0.1:0"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s, err := ncr.NewSender(ncr.SenderOptions{Server: l.Addr()})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for i := range 100 {
		r := seenRequest
		r.TTL = uint32(i)
		if err := s.Send(&r); err != nil {
			t.Fatal(err)
		}
	}
	for i := range 100 {
		r, err := l.Receive()
		if err != nil || r.TTL != uint32(i) {
			t.Fatalf("request %d: %v, %v", i, r, err)
		}
	}
}
