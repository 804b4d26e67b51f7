package leasefile

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"nestor/lib/lease"
)

var current6 = Schema{Age: Current, Columns: 18, Version: "5.0"}

func addr6(b ...byte) (a [16]byte) {
	copy(a[:], []byte{0x20, 1, 0x0d, 0xb8})
	copy(a[16-len(b):], b)
	return a
}

// DHCPv6 rows as Kea 2.7.9 writes them; each is written back as it was read.
func TestRow6(t *testing.T) {
	for _, c := range []struct {
		name, row string
		want      lease.Lease6
	}{
		{
			"address",
			"2001:db8::10,00:03:00:01:02:00:00:00:00:01,7200,1800007200,1,4500,0,11,128,1,1,pc1.example.org.,02:00:00:00:00:01,0,,1,2,5",
			lease.Lease6{Addr: addr6(0x10), DUID: []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}, ValidLft: 7200, CLTT: 1800000000, SubnetID: 1,
				PreferredLft: 4500, IAID: 11, PrefixLen: 128, FqdnFwd: true, FqdnRev: true, Hostname: []byte("pc1.example.org."),
				HWAddr: []byte{2, 0, 0, 0, 0, 1}, HWType: 1, HWSource: 2, PoolID: 5},
		},
		{
			"prefix",
			`2001:db8::100:0,00:03:00:01,7200,1800007200,1,4500,2,4294967295,56,0,0,,,0,{ "a": 1 },,,0`,
			lease.Lease6{Addr: addr6(1, 0, 0, 0), DUID: []byte{0, 3, 0, 1}, ValidLft: 7200, CLTT: 1800000000, SubnetID: 1,
				PreferredLft: 4500, Type: lease.TypePD, IAID: 4294967295, PrefixLen: 56, UserContext: []byte(`{ "a": 1 }`)},
		},
		{
			"declined",
			"2001:db8::11,00:00:00,86400,1800086400,1,0,0,11,128,0,0,,,1,,,,0",
			lease.Lease6{Addr: addr6(0x11), DUID: []byte(EmptyDUID), ValidLft: 86400, CLTT: 1800000000, SubnetID: 1, IAID: 11,
				PrefixLen: 128, State: lease.StateDeclined},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Parser
			var got lease.Lease6
			if warning, err := p.Row6(current6, []byte(c.row), &got); err != nil || warning != nil {
				t.Fatal(err, warning)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("read (-want +got):\n%s", d)
			}
			if back := string(AppendRow6(nil, &got)); back != c.row+"\n" {
				t.Errorf("written back as %q, want %q", back, c.row)
			}
		})
	}
}

// A link-layer address that cannot be read costs a warning, not the lease.
func TestRow6Hardware(t *testing.T) {
	const front = "2001:db8::10,00:03:00:01,7200,1800007200,1,4500,0,-1,64,0,0,,"
	for _, c := range []struct {
		name, back string
		warns      bool
		hw         []byte
		kind       uint16
	}{
		{"dumped from MySQL", ",0,,NULL,NULL,0", true, nil, 0},
		{"bad address", "zz,0,,1,2,0", true, nil, 0},
		{"defaults", "02:01,0,,,,0", false, []byte{2, 1}, 1},
		{"none", ",0,,,,0", false, nil, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Parser
			var l lease.Lease6
			warning, err := p.Row6(current6, []byte(front+c.back), &l)
			if err != nil || (warning != nil) != c.warns || string(l.HWAddr) != string(c.hw) || l.HWType != c.kind {
				t.Errorf("error %v, warning %v, hwaddr %x of type %d", err, warning, l.HWAddr, l.HWType)
			}
			if l.IAID != 4294967295 { // negative in a dump from PostgreSQL
				t.Errorf("iaid -1 was read as %d", l.IAID)
			}
			if l.PrefixLen != 128 { // whatever the row says, for an address
				t.Errorf("prefix_len is %d", l.PrefixLen)
			}
		})
	}
}

func TestRow6Errors(t *testing.T) {
	good := strings.Split("2001:db8::10,00:03:00:01,7200,1800007200,1,4500,0,11,128,1,1,,,0,,,,0", ",")
	for _, c := range []struct {
		column     int
		text, want string
	}{
		{c6Address, "192.0.2.1", "address"}, {c6Address, "fe80::1%eth0", "address"}, {c6DUID, "", "duid"}, {c6DUID, "00", "empty DUID"}, {c6DUID, "00:00", "3 to 130 bytes"},
		{c6DUID, "00:00:00", "empty DUID"}, {c6DUID, strings.Repeat("ab", 131), "3 to 130 bytes"},
		{c6Type, "3", "lease_type"}, {c6IAID, "x", "iaid"}, {c6Preferred, "", "pref_lifetime"}, {c6Expire, "x", "expire"},
		{c6State, "x", "state"}, {c6FqdnFwd, "x", "fqdn_fwd"}, {c6FqdnRev, "x", "fqdn_rev"}, {c6UserContext, "x", "user_context"},
	} {
		t.Run(c.want+" "+c.text[:min(len(c.text), 20)], func(t *testing.T) {
			fields := append([]string(nil), good...)
			fields[c.column] = c.text
			var p Parser
			var l lease.Lease6
			if _, err := p.Row6(current6, []byte(strings.Join(fields, ",")), &l); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
	t.Run("a declined lease of Kea 2.2", func(t *testing.T) {
		fields := append([]string(nil), good...)
		fields[c6DUID], fields[c6State] = "00", "1"
		var p Parser
		var l lease.Lease6
		if _, err := p.Row6(current6, []byte(strings.Join(fields, ",")), &l); err != nil || string(l.DUID) != EmptyDUID {
			t.Errorf("DUID %x, error %v", l.DUID, err)
		}
	})
	t.Run("prefix_len", func(t *testing.T) {
		fields := append([]string(nil), good...)
		fields[c6Type], fields[c6PrefixLen] = "2", "129"
		var p Parser
		var l lease.Lease6
		if _, err := p.Row6(current6, []byte(strings.Join(fields, ",")), &l); err == nil {
			t.Error("a prefix of 129 bits was read")
		}
	})
}

// FuzzRow6 is FuzzRow4 for DHCPv6 rows.
func FuzzRow6(f *testing.F) {
	f.Add(18, []byte("2001:db8::10,00:03:00:01:02:00:00:00:00:01,7200,1800007200,1,4500,0,11,128,1,1,pc1.example.org.,02:00:00:00:00:01,0,,1,2,5"))
	f.Add(18, []byte("2001:db8::11,00:00:00,86400,1800086400,1,0,0,11,128,0,0,,,1,,NULL,NULL,0"))
	f.Add(12, []byte("2001:db8:1::,000300,0,1,1,0,2,-1,56,0,0,x"))
	f.Fuzz(func(t *testing.T, columns int, row []byte) {
		if columns < 12 || columns > 25 || strings.Contains(string(row), "\n") {
			return
		}
		var p, q Parser
		var first, second lease.Lease6
		if _, err := p.Row6(Schema{Columns: columns}, row, &first); err != nil {
			return
		}
		written := AppendRow6(nil, &first)
		if _, err := q.Row6(current6, written[:len(written)-1], &second); err != nil {
			t.Fatalf("%q was read, but not %q, which is the same: %v", row, written, err)
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Fatalf("%q and %q differ:\n%s", row, written, d)
		}
	})
}
