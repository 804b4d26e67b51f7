package dhcp6

import (
	"nestor/lib/lease"
	"nestor/lib/logging"
	"nestor/lib/pkt6"
)

// Messages about packets and their leases, with the identifiers and forms of ARM 26.
var (
	msgParseFail       = logging.Define("DHCP6_PACKET_DROP_PARSE_FAIL", logging.Debug, 15, "%1: failed to parse packet from %2 to %3, received over interface %4, reason: %5, %6")
	msgDropServerID    = logging.Define("DHCP6_PACKET_DROP_SERVERID_MISMATCH", logging.Debug, 15, "%1: dropping packet with server identifier: %2, server is using: %3")
	msgDropUnicast     = logging.Define("DHCP6_PACKET_DROP_UNICAST", logging.Debug, 15, "%1: dropping unicast %2 packet as this packet should be sent to multicast")
	msgDropClass       = logging.Define("DHCP6_PACKET_DROP_DROP_CLASS", logging.Debug, 15, "dropped as member of the special class 'DROP': %1 %2")
	msgDropClassHost   = logging.Define("DHCP6_PACKET_DROP_DROP_CLASS2", logging.Debug, 15, "dropped as member of the special class 'DROP' after host reservation lookup: %1 %2")
	msgDropClassEarly  = logging.Define("DHCP6_PACKET_DROP_DROP_CLASS_EARLY", logging.Debug, 15, "dropped as member of the special class 'DROP' after early global host reservations lookup: %1 %2")
	msgRequiredOptions = logging.Define("DHCP6_REQUIRED_OPTIONS_CHECK_FAIL", logging.Debug, 40, "%1: %2 message received from %3 failed the following check: %4")
	msgUnknownType     = logging.Define("DHCP6_UNKNOWN_MSG_RECEIVED", logging.Debug, 40, "%1: received unknown message (type %2) on interface %3")
	msgOptionsSkipped  = logging.Define("DHCP6_PACKET_OPTIONS_SKIPPED", logging.Debug, 50, "%1: An error unpacking an option, caused subsequent options to be skipped: %2")
	msgQueryLabel      = logging.Define("DHCP6_QUERY_LABEL", logging.Info, 0, "received query: %1")
	msgPacketReceived  = logging.Define("DHCP6_PACKET_RECEIVED", logging.Info, 0, "%1: %2 (type %3) received from %4 port %5 to %6 port %7 on interface %8")
	msgPacketSend      = logging.Define("DHCP6_PACKET_SEND", logging.Info, 0, "%1: trying to send packet %2 (type %3) from [%4]:%5 to [%6]:%7 on interface %8")

	msgOver4Receiving   = logging.Define("DHCP6_DHCP4O6_RECEIVING", logging.Debug, 50, "receiving DHCPv4o6 packet from DHCPv4 server")
	msgOver4ReceiveFail = logging.Define("DHCP6_DHCP4O6_RECEIVE_FAIL", logging.Debug, 50, "failed to receive DHCPv4o6: %1")
	msgOver4BadOrigin   = logging.Define("DHCPSRV_DHCP4O6_RECEIVED_BAD_PACKET", logging.Warn, 0, "received bad DHCPv4o6 packet: %1")
	msgOver4Received    = logging.Define("DHCP6_DHCP4O6_PACKET_RECEIVED", logging.Debug, 40, "received DHCPv4o6 packet from DHCPv4 server (type %1) for %2 port %3 on interface %4")
	msgOver4SendFail    = logging.Define("DHCP6_DHCP4O6_SEND_FAIL", logging.Error, 0, "failed to send DHCPv4o6 packet: %1")

	msgSubnetSelected        = logging.Define("DHCP6_SUBNET_SELECTED", logging.Debug, 45, "%1: the subnet with ID %2 was selected for client assignments")
	msgSubnetSelectionFailed = logging.Define("DHCP6_SUBNET_SELECTION_FAILED", logging.Debug, 50, "%1: failed to select subnet for the client")

	msgReservedAddress  = logging.Define("ALLOC_ENGINE_V6_HR_ADDR_GRANTED", logging.Info, 0, "reserved address %1 was assigned to client %2")
	msgReservedPrefix   = logging.Define("ALLOC_ENGINE_V6_HR_PREFIX_GRANTED", logging.Info, 0, "reserved prefix %1/%2 was assigned to client %3")
	msgAllocFail        = logging.Define("ALLOC_ENGINE_V6_ALLOC_FAIL", logging.Warn, 0, "%1: failed to allocate an IPv6 lease after %2 attempt(s)")
	msgAllocFailClasses = logging.Define("ALLOC_ENGINE_V6_ALLOC_FAIL_CLASSES", logging.Warn, 0, "%1: Failed to allocate an IPv6 address for client with classes: %2")
	msgAllocFailNoPools = logging.Define("ALLOC_ENGINE_V6_ALLOC_FAIL_NO_POOLS", logging.Warn, 0, "%1: no pools were available for the lease allocation")
	msgAllocFailNetwork = logging.Define("ALLOC_ENGINE_V6_ALLOC_FAIL_SHARED_NETWORK", logging.Warn, 0, "%1: failed to allocate a lease in the shared network %2: %3 subnets have no available leases, %4 subnets have no matching pools")
	msgAllocFailSubnet  = logging.Define("ALLOC_ENGINE_V6_ALLOC_FAIL_SUBNET", logging.Warn, 0, "%1: failed to allocate an IPv6 lease in the subnet %2, subnet-id %3, shared network %4")

	msgAddressAdvert     = logging.Define("DHCP6_LEASE_ADVERT", logging.Info, 0, "%1: lease for address %2 and iaid=%3 will be advertised")
	msgAddressAdvertFail = logging.Define("DHCP6_LEASE_ADVERT_FAIL", logging.Info, 0, "%1: failed to advertise an address lease for iaid=%2")
	msgAddressAlloc      = logging.Define("DHCP6_LEASE_ALLOC", logging.Info, 0, "%1: lease for address %2 and iaid=%3 has been allocated for %4 seconds")
	msgAddressAllocFail  = logging.Define("DHCP6_LEASE_ALLOC_FAIL", logging.Info, 0, "%1: failed to grant an address lease for iaid=%2")
	msgPrefixAdvert      = logging.Define("DHCP6_PD_LEASE_ADVERT", logging.Info, 0, "%1: lease for prefix %2/%3 and iaid=%4 will be advertised")
	msgPrefixAdvertFail  = logging.Define("DHCP6_PD_LEASE_ADVERT_FAIL", logging.Info, 0, "%1: failed to advertise a prefix lease for iaid=%2")
	msgPrefixAlloc       = logging.Define("DHCP6_PD_LEASE_ALLOC", logging.Info, 0, "%1: lease for prefix %2/%3 and iaid=%4 has been allocated for %5 seconds")
	msgPrefixAllocFail   = logging.Define("DHCP6_PD_LEASE_ALLOC_FAIL", logging.Info, 0, "%1: failed to grant a prefix lease for iaid=%2")

	msgReleaseAddressDUID    = logging.Define("DHCP6_RELEASE_NA_FAIL_WRONG_DUID", logging.Info, 0, "%1: client tried to release address %2, but it belongs to another client using duid=%3")
	msgReleaseAddressIAID    = logging.Define("DHCP6_RELEASE_NA_FAIL_WRONG_IAID", logging.Warn, 0, "%1: client tried to release address %2, but it used wrong IAID (expected %3, but got %4)")
	msgReleaseAddressDeleted = logging.Define("DHCP6_RELEASE_NA_DELETED", logging.Info, 0, "%1: binding for address %2 and iaid=%3 was deleted on release")
	msgReleaseAddressExpired = logging.Define("DHCP6_RELEASE_NA_EXPIRED", logging.Info, 0, "%1: binding for address %2 and iaid=%3 expired on release")
	msgReleasePrefixDUID     = logging.Define("DHCP6_RELEASE_PD_FAIL_WRONG_DUID", logging.Info, 0, "%1: client tried to release prefix %2/%3, but it belongs to another client (duid=%4)")
	msgReleasePrefixIAID     = logging.Define("DHCP6_RELEASE_PD_FAIL_WRONG_IAID", logging.Warn, 0, "%1: client tried to release prefix %2/%3, but it used wrong IAID (expected %4, but got %5)")
	msgReleasePrefixDeleted  = logging.Define("DHCP6_RELEASE_PD_DELETED", logging.Info, 0, "%1: prefix %2/%3 for iaid=%4 was deleted on release")
	msgReleasePrefixExpired  = logging.Define("DHCP6_RELEASE_PD_EXPIRED", logging.Info, 0, "%1: prefix %2/%3 for iaid=%4 expired on release")
	msgDecline               = logging.Define("DHCP6_DECLINE_LEASE", logging.Info, 0, "Client %1 sent DECLINE for address %2 and the server marked it as declined. The lease will be recovered in %3 seconds.")
	msgDeclineNoLease        = logging.Define("DHCP6_DECLINE_FAIL_NO_LEASE", logging.Info, 0, "Client %1 sent DECLINE for address %2, but there's no lease for it")
	msgDeclineWrongDUID      = logging.Define("DHCP6_DECLINE_FAIL_DUID_MISMATCH", logging.Info, 0, "Client %1 sent DECLINE for address %2, but it belongs to client with DUID %3")
	msgDeclineWrongIAID      = logging.Define("DHCP6_DECLINE_FAIL_IAID_MISMATCH", logging.Info, 0, "Client %1 sent DECLINE for address %2, but used a wrong IAID (%3), instead of expected %4")
)

