package dhcp4

import (
	"fmt"
	"strconv"

	"nestor/lib/clientclass"
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/pkt4"
)

// loggers are the loggers of the server by their names below the root.
type loggers struct {
	dhcp4, packets, badPackets, allocEngine, leases, dhcpsrv, options, hosts *logging.Logger
	classes                                                                  clientclass.Log
}

func newLoggers(sys *logging.System) loggers {
	return loggers{
		dhcp4: sys.Logger("dhcp4"), packets: sys.Logger("packets"), badPackets: sys.Logger("bad-packets"),
		allocEngine: sys.Logger("alloc-engine"), leases: sys.Logger("leases"), dhcpsrv: sys.Logger("dhcpsrv"),
		options: sys.Logger("options"), hosts: sys.Logger("hosts"),
		classes: clientclass.NewLog4(sys, messageName),
	}
}

// Messages with the identifiers and forms of ARM 26.
var (
	msgReclaimLease = logging.Define("ALLOC_ENGINE_V4_LEASE_RECLAIM", logging.Debug, 40, "%1: reclaiming expired lease for address %2")
	msgReclaimed    = logging.Define("ALLOC_ENGINE_LEASE_RECLAIMED", logging.Debug, 40, "successfully reclaimed lease %1")
	msgRecovered    = logging.Define("ALLOC_ENGINE_V4_DECLINED_RECOVERED", logging.Info, 0, "IPv4 address %1 was recovered after %2 seconds of probation-period")

	msgInfoFail     = logging.Define("DHCPSRV_LEASE4_EXTENDED_INFO_SANITY_FAIL", logging.Error, 0, "extended info for lease %1 failed checks (%2)")
	msgInfoUpgraded = logging.Define("DHCPSRV_LEASE4_EXTENDED_INFO_UPGRADED", logging.Debug, 40, "extended info for lease %1 was upgraded")
)

// Messages of Nestor's own.
var (
	msgHostsFail    = logging.Define("DHCP4_RESERVATION_LOOKUP_FAIL", logging.Error, 0, "%1: it is not known whether the client has a reservation, it gets no answer: %2")
	msgReplyTooLong = logging.Define("DHCP4_REPLY_TOO_LONG", logging.Error, 0, "%1: the answer of %2 bytes is longer than the link takes; its options by size: %3")
	msgNotActedOn   = logging.Define("DHCP4_CONFIG_NOT_ACTED_ON", logging.Warn, 0, "%1")
)

// warningMessages are those that warnings about a configuration have of Kea's.
var warningMessages = map[string]*logging.Message{
	"DHCPSRV_CFGMGR_RENEW_GTR_REBIND": logging.Define("DHCPSRV_CFGMGR_RENEW_GTR_REBIND", logging.Warn, 0, "in %1, the value of renew-timer %2 is greater than the value of rebind-timer %3, ignoring renew-timer"),
}

// label names client and transaction as Kea's log lines do. It is made once a
// query.
func (x *exchange) label() string {
	if x.labelText == "" {
		b := append(x.labelBytes[:0], "[hwtype="...)
		b = strconv.AppendUint(b, uint64(x.query.HType()), 10)
		b = appendHex(append(b, ' '), x.query.HWAddr())
		b = append(b, "], cid=["...)
		if id := x.query.Option(pkt4.OptClientID); len(id) > 0 {
			b = appendHex(b, id)
		} else {
			b = append(b, "no info"...)
		}
		b = append(b, "], tid=0x"...)
		b = strconv.AppendUint(b, uint64(x.query.XID()), 16)
		x.labelBytes, x.labelText = b, string(b)
	}
	return x.labelText
}

// appendHex appends bytes as hex pairs joined by colons.
func appendHex(dst, b []byte) []byte {
	const digits = "0123456789abcdef"
	for i, c := range b {
		if i > 0 {
			dst = append(dst, ':')
		}
		dst = append(dst, digits[c>>4], digits[c&15])
	}
	return dst
}

// hexText writes bytes as hex pairs joined by colons.
func hexText(b []byte) string { return string(appendHex(nil, b)) }

// holderText names the client of a lease as label names that of a query.
func holderText(l *lease.Lease4) string {
	id := "no info"
	if len(l.ClientID) > 0 {
		id = hexText(l.ClientID)
	}
	return fmt.Sprintf("[hwtype=1 %s], cid=[%s]", hexText(l.HWAddr), id)
}

// leaseText describes a lease in a log line.
func leaseText(l *lease.Lease4) string {
	return fmt.Sprintf("%s hwaddr=%s client-id=%s valid=%d cltt=%d subnet-id=%d state=%d hostname=%s",
		ip4(l.Addr), hexText(l.HWAddr), hexText(l.ClientID), l.ValidLft, l.CLTT, l.SubnetID, l.State, l.Hostname)
}

var messageNames = map[byte]string{
	pkt4.Discover: "DHCPDISCOVER", pkt4.Offer: "DHCPOFFER", pkt4.Request: "DHCPREQUEST", pkt4.Decline: "DHCPDECLINE",
	pkt4.Ack: "DHCPACK", pkt4.Nak: "DHCPNAK", pkt4.Release: "DHCPRELEASE", pkt4.Inform: "DHCPINFORM",
	pkt4.LeaseQuery: "DHCPLEASEQUERY", pkt4.Unassigned: "DHCPLEASEUNASSIGNED",
	pkt4.Unknown: "DHCPLEASEUNKNOWN", pkt4.LeaseActive: "DHCPLEASEACTIVE",
}

func messageName(typ byte) string {
	if n, ok := messageNames[typ]; ok {
		return n
	}
	return "UNKNOWN"
}

// logLease tells what a client was offered or given.
func (x *exchange) logLease(typ byte) {
	log := x.srv.log.leases
	switch {
	case typ == pkt4.Offer && log.Enabled(msgLeaseOffer):
		log.Log(msgLeaseOffer, x.label(), ip4(x.lease.Addr))
	case typ == pkt4.Ack && x.reused && log.Enabled(msgLeaseReuse):
		log.Log(msgLeaseReuse, x.label(), ip4(x.lease.Addr), x.remaining)
	case typ == pkt4.Ack && !x.reused && log.Enabled(msgLeaseAlloc):
		log.Log(msgLeaseAlloc, x.label(), ip4(x.lease.Addr), x.lease.ValidLft)
	}
}
