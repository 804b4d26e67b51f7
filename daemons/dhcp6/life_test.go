package dhcp6

import (
	"bytes"
	"context"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/lease"
	"nestor/lib/leasestats"
	"nestor/lib/logging"
)

// twoPools is a subnet with a pool of ten addresses and one of sixteen prefixes.
const twoPools = `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64",
	"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::19" } ],
	"pd-pools": [ { "prefix": "2001:db8:8::", "prefix-len": 60, "delegated-len": 64 } ] } ]`

// life is a server that no query reaches, for what happens without any.
type life struct {
	t   *testing.T
	srv *Server
	dir string
	log bytes.Buffer
	now time.Time
	// runs says that the timers run, by the clock of the test's bubble.
	runs bool
}

func newLife(t *testing.T, conf string) *life {
	t.Helper()
	l := &life{t: t, dir: t.TempDir(), now: time.Unix(1_800_000_000, 0)}
	l.start(conf)
	t.Cleanup(func() { l.srv.Close() })
	return l
}

func (l *life) clock() time.Time {
	if l.runs {
		return time.Now()
	}
	return l.now
}

func (l *life) start(conf string) {
	l.t.Helper()
	sys := logging.New("kea-dhcp6")
	sys.SetConsole(&l.log, &l.log)
	if err := sys.Configure(nil, false); err != nil {
		l.t.Fatal(err)
	}
	l.srv = New(Options{Log: sys, DataDir: l.dir, LFCProgram: "/bin/true", Clock: l.clock})
	l.configure(conf)
}

func (l *life) configure(conf string) {
	l.t.Helper()
	if err := l.srv.Configure(context.Background(), l.parse(conf)); err != nil {
		l.t.Fatal(err)
	}
	if !l.runs {
		l.srv.timers.Stop()
	}
}

func (l *life) parse(conf string) *config.Dhcp6 {
	l.t.Helper()
	doc, err := element.ParseWire([]byte(`{"Dhcp6": {` + conf + `}}`))
	if err != nil {
		l.t.Fatal(err)
	}
	cfg, _, err := config.LoadDhcp6(doc, config.Options{})
	if err != nil {
		l.t.Fatal(err)
	}
	return cfg
}

// restart ends the server and starts another one on the same files.
func (l *life) restart(conf string) {
	l.t.Helper()
	if err := l.srv.Close(); err != nil {
		l.t.Fatal(err)
	}
	l.start(conf)
}

// grant stores a lease of an address, or of a prefix with its length, for ten
// seconds, and counts it.
func (l *life) grant(what string, changes ...func(*lease.Lease6)) {
	l.t.Helper()
	x := lease.Lease6{DUID: []byte{0, 3, 0, 1, 2, 0, 0, 0, 0, 1}, IAID: 1, ValidLft: 10, PreferredLft: 5, CLTT: l.clock().Unix(), SubnetID: 1, PrefixLen: 128}
	if p, err := netip.ParsePrefix(what); err == nil {
		x.Addr, x.PrefixLen, x.Type = p.Addr().As16(), uint8(p.Bits()), lease.TypePD
	} else {
		x.Addr = netip.MustParseAddr(what).As16()
	}
	for _, change := range changes {
		change(&x)
	}
	st := l.srv.state.Load()
	tx := st.leases.Begin6()
	tx.Put6(&x)
	if err := tx.Commit(); err != nil {
		l.t.Fatal(err)
	}
	var t leasestats.Tally
	t.Assigned(l.srv.stats.leases, st.snap.placeOf(&x))
	if x.State == lease.StateDeclined {
		t.Declined(l.srv.stats.leases, st.snap.placeOf(&x))
	}
	t.Apply(l.clock())
}

// stored returns the lease of an address or prefix, nil if there is none.
func (l *life) stored(addr string) *lease.Lease6 {
	tx := l.srv.state.Load().leases.Begin6()
	defer tx.Rollback()
	var x lease.Lease6
	if !tx.Get6(netip.MustParseAddr(addr).As16(), &x) {
		return nil
	}
	return &x
}

func (l *life) stat(name string) int64 { return l.srv.Statistics().Lazy(name).Value() }

// call gives the server a command.
func (l *life) call(command, args string) control.Answer {
	l.t.Helper()
	commands := control.NewRegistry(l.srv.log.dhcp6)
	l.srv.RegisterCommands(commands)
	req := &control.Request{Command: command}
	if args != "" {
		v, err := element.ParseWire([]byte(args))
		if err != nil {
			l.t.Fatal(err)
		}
		req.Args = v
	}
	return commands.Call(context.Background(), req)
}

