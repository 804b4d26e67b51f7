package ddns

import "nestor/lib/logging"

// Messages of the daemon (ARM 26.11), on the logger "dhcpddns" unless said
// otherwise.
var (
	msgStarted        = logging.Define("DHCP_DDNS_STARTED", logging.Info, 0, "Kea DHCP-DDNS server version %1 started")
	msgFailed         = logging.Define("DHCP_DDNS_FAILED", logging.Error, 0, "application experienced a fatal error: %1")
	msgSyntaxWarning  = logging.Define("DHCP_DDNS_CONFIG_SYNTAX_WARNING", logging.Warn, 0, "DHCP-DDNS server configuration syntax warning: %1")
	msgConfigFail     = logging.Define("DHCP_DDNS_CONFIG_FAIL", logging.Error, 0, "DHCP-DDNS server configuration failed: %1")
	msgCheckFail      = logging.Define("DHCP_DDNS_CONFIG_CHECK_FAIL", logging.Error, 0, "DHCP-DDNS server configuration check failed: %1")
	msgConfigure      = logging.Define("DHCP_DDNS_CONFIGURE", logging.Debug, 40, "configuration %1 received: %2")
	msgConfigComplete = logging.Define("DCTL_CONFIG_COMPLETE", logging.Info, 0, "server has completed configuration: %1")
	msgAllInterfaces  = logging.Define("DHCP_DDNS_LISTENING_ON_ALL_INTERFACES", logging.Warn, 0,
		"the DHCP-DDNS server has been configured to listen on %1. This is an insecure configuration supported for testing purposes only")
	msgNotOnLoopback = logging.Define("DHCP_DDNS_NOT_ON_LOOPBACK", logging.Warn, 0,
		"the DHCP-DDNS server has been configured to listen on %1 which is not the local loopback. "+
			"This is an insecure configuration supported for testing purposes only")
	msgShutdownCommand = logging.Define("DHCP_DDNS_SHUTDOWN_COMMAND", logging.Debug, 0, "application received shutdown command with args: %1")
	msgCleared         = logging.Define("DHCP_DDNS_CLEARED_FOR_SHUTDOWN", logging.Debug, 0, "application has met shutdown criteria for shutdown type: %1")
	msgRunExit         = logging.Define("DHCP_DDNS_RUN_EXIT", logging.Debug, 0, "application is exiting the event loop")

	msgReconfiguring = logging.Define("DHCP_DDNS_QUEUE_MGR_RECONFIGURING", logging.Debug, 40, "application is reconfiguring the queue manager")
	msgListening     = logging.Define("DHCP_DDNS_QUEUE_MGR_STARTED", logging.Debug, 0, "application's queue manager has begun listening for requests.")
	msgStartError    = logging.Define("DHCP_DDNS_QUEUE_MGR_START_ERROR", logging.Error, 0, "application could not start the queue manager, reason: %1")
	msgStopping      = logging.Define("DHCP_DDNS_QUEUE_MGR_STOPPING", logging.Debug, 0, "application is stopping the queue manager for %1")
	msgStopped       = logging.Define("DHCP_DDNS_QUEUE_MGR_STOPPED", logging.Debug, 40, "application's queue manager has stopped listening for requests.")
	msgRecovering    = logging.Define("DHCP_DDNS_QUEUE_MGR_RECOVERING", logging.Info, 0, "application is attempting to recover from a queue manager IO error")
	msgQueueFull     = logging.Define("DHCP_DDNS_QUEUE_MGR_QUEUE_FULL", logging.Error, 0, "application request queue has reached maximum number of entries %1")
	msgResuming      = logging.Define("DHCP_DDNS_QUEUE_MGR_RESUMING", logging.Info, 0,
		"application is resuming listening for requests now that the request queue size has reached %1 of a maximum %2 allowed")
)

