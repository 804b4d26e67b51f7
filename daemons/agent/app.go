// Package agent owns the control agent: the HTTP(S) API in front of the daemons,
// which it reaches over their unix sockets, and the metrics of all of them
// (ARM 7). The transports are lib/control's, the commands that all daemons share
// lib/daemon's.
package agent

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/logging"
)

// Program describes the daemon.
var Program = daemon.Program{
	Name: "nestor-agent", KeaName: "kea-ctrl-agent", Title: "Control Agent", TopLevel: "Control-agent",
	Events:       daemon.Controller("ctrl-agent", msgStarted, msgFailed, msgSyntaxWarning),
	PlainAnswers: true, Schema: config.SchemaAgent,
}

// app is the agent as a daemon.
type app struct {
	env     *daemon.Env
	log     *logging.Logger
	control *control.Server
	client  control.Client
	labels  labelCaches
	scrapes scrapeErrors

	mu      sync.RWMutex // guards the configuration in force
	cfg     *config.Agent
	element *element.Value
}

// NewApp makes the agent of a daemon.
func NewApp(env *daemon.Env) daemon.App {
	a := &app{env: env, log: env.Logging.Logger("ctrl-agent")}
	a.control = control.NewServer(env.Commands, env.Logging, control.Options{
		Respond: a.respond,
		Pages:   map[string]http.Handler{"/metrics": http.HandlerFunc(a.metrics)},
		Started: a.listening,
	})
	return a
}

// listening logs the address that the API is at.
func (a *app) listening(tls bool, address string, port uint16) {
	m := msgHTTPStarted
	if tls {
		m = msgHTTPSStarted
	}
	a.log.Log(m, address, port)
}

// Test implements daemon.App.
func (a *app) Test(doc *element.Value, _ bool) error {
	_, warnings, err := config.LoadAgent(doc, config.Options{})
	if err != nil {
		a.log.Log(msgCheckFail, err)
		return err
	}
	a.logWarnings(warnings)
	return nil
}

func (a *app) logWarnings(warnings []config.Warning) {
	for _, w := range warnings {
		a.log.Log(msgConfigWarning, w)
	}
}

// Configure implements daemon.App: logging, then the listener. The forwarding
// sockets are opened for each command.
func (a *app) Configure(ctx context.Context, doc *element.Value) error {
	err := a.configure(ctx, doc)
	if err != nil {
		a.log.Log(msgConfigFail, err)
	}
	return err
}

func (a *app) configure(ctx context.Context, doc *element.Value) error {
	cfg, warnings, err := config.LoadAgent(doc, config.Options{})
	if err != nil {
		return err
	}
	old := a.config()
	if err := a.env.Logging.Configure(cfg.Loggers, a.env.Verbose); err != nil {
		return err
	}
	a.logWarnings(warnings)
	if err := a.control.Apply(ctx, []*config.ControlSocket{listener(cfg)}); err != nil {
		if old != nil {
			// It worked before, so there is nobody to tell of an error.
			_ = a.env.Logging.Configure(old.Loggers, a.env.Verbose)
		}
		return err
	}
	a.mu.Lock()
	a.cfg = cfg
	a.element = element.NewMap().Add(Program.TopLevel, cfg.Element())
	a.mu.Unlock()
	a.log.Log(msgConfigComplete, summary(cfg))
	return nil
}

// listener is the agent's own socket in the terms of lib/control.
func listener(cfg *config.Agent) *config.ControlSocket {
	return &config.ControlSocket{
		Type: "http", Address: cfg.Host, Port: cfg.Port,
		TrustAnchor: cfg.TrustAnchor, CertFile: cfg.CertFile, KeyFile: cfg.KeyFile, CertRequired: cfg.CertRequired,
		Auth: cfg.Auth, Headers: cfg.Headers,
	}
}

// summary is a configuration in one line.
func summary(cfg *config.Agent) string {
	var services []string
	for _, s := range serviceNames {
		if cfg.Sockets[s] != nil {
			services = append(services, s)
		}
	}
	return fmt.Sprintf("listening on %s, port %d, control sockets: %s, %d lib(s):",
		cfg.Host, cfg.Port, cmp.Or(strings.Join(services, " "), "none"), len(cfg.Hooks))
}

// serviceNames are the daemons that can be reached through the agent.
var serviceNames = []string{"dhcp4", "dhcp6", "d2"}

// config is the configuration in force, nil before the first.
func (a *app) config() *config.Agent {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.cfg
}

// socketOf is the path of a service's unix socket.
func (a *app) socketOf(service string) (path string, ok bool) {
	cfg := a.config()
	if cfg == nil || !slices.Contains(serviceNames, service) || cfg.Sockets[service] == nil {
		return "", false
	}
	return cfg.Sockets[service].Name, true
}

// Config implements daemon.App.
func (a *app) Config() *element.Value {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.element
}

// drainTime is how long answers on their way may take when the agent stops.
const drainTime = 2 * time.Second

// Run implements daemon.App.
func (a *app) Run(ctx context.Context) error {
	<-ctx.Done()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	_ = a.control.Close(wait) // a client that is too slow for its answer is no fault of ours
	return nil
}

// Status implements daemon.App: the agent has nothing beyond the common part.
func (a *app) Status(*element.Value) {}