func declined(x *lease.Lease6) { x.State, x.DUID = lease.StateDeclined, []byte{0, 0, 0} }

func TestReclamation(t *testing.T) {
	t.Run("D6.28.2 D6.28.4 kept for their clients", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:1::10", func(x *lease.Lease6) { x.Hostname, x.FqdnFwd = []byte("pc."), true })
		l.grant("2001:db8:8:1::/64")
		l.now = l.now.Add(10 * time.Second)
		if n, _, _ := l.srv.reclamation.Run(0, 0, false); n != 0 {
			t.Errorf("%d leases were reclaimed in the second in which they end", n)
		}
		l.now = l.now.Add(time.Second)
		if n, more, err := l.srv.reclamation.Run(0, 0, false); n != 2 || more || err != nil {
			t.Errorf("%d reclaimed, more %t, %v", n, more, err)
		}
		x := l.stored("2001:db8:1::10")
		if x == nil || x.State != lease.StateReclaimed || len(x.Hostname) != 0 || x.FqdnFwd || len(x.DUID) != 10 {
			t.Errorf("stored is %+v", x)
		}
		for name, want := range map[string]int64{
			"reclaimed-leases": 2, "subnet[1].reclaimed-leases": 2,
			"subnet[1].pool[0].reclaimed-leases": 1, "subnet[1].pd-pool[0].reclaimed-leases": 1,
			"subnet[1].assigned-nas": 0, "subnet[1].pool[0].assigned-nas": 0,
			"subnet[1].assigned-pds": 0, "subnet[1].pd-pool[0].assigned-pds": 0,
			"subnet[1].cumulative-assigned-nas": 1, "subnet[1].cumulative-assigned-pds": 1,
			"cumulative-assigned-nas": 1, "cumulative-assigned-pds": 1,
		} {
			if got := l.stat(name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
		l.now = l.now.Add(time.Minute)
		l.srv.reclamation.PurgeAll(30 * time.Second)
		if l.stored("2001:db8:1::10") != nil || l.stored("2001:db8:8:1::") != nil {
			t.Error("leases are left after the hold time")
		}
	})
	t.Run("D6.28.1 a limit leaves some for the next cycle", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:1::10")
		l.grant("2001:db8:1::11")
		l.grant("2001:db8:1::12")
		l.now = l.now.Add(11 * time.Second)
		if n, more, _ := l.srv.reclamation.Run(2, 0, true); n != 2 || !more {
			t.Errorf("%d reclaimed, more %t", n, more)
		}
	})
	t.Run("D6.38.1 declined addresses recover", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:1::10", declined)
		if n := l.stat("subnet[1].pool[0].declined-addresses"); n != 1 {
			t.Errorf("%d addresses are declined", n)
		}
		l.now = l.now.Add(11 * time.Second)
		l.srv.reclamation.Run(0, 0, false)
		if l.stored("2001:db8:1::10") != nil {
			t.Error("a declined lease was kept")
		}
		for _, scope := range []string{"", "subnet[1].", "subnet[1].pool[0]."} {
			if d, r := l.stat(scope+"declined-addresses"), l.stat(scope+"reclaimed-declined-addresses"); d != 0 || r != 1 {
				t.Errorf("%sdeclined-addresses is %d, reclaimed-declined-addresses %d", scope, d, r)
			}
		}
		if !strings.Contains(l.log.String(), "ALLOC_ENGINE_V6_DECLINED_RECOVERED IPv6 address 2001:db8:1::10 was recovered after 10 seconds") {
			t.Errorf("the log is\n%s", l.log.String())
		}
	})
	t.Run("D6.28.6 leases-reclaim", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:1::10")
		l.now = l.now.Add(11 * time.Second)
		if a := l.call("leases-reclaim", `{}`); a.Result != control.Error {
			t.Errorf("without remove: %+v", a)
		}
		if a := l.call("leases-reclaim", `{ "remove": true }`); a.Result != 0 || l.stored("2001:db8:1::10") != nil {
			t.Errorf("with remove: %+v", a)
		}
	})
}

// bubble runs fn in a bubble of made-up time with a server whose timers run.
func bubble(t *testing.T, conf string, fn func(l *life)) {
	synctest.Test(t, func(t *testing.T) {
		l := &life{t: t, dir: t.TempDir(), runs: true}
		l.start(`"lease-database": { "type": "memfile", "persist": false }, ` + conf + twoPools)
		defer l.srv.Close()
		fn(l)
	})
}

