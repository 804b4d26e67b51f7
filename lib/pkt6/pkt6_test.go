package pkt6_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"nestor/lib/pkt6"
)

var (
	duid   = []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}
	linkA  = netip.MustParseAddr("2001:db8:1::1")
	peerA  = netip.MustParseAddr("fe80::77")
	server = []byte{0, 2, 0, 0, 9, 0xbf, 1}
)

// option is one with its header.
func option(code uint16, content ...byte) []byte { return pkt6.AppendOption(nil, code, content) }

// message is one of a client.
func message(typ byte, options ...[]byte) []byte {
	return append([]byte{typ, 1, 2, 3}, bytes.Join(options, nil)...)
}

// relayed wraps a message as a relay does.
func relayed(hops byte, msg []byte, options ...[]byte) []byte {
	b := append([]byte{pkt6.MsgRelayForward, hops}, linkA.AsSlice()...)
	b = append(b, peerA.AsSlice()...)
	b = append(b, bytes.Join(options, nil)...)
	return append(b, option(pkt6.OptRelayMessage, msg...)...)
}

// solicit is what a client that wants an address and a prefix sends.
func solicit() []byte {
	ia := append([]byte{0, 0, 0, 7, 0, 0, 0, 1, 0, 0, 0, 2}, option(pkt6.OptIAAddr, append(linkA.AsSlice(), 0, 0, 0, 3, 0, 0, 0, 4)...)...)
	pd := append([]byte{0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0}, option(pkt6.OptIAPrefix, append([]byte{0, 0, 0, 5, 0, 0, 0, 6, 56}, linkA.AsSlice()...)...)...)
	return message(pkt6.MsgSolicit, option(pkt6.OptClientID, duid...), option(pkt6.OptElapsedTime, 0, 9), option(pkt6.OptIANA, ia...),
		option(pkt6.OptOptionRequest, 0, 23, 0, 24), option(pkt6.OptIAPD, pd...), option(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'v'), option(300, 1, 2))
}

func parsed(t testing.TB, raw []byte) *pkt6.Message {
	t.Helper()
	var m pkt6.Message
	if err := m.Parse(raw); err != nil {
		t.Fatalf("% x: %v", raw, err)
	}
	return &m
}

func TestParse(t *testing.T) {
	m := parsed(t, solicit())
	if m.Type() != pkt6.MsgSolicit || m.XID() != 0x010203 || len(m.Relays()) != 0 || m.Skipped() != nil {
		t.Errorf("type %d, xid %x, %d relays, skipped %v", m.Type(), m.XID(), len(m.Relays()), m.Skipped())
	}
	if !bytes.Equal(m.Option(pkt6.OptClientID), duid) || !bytes.Equal(m.Option(300), []byte{1, 2}) || !m.Has(300) {
		t.Errorf("client-id % x, option 300 % x", m.Option(pkt6.OptClientID), m.Option(300))
	}
	if v, ok := m.Uint16(pkt6.OptElapsedTime); v != 9 || !ok {
		t.Errorf("elapsed time %d, %t", v, ok)
	}
	if m.Has(pkt6.OptServerID) || m.Option(pkt6.OptServerID) != nil || m.Has(301) || m.Option(301) != nil {
		t.Error("an absent option was found")
	}
	if _, ok := m.Uint16(pkt6.OptRapidCommit); ok {
		t.Error("an absent number was found")
	}
	if _, ok := m.RelayOption(pkt6.OptInterfaceID); ok {
		t.Error("a message without relay has an option of one")
	}
	if got := slices.Collect(m.Requested()); !slices.Equal(got, []uint16{23, 24}) {
		t.Errorf("requested are %v", got)
	}
	for range m.Requested() {
		break
	}
	var codes []uint16
	for code := range m.Options().All() {
		codes = append(codes, code)
	}
	if want := []uint16{1, 8, 3, 6, 25, 16, 300}; !slices.Equal(codes, want) {
		t.Errorf("options %v, want %v", codes, want)
	}
}

