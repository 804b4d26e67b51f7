package dhcp6

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/lease/leasefile"
	"nestor/lib/logging"
	"nestor/lib/netio"
	"nestor/lib/pkt6"
)

// D6.10.7: while the service is disabled, no message is answered.
func TestDisabledService(t *testing.T) {
	ts := newTestServer(t, plain)
	loggers := parse(t, `"loggers": [ { "name": "kea-dhcp6", "severity": "DEBUG", "debuglevel": 99 } ]`).Loggers
	if err := ts.srv.opts.Log.Configure(loggers, false); err != nil {
		t.Fatal(err)
	}
	ts.lease(1, na(1))
	l := &life{t: t, srv: ts.srv}
	l.call("dhcp-disable", "")
	for _, raw := range [][]byte{
		query(pkt6.MsgSolicit, 1, na(1)), query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10")), query(pkt6.MsgInformationRequest, 1),
		relay("2001:db8:1::1", query(pkt6.MsgSolicit, 1, na(1))), query(pkt6.MsgRelease, 1, na(1, "2001:db8:1::10")),
	} {
		ts.log.Reset()
		if a := ts.one(raw); a != nil || !strings.Contains(ts.log.String(), "DHCP6_PACKET_DROP_DHCP_DISABLED duid=") {
			t.Errorf("D6.10.7 type %d: answer %v, the log is\n%s", raw[0], a, ts.log.String())
		}
	}
	l.call("dhcp-enable", "")
	ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"))), "na1 2001:db8:1::10 4500/7200")
}

// FD.8.10: registration can be switched off, as in later versions.
func TestNoRegistration(t *testing.T) {
	ts := newTestServer(t, `"allow-address-registration": false, `+plain)
	address := pkt6.AppendLease(nil, pkt6.OptIANA, &pkt6.Lease{Addr: ip("2001:db8:1::99"), Preferred: 300, Valid: 500})
	before := ts.stat("pkt6-receive-drop")
	if a := ts.from(from{src: "2001:db8:1::99"}, query(pkt6.MsgAddrRegInform, 1, address)); a != nil || ts.stored("2001:db8:1::99") != nil {
		t.Errorf("FD.8.10 answer %v", a)
	}
	if got := ts.stat("pkt6-receive-drop"); got != before+1 {
		t.Errorf("pkt6-receive-drop rose by %d", got-before)
	}
}

// The built-in classes need no definition; one gives them options.
func TestBuiltInClasses(t *testing.T) {
	vendor := opt(pkt6.OptVendorClass, 0, 0, 0, 1, 0, 1, 'x')
	// SPAWN_ alone is not in expressions without a definition, as seen on 2.7.9.
	for _, c := range []struct{ class, test string }{
		{"ALL", "member('ALL')"}, {"UNKNOWN", "member('UNKNOWN')"}, {"VENDOR_CLASS_x", "member('VENDOR_CLASS_x')"},
		{"HA_server1", "not member('HA_server1')"}, {"AFTER_x", "not member('AFTER_x')"}, {"EXTERNAL_x", "not member('EXTERNAL_x')"},
		{"SPAWN_a_b", "not member('KNOWN')"}, {"SKIP_DDNS", "not member('SKIP_DDNS')"}, {"KNOWN", "not member('KNOWN')"},
	} {
		t.Run("D6.21.2 "+c.class, func(t *testing.T) {
			pool := `"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f", "client-class": "` + c.class + `" } ]`
			ts := newTestServer(t, `"client-classes": [ { "name": "c", "test": "`+c.test+`", "option-data": [ { "name": "preference", "data": "1" } ] } ], `+subnetWith(pool))
			if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7), vendor)).content(7); got != "01" {
				t.Errorf("%s: option 7 is %s", c.test, got)
			}
			in := !strings.HasPrefix(c.test, "not")
			ts = newTestServer(t, `"client-classes": [ { "name": "`+c.class+`", "option-data": [ { "name": "preference", "data": "2" } ] } ], `+plain)
			if got := ts.one(query(pkt6.MsgSolicit, 1, na(1), oro(7), vendor)).content(7); (got == "02") != in {
				t.Errorf("options of %s: option 7 is %s", c.class, got)
			}
		})
	}
}

