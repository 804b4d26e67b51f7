package dhcp4

import (
	"strings"
	"testing"
)

// At debug level 55 the log has each message with all of its options, on one line
// whatever a client sends.
func TestPacketDetails(t *testing.T) {
	holds := func(t *testing.T, ts *testServer, lines ...string) {
		t.Helper()
		for _, line := range lines {
			if !strings.Contains(ts.log.String(), line+"\n") {
				t.Errorf("the log lacks\n%s\nit is\n%s", line, ts.log.String())
			}
		}
	}
	const client = "[hwtype=1 02:00:00:00:00:01], cid=[no info], tid=0x"
	t.Run("query and answer", func(t *testing.T) {
		ts := newTestServer(t, plain)
		ts.debug()
		q := query(discoverMsg, 1, giaddr("192.0.2.2"), prl(1, 3), opt(60, []byte("a\nb\x1b")...), opt(82, 1, 1, 'x', 2, 1, 'y'), opt(200, 0xab))
		expect(t, ts.one(from{src: ip("192.0.2.2"), dst: ip("192.0.2.1"), port: 67}, q), offerMsg, "")
		label := strings.TrimSuffix(client, "0x") + "0x" + strings.TrimLeft(strings.TrimPrefix(q.TransactionID.String(), "0x"), "0")
		holds(t, ts,
			"DHCP4_QUERY_DATA "+label+`, packet details: local_address=192.0.2.1:67, remote_address=192.0.2.2:67, msg_type=DHCPDISCOVER (1), transid=`+label[strings.LastIndex(label, "0x"):]+
				`, options: type=053, len=001: 1 (uint8); type=055, len=002: 1(uint8) 3(uint8); type=060, len=004: "a\nb\x1b" (string); type=082, len=006:,\noptions:\n  type=001, len=001: 78\n  type=002, len=001: 79; type=200, len=001: ab`,
		)
		for _, part := range []string{
			"DHCP4_RESPONSE_DATA " + label + ": responding with packet DHCPOFFER (type 2), packet details: local_address=192.0.2.1:67, remote_address=192.0.2.2:67, msg_type=DHCPOFFER (2), ",
			"type=053, len=001: 2 (uint8); ", "; type=054, len=004: 192.0.2.1",
		} {
			if !strings.Contains(ts.log.String(), part) {
				t.Errorf("the log lacks %q:\n%s", part, ts.log.String())
			}
		}
	})
	t.Run("not at INFO", func(t *testing.T) {
		ts := newTestServer(t, plain)
		expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "")
		if strings.Contains(ts.log.String(), "packet details") {
			t.Errorf("the log has details:\n%s", ts.log.String())
		}
	})
	t.Run("DHCPv4-over-DHCPv6", func(t *testing.T) {
		s := newOver6Server(t, over6Conf)
		s.debug()
		s.ask(viaDHCPv6(origin("eth0", "2001:db8:1::7"), query(discoverMsg, 1).ToBytes()))
		for _, part := range []string{
			", packet details: remote_address=[2001:db8:1::7]:546, msg_type=DHCPDISCOVER (1), ",
			"DHCP4_DHCP4O6_RESPONSE_DATA ", ": responding with packet DHCPOFFER (type 2), packet details: remote_address=[2001:db8:1::7]:546, msg_type=DHCPOFFER (2), ",
		} {
			if !strings.Contains(s.log.String(), part) {
				t.Errorf("the log lacks %q:\n%s", part, s.log.String())
			}
		}
	})
}
