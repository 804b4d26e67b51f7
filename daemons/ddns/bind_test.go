package ddns

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"nestor/lib/ncr"
	"nestor/tests/nameserver"
)

const secret = "LSWXnfkKZjdPJI5QxlpnfQ=="

var testKey = nameserver.Key{Name: "key.test", Algorithm: "hmac-sha256", Secret: secret}

const testKeyConfig = `"dns-server-timeout": 2000, "tsig-keys": [ { "name": "Key.test.", "algorithm": "hmac-sha256", "secret": "` + secret + `" } ]`

var testZones = []nameserver.Zone{
	{Name: "example.org", Key: "key.test"}, {Name: "10.in-addr.arpa", Key: "key.test"}, {Name: "8.b.d.0.1.0.0.2.ip6.arpa", Key: "key.test"},
}

// makes are the DNS servers that the tests meet.
var makes = []struct {
	name  string
	start func(t testing.TB, keys []nameserver.Key, zones ...nameserver.Zone) *nameserver.Server
}{{"BIND", nameserver.BIND}, {"Knot", nameserver.Knot}}

// world is a daemon and the DNS server that it updates.
type world struct {
	*instance
	dns *nameserver.Server
}

func newWorld(t *testing.T, start func(testing.TB, []nameserver.Key, ...nameserver.Zone) *nameserver.Server) *world {
	t.Helper()
	s := start(t, []nameserver.Key{testKey}, testZones...)
	return &world{launch(t, testKeyConfig+", "+domains(s.Addr, "Key.test.",
		[]string{"example.org."}, []string{"10.in-addr.arpa.", "8.B.D.0.1.0.0.2.ip6.arpa."}), "-d"), s}
}

