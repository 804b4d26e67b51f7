package packetinput

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io/fs"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
)

const discover = "discover hw=02:00:00:00:00:01 xid=0x01020304 secs=3 broadcast hops=1 giaddr=192.0.2.1 client-id=01:02 option[55]=1,3,6 " +
	"hostname=foo vendor-class='PXE Client' circuit-id=port1 link=198.51.100.1 relay[2]=0x0a0b option[230]=0x77 option[231]=0x option[233]=00:01 option[232]=a:b:text option[ntp-servers]=192.0.2.5 iface=eth1"

func one4(t *testing.T, arg string) Packet {
	t.Helper()
	ps, err := Read4(arg, nil)
	if err != nil || len(ps) != 1 {
		t.Fatalf("%s: %d messages, %v", arg, len(ps), err)
	}
	return ps[0]
}

func TestDescription4(t *testing.T) {
	p := one4(t, discover)
	m, err := dhcpv4.FromBytes(p.Payload)
	if err != nil {
		t.Fatal(err)
	}
	got := map[uint8]string{}
	for code, v := range m.Options {
		got[code] = string(v)
	}
	want := map[uint8]string{
		53: "\x01", 61: "\x01\x02", 55: "\x01\x03\x06", 12: "foo", 60: "PXE Client", 230: "\x77", 231: "", 233: "\x00\x01", 232: "a:b:text", 42: "\xc0\x00\x02\x05",
		82: "\x01\x05port1\x05\x04\xc6\x33\x64\x01\x02\x02\x0a\x0b",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	if m.ClientHWAddr.String() != "02:00:00:00:00:01" || m.TransactionID != [4]byte{1, 2, 3, 4} || m.NumSeconds != 3 || !m.IsBroadcast() ||
		m.HopCount != 1 || m.GatewayIPAddr.String() != "192.0.2.1" || m.OpCode != dhcpv4.OpcodeBootRequest {
		t.Errorf("header of %s", m.Summary())
	}
	if p.Interface != "eth1" || p.Src != netip.MustParseAddrPort("192.0.2.1:67") || p.Dst.IsValid() || p.SrcMAC.String() != "02:00:00:00:00:01" {
		t.Errorf("way %+v", p)
	}
}

func TestWay4(t *testing.T) {
	for text, want := range map[string][2]string{
		"discover":                                            {"0.0.0.0:68", "255.255.255.255:67"},
		"request ciaddr=192.0.2.9":                            {"192.0.2.9:68", "invalid AddrPort"},
		"ack src=192.0.2.1:67 dst=192.0.2.9:68":               {"192.0.2.1:67", "192.0.2.9:68"},
		"inform ciaddr=192.0.2.9 src=192.0.2.8 dst=192.0.2.1": {"192.0.2.8:68", "192.0.2.1:67"},
		"bootp hw=6/0a0b siaddr=192.0.2.1 yiaddr=192.0.2.3":   {"0.0.0.0:68", "255.255.255.255:67"},
		"discover requested=192.0.2.7 server-id=192.0.2.1":    {"0.0.0.0:68", "255.255.255.255:67"},
		"discover flags=0x8000 option[80]= remote-id=a":       {"0.0.0.0:68", "255.255.255.255:67"},
	} {
		p := one4(t, text)
		if p.Src.String() != want[0] || p.Dst.String() != want[1] {
			t.Errorf("%s: from %s to %s", text, p.Src, p.Dst)
		}
		m, err := dhcpv4.FromBytes(p.Payload)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		} else if word, _, _ := strings.Cut(text, " "); word == "bootp" && m.Options.Has(dhcpv4.OptionDHCPMessageType) || word == "ack" && m.OpCode != dhcpv4.OpcodeBootReply {
			t.Errorf("%s: %s", text, m.Summary())
		}
	}
}