func TestReservationFacts(t *testing.T) {
	t.Run("D6.31.6 in the pool or not, it is written the same way", func(t *testing.T) {
		for _, address := range []string{"2001:db8:1::15", "2001:db8:1::5"} {
			ts := newTestServer(t, subnetWith(`"pools": [ { "pool": "2001:db8:1::10-2001:db8:1::1f" } ], "reservations": [ { `+duid1+`, "ip-addresses": [ "`+address+`" ] } ]`))
			ts.expect(ts.lease(1, na(1)), "na1 "+address+" 4500/7200")
		}
		for _, prefix := range []string{"2001:db8:8000:100::/56", "2001:db8:9000::/56"} {
			ts := newTestServer(t, subnetWith(`"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 48, "delegated-len": 56 } ], "reservations": [ { `+duid1+`, "prefixes": [ "`+prefix+`" ] } ]`))
			ts.expect(ts.lease(1, pd(1)), "pd1 "+prefix+" 4500/7200")
		}
	})
	for conf, warned := range map[string]bool{
		`"multi-threading": { "enable-multi-threading": false }, "reservations-lookup-first": true, `:  false,
		`"multi-threading": { "enable-multi-threading": false }, "reservations-lookup-first": false, `: false,
		`"multi-threading": { "enable-multi-threading": true }, `:                                      true,
		`"reservations-lookup-first": true, `:                                                          false,
	} {
		t.Run("D6.31.13 the order of look-ups changes no outcome "+conf, func(t *testing.T) {
			ts := newTestServer(t, conf+plain)
			if got := strings.Contains(ts.log.String(), "DHCP6_RESERVATIONS_LOOKUP_FIRST_ENABLED"); got != warned {
				t.Errorf("warned: %t", got)
			}
			ts.lease(1, na(1))
			ts.configure(conf + reserving("", `{ `+duid1+`, "ip-addresses": [ "2001:db8:1::15" ] }`))
			ts.expect(ts.one(query(pkt6.MsgRenew, 1, na(1, "2001:db8:1::10"))), "na1 2001:db8:1::15 4500/7200, na1 2001:db8:1::10 0/0")
		})
	}
}

// D6.34.7: clients that know the server by its former identifier are not heard until
// they look for any server.
func TestNewServerID(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1, na(1))
	former := append([]byte(nil), serverDUID...)
	changed := ts.parse(plain)
	changed.ServerID.Identifier = []byte{9, 9, 9}
	if err := ts.srv.Configure(context.Background(), changed); err != nil {
		t.Fatal(err)
	}
	lease := na(1, "2001:db8:1::10")
	for _, typ := range []byte{pkt6.MsgRenew, pkt6.MsgRelease} {
		if a := ts.one(query(typ, 1, lease)); a != nil {
			t.Errorf("D6.34.7 type %d with the server-id %x is answered with %d", typ, former, a.Type())
		}
	}
	a := ts.one(query(pkt6.MsgRebind, 1, lease))
	ts.expect(a, "na1 2001:db8:1::10 4500/7200")
	if got := a.content(pkt6.OptServerID); got != "0002000009bf090909" {
		t.Errorf("D6.34.7 REBIND is answered by %s", got)
	}
	if ts.stored("2001:db8:1::10") == nil {
		t.Error("D6.34.7 the lease is gone")
	}
}

// A configuration that is refused leaves the server's identifier and its file as they
// are.
func TestServerIDOfRefusedConfiguration(t *testing.T) {
	l := newLife(t, twoPools)
	path := filepath.Join(l.dir, serverIDFile)
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const other = `"server-id": { "type": "EN", "enterprise-id": 9, "identifier": "0102" }, `
	for _, bad := range []string{
		other + `"lease-database": { "type": "memfile", "name": "` + l.dir + `/none/l.csv" }, ` + twoPools,
		other + `"interfaces-config": { "interfaces": [ "nosuch0" ] }, ` + twoPools,
	} {
		if err := l.srv.Configure(context.Background(), l.parse(bad)); err == nil {
			t.Fatal("it is accepted")
		}
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) || hexText(l.srv.state.Load().snap.serverID) != string(before) {
			t.Errorf("D6.34.3 the file is %q, was %q", after, before)
		}
	}
	t.Run("a file that cannot be written refuses the configuration", func(t *testing.T) {
		gone := filepath.Join(l.dir, "gone")
		if err := os.Mkdir(gone, 0o755); err != nil {
			t.Fatal(err)
		}
		cfg := l.parse(other + `"lease-database": { "type": "memfile", "persist": false }, ` + twoPools)
		cfg.DataDirectory = gone + "/nowhere"
		if err := l.srv.Configure(context.Background(), cfg); err == nil || !strings.Contains(err.Error(), "server-id: writing the server's DUID to "+gone) {
			t.Errorf("error %v", err)
		}
		if hexText(l.srv.state.Load().snap.serverID) != string(before) {
			t.Error("the server has another identifier")
		}
	})
}

