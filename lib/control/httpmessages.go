package control

import "nestor/lib/logging"

// Messages of the HTTP listeners (ARM 26.18, 26.19), on the logger "http", and of
// authentication, on the logger "auth".
var (
	msgHTTPStarted = logging.Define("HTTP_COMMAND_MGR_SERVICE_STARTED", logging.Info, 0,
		"started %1 service bound to address %2 port %3")
	msgHTTPIgnoredTLS = logging.Define("HTTP_COMMAND_MGR_IGNORED_TLS_SETUP_CHANGES", logging.Warn, 0,
		"ignore a change in TLS setup of the http control socket")
	msgHTTPAcceptFail = logging.Define("NESTOR_HTTP_ACCEPT_FAIL", logging.Error, 0,
		"failed to accept an HTTP connection on %1: %2")
	msgHandshakeStart = logging.Define("HTTP_CONNECTION_HANDSHAKE_START", logging.Debug, 50,
		"start TLS handshake with %1 with timeout %2")
	msgHandshakeFailed = logging.Define("HTTP_CONNECTION_HANDSHAKE_FAILED", logging.Info, 0,
		"TLS handshake with %1 failed with %2")
	msgReceiveStart = logging.Define("HTTP_REQUEST_RECEIVE_START", logging.Debug, 50,
		"start receiving request from %1 with timeout %2")
	msgReceiveStartTLS = logging.Define("HTTPS_REQUEST_RECEIVE_START", logging.Debug, 50,
		"start receiving request from %1")
	msgRequestReceived = logging.Define("HTTP_CLIENT_REQUEST_RECEIVED", logging.Debug, 40,
		"received HTTP request from %1")
	msgBadRequest = logging.Define("HTTP_BAD_CLIENT_REQUEST_RECEIVED", logging.Debug, 40,
		"bad request received from %1: %2")
	msgRequestTimeout = logging.Define("HTTP_CLIENT_REQUEST_TIMEOUT_OCCURRED", logging.Debug, 50,
		"HTTP request timeout occurred when communicating with %1")
	msgIdleTimeout = logging.Define("HTTP_IDLE_CONNECTION_TIMEOUT_OCCURRED", logging.Debug, 50,
		"closing persistent connection with %1 as a result of a timeout")
	msgResponseSend = logging.Define("HTTP_SERVER_RESPONSE_SEND", logging.Debug, 40,
		"sending HTTP response %1 to %2")
	msgConnectionStop = logging.Define("HTTP_CONNECTION_STOP", logging.Debug, 40,
		"stopping HTTP connection from %1")

	msgAuthorized = logging.Define("HTTP_CLIENT_REQUEST_AUTHORIZED", logging.Info, 0,
		"received HTTP request authorized for '%1'")
	msgNotAuthorized = logging.Define("HTTP_CLIENT_REQUEST_NOT_AUTHORIZED", logging.Info, 0,
		"received HTTP request with not matching authentication header")
	msgBadAuthHeader = logging.Define("HTTP_CLIENT_REQUEST_BAD_AUTH_HEADER", logging.Info, 0,
		"received HTTP request with malformed authentication header: %1")
)
