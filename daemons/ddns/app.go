// Package ddns owns the DDNS daemon (D2): it receives name change requests from the
// DHCP servers and carries them out as updates of DNS zones (ARM 13; RFC 2136,
// 4703, 8945). Requests and their wire form are lib/ncr's, DNS messages those of
// miekg/dns, the commands that all daemons share lib/daemon's.
//
// A request goes from the receiver into the journal, to the scheduler, which sends
// it to its zones one after the other, forward and reverse; there a transaction
// goes through the steps of its mode.
package ddns

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/netip"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/logging"
	"nestor/lib/ncr"
	"nestor/lib/stats"
)

// Program describes the daemon.
var Program = daemon.Program{
	Name: "nestor-ddns", KeaName: "kea-dhcp-ddns", Title: "DhcpDdns", TopLevel: "DhcpDdns",
	Events: daemon.Controller("dhcpddns", msgStarted, msgFailed, msgSyntaxWarning),
	Schema: config.SchemaDDNS,
}

// app is the DDNS daemon.
type app struct {
	env            *daemon.Env
	log            *logging.Logger
	control        *control.Server
	counters       *counters
	receiver       *receiver
	scheduler      *scheduler
	journal        *journal
	journalTrouble *logging.Limited
	shutdown       shutdown

	mu      sync.RWMutex // guards the configuration in force
	cfg     *config.DDNS
	element *element.Value
}

// NewApp makes the DDNS daemon.
func NewApp(env *daemon.Env) daemon.App {
	env.Stats.SetDefaults(1, 0) // ARM 13.4: one sample
	a := &app{env: env, log: env.Logging.Logger("dhcpddns"), counters: newCounters(env.Stats)}
	a.journalTrouble = a.log.Limited(msgJournalError, time.Minute)
	a.journal = newJournal(func(err error) { a.journalTrouble.Log(err) })
	toD2 := env.Logging.Logger("dhcp-to-d2")
	a.scheduler = newScheduler(
		&transactor{clock: env.Clock, log: env.Logging.Logger("d2-to-dns"), counters: a.counters},
		toD2, func(j *job) { a.journal.done(j.number) })
	wire := env.Logging.Logger("libdhcp-ddns")
	a.receiver = &receiver{
		log: a.log, toD2: toD2, wireLog: wire, invalid: wire.Limited(msgInvalid, time.Second),
		counters: a.counters, clock: env.Clock, scheduler: a.scheduler, take: a.take,
	}
	a.control = control.NewServer(env.Commands, env.Logging, control.Options{
		Pages: map[string]http.Handler{"/metrics": a.metrics()},
	})
	env.Commands.Register("shutdown", a.shutdownCommand)
	stats.RegisterReadCommands(env.Commands, env.Stats)
	return a
}

// metrics serves the statistics to Prometheus.
func (a *app) metrics() http.Handler {
	registry := prometheus.NewRegistry()
	registry.MustRegister(
		stats.NewCollector("d2", a.env.Stats.Values, func(uint32) (string, string) { return "", "" }),
		collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	)
	return promhttp.HandlerFor(registry, promhttp.HandlerOpts{})
}

// take takes a request that has arrived.
func (a *app) take(r *ncr.Request) { a.schedule(entry{a.journal.add(r), r}) }

func (a *app) schedule(e entry) {
	if !a.scheduler.add(&job{req: e.req, number: e.number}) {
		a.journal.done(e.number)
	}
}

