package e2e_test

import (
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// Where replies go, over raw sockets.
func TestReplyDestinations(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		s.start(t, l.server, bareConfig())
		st := newStation(t, l)
		broadcast := dhcpv4.WithBroadcast(true)

		s.fact(t, "FD.2.1 direct client without address", func(t *testing.T) {
			mac := newMAC()
			offer := st.ask(t, discover(mac))
			offer.wantTo(t, offer.msg.YourIPAddr.String()+":68", mac)
		})
		s.fact(t, "FD.2.2 broadcast flag", func(t *testing.T) {
			st.ask(t, discover(newMAC(), broadcast)).wantTo(t, "255.255.255.255:68", broadcastMAC)
		})
		s.fact(t, "FD.2.3 ciaddr", func(t *testing.T) {
			mac := newMAC()
			address := st.lease(t, mac).msg.YourIPAddr.String()
			st.ask(t, renewing(mac, address)).wantTo(t, address+":68", mac)
			st.ask(t, renewing(mac, address, broadcast)).wantTo(t, address+":68", broadcastMAC)
		})
		s.fact(t, "FD.2.4 NAK without ciaddr", func(t *testing.T) {
			mac := newMAC()
			nak := st.ask(t, initReboot(mac, "10.99.0.1"))
			nak.wantType(t, dhcpv4.MessageTypeNak)
			nak.wantTo(t, "255.255.255.255:68", mac)
			nak = st.ask(t, initReboot(mac, "10.99.0.1", broadcast))
			nak.wantTo(t, "255.255.255.255:68", broadcastMAC)
		})
		s.fact(t, "FD.2.5 NAK with ciaddr", func(t *testing.T) {
			holder, other := newMAC(), newMAC()
			address := st.lease(t, holder).msg.YourIPAddr.String()
			nak := st.ask(t, renewing(other, address))
			nak.wantType(t, dhcpv4.MessageTypeNak)
			nak.wantTo(t, address+":68", other)
		})
		s.fact(t, "FD.2.6 D4.9.3 the query's link-layer source, not chaddr", func(t *testing.T) {
			mac, link := newMAC(), newMAC()
			q := discover(mac)
			q.from = link
			offer := st.ask(t, q)
			offer.wantTo(t, offer.msg.YourIPAddr.String()+":68", link)
			q = inform(mac, "10.0.0.9")
			q.from = link
			st.ask(t, q).wantTo(t, "10.0.0.9:68", link)
		})
		s.fact(t, "FD.2.7 relayed", func(t *testing.T) {
			q := throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1")))
			offer := st.ask(t, q)
			offer.wantTo(t, "10.1.0.1:67", q.from)
			q = throughRelay(message(dhcpv4.MessageTypeRequest, newMAC(), relayed("10.1.0.1"), requested("10.99.0.1")))
			nak := st.ask(t, q)
			nak.wantType(t, dhcpv4.MessageTypeNak)
			nak.wantTo(t, "10.1.0.1:67", q.from)
			if nak.msg.IsBroadcast() {
				t.Error("the NAK has the broadcast flag, the query had not")
			}
			q = throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1"), broadcast))
			offer = st.ask(t, q)
			offer.wantTo(t, "10.1.0.1:67", q.from)
			if !offer.msg.IsBroadcast() {
				t.Error("the broadcast flag of the query is gone")
			}
		})
		s.fact(t, "FD.2.8 ports", func(t *testing.T) {
			mac := newMAC()
			q := discover(mac)
			q.src = port("0.0.0.0", 40000)
			offer := st.ask(t, q)
			offer.wantTo(t, offer.msg.YourIPAddr.String()+":68", mac)
			q = throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1")))
			q.src = port("10.1.0.1", 40001)
			st.ask(t, q).wantTo(t, "10.1.0.1:67", q.from)
			q = throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1"), option(82, 1, 1, 'a', 19, 2, 0, 0)))
			q.src = port("10.1.0.1", 40002)
			st.ask(t, q).wantTo(t, "10.1.0.1:40002", q.from)
		})
		s.fact(t, "FD.2.9 relay port without content", func(t *testing.T) {
			q := throughRelay(message(dhcpv4.MessageTypeDiscover, newMAC(), relayed("10.1.0.1"), option(82, 1, 1, 'a', 19, 0)))
			q.src = port("10.1.0.1", 40003)
			st.ask(t, q).wantTo(t, "10.1.0.1:40003", q.from)
		})
		s.fact(t, "FD.2.10 INFORM through a relay", func(t *testing.T) {
			q := throughRelay(message(dhcpv4.MessageTypeInform, newMAC(), relayed("10.1.0.1"), ciaddr("10.1.0.9"), option(82, 1, 1, 'a')))
			ack := st.ask(t, q)
			ack.wantTo(t, "10.1.0.9:68", q.from)
			if !ack.msg.GatewayIPAddr.IsUnspecified() || ack.msg.HopCount != 0 || ack.msg.GetOneOption(dhcpv4.OptionRelayAgentInformation) != nil {
				t.Errorf("giaddr, hops or option 82 are left: %s", ack.msg.Summary())
			}
		})
		s.fact(t, "FD.2.11 D4.9.1 INFORM with and without ciaddr", func(t *testing.T) {
			mac := newMAC()
			q := inform(mac, "0.0.0.0")
			q.src = port("10.0.0.9", 68)
			ack := st.ask(t, q)
			ack.wantType(t, dhcpv4.MessageTypeAck)
			ack.wantTo(t, "10.0.0.9:68", mac)
			ack = st.ask(t, inform(mac, "10.0.0.8"))
			ack.wantTo(t, "10.0.0.8:68", mac)
			if !ack.msg.YourIPAddr.IsUnspecified() {
				t.Errorf("yiaddr is %s, want 0.0.0.0", ack.msg.YourIPAddr)
			}
		})
	})
}