// D6.1.12: a host without any interface has nothing to serve.
func TestNoInterfaces(t *testing.T) {
	var log bytes.Buffer
	sys := logging.New("kea-dhcp6")
	sys.SetConsole(&log, &log)
	if err := sys.Configure(nil, false); err != nil {
		t.Fatal(err)
	}
	srv := New(Options{Log: sys, DataDir: t.TempDir(), LFCProgram: "/bin/true", Interfaces: func() ([]netio.Interface, error) { return nil, nil }})
	defer srv.Close()
	err := srv.Configure(context.Background(), parse(t, twoPools))
	if !errors.Is(err, errNoInterfaces) || !strings.Contains(log.String(), "DHCP6_NO_INTERFACES failed to detect any network interfaces") {
		t.Errorf("D6.1.12 error %v, the log is\n%s", err, log.String())
	}
}

// D6.4.10: whatever an interrupted clean-up left behind, no lease is lost, and of
// several rows of a lease the newest counts.
func TestFilesOfCleanup(t *testing.T) {
	header := leasefile.Header(leasefile.V6) + "\n"
	row := func(addr, valid string) string {
		return addr + ",00:03:00:01:02:00:00:00:00:01," + valid + ",1800007200,1,4500,0,1,128,0,0,,,0,,,,0\n"
	}
	for _, c := range []struct {
		name  string
		files map[string]string
		want  map[string]uint32 // valid lifetime by address
	}{
		{"D6.4.10 copy and previous", map[string]string{
			".2": header + row("2001:db8:1::10", "1000") + row("2001:db8:1::11", "1000"), ".1": header + row("2001:db8:1::10", "2000"), "": header + row("2001:db8:1::12", "3000"),
		}, map[string]uint32{"2001:db8:1::10": 2000, "2001:db8:1::11": 1000, "2001:db8:1::12": 3000}},
		{"D6.4.10 an output that is not finished does not count", map[string]string{
			".2": header + row("2001:db8:1::10", "1000"), ".1": header + row("2001:db8:1::11", "1000"), ".output": header + row("2001:db8:1::19", "1"), "": header,
		}, map[string]uint32{"2001:db8:1::10": 1000, "2001:db8:1::11": 1000}},
		{"D6.4.10 a finished one counts in the place of both", map[string]string{
			".completed": header + row("2001:db8:1::10", "5000"), ".2": header + row("2001:db8:1::10", "1000"), ".1": header + row("2001:db8:1::10", "2000"), "": header + row("2001:db8:1::11", "1000"),
		}, map[string]uint32{"2001:db8:1::10": 5000, "2001:db8:1::11": 1000}},
		{"D6.4.10 no current file", map[string]string{".1": header + row("2001:db8:1::10", "2000")}, map[string]uint32{"2001:db8:1::10": 2000}},
		{"D6.4.10 a process that is gone", map[string]string{".1": header + row("2001:db8:1::10", "2000"), ".pid": "2147483646\n"}, map[string]uint32{"2001:db8:1::10": 2000}},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := newLife(t, `"lease-database": { "type": "memfile", "persist": false }, `+twoPools)
			for ext, text := range c.files {
				if err := os.WriteFile(filepath.Join(l.dir, "kea-leases6.csv"+ext), []byte(text), 0o640); err != nil {
					t.Fatal(err)
				}
			}
			l.restart(twoPools)
			for addr, valid := range c.want {
				if x := l.stored(addr); x == nil || x.ValidLft != valid {
					t.Errorf("%s is %+v, want the lifetime %d", addr, x, valid)
				}
			}
			if l.stored("2001:db8:1::19") != nil {
				t.Error("a row of the unfinished output is a lease")
			}
		})
	}
}

