package pkt4_test

import (
	"bytes"
	"errors"
	"net"
	"slices"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/pkt4"
)

// message is a DISCOVER made by the oracle.
func message(t testing.TB, mods ...dhcpv4.Modifier) []byte {
	m, err := dhcpv4.New(append([]dhcpv4.Modifier{
		dhcpv4.WithMessageType(dhcpv4.MessageTypeDiscover),
		dhcpv4.WithHwAddr(net.HardwareAddr{2, 0, 0, 0, 0, 1}),
		dhcpv4.WithTransactionID(dhcpv4.TransactionID{1, 2, 3, 4}),
	}, mods...)...)
	if err != nil {
		t.Fatal(err)
	}
	return m.ToBytes()
}

func parsed(t *testing.T, raw []byte) *pkt4.Message {
	t.Helper()
	var m pkt4.Message
	if err := m.Parse(raw); err != nil {
		t.Fatal(err)
	}
	return &m
}

func TestParse(t *testing.T) {
	m := parsed(t, message(t, dhcpv4.WithRelay(net.IP{192, 0, 2, 9}), dhcpv4.WithClientIP(net.IP{192, 0, 2, 8}),
		dhcpv4.WithBroadcast(true), dhcpv4.WithOption(dhcpv4.OptRequestedIPAddress(net.IP{192, 0, 2, 7})),
		dhcpv4.WithGeneric(dhcpv4.OptionRelayAgentInformation, []byte{1, 2, 'a', 'b', 2, 1, 'c'})))
	if m.Type() != pkt4.Discover || m.XID() != 0x01020304 || m.GIAddr() != 0xc0000209 || m.CIAddr() != 0xc0000208 ||
		!m.Broadcast() || m.Addr(pkt4.OptRequestedAddress) != 0xc0000207 || !bytes.Equal(m.HWAddr(), []byte{2, 0, 0, 0, 0, 1}) {
		t.Errorf("parsed wrong: type %d xid %x giaddr %x ciaddr %x", m.Type(), m.XID(), m.GIAddr(), m.CIAddr())
	}
	if v, ok := m.RAI(pkt4.RAIRemoteID); !ok || string(v) != "c" {
		t.Errorf("remote-id is %q, %t", v, ok)
	}
	if _, ok := m.RAI(9); ok {
		t.Error("an absent sub-option was found")
	}
	if m.Has(pkt4.OptServerID) || m.Option(pkt4.OptServerID) != nil || m.Addr(pkt4.OptServerID) != 0 {
		t.Error("an absent option was found")
	}
}

func TestParseAgain(t *testing.T) {
	// A Message that is used again keeps nothing of what it read before.
	var m pkt4.Message
	if err := m.Parse(message(t, dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(12), []byte("name")))); err != nil {
		t.Fatal(err)
	}
	if err := m.Parse(message(t)); err != nil || m.Has(12) {
		t.Errorf("option 12 stayed, %v", err)
	}
}

func TestSupply(t *testing.T) {
	m := parsed(t, message(t, dhcpv4.WithGeneric(dhcpv4.OptionRelayAgentInformation, nil), dhcpv4.WithGeneric(dhcpv4.GenericOptionCode(12), bytes.Repeat([]byte("n"), 300))))
	content := []byte{1, 1, 'p', 2, 1, 'r'}
	if !m.Supply(pkt4.OptRelayAgentInfo, content) || !m.Supply(200, nil) {
		t.Fatal("there is no room")
	}
	content[2] = 'x'
	if v, _ := m.RAI(pkt4.RAICircuitID); string(v) != "p" || !m.Has(200) || len(m.Option(200)) != 0 {
		t.Errorf("option 82 is %q, option 200 %q", m.Option(82), m.Option(200))
	}
	if len(m.Option(12)) != 300 || m.Type() != pkt4.Discover {
		t.Errorf("other options are not what they were: option 12 is %q", m.Option(12))
	}
	if m.Supply(201, make([]byte, 0xffff)) || m.Has(201) {
		t.Error("more than there is room for was taken")
	}
	if err := m.Parse(message(t)); err != nil || m.Has(pkt4.OptRelayAgentInfo) || m.Has(200) {
		t.Errorf("what was supplied stayed, %v", err)
	}
}

func TestParseErrors(t *testing.T) {
	var m pkt4.Message
	for n := range pkt4.HeaderLen {
		if err := m.Parse(make([]byte, n)); !errors.Is(err, pkt4.ErrShort) {
			t.Fatalf("%d bytes: %v", n, err)
		}
	}
	if err := m.Parse(make([]byte, 300)); !errors.Is(err, pkt4.ErrCookie) {
		t.Errorf("no cookie: %v", err)
	}
	raw := message(t)
	raw = raw[:bytes.LastIndexByte(raw, 255)]
	for range 300 { // together they exceed what one option can hold
		raw = append(append(raw, 200, 250), make([]byte, 250)...)
	}
	if err := m.Parse(raw); !errors.Is(err, pkt4.ErrJoined) {
		t.Errorf("pieces beyond 65535 bytes: %v", err)
	}
}

