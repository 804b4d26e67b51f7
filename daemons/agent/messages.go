package agent

import "nestor/lib/logging"

// Messages of the agent (ARM 26.5), on the logger "ctrl-agent".
var (
	msgFailed         = logging.Define("CTRL_AGENT_FAILED", logging.Fatal, 0, "application experienced a fatal error: %1")
	msgStarted        = logging.Define("CTRL_AGENT_STARTED", logging.Info, 0, "Kea Control Agent version %1 started")
	msgSyntaxWarning  = logging.Define("CTRL_AGENT_CONFIG_SYNTAX_WARNING", logging.Warn, 0, "Control Agent configuration syntax warning: %1")
	msgConfigWarning  = logging.Define("CTRL_AGENT_CONFIG_WARNING", logging.Warn, 0, "%1")
	msgConfigFail     = logging.Define("CTRL_AGENT_CONFIG_FAIL", logging.Error, 0, "Control Agent configuration failed: %1")
	msgCheckFail      = logging.Define("CTRL_AGENT_CONFIG_CHECK_FAIL", logging.Error, 0, "Control Agent configuration check failed: %1")
	msgHTTPStarted    = logging.Define("CTRL_AGENT_HTTP_SERVICE_STARTED", logging.Info, 0, "HTTP service bound to address %1:%2")
	msgHTTPSStarted   = logging.Define("CTRL_AGENT_HTTPS_SERVICE_STARTED", logging.Info, 0, "HTTPS service bound to address %1:%2")
	msgReceived       = logging.Define("CTRL_AGENT_COMMAND_RECEIVED", logging.Info, 0, "command %1 received from remote address %2")
	msgForwardBegin   = logging.Define("CTRL_AGENT_COMMAND_FORWARD_BEGIN", logging.Debug, 10, "begin forwarding command %1 to service %2")
	msgForwarded      = logging.Define("CTRL_AGENT_COMMAND_FORWARDED", logging.Info, 0, "command %1 successfully forwarded to the service %2 from remote address %3")
	msgForwardFailed  = logging.Define("CTRL_AGENT_COMMAND_FORWARD_FAILED", logging.Debug, 10, "failed forwarding command %1: %2")
	msgConfigComplete = logging.Define("DCTL_CONFIG_COMPLETE", logging.Info, 0, "server has completed configuration: %1")
	msgScrapeFailed   = logging.Define("CTRL_AGENT_METRICS_FAILED", logging.Warn, 0, "no metrics of service %1: %2")
)
