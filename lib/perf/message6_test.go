package perf

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv6"

	"nestor/lib/pkt6"
)

// The messages must be ones that an independent parser takes, with all that
// differs between exchanges where it belongs.
func TestMessages6Parse(t *testing.T) {
	for _, line := range []string{
		"", "-A 1", "-A 3 --or 2:37,0000000901", "-c", "-e prefix-only", "-e address-and-prefix --ias 2", "-o 16,0000000900026162", "-b duid=000200000901000000000000",
	} {
		for k := range kinds {
			t.Run(line+" "+stageNames6[k], func(t *testing.T) {
				o, err := Parse(strings.Fields("-l eth0 -6 " + line))
				if err != nil {
					t.Fatal(err)
				}
				f := newFamily6(o, netip.MustParseAddr("2001:db8::2"))
				v := values[binding6]{xid: 0x010203, mac: 0x0a0000000005, secs: 7, server: f.servers.number([]byte{0, 2, 0, 0, 9, 1, 7})}
				for i := range f.wanted {
					v.binding.leases[i] = lease6{netip.MustParseAddr(fmt.Sprintf("2001:db8:1::%x", i+1)).As16(), 128}
					if f.wanted[i].code == pkt6.OptIAPD {
						v.binding.leases[i].length = 56
					}
				}
				b := slices.Clone(f.blank(k))
				b = b[:f.fill(k, b, &v)]
				checkMessage6(t, o, k, b)
			})
		}
	}
}

func checkMessage6(t *testing.T, o *Options, k kind, b []byte) {
	t.Helper()
	whole, err := dhcpv6.FromBytes(b)
	if err != nil {
		t.Fatalf("%v: %x", err, b)
	}
	checkRelays6(t, o, whole)
	m, err := whole.GetInnerMessage()
	if err != nil {
		t.Fatal(err)
	}
	want := [kinds]dhcpv6.MessageType{dhcpv6.MessageTypeSolicit, dhcpv6.MessageTypeRequest, dhcpv6.MessageTypeRenew, dhcpv6.MessageTypeRelease}[k]
	if m.MessageType != want || m.TransactionID != [3]byte{1, 2, 3} || m.Options.ElapsedTime().String() != "7s" {
		t.Errorf("%v %v after %v", m.MessageType, m.TransactionID, m.Options.ElapsedTime())
	}
	duid := "000300010a0000000005"
	if o.BaseDUID != nil {
		duid = "0002000009010a0000000005"
	}
	if got := hexOf(m.Options.ClientID().ToBytes()); got != duid {
		t.Errorf("client %s, want %s", got, duid)
	}
	if server := m.Options.ServerID(); (server != nil) != (k != kindDiscover) || server != nil && hexOf(server.ToBytes()) != "00020000090107" {
		t.Errorf("server %v", server)
	}
	if rapid := m.GetOneOption(dhcpv6.OptionRapidCommit) != nil; rapid != (o.RapidCommit && k == kindDiscover) {
		t.Errorf("rapid commit %v", rapid)
	}
	var leases []string
	for _, ia := range m.Options.IANA() {
		for _, a := range ia.Options.Addresses() {
			leases = append(leases, fmt.Sprintf("%x %v", ia.IaId[3], a.IPv6Addr))
		}
	}
	for _, ia := range m.Options.IAPD() {
		for _, p := range ia.Options.Prefixes() {
			leases = append(leases, fmt.Sprintf("%x %v", ia.IaId[3], p.Prefix))
		}
	}
	held := map[LeaseType][]string{AddressOnly: {"1 2001:db8:1::1"}, PrefixOnly: {"1 2001:db8:1::1/56"},
		AddressAndPrefix: {"1 2001:db8:1::1", "2 2001:db8:1::2", "1 2001:db8:1::3/56", "2 2001:db8:1::4/56"}}[o.Leases]
	if k == kindDiscover {
		held = nil
	}
	if !slices.Equal(leases, held) {
		t.Errorf("leases %v, want %v", leases, held)
	}
	if class := m.GetOneOption(dhcpv6.OptionVendorClass); (class != nil) != (len(o.Extra) > 0) {
		t.Errorf("vendor class %v", class)
	}
}

// checkRelays6 looks at the relays from the server's side.
func checkRelays6(t *testing.T, o *Options, m dhcpv6.DHCPv6) {
	t.Helper()
	for level := o.RelayLevels; level > 0; level-- {
		r, ok := m.(*dhcpv6.RelayMessage)
		if !ok {
			t.Fatalf("relay %d is missing", level)
		}
		link, peer := net.IPv6zero, net.ParseIP("2001:db8::2")
		if level == 1 {
			link, peer = net.ParseIP("2001:db8::2"), net.ParseIP("fe80::a00:0:5")
		}
		if int(r.HopCount) != level-1 || !r.LinkAddr.Equal(link) || !r.PeerAddr.Equal(peer) {
			t.Errorf("relay %d: hops %d, link %v, peer %v", level, r.HopCount, r.LinkAddr, r.PeerAddr)
		}
		if remote := r.GetOneOption(dhcpv6.OptionRemoteID); (remote != nil) != (level == 2) {
			t.Errorf("relay %d: remote id %v", level, remote)
		}
		m = r.Options.RelayMessage()
	}
}

// An option request option of the user's is the only one in the message.
func TestOptionRequestOfTheUser(t *testing.T) {
	o, err := Parse(strings.Fields("-l eth0 -6 -o 6,0017"))
	if err != nil {
		t.Fatal(err)
	}
	p := blueprints6(o, nil, [16]byte{})[kindDiscover]
	var m pkt6.Message
	if err := m.Parse(p.octets[:p.size]); err != nil || !m.Once(pkt6.OptOptionRequest) || hexOf(m.Option(pkt6.OptOptionRequest)) != "0017" {
		t.Errorf("%v: %x", err, p.octets)
	}
}

// What the generator reads of a server's message is what a full parser reads.
func FuzzRead6(f *testing.F) {
	o, err := Parse([]string{"-6", "-l", "eth0", "-e", "address-and-prefix"})
	if err != nil {
		f.Fatal(err)
	}
	server := newFakeServer6()
	solicit := newFamily6(o, netip.IPv6Unspecified()).blank(kindDiscover)
	f.Add(server.answer(solicit)[0])
	server.status = 2
	f.Add(server.answer(solicit)[0])
	f.Fuzz(func(t *testing.T, b []byte) {
		family := newFamily6(o, netip.IPv6Unspecified())
		var r reply[binding6]
		verdict := family.read(b, &r)
		m, err := dhcpv6.MessageFromBytes(b)
		if verdict != readable || err != nil {
			return
		}
		if xid := [3]byte{byte(r.xid >> 16), byte(r.xid >> 8), byte(r.xid)}; m.TransactionID != xid {
			t.Errorf("transaction %v, want %v", xid, m.TransactionID)
		}
		if offered := m.MessageType == dhcpv6.MessageTypeAdvertise; (r.answer == offerAnswer) != offered {
			t.Errorf("%v is read as %v", m.MessageType, r.answer)
		}
		if r.granted && (m.Options.OneIANA() == nil || m.Options.OneIAPD() == nil) {
			t.Errorf("granted without leases: %v", m.Summary())
		}
	})
}
