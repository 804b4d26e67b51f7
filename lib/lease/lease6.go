package lease

// Type6 is what a DHCPv6 lease leases, with Kea's numbers.
type Type6 uint8

const (
	TypeNA Type6 = 0 // an address (RFC 8415 section 21.4)
	TypeTA Type6 = 1 // a temporary address
	TypePD Type6 = 2 // a delegated prefix (RFC 8415 section 21.21)
)

// Lease6 is one DHCPv6 lease. Times are Unix seconds. What is said of Lease4's
// byte slices holds here too.
type Lease6 struct {
	Addr         [16]byte // the address, or the prefix with zero bits behind it
	Type         Type6
	PrefixLen    uint8 // 128 unless Type is TypePD
	IAID         uint32
	DUID         []byte // 3 to 130 bytes; three zero bytes for a declined lease
	HWAddr       []byte // link-layer address where it is known
	HWType       uint16
	HWSource     uint32 // how HWAddr was learnt: one of Kea's bits
	ValidLft     uint32 // seconds; InfiniteLifetime never expires
	PreferredLft uint32
	CLTT         int64 // client last transaction time
	SubnetID     uint32
	PoolID       uint32
	State        State
	FqdnFwd      bool
	FqdnRev      bool
	Hostname     []byte
	UserContext  []byte // JSON map as Kea prints it; empty if none
}