func TestTimers(t *testing.T) {
	wait := func(seconds int) {
		time.Sleep(time.Duration(seconds) * time.Second)
		synctest.Wait()
	}
	t.Run("D6.28.1 D6.28.3 every 10 seconds by default, kept for an hour", func(t *testing.T) {
		bubble(t, "", func(l *life) {
			l.grant("2001:db8:1::10", func(x *lease.Lease6) { x.ValidLft = 5 })
			wait(9)
			if l.stored("2001:db8:1::10").State != lease.StateDefault {
				t.Error("reclaimed early")
			}
			wait(2)
			if l.stored("2001:db8:1::10").State != lease.StateReclaimed {
				t.Error("not reclaimed after 11 seconds")
			}
			wait(3500)
			if l.stored("2001:db8:1::10") == nil {
				t.Error("removed early")
			}
			wait(200)
			if l.stored("2001:db8:1::10") != nil {
				t.Error("not removed after an hour")
			}
		})
	})
	t.Run("D6.28.1 0 seconds: never", func(t *testing.T) {
		bubble(t, `"expired-leases-processing": { "reclaim-timer-wait-time": 0 }, `, func(l *life) {
			l.grant("2001:db8:1::10")
			wait(3600)
			if l.stored("2001:db8:1::10").State != lease.StateDefault {
				t.Error("reclaimed")
			}
		})
	})
	t.Run("D6.28.1 without flushing no affinity", func(t *testing.T) {
		bubble(t, `"expired-leases-processing": { "flush-reclaimed-timer-wait-time": 0 }, `, func(l *life) {
			l.grant("2001:db8:1::10")
			wait(21)
			if l.stored("2001:db8:1::10") != nil {
				t.Error("kept")
			}
		})
	})
	t.Run("D6.28.3 a warning after cycles with leftovers", func(t *testing.T) {
		bubble(t, `"expired-leases-processing": { "max-reclaim-leases": 1, "unwarned-reclaim-cycles": 1 }, `, func(l *life) {
			for _, a := range []string{"10", "11", "12", "13"} {
				l.grant("2001:db8:1::"+a, func(x *lease.Lease6) { x.ValidLft = 5 })
			}
			wait(25)
			text := "ALLOC_ENGINE_V6_LEASES_RECLAMATION_SLOW expired leases still exist after 1 reclamations"
			if n := l.stat("reclaimed-leases"); n != 2 || strings.Count(l.log.String(), text) != 1 {
				t.Errorf("%d reclaimed, the log is\n%s", n, l.log.String())
			}
		})
	})
	t.Run("D6.39.14 dhcp-disable for a period", func(t *testing.T) {
		bubble(t, "", func(l *life) {
			if a := l.call("dhcp-disable", `{ "max-period": 20 }`); a.Text != "DHCPv6 service disabled for 20 seconds" {
				t.Errorf("answer is %+v", a)
			}
			wait(19)
			if !l.srv.service.Disabled() {
				t.Error("enabled early")
			}
			wait(2)
			if l.srv.service.Disabled() {
				t.Error("still disabled after the period")
			}
		})
	})
}

func TestService(t *testing.T) {
	l := newLife(t, twoPools)
	t.Run("D6.39.14 origins are apart, and origin-id wins", func(t *testing.T) {
		l.call("dhcp-disable", "")
		l.call("dhcp-disable", `{ "origin": "user", "origin-id": 2000 }`)
		l.call("dhcp-enable", "")
		if !l.srv.service.Disabled() {
			t.Error("the user enabled what another had disabled")
		}
		l.call("dhcp-enable", `{ "origin-id": 2000 }`)
		if l.srv.service.Disabled() {
			t.Error("disabled by nobody")
		}
	})
	t.Run("D6.39.16 status-get", func(t *testing.T) {
		status := element.NewMap()
		l.srv.Status(status)
		for _, key := range []string{"multi-threading-enabled", "thread-pool-size", "packet-queue-size", "packet-queue-statistics", "sockets"} {
			if status.Get(key) == nil {
				t.Errorf("there is no %s", key)
			}
		}
		l.configure(`"multi-threading": { "enable-multi-threading": false }, ` + twoPools)
		status = element.NewMap()
		l.srv.Status(status)
		if status.Get("multi-threading-enabled").Bool || status.Get("thread-pool-size") != nil || status.Get("packet-queue-statistics") != nil {
			t.Errorf("without multi-threading: %v", status)
		}
	})
	t.Run("D6.39.9 D6.39.10 server-tag-get, config-backend-pull", func(t *testing.T) {
		l.configure(`"server-tag": "here", ` + twoPools)
		if a := l.call("server-tag-get", ""); a.Args.Get("server-tag").Str != "here" {
			t.Errorf("answer is %+v", a)
		}
		if a := l.call("config-backend-pull", ""); a.Result != control.Empty {
			t.Errorf("answer is %+v", a)
		}
	})
}