func TestIdentityAssociations(t *testing.T) {
	second := append([]byte{0, 0, 0, 9}, option(pkt6.OptIAAddr, append(linkA.AsSlice(), 0, 0, 0, 0, 0, 0, 0, 0)...)...)
	second = append(second, option(pkt6.OptIAPrefix, make([]byte, 25)...)...) // does not belong into an IA_TA
	second = append(second, option(pkt6.OptIAAddr, append(peerA.AsSlice(), make([]byte, 8)...)...)...)
	m := parsed(t, append(solicit(), option(pkt6.OptIATA, second...)...))
	var got []string
	for ia := range m.IAs() {
		text := fmt.Sprintf("%d %d %d %d:", ia.Code, ia.IAID, ia.T1, ia.T2)
		for l := range ia.Leases() {
			text += fmt.Sprintf(" %v/%d %d %d", netip.AddrFrom16(l.Addr), l.Len, l.Preferred, l.Valid)
		}
		first := linkA
		if ia.Code == pkt6.OptIAPD {
			first = netip.MustParseAddr("2001:db8:1::") // without what is behind the length
		}
		if l, ok := ia.Lease(); !ok || l.Addr != first.As16() {
			t.Errorf("first lease %v, %t", l, ok)
		}
		got = append(got, text)
	}
	want := []string{"3 7 1 2: 2001:db8:1::1/128 3 4", "25 8 0 0: 2001:db8:1::/56 5 6", "4 9 0 0: 2001:db8:1::1/128 0 0 fe80::77/128 0 0"}
	if !slices.Equal(got, want) {
		t.Errorf("IAs %q, want %q", got, want)
	}
	for range m.IAs() {
		break
	}
	if _, ok := pkt6.ReadIA(pkt6.OptIANA, make([]byte, 11)); ok {
		t.Error("an IA_NA of 11 bytes was read")
	}
	if _, ok := pkt6.ReadIA(pkt6.OptIATA, make([]byte, 3)); ok {
		t.Error("an IA_TA of 3 bytes was read")
	}
	if _, ok := pkt6.ReadIA(pkt6.OptClientID, make([]byte, 20)); ok {
		t.Error("a client identifier was read as an IA")
	}
	wide := pkt6.IA{Code: pkt6.OptIAPD, Options: option(pkt6.OptIAPrefix, append([]byte{0, 0, 0, 5, 0, 0, 0, 6, 129}, linkA.AsSlice()...)...)}
	if _, ok := wide.Lease(); ok {
		t.Error("a prefix of 129 bits was read")
	}
}

func TestInstances(t *testing.T) {
	m := parsed(t, message(pkt6.MsgRequest, option(1, 1), option(17, 0, 0, 0, 1), option(1, 2), option(17, 0, 0, 0, 2), option(2)))
	var got []byte
	for content := range m.Instances(17) {
		got = append(got, content[3])
	}
	if !bytes.Equal(got, []byte{1, 2}) || m.Option(17)[3] != 1 {
		t.Errorf("instances %v, first % x", got, m.Option(17))
	}
	if m.Once(1) || !m.Once(2) || m.Once(3) {
		t.Errorf("once: two %t, one %t, none %t", m.Once(1), m.Once(2), m.Once(3))
	}
	for range m.Instances(17) {
		break
	}
}

func TestRelays(t *testing.T) {
	near := relayed(0, solicit(), option(pkt6.OptInterfaceID, 'i', 'n'), option(pkt6.OptRemoteID, 0, 0, 0, 9, 'r'))
	m := parsed(t, relayed(1, near, option(pkt6.OptInterfaceID, 'o', 'u', 't')))
	rs := m.Relays()
	if len(rs) != 2 || rs[0].Hops != 1 || rs[1].Hops != 0 || rs[0].Link != linkA.As16() || rs[0].Peer != peerA.As16() || rs[0].Type != pkt6.MsgRelayForward {
		t.Fatalf("relays %+v", rs)
	}
	if v, ok := rs[0].Options.Find(pkt6.OptInterfaceID); !ok || string(v) != "out" {
		t.Errorf("interface-id of the outer relay is %q, %t", v, ok)
	}
	if v, ok := m.RelayOption(pkt6.OptInterfaceID); !ok || string(v) != "in" {
		t.Errorf("interface-id of the relay nearest the client is %q, %t", v, ok)
	}
	if m.Type() != pkt6.MsgSolicit || !bytes.Equal(m.Option(pkt6.OptClientID), duid) || len(m.Raw()) <= len(near) {
		t.Errorf("client's message is of type %d, client-id % x", m.Type(), m.Option(pkt6.OptClientID))
	}
	// A message is used again without keeping anything.
	if err := m.Parse(message(pkt6.MsgRenew)); err != nil || len(m.Relays()) != 0 || m.Has(pkt6.OptClientID) {
		t.Errorf("%v, %d relays, client-id % x", err, len(m.Relays()), m.Option(pkt6.OptClientID))
	}
}

