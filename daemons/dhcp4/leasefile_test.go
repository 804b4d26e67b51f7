package dhcp4

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nestor/lib/config"
	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
)

func TestLeaseFileName(t *testing.T) {
	for _, c := range []struct{ name, conf, want string }{
		{"D4.5.4 by default in the data directory", "", "DATA/kea-leases4.csv"},
		{"no name", `"lease-database": { "type": "memfile" }, `, "DATA/kea-leases4.csv"},
		{"name alone", `"lease-database": { "type": "memfile", "name": "l.csv" }, `, "DATA/l.csv"},
		{"D4.5.4 PL.8.2 absolute path", `"lease-database": { "type": "memfile", "name": "OTHER/l.csv" }, `, "OTHER/l.csv"},
	} {
		t.Run(c.name, func(t *testing.T) {
			other := t.TempDir()
			ts := newTestServer(t, strings.ReplaceAll(c.conf, "OTHER", other)+plain)
			ts.lease(1)
			text, err := os.ReadFile(strings.NewReplacer("DATA", ts.dir, "OTHER", other).Replace(c.want))
			if err != nil || !strings.Contains(string(text), "\n192.0.2.10,02:00:00:00:00:01,") {
				t.Errorf("the lease file has %q, %v", text, err)
			}
		})
	}
}

// A directory where no lease file can be made refuses the configuration.
func TestLeaseFileNotCreatable(t *testing.T) {
	ts := newTestServer(t, plain)
	before := ts.lease(1).YourIPAddr.String()
	cfg := ts.parse(`"lease-database": { "type": "memfile", "name": "` + filepath.Join(ts.dir, "none", "l.csv") + `" }, ` + plain)
	err := ts.srv.Configure(context.Background(), cfg)
	if err == nil || !strings.Contains(err.Error(), "lease-database: creating the lease file "+ts.dir+"/none/l.csv") {
		t.Errorf("error is %v", err) // PL.8.10
	}
	expect(t, ts.one(from{}, query(requestMsg, 1, requested(before))), ackMsg, before)
}

func TestPersist(t *testing.T) {
	for _, c := range []struct {
		name, conf string
		kept       bool
	}{
		{"D4.5.3 D4.5.2 leases outlive the server by default", ``, true},
		{"D4.5.3 persist true", `"lease-database": { "type": "memfile", "persist": true }, `, true},
		{"D4.5.3 persist false", `"lease-database": { "type": "memfile", "persist": false }, `, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf+plain)
			a := ts.lease(1).YourIPAddr.String()
			if _, err := os.Stat(filepath.Join(ts.dir, "kea-leases4.csv")); (err == nil) != c.kept {
				t.Errorf("the lease file: %v", err)
			}
			if warned := strings.Contains(ts.log.String(), "DHCPSRV_MEMFILE_NO_STORAGE"); warned == c.kept {
				t.Errorf("the log is\n%s", ts.log.String())
			}
			ts.restart(c.conf + plain)
			if l := ts.stored(a); (l != nil) != c.kept {
				t.Errorf("after a restart the lease is %v", l)
			}
		})
	}
}

// Rows of a lease file that cannot be read, with one good one at the end.
func rowsOf(bad int) string {
	text := leasefile.Header(leasefile.V4) + "\n"
	for i := range bad {
		text += fmt.Sprintf("not an address %d,,,,,,,,,,,\n", i)
	}
	return text + "192.0.2.15,02:00:00:00:00:01,,7200,1800007200,1,0,0,,0,,0\n"
}

