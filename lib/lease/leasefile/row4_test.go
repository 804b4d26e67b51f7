package leasefile

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"nestor/lib/lease"
)

var current4 = Schema{Age: Current, Columns: 12, Version: "3.0"}

// Rows as Kea 2.7.9 writes them, and what they mean; each is written back as it
// was read.
func TestRow4(t *testing.T) {
	for _, c := range []struct {
		name, row string
		want      lease.Lease4
	}{
		{
			"active",
			"192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1800003600,1,1,0,pc1.example.org.,0,,7",
			lease.Lease4{Addr: 0xc000020a, HWAddr: []byte{2, 0, 0, 0, 0, 1}, ClientID: []byte{1, 2, 0, 0, 0, 0, 1},
				ValidLft: 3600, CLTT: 1800000000, SubnetID: 1, PoolID: 7, FqdnFwd: true, Hostname: []byte("pc1.example.org.")},
		},
		{
			"without client identifier",
			"10.0.0.1,0a,,1,1,4294967295,0,1,,2,,4294967295",
			lease.Lease4{Addr: 0x0a000001, HWAddr: []byte{10}, ValidLft: 1, SubnetID: 4294967295, PoolID: 4294967295,
				FqdnRev: true, State: lease.StateReclaimed},
		},
		{
			"declined", // no identifiers, no name, probation as lifetime
			"192.0.2.11,,,86400,1800086400,1,0,0,,1,,0",
			lease.Lease4{Addr: 0xc000020b, ValidLft: 86400, CLTT: 1800000000, SubnetID: 1, State: lease.StateDeclined},
		},
		{
			"released", // a lifetime of 0: gone after a restart
			"192.0.2.12,02:00:00:00:00:02,,0,1800000000,1,0,0,,3,,0",
			lease.Lease4{Addr: 0xc000020c, HWAddr: []byte{2, 0, 0, 0, 0, 2}, CLTT: 1800000000, SubnetID: 1, State: lease.StateReleased},
		},
		{
			"infinite", // expire does not fit into 32 bits
			"192.0.2.13,02:00:00:00:00:03,,4294967295,6094967295,1,0,0,,0,,0",
			lease.Lease4{Addr: 0xc000020d, HWAddr: []byte{2, 0, 0, 0, 0, 3}, ValidLft: lease.InfiniteLifetime, CLTT: 1800000000, SubnetID: 1},
		},
		{
			"infinite, dumped from SQL", // which stores expire = cltt
			"192.0.2.13,02:00:00:00:00:03,,4294967295,1800000000,1,0,0,,0,,0",
			lease.Lease4{Addr: 0xc000020d, HWAddr: []byte{2, 0, 0, 0, 0, 3}, ValidLft: lease.InfiniteLifetime, CLTT: 1800000000 - 4294967295, SubnetID: 1},
		},
		{
			"escaped",
			`192.0.2.14,02:00:00:00:00:04,,60,1800000060,1,0,0,a&#x2cb&#x26c,0,{ "a": 1&#x2c "b": "x&#x26y" },0`,
			lease.Lease4{Addr: 0xc000020e, HWAddr: []byte{2, 0, 0, 0, 0, 4}, ValidLft: 60, CLTT: 1800000000, SubnetID: 1,
				Hostname: []byte("a,b&c"), UserContext: []byte(`{ "a": 1, "b": "x&y" }`)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Parser
			var got lease.Lease4
			if err := p.Row4(current4, []byte(c.row), &got); err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(c.want, got); d != "" {
				t.Errorf("read (-want +got):\n%s", d)
			}
			if back := string(AppendRow4(nil, &got)); back != c.row+"\n" {
				t.Errorf("written back as %q, want %q", back, c.row)
			}
		})
	}
}