func TestNesting(t *testing.T) {
	raw := solicit()
	for i := range pkt6.MaxRelays {
		raw = relayed(byte(i), raw, option(pkt6.OptInterfaceID, byte(i)))
	}
	m := parsed(t, raw)
	if len(m.Relays()) != pkt6.MaxRelays || m.Relays()[0].Hops != pkt6.MaxRelays-1 {
		t.Errorf("%d relays, the first of hop %d", len(m.Relays()), m.Relays()[0].Hops)
	}
	if err := m.Parse(relayed(pkt6.MaxRelays, raw)); !errors.Is(err, pkt6.ErrTooManyRelays) {
		t.Errorf("one relay too many: %v", err)
	}
}

// What cannot be read is refused, or left out with what is behind it.
func TestMalformed(t *testing.T) {
	whole := relayed(0, solicit())
	for name, c := range map[string]struct {
		raw  []byte
		want error
	}{
		"nothing":                    {nil, pkt6.ErrShort},
		"three bytes":                {[]byte{1, 0, 0}, pkt6.ErrShort},
		"relay header cut":           {whole[:33], pkt6.ErrShortRelay},
		"relay without message":      {whole[:34], pkt6.ErrNoRelayMessage},
		"relay with interface-id":    {append(whole[:34:34], option(18, 'x')...), pkt6.ErrNoRelayMessage},
		"relay message cut":          {whole[:len(whole)-1], pkt6.ErrNoRelayMessage},
		"relay message empty":        {append(whole[:34:34], option(9)...), pkt6.ErrShort},
		"relay message of two bytes": {append(whole[:34:34], option(9, 1, 0)...), pkt6.ErrShort},
		"inner relay cut":            {append(whole[:34:34], option(9, whole[:20]...)...), pkt6.ErrShortRelay},
	} {
		t.Run(name, func(t *testing.T) {
			var m pkt6.Message
			if err := m.Parse(c.raw); !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
		})
	}
	// As seen of Kea, an option that servers read and that is too short spoils the
	// message, wherever it stands.
	ia := func(inside []byte) []byte { return append(make([]byte, 12), inside...) }
	for name, bad := range map[string][]byte{
		"IA_NA of 11 bytes":         option(pkt6.OptIANA, make([]byte, 11)...),
		"empty IA_NA":               option(pkt6.OptIANA),
		"IA_TA of 3 bytes":          option(pkt6.OptIATA, make([]byte, 3)...),
		"IA_PD of 11 bytes":         option(pkt6.OptIAPD, make([]byte, 11)...),
		"address of 23 bytes":       option(pkt6.OptIANA, ia(option(pkt6.OptIAAddr, make([]byte, 23)...))...),
		"prefix of 24 bytes":        option(pkt6.OptIAPD, ia(option(pkt6.OptIAPrefix, make([]byte, 24)...))...),
		"second address too short":  option(pkt6.OptIANA, ia(append(option(pkt6.OptIAAddr, make([]byte, 24)...), option(pkt6.OptIAAddr)...))...),
		"elapsed time of 1 byte":    option(pkt6.OptElapsedTime, 1),
		"empty option request":      option(pkt6.OptOptionRequest),
		"option request of 3 bytes": option(pkt6.OptOptionRequest, 0, 23, 0),
		"status code of 1 byte":     option(pkt6.OptStatusCode, 0),
		"vendor class of 3 bytes":   option(pkt6.OptVendorClass, 0, 0, 0),
		"empty FQDN":                option(pkt6.OptFQDN),
	} {
		t.Run(name, func(t *testing.T) {
			var m pkt6.Message
			var fault *pkt6.OptionError
			if err := m.Parse(append(solicit(), bad...)); !errors.As(err, &fault) {
				t.Errorf("%v", err)
			}
			if err := m.Parse(relayed(0, append(message(pkt6.MsgSolicit), bad...))); !errors.As(err, &fault) {
				t.Errorf("relayed: %v", err)
			}
		})
	}
	behind := option(pkt6.OptRapidCommit) // lost with what stands before it
	for name, c := range map[string]struct {
		last []byte
		why  string
	}{
		"header of an option cut":     {[]byte{0, 23, 0}, "3 bytes at the end are no whole option"},
		"length beyond the end":       {append([]byte{0, 23, 0, 5}, behind...), "8 bytes at the end are no whole option"},
		"vendor options of 3 bytes":   {append(option(pkt6.OptVendorOpts, 0, 0, 0), behind...), "vendor options of 3 bytes cannot be read, 4 bytes behind them are left out"},
		"vendor sub-option cut":       {append(option(pkt6.OptVendorOpts, 0, 0, 0, 1, 0, 1, 0, 9, 'a'), behind...), "vendor options of 9 bytes cannot be read, 4 bytes behind them are left out"},
		"header of a sub-option cut":  {append(option(pkt6.OptVendorOpts, 0, 0, 0, 1, 0), behind...), "vendor options of 5 bytes cannot be read, 4 bytes behind them are left out"},
		"vendor options at the end":   {option(pkt6.OptVendorOpts), "vendor options of 0 bytes cannot be read, 0 bytes behind them are left out"},
		"one byte behind the options": {[]byte{0}, "1 bytes at the end are no whole option"},
	} {
		t.Run(name, func(t *testing.T) {
			m := parsed(t, append(message(pkt6.MsgSolicit, option(pkt6.OptClientID, duid...)), c.last...))
			if !m.Has(pkt6.OptClientID) || m.Has(pkt6.OptRapidCommit) || m.Has(pkt6.OptVendorOpts) || len(m.Options()) != 4+len(duid) {
				t.Errorf("client-id %t, rapid commit %t, options of %d bytes", m.Has(1), m.Has(14), len(m.Options()))
			}
			if err := m.Skipped(); err == nil || err.Error() != c.why {
				t.Errorf("skipped: %v, want %s", err, c.why)
			}
		})
	}
	// What servers do not read may be of any length.
	for _, odd := range [][]byte{option(pkt6.OptRapidCommit, 1), option(pkt6.OptUserClass), option(pkt6.OptPreference), option(11, 0, 0, 0), option(23, 1)} {
		if m := parsed(t, append(solicit(), odd...)); m.Skipped() != nil {
			t.Errorf("% x: %v", odd, m.Skipped())
		}
	}
}

