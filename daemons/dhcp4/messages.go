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
	msgParseFail        = logging.Define("DHCP4_PACKET_DROP_0001", logging.Debug, 15, "%1: failed to parse packet from %2 to %3, received over interface %4, reason: %5, %6")
	msgDropDirect       = logging.Define("DHCP4_PACKET_DROP_0002", logging.Debug, 15, "%1, from interface %2: no suitable subnet configured for a direct client")
	msgDropServerID     = logging.Define("DHCP4_PACKET_DROP_0003", logging.Debug, 15, "%1, from interface %2: it contains a foreign server identifier")
	msgDropType         = logging.Define("DHCP4_PACKET_DROP_0006", logging.Debug, 15, "%1: unsupported DHCPv4 message type %2")
	msgDropUnknownType  = logging.Define("DHCP4_PACKET_DROP_0005", logging.Debug, 15, "%1: unrecognized type %2 in option 53")
	msgDropSanity       = logging.Define("DHCP4_PACKET_DROP_0007", logging.Debug, 15, "%1: failed to process packet: %2")
	msgDropDisabled     = logging.Define("DHCP4_PACKET_DROP_0008", logging.Debug, 15, "%1: DHCP service is globally disabled")
	msgDropNoType       = logging.Define("DHCP4_PACKET_DROP_0009", logging.Debug, 15, "%1: Option 53 missing (no DHCP message type), is this a BOOTP packet?")
	msgDropClass        = logging.Define("DHCP4_PACKET_DROP_0010", logging.Debug, 15, "dropped as member of the special class 'DROP': %1, %2")
	msgDropClassHost    = logging.Define("DHCP4_PACKET_DROP_0013", logging.Debug, 15, "dropped as member of the special class 'DROP' after host reservation lookup: %1, %2")
	msgDropClassEarly   = logging.Define("DHCP4_PACKET_DROP_0014", logging.Debug, 15, "dropped as member of the special class 'DROP' after early global host reservations lookup: %1, %2")
	msgDDNSSendFailed   = logging.Define("DHCP4_DDNS_REQUEST_SEND_FAILED", logging.Error, 0, "failed sending a request to kea-dhcp-ddns, error: %1, ncr: %2")
	msgProcessException = logging.Define("DHCP4_PACKET_PROCESS_STD_EXCEPTION", logging.Error, 0, "%1: exception occurred during packet processing: %2")

	msgUnpackFail = logging.Define("DHCP4_DEFERRED_OPTION_UNPACK_FAIL", logging.Debug, 50, "%1: An error unpacking the deferred option %2: %3")

	msgNakNoSubnet      = logging.Define("DHCP4_PACKET_NAK_0001", logging.Error, 0, "%1: failed to select a subnet for incoming packet, src %2, type %3")
	msgInitReboot       = logging.Define("DHCP4_INIT_REBOOT", logging.Info, 0, "%1: client is in INIT-REBOOT state and requests address %2")
	msgNakReboot        = logging.Define("DHCP4_PACKET_NAK_0002", logging.Debug, 50, "%1: invalid address %2 requested by INIT-REBOOT")
	msgNoOffer          = logging.Define("DHCP4_PACKET_NAK_0003", logging.Debug, 50, "%1: failed to advertise a lease, client sent ciaddr %2, requested-ip-address %3")
	msgNakLease         = logging.Define("DHCP4_PACKET_NAK_0004", logging.Debug, 50, "%1: failed to grant a lease, client sent ciaddr %2, requested-ip-address %3")
	msgNoLeaseReboot    = logging.Define("DHCP4_NO_LEASE_INIT_REBOOT", logging.Debug, 50, "%1: no lease for address %2 requested by INIT-REBOOT client")
	msgUnknownRequested = logging.Define("DHCP4_UNKNOWN_ADDRESS_REQUESTED", logging.Debug, 50, "%1: client requested an unknown address, client sent ciaddr %2, requested-ip-address %3")

	msgPacketReceived        = logging.Define("DHCP4_PACKET_RECEIVED", logging.Info, 0, "%1: %2 (type %3) received from %4 to %5 on interface %6")
	msgQueryData             = logging.Define("DHCP4_QUERY_DATA", logging.Debug, 55, "%1, packet details: %2")
	msgQueryLabel            = logging.Define("DHCP4_QUERY_LABEL", logging.Info, 0, "received query: %1")
	msgPacketSend            = logging.Define("DHCP4_PACKET_SEND", logging.Info, 0, "%1: trying to send packet %2 (type %3) from %4:%5 to %6:%7 on interface %8")
	msgResponseData          = logging.Define("DHCP4_RESPONSE_DATA", logging.Debug, 55, "%1: responding with packet %2 (type %3), packet details: %4")
	msgPacketSendFail        = logging.Define("DHCP4_PACKET_SEND_FAIL", logging.Error, 0, "%1: failed to send DHCPv4 packet: %2")
	msgRecoveredStash        = logging.Define("DHCP4_RECOVERED_STASHED_RELAY_AGENT_INFO", logging.Debug, 55, "recovered for query %1 relay agent option from lease %2: %3")
	msgSubnetSelected        = logging.Define("DHCP4_SUBNET_SELECTED", logging.Debug, 45, "%1: the subnet with ID %2 was selected for client assignments")
	msgSubnetSelectionFailed = logging.Define("DHCP4_SUBNET_SELECTION_FAILED", logging.Debug, 50, "%1: failed to select subnet for the client")

	msgOver6ReceiveFail     = logging.Define("DHCP4_DHCP4O6_RECEIVE_FAIL", logging.Debug, 50, "failed to receive DHCPv4o6: %1")
	msgOver6BadOrigin       = logging.Define("DHCPSRV_DHCP4O6_RECEIVED_BAD_PACKET", logging.Warn, 0, "received bad DHCPv4o6 packet: %1")
	msgOver6Received        = logging.Define("DHCP4_DHCP4O6_PACKET_RECEIVED", logging.Debug, 40, "received DHCPv4o6 packet from DHCPv4 server (type %1) for %2 on interface %3")
	msgOver6BadPacket       = logging.Define("DHCP4_DHCP4O6_BAD_PACKET", logging.Debug, 50, "%1: received malformed DHCPv4o6 packet: %2")
	msgOver6Send            = logging.Define("DHCP4_DHCP4O6_PACKET_SEND", logging.Debug, 40, "%1: trying to send packet %2 (type %3) to %4 port %5 on interface %6 encapsulating %7: %8 (type %9)")
	msgOver6ResponseData    = logging.Define("DHCP4_DHCP4O6_RESPONSE_DATA", logging.Debug, 55, "%1: responding with packet %2 (type %3), packet details: %4")
	msgOver6SendFail        = logging.Define("DHCP4_DHCP4O6_PACKET_SEND_FAIL", logging.Error, 0, "%1: failed to send DHCPv4o6 packet: %2")
	msgOver6SubnetSelected  = logging.Define("DHCP4_DHCP4O6_SUBNET_SELECTED", logging.Debug, 45, "%1: the subnet with ID %2 was selected for client assignments")
	msgOver6SelectionFailed = logging.Define("DHCP4_DHCP4O6_SUBNET_SELECTION_FAILED", logging.Debug, 50, "%1: failed to select subnet for the client")
	msgOver6SelectFailed    = logging.Define("DHCPSRV_SUBNET4O6_SELECT_FAILED", logging.Debug, 40, "Failed to select any subnet for the DHCPv4o6 packet")

	msgLeaseOffer = logging.Define("DHCP4_LEASE_OFFER", logging.Info, 0, "%1: lease %2 will be offered")
	msgLeaseAlloc = logging.Define("DHCP4_LEASE_ALLOC", logging.Info, 0, "%1: lease %2 has been allocated for %3 seconds")
	msgLeaseReuse = logging.Define("DHCP4_LEASE_REUSE", logging.Info, 0, "%1: lease %2 has been reused for %3 seconds")

	msgRelease            = logging.Define("DHCP4_RELEASE", logging.Debug, 50, "%1: address %2 was released properly.")
	msgReleaseExpired     = logging.Define("DHCP4_RELEASE_EXPIRED", logging.Info, 0, "%1: address %2 expired on release.")
	msgReleaseDeleted     = logging.Define("DHCP4_RELEASE_DELETED", logging.Info, 0, "%1: address %2 was deleted on release.")
	msgReleaseNoLease     = logging.Define("DHCP4_RELEASE_FAIL_NO_LEASE", logging.Debug, 50, "%1: client is trying to release non-existing lease %2")
	msgReleaseWrongClient = logging.Define("DHCP4_RELEASE_FAIL_WRONG_CLIENT", logging.Debug, 50, "%1: client is trying to release the lease %2 which belongs to a different client")
	msgDecline            = logging.Define("DHCP4_DECLINE_LEASE", logging.Info, 0, "Received DHCPDECLINE for addr %1 from client %2. The lease will be unavailable for %3 seconds.")
	msgDeclineMismatch    = logging.Define("DHCP4_DECLINE_LEASE_MISMATCH", logging.Info, 0, "Received DHCPDECLINE for addr %1 from client %2, but the data doesn't match: received hwaddr: %3, lease hwaddr: %4, received client-id: %5, lease client-id: %6")
	msgDeclineNotFound    = logging.Define("DHCP4_DECLINE_LEASE_NOT_FOUND", logging.Warn, 0, "Received DHCPDECLINE for addr %1 from client %2, but no such lease found.")

	msgDiscoverAddressConflict = logging.Define("ALLOC_ENGINE_V4_DISCOVER_ADDRESS_CONFLICT", logging.Warn, 0, "%1: conflicting reservation for address %2 with existing lease %3")
	msgReuseExpired            = logging.Define("ALLOC_ENGINE_V4_REUSE_EXPIRED_LEASE_DATA", logging.Debug, 55, "%1: reusing expired lease, updated lease information: %2")
	msgRequestReserved         = logging.Define("ALLOC_ENGINE_V4_REQUEST_ADDRESS_RESERVED", logging.Debug, 40, "%1: requested address %2 is reserved")
	msgRequestInUse            = logging.Define("ALLOC_ENGINE_V4_REQUEST_IN_USE", logging.Debug, 40, "%1: requested address %2 is in use")
	msgRequestInvalid          = logging.Define("ALLOC_ENGINE_V4_REQUEST_INVALID", logging.Debug, 40, "client %1 having a reservation for address %2 is requesting invalid address %3")
	msgRequestOutOfPool        = logging.Define("ALLOC_ENGINE_V4_REQUEST_OUT_OF_POOL", logging.Debug, 40, "client %1, which doesn't have a reservation, requested address %2 out of the dynamic pool")
	msgAllocFail               = logging.Define("ALLOC_ENGINE_V4_ALLOC_FAIL", logging.Warn, 0, "%1: failed to allocate an IPv4 address after %2 attempt(s)")
	msgAllocFailNetwork        = logging.Define("ALLOC_ENGINE_V4_ALLOC_FAIL_SHARED_NETWORK", logging.Warn, 0, "%1: failed to allocate an IPv4 address in the shared network %2: %3 subnets have no available addresses, %4 subnets have no matching pools")
	msgAllocFailSubnet         = logging.Define("ALLOC_ENGINE_V4_ALLOC_FAIL_SUBNET", logging.Warn, 0, "%1: failed to allocate an IPv4 lease in the subnet %2, subnet-id %3, shared network %4")
	msgAllocFailNoPools        = logging.Define("ALLOC_ENGINE_V4_ALLOC_FAIL_NO_POOLS", logging.Warn, 0, "%1: no pools were available for the address allocation")
	msgAllocFailClasses        = logging.Define("ALLOC_ENGINE_V4_ALLOC_FAIL_CLASSES", logging.Warn, 0, "%1: Failed to allocate an IPv4 address for client with classes: %2")

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