// The row of a deleted lease is the lease's with lifetime 0, and ends when the
// client was last heard.
func TestDeletedRow4(t *testing.T) {
	l := lease.Lease4{Addr: 0xc000020a, HWAddr: []byte{2, 0, 0, 0, 0, 1}, ValidLft: 3600, CLTT: 1800000000, SubnetID: 1, Hostname: []byte("pc1")}
	if got, want := string(AppendDeleted4(nil, &l)), "192.0.2.10,02:00:00:00:00:01,,0,1800000000,1,0,0,pc1,0,,0\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// What other tools and older servers write is read too.
func TestRow4Tolerance(t *testing.T) {
	const front = "192.0.2.10,02:00:00:00:00:01,"
	const back = ",3600,1800003600,1,0,0,,0,,0"
	for _, c := range []struct {
		name, row string
		columns   int
		check     func(*lease.Lease4) bool
	}{
		{"client_id with spaces", front + "01 02 ff" + back, 12, func(l *lease.Lease4) bool { return bytes.Equal(l.ClientID, []byte{1, 2, 255}) }},
		{"client_id plain", front + "0102FF" + back, 12, func(l *lease.Lease4) bool { return bytes.Equal(l.ClientID, []byte{1, 2, 255}) }},
		{"client_id with 0x", front + "0x0102ff" + back, 12, func(l *lease.Lease4) bool { return bytes.Equal(l.ClientID, []byte{1, 2, 255}) }},
		{"client_id of single digits", front + "1:2:f" + back, 12, func(l *lease.Lease4) bool { return bytes.Equal(l.ClientID, []byte{1, 2, 15}) }},
		{"hostname in upper case", front + ",3600,1800003600,1,0,0,PC1.Example,0,,0", 12, func(l *lease.Lease4) bool { return string(l.Hostname) == "pc1.example" }},
		{"escapes in either case", front + ",3600,1800003600,1,0,0,a&#x2Cb&#X2c&#x2,0,,0", 12, func(l *lease.Lease4) bool { return string(l.Hostname) == "a,b&#x2c&#x2" }},
		{"numbers wrapped by SQL", front + ",-1,1800003600,1,0,0,,0,,0", 12, func(l *lease.Lease4) bool { return l.ValidLft == 4294967295 }},
		{"a state of the future", front + ",3600,1800003600,1,0,0,,77,,0", 12, func(l *lease.Lease4) bool { return l.State == 77 }},
		{"more columns than the header", front + back + ",x,y", 12, func(l *lease.Lease4) bool { return l.PoolID == 0 }},
		{"schema 1.0", front + ",3600,1800003600,1,0,0,pc1", 9, func(l *lease.Lease4) bool {
			return l.State == 0 && len(l.UserContext) == 0 && l.PoolID == 0 && string(l.Hostname) == "pc1"
		}},
		{"schema 2.0", front + ",3600,1800003600,1,0,0,,2", 10, func(l *lease.Lease4) bool { return l.State == 2 && l.PoolID == 0 }},
		{"schema 2.1", front + ",3600,1800003600,1,0,0,,0,{ }", 11, func(l *lease.Lease4) bool { return string(l.UserContext) == "{ }" && l.PoolID == 0 }},
		{"our row in an older file", front + ",3600,1800003600,1,0,0,,0,,9", 9, func(l *lease.Lease4) bool { return l.PoolID == 9 }},
		{"our row in a newer file", front + ",3600,1800003600,1,0,0,,0,,9", 14, func(l *lease.Lease4) bool { return l.PoolID == 9 }},
		{"a newer row", front + ",3600,1800003600,1,0,0,,0,,9,new,newer", 14, func(l *lease.Lease4) bool { return l.PoolID == 9 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var p Parser
			var l lease.Lease4
			if err := p.Row4(Schema{Columns: c.columns}, []byte(c.row), &l); err != nil {
				t.Fatal(err)
			}
			if !c.check(&l) {
				t.Errorf("read as %+v", l)
			}
		})
	}
}

// What is wrong with a row is said with the column and its text.
func TestRow4Errors(t *testing.T) {
	good := strings.Split("192.0.2.10,02:00:00:00:00:01,01:02,3600,1800003600,1,0,0,pc1,0,,0", ",")
	for _, c := range []struct {
		column int
		text   string
		want   string
	}{
		{c4Address, "192.0.2", "address"}, {c4Address, "192.0.2.256", "address"}, {c4Address, "192.0.2.01", "address"},
		{c4Address, "192.0.2.1.", "address"}, {c4Address, "", "address"}, {c4Address, "2001:db8::1", "address"}, {c4Address, "1..2.3", "address"},
		{c4HWAddr, "02-00", "hwaddr"}, {c4HWAddr, "020000000001", "hwaddr"}, {c4HWAddr, "02::01", "hwaddr"}, {c4HWAddr, "02:", "hwaddr"},
		{c4HWAddr, "1:2:3:4:5:6:7:8:9:10:11:12:13:14:15:16:17:18:19:20:21", "longer than 20 bytes"},
		{c4ClientID, "01", "2 to 255 bytes"}, {c4ClientID, "0x", "client_id"}, {c4ClientID, "01:0g", "client_id"}, {c4ClientID, "xyz", "client_id"},
		{c4ClientID, strings.Repeat("ab", 256), "2 to 255 bytes"},
		{c4Valid, "", "valid_lifetime"}, {c4Valid, "4294967296", "valid_lifetime"}, {c4Valid, "1.5", "valid_lifetime"}, {c4Valid, "-", "valid_lifetime"},
		{c4Expire, "", "expire"}, {c4Expire, "99999999999999999999", "expire"}, {c4Expire, "9999999999999999999", "expire"}, {c4Expire, "soon", "expire"},
		{c4SubnetID, "x", "subnet_id"}, {c4FqdnFwd, "2", "fqdn_fwd"}, {c4FqdnFwd, "true", "fqdn_fwd"}, {c4FqdnRev, "", "fqdn_rev"},
		{c4State, "", "state"}, {c4State, "default", "state"}, {c4PoolID, "", "pool_id"}, {c4PoolID, "0\r", "pool_id"},
		{c4UserContext, "[ 1 ]", "user_context"}, {c4UserContext, "{ ", "user_context"}, {c4UserContext, "null", "user_context"},
	} {
		t.Run(c.want+" "+c.text[:min(len(c.text), 20)], func(t *testing.T) {
			fields := append([]string(nil), good...)
			fields[c.column] = c.text
			var p Parser
			var l lease.Lease4
			err := p.Row4(current4, []byte(strings.Join(fields, ",")), &l)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one about %s", err, c.want)
			}
		})
	}
	t.Run("neither client_id nor hwaddr", func(t *testing.T) {
		var p Parser
		var l lease.Lease4
		err := p.Row4(current4, []byte("192.0.2.10,,,3600,1800003600,1,0,0,,0,,0"), &l)
		if err == nil || !strings.Contains(err.Error(), "neither hwaddr nor client_id") {
			t.Errorf("error %v", err)
		}
	})
	t.Run("too few columns", func(t *testing.T) {
		var p Parser
		var l lease.Lease4
		for n := 1; n < c4Columns; n++ {
			if err := p.Row4(current4, []byte(strings.Join(good[:n], ",")), &l); err == nil {
				t.Errorf("a row of %d columns was read", n)
			}
		}
	})
}

