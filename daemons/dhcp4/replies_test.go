package dhcp4

import (
	"bytes"
	"net"
	"strings"
	"syscall"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

const (
	discoverMsg = dhcpv4.MessageTypeDiscover
	offerMsg    = dhcpv4.MessageTypeOffer
	requestMsg  = dhcpv4.MessageTypeRequest
	ackMsg      = dhcpv4.MessageTypeAck
	nakMsg      = dhcpv4.MessageTypeNak
	informMsg   = dhcpv4.MessageTypeInform
	releaseMsg  = dhcpv4.MessageTypeRelease
	declineMsg  = dhcpv4.MessageTypeDecline
)

// expect fails the test unless the answer is of that type and address ("" for any).
func expect(t *testing.T, r *sentReply, typ dhcpv4.MessageType, addr string) *sentReply {
	t.Helper()
	if r == nil {
		t.Fatalf("no answer, want %v", typ)
	}
	if r.MessageType() != typ || (addr != "" && r.YourIPAddr.String() != addr) {
		t.Fatalf("answer is %v %v, want %v %s", r.MessageType(), r.YourIPAddr, typ, addr)
	}
	return r
}

func expectSilence(t *testing.T, r *sentReply) {
	t.Helper()
	if r != nil {
		t.Fatalf("answered with %v %v, want silence", r.MessageType(), r.YourIPAddr)
	}
}

// codes lists the option codes of a reply in the order of the wire.
func codes(raw []byte) (list []byte) {
	for i := 240; i < len(raw) && raw[i] != 255; i += 2 + int(raw[i+1]) {
		list = append(list, raw[i])
	}
	return list
}

func prl(cs ...byte) dhcpv4.Modifier {
	return func(m *dhcpv4.DHCPv4) { m.Options[55] = cs }
}

func opt(code byte, content ...byte) dhcpv4.Modifier {
	return func(m *dhcpv4.DHCPv4) { m.Options[code] = content }
}

const withOptions = `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ],
	"renew-timer": 1000, "rebind-timer": 2000, "valid-lifetime": 4000,
	"option-data": [ { "name": "routers", "data": "192.0.2.1" }, { "name": "domain-name-servers", "data": "192.0.2.53" },
		{ "name": "domain-name", "data": "example.org" }, { "name": "ntp-servers", "data": "192.0.2.123" },
		{ "name": "tftp-server-name", "data": "boot" } ] } ]`

func TestFormOfReplies(t *testing.T) {
	ts := newTestServer(t, plain)
	offer := expect(t, ts.one(from{}, query(discoverMsg, 1)), offerMsg, "192.0.2.10")
	t.Run("FD.1.1 no padding", func(t *testing.T) {
		if len(offer.raw) != 262 || offer.raw[261] != 255 {
			t.Errorf("OFFER has %d bytes, ends in %d", len(offer.raw), offer.raw[len(offer.raw)-1])
		}
		nak := expect(t, ts.one(from{dst: ip("192.0.2.1")}, query(requestMsg, 9, requested("203.0.113.1"), serverID("192.0.2.1"), giaddr("203.0.113.1"))), nakMsg, "")
		if len(nak.raw) != 250 {
			t.Errorf("NAK has %d bytes", len(nak.raw))
		}
	})
	t.Run("FD.1.3 maximum message size is ignored", func(t *testing.T) {
		// A reply of over 576 bytes to a client that says it takes 576.
		ts := newTestServer(t, `"option-data": [ { "name": "root-path", "always-send": true, "data": "`+strings.Repeat("x", 600)+`" } ], `+plain)
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, opt(57, 2, 64))), offerMsg, "")
		if len(r.raw) < 800 {
			t.Errorf("reply has %d bytes", len(r.raw))
		}
	})
	t.Run("FD.1.7 header fields", func(t *testing.T) {
		m := query(discoverMsg, 3, giaddr("192.0.2.200"))
		m.HopCount, m.NumSeconds, m.Flags = 3, 77, 0x8000
		r := expect(t, ts.one(from{dst: ip("192.0.2.1")}, m), offerMsg, "")
		if r.OpCode != dhcpv4.OpcodeBootReply || r.TransactionID != m.TransactionID || r.Flags != 0x8000 ||
			!r.GatewayIPAddr.Equal(m.GatewayIPAddr) || r.ClientHWAddr.String() != mac(3).String() ||
			r.HopCount != 3 || r.NumSeconds != 0 || r.HWType != 1 {
			t.Errorf("header is %s", r.Summary())
		}
		ts.lease(4)
		ack := expect(t, ts.one(from{src: ip("192.0.2.11"), dst: ip("192.0.2.1")}, query(requestMsg, 4, ciaddr("192.0.2.11"))), ackMsg, "")
		if ack.ClientIPAddr.String() != "192.0.2.11" {
			t.Errorf("ciaddr of the ACK is %v", ack.ClientIPAddr)
		}
	})
	t.Run("FD.1.4 a reply that is too long is reported", func(t *testing.T) {
		ts.sock.fail = syscall.EMSGSIZE
		defer func() { ts.sock.fail = nil }()
		for range 2 {
			ts.send(from{}, query(discoverMsg, 1))
		}
		log := ts.log.String()
		if strings.Count(log, "DHCP4_PACKET_SEND_FAIL") != 2 || strings.Count(log, "DHCP4_REPLY_TOO_LONG") != 1 ||
			!strings.Contains(log, "subnet-mask (1): 4 bytes") {
			t.Errorf("log is %s", log)
		}
	})
}

