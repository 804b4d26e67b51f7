package sqlstore

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"

	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/sqldb"
)

// newTable6 describes the table lease6.
func newTable6(d sqldb.Dialect) *table[[16]byte, lease.Lease6] {
	type L = lease.Lease6
	mysql := d == sqldb.MySQL
	maybe := orEmpty
	if mysql {
		maybe = orNull
	}
	// What belongs to a hardware address is NULL without one in MySQL.
	ofHW := func(l *L, n int64) cell { return cell{n: n, null: mysql && len(l.HWAddr) == 0} }
	t := &table[[16]byte, L]{name: "lease6", addrArray: "inet[]", selected: "address", lengthColumn: "prefix_len"}
	t.columns = []column[L]{
		{"duid", blob, "bytea[]", func(l *L) cell { return orEmpty(l.DUID) }, func(l *L, c cell) { l.DUID = c.b }},
		{"valid_lifetime", number, "bigint[]", func(l *L) cell { return num(int64(l.ValidLft)) }, func(l *L, c cell) { l.ValidLft = uint32(c.n) }},
		{"expire", moment, "text[]", func(l *L) cell { return num(storedEnd(l.CLTT, l.ValidLft)) }, func(l *L, c cell) { l.CLTT = begin(c.n, l.ValidLft) }},
		{"subnet_id", number, "bigint[]", func(l *L) cell { return num(int64(l.SubnetID)) }, func(l *L, c cell) { l.SubnetID = uint32(c.n) }},
		{"pool_id", number, "bigint[]", func(l *L) cell { return num(int64(l.PoolID)) }, func(l *L, c cell) { l.PoolID = uint32(c.n) }},
		{"pref_lifetime", number, "bigint[]", func(l *L) cell { return num(int64(l.PreferredLft)) }, func(l *L, c cell) { l.PreferredLft = uint32(c.n) }},
		{"lease_type", number, "smallint[]", func(l *L) cell { return num(int64(l.Type)) }, func(l *L, c cell) { l.Type = lease.Type6(c.n) }},
		{"iaid", number, "integer[]", func(l *L) cell {
			if mysql {
				return num(int64(l.IAID))
			}
			return num(int64(int32(l.IAID))) // the column is signed
		}, func(l *L, c cell) { l.IAID = uint32(c.n) }},
		{"prefix_len", number, "smallint[]", func(l *L) cell { return num(int64(l.PrefixLen)) }, func(l *L, c cell) {
			// Kea reads whatever is not a prefix as an address.
			if l.PrefixLen = uint8(c.n); l.Type != lease.TypePD {
				l.PrefixLen = 128
			}
		}},
		{"fqdn_fwd", flag, "boolean[]", func(l *L) cell { return truth(l.FqdnFwd) }, func(l *L, c cell) { l.FqdnFwd = c.n != 0 }},
		{"fqdn_rev", flag, "boolean[]", func(l *L) cell { return truth(l.FqdnRev) }, func(l *L, c cell) { l.FqdnRev = c.n != 0 }},
		{"hostname", text, "text[]", func(l *L) cell { return orEmpty(l.Hostname) }, func(l *L, c cell) { l.Hostname = c.b }},
		{"state", number, "bigint[]", func(l *L) cell { return num(int64(l.State)) }, func(l *L, c cell) { l.State = lease.State(c.n) }},
		{"hwaddr", blob, "bytea[]", func(l *L) cell { return maybe(l.HWAddr) }, func(l *L, c cell) { l.HWAddr = c.b }},
		{"hwtype", number, "smallint[]", func(l *L) cell {
			if mysql {
				return ofHW(l, int64(l.HWType))
			}
			return num(int64(int16(l.HWType)))
		}, func(l *L, c cell) { l.HWType = uint16(c.n) }},
		{"hwaddr_source", number, "smallint[]", func(l *L) cell { return ofHW(l, int64(l.HWSource)) }, func(l *L, c cell) { l.HWSource = uint32(c.n) }},
		{"user_context", text, "text[]", func(l *L) cell { return maybe(l.UserContext) }, func(l *L, c cell) { l.UserContext = c.b }},
	}
	t.keys = []key[L]{{"duid", func(l *L) []byte { return l.DUID }}}
	t.checked = t.indexes("expire", "state", "duid", "iaid", "subnet_id")
	t.addrOf = func(l *L) [16]byte { return l.Addr }
	t.compare = func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) }
	t.scanTarget = func(h *holder) any { return &h.b }
	t.scanned = func(h *holder) (a [16]byte) {
		if n := len(h.b); n >= 16 {
			copy(a[:], h.b[n-16:])
		}
		return a
	}
	t.value = func(a [16]byte) any { return netip.AddrFrom16(a) }
	t.values = func(as [][16]byte) any {
		out := make([]netip.Addr, len(as))
		for i, a := range as {
			out[i] = netip.AddrFrom16(a)
		}
		return out
	}
	t.literal = func(b []byte, a [16]byte) []byte { return appendHex(b, a[:]) }
	t.setAddr = func(l *L, a [16]byte) { l.Addr = a }
	t.state = func(l *L) lease.State { return l.State }
	t.subnet = func(l *L) uint32 { return l.SubnetID }
	t.begun = func(l *L) int64 { return l.CLTT }
	t.valid = func(l *L) uint32 { return l.ValidLft }
	t.clone = clone6
	t.check = check6
	t.text = func(a [16]byte) string { return netip.AddrFrom16(a).String() }
	t.slot, t.at = slot6, at6
	t.after = func(page [16]byte, length uint8) [16]byte {
		return lease.Range6{First: page, Len: length}.At(256)
	}
	t.length = func(l *L) uint8 { return l.PrefixLen }
	t.lengths = []uint8{128}
	if !mysql {
		// The binary form of an inet is a head and the address.
		t.selected = "inet_send(address)"
	}
	return t
}

