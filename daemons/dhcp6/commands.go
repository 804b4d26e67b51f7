package dhcp6

import (
	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/explain/ask"
	"nestor/lib/server"
	"nestor/lib/stats"
)

// RegisterCommands registers the commands of the server (ARM 18.4), but for those
// that every daemon has.
func (srv *Server) RegisterCommands(reg *control.Registry) {
	stats.RegisterCommands(reg, srv.stats.leases.Registry)
	c := server.Commands{Protocol: "DHCPv6", Service: &srv.service, Config: srv.common, Reclaim: srv.reclaimAll}
	c.Register(reg)
	ask.V6.Register(reg, explainer{srv})
}

// common is what the configuration in force has in common with those of the other
// family, nil before the first.
func (srv *Server) common() *config.Server {
	if cfg := srv.Config(); cfg != nil {
		return &cfg.Server
	}
	return nil
}

// Status adds the server's part of status-get.
func (srv *Server) Status(into *element.Value) {
	if cfg := srv.common(); cfg != nil {
		state, faults := srv.sockets.Status()
		server.AddStatus(into, cfg, server.ShownThreads(cfg.MultiThreading), &srv.service, state, faults)
	}
}
