package nameupdate

import "nestor/lib/logging"

// Messages with the identifiers and forms of ARM 26.10.
var (
	msgQueued      = logging.Define("DHCPSRV_QUEUE_NCR", logging.Debug, 50, "%1: Name change request to %2 DNS entry queued: %3")
	msgQueueFailed = logging.Define("DHCPSRV_QUEUE_NCR_FAILED", logging.Error, 0, "%1: queuing %2 name change request failed for lease %3: %4")
	msgSkip        = logging.Define("DHCPSRV_QUEUE_NCR_SKIP", logging.Debug, 50, "%1: skip queuing name change request for lease: %2")
	msgRejected    = logging.Define("DHCPSRV_DHCP_DDNS_NCR_REJECTED", logging.Error, 0, "NameChangeRequest rejected by the sender: %1, ncr: %2")
	msgSent        = logging.Define("DHCPSRV_DHCP_DDNS_NCR_SENT", logging.Debug, 50, "NameChangeRequest sent to kea-dhcp-ddns: %1")
	msgStarted     = logging.Define("DHCPSRV_DHCP_DDNS_SENDER_STARTED", logging.Info, 0, "NameChangeRequest sender has been started: %1")
	msgStopped     = logging.Define("DHCPSRV_DHCP_DDNS_SENDER_STOPPED", logging.Info, 0, "NameChangeRequest sender has been stopped.")
	msgSuspend     = logging.Define("DHCPSRV_DHCP_DDNS_SUSPEND_UPDATES", logging.Warn, 0, "DHCP_DDNS updates are being suspended.")
)

// Messages of Nestor's own.
var (
	msgAway = logging.Define("DHCPSRV_DHCP_DDNS_AWAY", logging.Warn, 0, "nobody listens where dhcp-ddns says that the DDNS daemon is; name change requests wait: %1")
	msgBack = logging.Define("DHCPSRV_DHCP_DDNS_BACK", logging.Info, 0, "the DDNS daemon listens again; name change requests that still wait: %1")
)