// Test implements daemon.App.
func (a *app) Test(doc *element.Value, _ bool) error {
	_, warnings, err := config.LoadDDNS(doc, config.Options{})
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

// Configure implements daemon.App: logging, control sockets, the socket for
// requests, the journal, and last the zones, which cannot fail.
func (a *app) Configure(ctx context.Context, doc *element.Value) error {
	err := a.configure(ctx, doc)
	if err != nil {
		a.log.Log(msgConfigFail, err)
	}
	return err
}

func (a *app) configure(ctx context.Context, doc *element.Value) error {
	cfg, warnings, err := config.LoadDDNS(doc, config.Options{})
	if err != nil {
		return err
	}
	old := a.config()
	if err := a.env.Logging.Configure(cfg.Loggers, a.env.Verbose); err != nil {
		return err
	}
	a.logWarnings(warnings)
	if a.log.Enabled(msgConfigure) {
		a.log.Log(msgConfigure, "update", logging.Redact(doc))
	}
	err = a.putInForce(ctx, cfg, old)
	if err != nil && old != nil {
		// It worked before, so there is nobody to tell of an error.
		_ = a.env.Logging.Configure(old.Loggers, a.env.Verbose)
	}
	return err
}

func (a *app) putInForce(ctx context.Context, cfg, old *config.DDNS) error {
	sockets, err := a.control.Prepare(ctx, cfg.ControlSockets)
	if err != nil {
		return err
	}
	a.warnOfAddress(cfg.Address)
	a.log.Log(msgReconfiguring)
	addr := netip.AddrPortFrom(cfg.Address, uint16(cfg.Port))
	listener, move, err := a.receiver.listen(addr)
	if err != nil {
		a.log.Log(msgStartError, err)
		if old != nil {
			sockets.Discard()
			return err
		}
		// As Kea: the daemon runs, and the next configuration may be better.
		move = false
	}
	pending, err := a.journal.use(a.journalPath(cfg), func(text string) { a.log.Log(msgJournalRemark, text) })
	if err != nil {
		if listener != nil {
			listener.Close()
		}
		sockets.Discard()
		return err
	}
	a.setZones(cfg)
	if len(pending) > 0 {
		a.log.Log(msgJournalReplay, len(pending), a.journalPath(cfg))
	}
	for _, e := range pending {
		a.schedule(e)
	}
	if move {
		a.receiver.use(listener, addr)
	}
	sockets.Commit()
	a.mu.Lock()
	a.cfg, a.element = cfg, cfg.Arguments()
	a.mu.Unlock()
	a.env.Logging.Logger("dctl").Log(msgConfigComplete, summary(cfg))
	return nil
}

// journalPath is the file of the journal: a relative one is in the directory of
// lease files.
func (a *app) journalPath(cfg *config.DDNS) string {
	if cfg.Journal == "" || filepath.IsAbs(cfg.Journal) {
		return cfg.Journal
	}
	return filepath.Join(a.env.Paths.Data, cfg.Journal)
}

// warnOfAddress warns of a place where others than this machine can be heard.
func (a *app) warnOfAddress(addr netip.Addr) {
	switch {
	case addr.IsUnspecified():
		a.log.Log(msgAllInterfaces, addr)
	case !addr.IsLoopback():
		a.log.Log(msgNotOnLoopback, addr)
	}
}

// setZones puts the zones of a configuration in force.
func (a *app) setZones(cfg *config.DDNS) {
	signers := a.newSigners(cfg.Keys)
	timeout := time.Duration(cfg.DNSServerTimeout) * time.Millisecond
	server := func(s *config.DNSServer) *dnsServer { return newDNSServer(s, signers[s.Key], timeout) }
	makeZone := func(d *config.DDNSDomain) *zone { return newZone(d, server) }
	for _, j := range a.scheduler.configure(newCatalog(cfg.Forward, makeZone), newCatalog(cfg.Reverse, makeZone)) {
		a.journal.done(j.number)
	}
}

// newSigners makes the keys of a configuration, whose statistics begin at 0.
func (a *app) newSigners(keys []*config.TSIGKey) map[*config.TSIGKey]*signer {
	now := a.env.Clock()
	signers := make(map[*config.TSIGKey]*signer, len(keys))
	kept := make(map[string]bool)
	for _, k := range keys {
		s := newSigner(k)
		s.counters = newKeyCounters(a.env.Stats, keyPrefix(s.name))
		s.counters.begin(now)
		signers[k] = s
		kept[s.name] = true
	}
	if old := a.config(); old != nil {
		for _, k := range old.Keys {
			if name := keyName(k); !kept[name] {
				a.env.Stats.Drop(keyPrefix(name))
			}
		}
	}
	return signers
}

// summary is a configuration in one line.
func summary(cfg *config.DDNS) string {
	return fmt.Sprintf("listening on %s, port %d, using UDP", cfg.Address, cfg.Port)
}

// config is the configuration in force, nil before the first.
func (a *app) config() *config.DDNS {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.cfg
}

// Config implements daemon.App.
func (a *app) Config() *element.Value {
	a.mu.RLock()
	defer a.mu.RUnlock()
	return a.element
}

// Status implements daemon.App: there is nothing beyond the common part.
func (a *app) Status(*element.Value) {}

// drainTime is how long answers to commands on their way may take at the end.
const drainTime = 2 * time.Second

// Run implements daemon.App.
func (a *app) Run(ctx context.Context) error {
	stop := make(chan struct{})
	var syncing sync.WaitGroup
	syncing.Go(func() { a.journal.syncEvery(time.Second, stop) })
	<-ctx.Done()
	wait, cancel := context.WithTimeout(context.WithoutCancel(ctx), drainTime)
	defer cancel()
	_ = a.control.Close(wait) // a client that is too slow for its answer is no fault of ours
	how := a.shutdown.kind()
	a.scheduler.close()
	a.receiver.stop("shutdown")
	if how != atOnce {
		a.scheduler.stop(how == drainFirst)
	}
	a.log.Log(msgCleared, how)
	close(stop)
	syncing.Wait()
	a.journal.close()
	a.log.Log(msgRunExit)
	return nil
}

// shutdownKind is what is done about requests at the end (ARM 13.3.2).
type shutdownKind string

const (
	normal     shutdownKind = "normal"      // finish transactions that have begun
	drainFirst shutdownKind = "drain_first" // finish all that is queued
	atOnce     shutdownKind = "now"
)

// shutdown is the kind that was asked for.
type shutdown struct {
	mu    sync.Mutex
	asked shutdownKind
}

func (s *shutdown) ask(k shutdownKind) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = k
}

