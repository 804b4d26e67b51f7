package ddns

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/miekg/dns"

	"nestor/tests/nameserver"
)

// twoServers is a forward domain with two servers.
func twoServers(a, b *fakeDNS) string {
	return fmt.Sprintf(`"dns-server-timeout": 60, "forward-ddns": { "ddns-domains": [ { "name": "example.org.", "dns-servers": [
		{ "ip-address": "127.0.0.1", "port": %d }, { "ip-address": "127.0.0.1", "port": %d } ] } ] }`, a.addr.Port(), b.addr.Port())
}

// PL.7.12, and the retry table as it was seen of Kea 2.7.9.
func TestRetries(t *testing.T) {
	yx := rcode(dns.RcodeYXDomain)
	for _, c := range []struct {
		name          string
		remove        bool
		first, second []answer
		want          [2]int // messages to each server
		end           string
	}{
		{"PL.7.12 PL.7.19 no answer from anybody", false, []answer{silence}, []answer{silence}, [2]int{3, 3}, "Event: NO_MORE_SERVERS_EVT"},
		{"PL.7.12 the second one answers", false, []answer{silence}, []answer{good}, [2]int{3, 1}, "ADD_SUCCEEDED"},
		{"the third message is answered", false, []answer{silence, silence, good}, nil, [2]int{3, 0}, "ADD_SUCCEEDED"},
		{"PL.7.13 a refusal is final", false, []answer{rcode(dns.RcodeRefused)}, []answer{good}, [2]int{1, 0}, "Event: UPDATE_FAILED_EVT"},
		{"no answer to the second step: from the start with the next", false, []answer{yx, silence}, []answer{yx, good}, [2]int{4, 2}, "ADD_SUCCEEDED"},
		{"PL.7.12 no answer to the removal of the rest: no other server", true, []answer{good, silence}, []answer{good}, [2]int{4, 0}, "REMOVE_FAILED"},
		{"PL.7.12 corrupt answers", false, []answer{changed(func(b []byte) []byte { b[2] &^= 0x80; return b })}, []answer{good}, [2]int{3, 1}, "ADD_SUCCEEDED"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			a, b := newFakeDNS(t, c.first...), newFakeDNS(t, c.second...)
			i := launch(t, twoServers(a, b))
			r := request(c.remove, "a.example.org.", "10.0.0.1", 1, 0)
			i.does(t, r)
			if got := [2]int{len(a.got()), len(b.got())}; got != c.want {
				t.Errorf("messages %v, want %v", got, c.want)
			}
			i.out.wants(t, c.end)
		})
	}
	t.Run("a server that did not answer is tried last for a while", func(t *testing.T) {
		a, b := newFakeDNS(t, silence), newFakeDNS(t, good)
		i := launch(t, twoServers(a, b))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.does(t, request(false, "b.example.org.", "10.0.0.2", 2, 0))
		if got := [2]int{len(a.got()), len(b.got())}; got != [2]int{3, 2} {
			t.Errorf("messages %v", got)
		}
	})
}

