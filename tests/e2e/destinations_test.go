package e2e_test

import (
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/wire"
)

// Where replies go, over raw sockets.
func TestReplyDestinations(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		s.Start(t, l.server, bareConfig())
		st := newStation(t, l)
		broadcast := dhcpv4.WithBroadcast(true)

		s.fact(t, "FD.2.1 direct client without address", func(t *testing.T) {
			mac := wire.NewMAC()
			offer := st.Ask(t, discover(mac))
			offer.WantTo(t, offer.Msg.YourIPAddr.String()+":68", mac)
		})
		s.fact(t, "FD.2.2 broadcast flag", func(t *testing.T) {
			st.Ask(t, discover(wire.NewMAC(), broadcast)).WantTo(t, "255.255.255.255:68", wire.BroadcastMAC)
		})
		s.fact(t, "FD.2.3 ciaddr", func(t *testing.T) {
			mac := wire.NewMAC()
			address := st.lease(t, mac).Msg.YourIPAddr.String()
			st.Ask(t, renewing(mac, address)).WantTo(t, address+":68", mac)
			st.Ask(t, renewing(mac, address, broadcast)).WantTo(t, address+":68", wire.BroadcastMAC)
		})
		s.fact(t, "FD.2.4 NAK without ciaddr", func(t *testing.T) {
			mac := wire.NewMAC()
			nak := st.Ask(t, initReboot(mac, "10.99.0.1"))
			nak.WantType(t, dhcpv4.MessageTypeNak)
			nak.WantTo(t, "255.255.255.255:68", mac)
			nak = st.Ask(t, initReboot(mac, "10.99.0.1", broadcast))
			nak.WantTo(t, "255.255.255.255:68", wire.BroadcastMAC)
		})
		s.fact(t, "FD.2.5 NAK with ciaddr", func(t *testing.T) {
			holder, other := wire.NewMAC(), wire.NewMAC()
			address := st.lease(t, holder).Msg.YourIPAddr.String()
			nak := st.Ask(t, renewing(other, address))
			nak.WantType(t, dhcpv4.MessageTypeNak)
			nak.WantTo(t, address+":68", other)
		})
		s.fact(t, "FD.2.6 D4.9.3 the query's link-layer source, not chaddr", func(t *testing.T) {
			mac, link := wire.NewMAC(), wire.NewMAC()
			q := discover(mac)
			q.From = link
			offer := st.Ask(t, q)
			offer.WantTo(t, offer.Msg.YourIPAddr.String()+":68", link)
			q = inform(mac, "10.0.0.9")
			q.From = link
			st.Ask(t, q).WantTo(t, "10.0.0.9:68", link)
		})
		s.fact(t, "FD.2.7 relayed", func(t *testing.T) {
			q := throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1")))
			offer := st.Ask(t, q)
			offer.WantTo(t, "10.1.0.1:67", q.From)
			q = throughRelay(wire.Message(dhcpv4.MessageTypeRequest, wire.NewMAC(), wire.Relayed("10.1.0.1"), wire.Requested("10.99.0.1")))
			nak := st.Ask(t, q)
			nak.WantType(t, dhcpv4.MessageTypeNak)
			nak.WantTo(t, "10.1.0.1:67", q.From)
			if nak.Msg.IsBroadcast() {
				t.Error("the NAK has the broadcast flag, the query had not")
			}
			q = throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1"), broadcast))
			offer = st.Ask(t, q)
			offer.WantTo(t, "10.1.0.1:67", q.From)
			if !offer.Msg.IsBroadcast() {
				t.Error("the broadcast flag of the query is gone")
			}
		})
		s.fact(t, "FD.2.8 ports", func(t *testing.T) {
			mac := wire.NewMAC()
			q := discover(mac)
			q.Src = wire.Port("0.0.0.0", 40000)
			offer := st.Ask(t, q)
			offer.WantTo(t, offer.Msg.YourIPAddr.String()+":68", mac)
			q = throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1")))
			q.Src = wire.Port("10.1.0.1", 40001)
			st.Ask(t, q).WantTo(t, "10.1.0.1:67", q.From)
			q = throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1"), wire.Option(82, 1, 1, 'a', 19, 2, 0, 0)))
			q.Src = wire.Port("10.1.0.1", 40002)
			st.Ask(t, q).WantTo(t, "10.1.0.1:40002", q.From)
		})
		s.fact(t, "FD.2.9 relay port without content", func(t *testing.T) {
			q := throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), wire.Relayed("10.1.0.1"), wire.Option(82, 1, 1, 'a', 19, 0)))
			q.Src = wire.Port("10.1.0.1", 40003)
			st.Ask(t, q).WantTo(t, "10.1.0.1:40003", q.From)
		})
		s.fact(t, "FD.2.10 INFORM through a relay", func(t *testing.T) {
			q := throughRelay(wire.Message(dhcpv4.MessageTypeInform, wire.NewMAC(), wire.Relayed("10.1.0.1"), wire.CIAddr("10.1.0.9"), wire.Option(82, 1, 1, 'a')))
			ack := st.Ask(t, q)
			ack.WantTo(t, "10.1.0.9:68", q.From)
			if !ack.Msg.GatewayIPAddr.IsUnspecified() || ack.Msg.HopCount != 0 || ack.Msg.GetOneOption(dhcpv4.OptionRelayAgentInformation) != nil {
				t.Errorf("giaddr, hops or option 82 are left: %s", ack.Msg.Summary())
			}
		})
		s.fact(t, "FD.2.11 D4.9.1 INFORM with and without ciaddr", func(t *testing.T) {
			mac := wire.NewMAC()
			q := inform(mac, "0.0.0.0")
			q.Src = wire.Port("10.0.0.9", 68)
			ack := st.Ask(t, q)
			ack.WantType(t, dhcpv4.MessageTypeAck)
			ack.WantTo(t, "10.0.0.9:68", mac)
			ack = st.Ask(t, inform(mac, "10.0.0.8"))
			ack.WantTo(t, "10.0.0.8:68", mac)
			if !ack.Msg.YourIPAddr.IsUnspecified() {
				t.Errorf("yiaddr is %s, want 0.0.0.0", ack.Msg.YourIPAddr)
			}
		})
	})
}
