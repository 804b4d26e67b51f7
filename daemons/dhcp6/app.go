package dhcp6

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
	"nestor/lib/stats"
)

// Program describes the daemon.
var Program = daemon.Program{
	Name: "nestor-dhcp6", KeaName: "kea-dhcp6", Title: "DHCPv6 server", TopLevel: "Dhcp6",
	Events: daemon.DHCPv6, DHCP: true, Schema: config.Schema6,
	Backends: []string{"lease backends:", "- Memfile backend 4.0"},
}

// app is the server as a daemon: configuration files, control sockets, logging.
type app struct {
	env     *daemon.Env
	srv     *Server
	control *control.Server
	failed  chan error

	mu      sync.Mutex // guards the configuration in force
	cfg     *config.Dhcp6
	hash    func() string
	subnets atomic.Pointer[map[uint32]subnetLabel]
}

// NewApp makes the server of a daemon.
func NewApp(env *daemon.Env) daemon.App {
	a := &app{env: env, failed: make(chan error, 1)}
	a.srv = New(Options{
		Log: env.Logging, Statistics: env.Stats, ServerPort: env.ServerPort, ClientPort: env.ClientPort,
		DataDir: env.Paths.Data, LFCProgram: env.Paths.LFC, Clock: env.Clock, Failed: a.fail,
	})
	a.control = control.NewServer(env.Commands, env.Logging, control.Options{
		Pages: map[string]http.Handler{"/metrics": a.metrics()},
	})
	a.srv.RegisterCommands(env.Commands)
	return a
}

// metrics serves the statistics to Prometheus.
func (a *app) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		stats.NewCollector("dhcp6", a.env.Stats.Values, a.subnetLabels),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// fail ends the daemon because of something that happened while it served.
func (a *app) fail(err error) {
	select {
	case a.failed <- err:
	default:
	}
}

func (a *app) load(doc *element.Value) (*config.Dhcp6, []config.Warning, error) {
	cfg, warnings, err := config.LoadDhcp6(doc, config.Options{})
	if err == nil {
		err = checkInterfaces(cfg)
	}
	return cfg, warnings, err
}

// checkInterfaces refuses a subnet that is said to be on an interface which this
// machine does not have.
func checkInterfaces(cfg *config.Dhcp6) (err error) {
	known := map[string]bool{"": true}
	cfg.AllSubnets(func(s *config.Subnet6, _ *config.SharedNetwork6) {
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
func (a *app) Test(doc *element.Value, deep bool) error {
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

func (a *app) logWarnings(warnings []config.Warning) {
	for _, w := range warnings {
		m, args := warningMessages[w.ID], []any{w}
		if m == nil {
			m = msgNotActedOn
		} else {
			args = args[:0]
			for _, arg := range w.Args {
				args = append(args, arg)
			}
		}
		a.srv.log.dhcp6.Log(m, args...)
	}
}

// Configure implements daemon.App: logging, then control sockets, then the
// server. Control sockets that go close only when all else is done, so that those
// who gave the command hear of a failure.
func (a *app) Configure(ctx context.Context, doc *element.Value) error {
	cfg, warnings, err := a.load(doc)
	if err != nil {
		return err
	}
	a.mu.Lock()
	old := a.cfg
	a.mu.Unlock()
	if err := a.env.Logging.Configure(cfg.Loggers, a.env.Verbose); err != nil {
		return err
	}
	a.logWarnings(warnings)
	hash := hashAhead(cfg)
	sockets, err := a.control.Prepare(ctx, cfg.ControlSockets)
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
func hashAhead(cfg *config.Dhcp6) func() string {
	hash := sync.OnceValue(func() string { return config.Hash(cfg.Arguments()) })
	go hash()
	return hash
}

// restoreLogging puts the logging of the former configuration in force again.
// It worked before, so there is nobody to tell of an error.
func (a *app) restoreLogging(old *config.Dhcp6) {
	if old != nil {
		_ = a.env.Logging.Configure(old.Loggers, a.env.Verbose)
	}
}

// subnetLabel is how metrics of a subnet are labelled.
type subnetLabel struct{ prefix, network string }

// noteSubnets keeps the labels that metrics of subnets carry.
func (a *app) noteSubnets(cfg *config.Dhcp6) {
	labels := map[uint32]subnetLabel{}
	cfg.AllSubnets(func(s *config.Subnet6, n *config.SharedNetwork6) {
		l := subnetLabel{prefix: s.Prefix.String()}
		if n != nil {
			l.network = n.Name
		}
		labels[s.ID] = l
	})
	a.subnets.Store(&labels)
}

func (a *app) subnetLabels(id uint32) (prefix, network string) {
	labels := a.subnets.Load()
	if labels == nil {
		return "", ""
	}
	l := (*labels)[id]
	return l.prefix, l.network
}

// Config implements daemon.App. What it gives is made anew each time: of a large
// configuration it takes more memory than all else.
func (a *app) Config() *element.Value {
	a.mu.Lock()
	cfg := a.cfg
	a.mu.Unlock()
	return cfg.Arguments()
}

// ConfigHash implements daemon.Hashed.
func (a *app) ConfigHash() string {
	a.mu.Lock()
	hash := a.hash
	a.mu.Unlock()
	return hash()
}

// Run implements daemon.App.
func (a *app) Run(ctx context.Context) error {
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
func (a *app) Status(into *element.Value) { a.srv.status(into) }
