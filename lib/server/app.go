package server

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/logging"
	"nestor/lib/stats"
)

// Config is the configuration of a server.
type Config interface {
	comparable
	Arguments() *element.Value
	Common() *config.Server
	EachSubnet(fn func(s *config.Subnet, network *config.SharedNetwork))
}

// A DHCP is a server with a configuration of type C. What it does is said of
// daemon.App's methods.
type DHCP[C Config] interface {
	// Test checks as far as possible without side effects whether the
	// configuration could be put in force; TestDatabases opens its databases and
	// closes them again.
	Test(C) error
	TestDatabases(C) error
	// Configure puts a configuration in force. When it fails the former one goes on
	// serving as if nothing had happened.
	Configure(context.Context, C) error
	Status(into *element.Value)
	RegisterCommands(*control.Registry)
	Close() error
}

// Parts are what an App is made of.
type Parts[C Config] struct {
	Service string // of metrics: dhcp4, dhcp6
	Load    func(*element.Value, config.Options) (C, []config.Warning, error)
	// New makes the server. failed is for what happens while it serves and ends the
	// daemon.
	New func(env *daemon.Env, failed func(error)) DHCP[C]
	Log *logging.Logger
	// Warnings are messages for warnings about a configuration, by their ids;
	// OtherWarning is for the rest.
	Warnings     map[string]*logging.Message
	OtherWarning *logging.Message
}

// App is a server as a daemon: configuration files, control sockets, logging. It
// implements daemon.App and daemon.Hashed.
type App[C Config] struct {
	Parts[C]
	env     *daemon.Env
	srv     DHCP[C]
	control *control.Server
	failed  chan error

	mu      sync.Mutex // guards the configuration in force
	cfg     C
	hash    func() string
	subnets atomic.Pointer[map[uint32]subnetLabel]
}

// NewApp makes the server of a daemon.
func NewApp[C Config](env *daemon.Env, p Parts[C]) *App[C] {
	a := &App[C]{Parts: p, env: env, failed: make(chan error, 1)}
	a.srv = p.New(env, a.fail)
	a.control = control.NewServer(env.Commands, env.Logging, control.Options{
		Pages: map[string]http.Handler{"/metrics": a.metrics()},
	})
	a.srv.RegisterCommands(env.Commands)
	return a
}

// metrics serves the statistics to Prometheus.
func (a *App[C]) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		stats.NewCollector(a.Service, a.env.Stats.Values, a.subnetLabels),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// fail ends the daemon because of something that happened while it served.
func (a *App[C]) fail(err error) {
	select {
	case a.failed <- err:
	default:
	}
}

func (a *App[C]) load(doc *element.Value) (C, []config.Warning, error) {
	cfg, warnings, err := a.Load(doc, config.Options{})
	if err == nil {
		err = checkInterfaces(cfg)
	}
	return cfg, warnings, err
}

// checkInterfaces refuses a subnet that is said to be on an interface which this
// machine does not have.
func checkInterfaces[C Config](cfg C) (err error) {
	known := map[string]bool{"": true}
	cfg.EachSubnet(func(s *config.Subnet, _ *config.SharedNetwork) {
		there, asked := known[s.Interface]
		if !asked {
			_, missing := net.InterfaceByName(s.Interface)
			there = missing == nil
			known[s.Interface] = there
		}
		if !there && err == nil {
			err = fmt.Errorf("subnet configuration failed: Specified network interface name %s for subnet %s is not present in the system", s.Interface, s.Text)
		}
	})
	return err
}

// Test implements daemon.App.
func (a *App[C]) Test(doc *element.Value, deep bool) error {
	cfg, warnings, err := a.load(doc)
	if err != nil {
		return err
	}
	a.logWarnings(warnings)
	if err := a.srv.Test(cfg); err != nil || !deep {
		return err
	}
	return a.srv.TestDatabases(cfg)
}

func (a *App[C]) logWarnings(warnings []config.Warning) {
	for _, w := range warnings {
		m, args := a.Warnings[w.ID], []any{w}
		if m == nil {
			m = a.OtherWarning
		} else {
			args = args[:0]
			for _, arg := range w.Args {
				args = append(args, arg)
			}
		}
		a.Log.Log(m, args...)
	}
}

// Configure implements daemon.App: logging, then control sockets, then the
// server. Control sockets that go close only when all else is done, so that those
// who gave the command hear of a failure.
func (a *App[C]) Configure(ctx context.Context, doc *element.Value) error {
	cfg, warnings, err := a.load(doc)
	if err != nil {
		return err
	}
	a.mu.Lock()
	old := a.cfg
	a.mu.Unlock()
	if err := a.env.Logging.Configure(cfg.Common().Loggers, a.env.Verbose); err != nil {
		return err
	}
	a.logWarnings(warnings)
	hash := hashAhead(cfg)
	sockets, err := a.control.Prepare(ctx, cfg.Common().ControlSockets)
	if err == nil {
		if err = a.srv.Configure(ctx, cfg); err != nil {
			sockets.Discard()
		}
	}
	if err != nil {
		a.restoreLogging(old)
		return err
	}
	sockets.Commit()
	a.mu.Lock()
	defer a.mu.Unlock()
	a.cfg = cfg
	a.hash = hash
	a.noteSubnets(cfg)
	return nil
}

// hashAhead begins to compute the hash of a configuration beside the work of
// putting it in force. The function that it returns waits for the hash.
func hashAhead[C Config](cfg C) func() string {
	hash := sync.OnceValue(func() string { return config.Hash(cfg.Arguments()) })
	go hash()
	return hash
}

// restoreLogging puts the logging of the former configuration in force again.
// It worked before, so there is nobody to tell of an error.
func (a *App[C]) restoreLogging(old C) {
	var none C
	if old != none {
		_ = a.env.Logging.Configure(old.Common().Loggers, a.env.Verbose)
	}
}

// subnetLabel is how metrics of a subnet are labelled.
type subnetLabel struct{ prefix, network string }

// noteSubnets keeps the labels that metrics of subnets carry.
func (a *App[C]) noteSubnets(cfg C) {
	labels := map[uint32]subnetLabel{}
	cfg.EachSubnet(func(s *config.Subnet, n *config.SharedNetwork) {
		l := subnetLabel{prefix: s.Prefix.String()}
		if n != nil {
			l.network = n.Name
		}
		labels[s.ID] = l
	})
	a.subnets.Store(&labels)
}

func (a *App[C]) subnetLabels(id uint32) (prefix, network string) {
	labels := a.subnets.Load()
	if labels == nil {
		return "", ""
	}
	l := (*labels)[id]
	return l.prefix, l.network
}

// Config implements daemon.App. What it gives is made anew each time: of a large
// configuration it takes more memory than all else.
func (a *App[C]) Config() *element.Value {
	a.mu.Lock()
	cfg := a.cfg
	a.mu.Unlock()
	return cfg.Arguments()
}

// ConfigHash implements daemon.Hashed.
func (a *App[C]) ConfigHash() string {
	a.mu.Lock()
	hash := a.hash
	a.mu.Unlock()
	return hash()
}

// Run implements daemon.App.
func (a *App[C]) Run(ctx context.Context) error {
	var err error
	select {
	case <-ctx.Done():
	case err = <-a.failed:
	}
	wait, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	_ = a.control.Close(wait)
	if e := a.srv.Close(); err == nil {
		err = e
	}
	return err
}

// Status implements daemon.App.
func (a *App[C]) Status(into *element.Value) { a.srv.Status(into) }