func TestReply(t *testing.T) {
	near := relayed(0, solicit(), option(pkt6.OptInterfaceID, 'i', 'n'), option(pkt6.OptRemoteID, 0, 0, 0, 9, 'r'))
	q := parsed(t, relayed(1, near, option(pkt6.OptRelayPort, 3, 0xe7), option(pkt6.OptSubscriberID, 's'), option(pkt6.OptRelayID, 'd'),
		option(pkt6.OptEchoRequest, 0, 38, 0, 9, 0, 43, 7)))
	var r pkt6.Reply
	r.Reset()
	r.Type = pkt6.MsgReply
	r.Set(300, []byte("late"))
	r.Set(pkt6.OptServerID, server)
	r.Set(pkt6.OptClientID, []byte("wrong"))
	r.Set(pkt6.OptClientID, duid)
	r.Set(pkt6.OptPreference, []byte{1})
	r.Unset(pkt6.OptPreference)
	ia := pkt6.IA{Code: pkt6.OptIANA, IAID: 7, T1: 100, T2: 200}
	ia.Options = pkt6.AppendLease(nil, ia.Code, &pkt6.Lease{Addr: linkA.As16(), Len: 128, Preferred: 300, Valid: 400})
	pd := pkt6.IA{Code: pkt6.OptIAPD, IAID: 8, Options: pkt6.AppendStatus(nil, 6, "none left")}
	pd.Options = pkt6.AppendLease(pd.Options, pd.Code, &pkt6.Lease{Addr: linkA.As16(), Len: 56, Preferred: 5, Valid: 6})
	r.Add(pkt6.OptIAPD, pkt6.AppendIA(nil, &pd))
	r.Add(pkt6.OptIANA, pkt6.AppendIA(nil, &ia))
	r.Add(pkt6.OptIANA, pkt6.AppendIA(nil, &pkt6.IA{Code: pkt6.OptIANA, IAID: 9}))
	if !r.Has(1) || r.Has(7) || !bytes.Equal(r.Option(1), duid) || r.Option(7) != nil {
		t.Errorf("client-id %q, preference %q", r.Option(1), r.Option(7))
	}
	var order []uint16
	r.Codes(func(code uint16, _ []byte) { order = append(order, code) })
	if want := []uint16{1, 2, 3, 3, 25, 300}; !slices.Equal(order, want) {
		t.Errorf("order of options is %v, want %v", order, want)
	}

	raw := r.AppendTo([]byte("before"), q)[len("before"):]
	outer, err := dhcpv6.RelayMessageFromBytes(raw)
	if err != nil {
		t.Fatal(err)
	}
	// The interface-id and the port of each relay go back to it, and what the
	// outer one asks for; its request does not.
	inner := outer.Options.RelayMessage().(*dhcpv6.RelayMessage)
	if outer.HopCount != 1 || inner.HopCount != 0 || !outer.LinkAddr.Equal(linkA.AsSlice()) || !inner.PeerAddr.Equal(peerA.AsSlice()) {
		t.Errorf("relays are %v", outer)
	}
	if got := codesOf(outer.Options.Options); !slices.Equal(got, []uint16{135, 38, 9}) {
		t.Errorf("outer relay gets back options %v", got)
	}
	if got := codesOf(inner.Options.Options); !slices.Equal(got, []uint16{18, 9}) || string(inner.Options.InterfaceID()) != "in" {
		t.Errorf("inner relay gets back options %v", got)
	}
	msg, err := outer.GetInnerMessage()
	if err != nil {
		t.Fatal(err)
	}
	if msg.MessageType != dhcpv6.MessageTypeReply || msg.TransactionID != (dhcpv6.TransactionID{1, 2, 3}) || !bytes.Equal(msg.Options.ClientID().ToBytes(), duid) {
		t.Errorf("reply is %s", msg.Summary())
	}
	addr := msg.Options.OneIANA().Options.OneAddress()
	if !addr.IPv6Addr.Equal(net.IP(linkA.AsSlice())) || addr.ValidLifetime != 400*time.Second || msg.Options.OneIANA().T2 != 200*time.Second {
		t.Errorf("address is %v", addr)
	}
	prefix := msg.Options.OneIAPD().Options.Prefixes()[0]
	if ones, _ := prefix.Prefix.Mask.Size(); ones != 56 || prefix.ValidLifetime != 6*time.Second || msg.Options.OneIAPD().Options.Status().StatusMessage != "none left" {
		t.Errorf("prefix is %v", prefix)
	}
}

