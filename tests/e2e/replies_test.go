package e2e_test

import (
	"bytes"
	"encoding/binary"
	"net"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/tests/wire"
)

// bareConfig gives no options and no timers, so that replies hold only what the
// server adds by itself.
func bareConfig() object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"valid-lifetime":    600,
		"authoritative":     true,
		"subnet4": list{
			object{"id": 7, "subnet": lanSubnet, "pools": list{object{"pool": "10.0.0.100 - 10.0.0.250"}}},
			object{"id": 8, "subnet": farSubnet, "pools": list{object{"pool": farPool}}},
		},
	}
}

func TestReplyForm(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		s.Start(t, l.server, bareConfig())
		st := newStation(t, l)

		s.fact(t, "FD.1.1 no padding", func(t *testing.T) {
			offer := st.Ask(t, discover(wire.NewMAC()))
			if got := len(offer.Payload); got != 262 {
				t.Errorf("an OFFER with 53, 1, 51 and 54 has %d bytes, want 262", got)
			}
			nak := st.Ask(t, initReboot(wire.NewMAC(), "10.99.0.1"))
			nak.WantType(t, dhcpv4.MessageTypeNak)
			if got := len(nak.Payload); got != 250 {
				t.Errorf("a NAK with 53 and 54 has %d bytes, want 250", got)
			}
			for _, f := range []*wire.Frame{offer, nak} {
				if f.Payload[len(f.Payload)-1] != 255 {
					t.Errorf("%s does not end with END", f.Msg.MessageType())
				}
			}
		})
		s.fact(t, "FD.1.6 IP header of raw replies", func(t *testing.T) {
			ip := st.Ask(t, discover(wire.NewMAC())).IPHeader
			if ip[8] != 128 || ip[1] != 0x10 || ip[6] != 0x40 || ip[7] != 0 {
				t.Errorf("TTL %d, TOS %#x, flags and offset %#x; want 128, 0x10, 0x4000", ip[8], ip[1], ip[6:8])
			}
		})
		t.Run("checksums are complete", func(t *testing.T) {
			f := st.Ask(t, discover(wire.NewMAC()))
			if wire.Fold(wire.Sum(0, f.IPHeader)) != 0xffff {
				t.Error("wrong IP checksum")
			}
			udp := binary.BigEndian.AppendUint16(nil, f.Src.Port())
			udp = binary.BigEndian.AppendUint16(udp, f.Dst.Port())
			udp = binary.BigEndian.AppendUint16(udp, uint16(8+len(f.Payload)))
			udp = binary.BigEndian.AppendUint16(udp, f.Checksum)
			if wire.Fold(wire.PseudoSum(f.IPHeader, append(udp, f.Payload...))) != 0xffff {
				t.Error("wrong UDP checksum")
			}
		})
		s.fact(t, "FD.1.7 header fields", func(t *testing.T) { replyHeader(t, st) })
		s.fact(t, "FD.1.9 FD.1.10 echoed options", func(t *testing.T) { echoedOptions(t, st) })
	})
}

// replyHeader: what of the query's header comes back.
func replyHeader(t *testing.T, st *station) {
	odd := func(msg *dhcpv4.DHCPv4) {
		msg.HopCount, msg.NumSeconds, msg.Flags = 5, 77, 0x8000
		msg.ServerIPAddr, msg.YourIPAddr = net.IP{10, 9, 9, 9}, net.IP{10, 8, 8, 8}
	}
	same := func(t *testing.T, q wire.Query, f *wire.Frame) {
		t.Helper()
		if f.Msg.OpCode != dhcpv4.OpcodeBootReply || f.Msg.TransactionID != q.Msg.TransactionID || f.Msg.Flags != q.Msg.Flags ||
			!f.Msg.GatewayIPAddr.Equal(q.Msg.GatewayIPAddr) || !bytes.Equal(f.Msg.ClientHWAddr, q.Msg.ClientHWAddr) ||
			f.Msg.HWType != q.Msg.HWType || f.Payload[2] != 6 ||
			q.Msg.MessageType() != dhcpv4.MessageTypeInform && f.Msg.HopCount != q.Msg.HopCount {
			t.Errorf("op, xid, flags, giaddr, chaddr, htype, hlen or hops differ:\n%s\n%s", q.Msg.Summary(), f.Msg.Summary())
		}
		if f.Msg.NumSeconds != 0 {
			t.Errorf("secs is %d, want 0", f.Msg.NumSeconds)
		}
	}
	mac := wire.NewMAC()
	q := discover(mac, odd)
	offer := st.Ask(t, q)
	same(t, q, offer)
	q = selecting(mac, offer.Msg.YourIPAddr.String(), odd)
	ack := st.Ask(t, q)
	same(t, q, ack)
	address := ack.Msg.YourIPAddr.String()
	for _, q := range []wire.Query{renewing(mac, address, odd), inform(mac, address, odd)} {
		f := st.Ask(t, q)
		f.WantType(t, dhcpv4.MessageTypeAck)
		same(t, q, f)
		if got := f.Msg.ClientIPAddr.String(); got != address {
			t.Errorf("%s: ciaddr %s, want %s", q.Msg.MessageType(), got, address)
		}
	}
	q = throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, wire.NewMAC(), odd, wire.Relayed("10.1.0.1")))
	same(t, q, st.Ask(t, q))
	q = initReboot(wire.NewMAC(), "10.99.0.1", odd)
	same(t, q, st.Ask(t, q))
}

