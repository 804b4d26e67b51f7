package differential_test

import (
	"fmt"
	"strings"
	"testing"

	"nestor/tests/servers"
)

// What agents answer to commands for themselves.
func TestAgentCommands(t *testing.T) {
	p := startPair(t, commandsConfig())
	nestor, kea := p.nestor.StartAgent(t), p.kea.StartAgent(t)
	for _, group := range agentGroups {
		t.Run(group.name, func(t *testing.T) {
			for _, x := range group.exchanges {
				post := func(a *servers.Agent, s server) string {
					r := a.Post(t, x.send)
					return fmt.Sprint(r.Status, " ", s.normal(r.Body))
				}
				if x.want != "" {
					x.want = "200 [ " + x.want + " ]"
				}
				x.compare(t, post(nestor, p.nestor), post(kea, p.kea))
			}
		})
	}
	for _, group := range httpGroups {
		t.Run(group.name, func(t *testing.T) {
			for _, x := range group.exchanges {
				send := func(a *servers.Agent, s server) string {
					r, open := a.Send(t, strings.ReplaceAll(x.send, "\n", "\r\n"))
					r.Header.Del("Date")
					return fmt.Sprint(r.Status, " open ", open, " ", r.Header, " ", s.normal(r.Body))
				}
				x.compare(t, send(nestor, p.nestor), send(kea, p.kea))
			}
		})
	}
}

// agentGroups are commands in bodies of POST.
var agentGroups = []commandGroup{
	{"PL.4.26 commands of the agent", []exchange{
		differ(`{ "command": "list-commands" }`, `{ "arguments": [ "build-report", "config-get", "config-hash-get", "config-reload", "config-set", "config-test", "config-write", "list-commands", "shutdown", "status-get", "version-get" ], "result": 0 }`, newCommands),
		looks(`{ "command": "version-get" }`, `200 \[ \{ "arguments": \{ "extended": ".*" \}, "result": 0, "text": "[^"]+" \} \]`, ownProgram),
		differ(`{ "command": "config-hash-get" }`, `{ "arguments": { "hash": "HASH" }, "result": 0 }`, newHash),
		differ(`{ "command": "config-reload" }`, `{ "result": 0, "text": "Configuration successful." }`, oneWording),
		same(`{ "command": "config-set" }`),
		same(`{ "command": "config-test" }`),
		same(`{ "command": "config-test", "arguments": { } }`),
		same(`{ "command": "config-test", "arguments": { "Dhcp4": { } } }`),
		differ(`{ "command": "config-test", "arguments": { "Control-agent": { } } }`,
			`{ "result": 0, "text": "Configuration seems sane." }`, oneWording),
		differ(`{ "command": "config-test", "arguments": { "Control-agent": { "http-port": "x" } } }`,
			`{ "result": 1, "text": "intValue() called on non-integer Element in (<wire>:0:75)" }`, oneWording),
		differ(`{ "command": "config-test", "arguments": { "Control-agent": { "foo": 1 } } }`,
			`{ "result": 1, "text": "spurious 'foo' parameter" }`, newKeywords),
		same(`{ "command": "config-write", "arguments": { "filename": 1 } }`),
		same(`{ "command": "shutdown", "arguments": { "exit-value": "x" } }`),
		looks(`{ "command": "no-such" }`, `200 \[ \{ "result": 2, "text": "'no-such' command not supported\. You did not include .*" \} \]`, ownWords),
	}},
	{"PL.5.14 PL.5.15 status-get of the agent", []exchange{
		same(`{ "command": "status-get" }`),
		same(`{ "command": "status-get", "service": [ ] }`),
	}},
	{"PL.4.23 PL.4.24 PL.4.25 services", []exchange{
		same(`{ "command": "server-tag-get", "service": [ "dhcp4" ] }`),
		same(`{ "command": "server-tag-get", "service": [ "dhcp4", "dhcp4" ] }`),
		same(`{ "command": "server-tag-get", "service": [ "dhcp4", "dhcp6" ] }`),
		same(`{ "command": "build-report", "service": [ "dhcp6" ] }`),
		same(`{ "command": "server-tag-get", "service": [ "d2" ] }`),
		same(`{ "command": "server-tag-get", "service": [ "zzz", "dhcp4" ] }`),
		same(`{ "command": "server-tag-get", "service": "dhcp4" }`),
		same(`{ "command": "server-tag-get", "service": { } }`),
		same(`{ "command": "no-such", "service": [ "dhcp4" ] }`),
		same(`{ "command": "server-tag-get", "service": [ "dhcp4" ], "remote-address": "192.0.2.4" }`),
		differ(`{ "command": "server-tag-get", "service": [ 1 ] }`, `{ "result": 1, "text": "service value must be a list of strings" }`, ownWords),
	}},
	{"PL.4.1 PL.4.5 envelopes", []exchange{
		differ(`{ "command": "server-tag-get", "service": [ "dhcp4" ], "foo": 1 }`,
			`{ "result": 1, "text": "Error during command processing: invalid command: unsupported parameter 'foo'" }`, newEnvelope),
		differ(`{ "command": 1 }`, notText("integer"), newEnvelope),
		differ(`{ }`, noCommand, newEnvelope),
		differ(`[ ]`, notMap("list"), newEnvelope),
		differ(`"x"`, notMap("string"), newEnvelope),
		differ(`/* c */ { "command": "server-tag-get", "service": [ "dhcp4" ] } # end`,
			`{ "arguments": { "server-tag": "here" }, "result": 0 }`, newHTTPComments),
	}},
	{"PL.4.16 bodies that are no command", []exchange{
		same(``),
		same(`{ "command": }`),
		same(`hello`),
		same(`{ "command": "server-tag-get", "service": [ "dhcp4" ] } trailing`),
		same(`{ "command": "server-tag-get", "service": [ "dhcp4" ] } { }`),
	}},
}