func TestMaxRowErrors(t *testing.T) {
	for _, c := range []struct {
		name     string
		max, bad int
		starts   bool
	}{
		{"D4.5.6 PL.8.2 0 is any number", 0, 200, true},
		{"D4.5.6 the limit itself passes", 3, 3, true},
		{"D4.5.6 PL.8.2 more do not", 3, 4, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, plain)
			path := filepath.Join(t.TempDir(), "l.csv")
			if err := os.WriteFile(path, []byte(rowsOf(c.bad)), 0o640); err != nil {
				t.Fatal(err)
			}
			cfg := ts.parse(fmt.Sprintf(`"lease-database": { "type": "memfile", "name": %q, "max-row-errors": %d }, `, path, c.max) + plain)
			err := ts.srv.Configure(context.Background(), cfg)
			if !c.starts {
				if err == nil || !strings.Contains(err.Error(), "more than 3 bad rows (max-row-errors)") {
					t.Errorf("error is %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(ts.log.String(), "DHCPSRV_MEMFILE_LEASE_LOAD_ROW_ERROR"); n != c.bad {
				t.Errorf("%d errors are logged, want %d", n, c.bad)
			}
			if ts.stored("192.0.2.15") == nil {
				t.Error("the good row behind the bad ones is not loaded")
			}
		})
	}
}

func TestCleanupTimer(t *testing.T) {
	cleanups := func(conf string, after time.Duration) (n int) {
		synctest.Test(t, func(t *testing.T) {
			ts := &testServer{t: t, dir: t.TempDir(), sock: &fakeSocket{}}
			sys := logging.New("kea-dhcp4")
			sys.SetConsole(&ts.log, &ts.log)
			ts.srv = New(Options{Log: sys, DataDir: ts.dir, LFCProgram: "/bin/true"})
			if err := ts.srv.Configure(context.Background(), ts.parse(conf+plain)); err != nil {
				t.Fatal(err)
			}
			time.Sleep(after)
			synctest.Wait()
			if err := ts.srv.Close(); err != nil {
				t.Fatal(err)
			}
			n = strings.Count(ts.log.String(), "DHCPSRV_MEMFILE_LFC_START")
			if set := leasefile.Exists(leasefile.OS, filepath.Join(ts.dir, "kea-leases4.csv.1")); set != (n > 0) {
				t.Errorf("%d clean-ups, and the file set aside is there: %t", n, set)
			}
		})
		return n
	}
	for _, c := range []struct {
		name, conf string
		after      time.Duration
		want       int
	}{
		{"D4.5.5 PL.8.2 not before an hour by default", ``, 3599 * time.Second, 0},
		{"D4.5.5 PL.8.2 every hour by default", ``, 7300 * time.Second, 2},
		{"D4.5.5 at its interval", `"lease-database": { "type": "memfile", "lfc-interval": 10 }, `, 35 * time.Second, 3},
		{"D4.5.5 PL.8.2 0 is never", `"lease-database": { "type": "memfile", "lfc-interval": 0 }, `, 100 * time.Hour, 0},
		{"never without a file", `"lease-database": { "type": "memfile", "lfc-interval": 10, "persist": false }, `, time.Hour, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			if n := cleanups(c.conf, c.after); n != c.want {
				t.Errorf("%d clean-ups in %v, want %d", n, c.after, c.want)
			}
		})
	}
}

// A clean-up program that cannot be run is tried again at the next interval.
func TestCleanupNotStarted(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.srv.leaseFiles.Program = "/nonexistent/nestor-lfc"
	for range 2 {
		ts.srv.cleanLeaseFile()
	}
	if n := strings.Count(ts.log.String(), "DHCPSRV_MEMFILE_LFC_SPAWN_FAIL"); n != 2 { // PL.8.3
		t.Errorf("%d failures are logged:\n%s", n, ts.log.String())
	}
	a := ts.lease(1).YourIPAddr.String()
	ts.restart(plain)
	if ts.stored(a) == nil {
		t.Error("a lease given meanwhile is lost")
	}
}

// strays are leases of a file: one that is right, one of another subnet, one of
// a subnet that is not there, one on an address of no subnet.
const strays = `192.0.2.10,02:00:00:00:00:01,,7200,1800007200,1,0,0,,0,,0
198.51.100.10,02:00:00:00:00:02,,7200,1800007200,1,0,0,,0,,0
192.0.2.12,02:00:00:00:00:03,,7200,1800007200,99,0,0,,0,,0
203.0.113.10,02:00:00:00:00:04,,7200,1800007200,1,0,0,,0,,0
`

