package ddns

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"nestor/lib/ncr"
)

// What goes over the wire in each mode, as it was recorded of Kea 2.7.9.
// PL.7.6: it is made of all that a request carries, and the log has the rest.
func TestMessages(t *testing.T) {
	f := newFakeDNS(t)
	i := launch(t, `"dns-server-timeout": 2000, `+domains(f.addr, "", []string{"example.org."}, []string{"10.in-addr.arpa."}), "-d")
	const (
		zone    = "example.org. IN SOA"
		reverse = "10.in-addr.arpa. IN SOA"
		free    = "; P: a.example.org. NONE ANY"
		used    = "; P: a.example.org. ANY ANY"
		ours    = "; P: a.example.org. IN DHCID AAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
		exists  = "; P: a.example.org. ANY DHCID"
		neither = "; P: a.example.org. NONE A; P: a.example.org. NONE AAAA"
		addA    = "; U: a.example.org. IN A ttl 1200 10.0.0.1"
		addID   = "; U: a.example.org. IN DHCID ttl 1200 AAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
		delAs   = "; U: a.example.org. ANY A"
		delIDs  = "; U: a.example.org. ANY DHCID"
		delA    = "; U: a.example.org. NONE A 10.0.0.1"
		delName = "; U: a.example.org. ANY ANY"
		r       = "1.0.0.10.in-addr.arpa."
		revAdd  = reverse + "; U: " + r + " ANY PTR; U: " + r + " ANY DHCID; U: " + r + " IN PTR ttl 1200 a.example.org.; U: " + r +
			" IN DHCID ttl 1200 AAEBAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE="
		revAddBare = reverse + "; U: " + r + " ANY PTR; U: " + r + " IN PTR ttl 1200 a.example.org."
		revDel     = reverse + "; P: " + r + " IN PTR a.example.org.; U: " + r + " ANY ANY"
		revDelAny  = reverse + "; U: " + r + " ANY PTR; U: " + r + " ANY DHCID"
		revDelBare = reverse + "; U: " + r + " ANY PTR"

		add      = zone + free + addA + addID
		replace  = zone + used + ours + delAs + addA
		replaceX = zone + exists + delAs + delIDs + addA + addID
	)
	yx, nx, nxrrset, yxrrset, servfail := rcode(dns.RcodeYXDomain), rcode(dns.RcodeNameError), rcode(dns.RcodeNXRrset), rcode(dns.RcodeYXRrset), rcode(dns.RcodeServerFailure)
	for _, c := range []struct {
		name    string
		remove  bool
		mode    ncr.Mode
		answers []answer
		want    []string
		end     string
	}{
		{"PL.7.15 a new name", false, ncr.CheckWithDHCID, []answer{good}, []string{add, revAdd}, "ADD_SUCCEEDED"},
		{"the client's own name", false, ncr.CheckWithDHCID, []answer{yx, good}, []string{add, replace, revAdd}, "ADD_SUCCEEDED"},
		{"somebody else's", false, ncr.CheckWithDHCID, []answer{yx, nxrrset}, []string{add, replace}, "ADD_FAILED"},
		{"a name that vanishes", false, ncr.CheckWithDHCID, []answer{yx, nx, good}, []string{add, replace, add, revAdd}, "ADD_SUCCEEDED"},
		{"check-exists, new", false, ncr.CheckExistsWithDHCID, []answer{good}, []string{add, revAdd}, "ADD_SUCCEEDED"},
		{"check-exists, there", false, ncr.CheckExistsWithDHCID, []answer{yx, good}, []string{add, replaceX, revAdd}, "ADD_SUCCEEDED"},
		{"check-exists, static", false, ncr.CheckExistsWithDHCID, []answer{yx, nxrrset}, []string{add, replaceX}, "ADD_FAILED"},
		{"no-check-with", false, ncr.NoCheckWithDHCID, []answer{good}, []string{zone + delAs + delIDs + addA + addID, revAdd}, "ADD_SUCCEEDED"},
		{"no-check-without", false, ncr.NoCheckWithoutDHCID, []answer{good}, []string{zone + delAs + addA, revAddBare}, "ADD_SUCCEEDED"},
		{"PL.7.13 a refusal", false, ncr.CheckWithDHCID, []answer{servfail}, []string{add}, "ADD_FAILED"},
		{"a refused reverse", false, ncr.CheckWithDHCID, []answer{good, servfail}, []string{add, revAdd}, "ADD_FAILED"},

		{"PL.7.16 removal", true, ncr.CheckWithDHCID, []answer{good}, []string{zone + ours + delA, zone + ours + neither + delName, revDel}, "REMOVE_SUCCEEDED"},
		{"removal of what is gone", true, ncr.CheckWithDHCID, []answer{nxrrset}, []string{zone + ours + delA, zone + ours + neither + delName, revDel}, "REMOVE_SUCCEEDED"},
		{"PL.7.17 the other family stays", true, ncr.CheckWithDHCID, []answer{good, yxrrset, good}, []string{zone + ours + delA, zone + ours + neither + delName, revDel}, "REMOVE_SUCCEEDED"},
		{"refused removal", true, ncr.CheckWithDHCID, []answer{servfail}, []string{zone + ours + delA}, "REMOVE_FAILED"},
		{"check-exists removal", true, ncr.CheckExistsWithDHCID, []answer{good}, []string{zone + exists + delA, zone + neither + delIDs, revDel}, "REMOVE_SUCCEEDED"},
		{"no-check-with removal", true, ncr.NoCheckWithDHCID, []answer{good}, []string{zone + delAs + delIDs, revDelAny}, "REMOVE_SUCCEEDED"},
		{"no-check-without removal", true, ncr.NoCheckWithoutDHCID, []answer{good}, []string{zone + delAs, revDelBare}, "REMOVE_SUCCEEDED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.script(c.answers...)
			ends := strings.Count(i.out.String(), "DHCP_DDNS_"+c.end)
			i.does(t, request(c.remove, "a.example.org.", "10.0.0.1", 1, c.mode))
			if got := f.got(); !slices.Equal(got, c.want) {
				t.Errorf("sent\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
			if strings.Count(i.out.String(), "DHCP_DDNS_"+c.end) != ends+1 {
				t.Errorf("it did not end in %s:\n%s", c.end, &i.out)
			}
		})
	}
	t.Run("a name that comes and goes for ever", func(t *testing.T) {
		answers := []answer{}
		for range 100 {
			answers = append(answers, yx, nx)
		}
		f.script(answers...)
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		if n := len(f.got()); n > 2*maxRounds+2 {
			t.Errorf("%d messages", n)
		}
		i.out.wants(t, "with an RCODE: 3 (NXDOMAIN, zone example.org.)")
	})
	i.out.wants(t, "DHCID: [0001010000000000000000000000000000000000000000000000000000000000000001]", `Lease Expires On: `+time.Now().UTC().Format("2006"))
	t.Run("IPv6", func(t *testing.T) {
		f.script(good)
		req := request(false, "a.example.org.", "2001:db8::1", 1, ncr.NoCheckWithoutDHCID)
		req.Reverse = false
		i.does(t, req)
		if got := f.got(); len(got) != 1 || got[0] != zone+"; U: a.example.org. ANY AAAA; U: a.example.org. IN AAAA ttl 1200 2001:db8::1" {
			t.Errorf("%q", got)
		}
	})
}

func TestReverseNames(t *testing.T) {
	for addr, want := range map[string]string{
		"192.0.2.7":       "7.2.0.192.in-addr.arpa.",
		"2001:db8::1":     "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.",
		"::ffff:10.0.0.1": "1.0.0.0.0.0.a.0.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa.",
	} {
		r := request(false, "a.", addr, 1, 0)
		if got := reverseName(r.Addr); got != want {
			t.Errorf("%s: %s, want %s", addr, got, want)
		}
	}
}