func TestStatistics(t *testing.T) {
	l := newLife(t, twoPools)
	t.Run("D6.38.1 all exist from the start but failed allocations of subnets", func(t *testing.T) {
		want := `cumulative-assigned-nas cumulative-assigned-pds declined-addresses pkt6-advertise-received pkt6-advertise-sent pkt6-decline-received
			pkt6-dhcpv4-query-received pkt6-dhcpv4-response-received pkt6-dhcpv4-response-sent pkt6-infrequest-received pkt6-parse-failed
			pkt6-rebind-received pkt6-receive-drop pkt6-received pkt6-release-received pkt6-renew-received pkt6-reply-received pkt6-reply-sent
			pkt6-request-received pkt6-sent pkt6-solicit-received pkt6-unknown-received reclaimed-declined-addresses reclaimed-leases
			subnet[1].assigned-nas subnet[1].assigned-pds subnet[1].cumulative-assigned-nas subnet[1].cumulative-assigned-pds
			subnet[1].declined-addresses subnet[1].pd-pool[0].assigned-pds subnet[1].pd-pool[0].cumulative-assigned-pds
			subnet[1].pd-pool[0].reclaimed-leases subnet[1].pd-pool[0].total-pds subnet[1].pool[0].assigned-nas
			subnet[1].pool[0].cumulative-assigned-nas subnet[1].pool[0].declined-addresses subnet[1].pool[0].reclaimed-declined-addresses
			subnet[1].pool[0].reclaimed-leases subnet[1].pool[0].total-nas subnet[1].reclaimed-declined-addresses subnet[1].reclaimed-leases
			subnet[1].total-nas subnet[1].total-pds subnet[1].v6-ia-na-lease-reuses subnet[1].v6-ia-pd-lease-reuses
			v6-allocation-fail v6-allocation-fail-classes v6-allocation-fail-no-pools v6-allocation-fail-shared-network
			v6-allocation-fail-subnet v6-ia-na-lease-reuses v6-ia-pd-lease-reuses`
		var got []string
		for s := range l.srv.Statistics().All() {
			got = append(got, s.Name())
			if v := s.Value(); v != 0 && !strings.Contains(s.Name(), "total-") {
				t.Errorf("%s begins with %d", s.Name(), v)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, strings.Fields(want)) {
			t.Errorf("there are\n%s", strings.Join(got, "\n"))
		}
	})
	t.Run("totals", func(t *testing.T) {
		for name, want := range map[string]int64{
			"subnet[1].total-nas": 10, "subnet[1].pool[0].total-nas": 10, "subnet[1].total-pds": 16, "subnet[1].pd-pool[0].total-pds": 16,
		} {
			if got := l.stat(name); got != want {
				t.Errorf("%s is %d, want %d", name, got, want)
			}
		}
	})
	t.Run("a subnet that goes takes its statistics along, leases count again when it comes back", func(t *testing.T) {
		l.grant("2001:db8:1::10")
		l.grant("2001:db8:8:1::/64")
		l.configure(`"subnet6": [ ]`)
		for s := range l.srv.Statistics().All() {
			if strings.HasPrefix(s.Name(), "subnet[") {
				t.Errorf("%s is left", s.Name())
			}
		}
		l.configure(twoPools)
		for _, name := range []string{"subnet[1].assigned-nas", "subnet[1].assigned-pds", "subnet[1].cumulative-assigned-nas"} {
			if got := l.stat(name); got != 1 {
				t.Errorf("%s is %d, want 1", name, got)
			}
		}
	})
}

func TestLeaseFile(t *testing.T) {
	t.Run("D6.4.4 D6.4.8 kept in the data directory, and there after a restart", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:1::10")
		l.grant("2001:db8:8:1::/64")
		l.restart(twoPools)
		if x := l.stored("2001:db8:1::10"); x == nil || x.Type != lease.TypeNA {
			t.Errorf("stored is %+v", x)
		}
		if x := l.stored("2001:db8:8:1::"); x == nil || x.Type != lease.TypePD || x.PrefixLen != 64 {
			t.Errorf("stored is %+v", x)
		}
		text, err := os.ReadFile(filepath.Join(l.dir, "kea-leases6.csv"))
		if err != nil || strings.Count(string(text), "\n") != 3 {
			t.Errorf("the lease file is %q, %v", text, err)
		}
	})
	t.Run("D6.4.3 in memory only", func(t *testing.T) {
		l := newLife(t, `"lease-database": { "type": "memfile", "persist": false }, `+twoPools)
		l.grant("2001:db8:1::10")
		l.restart(twoPools)
		if l.stored("2001:db8:1::10") != nil || !strings.Contains(l.log.String(), "DHCPSRV_MEMFILE_NO_STORAGE") {
			t.Errorf("the lease is stored, or there is no warning:\n%s", l.log.String())
		}
	})
	t.Run("D6.4.12 older columns are converted at once", func(t *testing.T) {
		l := newLife(t, twoPools)
		old := "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n" +
			"2001:db8:1::11,00:03:00:01:02:00:00:00:00:02,7200,1800007200,1,4500,0,1,128,0,0,,,0,,,\n"
		if err := os.WriteFile(filepath.Join(l.dir, "old.csv"), []byte(old), 0o640); err != nil {
			t.Fatal(err)
		}
		l.configure(`"lease-database": { "type": "memfile", "name": "` + l.dir + `/old.csv" }, ` + twoPools)
		if l.stored("2001:db8:1::11") == nil {
			t.Error("the lease was not read")
		}
		for _, want := range []string{"DHCPSRV_MEMFILE_NEEDS_UPGRADING", "CONVERTING_LEASE_FILES running LFC now to convert lease files to the current schema: 5.0", "DHCPSRV_MEMFILE_LFC_EXECUTE executing Lease File Cleanup using: /bin/true -6 -x "} {
			if !strings.Contains(l.log.String(), want) {
				t.Errorf("the log lacks %q:\n%s", want, l.log.String())
			}
		}
	})
	t.Run("PL.10.1 a database that is out of reach is refused", func(t *testing.T) {
		l := newLife(t, twoPools)
		cfg := l.parse(twoPools)
		cfg.LeaseDatabase = &config.Database{Type: "mysql", Host: "127.0.0.1", Port: 1}
		if err := l.srv.Configure(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "is the server running") {
			t.Errorf("error is %v", err)
		}
	})
	t.Run("leases of a prefix fit any subnet, addresses only their own", func(t *testing.T) {
		l := newLife(t, twoPools)
		l.grant("2001:db8:8:1::/64")
		l.grant("2001:db8:2::1")
		l.restart(`"sanity-checks": { "lease-checks": "del" }, ` + twoPools)
		if l.stored("2001:db8:8:1::") == nil || l.stored("2001:db8:2::1") != nil {
			t.Errorf("the log is\n%s", l.log.String())
		}
	})
}

