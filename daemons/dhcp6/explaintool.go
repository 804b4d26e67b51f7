package dhcp6

import (
	"cmp"
	"os"
	"path/filepath"

	"nestor/lib/alloc"
	"nestor/lib/config"
	"nestor/lib/duid"
	"nestor/lib/explain"
	"nestor/lib/explain/ask"
	"nestor/lib/explain/why"
	"nestor/lib/lease"
	"nestor/lib/lease/memfile"
	"nestor/lib/nameupdate"
	"nestor/lib/option"
	"nestor/lib/packetinput"
	"nestor/lib/server"
)

// explainTool is nestor-dhcp6 explain.
var explainTool = ask.V6.Tool(loadOffline)

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
		open = append(open, ask.Arrival{Interface: name, Index: index, Addr: ip6(s.Addr())})
	}
	return ask.Sort(open)
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
			planned = append(planned, ask.Arrival{Interface: w.name, Index: w.index, Addr: w.addr.WithZone("")})
		}
	}
	return ask.Sort(planned)
}

// loadOffline makes a server of a configuration file and of leases, which writes
// nothing.
func loadOffline(file, leases string) (*ask.Offline, error) {
	cfg, err := ask.ReadConfig(file, config.LoadDhcp6)
	if err != nil {
		return nil, err
	}
	srv := New(Options{Log: ask.Quiet("kea-dhcp6")})
	srv.ddns = nameupdate.Assumed(cfg.DhcpDDNS)
	id, known, err := srv.foreseeID(cfg, leases)
	if err != nil {
		return nil, err
	}
	store, basis, err := srv.readLeases(leases, cfg)
	if err != nil {
		return nil, err
	}
	snap, err := compile(cfg, keepers{srv.stats, store.addresses, store.prefixes, id})
	if err != nil {
		store.close()
		return nil, err
	}
	srv.state.Store(&state{snap: snap, leases: store})
	notes := ask.V6.Basis(&cfg.Server, basis)
	if !known {
		notes = append(notes, explain.Note{Decision: whyServerIDMade, Fields: []explain.Field{explain.String("server-id", why.HexText(id))}})
	}
	return &ask.Offline{
		Server: offline{explainer{srv}}, Close: srv.Close, Interfaces: cfg.Interfaces.Interfaces, Basis: notes,
	}, nil
}

// foreseeID is the identifier of the server, whose file lies beside its leases. It is
// known if it does not depend on a file that is missing.
func (srv *Server) foreseeID(cfg *config.Dhcp6, leases string) (id []byte, known bool, err error) {
	dir := leases
	if info, err := os.Stat(leases); err == nil && !info.IsDir() {
		dir = filepath.Dir(leases)
	}
	links, err := srv.links()
	if err != nil {
		return nil, false, err
	}
	return duid.Foresee(specOf(cfg), filepath.Join(cmp.Or(dir, srv.dataDir(cfg)), serverIDFile), links, srv.clock())
}

// readLeases reads the leases, if there are any to read.
func (srv *Server) readLeases(path string, cfg *config.Dhcp6) (*leaseStore, explain.Note, error) {
	settings, maxRowErrors := srv.settingsOf(cfg)
	store, basis, err := ask.ReadLeases(path, memfile.Options6{
		Path: settings.Path, MaxRowErrors: maxRowErrors, Checks: server.LeaseChecks[settings.Checks], SubnetOf: leaseForm.SubnetFinder(cfg),
	}, ask.Memfile[*memfile.Store6, lease.Lease6]{Open: memfile.Open6, Read: memfile.Read6, Close: (*memfile.Store6).Close6})
	if err != nil {
		return nil, basis, err
	}
	return &leaseStore{
		Manager6: store, LeaseStore: server.LeaseStore{Settings: settings, File: store},
		addresses: alloc.NewState6(store, nil), prefixes: alloc.NewState6(store, nil),
	}, basis, nil
}
