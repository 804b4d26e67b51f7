package dhcp6

import (
	"nestor/lib/config"
	"nestor/lib/daemon"
	"nestor/lib/server"
)

// Program describes the daemon.
var Program = daemon.Program{
	Name: "nestor-dhcp6", KeaName: "kea-dhcp6", Title: "DHCPv6 server", TopLevel: "Dhcp6",
	Events: daemon.DHCPv6, DHCP: true, Schema: config.Schema6,
	Tools:    []daemon.Tool{explainTool},
	Backends: []string{"lease backends:", "- Memfile backend 5.0"},
}

// NewApp makes the server of a daemon.
func NewApp(env *daemon.Env) daemon.App {
	return server.NewApp(env, server.Parts[*config.Dhcp6]{
		Service: "dhcp6", Load: config.LoadDhcp6, New: newServer,
		Log: env.Logging.Logger("dhcp6"), Warnings: warningMessages, OtherWarning: msgNotActedOn,
	})
}

func newServer(env *daemon.Env, failed func(error)) server.DHCP[*config.Dhcp6] {
	return New(server.OptionsOf(env, failed))
}
