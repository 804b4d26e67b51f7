package dhcp4

import (
	"nestor/lib/config"
	"nestor/lib/daemon"
	"nestor/lib/server"
)

// Program describes the daemon.
var Program = daemon.Program{
	Name: "nestor-dhcp4", KeaName: "kea-dhcp4", Title: "DHCPv4 server", TopLevel: "Dhcp4",
	Events: daemon.DHCPv4, DHCP: true, Schema: config.Schema4,
	Tools:    []daemon.Tool{explainTool},
	Backends: []string{"lease backends:", "- Memfile backend 3.0"},
}

// NewApp makes the server of a daemon.
func NewApp(env *daemon.Env) daemon.App {
	return server.NewApp(env, server.Parts[*config.Dhcp4]{
		Service: "dhcp4", Load: config.LoadDhcp4, New: newServer,
		Log: env.Logging.Logger("dhcp4"), Warnings: warningMessages, OtherWarning: msgNotActedOn,
	})
}

func newServer(env *daemon.Env, failed func(error)) server.DHCP[*config.Dhcp4] {
	return New(server.OptionsOf(env, failed))
}
