// Package dhcp6 is the DHCPv6 server: the way of one exchange from socket to
// reply, and the server's life. A reader who wants to follow a packet begins in
// loop.go and goes on with the steps that exchange.go lists.
package dhcp6

import (
	"context"
	"errors"
	"time"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/duid"
	"nestor/lib/host/sqlhost"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/leasestats"
	"nestor/lib/logging"
	"nestor/lib/nameupdate"
	"nestor/lib/packetloop"
	"nestor/lib/server"
	"nestor/lib/stats"
)

// Options are what a server is made with. ServerPort 0 is 547, ClientPort 0 is 546 for clients
// and 547 for relays.
type Options = server.Options

// Server is a DHCPv6 server. Configure starts it and may be called again;
// its methods are safe for concurrent use.
type Server struct {
	opts     Options
	log      loggers
	clock    func() time.Time
	ports    server.Ports
	toSource bool // answers go to where the query came from (tests only)

	stats   *counters
	service server.Service

	lifetime    server.Lifetime
	state       server.InForce[state]
	sockets     sockets
	over4       over4Link
	over4Fail   *logging.Limited
	ddns        *nameupdate.Connection
	life        server.Life
	reclamation *server.Reclamation
	leaseFiles  server.LeaseFiles
	timers      server.Timers
	databases   server.Databases
	loops       packetloop.Server[[16]byte, *state, lease.Tx6, *exchange]
	commitFail  *logging.Limited
	hostsFail   *logging.Limited
	tooLong     server.Rarely
	started     time.Time
}

// state is what a batch works with: a configuration and the lease store that
// belongs to it.
type state struct {
	snap   *snapshot
	leases *leaseStore
	hosts  server.Hosts[*sqlhost.Store6]
}

// New makes a server that serves nobody until it is configured.
func New(o Options) *Server {
	o = o.Complete()
	srv := &Server{opts: o, log: newLoggers(o.Log), clock: o.Clock}
	srv.ports = o.Ports(server.Ports{Server: 547, Client: 546, Relay: 547})
	srv.started = srv.clock()
	srv.stats = newCounters(o.Statistics)
	srv.life = server.NewLife6(srv.log.dhcp6, srv.log.dhcpsrv)
	srv.reclamation = server.NewReclamation6(server.Reclamation{
		Log: srv.log.allocEngine, Clock: srv.clock, Reclaim: srv.reclaimSome, Purge: srv.purgeSome,
	})
	srv.leaseFiles = server.LeaseFiles{
		Log: srv.log.dhcpsrv, Program: o.LFCProgram, Family: leasefile.V6, Major: schemaMajor, Minor: schemaMinor,
	}
	srv.loops = srv.packetLoops()
	srv.databases = srv.life.Databases(&srv.service, srv.fail)
	srv.sockets.begin(srv)
	srv.over4.begin(srv)
	srv.over4Fail = srv.log.packets.Limited(msgOver4SendFail, time.Minute)
	srv.ddns = nameupdate.New(o.Log, msgDDNSSendFailed)
	srv.commitFail = srv.life.CommitFail(srv.log.leases)
	srv.hostsFail = srv.log.hosts.Limited(msgHostsFail, time.Minute)
	if srv.toSource = server.SendsToSource(); srv.toSource {
		srv.life.ToSource()
	}
	return srv
}

// Statistics returns the server's statistics.
func (srv *Server) Statistics() *stats.Registry { return srv.stats.leases.Registry }

// Config returns the configuration in force, nil before the first.
func (srv *Server) Config() *config.Dhcp6 {
	if st := srv.state.Load(); st != nil {
		return st.snap.cfg
	}
	return nil
}

// Test checks as far as possible without side effects whether the configuration
// could be put in force.
func (srv *Server) Test(cfg *config.Dhcp6) error {
	if err := server.CheckDatabases(&cfg.Server); err != nil {
		return err
	}
	keep := keepers{
		stats:     newCounters(stats.New(srv.clock)),
		addresses: alloc.NewState6(nil, nil), prefixes: alloc.NewState6(nil, nil),
	}
	if _, err := compile(cfg, keep); err != nil {
		return err
	}
	_, err := srv.sockets.plan(cfg, false)
	return err
}