func TestSanityChecks(t *testing.T) {
	const subnets = `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24" }, { "id": 2, "subnet": "198.51.100.0/24" } ]`
	for _, c := range []struct{ name, conf, want, logged string }{
		{"D4.32.4 none", `"sanity-checks": { "lease-checks": "none" }, `, "1 1 99 1", ""},
		{"D4.32.1 D4.32.2 warn by default", ``, "1 1 99 1", "FAIL FAIL FAIL"},
		{"D4.32.4 warn", `"sanity-checks": { "lease-checks": "warn" }, `, "1 1 99 1", "FAIL FAIL FAIL"},
		{"D4.32.3 D4.32.4 fix", `"sanity-checks": { "lease-checks": "fix" }, `, "1 2 1 1", "FIXED FIXED FAIL"},
		{"D4.32.4 fix-del", `"sanity-checks": { "lease-checks": "fix-del" }, `, "1 2 1 -", "FIXED FIXED FAIL_DISCARD"},
		{"D4.32.4 del", `"sanity-checks": { "lease-checks": "del" }, `, "1 - - -", "FAIL_DISCARD FAIL_DISCARD FAIL_DISCARD"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := &testServer{t: t, now: time.Unix(1_800_000_000, 0), dir: t.TempDir(), sock: &fakeSocket{}}
			file := leasefile.Header(leasefile.V4) + "\n" + strays
			path := filepath.Join(ts.dir, "kea-leases4.csv")
			if err := os.WriteFile(path, []byte(file), 0o640); err != nil {
				t.Fatal(err)
			}
			ts.start(c.conf + subnets)
			defer ts.srv.Close()
			var got []string
			for _, a := range []string{"192.0.2.10", "198.51.100.10", "192.0.2.12", "203.0.113.10"} {
				id := "-"
				if l := ts.stored(a); l != nil {
					id = fmt.Sprint(l.SubnetID)
				}
				got = append(got, id)
			}
			if s := strings.Join(got, " "); s != c.want {
				t.Errorf("subnets of the leases are %q, want %q", s, c.want)
			}
			var logged []string
			for line := range strings.Lines(ts.log.String()) {
				if _, rest, ok := strings.Cut(line, "DHCPSRV_LEASE_SANITY_"); ok {
					logged = append(logged, strings.Fields(rest)[0])
				}
			}
			if s := strings.Join(logged, " "); s != c.logged {
				t.Errorf("logged are %q, want %q", s, c.logged)
			}
			if text, _ := os.ReadFile(path); string(text) != file { // D4.32.6
				t.Errorf("the lease file became\n%s", text)
			}
		})
	}
	for _, keyword := range []string{"lease-checks", "extended-info-checks"} {
		t.Run("D4.32.6 unknown level of "+keyword, func(t *testing.T) {
			ts := newTestServer(t, plain)
			doc := ts.document(`"sanity-checks": { "` + keyword + `": "some" }, ` + plain)
			if _, _, err := config.LoadDhcp4(doc, config.Options{}); err == nil || !strings.Contains(err.Error(), keyword) {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestDurabilityChanges(t *testing.T) {
	// The lease file stays open when only the way of writing changes, also when
	// the new configuration is refused.
	synced := `"lease-database": { "type": "memfile", "durability": "fsync" }, ` + plain
	ts := newTestServer(t, plain)
	a := ts.lease(1).YourIPAddr.String()
	ts.configure(synced)
	if st := ts.srv.state.Load(); !st.leases.Settings.FSync || ts.stored(a) == nil {
		t.Error("the store did not go on with synced commits")
	}
	bad := ts.parse(plain)
	bad.Subnets = append(bad.Subnets, bad.Subnets[0])
	if err := ts.srv.Configure(t.Context(), bad); err == nil {
		t.Fatal("a duplicate subnet was accepted")
	}
	if st := ts.srv.state.Load(); !st.leases.Settings.FSync {
		t.Error("a refused configuration changed the durability")
	}
	ts.lease(2)
	ts.restart(plain)
	if ts.stored(a) == nil {
		t.Error("the lease is not in the file")
	}
}
