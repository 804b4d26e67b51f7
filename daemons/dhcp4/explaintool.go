package dhcp4

import (
	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/explain"
	"nestor/lib/explain/ask"
	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/lib/nameupdate"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/server"
)

// explainTool is nestor-dhcp4 explain.
var explainTool = ask.V4.Tool(loadOffline)

// explainer is what ask wants of a server.
type explainer struct{ srv *Server }

func (e explainer) Definitions() *option.Definitions {
	if cfg := e.srv.Config(); cfg != nil {
		return cfg.Definitions
	}
	return nil
}

func (e explainer) Arrivals() (open []ask.Arrival) {
	for _, s := range e.srv.sockets.List() {
		name, index := s.Interface()
		open = append(open, arrivalBy(name, index, s.Addr()))
	}
	return ask.Sort(open)
}

func arrivalBy(name string, index int, addr uint32) ask.Arrival {
	a := ask.Arrival{Interface: name, Index: index}
	if addr != 0 {
		a.Addr = ip4(addr)
	}
	return a
}

func (e explainer) Explain(p packetinput.Packet, at ask.Arrival, basis ...explain.Note) (*explain.Explanation, error) {
	x, err := e.srv.explain(p, &arrival{at}, basis...)
	if err != nil {
		return nil, err
	}
	return x.shown(), nil
}

// offline is a server that has no sockets: queries come by those that it would have.
type offline struct{ explainer }

func (o offline) Arrivals() (planned []ask.Arrival) {
	// An interface that is configured and not on this machine is no reason to give up.
	if plan, err := o.srv.sockets.plan(o.srv.Config(), false); err == nil {
		for _, w := range plan.Sockets {
			planned = append(planned, arrivalBy(w.name, w.index, w.addr))
		}
	}
	return ask.Sort(planned)
}

// loadOffline makes a server of a configuration file and of leases, which writes
// nothing.
func loadOffline(file, leases string) (*ask.Offline, error) {
	cfg, err := ask.ReadConfig(file, config.LoadDhcp4)
	if err != nil {
		return nil, err
	}
	srv := New(Options{Log: ask.Quiet("kea-dhcp4")})
	srv.ddns = nameupdate.Assumed(cfg.DhcpDDNS)
	store, basis, err := srv.readLeases(leases, cfg)
	if err != nil {
		return nil, err
	}
	snap, err := compile(cfg, keepers{srv.stats, store.allocators})
	if err != nil {
		store.close()
		return nil, err
	}
	srv.state.Store(&state{snap: snap, leases: store})
	return &ask.Offline{
		Server: offline{explainer{srv}}, Close: srv.Close, Interfaces: cfg.Interfaces.Interfaces,
		Basis: ask.V4.Basis(&cfg.Server, basis),
	}, nil
}

// readLeases reads the leases, if there are any to read.
func (srv *Server) readLeases(path string, cfg *config.Dhcp4) (*leaseStore, explain.Note, error) {
	settings, maxRowErrors := srv.settingsOf(cfg)
	store, basis, err := ask.ReadLeases(path, memfile.Options4{
		Path: settings.Path, MaxRowErrors: maxRowErrors, Checks: server.LeaseChecks[settings.Checks], SubnetOf: leaseForm.SubnetFinder(cfg),
	}, ask.Memfile[*memfile.Store4, lease.Lease4]{Open: memfile.Open4, Read: memfile.Read4, Close: (*memfile.Store4).Close4})
	if err != nil {
		return nil, basis, err
	}
	return &leaseStore{Manager4: store, LeaseStore: server.LeaseStore{Settings: settings, File: store}, allocators: alloc.NewState4(store, nil)}, basis, nil
}