func codesOf(options dhcpv6.Options) (codes []uint16) {
	for _, o := range options {
		codes = append(codes, uint16(o.Code()))
	}
	return codes
}

func TestAppendWith(t *testing.T) {
	q := parsed(t, relayed(1, relayed(0, solicit(), option(18, 'x')), option(37, 'y')))
	longer := append(slices.Clone(solicit()), option(17, 0, 0, 9, 0xbf)...)
	raw, err := q.AppendWith([]byte("before"), longer)
	if err != nil {
		t.Fatal(err)
	}
	if want := relayed(1, relayed(0, longer, option(18, 'x')), option(37, 'y')); !bytes.Equal(raw[len("before"):], want) {
		t.Errorf("% x\nwant % x", raw[len("before"):], want)
	}
	if _, err := q.AppendWith(nil, make([]byte, 0xffff)); err == nil {
		t.Error("a length was put into 16 bits that does not fit")
	}
}

// FuzzParse holds the view against the oracle: what the oracle can read, both read
// the same. Then each reads an answer.
func FuzzParse(f *testing.F) {
	f.Add(solicit())
	f.Add(relayed(0, solicit(), option(18, 'x'), option(43, 0, 37), option(37, 0, 0, 0, 1)))
	f.Add(relayed(1, relayed(0, message(pkt6.MsgDHCPv4Query, option(87, 1, 1))), option(135, 1, 2)))
	f.Add(append(solicit(), 0, 3, 0, 200, 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		var m pkt6.Message
		if err := m.Parse(raw); err != nil {
			return
		}
		_ = m.Skipped()
		for ia := range m.IAs() {
			for l := range ia.Leases() {
				if l.Len > 128 || !bytes.Contains(raw, l.Addr[:l.Len/8]) {
					t.Fatalf("lease %v is not in the message", l)
				}
			}
		}
		checkFirst(t, &m)
		checkReply(t, &m)
		if o, err := dhcpv6.FromBytes(raw); err == nil && len(raw) <= 0xffff {
			checkOracle(t, &m, o)
		}
	})
}

// checkFirst compares the two ways to find an option.
func checkFirst(t *testing.T, m *pkt6.Message) {
	for code, content := range m.Options().All() {
		first, ok := m.Options().Find(code)
		if !ok || !bytes.Equal(m.Option(code), first) || !m.Has(code) {
			t.Fatalf("option %d is % x and % x", code, m.Option(code), first)
		}
		if m.Once(code) && !bytes.Equal(first, content) {
			t.Fatalf("option %d is % x, alone % x", code, first, content)
		}
	}
}