// Each way in which an answer can be of no use has a line with zone, server and
// cause.
func TestCauses(t *testing.T) {
	opcode := changed(func(b []byte) []byte { b[2] &^= 0x78; return b })
	zones := func(q *dns.Msg, w []byte) []byte {
		m := new(dns.Msg)
		m.SetReply(q)
		m.Question = append(q.Question, q.Question...)
		b, _ := m.Pack()
		return b
	}
	wrongID := changed(func(b []byte) []byte { b[0]++; return b })
	short := changed(func(b []byte) []byte { return b[:11] })
	for _, c := range []struct {
		name   string
		answer answer
		line   string // ADDR is the server
		stat   string
	}{
		{"SERVFAIL", rcode(dns.RcodeServerFailure), "DHCP_DDNS_FORWARD_ADD_REJECTED DNS Request ID ID: Server, ADDR, rejected a DNS update request to add the address mapping for FQDN, a.example.org., with an RCODE: 2 (SERVFAIL, zone example.org.)", "update-success"},
		{"REFUSED", rcode(dns.RcodeRefused), "with an RCODE: 5 (REFUSED, zone example.org.)", "update-success"},
		{"NOTAUTH", rcode(dns.RcodeNotAuth), "with an RCODE: 9 (NOTAUTH, zone example.org.)", "update-success"},
		{"timeout", silence, "DHCP_DDNS_FORWARD_ADD_TIMEOUT DHCP_DDNS Request ID ID: timed out waiting for a response to forward mapping add for FQDN a.example.org. to DNS server ADDR (zone example.org.: no answer)", "update-timeout"},
		{"answer to something else", wrongID, "ADDR (zone example.org.: no answer)", "update-timeout"},
		{"short answer", short, "ADDR (zone example.org.: no answer)", "update-timeout"},
		{"query", changed(func(b []byte) []byte { b[2] &^= 0x80; return b }), "DHCP_DDNS_FORWARD_ADD_RESP_CORRUPT DHCP_DDNS Request ID ID: received a corrupt response from the DNS server, ADDR, while adding forward address mapping for FQDN, a.example.org. (zone example.org.: the answer is marked as a query)", "update-error"},
		{"opcode", opcode, "(zone example.org.: the answer has opcode 0, not that of updates)", "update-error"},
		{"zones", zones, "(zone example.org.: the answer has 2 zones)", "update-error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := newFakeDNS(t, c.answer)
			i := launch(t, `"dns-server-timeout": 60, `+domains(f.addr, "", []string{"example.org."}, nil))
			r := request(false, "a.example.org.", "10.0.0.1", 1, 0)
			i.does(t, r)
			line := strings.NewReplacer("ADDR", fmt.Sprintf("127.0.0.1 port:%d", f.addr.Port()), "ID ID", fmt.Sprintf("ID %X", r.DHCID)).Replace(c.line)
			i.out.wants(t, line, "DHCP_DDNS_ADD_FAILED DHCP_DDNS Request ID ")
			for _, s := range []string{"update-success", "update-timeout", "update-error"} {
				want := int64(0)
				if s == c.stat {
					want = int64(len(f.got()))
				}
				if got := i.statistic(t, s); got != want {
					t.Errorf("%s is %d, want %d", s, got, want)
				}
			}
		})
	}
	t.Run("a truncated answer is asked for again over TCP", func(t *testing.T) {
		f := newFakeDNS(t, truncated, good)
		i := launch(t, `"dns-server-timeout": 2000, `+domains(f.addr, "", []string{"example.org."}, nil))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		got := f.got()
		if len(got) != 2 || got[1] != "TCP "+got[0] {
			t.Errorf("%q", got)
		}
		i.out.wants(t, "ADD_SUCCEEDED")
	})
	t.Run("and if there is none either", func(t *testing.T) {
		f := newFakeDNS(t, truncated, silence)
		i := launch(t, `"dns-server-timeout": 100, `+domains(f.addr, "", []string{"example.org."}, nil))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "(zone example.org.: over TCP: EOF)", "NO_MORE_SERVERS_EVT")
	})
	t.Run("nobody listens", func(t *testing.T) {
		f := newFakeDNS(t)
		f.udp.Close()
		i := launch(t, `"dns-server-timeout": 60, `+domains(f.addr, "", []string{"example.org."}, nil))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "(zone example.org.: nobody listens there)", "NO_MORE_SERVERS_EVT")
		if got := i.statistic(t, "update-timeout"); got != 3 {
			t.Errorf("update-timeout is %d", got)
		}
	})
	t.Run("a domain without servers", func(t *testing.T) {
		i := launch(t, `"forward-ddns": { "ddns-domains": [ { "name": "example.org." } ] }`)
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "NO_MORE_SERVERS_EVT", "Forward change: failed")
	})
}