// Whatever a lease has in it, its row is one line and gives the lease back.
func TestRow4RoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := lease.Lease4{
			Addr: rapid.Uint32().Draw(t, "addr"), HWAddr: rapid.SliceOfN(rapid.Byte(), 1, 20).Draw(t, "hw"),
			ClientID: rapid.SliceOfN(rapid.Byte(), 2, 255).Draw(t, "id"), ValidLft: rapid.Uint32().Draw(t, "valid"),
			CLTT: rapid.Int64Range(-1<<40, 1<<40).Draw(t, "cltt"), SubnetID: rapid.Uint32().Draw(t, "subnet"),
			PoolID: rapid.Uint32().Draw(t, "pool"), State: lease.State(rapid.Uint8().Draw(t, "state")),
			FqdnFwd: rapid.Bool().Draw(t, "fwd"), FqdnRev: rapid.Bool().Draw(t, "rev"),
			Hostname: rapid.SliceOfN(rapid.Byte(), 1, 300).Draw(t, "host"),
		}
		lower(want.Hostname)
		row := AppendRow4(nil, &want)
		if bytes.IndexByte(row, '\n') != len(row)-1 || bytes.IndexByte(row, '\r') >= 0 {
			t.Fatalf("the row is not one line: %q", row)
		}
		var p Parser
		var got lease.Lease4
		if err := p.Row4(current4, row[:len(row)-1], &got); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Fatalf("%q (-want +got):\n%s", row, d)
		}
	})
}

func TestRow4DoesNotAllocate(t *testing.T) {
	row := []byte("192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1800003600,1,1,0,pc1.example.org.,0,,7")
	var p Parser
	var l lease.Lease4
	buf := make([]byte, 0, 256)
	if n := testing.AllocsPerRun(100, func() {
		if err := p.Row4(current4, row, &l); err != nil {
			t.Fatal(err)
		}
		buf = AppendRow4(buf[:0], &l)
	}); n > 0 {
		t.Errorf("%v allocations a row", n)
	}
}

// FuzzRow4 feeds rows to the parser: it must not fail otherwise than by an error,
// and what it reads must survive being written and read again.
func FuzzRow4(f *testing.F) {
	f.Add(12, []byte("192.0.2.10,02:00:00:00:00:01,01:02:00:00:00:00:01,3600,1800003600,1,1,0,pc1.example.org.,0,,7"))
	f.Add(12, []byte("192.0.2.11,,,86400,1800086400,1,0,0,,1,,0"))
	f.Add(9, []byte("10.0.0.1,1:2:3,0x0102,4294967295,6094967295,1,0,0,a&#x2cb"))
	f.Add(14, []byte(`10.0.0.1,ff,01 02,-1,1,1,0,0,x&y,3,{ "a": [ 1&#x2c 2 ] },0,new,newer`))
	f.Fuzz(func(t *testing.T, columns int, row []byte) {
		if columns < 9 || columns > 20 || bytes.IndexByte(row, '\n') >= 0 {
			return
		}
		var p, q Parser
		var first, second lease.Lease4
		if p.Row4(Schema{Columns: columns}, row, &first) != nil {
			return
		}
		written := AppendRow4(nil, &first)
		if err := q.Row4(current4, written[:len(written)-1], &second); err != nil {
			t.Fatalf("%q was read, but not %q, which is the same: %v", row, written, err)
		}
		if d := cmp.Diff(first, second); d != "" {
			t.Fatalf("%q and %q differ:\n%s", row, written, d)
		}
	})
}