func TestOptionsOfReplies(t *testing.T) {
	ts := newTestServer(t, withOptions)
	const all = "\x35\x01\x03\x06\x0f\x33\x36\x3a\x3b"
	check := func(t *testing.T, r *sentReply, want string) {
		t.Helper()
		if got := codes(r.raw); string(got) != want {
			t.Errorf("options are %v, want %v", got, []byte(want))
		}
	}
	t.Run("FD.1.8 sent without being asked for", func(t *testing.T) {
		check(t, expect(t, ts.one(from{}, query(discoverMsg, 1, prl())), offerMsg, ""), all)
		check(t, ts.lease(1), all)
	})
	t.Run("FD.1.8 INFORM", func(t *testing.T) {
		r := expect(t, ts.one(from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, query(informMsg, 5, ciaddr("192.0.2.50"))), ackMsg, "0.0.0.0")
		check(t, r, "\x35\x03\x06\x0f\x36")
	})
	t.Run("FD.1.2 D4.12.14 ascending, asked for in any order", func(t *testing.T) {
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, prl(66, 42, 15, 1), opt(82, 1, 1, 'c'))), offerMsg, "")
		check(t, r, "\x35\x01\x03\x06\x0f\x2a\x33\x36\x3a\x3b\x42\x52")
	})
	t.Run("FD.1.9 echoed and not echoed", func(t *testing.T) {
		m := query(discoverMsg, 1, clientID(1, 2, 3), opt(60, 'x'), opt(77, 1, 'a'), opt(93, 0, 0), opt(94, 1, 2, 1), opt(97, 0, 1), opt(118, 192, 0, 2, 0))
		r := expect(t, ts.one(from{}, m), offerMsg, "")
		for _, c := range []byte{60, 77, 93, 94, 97} {
			if bytes.IndexByte(codes(r.raw), c) >= 0 {
				t.Errorf("option %d is echoed", c)
			}
		}
		if !bytes.Equal(r.Options[61], []byte{1, 2, 3}) || !bytes.Equal(r.Options[118], []byte{192, 0, 2, 0}) {
			t.Errorf("61 is %v, 118 is %v", r.Options[61], r.Options[118])
		}
	})
	t.Run("FD.1.5 no overload", func(t *testing.T) {
		r := expect(t, ts.one(from{}, query(discoverMsg, 1, opt(57, 2, 64))), offerMsg, "")
		if bytes.IndexByte(codes(r.raw), 52) >= 0 || r.ServerHostName != "" || r.BootFileName != "" {
			t.Error("options spill over")
		}
	})
	t.Run("FD.1.10 NAK", func(t *testing.T) {
		r := expect(t, ts.one(from{dst: ip("192.0.2.1")}, query(requestMsg, 9, clientID(7, 7), requested("192.0.2.11"), serverID("192.0.2.1"),
			giaddr("192.0.2.200"), opt(82, 1, 1, 'c'), prl(3, 56))), nakMsg, "0.0.0.0")
		check(t, r, "\x35\x36\x3d\x52")
	})
}

