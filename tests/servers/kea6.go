package servers

import (
	"encoding/json"
	"testing"

	"nestor/tests/peers"
)

// A Kea6 is Debian's kea-dhcp6 beside a DHCPv4 server.
type Kea6 struct{ process }

// StartKea6 runs kea-dhcp6 in the server's namespace with the given Dhcp6 map until
// the end of the test. Leases are kept in memory.
func (srv *Server) StartKea6(t testing.TB, dhcp6 Object) *Kea6 {
	t.Helper()
	k := &Kea6{process{
		Make: srv.Make, NS: srv.NS, Dir: srv.Dir, Config: "dhcp6.conf",
		program: peers.Kea6, name: "kea-dhcp6", started: "DHCP6_STARTED",
	}}
	full := Object{
		"server-id":      Object{"type": "EN", "enterprise-id": 2495, "identifier": "0123456789", "persist": false},
		"lease-database": Object{"type": "memfile", "persist": false},
		"loggers": List{Object{
			"name": "kea-dhcp6", "severity": "DEBUG", "debuglevel": 99,
			"output_options": List{Object{"output": "stdout"}},
		}},
	}.With(dhcp6)
	text, err := json.MarshalIndent(Object{"Dhcp6": full}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	k.Write(t, text)
	k.Run(t)
	return k
}
