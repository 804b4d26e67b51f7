package dhcp6

import (
	"fmt"
	"strconv"

	"nestor/lib/clientclass"
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/pkt6"
)

// loggers are the loggers of the server by their names below the root.
type loggers struct {
	dhcp6, packets, badPackets, allocEngine, leases, dhcpsrv, options, hosts *logging.Logger
	classes                                                                  clientclass.Log
}

func newLoggers(sys *logging.System) loggers {
	return loggers{
		dhcp6: sys.Logger("dhcp6"), packets: sys.Logger("packets"), badPackets: sys.Logger("bad-packets"),
		allocEngine: sys.Logger("alloc-engine"), leases: sys.Logger("leases"), dhcpsrv: sys.Logger("dhcpsrv"),
		options: sys.Logger("options"), hosts: sys.Logger("hosts"),
		classes: clientclass.NewLog6(sys, messageName),
	}
}

// Messages with the identifiers and forms of ARM 26.
var (
	msgDropDisabled   = logging.Define("DHCP6_PACKET_DROP_DHCP_DISABLED", logging.Debug, 15, "%1: DHCP service is globally disabled")
	msgDDNSSendFailed = logging.Define("DHCP6_DDNS_REQUEST_SEND_FAILED", logging.Error, 0, "failed sending a request to kea-dhcp-ddns, error: %1, ncr: %2")
	msgPacketSendFail = logging.Define("DHCP6_PACKET_SEND_FAIL", logging.Error, 0, "%1: failed to send DHCPv6 packet: %2")

	msgReclaimLease = logging.Define("ALLOC_ENGINE_V6_LEASE_RECLAIM", logging.Debug, 40, "%1: reclaiming expired lease for prefix %2/%3")
	msgReclaimed    = logging.Define("ALLOC_ENGINE_LEASE_RECLAIMED", logging.Debug, 40, "successfully reclaimed lease %1")
	msgRecovered    = logging.Define("ALLOC_ENGINE_V6_DECLINED_RECOVERED", logging.Info, 0, "IPv6 address %1 was recovered after %2 seconds of probation-period")

	msgInfoFail     = logging.Define("DHCPSRV_LEASE6_EXTENDED_INFO_SANITY_FAIL", logging.Error, 0, "extended info for lease %1 failed checks (%2)")
	msgInfoUpgraded = logging.Define("DHCPSRV_LEASE6_EXTENDED_INFO_UPGRADED", logging.Debug, 40, "extended info for lease %1 was upgraded")

	msgServerID     = logging.Define("DHCP6_USING_SERVERID", logging.Info, 0, "server is using server-id %1 and stores in the file %2")
	msgNoInterfaces = logging.Define("DHCP6_NO_INTERFACES", logging.Error, 0, "failed to detect any network interfaces")
)

// Messages of Nestor's own.
var (
	msgHostsFail    = logging.Define("DHCP6_RESERVATION_LOOKUP_FAIL", logging.Error, 0, "%1: it is not known whether the client has a reservation, it gets no answer: %2")
	msgReplyTooLong = logging.Define("DHCP6_REPLY_TOO_LONG", logging.Error, 0, "%1: the answer of %2 bytes is longer than the link takes; its options by size: %3")
	msgNotActedOn   = logging.Define("DHCP6_CONFIG_NOT_ACTED_ON", logging.Warn, 0, "%1")
)

// warningMessages are those that warnings about a configuration have of Kea's.
var warningMessages = map[string]*logging.Message{
	"DHCPSRV_CFGMGR_OPTION_DUPLICATE":   logging.Define("DHCPSRV_CFGMGR_OPTION_DUPLICATE", logging.Warn, 0, "multiple options with the code: %1 added to the subnet: %2"),
	"DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL": logging.Define("DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL", logging.Warn, 0, "specified link local address %1 for unicast traffic on interface %2"),
	"DHCPSRV_CFGMGR_RENEW_GTR_REBIND":   logging.Define("DHCPSRV_CFGMGR_RENEW_GTR_REBIND", logging.Warn, 0, "in %1, the value of renew-timer %2 is greater than the value of rebind-timer %3, ignoring renew-timer"),
}

// label names client and transaction as Kea's log lines do. It is made once a
// query.
func (x *exchange) label() string {
	if x.labelText == "" {
		b := append(x.labelBytes[:0], "duid=["...)
		if id := x.query.Option(pkt6.OptClientID); len(id) > 0 {
			b = appendHex(b, id)
		} else {
			b = append(b, "no info"...)
		}
		if len(x.mac.addr) > 0 {
			b = strconv.AppendUint(append(b, "], [hwtype="...), uint64(x.mac.htype), 10)
			b = appendHex(append(b, ' '), x.mac.addr)
		} else {
			b = append(b, "], [no hwaddr info"...)
		}
		b = strconv.AppendUint(append(b, "], tid=0x"...), uint64(x.query.XID()), 16)
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
func holderText(l *lease.Lease6) string {
	return fmt.Sprintf("duid=[%s]", hexText(l.DUID))
}