func TestReply(t *testing.T) {
	q := parsed(t, message(t, dhcpv4.WithRelay(net.IP{192, 0, 2, 9})))
	var r pkt4.Reply
	r.Reset()
	r.Type, r.YIAddr, r.GIAddr, r.Hops, r.SName, r.File = pkt4.Offer, 0xc0000207, q.GIAddr(), 3, "boot", "/file"
	r.Set(82, []byte{1, 1, 'c'})
	r.Set(51, []byte{0, 0, 1, 0})
	r.Set(1, []byte{255, 255, 255, 0})
	r.Set(252, bytes.Repeat([]byte{7}, 300))
	r.Set(12, []byte("gone"))
	r.Unset(12)
	raw := r.AppendTo(nil, q)
	o, err := dhcpv4.FromBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	if o.MessageType() != dhcpv4.MessageTypeOffer || o.YourIPAddr.String() != "192.0.2.7" || o.HopCount != 3 ||
		o.ServerHostName != "boot" || o.BootFileName != "/file" || o.GatewayIPAddr.String() != "192.0.2.9" || len(o.Options[252]) != 300 || o.Options[12] != nil {
		t.Errorf("reply is %s", o.Summary())
	}
	var order []byte
	for i := pkt4.HeaderLen; raw[i] != pkt4.OptEnd; i += 2 + int(raw[i+1]) {
		order = append(order, raw[i])
	}
	if want := []byte{53, 1, 51, 252, 252, 82}; !slices.Equal(order, want) {
		t.Errorf("order of options is %v, want %v", order, want)
	}
}

// FuzzParse holds the view against the oracle: where the oracle can read a
// message, both read the same.
func FuzzParse(f *testing.F) {
	f.Add(message(f))
	f.Add(message(f, dhcpv4.WithGeneric(dhcpv4.OptionRelayAgentInformation, []byte{1, 2, 'a', 'b'})))
	f.Add(append(message(f)[:240], 53, 1, 1, 0, 0, 12, 2, 'a', 'b', 12, 1, 'c', 255, 9))
	f.Add(append(message(f)[:240], 53, 1, 1, 61, 200, 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m pkt4.Message
		err := m.Parse(raw)
		o, oracleErr := dhcpv4.FromBytes(raw)
		if err != nil {
			if oracleErr == nil && !errors.Is(err, pkt4.ErrJoined) {
				t.Fatalf("refused what the oracle reads: %v", err)
			}
			return
		}
		m.HWAddr()
		m.RAI(1)
		if oracleErr != nil || len(raw) > 0xffff {
			return
		}
		for code, want := range o.Options {
			if got := m.Option(code); code != 0 && code != 255 && !bytes.Equal(got, want) {
				t.Fatalf("option %d is % x, the oracle has % x", code, got, want)
			}
		}
		checkReply(t, &m)
	})
}

// checkReply echoes every option and reads the answer with the oracle.
func checkReply(t *testing.T, m *pkt4.Message) {
	var r pkt4.Reply
	r.Reset()
	r.Type = pkt4.Ack
	for c := byte(1); c < 255; c++ {
		if m.Has(c) && c != 53 {
			r.Set(c, m.Option(c))
		}
	}
	o, err := dhcpv4.FromBytes(r.AppendTo(nil, m))
	if err != nil {
		t.Fatalf("the oracle cannot read our answer: %v", err)
	}
	for c := byte(1); c < 255; c++ {
		if m.Has(c) && c != 53 && !bytes.Equal(o.Options[c], m.Option(c)) {
			t.Fatalf("option %d went out as % x, came in as % x", c, o.Options[c], m.Option(c))
		}
	}
}

func BenchmarkParse(b *testing.B) {
	raw := message(b, dhcpv4.WithGeneric(dhcpv4.OptionParameterRequestList, []byte{1, 3, 6, 15}))
	var m pkt4.Message
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func TestAppendOption(t *testing.T) {
	long := bytes.Repeat([]byte("abcde"), 120) // 600 octets
	for _, n := range []int{0, 1, 254, 255, 256, 510, 511, 600} {
		b := pkt4.AppendOption([]byte{9}, 66, long[:n])
		chunks := max(1, (n+254)/255)
		if len(b) != 1+2*chunks+n {
			t.Errorf("D4.21.2: %d octets take %d", n, len(b))
		}
		var opts dhcpv4.Options = map[uint8][]byte{}
		if err := opts.FromBytes(b[1:]); err != nil || !bytes.Equal(opts[66], long[:n]) {
			t.Errorf("D4.21.2: %d octets are read as %d, error %v", n, len(opts[66]), err)
		}
	}
}
