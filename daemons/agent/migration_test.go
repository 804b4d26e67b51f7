package agent

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"nestor/lib/config"
	"nestor/lib/element"
)

// The agent's parameters, put into a server's control-sockets under their new
// names, make the same listener (ARM 18.7).
func TestMigration(t *testing.T) {
	const shared = `"trust-anchor": "/ca.pem", "cert-file": "/cert.pem", "key-file": "/key.pem", "cert-required": false,
		"authentication": { "type": "basic", "realm": "r", "clients": [ { "user": "u", "password": "p" } ] },
		"user-context": { "a": 1 }`
	load := func(text string) *element.Value {
		v, _, err := element.ParseText("test", []byte(text), element.FileOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	agent, _, err := config.LoadAgent(load(`{ "Control-agent": { "http-host": "10.0.0.1", "http-port": 8001, `+shared+` } }`), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	server, _, err := config.LoadDhcp4(load(`{ "Dhcp4": { "control-sockets": [ { "socket-type": "https",
		"socket-address": "10.0.0.1", "socket-port": 8001, `+shared+` } ] } }`), config.Options{})
	if err != nil {
		t.Fatal(err)
	}
	before := listener(agent)
	before.Meta = agent.Meta
	ignored := cmp.Options{cmpopts.IgnoreFields(config.ControlSocket{}, "Type"), cmpopts.IgnoreTypes(element.Pos{})}
	if diff := cmp.Diff(before, server.ControlSockets[0], ignored); diff != "" {
		t.Errorf("PL.4.29 (-agent +server):\n%s", diff)
	}
}