// Leases of the wrong place, and relays that cannot be, when they are loaded.
func TestSanityChecks(t *testing.T) {
	const context = `{ "ISC": { "relays": [ { "hop": 0&#x2c "link": "2001:db8:1::1"&#x2c "options": "0x002500050000000907"&#x2c "peer": "fe80::1" } ] } }`
	rows := strings.Join([]string{
		"2001:db8:1::10,00:03:00:01:02:00:00:00:00:01,7200,1800007200,1,4500,0,1,128,0,0,,,0,,,,0", // right
		"2001:db8:1::11,00:03:00:01:02:00:00:00:00:02,7200,1800007200,2,4500,0,1,128,0,0,,,0,,,,0", // of another subnet
		"2001:db8:1::12,00:03:00:01:02:00:00:00:00:03,7200,1800007200,9,4500,0,1,128,0,0,,,0,,,,0", // of none
		"2001:db8:7::13,00:03:00:01:02:00:00:00:00:04,7200,1800007200,1,4500,0,1,128,0,0,,,0,,,,0", // nowhere
		"2001:db8:7::,00:03:00:01:02:00:00:00:00:05,7200,1800007200,1,4500,2,1,56,0,0,,,0,,,,0",    // a prefix
		"2001:db8:1::14,00:03:00:01:02:00:00:00:00:06,7200,1800007200,1,4500,0,1,128,0,0,,,0," + context + ",,,0",
	}, "\n") + "\n"
	const conf = `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64" }, { "id": 2, "subnet": "2001:db8:2::/64" } ]`
	load := func(t *testing.T, checks string) *life {
		l := newLife(t, `"lease-database": { "type": "memfile", "persist": false }, `+conf)
		if err := os.WriteFile(filepath.Join(l.dir, "kea-leases6.csv"), []byte(leasefile.Header(leasefile.V6)+"\n"+rows), 0o640); err != nil {
			t.Fatal(err)
		}
		l.log.Reset()
		l.restart(checks + conf)
		if after, err := os.ReadFile(filepath.Join(l.dir, "kea-leases6.csv")); err != nil || !strings.HasSuffix(string(after), rows) {
			t.Errorf("D6.24.3 the file became\n%s", after)
		}
		return l
	}
	addresses := []string{"2001:db8:1::10", "2001:db8:1::11", "2001:db8:1::12", "2001:db8:7::13", "2001:db8:7::"}
	for checks, want := range map[string]string{
		"": "1 2 9 1 1", "none": "1 2 9 1 1", "warn": "1 2 9 1 1", "fix": "1 1 1 1 1", "fix-del": "1 1 1 - 1", "del": "1 - - - 1",
	} {
		t.Run("D6.24.2 D6.24.3 "+checks, func(t *testing.T) {
			set := ""
			if checks != "" {
				set = `"sanity-checks": { "lease-checks": "` + checks + `" }, `
			}
			l := load(t, set)
			var got []string
			for _, a := range addresses {
				if x := l.stored(a); x == nil {
					got = append(got, "-")
				} else {
					got = append(got, itoa(x.SubnetID))
				}
			}
			if strings.Join(got, " ") != want {
				t.Errorf("subnets are %s, want %s\n%s", got, want, l.log.String())
			}
			if told := strings.Contains(l.log.String(), "DHCPSRV_LEASE_SANITY_"); told != (checks != "none") {
				t.Errorf("told: %t\n%s", told, l.log.String())
			}
		})
	}
	const upgraded = `{ "ISC": { "relay-info": [ { "hop": 0, "link": "2001:db8:1::1", "options": "0x002500050000000907", "peer": "fe80::1", "remote-id": "0000000907" } ] } }`
	for checks, want := range map[string]string{"none": strings.ReplaceAll(context, "&#x2c", ","), "fix": upgraded, "strict": upgraded, "pedantic": upgraded, "": upgraded} {
		t.Run("D6.24.4 "+checks, func(t *testing.T) {
			set := ""
			if checks != "" {
				set = `"sanity-checks": { "extended-info-checks": "` + checks + `" }, `
			}
			l := load(t, set)
			if x := l.stored("2001:db8:1::14"); x == nil || string(x.UserContext) != want {
				t.Errorf("the lease is %+v\n%s", x, l.log.String())
			}
		})
	}
	t.Run("D6.24.4 what fails is told of and removed", func(t *testing.T) {
		rows = strings.Replace(rows, `"0x002500050000000907"`, `5`, 1)
		l := load(t, "")
		if x := l.stored("2001:db8:1::14"); x == nil || len(x.UserContext) != 0 || !strings.Contains(l.log.String(), "ERROR [kea-dhcp6.dhcpsrv") ||
			!strings.Contains(l.log.String(), "DHCPSRV_LEASE6_EXTENDED_INFO_SANITY_FAIL extended info for lease 2001:db8:1::14 failed checks (relay 0: options is not a string)") {
			t.Errorf("the lease is %+v\n%s", x, l.log.String())
		}
	})
}
