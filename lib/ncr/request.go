// Package ncr owns name change requests: what a DHCP server asks the DDNS daemon to
// do with the name of a lease. It has their form on the wire, which is Kea's, the
// identifier of a client in the DNS (DHCID, RFC 4701), and both ends of the way
// between the daemons: a Sender with a bounded queue and a Listener.
//
// Which requests a lease makes is decided by the DHCP servers, what becomes of them
// in the DNS by the DDNS daemon.
//
// A request is one UDP datagram: two bytes of length in network order and the text
// of one JSON object. Nobody answers it.
package ncr

import (
	"fmt"
	"net/netip"
	"strconv"
	"time"
)

// DefaultPort is the UDP port of the DDNS daemon (ARM 13.3.1).
const DefaultPort = 53001

// Mode says whose entries of the DNS a request may replace or remove
// (ddns-conflict-resolution-mode, ARM 8.2.20).
type Mode uint8

const (
	CheckWithDHCID       Mode = iota // those with the client's DHCID
	NoCheckWithDHCID                 // any; new ones get a DHCID
	CheckExistsWithDHCID             // those with some DHCID
	NoCheckWithoutDHCID              // any; new ones get no DHCID
)

var modeNames = [...]string{"check-with-dhcid", "no-check-with-dhcid", "check-exists-with-dhcid", "no-check-without-dhcid"}

// String gives the mode as it stands in configurations and requests.
func (m Mode) String() string {
	if int(m) < len(modeNames) {
		return modeNames[m]
	}
	return fmt.Sprintf("mode %d", m)
}

// ParseMode reads what String writes.
func ParseMode(s string) (Mode, error) {
	for m, name := range modeNames {
		if s == name {
			return Mode(m), nil
		}
	}
	return 0, fmt.Errorf("%q is no conflict resolution mode: it is one of %q", s, modeNames)
}

// Request is one name change request.
type Request struct {
	Remove  bool // else the entries are added
	Forward bool // from name to address (A, AAAA)
	Reverse bool // from address to name (PTR)
	// Name is a domain name in the text form of RFC 1035 section 5.1 with its final
	// dot, as CanonicalName gives it.
	Name string
	Addr netip.Addr
	// DHCID is the whole content of the client's DHCID record.
	DHCID []byte
	// Expires is when the lease runs out, to the second. It tells the daemon
	// nothing that it acts on; Kea's DHCPv6 server leaves it at 1970 for new leases.
	Expires time.Time
	TTL     uint32 // of the records, in seconds
	Mode    Mode
}

// String describes the request in lines of one fact, as Kea's logs do.
func (r *Request) String() string { return string(r.AppendText(nil)) }

// AppendText appends what String gives. It allocates nothing where b has the room.
func (r *Request) AppendText(b []byte) []byte {
	kind := "0 (CHG_ADD)"
	if r.Remove {
		kind = "1 (CHG_REMOVE)"
	}
	b = append(append(b, "Type: "...), kind...)
	b = append(append(b, "\nForward Change: "...), yesNo(r.Forward)...)
	b = append(append(b, "\nReverse Change: "...), yesNo(r.Reverse)...)
	b = append(append(b, "\nFQDN: ["...), r.Name...)
	b = r.Addr.AppendTo(append(b, "]\nIP Address: ["...))
	b = appendUpperHex(append(b, "]\nDHCID: ["...), r.DHCID)
	b = r.Expires.UTC().AppendFormat(append(b, "]\nLease Expires On: "...), timeForm)
	b = strconv.AppendUint(append(b, "\nLease Length: "...), uint64(r.TTL), 10)
	b = append(append(b, "\nConflict Resolution Mode: "...), r.Mode.String()...)
	return append(b, '\n')
}

func yesNo(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
