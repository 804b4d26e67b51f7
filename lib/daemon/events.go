package daemon

import (
	"cmp"
	"fmt"
	"os"

	"nestor/lib/logging"
)

// Events are the log messages of a daemon's life cycle: DHCPv4, DHCPv6, or what
// Controller gives for the daemons that are no DHCP servers.
type Events interface {
	of(e *Env) lifecycle
}

// lifecycle logs what happens to a daemon.
type lifecycle interface {
	starting()
	alreadyRunning(err error)
	noPIDFile(err error)
	syntaxWarning(text string)
	configFailed(file string, err error) // at start
	failed(err error)
	started()
	reloading(file string, bySignal bool)
	reloaded(file string)
	reloadFailed(file string, err error)
	unsupportedObject(key string)
	stopping(sig os.Signal) // nil: by command
	stopped()
}

// dhcpMessages are the messages that the two DHCP servers have in common but
// for their names.
type dhcpMessages struct {
	suffix                                                     string // of the logger
	port                                                       uint16 // that the protocol has for servers
	starting, startInfo, development, already, serverFailed    *logging.Message
	syntaxWarning, loadFail, initFail, started, shutdown       *logging.Message
	reload, reloadDone, reloadFail, unsupported, shutdownAsked *logging.Message
}

func defineDHCP(id, suffix, name string, port uint16) *dhcpMessages {
	define := func(event string, sev logging.Severity, level int, text string) *logging.Message {
		return logging.Define(id+"_"+event, sev, level, text)
	}
	const info, warn, failure, fatal, debug = logging.Info, logging.Warn, logging.Error, logging.Fatal, logging.Debug
	return &dhcpMessages{
		suffix:        suffix,
		port:          port,
		starting:      define("STARTING", info, 0, "Kea "+name+" server version %1 (%2) starting"),
		startInfo:     define("START_INFO", debug, 0, "pid: %1, server port: %2, client port: %3, verbose: %4"),
		development:   define("DEVELOPMENT_VERSION", warn, 0, developmentText),
		already:       define("ALREADY_RUNNING", fatal, 0, "%1 already running? %2"),
		serverFailed:  define("SERVER_FAILED", fatal, 0, "server failed: %1"),
		syntaxWarning: define("CONFIG_SYNTAX_WARNING", warn, 0, "configuration syntax warning: %1"),
		loadFail:      define("CONFIG_LOAD_FAIL", failure, 0, "configuration error using file: %1, reason: %2"),
		initFail:      define("INIT_FAIL", fatal, 0, "failed to initialize Kea server: %1"),
		started:       define("STARTED", info, 0, "Kea "+name+" server version %1 started"),
		shutdown:      define("SHUTDOWN", debug, 40, "server shutdown"),
		shutdownAsked: define("SHUTDOWN_REQUEST", debug, 40, "shutdown of server requested"),
		reload: define("DYNAMIC_RECONFIGURATION", info, 0,
			"initiate server reconfiguration using file: %1, after receiving SIGHUP signal or config-reload command"),
		reloadDone:  define("DYNAMIC_RECONFIGURATION_SUCCESS", info, 0, "dynamic server reconfiguration succeeded with file: %1"),
		reloadFail:  define("DYNAMIC_RECONFIGURATION_FAIL", fatal, 0, "dynamic server reconfiguration failed with file: %1"),
		unsupported: define("CONFIG_UNSUPPORTED_OBJECT", failure, 0, name+" server configuration includes an unsupported object: %1"),
	}
}

const developmentText = "This software is a development branch of Kea. It is not recommended for production use."

// The life cycle messages of the DHCP servers (ARM 26.8, 26.9).
var (
	DHCPv4 Events = defineDHCP("DHCP4", "dhcp4", "DHCPv4", 67)
	DHCPv6 Events = defineDHCP("DHCP6", "dhcp6", "DHCPv6", 547)
)

func (m *dhcpMessages) of(e *Env) lifecycle {
	return &dhcpLifecycle{dhcpMessages: m, env: e, log: e.Logging.Logger(m.suffix)}
}

type dhcpLifecycle struct {
	*dhcpMessages
	env *Env
	log *logging.Logger
}

func (l *dhcpLifecycle) starting() {
	v := l.env.Version
	l.log.Log(l.dhcpMessages.starting, v.Short, v.source())
	if v.development() {
		l.log.Log(l.development)
	}
	verbose := "no"
	if l.env.Verbose {
		verbose = "yes"
	}
	l.log.Log(l.startInfo, os.Getpid(), cmp.Or(l.env.ServerPort, l.port), l.env.ClientPort, verbose)
}

func (l *dhcpLifecycle) alreadyRunning(err error) { l.log.Log(l.already, l.env.Name, err) }
func (l *dhcpLifecycle) noPIDFile(err error) {
	l.log.Log(l.serverFailed, fmt.Errorf("could not create a PID file: %w", err))
}
func (l *dhcpLifecycle) syntaxWarning(text string) { l.log.Log(l.dhcpMessages.syntaxWarning, text) }
func (l *dhcpLifecycle) configFailed(file string, err error) {
	l.log.Log(l.loadFail, file, oneLine(err))
	l.log.Log(l.initFail, fmt.Sprintf("configuration error using file '%s': %s", file, oneLine(err)))
}
func (l *dhcpLifecycle) failed(err error)           { l.log.Log(l.serverFailed, err) }
func (l *dhcpLifecycle) started()                   { l.log.Log(l.dhcpMessages.started, l.env.Version.Short) }
func (l *dhcpLifecycle) reloading(f string, _ bool) { l.log.Log(l.reload, f) }
func (l *dhcpLifecycle) reloaded(file string)       { l.log.Log(l.reloadDone, file) }
func (l *dhcpLifecycle) reloadFailed(file string, err error) {
	l.log.Log(l.loadFail, file, oneLine(err))
	l.log.Log(l.reloadFail, file)
}
func (l *dhcpLifecycle) unsupportedObject(key string) { l.log.Log(l.unsupported, key) }
func (l *dhcpLifecycle) stopping(os.Signal)           { l.log.Log(l.shutdownAsked) }
func (l *dhcpLifecycle) stopped()                     { l.log.Log(l.shutdown) }