// checkOracle compares with what the oracle read.
func checkOracle(t *testing.T, m *pkt6.Message, o dhcpv6.DHCPv6) {
	relays := 0
	for o.IsRelay() {
		r := o.(*dhcpv6.RelayMessage)
		if relays == len(m.Relays()) {
			t.Fatalf("%d relays, the oracle has more", relays)
		}
		if got := m.Relays()[relays]; got.Hops != r.HopCount || !r.LinkAddr.Equal(got.Link[:]) || !r.PeerAddr.Equal(got.Peer[:]) {
			t.Fatalf("relay %d is %+v, the oracle has %v", relays, got, r)
		}
		relays++
		if o = r.Options.RelayMessage(); o == nil {
			t.Fatal("read a relayed message in which the oracle finds none")
		}
	}
	msg := o.(*dhcpv6.Message)
	if relays != len(m.Relays()) || byte(msg.MessageType) != m.Type() || binary.BigEndian.Uint32(append([]byte{0}, msg.TransactionID[:]...)) != m.XID() {
		t.Fatalf("%d relays, type %d, xid %x, the oracle has %d, %v", len(m.Relays()), m.Type(), m.XID(), relays, msg)
	}
}

// checkReply echoes every option and reads the answer.
func checkReply(t *testing.T, m *pkt6.Message) {
	var r pkt6.Reply
	r.Reset()
	r.Type = pkt6.MsgReply
	n := 0
	for code, content := range m.Options().All() {
		r.Add(code, content)
		n++
	}
	raw := r.AppendTo(nil, m)
	if len(raw) > 0xffff {
		return
	}
	var a pkt6.Message
	if err := a.Parse(raw); err != nil {
		t.Fatalf("our answer cannot be read: %v", err)
	}
	if a.Type() != pkt6.MsgReply || a.XID() != m.XID() || len(a.Relays()) != len(m.Relays()) {
		t.Fatalf("answer of type %d, xid %x, %d relays", a.Type(), a.XID(), len(a.Relays()))
	}
	for code, content := range a.Options().All() {
		n--
		if m.Once(code) && !bytes.Equal(content, m.Option(code)) {
			t.Fatalf("option %d went out as % x, came in as % x", code, content, m.Option(code))
		}
	}
	if n != 0 {
		t.Fatalf("%d options are missing", n)
	}
	for i, relay := range a.Relays() {
		got, _ := relay.Options.Find(pkt6.OptInterfaceID)
		want, _ := m.Relays()[i].Options.Find(pkt6.OptInterfaceID)
		if relay.Type != pkt6.MsgRelayReply || relay.Link != m.Relays()[i].Link || !bytes.Equal(got, want) {
			t.Fatalf("answer to relay %d is %+v", i, relay)
		}
	}
}

func BenchmarkParse(b *testing.B) {
	raw := relayed(0, solicit(), option(18, 'x'))
	var m pkt6.Message
	b.ReportAllocs()
	for b.Loop() {
		if err := m.Parse(raw); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkWalk(b *testing.B) {
	m := parsed(b, relayed(0, solicit(), option(18, 'x')))
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for ia := range m.IAs() {
			for l := range ia.Leases() {
				n += int(l.Len)
			}
		}
		for content := range m.Instances(pkt6.OptVendorClass) {
			n += len(content)
		}
		for code := range m.Requested() {
			n += int(code)
		}
		if m.Once(pkt6.OptClientID) {
			n++
		}
	}
	if n == 0 {
		b.Error("nothing was walked over")
	}
}

func BenchmarkReply(b *testing.B) {
	q := parsed(b, relayed(0, solicit(), option(18, 'x')))
	var r pkt6.Reply
	var out, leases, ias []byte
	b.ReportAllocs()
	for b.Loop() {
		r.Reset()
		r.Type = pkt6.MsgReply
		r.Set(pkt6.OptClientID, q.Option(pkt6.OptClientID))
		r.Set(pkt6.OptServerID, server)
		ia := pkt6.IA{Code: pkt6.OptIANA, IAID: 7, T1: 100, T2: 200}
		leases = pkt6.AppendLease(leases[:0], ia.Code, &pkt6.Lease{Len: 128, Preferred: 300, Valid: 400})
		ia.Options = leases
		ias = pkt6.AppendIA(ias[:0], &ia)
		r.Add(pkt6.OptIANA, ias)
		out = r.AppendTo(out[:0], q)
	}
}