func clone6(l *lease.Lease6) lease.Lease6 {
	c := *l
	c.DUID, c.HWAddr = bytes.Clone(l.DUID), bytes.Clone(l.HWAddr)
	c.Hostname, c.UserContext = bytes.Clone(l.Hostname), bytes.Clone(l.UserContext)
	return c
}

// slot6 splits a prefix of a length into its page, which ends eight bits earlier,
// and those eight bits.
func slot6(a [16]byte, length uint8) (page [16]byte, i uint8) {
	hi, lo := binary.BigEndian.Uint64(a[:8]), binary.BigEndian.Uint64(a[8:])
	step := 128 - uint(length)
	if step >= 64 {
		i = uint8(hi >> (step - 64))
	} else {
		i = uint8(lo>>step | hi<<(64-step))
	}
	binary.BigEndian.PutUint64(page[:8], hi&^ones(step+8-min(step+8, 64)))
	binary.BigEndian.PutUint64(page[8:], lo&^ones(min(step+8, 64)))
	return page, i
}

// ones is a number whose lowest n bits are set, n up to 64.
func ones(n uint) uint64 { return 1<<n - 1 }

// at6 puts the two together again.
func at6(page [16]byte, length uint8, i uint8) [16]byte {
	return lease.Range6{First: page, Len: length}.At(uint64(i))
}

// check6 refuses a lease that the columns cannot hold.
func check6(l *lease.Lease6) error {
	switch {
	case len(l.HWAddr) > leasefile.MaxHWAddr:
		return tooLong("hardware address", len(l.HWAddr), leasefile.MaxHWAddr)
	case len(l.DUID) > leasefile.MaxDUID:
		return tooLong("DUID", len(l.DUID), leasefile.MaxDUID)
	case l.Type > lease.TypePD:
		return fmt.Errorf("its type %d is none of 0 (NA), 1 (TA), 2 (PD)", l.Type)
	case l.PrefixLen > 128 || l.Type != lease.TypePD && l.PrefixLen != 128:
		return fmt.Errorf("its prefix length is %d, an address has 128", l.PrefixLen)
	}
	return checkCommon(l.CLTT, l.ValidLft, l.Hostname, l.UserContext)
}