// On the logger "dhcp-to-d2".
var (
	msgReceived   = logging.Define("DHCP_DDNS_QUEUE_MGR_QUEUE_RECEIVE", logging.Debug, 55, "Request ID %1: received and queued a request.")
	msgRecvError  = logging.Define("DHCP_DDNS_QUEUE_MGR_RECV_ERROR", logging.Error, 0, "application's queue manager was notified of a request receive error by its listener.")
	msgFwdIgnored = logging.Define("DHCP_DDNS_FWD_REQUEST_IGNORED", logging.Debug, 55,
		"Request ID %1: Forward updates are disabled, the forward portion of request will be ignored: %2")
	msgRevIgnored = logging.Define("DHCP_DDNS_REV_REQUEST_IGNORED", logging.Debug, 55,
		"Request ID %1: Reverse updates are disabled, the reverse portion of request will be ignored: %2")
	msgDropped = logging.Define("DHCP_DDNS_REQUEST_DROPPED", logging.Debug, 55,
		"Request ID %1: Request contains no enabled update requests and will be dropped: %2")
	msgNoMatch    = logging.Define("DHCP_DDNS_NO_MATCH", logging.Warn, 0, "No DNS servers match FQDN %1")
	msgNoFwdMatch = logging.Define("DHCP_DDNS_NO_FWD_MATCH_ERROR", logging.Error, 0,
		"Request ID %1: the configured list of forward DDNS domains does not contain a match for: %2  The request has been discarded.")
	msgNoRevMatch = logging.Define("DHCP_DDNS_NO_REV_MATCH_ERROR", logging.Error, 0,
		"Request ID %1: the configured list of reverse DDNS domains does not contain a match for: %2  The request has been discarded.")
	msgAtMax = logging.Define("DHCP_DDNS_AT_MAX_TRANSACTIONS", logging.Debug, 55,
		"application has %1 queued requests but has reached maximum number of %2 concurrent transactions")
	msgNoEligible = logging.Define("DHCP_DDNS_NO_ELIGIBLE_JOBS", logging.Debug, 55,
		"although there are queued requests, there are pending transactions for each, Queue count: %1 Transaction count: %2")
)

// On the logger "libdhcp-ddns".
var (
	msgInvalid   = logging.Define("DHCP_DDNS_INVALID_NCR", logging.Error, 0, "application received an invalid DNS update request: %1")
	msgSocketErr = logging.Define("DHCP_DDNS_NCR_UDP_RECV_ERROR", logging.Error, 0, "UDP socket receive error while listening for DNS Update requests: %1")
)

// On the logger "d2-to-dns".
var (
	msgStarting        = logging.Define("DHCP_DDNS_STARTING_TRANSACTION", logging.Debug, 50, "Request ID %1:")
	msgSent            = logging.Define("DHCP_DDNS_UPDATE_REQUEST_SENT", logging.Debug, 50, "Request ID %1: %2 to server: %3")
	msgResponse        = logging.Define("DHCP_DDNS_UPDATE_RESPONSE_RECEIVED", logging.Debug, 50, "Request ID %1: to server: %2 status: %3")
	msgInvalidResponse = logging.Define("DHCP_DDNS_INVALID_RESPONSE", logging.Debug, 50, "received response to DNS Update message is malformed: %1")
	msgAdded           = logging.Define("DHCP_DDNS_ADD_SUCCEEDED", logging.Info, 0,
		"DHCP_DDNS Request ID %1: successfully added the DNS mapping addition for this request: %2")
	msgRemoved = logging.Define("DHCP_DDNS_REMOVE_SUCCEEDED", logging.Info, 0,
		"DHCP_DDNS Request ID %1: successfully removed the DNS mapping addition for this request: %2")
	msgAddFailed    = logging.Define("DHCP_DDNS_ADD_FAILED", logging.Error, 0, "DHCP_DDNS Request ID %1: Transaction outcome %2")
	msgRemoveFailed = logging.Define("DHCP_DDNS_REMOVE_FAILED", logging.Error, 0, "DHCP_DDNS Request ID %1: Transaction outcome: %2")
)