// echoedOptions: which options of the query come back. 82 comes last.
func echoedOptions(t *testing.T, st *station) {
	mac := wire.NewMAC()
	more := []dhcpv4.Modifier{
		wire.Relayed("10.1.0.1"), wire.ClientID("\x00identity"),
		wire.Option(60, []byte("vendor")...), wire.Option(77, []byte("\x04user")...), wire.Option(93, 0, 0), wire.Option(94, 1, 2, 3),
		wire.Option(97, make([]byte, 17)...), wire.Option(82, 1, 2, 'a', 'b'),
	}
	check := func(f *wire.Frame, want ...uint8) {
		t.Helper()
		if got := f.Codes(t); !reflect.DeepEqual(got, want) {
			t.Errorf("%s holds options %v, want %v", f.Msg.MessageType(), got, want)
		}
		if got := f.Msg.GetOneOption(dhcpv4.OptionClientIdentifier); string(got) != "\x00identity" {
			t.Errorf("%s: client-id %q", f.Msg.MessageType(), got)
		}
	}
	selection := append(more, wire.Option(118, 10, 1, 0, 0))
	offer := st.Ask(t, throughRelay(wire.Message(dhcpv4.MessageTypeDiscover, mac, selection...)))
	check(offer, 53, 1, 51, 54, 61, 118, 82)
	ack := st.Ask(t, throughRelay(wire.Message(dhcpv4.MessageTypeRequest, mac, append(selection,
		wire.Requested(offer.Msg.YourIPAddr.String()), wire.ServerID(serverAddr))...)))
	ack.WantType(t, dhcpv4.MessageTypeAck)
	check(ack, 53, 1, 51, 54, 61, 118, 82)
	nak := st.Ask(t, throughRelay(wire.Message(dhcpv4.MessageTypeRequest, mac, append(more, wire.Requested("10.99.0.1"))...)))
	nak.WantType(t, dhcpv4.MessageTypeNak)
	check(nak, 53, 54, 61, 82)
}

func TestReplyOptions(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		config := bareConfig().With(object{
			"renew-timer": 200, "rebind-timer": 400,
			"option-data": list{
				object{"name": "domain-name-servers", "data": "10.0.0.53"},
				object{"name": "domain-name", "data": "example.org"},
				object{"name": "ntp-servers", "data": "10.0.0.123"},
				object{"name": "routers", "data": "10.0.0.254"},
			},
		})
		s.Start(t, l.server, config)
		st := newStation(t, l)

		s.fact(t, "FD.1.2 FD.1.8 order, and what comes without being asked for", func(t *testing.T) {
			mac := wire.NewMAC()
			offer := st.Ask(t, discover(mac))
			ack := st.Ask(t, selecting(mac, offer.Msg.YourIPAddr.String()))
			for _, f := range []*wire.Frame{offer, ack} {
				if got, want := f.Codes(t), []uint8{53, 1, 3, 6, 15, 51, 54, 58, 59}; !slices.Equal(got, want) {
					t.Errorf("%s holds options %v, want %v", f.Msg.MessageType(), got, want)
				}
			}
			asked := st.Ask(t, discover(mac, wire.Option(55, 42, 15, 3, 1), wire.Option(82, 1, 1, 'x'), wire.ClientID("\x01abcdef")))
			if got, want := asked.Codes(t), []uint8{53, 1, 3, 6, 15, 42, 51, 54, 58, 59, 61, 82}; !slices.Equal(got, want) {
				t.Errorf("with option 55 the OFFER holds %v, want %v", got, want)
			}
			informed := st.Ask(t, inform(wire.NewMAC(), "10.0.0.9"))
			if got, want := informed.Codes(t), []uint8{53, 3, 6, 15, 54}; !slices.Equal(got, want) {
				t.Errorf("the ACK to an INFORM holds %v, want %v", got, want)
			}
		})
	})
}

func TestLongReplies(t *testing.T) {
	eachSuite(t, func(t *testing.T, s suite) {
		l := newLAN(t)
		config := bareConfig()
		var data, definitions list
		for _, code := range []int{224, 225, 226} {
			name := "long-" + string(rune('a'+code-224))
			definitions = append(definitions, object{"name": name, "code": code, "type": "string"})
			data = append(data, object{"name": name, "data": strings.Repeat("x", 250)})
		}
		srv := s.Start(t, l.server, config.With(object{"option-def": definitions, "option-data": data}))
		st := newStation(t, l)
		all := wire.Option(55, 224, 225, 226)

		s.fact(t, "FD.1.3 FD.1.5 longer than option 57, no overload", func(t *testing.T) {
			offer := st.Ask(t, discover(wire.NewMAC(), all, wire.Option(57, 2, 64))) // 576
			if got := len(offer.Payload); got != 262+3*252 {
				t.Errorf("the OFFER has %d bytes, want %d", got, 262+3*252)
			}
			if slices.Contains(offer.Codes(t), 52) || offer.Msg.ServerHostName != "" || offer.Msg.BootFileName != "" {
				t.Error("options were put into sname or file")
			}
		})
		s.fact(t, "FD.1.4 longer than the MTU", func(t *testing.T) {
			for _, device := range []string{"p1", "eth0"} {
				l.server.IP(t, "link set "+device+" mtu 800")
			}
			st.silent(t, discover(wire.NewMAC(), all))
			srv.Logged(t, "DHCP4_PACKET_SEND_FAIL")
			for _, line := range strings.Split(srv.Log(), "\n") {
				if strings.Contains(line, "long-a (224)") && strings.Contains(line, "long-c (226)") {
					return
				}
			}
			t.Error("no log line says which options make the reply too long")
		})
	})
}
