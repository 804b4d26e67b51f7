// Package daemon owns what every daemon of the suite shares: switches, PID file,
// umask, start-up order, signals, reload, versions, systemd's notifications, and
// the commands that do not depend on what is served. What a configuration means
// and what is served belongs to the App.
package daemon

import (
	"context"
	"io"
	"os"
	"sync"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/logging"
	"nestor/lib/stats"
)

// Program describes a daemon.
type Program struct {
	Name     string // of the executable, "nestor-dhcp4"
	KeaName  string // of the one that it replaces, "kea-dhcp4"; also the root logger
	Title    string // for people, "DHCPv4 server"
	TopLevel string // the configuration's one top-level key, "Dhcp4"
	// Events are the log messages of the life cycle: DHCPv4, DHCPv6, or
	// Controller(…) for the others.
	Events Events
	// DHCP servers have -T, -p and -P, and say so in usage.
	DHCP bool
	// Schema gives the JSON Schema of the configuration.
	Schema func() []byte
	// Tools are what else the program does, instead of serving.
	Tools []Tool
	// Backends are lines for the end of the extended version: "lease
	// backends:", "- Memfile backend 3.0" and so on.
	Backends []string
	// PlainAnswers leaves the hash out of the answers of config-set and
	// config-reload, as the control agent does.
	PlainAnswers bool
	// IgnoreHangup: SIGHUP does not reload (kea-netconf).
	IgnoreHangup bool
}

// Tool is something that a program does instead of serving, asked for by the first
// word behind the program's name.
type Tool struct {
	Name     string // the word
	Synopsis string // of the arguments, for usage
	Help     string // in a line
	// Run gets the program's name, the arguments behind the word, and where to write;
	// it gives the exit status.
	Run func(program string, args []string, stdout, stderr io.Writer) int
}

// App is one daemon's own part. Test, Configure and Config are never called at
// the same time as each other; Config and Status may be called while Run runs.
type App interface {
	// Test checks a configuration without touching what is running. cfg is the
	// whole document, {"Dhcp4": {…}}. deep, of -T, also connects to databases
	// and loads hooks, but opens no socket and no file for writing. A file with
	// bad syntax never gets here. All faults are reported at once; an error with
	// a method Answer() string has another text for commands.
	Test(cfg *element.Value, deep bool) error
	// Configure puts a configuration in force, logging included. If it fails,
	// everything is as it was before and goes on serving.
	Configure(ctx context.Context, cfg *element.Value) error
	// Config is the effective configuration in force, {"Dhcp4": {…}}, as
	// config-get shows it. It must not be modified. Giving the same pointer as
	// long as nothing changed saves computing its hash.
	Config() *element.Value
	// Run serves until ctx ends, then stops cleanly: it lets running commands
	// send their answers, and closes sockets and files. It is called after the
	// first successful Configure. An early return ends the daemon, with exit
	// status 1 if there is an error.
	Run(ctx context.Context) error
	// Status adds what the daemon has for status-get to the common part.
	Status(into *element.Value)
}

// Env is what an App finds around it. It is complete before the App is made.
type Env struct {
	Program    Program
	Name       string // as started: nestor-dhcp4 or kea-dhcp4
	Kea        bool   // started under the Kea name
	Paths      Paths
	Version    Version
	ConfigFile string
	Verbose    bool   // -d; for Logging.Configure
	ServerPort uint16 // -p, 0: the protocol's
	ClientPort uint16 // -P, 0: the protocol's
	Logging    *logging.System
	Stats      *stats.Registry
	Commands   *control.Registry
	Clock      func() time.Time

	shutdown func(exit int)
}

// Shutdown ends the daemon with an exit status, as the shutdown command does. It
// returns at once and may be called several times; the first one counts.
func (e *Env) Shutdown(exit int) { e.shutdown(exit) }

// Invocation is the outside of one run of a daemon. Tests make their own to run
// several daemons in a process.
type Invocation struct {
	Args    []string // with the program's name in front
	Stdout  io.Writer
	Stderr  io.Writer
	Signals <-chan os.Signal // nil: the process's own signals
	Clock   func() time.Time
	Paths   *Paths // nil: those built in, as changed by the environment
}

// Daemon is a running daemon.
type Daemon struct {
	*Env
	app     App
	events  lifecycle
	out     io.Writer
	err     io.Writer
	notify  notifier
	signals <-chan os.Signal
	started time.Time
	stop    chan int // exit status wanted

	// mu lets one configuration change happen at a time.
	mu   sync.Mutex
	hash configHash

	times      sync.Mutex
	configured time.Time // last successful configuration
}