// PL.7.14 what a real server says to wrong keys, and what we say to answers that
// are not signed as they should be.
func TestWrongKeys(t *testing.T) {
	s := nameserver.BIND(t, []nameserver.Key{testKey}, testZones[0], nameserver.Zone{Name: "closed.test", Closed: true})
	for _, c := range []struct{ name, key, secret, zone, line string }{
		{"an unknown key", "other.test.", secret, "example.org.", "TSIG verification failed: BADKEY"},
		{"another secret", "key.test.", "bZEG70w80gAUPfLWV3aAUQ==", "example.org.", "TSIG verification failed: BADSIG"},
		{"an unsigned update", "", "", "example.org.", "with an RCODE: 5 (REFUSED"},
		{"a zone that takes none", "key.test.", secret, "closed.test.", "with an RCODE: 5 (REFUSED"},
		{"a zone that is not there", "key.test.", secret, "elsewhere.test.", "with an RCODE: 9 (NOTAUTH"},
	} {
		t.Run(c.name, func(t *testing.T) {
			keys := ""
			if c.key != "" {
				keys = `"tsig-keys": [ { "name": "` + c.key + `", "algorithm": "HMAC-SHA256", "secret": "` + c.secret + `" } ], `
			}
			i := launch(t, `"dns-server-timeout": 2000, `+keys+domains(s.Addr, c.key, []string{c.zone}, nil))
			i.does(t, request(false, "a."+c.zone, "10.0.0.1", 1, 0))
			i.out.wants(t, c.line, "zone "+c.zone, "DHCP_DDNS_ADD_FAILED")
		})
	}
	t.Run("PL.7.14 an answer that is not signed", func(t *testing.T) {
		f := newFakeDNS(t, good)
		i := launch(t, testKeyConfig+", "+domains(f.addr, "Key.test.", []string{"example.org."}, nil))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "TSIG verification failed: the answer is not signed, its rcode is NOERROR", "NO_MORE_SERVERS_EVT")
		for name, want := range map[string]int64{
			"update-sent": 3, "update-signed": 3, "update-unsigned": 0, "update-error": 3, "update-success": 0,
			"key[key.test.].update-sent": 3, "key[key.test.].update-error": 3, "key[key.test.].update-success": 0,
		} {
			if got := i.statistic(t, name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
	})
	t.Run("PL.7.14 an answer that is signed with another secret", func(t *testing.T) {
		k := testSigner(t, "bZEG70w80gAUPfLWV3aAUQ==")
		f := newFakeDNS(t, func(q *dns.Msg, _ []byte) []byte {
			m := new(dns.Msg)
			m.SetReply(q)
			b, err := m.Pack()
			if err != nil {
				t.Error(err)
			}
			b, _ = k.sign(b, nil, time.Now())
			return b
		})
		i := launch(t, testKeyConfig+", "+domains(f.addr, "Key.test.", []string{"example.org."}, nil))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "TSIG verification failed: the signature is wrong")
	})
}

