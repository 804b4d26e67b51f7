package server

import (
	"errors"
	"os"
	"sync"
	"time"

	"nestor/lib/config"
	"nestor/lib/daemon"
	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/stats"
)

// Options are what a server of either family is made with.
type Options struct {
	// Log is the logging of the daemon.
	Log *logging.System
	// Statistics is where the server counts, nil: a registry of its own.
	Statistics *stats.Registry
	// Failed is told when the server cannot go on.
	Failed func(error)
	// ServerPort is the UDP port to listen on, 0: the protocol's. ClientPort is the
	// port that answers go to, clients' and relays' alike; 0: the protocol's.
	ServerPort, ClientPort uint16
	// DataDir is the directory of the lease file and of the identifier of a DHCPv6
	// server, LFCProgram the program that cleans the lease file up.
	DataDir    string
	LFCProgram string
	// LeaseFiles is where lease files are kept, nil: in the host's file system.
	LeaseFiles leasefile.FS
	// Interfaces looks for the interfaces that the identifier of a DHCPv6 server may be
	// made of, nil: netio.Detect.
	Interfaces func() ([]netio.Interface, error)
	// Clock tells the time, nil: time.Now.
	Clock func() time.Time
}

// OptionsOf are those of a server of a daemon.
func OptionsOf(env *daemon.Env, failed func(error)) Options {
	return Options{
		Log: env.Logging, Statistics: env.Stats, ServerPort: env.ServerPort, ClientPort: env.ClientPort,
		DataDir: env.Paths.Data, LFCProgram: env.Paths.LFC, Clock: env.Clock, Failed: failed,
	}
}

// Complete fills in what is left out.
func (o Options) Complete() Options {
	if o.Clock == nil {
		o.Clock = time.Now
	}
	if o.Statistics == nil {
		o.Statistics = stats.New(o.Clock)
	}
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	if o.Interfaces == nil {
		o.Interfaces = netio.Detect
	}
	return o
}

// Ports are the UDP ports that a server listens on and sends to.
type Ports struct{ Server, Client, Relay uint16 }

// Ports are those of a protocol, as far as the options do not say otherwise.
func (o Options) Ports(protocol Ports) Ports {
	if o.ServerPort != 0 {
		protocol.Server = o.ServerPort
	}
	if o.ClientPort != 0 {
		protocol.Client, protocol.Relay = o.ClientPort, o.ClientPort
	}
	return protocol
}

// SendsToSource reports whether answers are to go to where queries came from, which is
// for tests only.
func SendsToSource() bool {
	_, set := os.LookupEnv("KEA_TEST_SEND_RESPONSES_TO_SOURCE")
	return set
}

// A Change is one part of putting a configuration in force.
type Change struct {
	// Prepare gets ready what the configuration wants, beside what serves.
	Prepare func() error
	// Abandon takes back what Prepare did, be it that it failed itself; nil: nothing.
	Abandon func()
	// Commit puts in force what Prepare got ready; nil: nothing.
	Commit func()
}

// Changes are all parts, in order.
type Changes []Change

// Prepare prepares all of them. When one fails, it and those before it are abandoned,
// the last first.
func (cs Changes) Prepare() error {
	for i, c := range cs {
		err := c.Prepare()
		if err == nil {
			continue
		}
		for ; i >= 0; i-- {
			if cs[i].Abandon != nil {
				cs[i].Abandon()
			}
		}
		return err
	}
	return nil
}

// Commit commits all of them.
func (cs Changes) Commit() {
	for _, c := range cs {
		if c.Commit != nil {
			c.Commit()
		}
	}
}

// Lifetime lets one configuration be put in force at a time, and none after the end.
// The zero value is alive.
type Lifetime struct {
	mu   sync.Mutex
	over bool
}

var errShuttingDown = errors.New("the server is shutting down")

// Configure runs fn, which puts a configuration in force.
func (l *Lifetime) Configure(fn func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return errShuttingDown
	}
	return fn()
}

// End runs fn, which ends all, the first time.
func (l *Lifetime) End(fn func() error) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.over {
		return nil
	}
	l.over = true
	return fn()
}

// SetSampling puts in force what a configuration says of the samples of statistics.
func SetSampling(r *stats.Registry, cfg *config.Server) {
	r.SetDefaults(cfg.StatisticDefaultSampleCount, seconds(cfg.StatisticDefaultSampleAge.Or(0)))
}
