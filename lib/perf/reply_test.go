package perf

import (
	"encoding/binary"
	"encoding/hex"
	"errors"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"pgregory.net/rapid"
)

func hexOf(b []byte) string { return hex.EncodeToString(b) }

func unwrapAll(err error) error {
	for inner := err; inner != nil; inner = errors.Unwrap(inner) {
		err = inner
	}
	return err
}

// What the generator reads of a server's message is what a full parser reads.
func FuzzParseReply(f *testing.F) {
	server := newFakeServer()
	f.Add(server.reply(captured(typeDiscover), typeOffer, 0x0a000001))
	f.Add(server.reply(captured(typeRequest), typeNAK, 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) < offsetOptions {
			return
		}
		r, ok := parseReply4(b)
		m, err := dhcpv4.FromBytes(b)
		if !ok || err != nil || b[len(b)-1] != optEnd {
			return
		}
		if r.xid != binary.BigEndian.Uint32(m.TransactionID[:]) || r.address != binary.BigEndian.Uint32(m.YourIPAddr.To4()) {
			t.Errorf("transaction %#x, address %#x; want %v, %v", r.xid, r.address, m.TransactionID, m.YourIPAddr)
		}
		if v := m.Options.Get(dhcpv4.OptionDHCPMessageType); len(v) == 1 && v[0] != r.messageType {
			t.Errorf("message type %d, want %d", r.messageType, v[0])
		}
	})
}

// The messages must be ones that an independent parser takes.
func TestMessagesParse(t *testing.T) {
	for _, raw := range []string{"", "eth0"} {
		o := Defaults()
		o.Raw, o.Broadcast = raw, true
		for k, p := range blueprints4(&o) {
			b := append([]byte(nil), p.octets...)
			p.fill(b, &values[binding4]{xid: 0x01020304, mac: 0x020000000001, binding: 0x0a000001, server: 0xc0000201}, 0xc0000202)
			m, err := dhcpv4.FromBytes(b)
			if err != nil {
				t.Fatalf("kind %d: %v", k, err)
			}
			want := [kinds]dhcpv4.MessageType{dhcpv4.MessageTypeDiscover, dhcpv4.MessageTypeRequest, dhcpv4.MessageTypeRequest, dhcpv4.MessageTypeRelease}[k]
			if m.MessageType() != want || m.ClientHWAddr.String() != "02:00:00:00:00:01" {
				t.Errorf("kind %d: %v of %v", k, m.MessageType(), m.ClientHWAddr)
			}
			if relayed := m.GatewayIPAddr.String() == "192.0.2.2"; relayed != (raw == "") || m.IsBroadcast() == relayed {
				t.Errorf("kind %d raw %q: relay %v, broadcast %v", k, raw, m.GatewayIPAddr, m.IsBroadcast())
			}
			if requested := m.RequestedIPAddress(); (requested != nil) != (kind(k) == kindRequest) {
				t.Errorf("kind %d: requested address %v", k, requested)
			}
			if hasCiaddr := !m.ClientIPAddr.IsUnspecified(); hasCiaddr != (kind(k) >= kindRenew) {
				t.Errorf("kind %d: ciaddr %v", k, m.ClientIPAddr)
			}
		}
	}
}

// Both checksums of a raw frame are right whatever is in it (RFC 1071).
func TestRawChecksums(t *testing.T) {
	naive := func(b []byte) uint16 {
		var sum uint32
		for i := 0; i < len(b); i += 2 {
			v := uint32(b[i]) << 8
			if i+1 < len(b) {
				v |= uint32(b[i+1])
			}
			sum += v
		}
		for sum > 0xffff {
			sum = sum>>16 + sum&0xffff
		}
		return uint16(sum)
	}
	rapid.Check(t, func(t *rapid.T) {
		message := rapid.SliceOfN(rapid.Byte(), 1, 600).Draw(t, "message")
		frame := make([]byte, headersSize, headersSize+len(message))
		frame = append(frame, message...)
		w := &rawWire{}
		w.frame(frame)
		w.seal(frame, &values[binding4]{mac: rapid.Uint64Range(0, 1<<48-1).Draw(t, "mac"), server: rapid.Uint32().Draw(t, "server"),
			binding: binding4(rapid.Uint32().Draw(t, "address"))}, rapid.Bool().Draw(t, "to server"))
		ip := frame[ethernetSize:]
		if naive(ip[:ipSize]) != 0xffff {
			t.Fatalf("IP checksum of %x", ip[:ipSize])
		}
		udp := ip[ipSize:]
		pseudo := append(append([]byte(nil), ip[12:20]...), 0, 17, udp[4], udp[5])
		if naive(append(pseudo, udp...)) != 0xffff {
			t.Fatalf("UDP checksum of %x", udp)
		}
		got, ok := unwrap(append(frame, 0, 0, 0)) // short frames are padded
		if !ok || hexOf(got) != hexOf(message) {
			t.Fatalf("unwrapped %x", got)
		}
	})
	for _, bad := range [][]byte{nil, make([]byte, headersSize-1), make([]byte, 60)} {
		if _, ok := unwrap(bad); ok {
			t.Errorf("frame of %d octets was unwrapped", len(bad))
		}
	}
}