func (s *shutdown) kind() shutdownKind {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.asked == "" {
		return normal
	}
	return s.asked
}

// shutdownCommand implements shutdown with its arguments exit-value and type.
func (a *app) shutdownCommand(_ context.Context, req *control.Request) control.Answer {
	args := ""
	if req.Args != nil {
		args = req.Args.String()
	}
	a.log.Log(msgShutdownCommand, args)
	exit, kind, err := shutdownArguments(req.Args)
	if err != nil {
		return control.Answer{Result: control.Error, Text: err.Error()}
	}
	a.shutdown.ask(kind)
	a.env.Shutdown(exit)
	return control.Answer{Text: "Shutdown initiated, type is: " + string(kind)}
}

func shutdownArguments(args *element.Value) (exit int, kind shutdownKind, err error) {
	kind = normal
	if args == nil {
		return 0, kind, nil
	}
	if args.Kind != element.Map {
		return 0, kind, errors.New("Argument must be a map") //nolint:staticcheck // Kea's wording
	}
	if v := args.Get("exit-value"); v != nil {
		if v.Kind != element.Int {
			return 0, kind, errors.New("parameter 'exit-value' is not an integer")
		}
		exit = int(v.Int)
	}
	if v := args.Get("type"); v != nil {
		kind = shutdownKind(v.Str)
		if v.Kind != element.String || kind != normal && kind != drainFirst && kind != atOnce {
			return 0, kind, fmt.Errorf("Invalid Shutdown type: %s", strings.Trim(v.String(), `"`)) //nolint:staticcheck // Kea's wording
		}
	}
	return exit, kind, nil
}
