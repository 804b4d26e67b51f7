package servers

import (
	"encoding/json"
	"testing"

	"nestor/tests/netns"
)

// DDNS is a daemon that updates the DNS.
type DDNS struct{ process }

// StartDDNS runs the DDNS daemon of a make with the given DhcpDdns map, to which the
// loggers are added, until the end of the test. It listens at 127.0.0.1:53001 of the
// namespace where the map says nothing else.
func (m Make) StartDDNS(t testing.TB, ns *netns.NS, config Object) *DDNS {
	t.Helper()
	d := &DDNS{process{
		Make: m, NS: ns, Dir: Dir(t), Config: "ddns.conf",
		program: m.DDNS, name: "ddns-" + m.Name, started: "DHCP_DDNS_STARTED",
	}}
	text, err := json.MarshalIndent(Object{"DhcpDdns": Object{
		"ip-address": "127.0.0.1", "port": 53001,
		"loggers": List{Object{
			"name": "kea-dhcp-ddns", "severity": "DEBUG", "debuglevel": 99, "output_options": List{Object{"output": "stdout"}},
		}},
	}.With(config)}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	d.Write(t, text)
	d.Run(t)
	return d
}
