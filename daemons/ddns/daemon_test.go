package ddns

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/miekg/dns"
	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/lib/ncr"
)

func TestCommands(t *testing.T) {
	f := newFakeDNS(t, good)
	i := launch(t, domains(f.addr, "", []string{"example.org."}, nil))
	t.Run("PL.5.20 the commands", func(t *testing.T) {
		want := `[ "build-report", "config-get", "config-hash-get", "config-reload", "config-set", "config-test", "config-write", "list-commands", ` +
			`"shutdown", "statistic-get", "statistic-get-all", "statistic-reset", "statistic-reset-all", "status-get", "version-get" ]`
		if got := i.command(t, "list-commands", "").Get("arguments").String(); got != want {
			t.Errorf("got %s", got)
		}
		for _, other := range []string{"statistic-remove", "dhcp-disable", "leases-reclaim"} {
			if a := i.command(t, other, ""); a.Get("result").Int != 2 {
				t.Errorf("%s: %s", other, a)
			}
		}
	})
	t.Run("PL.5.15 status-get", func(t *testing.T) {
		if got := len(i.command(t, "status-get", "").Get("arguments").Members); got != 3 {
			t.Errorf("%d members", got)
		}
	})
	t.Run("PL.7.23 PL.7.24 statistics", func(t *testing.T) {
		all := i.command(t, "statistic-get-all", "").Get("arguments")
		for _, name := range []string{
			"ncr-received", "ncr-invalid", "ncr-error", "queue-mgr-queue-full",
			"update-sent", "update-signed", "update-unsigned", "update-success", "update-timeout", "update-error",
		} {
			if v := all.Get(name); v == nil || v.List[0].List[0].Int != 0 {
				t.Errorf("%s is %s", name, v)
			}
		}
		if len(all.Members) != 10 {
			t.Errorf("there are %d", len(all.Members))
		}
		for n := range 3 {
			i.does(t, request(false, fmt.Sprintf("a%d.example.org.", n), "10.0.0.1", 1, 0))
		}
		for name, want := range map[string]int64{"ncr-received": 3, "update-sent": 3, "update-unsigned": 3, "update-success": 3, "update-signed": 0} {
			if got := i.statistic(t, name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
		if samples := i.command(t, "statistic-get", `{ "name": "update-sent" }`).Get("arguments").Get("update-sent").List; len(samples) != 1 {
			t.Errorf("%d samples", len(samples)) // PL.6.7
		}
		i.command(t, "statistic-reset-all", "")
		if got := i.statistic(t, "update-sent"); got != 0 {
			t.Errorf("after the reset: %d", got)
		}
	})
	t.Run("config-get, config-set, config-test, config-write", func(t *testing.T) {
		got := i.command(t, "config-get", "").Get("arguments")
		cfg := element.NewMap().Add("DhcpDdns", got.Get("DhcpDdns"))
		if hash := i.command(t, "config-hash-get", "").Get("arguments").Get("hash"); !hash.Equal(got.Get("hash")) || len(hash.Str) != 64 {
			t.Errorf("hashes %s and %s", hash, got.Get("hash"))
		}
		for _, command := range []string{"config-test", "config-set"} {
			if a := i.command(t, command, cfg.String()); a.Get("result").Int != 0 {
				t.Errorf("%s: %s", command, a)
			}
			if a := i.command(t, command, `{ "DhcpDdns": { "port": 0 } }`); a.Get("result").Int != 1 || !strings.Contains(a.Get("text").Str, "0 is out of range") {
				t.Errorf("%s: %s", command, a)
			}
		}
		if again := i.command(t, "config-get", "").Get("arguments"); !again.Equal(got) {
			t.Errorf("it changed\n%s to\n%s", got, again)
		}
		file := filepath.Join(i.dir, "w.conf")
		if a := i.command(t, "config-write", `{ "filename": "`+file+`" }`); a.Get("result").Int != 0 {
			t.Errorf("config-write: %s", a)
		}
		if _, _, err := config.LoadDDNSFile(file, config.Options{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("PL.7.7 PL.16.11 invalid requests are counted and passed over", func(t *testing.T) {
		for _, b := range []string{"", "x", "\x00\x02{}", "\xff\xff{}", "\x0f\xfe" + strings.Repeat("x", 8000)} {
			if _, err := i.conn.Write([]byte(b)); err != nil {
				t.Fatal(err)
			}
		}
		i.does(t, request(false, "b.example.org.", "10.0.0.1", 1, 0))
		if got := i.statistic(t, "ncr-invalid"); got != 5 {
			t.Errorf("ncr-invalid is %d", got)
		}
		i.out.wants(t, "ERROR [kea-dhcp-ddns.libdhcp-ddns/", "DHCP_DDNS_INVALID_NCR application received an invalid DNS update request: ")
	})
	t.Run("each message is on Kea's logger", func(t *testing.T) {
		text := i.out.String()
		for id, logger := range map[string]string{
			"DHCP_DDNS_STARTED": "dhcpddns", "DCTL_CONFIG_COMPLETE": "dctl", "DHCP_DDNS_ADD_SUCCEEDED": "d2-to-dns", "DHCP_DDNS_INVALID_NCR": "libdhcp-ddns",
		} {
			if line := regexp.MustCompile(`.*` + id).FindString(text); !strings.Contains(line, "[kea-dhcp-ddns."+logger+"/") {
				t.Errorf("%s is on another logger than %s: %s", id, logger, line)
			}
		}
	})
}

func TestMatching(t *testing.T) {
	f := newFakeDNS(t, good)
	zones := func(names ...string) string { return domains(f.addr, "", names, nil) }
	t.Run("PL.7.1 the longest name wins", func(t *testing.T) {
		i := launch(t, zones("example.com.", "Four.Example.com", "ample.com.", "*"))
		for name, zone := range map[string]string{
			"a.four.example.com.": "Four.Example.com.", "a.FOUR.example.com.": "Four.Example.com.", "four.example.com.": "Four.Example.com.",
			"a.b.example.com.": "example.com.", "a.xfour.example.com.": "example.com.", "sample.com.": "*.", "a.org.": "*.",
			`a\.four.example.com.`: "example.com.",
		} {
			f.script(good)
			i.does(t, request(false, name, "10.0.0.1", 1, 0))
			if got := f.got(); len(got) != 1 || !strings.HasPrefix(got[0], zone+" IN SOA") {
				t.Errorf("%s: %q, want zone %s", name, got, zone)
			}
		}
	})
	t.Run("PL.7.2 reverse, digits in either case", func(t *testing.T) {
		i := launch(t, domains(f.addr, "", nil, []string{"8.B.D.0.1.0.0.2.ip6.arpa.", "0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa", "2.0.192.in-addr.arpa."}))
		for addr, zone := range map[string]string{
			"2001:db8::1": "0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa.", "2001:db8:1::1": "8.B.D.0.1.0.0.2.ip6.arpa.", "192.0.2.9": "2.0.192.in-addr.arpa.",
		} {
			f.script(good)
			i.does(t, request(false, "a.example.org.", addr, 1, 0))
			if got := f.got(); len(got) != 1 || !strings.HasPrefix(got[0], zone+" IN SOA") {
				t.Errorf("%s: %q, want zone %s", addr, got, zone)
			}
		}
	})
	t.Run("PL.7.3 a direction without catalog", func(t *testing.T) {
		i := launch(t, zones("example.org."), "-d")
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.out.wants(t, "DHCP_DDNS_REV_REQUEST_IGNORED", "ADD_SUCCEEDED")
		r := request(false, "a.example.org.", "10.0.0.1", 1, 0)
		r.Forward = false
		i.does(t, r)
		i.out.wants(t, "DHCP_DDNS_REQUEST_DROPPED Request ID ")
		other := launch(t, domains(f.addr, "", nil, []string{"10.in-addr.arpa."}), "-d")
		other.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		other.out.wants(t, "DHCP_DDNS_FWD_REQUEST_IGNORED")
	})
	t.Run("PL.7.4 no match in one direction drops the whole request", func(t *testing.T) {
		i := launch(t, domains(f.addr, "", []string{"example.org."}, []string{"10.in-addr.arpa."}))
		f.script(good)
		i.does(t, request(false, "a.example.net.", "10.0.0.1", 1, 0))
		i.out.wants(t, "DHCP_DDNS_NO_MATCH No DNS servers match FQDN a.example.net.", "DHCP_DDNS_NO_FWD_MATCH_ERROR Request ID ")
		i.does(t, request(false, "a.example.org.", "11.0.0.1", 1, 0))
		i.out.wants(t, "No DNS servers match FQDN 1.0.0.11.in-addr.arpa.", "DHCP_DDNS_NO_REV_MATCH_ERROR Request ID ")
		if got := f.got(); len(got) != 0 {
			t.Errorf("sent %q", got)
		}
	})
	t.Run("PL.7.5 keys of domain and server", func(t *testing.T) {
		a, b := newFakeDNS(t, silence), newFakeDNS(t, silence)
		i := launch(t, fmt.Sprintf(`"dns-server-timeout": 60, "tsig-keys": [ { "name": "foo", "algorithm": "HMAC-MD5", "secret": "AAAA" }, { "name": "bar", "algorithm": "HMAC-SHA224", "secret": "AAAA" } ],
			"forward-ddns": { "ddns-domains": [
			{ "name": "example.org.", "key-name": "foo", "dns-servers": [ { "ip-address": "127.0.0.1", "port": %d }, { "ip-address": "127.0.0.1", "port": %d, "key-name": "bar" } ] },
			{ "name": "open.org.", "dns-servers": [ { "ip-address": "127.0.0.1", "port": %[1]d } ] } ] }`, a.addr.Port(), b.addr.Port()))
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.does(t, request(false, "a.open.org.", "10.0.0.1", 1, 0))
		// PL.7.25 and its names
		for name, want := range map[string]int64{"key[foo.].update-sent": 3, "key[foo.].update-timeout": 3, "key[bar.].update-sent": 3, "update-signed": 6, "update-unsigned": 3} {
			if got := i.statistic(t, name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
	})
}

func TestReconfiguration(t *testing.T) {
	f := newFakeDNS(t, good)
	body := func(key string) string {
		return fmt.Sprintf(`"dns-server-timeout": 60, "tsig-keys": [ { "name": %q, "algorithm": "HMAC-MD5", "secret": "AAAA" } ], `, key) +
			domains(f.addr, key, []string{"example.org."}, nil)
	}
	i := launch(t, body("one"))
	i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
	if got := i.statistic(t, "key[one.].update-error"); got != 3 {
		t.Errorf("update-error is %d", got)
	}
	t.Run("PL.7.26 statistics of keys begin anew, the others do not", func(t *testing.T) {
		i.command(t, "config-reload", "")
		if got := i.statistic(t, "key[one.].update-error"); got != 0 {
			t.Errorf("update-error is %d", got)
		}
		if got := i.statistic(t, "update-error"); got != 3 {
			t.Errorf("update-error of all is %d", got)
		}
		i.configure(t, body("two"))
		i.signals <- unix.SIGHUP // PL.1.14
		if !eventually(func() bool { return i.statistic(t, "key[two.].update-error") == 0 }) {
			t.Error("no new key")
		}
		if got := i.statistic(t, "key[one.].update-error"); got != -1 {
			t.Errorf("the old key has %d", got)
		}
	})
	t.Run("what waits goes to the new zones", func(t *testing.T) {
		hung := newFakeDNS(t, silence)
		i := launch(t, `"dns-server-timeout": 400, `+domains(hung.addr, "", []string{"example.org."}, nil))
		for n := range 100 {
			r := request(false, fmt.Sprintf("a%d.example.org.", n), "10.0.0.1", byte(n), 0)
			r.Addr = r.Addr.Next()
			i.send(t, r) // all of one address, so that 99 wait
		}
		if !eventually(func() bool { return i.statistic(t, "ncr-received") == 100 }) {
			t.Fatal("not received")
		}
		f.script(good)
		i.configure(t, domains(f.addr, "", []string{"example.org."}, nil))
		i.command(t, "config-reload", "")
		if !eventually(func() bool { return len(f.got()) == 99 }) {
			t.Errorf("%d of 99 requests went to the new server", len(f.got()))
		}
		// or are dropped where there is none any more
		i.configure(t, domains(hung.addr, "", []string{"example.org."}, nil))
		i.command(t, "config-reload", "")
		for n := range 100 {
			i.send(t, request(false, fmt.Sprintf("b%d.example.org.", n), "10.0.0.1", byte(n), 0))
		}
		if !eventually(func() bool { return i.statistic(t, "ncr-received") == 200 }) {
			t.Fatal("not received")
		}
		i.configure(t, domains(f.addr, "", []string{"example.net."}, nil))
		i.command(t, "config-reload", "")
		if !eventually(func() bool { return strings.Count(i.out.String(), "DHCP_DDNS_NO_FWD_MATCH_ERROR") == 99 }) {
			t.Errorf("%d dropped", strings.Count(i.out.String(), "DHCP_DDNS_NO_FWD_MATCH_ERROR"))
		}
	})
	t.Run("the port moves", func(t *testing.T) {
		i := launch(t, domains(f.addr, "", []string{"example.org."}, nil), "-d")
		i.port = freeUDPPort(t)
		i.configure(t, domains(f.addr, "", []string{"example.org."}, nil))
		if a := i.command(t, "config-reload", ""); a.Get("result").Int != 0 {
			t.Fatalf("%s", a)
		}
		i.out.wants(t, "DHCP_DDNS_QUEUE_MGR_STOPPING application is stopping the queue manager for reconfiguration",
			"DHCP_DDNS_QUEUE_MGR_STOPPED", fmt.Sprintf("listening on 127.0.0.1, port %d, using UDP", i.port))
		i.reconnect(t)
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
	})
	t.Run("PL.7.10 an address that cannot be listened on", func(t *testing.T) {
		i := launch(t, `"ip-address": "192.0.2.1", `+domains(f.addr, "", []string{"example.org."}, nil))
		i.out.wants(t, "DHCP_DDNS_QUEUE_MGR_START_ERROR application could not start the queue manager, reason: ",
			"DHCP_DDNS_NOT_ON_LOOPBACK the DHCP-DDNS server has been configured to listen on 192.0.2.1 which is not the local loopback.")
		i.configure(t, domains(f.addr, "", []string{"example.org."}, nil))
		i.command(t, "config-reload", "")
		i.reconnect(t)
		i.does(t, request(false, "a.example.org.", "10.0.0.1", 1, 0))
		i.configure(t, `"ip-address": "192.0.2.1", `+domains(f.addr, "", []string{"example.org."}, nil))
		if a := i.command(t, "config-reload", ""); a.Get("result").Int != 1 {
			t.Errorf("%s", a)
		}
		i.does(t, request(false, "b.example.org.", "10.0.0.1", 1, 0)) // the old one goes on
	})
	t.Run("all interfaces are warned of", func(t *testing.T) {
		i := launch(t, `"ip-address": "0.0.0.0"`)
		i.out.wants(t, "DHCP_DDNS_LISTENING_ON_ALL_INTERFACES the DHCP-DDNS server has been configured to listen on 0.0.0.0.")
	})
}

func TestShutdown(t *testing.T) {
	slow := func(t *testing.T) (*fakeDNS, *instance) {
		f := newFakeDNS(t, silence)
		i := launch(t, `"dns-server-timeout": 150, `+domains(f.addr, "", []string{"example.org."}, nil), "-d")
		for n := range 4 {
			i.send(t, request(false, fmt.Sprintf("a%d.example.org.", n), "10.0.0.1", 1, 0)) // one after the other
		}
		if !eventually(func() bool { return i.statistic(t, "ncr-received") == 4 && len(f.got()) > 0 }) {
			t.Fatal("not begun")
		}
		return f, i
	}
	for _, c := range []struct {
		kind     string
		failures int
	}{{"normal", 1}, {"drain_first", 4}, {"now", 0}} {
		t.Run("PL.7.18 "+c.kind, func(t *testing.T) {
			t.Parallel()
			_, i := slow(t)
			a := i.command(t, "shutdown", `{ "exit-value": 3, "type": "`+c.kind+`" }`)
			if got, want := a.String(), `{ "result": 0, "text": "Shutdown initiated, type is: `+c.kind+`" }`; got != want {
				t.Errorf("got %s", got)
			}
			select {
			case got := <-i.exit:
				if got != 3 { // PL.5.13
					t.Errorf("exit status %d", got)
				}
			case <-time.After(10 * time.Second):
				t.Fatal("it goes on")
			}
			if got := strings.Count(i.out.String(), "DHCP_DDNS_ADD_FAILED"); got != c.failures {
				t.Errorf("%d requests were finished, want %d:\n%s", got, c.failures, &i.out)
			}
			i.out.wants(t, "DHCP_DDNS_CLEARED_FOR_SHUTDOWN application has met shutdown criteria for shutdown type: "+c.kind, "DHCP_DDNS_RUN_EXIT")
		})
	}
	t.Run("PL.5.13 another type", func(t *testing.T) {
		i := launch(t, `"reverse-ddns": {}`)
		for args, want := range map[string]string{
			`{ "type": "soon" }`: "Invalid Shutdown type: soon", `{ "type": 1 }`: "Invalid Shutdown type: 1", `{ "exit-value": "x" }`: "not an integer",
		} {
			if a := i.command(t, "shutdown", args); a.Get("result").Int != 1 || !strings.Contains(a.Get("text").Str, want) {
				t.Errorf("%s: %s", args, a)
			}
		}
	})
}

// PL.7.9
func TestQueueFull(t *testing.T) {
	var quick atomic.Bool
	f := newFakeDNS(t, func(q *dns.Msg, w []byte) []byte {
		if !quick.Load() {
			time.Sleep(20 * time.Millisecond)
		}
		return good(q, w)
	})
	i := launch(t, `"dns-server-timeout": 2000, "loggers": [ { "name": "kea-dhcp-ddns.d2-to-dns", "severity": "NONE" } ], `+
		domains(f.addr, "", []string{"example.org."}, nil))
	full := fmt.Sprintf("DHCP_DDNS_QUEUE_MGR_QUEUE_FULL application request queue has reached maximum number of entries %d", maxQueue)
	r := request(false, "a.example.org.", "10.0.0.1", 1, ncr.NoCheckWithDHCID)
	for n := 0; n < 4*maxQueue && !strings.Contains(i.out.String(), full); n++ {
		i.send(t, r) // one after the other
		if n%64 == 0 {
			time.Sleep(time.Millisecond) // what the receiver can follow
		}
	}
	i.out.wants(t, full)
	quick.Store(true)
	i.out.wants(t, "DHCP_DDNS_QUEUE_MGR_RESUMING application is resuming listening for requests now that the request queue size has reached")
	if got := i.statistic(t, "queue-mgr-queue-full"); got != 1 {
		t.Errorf("queue-mgr-queue-full is %d", got)
	}
}

// PL.7.11 no more than 32 transactions of a zone are under way at a time.
func TestTransactionsAreCapped(t *testing.T) {
	f := newFakeDNS(t, silence)
	i := launch(t, `"dns-server-timeout": 3000, `+domains(f.addr, "", []string{"example.org."}, nil), "-d")
	for n := range maxPerZone + 8 {
		r := request(false, fmt.Sprintf("a%d.example.org.", n), fmt.Sprintf("10.0.0.%d", n), byte(n), 0)
		i.send(t, r)
	}
	i.out.wants(t, "DHCP_DDNS_AT_MAX_TRANSACTIONS application has 8 queued requests but has reached maximum number of 32 concurrent transactions")
	if got := len(f.got()); got != maxPerZone {
		t.Errorf("%d messages were sent", got)
	}
}

// PL.7.8 without a journal, what waits is lost.
func TestQueueIsLost(t *testing.T) {
	f := newFakeDNS(t, silence)
	i := launch(t, `"dns-server-timeout": 100, `+domains(f.addr, "", []string{"example.org."}, nil))
	for n := range 4 {
		i.send(t, request(false, fmt.Sprintf("a%d.example.org.", n), "10.0.0.1", 1, 0)) // one after the other
	}
	if !eventually(func() bool { return i.statistic(t, "ncr-received") == 4 }) {
		t.Fatal("not received")
	}
	i.stop()
	f.script(good)
	i.start(t)
	i.does(t, request(false, "b.example.org.", "10.0.0.1", 1, 0))
	if got := f.got(); len(got) != 1 || !strings.Contains(got[0], "b.example.org.") {
		t.Errorf("sent %q", got)
	}
}

// A daemon that ends leaves its requests to the next one, if it keeps a journal.
func TestReplay(t *testing.T) {
	f := newFakeDNS(t, silence)
	body := `"dns-server-timeout": 100, "ncr-journal": "journal", ` + domains(f.addr, "", []string{"example.org."}, nil)
	i := launch(t, body)
	for n := range 20 {
		i.send(t, request(false, fmt.Sprintf("a%d.example.org.", n), "10.0.0.1", 1, 0))
	}
	if !eventually(func() bool { return i.statistic(t, "ncr-received") == 20 }) {
		t.Fatal("not received")
	}
	i.stop()
	text, err := os.ReadFile(filepath.Join(i.dir, "journal"))
	if err != nil {
		t.Fatal(err)
	}
	left := strings.Count(string(text), "+ ") - strings.Count(string(text), "\n- ")
	if left < 10 {
		t.Fatalf("only %d requests are left", left)
	}
	f.script(good)
	i.start(t)
	i.out.wants(t, fmt.Sprintf("DHCP_DDNS_JOURNAL_REPLAY %d requests that were not done when the daemon ended are taken from %s/journal", left, i.dir))
	if !eventually(func() bool { return strings.Count(i.out.String(), "ADD_SUCCEEDED") == left }) {
		t.Errorf("not done:\n%s", &i.out)
	}
}