// A server that hangs holds up its own zones and no others.
func TestHangingServer(t *testing.T) {
	hung, fine := newFakeDNS(t, silence), newFakeDNS(t, good)
	i := launch(t, fmt.Sprintf(`"dns-server-timeout": 300, "forward-ddns": { "ddns-domains": [
		{ "name": "hung.test.", "dns-servers": [ { "ip-address": "127.0.0.1", "port": %d } ] },
		{ "name": "fine.test.", "dns-servers": [ { "ip-address": "127.0.0.1", "port": %d } ] } ] }`, hung.addr.Port(), fine.addr.Port()))
	const n = 1200
	for k := range n {
		r := request(false, fmt.Sprintf("h%d.hung.test.", k), fmt.Sprintf("10.1.%d.%d", k/250, k%250), 1, 0)
		r.DHCID = fmt.Appendf(nil, "hung%d", k)
		i.send(t, r)
	}
	if !eventually(func() bool { return i.statistic(t, "ncr-received") == n }) {
		t.Fatal("not received")
	}
	for k := range 200 {
		r := request(false, fmt.Sprintf("f%d.fine.test.", k), fmt.Sprintf("10.2.0.%d", k), 1, 0)
		r.DHCID = fmt.Appendf(nil, "fine%d", k)
		i.send(t, r)
	}
	if !eventually(func() bool { return len(fine.got()) == 200 }) {
		t.Fatalf("the other zone got %d of 200 updates", len(fine.got()))
	}
	if strings.Contains(i.out.String(), "NO_MORE_SERVERS_EVT") {
		t.Logf("it took so long that updates of the hanging zone failed meanwhile")
	}
	// Once it is known that nobody answers, further requests are few at a time, and
	// those beyond the bound are dropped.
	if !eventually(func() bool { return strings.Contains(i.out.String(), "NO_MORE_SERVERS_EVT") }) {
		t.Fatal("no request failed")
	}
	for k := range 1200 {
		r := request(false, fmt.Sprintf("i%d.hung.test.", k), fmt.Sprintf("10.3.%d.%d", k/250, k%250), 1, 0)
		r.DHCID = fmt.Appendf(nil, "more%d", k)
		i.send(t, r)
	}
	i.out.wants(t, "DHCP_DDNS_ZONE_BACKLOG_FULL Request ID ", "no server of zone hung.test. answers and 1")
}

// Requests about one client, one name or one address keep their order.
func TestOrder(t *testing.T) {
	f := newFakeDNS(t, func(q *dns.Msg, w []byte) []byte {
		time.Sleep(time.Millisecond) // so that others could overtake
		return good(q, w)
	})
	i := launch(t, `"dns-server-timeout": 2000, `+domains(f.addr, "", []string{"example.org."}, []string{"10.in-addr.arpa."}))
	const n = 40
	for k := range n {
		sameClient := request(false, fmt.Sprintf("c%d.example.org.", k), fmt.Sprintf("10.0.1.%d", k), 1, 2)
		sameName := request(false, "n.example.org.", fmt.Sprintf("10.0.2.%d", k), 0, 2)
		sameName.DHCID = fmt.Appendf(nil, "name%d", k)
		sameAddr := request(false, fmt.Sprintf("a%d.example.org.", k), "10.0.3.1", 0, 2)
		sameAddr.DHCID = fmt.Appendf(nil, "addr%d", k)
		i.send(t, sameClient)
		i.send(t, sameName)
		i.send(t, sameAddr)
	}
	if !eventually(func() bool { return strings.Count(i.out.String(), "ADD_SUCCEEDED") == 3*n }) {
		t.Fatalf("not done:\n%s", &i.out)
	}
	var client, name, addr []string
	for _, m := range f.got() {
		switch {
		case strings.Contains(m, "IN A ttl 1200 10.0.1."):
			client = append(client, m[strings.Index(m, "10.0.1."):][:9])
		case strings.Contains(m, "IN A ttl 1200 10.0.2."):
			name = append(name, m[strings.Index(m, "10.0.2."):][:9])
		case strings.Contains(m, "3.0.10.in-addr.arpa. IN PTR"):
			at := m[strings.Index(m, "PTR ttl 1200 ")+13:]
			addr = append(addr, at[:strings.Index(at, ".")])
		}
	}
	for what, got := range map[string][]string{"client": client, "name": name, "address": addr} {
		if len(got) != n {
			t.Errorf("%s: %d updates", what, len(got))
		}
		for k := range got {
			want := fmt.Sprintf("%d", k)
			if !strings.HasSuffix(strings.TrimRight(got[k], "; UPTR"), want) {
				t.Errorf("%s: update %d is %q in %q", what, k, got[k], slices.Clip(got))
				break
			}
		}
	}
}
