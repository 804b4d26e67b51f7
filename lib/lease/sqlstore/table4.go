package sqlstore

import (
	"cmp"
	"net/netip"
	"strconv"

	"nestor/lib/lease"
	"nestor/lib/lease/extendedinfo"
	"nestor/lib/lease/leasefile"
	"nestor/lib/sqldb"
)

// Sub-options of option 82 that have columns of their own.
const (
	subRemoteID = 2  // RFC 3046
	subRelayID  = 12 // RFC 6925
)

// newTable4 describes the table lease4.
func newTable4(d sqldb.Dialect) *table[uint32, lease.Lease4] {
	type L = lease.Lease4
	maybe := orEmpty
	if d == sqldb.MySQL {
		maybe = orNull
	}
	t := &table[uint32, L]{name: "lease4", addrArray: "bigint[]", selected: "address"}
	t.columns = []column[L]{
		{"hwaddr", blob, "bytea[]", func(l *L) cell {
			if l.State == lease.StateDeclined {
				return orEmpty(l.HWAddr) // as Kea writes a declined lease
			}
			return maybe(l.HWAddr)
		}, func(l *L, c cell) { l.HWAddr = c.b }},
		{"client_id", blob, "bytea[]", func(l *L) cell { return maybe(l.ClientID) }, func(l *L, c cell) { l.ClientID = c.b }},
		{"valid_lifetime", number, "bigint[]", func(l *L) cell { return num(int64(l.ValidLft)) }, func(l *L, c cell) { l.ValidLft = uint32(c.n) }},
		{"expire", moment, "text[]", func(l *L) cell { return num(storedEnd(l.CLTT, l.ValidLft)) }, func(l *L, c cell) { l.CLTT = begin(c.n, l.ValidLft) }},
		{"subnet_id", number, "bigint[]", func(l *L) cell { return num(int64(l.SubnetID)) }, func(l *L, c cell) { l.SubnetID = uint32(c.n) }},
		{"pool_id", number, "bigint[]", func(l *L) cell { return num(int64(l.PoolID)) }, func(l *L, c cell) { l.PoolID = uint32(c.n) }},
		{"fqdn_fwd", flag, "boolean[]", func(l *L) cell { return truth(l.FqdnFwd) }, func(l *L, c cell) { l.FqdnFwd = c.n != 0 }},
		{"fqdn_rev", flag, "boolean[]", func(l *L) cell { return truth(l.FqdnRev) }, func(l *L, c cell) { l.FqdnRev = c.n != 0 }},
		{"hostname", text, "text[]", func(l *L) cell { return orEmpty(l.Hostname) }, func(l *L, c cell) { l.Hostname = c.b }},
		{"state", number, "bigint[]", func(l *L) cell { return num(int64(l.State)) }, func(l *L, c cell) { l.State = lease.State(c.n) }},
		{"user_context", text, "text[]", func(l *L) cell { return maybe(l.UserContext) }, func(l *L, c cell) { l.UserContext = c.b }},
		{"relay_id", blob, "bytea[]", func(l *L) cell { return orNull(relayPart(l.UserContext, subRelayID)) }, nil},
		{"remote_id", blob, "bytea[]", func(l *L) cell { return orNull(relayPart(l.UserContext, subRemoteID)) }, nil},
	}
	t.keys = []key[L]{
		{"client_id", func(l *L) []byte { return l.ClientID }},
		{"hwaddr", func(l *L) []byte { return l.HWAddr }},
	}
	t.checked = t.indexes("expire", "state", "client_id", "hwaddr", "subnet_id")
	t.addrOf = func(l *L) uint32 { return l.Addr }
	t.compare = cmp.Compare[uint32]
	t.scanTarget = func(h *holder) any { return &h.n }
	t.scanned = func(h *holder) uint32 { return uint32(h.n.Int64) }
	t.value = func(a uint32) any { return int64(a) }
	t.values = func(as []uint32) any {
		out := make([]int64, len(as))
		for i, a := range as {
			out[i] = int64(a)
		}
		return out
	}
	t.literal = func(b []byte, a uint32) []byte { return strconv.AppendUint(b, uint64(a), 10) }
	t.setAddr = func(l *L, a uint32) { l.Addr = a }
	t.state = func(l *L) lease.State { return l.State }
	t.subnet = func(l *L) uint32 { return l.SubnetID }
	t.begun = func(l *L) int64 { return l.CLTT }
	t.valid = func(l *L) uint32 { return l.ValidLft }
	t.clone = func(l *L) L { return l.Clone() }
	t.check = check4
	t.text = text4
	t.slot = func(a uint32, _ uint8) (uint32, uint8) { return a &^ 255, uint8(a) }
	t.at = func(page uint32, _ uint8, i uint8) uint32 { return page | uint32(i) }
	t.after = func(page uint32, _ uint8) uint32 { return page + 256 }
	t.length = func(*L) uint8 { return 32 }
	t.lengths = []uint8{32}
	return t
}

func text4(a uint32) string {
	return netip.AddrFrom4([4]byte{byte(a >> 24), byte(a >> 16), byte(a >> 8), byte(a)}).String()
}

// relayPart is a sub-option of the relay agent information that a user context keeps.
func relayPart(context []byte, code byte) []byte {
	if len(context) == 0 {
		return nil
	}
	rai, ok := extendedinfo.Relay4(nil, context)
	if !ok {
		return nil
	}
	for len(rai) >= 2 && len(rai) >= 2+int(rai[1]) {
		if rai[0] == code {
			return rai[2 : 2+int(rai[1])]
		}
		rai = rai[2+int(rai[1]):]
	}
	return nil
}

// check4 refuses a lease that the columns cannot hold.
func check4(l *lease.Lease4) error {
	if len(l.HWAddr) > leasefile.MaxHWAddr {
		return tooLong("hardware address", len(l.HWAddr), leasefile.MaxHWAddr)
	}
	if len(l.ClientID) > leasefile.MaxClientID {
		return tooLong("client identifier", len(l.ClientID), leasefile.MaxClientID)
	}
	return checkCommon(l.CLTT, l.ValidLft, l.Hostname, l.UserContext)
}
