package daemon

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"nestor/lib/logging"
)

// The life cycle messages of the daemons that are no DHCP servers (ARM 26.7).
var (
	dctlStarting      = logging.Define("DCTL_STARTING", logging.Info, 0, "%1 starting, pid: %2, version: %3 (%4)")
	dctlDevelopment   = logging.Define("DCTL_DEVELOPMENT_VERSION", logging.Warn, 0, developmentText)
	dctlAlready       = logging.Define("DCTL_ALREADY_RUNNING", logging.Fatal, 0, "%1 already running? %2")
	dctlPIDFile       = logging.Define("DCTL_PID_FILE_ERROR", logging.Fatal, 0, "%1 could not create a PID file: %2")
	dctlInit          = logging.Define("DCTL_INIT_PROCESS", logging.Debug, 0, "%1 initializing the application")
	dctlLoadFail      = logging.Define("DCTL_CONFIG_FILE_LOAD_FAIL", logging.Fatal, 0, "%1 reason: %2")
	dctlRun           = logging.Define("DCTL_RUN_PROCESS", logging.Debug, 0, "%1 starting application event loop")
	dctlFailed        = logging.Define("DCTL_PROCESS_FAILED", logging.Fatal, 0, "%1 application execution failed: %2")
	dctlReload        = logging.Define("DCTL_CFG_FILE_RELOAD_SIGNAL_RECV", logging.Info, 0, "OS signal %1 received, reloading configuration from file: %2")
	dctlReloadFail    = logging.Define("DCTL_CFG_FILE_RELOAD_ERROR", logging.Error, 0, "configuration reload failed: %1, reverting to current configuration.")
	dctlDeprecated    = logging.Define("DCTL_CONFIG_DEPRECATED", logging.Error, 0, "server configuration includes a deprecated object: %1")
	dctlSignal        = logging.Define("DCTL_SHUTDOWN_SIGNAL_RECV", logging.Debug, 0, "OS signal %1 received, starting shutdown")
	dctlShutdown      = logging.Define("DCTL_SHUTDOWN", logging.Debug, 0, "%1 has shut down, pid: %2, version: %3")
	dctlSyntaxWarning = logging.Define("DCTL_CONFIG_SYNTAX_WARNING", logging.Warn, 0, "configuration syntax warning: %1")
)

// Controller gives the messages of a daemon that is no DHCP server. Those that it
// has for itself are on the logger of that suffix: started, which takes the version
// as its argument, may be nil; so may failed, with the reason, and warning, with a
// remark about the syntax of a configuration file, for which there are general ones.
func Controller(suffix string, started, failed, warning *logging.Message) Events {
	return &controllerEvents{suffix, started, failed, warning}
}

type controllerEvents struct {
	suffix                   string
	started, failed, warning *logging.Message
}

func (m *controllerEvents) of(e *Env) lifecycle {
	return &controllerLifecycle{controllerEvents: m, env: e, log: e.Logging.Logger("dctl"), own: e.Logging.Logger(m.suffix)}
}

type controllerLifecycle struct {
	*controllerEvents
	env *Env
	log *logging.Logger
	own *logging.Logger // of the daemon's own messages
}

func (l *controllerLifecycle) starting() {
	v := l.env.Version
	l.log.Log(dctlStarting, l.env.Program.Title, os.Getpid(), v.Short, v.source())
	if v.development() {
		l.log.Log(dctlDevelopment)
	}
	l.log.Log(dctlInit, l.env.Program.Title)
}

func (l *controllerLifecycle) alreadyRunning(err error) {
	l.log.Log(dctlAlready, l.env.Program.Title, err)
}
func (l *controllerLifecycle) noPIDFile(err error) { l.log.Log(dctlPIDFile, l.env.Program.Title, err) }
func (l *controllerLifecycle) syntaxWarning(text string) {
	if l.warning == nil {
		l.log.Log(dctlSyntaxWarning, text)
		return
	}
	l.own.Log(l.warning, text)
}

func (l *controllerLifecycle) configFailed(file string, err error) {
	l.log.Log(dctlLoadFail, l.env.Program.Title, fmt.Sprintf("configuration file %s: %s", file, oneLine(err)))
}

func (l *controllerLifecycle) failed(err error) {
	if l.controllerEvents.failed != nil {
		l.own.Log(l.controllerEvents.failed, err)
	}
	l.log.Log(dctlFailed, l.env.Program.Title, err)
}

func (l *controllerLifecycle) started() {
	l.log.Log(dctlRun, l.env.Program.Title)
	if l.controllerEvents.started != nil {
		l.own.Log(l.controllerEvents.started, l.env.Version.Short)
	}
}

func (l *controllerLifecycle) reloading(file string, bySignal bool) {
	if bySignal {
		l.log.Log(dctlReload, int(unix.SIGHUP), file)
	}
}
func (l *controllerLifecycle) reloaded(string) {}
func (l *controllerLifecycle) reloadFailed(file string, err error) {
	l.log.Log(dctlReloadFail, fmt.Sprintf("%s: %s", file, oneLine(err)))
}
func (l *controllerLifecycle) unsupportedObject(key string) { l.log.Log(dctlDeprecated, key) }
func (l *controllerLifecycle) stopping(sig os.Signal) {
	if s, ok := sig.(unix.Signal); ok {
		l.log.Log(dctlSignal, int(s))
	}
}
func (l *controllerLifecycle) stopped() {
	l.log.Log(dctlShutdown, l.env.Program.Title, os.Getpid(), l.env.Version.Short)
}