// has checks all that the zones contain of hosts: name and type with the data, as
// in "a A 10.0.0.1".
func (w *world) has(t *testing.T, want ...string) {
	t.Helper()
	var got []string
	for _, z := range testZones {
		for _, r := range w.dns.Records(t, z.Name) {
			f := strings.Fields(r)
			got = append(got, strings.TrimSuffix(f[0], "."+z.Name+".")+" "+f[2]+" "+f[3])
		}
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the zones have\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// dhcidOf is the record of a request's client as dig shows it.
func dhcidOf(n byte) string {
	return base64.StdEncoding.EncodeToString(request(false, "a.", "10.0.0.1", n, 0).DHCID)
}

// D4.25.8: what each mode overwrites, and whether it writes a DHCID.
func TestModes(t *testing.T) {
	const a = "a.example.org."
	for _, m := range makes {
		t.Run(m.name, func(t *testing.T) {
			t.Run("PL.7.15 PL.7.16 check-with-dhcid", func(t *testing.T) {
				w := newWorld(t, m.start)
				mode := ncr.CheckWithDHCID
				w.does(t, request(false, a, "10.0.0.1", 1, mode))
				w.has(t, "a A 10.0.0.1", "a DHCID "+dhcidOf(1), "1.0.0 PTR "+a, "1.0.0 DHCID "+dhcidOf(1))
				if got := w.dns.Dig(t, a, "A"); got != "10.0.0.1" {
					t.Errorf("dig: %s", got)
				}
				if got := w.dns.Dig(t, "1.0.0.10.in-addr.arpa", "PTR"); got != a {
					t.Errorf("dig: %s", got)
				}
				w.does(t, request(false, a, "10.0.0.2", 1, mode)) // the client moved
				w.has(t, "a A 10.0.0.2", "a DHCID "+dhcidOf(1), "2.0.0 PTR "+a, "2.0.0 DHCID "+dhcidOf(1), "1.0.0 PTR "+a, "1.0.0 DHCID "+dhcidOf(1))
				w.does(t, request(true, a, "10.0.0.1", 1, mode)) // the old address goes
				w.has(t, "a A 10.0.0.2", "a DHCID "+dhcidOf(1), "2.0.0 PTR "+a, "2.0.0 DHCID "+dhcidOf(1))
				w.does(t, request(false, a, "10.0.0.3", 2, mode)) // somebody else wants the name
				w.out.wants(t, "DHCP_DDNS_FORWARD_REPLACE_REJECTED", "with an RCODE: 8 (NXRRSET, zone example.org.)", "DHCP_DDNS_ADD_FAILED")
				w.has(t, "a A 10.0.0.2", "a DHCID "+dhcidOf(1), "2.0.0 PTR "+a, "2.0.0 DHCID "+dhcidOf(1))
				w.does(t, request(true, a, "10.0.0.2", 2, mode)) // and cannot remove it
				w.has(t, "a A 10.0.0.2", "a DHCID "+dhcidOf(1), "2.0.0 PTR "+a, "2.0.0 DHCID "+dhcidOf(1))
				w.out.wants(t, "DHCP_DDNS_FORWARD_REMOVE_RRS_REJECTED", "with an RCODE: 7 (YXRRSET, zone example.org.)")
				failures := strings.Count(w.out.String(), "DHCP_DDNS_REMOVE_FAILED")
				w.does(t, request(true, a, "10.0.0.2", 1, mode))
				w.has(t)
				w.does(t, request(true, a, "10.0.0.2", 1, mode)) // once more is no fault
				if strings.Count(w.out.String(), "DHCP_DDNS_REMOVE_FAILED") != failures {
					t.Errorf("a removal failed:\n%s", &w.out)
				}
			})
			t.Run("PL.7.17 both families of a client", func(t *testing.T) {
				w := newWorld(t, m.start)
				const six = "2001:db8::1"
				six6 := strings.TrimSuffix(reverseName(request(false, a, six, 1, 0).Addr), ".8.b.d.0.1.0.0.2.ip6.arpa.")
				w.does(t, request(false, a, "10.0.0.1", 1, 0))
				w.does(t, request(false, a, six, 1, 0))
				w.has(t, "a A 10.0.0.1", "a AAAA "+six, "a DHCID "+dhcidOf(1),
					"1.0.0 PTR "+a, "1.0.0 DHCID "+dhcidOf(1), six6+" PTR "+a, six6+" DHCID "+dhcidOf(1))
				w.does(t, request(true, a, "10.0.0.1", 1, 0))
				w.has(t, "a AAAA "+six, "a DHCID "+dhcidOf(1), six6+" PTR "+a, six6+" DHCID "+dhcidOf(1))
				w.does(t, request(true, a, six, 1, 0))
				w.has(t)
			})
			t.Run("check-exists-with-dhcid", func(t *testing.T) {
				w := newWorld(t, m.start)
				mode := ncr.CheckExistsWithDHCID
				w.does(t, request(false, a, "10.0.0.1", 1, mode))
				w.does(t, request(false, a, "10.0.0.2", 2, mode)) // any DHCID will do
				w.has(t, "a A 10.0.0.2", "a DHCID "+dhcidOf(2), "1.0.0 PTR "+a, "1.0.0 DHCID "+dhcidOf(1), "2.0.0 PTR "+a, "2.0.0 DHCID "+dhcidOf(2))
				w.does(t, request(true, a, "10.0.0.1", 1, mode))
				w.does(t, request(true, a, "10.0.0.2", 2, mode))
				w.has(t)
				w.does(t, request(false, "s.example.org.", "10.0.0.9", 3, ncr.NoCheckWithoutDHCID))
				w.does(t, request(false, "s.example.org.", "10.0.0.8", 3, mode)) // a name without DHCID is static
				w.out.wants(t, "DHCP_DDNS_FORWARD_REPLACE_REJECTED")
				w.has(t, "s A 10.0.0.9", "9.0.0 PTR s.example.org.")
			})
			t.Run("no-check-with-dhcid", func(t *testing.T) {
				w := newWorld(t, m.start)
				mode := ncr.NoCheckWithDHCID
				w.does(t, request(false, a, "10.0.0.1", 1, mode))
				w.does(t, request(false, a, "10.0.0.1", 2, mode))
				w.has(t, "a A 10.0.0.1", "a DHCID "+dhcidOf(2), "1.0.0 PTR "+a, "1.0.0 DHCID "+dhcidOf(2))
				w.does(t, request(true, a, "10.0.0.1", 3, mode))
				w.has(t)
			})
			t.Run("no-check-without-dhcid", func(t *testing.T) {
				w := newWorld(t, m.start)
				mode := ncr.NoCheckWithoutDHCID
				w.does(t, request(false, a, "10.0.0.1", 1, mode))
				w.does(t, request(false, a, "10.0.0.2", 2, mode))
				w.has(t, "a A 10.0.0.2", "1.0.0 PTR "+a, "2.0.0 PTR "+a)
				w.does(t, request(true, a, "10.0.0.2", 3, mode))
				w.has(t, "1.0.0 PTR "+a)
			})
			t.Run("a name changes", func(t *testing.T) {
				w := newWorld(t, m.start)
				w.does(t, request(false, a, "10.0.0.1", 1, 0))
				w.send(t, request(true, a, "10.0.0.1", 1, 0)) // as the DHCP servers do, at once
				w.does(t, request(false, "b.example.org.", "10.0.0.1", 2, 0))
				if !eventually(func() bool { return strings.Count(w.out.String(), "_SUCCEEDED") == 3 }) {
					t.Errorf("not done:\n%s", &w.out)
				}
				w.has(t, "b A 10.0.0.1", "b DHCID "+dhcidOf(2), "1.0.0 PTR b.example.org.", "1.0.0 DHCID "+dhcidOf(2))
			})
			t.Run("the lease length is the TTL, the case of names is kept", func(t *testing.T) {
				w := newWorld(t, m.start)
				w.does(t, request(false, "MixedCase.example.org.", "10.0.0.1", 1, 0))
				want := "1.0.0.10.in-addr.arpa. 1200 PTR MixedCase.example.org."
				if m.name == "Knot" { // which keeps names in lower case
					want = strings.Replace(want, "MixedCase", "mixedcase", 1)
				}
				if got := w.dns.Records(t, "10.in-addr.arpa"); len(got) != 2 || got[1] != want {
					t.Errorf("%q", got)
				}
			})
		})
	}
}

// PL.16.9 each algorithm, whole and cut where the DNS server can do that.
func TestAlgorithms(t *testing.T) {
	var keys []nameserver.Key
	var zones []nameserver.Zone
	var ours, forward []string
	for n, c := range []struct {
		algorithm string
		bits      int
	}{
		{"hmac-md5", 0}, {"hmac-sha1", 0}, {"hmac-sha224", 0}, {"hmac-sha256", 0}, {"hmac-sha384", 0}, {"hmac-sha512", 0},
		{"hmac-md5", 80}, {"hmac-sha1", 80}, {"hmac-sha224", 112}, {"hmac-sha256", 128}, {"hmac-sha384", 192}, {"hmac-sha512", 256},
	} {
		k := nameserver.Key{Name: fmt.Sprintf("k%d", n), Algorithm: c.algorithm, Secret: secret}
		if c.bits > 0 {
			k.Algorithm += fmt.Sprintf("-%d", c.bits)
		}
		keys = append(keys, k)
		zones = append(zones, nameserver.Zone{Name: k.Name + ".test", Key: k.Name})
		ours = append(ours, fmt.Sprintf(`{ "name": %q, "algorithm": %q, "digest-bits": %d, "secret": %q }`, k.Name, c.algorithm, c.bits, secret))
		forward = append(forward, k.Name)
	}
	s := nameserver.BIND(t, keys, zones...)
	var list []string
	for _, k := range forward {
		list = append(list, fmt.Sprintf(`{ "name": "%s.test.", "key-name": %q, "dns-servers": [ { "ip-address": "127.0.0.1", "port": %d } ] }`, k, k, s.Addr.Port()))
	}
	i := launch(t, `"dns-server-timeout": 2000, "tsig-keys": [ `+strings.Join(ours, ", ")+` ], "forward-ddns": { "ddns-domains": [ `+strings.Join(list, ", ")+` ] }`, "-d")
	for n, k := range keys {
		t.Run("PL.16.9 "+k.Algorithm, func(t *testing.T) {
			r := request(false, "a."+k.Name+".test.", "10.0.0.1", byte(n+1), 0)
			r.Reverse = false
			i.does(t, r)
			if got := s.Dig(t, r.Name, "A"); got != "10.0.0.1" {
				t.Errorf("dig: %q\n%s", got, &i.out)
			}
			if got := i.statistic(t, "key["+k.Name+".].update-success"); got != 1 {
				t.Errorf("update-success of the key is %d", got)
			}
		})
	}
}
