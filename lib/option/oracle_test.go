package option

import (
	"bytes"
	"net"
	"testing"
	"time"

	"github.com/insomniacslk/dhcp/dhcpv4"
	"github.com/insomniacslk/dhcp/dhcpv6"
	"github.com/insomniacslk/dhcp/iana"
	"github.com/insomniacslk/dhcp/rfc1035label"
)

// Another implementation writes the same octets for the options that it knows.
func TestAgainstLibrary4(t *testing.T) {
	ip := func(s string) net.IP { return net.ParseIP(s).To4() }
	_, subnet, _ := net.ParseCIDR("10.99.0.0/18")
	for _, c := range []struct {
		name, data string
		opt        dhcpv4.Option
	}{
		{"routers", "192.0.2.1, 192.0.2.2", dhcpv4.OptRouter(ip("192.0.2.1"), ip("192.0.2.2"))},
		{"domain-name-servers", "192.0.2.1", dhcpv4.OptDNS(ip("192.0.2.1"))},
		{"ntp-servers", "192.0.2.1", dhcpv4.OptNTPServers(ip("192.0.2.1"))},
		{"broadcast-address", "192.0.2.255", dhcpv4.OptBroadcastAddress(ip("192.0.2.255"))},
		{"domain-name", "example.org", dhcpv4.OptDomainName("example.org")},
		{"host-name", "h", dhcpv4.OptHostName("h")},
		{"root-path", "/r", dhcpv4.OptRootPath("/r")},
		{"boot-file-name", "f", dhcpv4.OptBootFileName("f")},
		{"tftp-server-name", "t", dhcpv4.OptTFTPServerName("t")},
		{"dhcp-lease-time", "3600", dhcpv4.OptIPAddressLeaseTime(time.Hour)},
		{"v6-only-preferred", "1800", dhcpv4.OptIPv6OnlyPreferred(1800 * time.Second)},
		{"dhcp-max-message-size", "1500", dhcpv4.OptMaxMessageSize(1500)},
		{"auto-config", "1", dhcpv4.OptAutoConfigure(1)},
		{"client-system", "0, 7", dhcpv4.OptClientArch(iana.INTEL_X86PC, iana.EFI_X86_64)},
		{"dhcp-parameter-request-list", "1, 3, 6", dhcpv4.OptParameterRequestList(dhcpv4.OptionSubnetMask, dhcpv4.OptionRouter, dhcpv4.OptionDomainNameServer)},
		{"dhcp-client-identifier", "0102ff", dhcpv4.OptClientIdentifier([]byte{1, 2, 255})},
		{"domain-search", "eng.example.org", dhcpv4.OptDomainSearch(&rfc1035label.Labels{Labels: []string{"eng.example.org"}})},
		{"classless-static-route", "10.99.0.0/18 - 192.0.2.1", dhcpv4.OptClasslessStaticRoute(&dhcpv4.Route{Dest: subnet, Router: ip("192.0.2.1")})},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Standard4().ByName(Space4, c.name)
			if d.Code != uint32(c.opt.Code.Code()) {
				t.Errorf("code is %d, the library has %d", d.Code, c.opt.Code.Code())
			}
			same(t, d, c.data, c.opt.Value.ToBytes())
		})
	}
}

func TestAgainstLibrary6(t *testing.T) {
	for _, c := range []struct {
		name, data string
		opt        dhcpv6.Option
	}{
		{"dns-servers", "2001:db8::1, 2001:db8::2", dhcpv6.OptDNS(net.ParseIP("2001:db8::1"), net.ParseIP("2001:db8::2"))},
		{"domain-search", "a.example.org", dhcpv6.OptDomainSearchList(&rfc1035label.Labels{Labels: []string{"a.example.org"}})},
		{"oro", "23, 24", dhcpv6.OptRequestedOption(dhcpv6.OptionDNSRecursiveNameServer, dhcpv6.OptionDomainSearchList)},
		{"elapsed-time", "150", dhcpv6.OptElapsedTime(1500 * time.Millisecond)},
		{"information-refresh-time", "86400", dhcpv6.OptInformationRefreshTime(24 * time.Hour)},
		{"bootfile-url", "http://b/", dhcpv6.OptBootFileURL("http://b/")},
		{"bootfile-param", `root=/dev/ram, a\,b`, dhcpv6.OptBootFileParam("root=/dev/ram", "a,b")},
		{"client-arch-type", "7", dhcpv6.OptClientArchType(iana.EFI_X86_64)},
		{"interface-id", "0102", dhcpv6.OptInterfaceID([]byte{1, 2})},
		{"status-code", "2, none", &dhcpv6.OptStatusCode{StatusCode: iana.StatusNoAddrsAvail, StatusMessage: "none"}},
		{"dhcp4o6-server-addr", "2001:db8::1", &dhcpv6.OptDHCP4oDHCP6Server{DHCP4oDHCP6Servers: []net.IP{net.ParseIP("2001:db8::1")}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := Standard6().ByName(Space6, c.name)
			if d.Code != uint32(c.opt.Code()) {
				t.Errorf("code is %d, the library has %d", d.Code, c.opt.Code())
			}
			same(t, d, c.data, c.opt.ToBytes())
		})
	}
}

func same(t *testing.T, d *Definition, data string, want []byte) {
	t.Helper()
	if got, err := d.EncodeCSV(data); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%q becomes %X, error %v; the library writes %X", data, got, err, want)
	}
}