func TestWhereRepliesGo(t *testing.T) {
	bcast := net.HardwareAddr{255, 255, 255, 255, 255, 255}
	frame := net.HardwareAddr{2, 9, 9, 9, 9, 9}
	setFlag := func(m *dhcpv4.DHCPv4) { m.Flags = 0x8000 }
	for _, c := range []struct {
		name string
		from from
		m    *dhcpv4.DHCPv4
		typ  dhcpv4.MessageType
		dst  string
		port uint16
		mac  net.HardwareAddr
	}{
		{"FD.2.1 to yiaddr at the client's link address", from{}, query(discoverMsg, 1), offerMsg, "192.0.2.10", 68, mac(1)},
		{"FD.2.2 broadcast on request", from{}, query(discoverMsg, 1, setFlag), offerMsg, "255.255.255.255", 68, bcast},
		{"FD.2.3 ciaddr wins over the flag, in a broadcast frame", from{src: ip("192.0.2.15"), dst: ip("192.0.2.1")}, query(requestMsg, 1, ciaddr("192.0.2.15"), setFlag), ackMsg, "192.0.2.15", 68, bcast},
		{"FD.2.3 ciaddr without the flag", from{src: ip("192.0.2.15"), dst: ip("192.0.2.1")}, query(requestMsg, 1, ciaddr("192.0.2.15")), ackMsg, "192.0.2.15", 68, mac(1)},
		{"FD.2.4 NAK without ciaddr", from{}, query(requestMsg, 1, requested("192.0.2.12"), serverID("192.0.2.1")), nakMsg, "255.255.255.255", 68, mac(1)},
		{"FD.2.4 NAK without ciaddr, flag set", from{}, query(requestMsg, 1, requested("192.0.2.12"), serverID("192.0.2.1"), setFlag), nakMsg, "255.255.255.255", 68, bcast},
		{"FD.2.5 NAK with ciaddr", from{src: ip("192.0.2.12"), dst: ip("192.0.2.1")}, query(requestMsg, 1, ciaddr("192.0.2.12")), nakMsg, "192.0.2.12", 68, mac(1)},
		{"FD.2.6 D4.9.3 the frame's source decides, not chaddr", from{mac: frame}, query(discoverMsg, 1), offerMsg, "192.0.2.10", 68, frame},
		{"FD.2.7 relayed", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 67, mac: frame}, query(discoverMsg, 1, giaddr("192.0.2.200")), offerMsg, "192.0.2.200", 67, frame},
		{"FD.2.8 a client's odd source port does not count", from{port: 1068}, query(discoverMsg, 1), offerMsg, "192.0.2.10", 68, mac(1)},
		{"FD.2.8 a relay's odd source port does not count", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 1067}, query(discoverMsg, 1, giaddr("192.0.2.200")), offerMsg, "192.0.2.200", 67, mac(1)},
		{"FD.2.9 D4.16.5 relay port of two bytes", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 1067}, query(discoverMsg, 1, giaddr("192.0.2.200"), opt(82, 19, 2, 4, 43)), offerMsg, "192.0.2.200", 1067, mac(1)},
		{"FD.2.9 D4.16.5 relay port without content", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 1067}, query(discoverMsg, 1, giaddr("192.0.2.200"), opt(82, 19, 0)), offerMsg, "192.0.2.200", 1067, mac(1)},
		{"FD.2.10 INFORM through a relay", from{src: ip("192.0.2.200"), dst: ip("192.0.2.1"), port: 67}, query(informMsg, 1, giaddr("192.0.2.200"), ciaddr("192.0.2.50"), opt(82, 1, 1, 'c')), ackMsg, "192.0.2.50", 68, mac(1)},
		{"FD.2.11 INFORM without ciaddr", from{src: ip("192.0.2.50"), dst: ip("192.0.2.1")}, query(informMsg, 1), ackMsg, "192.0.2.50", 68, mac(1)},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, plain)
			if c.typ == nakMsg { // somebody else holds the address
				expect(t, ts.one(from{src: ip("192.0.2.12"), dst: ip("192.0.2.1")}, query(requestMsg, 99, ciaddr("192.0.2.12"))), ackMsg, "192.0.2.12")
			}
			r := expect(t, ts.one(c.from, c.m), c.typ, "")
			if r.dst != ip(c.dst) || r.dstPort != c.port || r.dstMAC.String() != c.mac.String() {
				t.Errorf("goes to %v:%d at %v, want %s:%d at %v", ip4(r.dst), r.dstPort, r.dstMAC, c.dst, c.port, c.mac)
			}
			if c.m.MessageType() == informMsg && !c.m.ClientIPAddr.IsUnspecified() && (r.HopCount != 0 || !r.GatewayIPAddr.IsUnspecified() || r.Options[82] != nil) {
				t.Errorf("giaddr %v, hops %d, option 82 %v in a direct answer", r.GatewayIPAddr, r.HopCount, r.Options[82])
			}
		})
	}
}
