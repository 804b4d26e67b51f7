package dhcp6

import (
	"encoding/hex"
	"fmt"
	"strings"

	"nestor/lib/lease"
	"nestor/lib/logging"
)

// loggers are the loggers of the server by their names below the root.
type loggers struct {
	dhcp6, packets, badPackets, allocEngine, leases, dhcpsrv, options, hosts, eval *logging.Logger
}

func newLoggers(sys *logging.System) loggers {
	return loggers{
		dhcp6: sys.Logger("dhcp6"), packets: sys.Logger("packets"), badPackets: sys.Logger("bad-packets"),
		allocEngine: sys.Logger("alloc-engine"), leases: sys.Logger("leases"), dhcpsrv: sys.Logger("dhcpsrv"),
		options: sys.Logger("options"), hosts: sys.Logger("hosts"), eval: sys.Logger("eval"),
	}
}

// Messages with the identifiers and forms of ARM 26.
var (
	msgDropDisabled   = logging.Define("DHCP6_PACKET_DROP_DHCP_DISABLED", logging.Debug, 15, "%1: DHCP service is globally disabled")
	msgPacketSendFail = logging.Define("DHCP6_PACKET_SEND_FAIL", logging.Error, 0, "%1: failed to send DHCPv6 packet: %2")

	msgReclaimStart    = logging.Define("ALLOC_ENGINE_V6_LEASES_RECLAMATION_START", logging.Debug, 40, "starting reclamation of expired leases (limit = %1 leases or %2 milliseconds)")
	msgReclaimComplete = logging.Define("ALLOC_ENGINE_V6_LEASES_RECLAMATION_COMPLETE", logging.Debug, 40, "reclaimed %1 leases in %2")
	msgReclaimTimeout  = logging.Define("ALLOC_ENGINE_V6_LEASES_RECLAMATION_TIMEOUT", logging.Debug, 40, "timeout of %1 ms reached while reclaiming IPv6 leases")
	msgReclaimSlow     = logging.Define("ALLOC_ENGINE_V6_LEASES_RECLAMATION_SLOW", logging.Warn, 0, "expired leases still exist after %1 reclamations")
	msgReclaimFailed   = logging.Define("ALLOC_ENGINE_V6_LEASES_RECLAMATION_FAILED", logging.Error, 0, "reclamation of expired leases failed: %1")
	msgReclaimLease    = logging.Define("ALLOC_ENGINE_V6_LEASE_RECLAIM", logging.Debug, 40, "%1: reclaiming expired lease for prefix %2/%3")
	msgReclaimed       = logging.Define("ALLOC_ENGINE_LEASE_RECLAIMED", logging.Debug, 40, "successfully reclaimed lease %1")
	msgNoMoreExpired   = logging.Define("ALLOC_ENGINE_V6_NO_MORE_EXPIRED_LEASES", logging.Debug, 40, "all expired leases have been reclaimed")
	msgRecovered       = logging.Define("ALLOC_ENGINE_V6_DECLINED_RECOVERED", logging.Info, 0, "IPv6 address %1 was recovered after %2 seconds of probation-period")
	msgPurge           = logging.Define("ALLOC_ENGINE_V6_RECLAIMED_LEASES_DELETE", logging.Debug, 40, "begin deletion of reclaimed leases expired more than %1 seconds ago")
	msgPurged          = logging.Define("ALLOC_ENGINE_V6_RECLAIMED_LEASES_DELETE_COMPLETE", logging.Debug, 40, "successfully deleted %1 expired-reclaimed leases")
	msgPurgeFailed     = logging.Define("ALLOC_ENGINE_V6_RECLAIMED_LEASES_DELETE_FAILED", logging.Error, 0, "deletion of expired-reclaimed leases failed: %1")

	msgServerID         = logging.Define("DHCP6_USING_SERVERID", logging.Info, 0, "server is using server-id %1 and stores in the file %2")
	msgOpenSocket       = logging.Define("DHCP6_OPEN_SOCKET", logging.Debug, 0, "opening service sockets on port %1")
	msgOpenSocketFail   = logging.Define("DHCPSRV_OPEN_SOCKET_FAIL", logging.Warn, 0, "failed to open socket: %1")
	msgOpenSocketsFail  = logging.Define("DHCP6_OPEN_SOCKETS_FAILED", logging.Error, 0, "maximum number of open service sockets attempts: %1, has been exhausted without success")
	msgNoSockets        = logging.Define("DHCPSRV_NO_SOCKETS_OPEN", logging.Warn, 0, "no interface configured to listen to DHCP traffic")
	msgListening        = logging.Define("DHCPSRV_CFGMGR_ADD_IFACE", logging.Info, 0, "listening on interface %1")
	msgListeningAll     = logging.Define("DHCPSRV_CFGMGR_ALL_IFACES_ACTIVE", logging.Debug, 40, "enabling listening on all interfaces")
	msgUnicast          = logging.Define("DHCPSRV_CFGMGR_USE_UNICAST", logging.Info, 0, "listening on unicast address %1, on interface %2")
	msgToSource         = logging.Define("DHCP6_TESTING_MODE_SEND_TO_SOURCE_ENABLED", logging.Warn, 0, "All packets will be send to source address of an incoming packet - use only for testing")
	msgMultiThreading   = logging.Define("DHCP6_MULTI_THREADING_INFO", logging.Info, 0, "enabled: %1, number of threads: %2, queue size: %3")
	msgPacketQueue      = logging.Define("DHCP6_CONFIG_PACKET_QUEUE", logging.Info, 0, "DHCPv6 packet queue info after configuration: %1")
	msgConfigComplete   = logging.Define("DHCP6_CONFIG_COMPLETE", logging.Info, 0, "DHCPv6 server has completed configuration: %1")
	msgReservationFirst = logging.Define("DHCP6_RESERVATIONS_LOOKUP_FIRST_ENABLED", logging.Warn, 0, "Multi-threading is enabled and host reservations lookup is always performed first.")

	msgMemfileDB        = logging.Define("DHCPSRV_MEMFILE_DB", logging.Info, 0, "opening memory file lease database: %1")
	msgMemfileLoad      = logging.Define("DHCPSRV_MEMFILE_LEASE_FILE_LOAD", logging.Info, 0, "loading leases from file %1")
	msgMemfileRowError  = logging.Define("DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR", logging.Error, 0, "discarding row %1, error: %2")
	msgMemfileNoStorage = logging.Define("DHCPSRV_MEMFILE_NO_STORAGE", logging.Warn, 0, "running in non-persistent mode, leases will be lost after restart")
	msgMemfileUpgrade   = logging.Define("DHCPSRV_MEMFILE_NEEDS_UPGRADING", logging.Warn, 0, "version of lease file: %1 schema is earlier than version %2")
	msgMemfileDowngrade = logging.Define("DHCPSRV_MEMFILE_NEEDS_DOWNGRADING", logging.Warn, 0, "version of lease file: %1 schema is later than version %2")
	msgMemfileConvert   = logging.Define("DHCPSRV_MEMFILE_CONVERTING_LEASE_FILES", logging.Warn, 0, "running LFC now to convert lease files to the current schema: %1.%2")
	msgSanityFail       = logging.Define("DHCPSRV_LEASE_SANITY_FAIL", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks (%3).")
	msgSanityDiscard    = logging.Define("DHCPSRV_LEASE_SANITY_FAIL_DISCARD", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks (%3) and was dropped.")
	msgSanityFixed      = logging.Define("DHCPSRV_LEASE_SANITY_FIXED", logging.Warn, 0, "The lease %1 with subnet-id %2 failed subnet-id checks, but was corrected to subnet-id %3.")
	msgLFCSetup         = logging.Define("DHCPSRV_MEMFILE_LFC_SETUP", logging.Info, 0, "setting up the Lease File Cleanup interval to %1 sec")
	msgLFCStart         = logging.Define("DHCPSRV_MEMFILE_LFC_START", logging.Info, 0, "starting Lease File Cleanup")
	msgLFCExecute       = logging.Define("DHCPSRV_MEMFILE_LFC_EXECUTE", logging.Info, 0, "executing Lease File Cleanup using: %1")
	msgLFCRenameFail    = logging.Define("DHCPSRV_MEMFILE_LFC_LEASE_FILE_RENAME_FAIL", logging.Error, 0, "failed to rename the current lease file %1 to %2, reason: %3")
	msgLFCReopenFail    = logging.Define("DHCPSRV_MEMFILE_LFC_LEASE_FILE_REOPEN_FAIL", logging.Error, 0, "failed to reopen lease file %1 for writing; the leases go on into the file set aside")
	msgLFCSpawnFail     = logging.Define("DHCPSRV_MEMFILE_LFC_SPAWN_FAIL", logging.Error, 0, "lease file cleanup failed to run because kea-lfc process couldn't be spawned")
)

// Messages of Nestor's own.
var (
	msgCommitFail   = logging.Define("DHCP6_LEASE_COMMIT_FAIL", logging.Error, 0, "leases could not be stored, their clients get no answer: %1")
	msgReplyTooLong = logging.Define("DHCP6_REPLY_TOO_LONG", logging.Error, 0, "%1: the answer of %2 bytes is longer than the link takes; its options by size: %3")
	msgPoolHasOwn   = logging.Define("DHCP6_POOL_HAS_SERVER_ADDRESS", logging.Warn, 0, "pool %1-%2 of subnet %3 holds the server's own address %4: it would be given to a client")
	msgNotActedOn   = logging.Define("DHCP6_CONFIG_NOT_ACTED_ON", logging.Warn, 0, "%1")
	msgLFCFail      = logging.Define("DHCPSRV_MEMFILE_LFC_FAIL", logging.Error, 0, "lease file cleanup could not begin: %1")
)

// warningMessages are those that warnings about a configuration have of Kea's.
var warningMessages = map[string]*logging.Message{
	"DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL": logging.Define("DHCPSRV_CFGMGR_UNICAST_LINK_LOCAL", logging.Warn, 0, "specified link local address %1 for unicast traffic on interface %2"),
	"DHCPSRV_CFGMGR_RENEW_GTR_REBIND":   logging.Define("DHCPSRV_CFGMGR_RENEW_GTR_REBIND", logging.Warn, 0, "in %1, the value of renew-timer %2 is greater than the value of rebind-timer %3, ignoring renew-timer"),
}

// label names client and transaction as Kea's log lines do. It is made once a
// query.
func (x *exchange) label() string {
	if x.labelText == "" {
		x.labelText = fmt.Sprintf("duid=[no info], tid=0x%x", x.query.XID())
	}
	return x.labelText
}

// hexText writes bytes as hex pairs joined by colons.
func hexText(b []byte) string {
	pairs := make([]string, len(b))
	for i := range b {
		pairs[i] = hex.EncodeToString(b[i : i+1])
	}
	return strings.Join(pairs, ":")
}

// holderText names the client of a lease as label names that of a query.
func holderText(l *lease.Lease6) string {
	return fmt.Sprintf("duid=[%s]", hexText(l.DUID))
}