func TestServerID(t *testing.T) {
	id := func(l *life) string { return hexText(l.srv.state.Load().snap.serverID) }
	l := newLife(t, twoPools)
	first := id(l)
	file := filepath.Join(l.dir, "kea-dhcp6-serverid")
	t.Run("D6.34.1 kept in a file and used again", func(t *testing.T) {
		text, err := os.ReadFile(file)
		if err != nil || string(text) != first || !strings.HasPrefix(first, "00:01:") && !strings.HasPrefix(first, "00:02:") {
			t.Errorf("the file is %q, %v, the identifier %s", text, err, first)
		}
		l.now = l.now.Add(time.Hour)
		l.restart(twoPools)
		if id(l) != first || !strings.Contains(l.log.String(), "DHCP6_USING_SERVERID server is using server-id "+first+" and stores in the file "+file) {
			t.Errorf("the identifier is %s after a restart, was %s", id(l), first)
		}
	})
	t.Run("D6.34.3 D6.34.5 a configured one replaces it", func(t *testing.T) {
		l.configure(`"server-id": { "type": "EN", "enterprise-id": 2495, "identifier": "87ABEF7A5BB545" }, ` + twoPools)
		text, _ := os.ReadFile(file)
		if want := "00:02:00:00:09:bf:87:ab:ef:7a:5b:b5:45"; id(l) != want || string(text) != want {
			t.Errorf("the identifier is %s, the file %s", id(l), text)
		}
	})
	t.Run("D6.34.6 persist false", func(t *testing.T) {
		l := newLife(t, `"server-id": { "type": "EN", "persist": false }, `+twoPools)
		if _, err := os.Stat(filepath.Join(l.dir, "kea-dhcp6-serverid")); err == nil || !strings.HasPrefix(id(l), "00:02:00:00:09:bf:") {
			t.Errorf("the identifier is %s; file: %v", id(l), err)
		}
	})
	t.Run("D6.34.8 in data-directory, with the leases", func(t *testing.T) {
		dir := t.TempDir()
		newLife(t, `"data-directory": "`+dir+`", `+twoPools)
		for _, name := range []string{"kea-dhcp6-serverid", "kea-leases6.csv"} {
			if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
				t.Error(err)
			}
		}
	})
}
