package control

import "nestor/lib/logging"

// Messages of the command layer and of the unix sockets (ARM 26.4), on the
// logger "commands".
var (
	msgReceived      = logging.Define("COMMAND_RECEIVED", logging.Info, 0, "Received command '%1'")
	msgRegistered    = logging.Define("COMMAND_REGISTERED", logging.Debug, 10, "Command %1 registered")
	msgDeregistered  = logging.Define("COMMAND_DEREGISTERED", logging.Debug, 10, "Command %1 deregistered")
	msgMalformed     = logging.Define("COMMAND_PROCESS_ERROR1", logging.Warn, 0, "Error while processing command: %1")
	msgFailed        = logging.Define("COMMAND_PROCESS_ERROR2", logging.Warn, 0, "Error while processing command: %1")
	msgAcceptorStart = logging.Define("COMMAND_ACCEPTOR_START", logging.Info, 0,
		"Starting to accept connections via unix domain socket bound to %1")
	msgAcceptFail = logging.Define("COMMAND_SOCKET_ACCEPT_FAIL", logging.Error, 0,
		"Failed to accept incoming connection on command socket %1: %2")
	msgOpened = logging.Define("COMMAND_SOCKET_CONNECTION_OPENED", logging.Debug, 10,
		"Opened socket %1 for incoming command connection")
	msgClosed = logging.Define("COMMAND_SOCKET_CONNECTION_CLOSED", logging.Debug, 10,
		"Closed socket %1 for existing command connection")
	msgForeignHost = logging.Define("COMMAND_SOCKET_CLOSED_BY_FOREIGN_HOST", logging.Info, 0,
		"Closed command socket %1 by foreign host, %2")
	msgTimeout = logging.Define("COMMAND_SOCKET_CONNECTION_TIMEOUT", logging.Info, 0,
		"Timeout occurred for connection over socket %1")
	msgRead = logging.Define("COMMAND_SOCKET_READ", logging.Debug, 10,
		"Received %1 bytes over command socket %2")
	msgReadFail = logging.Define("COMMAND_SOCKET_READ_FAIL", logging.Error, 0,
		"Encountered error %1 while reading from command socket %2")
	msgWrite = logging.Define("COMMAND_SOCKET_WRITE", logging.Debug, 10,
		"Sent response of %1 bytes (%2 bytes left to send) over command socket %3")
	msgWriteFail = logging.Define("COMMAND_SOCKET_WRITE_FAIL", logging.Error, 0,
		"Error while writing to command socket %1 : %2")
)
