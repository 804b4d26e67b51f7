package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// What an operator has to see without debug messages (ARM 26.8).
func TestLoggedEvents(t *testing.T) {
	elsewhere := giaddr("203.0.113.1")
	for _, c := range []struct {
		name  string
		query *dhcpv4.DHCPv4
		want  []string
	}{
		{"DISCOVER without a subnet", query(discoverMsg, 1, elsewhere),
			[]string{"ERROR [kea-dhcp4.bad-packets/", "DHCP4_PACKET_NAK_0001 [hwtype=1 02:00:00:00:00:01]", "failed to select a subnet for incoming packet, src 203.0.113.1, type DHCPDISCOVER\n"}},
		{"REQUEST without a subnet", query(requestMsg, 1, elsewhere, requested("192.0.2.10"), serverID("192.0.2.1")),
			[]string{"ERROR [kea-dhcp4.bad-packets/", "failed to select a subnet for incoming packet, src 203.0.113.1, type DHCPREQUEST\n"}},
		{"INIT-REBOOT", query(requestMsg, 1, requested("192.0.2.10")),
			[]string{"INFO  [kea-dhcp4.leases/", "DHCP4_INIT_REBOOT [hwtype=1 02:00:00:00:00:01]", "client is in INIT-REBOOT state and requests address 192.0.2.10\n"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, plain)
			ts.log.Reset()
			f := from{}
			if c.query.GatewayIPAddr.To4()[0] != 0 {
				f = from{src: ip("203.0.113.1"), dst: ip("192.0.2.1"), port: 67}
			}
			ts.one(f, c.query)
			for _, part := range c.want {
				if strings.Count(ts.log.String(), part) != 1 {
					t.Errorf("the log does not have once %q:\n%s", part, ts.log.String())
				}
			}
		})
	}
}