// forward is a body for httpGroups; it has 53 bytes.
const forward = `{ "command": "server-tag-get", "service": ["dhcp4"] }`

// httpGroups are requests as they are on the wire, but for the carriage returns.
var httpGroups = []commandGroup{
	{"PL.4.16 methods, paths and headers", []exchange{
		same("GET / HTTP/1.1\nHost: x\n\n"),
		same("HEAD / HTTP/1.0\n\n"),
		same("PUT / HTTP/1.1\nHost: x\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nHost: x\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nHost: x\nContent-Type: text/plain\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nHost: x\nContent-Type: application/json; charset=utf-8\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nHost: x\nContent-Type: application/json\n\n" + forward),
		same("POST / HTTP/1.1\nHost: x\nContent-Type: application/json\nTransfer-Encoding: chunked\n\n35\n" + forward + "\n0\n\n"),
		same("POST /any/path?x=y HTTP/1.1\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\ncontent-type: application/json\nCONTENT-LENGTH: 53\n\n" + forward),
		same("POST / HTTP/1.1\nContent-Type: APPLICATION/JSON\nContent-Length: 53\n\n" + forward),
		same("post / HTTP/1.1\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nContent-Type: application/json\nContent-Length: 0\n\n"),
		same("hello\n\n"),
		looks("POST / HTTP/1.1\nContent-Type: application/json\nContent-Length: x\n\n"+forward, `400 open false .*`, differSmuggle),
	}},
	{"PL.4.19 connections", []exchange{
		same("POST / HTTP/1.1\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.1\nContent-Type: application/json\nContent-Length: 53\nConnection: close\n\n" + forward),
		same("POST / HTTP/1.0\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
		same("POST / HTTP/1.0\nContent-Type: application/json\nContent-Length: 53\nConnection: Keep-Alive\n\n" + forward),
		same("POST / HTTP/2.0\nContent-Type: application/json\nContent-Length: 53\n\n" + forward),
	}},
}