// Messages of Nestor's own.
var (
	msgTooManyIAs = logging.Define("DHCP6_TOO_MANY_IAS", logging.Debug, 15, "%1: the query has more identity associations than are served, only the first %2 are")
	msgOver4Off   = logging.Define("DHCP6_DHCP4O6_OFF", logging.Debug, 15, "%1: there is no DHCPv4 server to pass a DHCPV4_QUERY on to, dhcp4o6-port is 0")
	msgRevoked    = logging.Define("DHCP6_LEASE_REVOKED", logging.Info, 0, "%1: lease of %2/%3 is taken away: it is reserved for another client or in no pool that this one may use")
)

var messageNames = map[byte]string{
	pkt6.MsgSolicit: "SOLICIT", pkt6.MsgAdvertise: "ADVERTISE", pkt6.MsgRequest: "REQUEST", pkt6.MsgConfirm: "CONFIRM",
	pkt6.MsgRenew: "RENEW", pkt6.MsgRebind: "REBIND", pkt6.MsgReply: "REPLY", pkt6.MsgRelease: "RELEASE",
	pkt6.MsgDecline: "DECLINE", pkt6.MsgReconfigure: "RECONFIGURE", pkt6.MsgInformationRequest: "INFORMATION_REQUEST",
	pkt6.MsgRelayForward: "RELAY_FORWARD", pkt6.MsgRelayReply: "RELAY_REPLY",
	pkt6.MsgLeaseQuery: "LEASEQUERY", pkt6.MsgLeaseQueryReply: "LEASEQUERY_REPLY",
	pkt6.MsgDHCPv4Query: "DHCPV4_QUERY", pkt6.MsgDHCPv4Response: "DHCPV4_RESPONSE",
	pkt6.MsgAddrRegInform: "ADDR_REG_INFORM", pkt6.MsgAddrRegReply: "ADDR_REG_REPLY",
}