func TestHex(t *testing.T) {
	want := one4(t, discover).Payload
	digits := hex.EncodeToString(want)
	dir := t.TempDir()
	file := filepath.Join(dir, "query.hex")
	if err := os.WriteFile(file, []byte("# from a log\n"+digits[:60]+"\n  # more\n"+digits[60:]+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, arg := range []string{digits, "0x" + digits, strings.ToUpper(digits), " " + digits[:4] + ":" + digits[4:8] + "\n" + digits[8:], file, "@" + file} {
		if got := one4(t, arg).Payload; !bytes.Equal(got, want) {
			t.Errorf("%.30s: %x", arg, got)
		}
	}
	if p := one4(t, file); p.Origin != file {
		t.Errorf("origin %q", p.Origin)
	}
}

func TestMistakes(t *testing.T) {
	for _, row := range []struct {
		arg, want string
		v6        bool
	}{
		{"", "neither the name of a file", false},
		{"nonsense", `"nonsense" is neither the name of a file, nor hexadecimal digits, nor a description that begins with a message type such as discover`, false},
		{"0102", "2 bytes are no DHCPv4 message", false},
		{"010", "neither the name of a file", false},
		{"01", "1 bytes are no DHCPv6 message", true},
		{"hw=01 discover", "hw: a description begins with one of ack, bootp", false},
		{"discover hw=x", `hw: "x" is not a hardware address`, false},
		{"discover hw=300/01", `"300" is not a hardware type`, false},
		{"discover giaddr=2001:db8::1", `giaddr: "2001:db8::1" is not an IPv4 address`, false},
		{"discover colour=blue", "colour: descriptions do not have that, but hw, xid, secs, flags, broadcast, hops", false},
		{"discover hw", "hw: a value is missing, write hw=VALUE", false},
		{"discover option[none]=1", `option: "none" is neither the name of an option nor a code of 1 to 254`, false},
		{"discover option[255]=1", "nor a code of 1 to 254", false},
		{"discover option[3=1", "the bracket is not closed", false},
		{"discover option[3]=x", "option: ", false},
		{"discover hostname='foo", "a quotation mark has no counterpart", false},
		{"discover src=here", `src: "here" is neither an address`, false},
		{"discover xid=0x100000000", `xid: "0x100000000" is not a number of 0 to 4294967295`, false},
		{"discover secs=soon", `secs: "soon" is not a number of 0 to 65535`, false},
		{"discover relay[300]=1", `relay: "300" is not a number of 0 to 255`, false},
		{"solicit xid=0x1000000", `xid: "0x1000000" is not a number of 0 to 16777215`, true},
		{"discover remote-id=" + strings.Repeat("x", 256), "a sub-option has 255 at most", false},
		{"solicit relay=fe80::1", "relay=fe80::1,2001:db8::1", true},
		{"solicit ia-na=x", `"x" is not an IAID`, true},
		{"solicit ia-na=1,192.0.2.1", `ia-na: "192.0.2.1" is not an IPv6 address`, true},
		{"solicit ia-pd=1,2001:db8::1", `ia-pd: "2001:db8::1" is not an IPv6 prefix`, true},
		{"solicit oro=23,70000", `oro: "70000" is not a number of 0 to 65535`, true},
		{"solicit rapid-commit=1", "rapid-commit: descriptions do not have that", true},
		{"solicit fqdn=a..b", `fqdn: "a..b" is no name`, true},
		{"addr-reg-inform address=x", `address: "x" is not an IPv6 address`, true},
		{"solicit hw=01", "hw: descriptions do not have that", true},
		{"solicit xid", "a value is missing", true},
		{"solicit client-id=zz", "client-id: ", true},
		{"solicit option[x]=1", `"x" is neither`, true},
		{"discover x=1", "discover: a description begins with one of addr-reg-inform, advertise", true},
	} {
		read := Read4
		if row.v6 {
			read = Read6
		}
		if _, err := read(row.arg, nil); err == nil || !strings.Contains(err.Error(), row.want) {
			t.Errorf("%q: %v, want %q", row.arg, err, row.want)
		}
	}
	if _, err := Read4("@/nowhere/file", nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestDescription6(t *testing.T) {
	ps, err := Read6("solicit xid=0xabcdef client-id=00:03:00:01:02:00:00:00:00:01 ia-na=7 ia-pd=0x8 option[oro]=23,24 server-id=0102 "+
		"relay=fe80::1,2001:db8::1 option[18]=0x6162 relay=fe80::2,:: iface=eth0 src=fe80::2 dst=[ff02::1:2]:547", nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dhcpv6.FromBytes(ps[0].Payload)
	if err != nil {
		t.Fatal(err)
	}
	outer, ok := m.(*dhcpv6.RelayMessage)
	if !ok || outer.HopCount != 1 || outer.PeerAddr.String() != "fe80::2" {
		t.Fatalf("%s", m.Summary())
	}
	inner := outer.Options.RelayMessage().(*dhcpv6.RelayMessage)
	if inner.HopCount != 0 || inner.LinkAddr.String() != "2001:db8::1" || string(inner.Options.InterfaceID()) != "ab" {
		t.Errorf("%s", inner.Summary())
	}
	c, err := m.GetInnerMessage()
	if err != nil || c.MessageType != dhcpv6.MessageTypeSolicit || c.TransactionID != [3]byte{0xab, 0xcd, 0xef} ||
		len(c.Options.RequestedOptions()) != 2 || c.Options.OneIANA().IaId != [4]byte{0, 0, 0, 7} || c.Options.OneIAPD().IaId != [4]byte{0, 0, 0, 8} {
		t.Errorf("%s %v", c.Summary(), err)
	}
	p := ps[0]
	if p.Interface != "eth0" || p.Src.String() != "[fe80::2]:546" || p.Dst.String() != "[ff02::1:2]:547" {
		t.Errorf("way %+v", p)
	}
}

// What comes over the network is never the name of a file, and not said to be.
func TestParse4ReadsNoFile(t *testing.T) {
	name := filepath.Join(t.TempDir(), "packet")
	if err := os.WriteFile(name, []byte(discover), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{name, "@" + name} {
		_, err := Parse4(text, nil)
		if err == nil || !strings.Contains(err.Error(), "is neither hexadecimal digits, nor a description") {
			t.Errorf("%s: %v", text, err)
		}
	}
}

// FuzzRead4 looks for arguments and files that make the reader panic.
func FuzzRead4(f *testing.F) {
	f.Add([]byte(discover))
	f.Add(pcap(binary.LittleEndian, linkEthernet, ethernetFrame([]byte{1, 2, 3})))
	f.Add(pcapngOf(binary.BigEndian, ethernetFrame([]byte{1, 2, 3})))
	f.Fuzz(func(_ *testing.T, b []byte) {
		for _, fam := range []family{family4(standard4), family6(standard6)} {
			if isCapture(b) {
				readCapture(b, "f", fam)
			} else {
				readText(string(b), "f", fam)
			}
		}
	})
}

// TestWords6 reads the words of descriptions by the other codec.
func TestWords6(t *testing.T) {
	ps, err := Read6("request ia-na=1,2001:db8::5,2001:db8::6 ia-pd=2,2001:db8:8000::/56 oro=23,24 rapid-commit fqdn=Host.example.org.", nil)
	if err != nil {
		t.Fatal(err)
	}
	m, err := dhcpv6.MessageFromBytes(ps[0].Payload)
	if err != nil {
		t.Fatal(err)
	}
	na, pd := m.Options.OneIANA(), m.Options.OneIAPD()
	if as := na.Options.Addresses(); len(as) != 2 || as[1].IPv6Addr.String() != "2001:db8::6" || as[0].ValidLifetime != 0 {
		t.Errorf("IA_NA: %v", na)
	}
	if p := pd.Options.Prefixes(); len(p) != 1 || p[0].Prefix.String() != "2001:db8:8000::/56" {
		t.Errorf("IA_PD: %v", pd)
	}
	if o := m.Options.RequestedOptions(); len(o) != 2 || o[0] != 23 || o[1] != 24 {
		t.Errorf("requested: %v", o)
	}
	if m.GetOneOption(dhcpv6.OptionRapidCommit) == nil || m.Options.FQDN().DomainName.Labels[0] != "Host.example.org" {
		t.Errorf("rapid commit or name: %v", m)
	}
	ps, err = Read6("addr-reg-inform address=2001:db8::7 relay=fe80::1,2001:db8::1 interface-id=port1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r, err := dhcpv6.RelayMessageFromBytes(ps[0].Payload)
	if err != nil || string(r.Options.InterfaceID()) != "port1" {
		t.Errorf("relay: %v, %v", r, err)
	}
}