// TestDatabases opens the databases of a configuration and closes them again (ARM 8.1,
// -T).
func (srv *Server) TestDatabases(cfg *config.Dhcp6) error {
	ctx := context.Background()
	settings, _ := srv.settingsOf(cfg)
	err := server.TestLeases(ctx, &cfg.Server, settings, func(s server.StoreSettings) (func() error, error) {
		l, err := srv.openStore(cfg, s, 0)
		return l.close, err
	})
	if err != nil {
		return err
	}
	hosts, err := server.OpenHosts(ctx, &srv.databases, &cfg.Server, sqlhost.New6)
	return errors.Join(err, hosts.Close())
}

// Configure puts a configuration in force. When it fails the former one goes on
// serving as if nothing had happened.
func (srv *Server) Configure(ctx context.Context, cfg *config.Dhcp6) error {
	return srv.lifetime.Configure(func() error {
		old, next := srv.state.Load(), &state{}
		changes := srv.changes(ctx, cfg, old, next)
		if err := changes.Prepare(); err != nil {
			return err
		}
		srv.putInForce(next, old)
		changes.Commit()
		srv.timers.Restart(&cfg.Server, srv.reclamation, &srv.leaseFiles, srv.cleanLeaseFile)
		srv.life.Configured(cfg, srv.sockets.addresses())
		return nil
	})
}

// changes are what has to be done for a configuration. They make the next state, which
// takes the place of the old one, nil before the first.
func (srv *Server) changes(ctx context.Context, cfg *config.Dhcp6, old, next *state) server.Changes {
	var identity duid.Choice
	var plan *socketPlan
	var present *leaseStore
	if old != nil {
		present = old.leases
	}
	settings, maxRowErrors := srv.settingsOf(cfg)
	open := func() (*leaseStore, error) { return srv.openStore(cfg, settings, maxRowErrors) }
	return server.Changes{
		{Prepare: func() (err error) {
			identity, err = srv.identify(cfg)
			return err
		}},
		{Prepare: func() (err error) {
			plan, err = srv.sockets.plan(cfg, cfg.Interfaces.ReDetect)
			return err
		}},
		server.ChangeStore(present, &cfg.Server, settings, open, func(l *leaseStore) { next.leases = l }, (*leaseStore).close),
		{Prepare: func() (err error) {
			next.snap, err = compile(cfg, keepers{srv.stats, next.leases.addresses, next.leases.prefixes, identity.ID})
			return err
		}, Abandon: func() { srv.dropStatistics(old) }},
		{Prepare: func() (err error) {
			next.hosts, err = server.OpenHosts(ctx, &srv.databases, &cfg.Server, sqlhost.New6)
			return err
		}, Abandon: func() { next.hosts.Close() }},
		{Prepare: func() error { return srv.over4.Prepare(cfg.Dhcp4o6Port) }, Abandon: srv.over4.Abandon, Commit: srv.over4.commit},
		{Prepare: func() error { return srv.ddns.Prepare(cfg.DhcpDDNS) }, Abandon: srv.ddns.Abandon, Commit: srv.ddns.Commit},
		{
			Prepare: func() error { return srv.sockets.prepare(plan, cfg) },
			Abandon: func() { plan.Discard() },
			Commit:  func() { srv.sockets.Commit(plan, &cfg.Interfaces) },
		},
		{Prepare: func() error { return srv.storeIdentity(cfg, identity) }},
	}
}

// putInForce swaps the state between two batches and brings the statistics of
// subnets and pools up to it.
func (srv *Server) putInForce(next, old *state) {
	server.SetSampling(srv.stats.leases.Registry, &next.snap.cfg.Server)
	exact := next.snap.exactTotals()
	srv.state.Replace(next, func() {
		leasestats.Recount(srv.stats.leases, next.snap.subnets(), census{next.leases.Manager6}, srv.clock())
		srv.stats.leases.Registry.SetExact(exact)
	})
	if old == nil {
		return
	}
	if old.leases.Manager6 != next.leases.Manager6 {
		old.leases.close()
	}
	old.hosts.Close()
}

// dropStatistics forgets those of subnets and pools that the state has not.
func (srv *Server) dropStatistics(st *state) {
	if st != nil {
		leasestats.DropUnused(srv.stats.leases, st.snap.subnets())
	}
}

// Close stops serving, writes what is left to write and frees everything.
func (srv *Server) Close() error {
	return srv.lifetime.End(func() error {
		srv.timers.Stop()
		srv.over4.close()
		srv.sockets.CloseAll()
		srv.service.Stop()
		srv.ddns.Close()
		if st := srv.state.Load(); st != nil {
			return errors.Join(st.hosts.Close(), st.leases.close())
		}
		return nil
	})
}

// fail says that the server cannot go on.
func (srv *Server) fail(err error) { srv.opts.Failed(err) }
