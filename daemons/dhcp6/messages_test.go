package dhcp6

import (
	"strings"
	"testing"

	"nestor/lib/pkt6"
)

// TestLogMessages looks for what the log has of packets when it is to tell all.
func TestLogMessages(t *testing.T) {
	ts := newTestServer(t, `"client-classes": [ { "name": "DROP", "test": "option[60].exists" } ], `+plain)
	loggers := parse(t, `"loggers": [ { "name": "kea-dhcp6", "severity": "DEBUG", "debuglevel": 99 } ]`).Loggers
	if err := ts.srv.opts.Log.Configure(loggers, false); err != nil {
		t.Fatal(err)
	}
	const who = "duid=[00:03:00:01:02:00:00:00:00:01], [hwtype=1 02:00:00:00:00:01], tid=0x10201: "
	for _, c := range []struct {
		what string
		f    from
		raw  []byte
		want string
	}{
		{"D6.17.5 selected", from{}, query(pkt6.MsgSolicit, 1, na(1)), "DHCP6_SUBNET_SELECTED " + who + "the subnet with ID 1 was selected for client assignments"},
		{"D6.17.5 not selected", from{}, relay("2001:db8:7::1", query(pkt6.MsgSolicit, 1, na(1))), "DHCP6_SUBNET_SELECTION_FAILED " + who + "failed to select subnet for the client"},
		{"D6.10.6", from{dst: "2001:db8:1::1"}, query(pkt6.MsgSolicit, 1, na(1)), "DHCP6_PACKET_DROP_UNICAST " + who + "dropping unicast SOLICIT packet as this packet should be sent to multicast"},
		{"D6.10.5", from{}, append(query(pkt6.MsgRebind, 1), opt(pkt6.OptServerID, 0, 2, 9)...), "DHCP6_PACKET_DROP_SERVERID_MISMATCH " + who + "dropping packet with server identifier: 00:02:09"},
		{"D6.10.4", from{}, query(pkt6.MsgSolicit, 1, opt(pkt6.OptServerID, serverDUID...)), "DHCP6_REQUIRED_OPTIONS_CHECK_FAIL " + who + "SOLICIT message received from fe80::99 failed the following check: "},
		{"D6.10.2", from{}, []byte{1}, "DHCP6_PACKET_DROP_PARSE_FAIL "},
		{"D6.10.2 the rest is skipped", from{}, append(query(pkt6.MsgSolicit, 1, na(1)), 0, 17, 0, 9), "DHCP6_PACKET_OPTIONS_SKIPPED " + who},
		{"D6.21.7", from{}, query(pkt6.MsgSolicit, 1, opt(60, 0, 1, 'x')), "DHCP6_PACKET_DROP_DROP_CLASS "},
		{"D6.29.1", from{}, query(pkt6.MsgDecline, 1, na(1, "2001:db8:1::1f")), "DHCP6_DECLINE_FAIL_NO_LEASE "},
	} {
		t.Run(c.what, func(t *testing.T) {
			ts.log.Reset()
			ts.from(c.f, c.raw)
			if !strings.Contains(ts.log.String(), c.want) {
				t.Errorf("the log has not\n%s\nbut\n%s", c.want, ts.log.String())
			}
		})
	}
}