// Messages of events that Kea has none for.
var (
	msgConfigWarning = logging.Define("DHCP_DDNS_CONFIG_WARNING", logging.Warn, 0, "%1")
	msgBacklog       = logging.Define("DHCP_DDNS_ZONE_BACKLOG_FULL", logging.Error, 0,
		"Request ID %1: no server of zone %2 answers and %3 requests wait for it already, this one has been discarded: %4")
)

// trouble are the messages about what goes wrong in one step. The last argument
// of each ends in the zone and the cause, which Kea leaves out.
type trouble struct {
	io, timeout, corrupt, rejected, build *logging.Message
}

// defineTrouble defines the messages of a step: what names it after "sending a"
// and "to … for FQDN", and so on.
func defineTrouble(id, sending, timedOut, corrupt, rejected, build string) trouble {
	define := func(event, text string) *logging.Message {
		return logging.Define("DHCP_DDNS_"+id+"_"+event, logging.Error, 0, text)
	}
	return trouble{
		io:      define("IO_ERROR", "DHCP_DDNS Request ID %1: encountered an IO error sending a "+sending+" for FQDN %2 to DNS server %3"),
		timeout: define("TIMEOUT", "DHCP_DDNS Request ID %1: timed out waiting for "+timedOut+" for FQDN %2 to DNS server %3"),
		corrupt: define("RESP_CORRUPT", "DHCP_DDNS Request ID %1: received a corrupt response from the DNS server, %2, while "+corrupt+" for FQDN, %3"),
		rejected: define("REJECTED", "DNS Request ID %1: Server, %2, rejected a DNS update request to "+rejected+
			" for FQDN, %3, with an RCODE: %4"),
		build: define("BUILD_FAILURE", "DNS Request ID %1: update message to "+build+" this request: %2, reason: %3"),
	}
}

var (
	forwardAddTrouble = defineTrouble("FORWARD_ADD", "forward mapping add", "a response to forward mapping add",
		"adding forward address mapping", "add the address mapping", "add a forward DNS entry could not be constructed for")
	forwardReplaceTrouble = defineTrouble("FORWARD_REPLACE", "forward mapping replace", "a response to forward mapping replace",
		"replacing forward address mapping", "replace the address mapping", "replace a forward DNS entry could not be constructed from")
	forwardRemoveAddrsTrouble = defineTrouble("FORWARD_REMOVE_ADDRS", "forward mapping address removal", "a response to forward mapping address removal",
		"removing forward address mapping", "remove the forward address mapping", "remove a forward DNS Address entry could not be constructed for")
	forwardRemoveRRsTrouble = defineTrouble("FORWARD_REMOVE_RRS", "forward RR removal", "response to forward RR removal",
		"removing forward RRs", "remove forward RR entries", "remove forward DNS RR entries could not be constructed for")
	reverseReplaceTrouble = defineTrouble("REVERSE_REPLACE", "reverse mapping replacement", "a response to reverse mapping replacement",
		"replacing reverse address mapping", "replace the reverse mapping", "replace a reverse DNS entry could not be constructed from")
	reverseRemoveTrouble = defineTrouble("REVERSE_REMOVE", "reverse mapping remove", "a response to reverse mapping remove",
		"removing reverse address mapping", "remove the reverse mapping", "remove a reverse DNS entry could not be constructed from")
)

// Messages of the journal, which Kea does not have.
var (
	msgJournalError  = logging.Define("DHCP_DDNS_JOURNAL_ERROR", logging.Error, 0, "the journal of requests could not be written, requests may be lost when the daemon ends: %1")
	msgJournalRemark = logging.Define("DHCP_DDNS_JOURNAL_CORRUPT", logging.Warn, 0, "%1")
	msgJournalReplay = logging.Define("DHCP_DDNS_JOURNAL_REPLAY", logging.Info, 0, "%1 requests that were not done when the daemon ended are taken from %2")
)