func messageName(typ byte) string {
	if n, ok := messageNames[typ]; ok {
		return n
	}
	return "UNKNOWN"
}

// logLease tells what a client was offered or given.
func (x *exchange) logLease() {
	log, l := x.srv.log.leases, &x.lease
	switch prefix := l.Type == lease.TypePD; {
	case x.offer && prefix && log.Enabled(msgPrefixAdvert):
		log.Log(msgPrefixAdvert, x.label(), ip6(l.Addr), l.PrefixLen, l.IAID)
	case x.offer && !prefix && log.Enabled(msgAddressAdvert):
		log.Log(msgAddressAdvert, x.label(), ip6(l.Addr), l.IAID)
	case !x.offer && prefix && log.Enabled(msgPrefixAlloc):
		log.Log(msgPrefixAlloc, x.label(), ip6(l.Addr), l.PrefixLen, l.IAID, x.ia.valid)
	case !x.offer && !prefix && log.Enabled(msgAddressAlloc):
		log.Log(msgAddressAlloc, x.label(), ip6(l.Addr), l.IAID, x.ia.valid)
	}
}

// logNoLease tells that a client gets nothing for an IA.
func (x *exchange) logNoLease() {
	m := msgAddressAllocFail
	switch prefix := x.ia.typ == lease.TypePD; {
	case x.offer && prefix:
		m = msgPrefixAdvertFail
	case x.offer:
		m = msgAddressAdvertFail
	case prefix:
		m = msgPrefixAllocFail
	}
	if log := x.srv.log.leases; log.Enabled(m) {
		log.Log(m, x.label(), x.ia.IAID)
	}
}
