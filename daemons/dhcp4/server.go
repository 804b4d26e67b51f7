// Package dhcp4 is the DHCPv4 server: the way of one exchange from socket to
// reply, and the server's life. A reader who wants to follow a packet begins in
// loop.go and goes on with the steps that exchange.go lists.
package dhcp4

import (
	"context"
	"errors"
	"slices"
	"time"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/host/sqlhost"
	"nestor/lib/lease"
	"nestor/lib/lease/leasefile"
	"nestor/lib/leasestats"
	"nestor/lib/logging"
	"nestor/lib/nameupdate"
	"nestor/lib/netio"
	"nestor/lib/packetloop"
	"nestor/lib/server"
	"nestor/lib/stats"
)

// Options are what a server is made with. ServerPort 0 is 67, ClientPort 0 is 68 for clients and 67 for
// relays.
type Options = server.Options

// Server is a DHCPv4 server. Configure starts it and may be called again;
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
	over6       server.Link4o6[uint32]
	ddns        *nameupdate.Connection
	life        server.Life
	reclamation *server.Reclamation
	leaseFiles  server.LeaseFiles
	timers      server.Timers
	databases   server.Databases
	loops       packetloop.Server[uint32, *state, lease.Tx4, *exchange]
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
	hosts  server.Hosts[*sqlhost.Store4]
}

// New makes a server that serves nobody until it is configured.
func New(o Options) *Server {
	o = o.Complete()
	srv := &Server{opts: o, log: newLoggers(o.Log), clock: o.Clock}
	srv.ports = o.Ports(server.Ports{Server: 67, Client: 68, Relay: 67})
	srv.started = srv.clock()
	srv.stats = newCounters(o.Statistics)
	srv.life = server.NewLife4(srv.log.dhcp4, srv.log.dhcpsrv)
	srv.reclamation = server.NewReclamation4(server.Reclamation{
		Log: srv.log.allocEngine, Clock: srv.clock, Reclaim: srv.reclaimSome, Purge: srv.purgeSome,
	})
	srv.leaseFiles = server.LeaseFiles{
		Log: srv.log.dhcpsrv, Program: o.LFCProgram, Family: leasefile.V4, Major: schemaMajor, Minor: schemaMinor,
	}
	srv.loops = srv.packetLoops()
	srv.databases = srv.life.Databases(&srv.service, srv.fail)
	srv.sockets.begin(srv)
	srv.over6 = server.Link4o6[uint32]{Open: openOver6, Loop: func(s netio.Socket4) { newLoop(srv, s, packetloop.BatchSize).Run() }}
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
func (srv *Server) Config() *config.Dhcp4 {
	if st := srv.state.Load(); st != nil {
		return st.snap.cfg
	}
	return nil
}

// Test checks as far as possible without side effects whether the configuration
// could be put in force.
func (srv *Server) Test(cfg *config.Dhcp4) error {
	if err := server.CheckDatabases(&cfg.Server); err != nil {
		return err
	}
	keep := keepers{newCounters(stats.New(srv.clock)), alloc.NewState4(nil, nil)}
	if _, err := compile(cfg, keep); err != nil {
		return err
	}
	_, err := srv.sockets.plan(cfg, false)
	return err
}

// TestDatabases opens the databases of a configuration and closes them again (ARM 8.1,
// -T).
func (srv *Server) TestDatabases(cfg *config.Dhcp4) error {
	ctx := context.Background()
	settings, _ := srv.settingsOf(cfg)
	err := server.TestLeases(ctx, &cfg.Server, settings, func(s server.StoreSettings) (func() error, error) {
		l, err := srv.openStore(cfg, s, 0)
		return l.close, err
	})
	if err != nil {
		return err
	}
	hosts, err := server.OpenHosts(ctx, &srv.databases, &cfg.Server, sqlhost.New4)
	return errors.Join(err, hosts.Close())
}

// Configure puts a configuration in force. When it fails the former one goes on
// serving as if nothing had happened.
func (srv *Server) Configure(ctx context.Context, cfg *config.Dhcp4) error {
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
func (srv *Server) changes(ctx context.Context, cfg *config.Dhcp4, old, next *state) server.Changes {
	var plan *socketPlan
	var present *leaseStore
	if old != nil {
		present = old.leases
	}
	settings, maxRowErrors := srv.settingsOf(cfg)
	open := func() (*leaseStore, error) { return srv.openStore(cfg, settings, maxRowErrors) }
	return server.Changes{
		{Prepare: func() (err error) {
			plan, err = srv.sockets.plan(cfg, cfg.Interfaces.ReDetect)
			return err
		}},
		server.ChangeStore(present, &cfg.Server, settings, open, func(l *leaseStore) { next.leases = l }, (*leaseStore).close),
		{Prepare: func() (err error) {
			next.snap, err = compile(cfg, keepers{srv.stats, next.leases.allocators})
			return err
		}, Abandon: func() { srv.dropStatistics(old) }},
		{Prepare: func() (err error) {
			next.hosts, err = server.OpenHosts(ctx, &srv.databases, &cfg.Server, sqlhost.New4)
			return err
		}, Abandon: func() { next.hosts.Close() }},
		{Prepare: func() error { return srv.over6.Prepare(cfg.Dhcp4o6Port) }, Abandon: srv.over6.Abandon, Commit: srv.over6.Commit},
		{Prepare: func() error { return srv.ddns.Prepare(cfg.DhcpDDNS) }, Abandon: srv.ddns.Abandon, Commit: srv.ddns.Commit},
		{
			Prepare: func() error { return srv.sockets.prepare(plan, cfg) },
			Abandon: func() { plan.Discard() },
			Commit:  func() { srv.sockets.Commit(plan, &cfg.Interfaces) },
		},
	}
}

// putInForce swaps the state between two batches and brings the statistics of
// subnets and pools up to it.
func (srv *Server) putInForce(next, old *state) {
	server.SetSampling(srv.stats.leases.Registry, &next.snap.cfg.Server)
	srv.state.Replace(next, func() {
		leasestats.Recount(srv.stats.leases, next.snap.subnets(), census{next.leases.Manager4}, srv.clock())
	})
	if old == nil {
		return
	}
	if old.leases.Manager4 != next.leases.Manager4 {
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
		srv.over6.Close()
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

// isOwnAddress reports whether an open socket has the address.
func (srv *Server) isOwnAddress(addr uint32) bool {
	own := srv.sockets.own.Load()
	return own != nil && slices.Contains(*own, addr)
}
