package daemon

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"nestor/lib/logging"
)

func TestStartAndStop(t *testing.T) {
	for _, tc := range []struct {
		program  Program
		cfg      string
		messages []string // in this order
	}{
		{testDHCP4, `{"Dhcp4":{}}`, []string{
			"INFO  [kea-dhcp4.dhcp4/", "DHCP4_STARTING Kea DHCPv4 server version 2.7.3 (Nestor ",
			"WARN  ", "DHCP4_DEVELOPMENT_VERSION This software is a development branch",
			fmt.Sprintf("DHCP4_START_INFO pid: %d, server port: 67, client port: 0, verbose: yes", os.Getpid()),
			"DHCP4_STARTED Kea DHCPv4 server version 2.7.3 started",
			"DHCP4_SHUTDOWN_REQUEST ", "DHCP4_SHUTDOWN server shutdown",
		}},
		{testDDNS, `{"DhcpDdns":{}}`, []string{
			"INFO  [kea-dhcp-ddns.dctl/", fmt.Sprintf("DCTL_STARTING DHCP-DDNS server starting, pid: %d, version: 2.7.3 (Nestor ", os.Getpid()),
			"WARN  ", "DCTL_DEVELOPMENT_VERSION This software is a development branch", // PL.1.19
			"DCTL_RUN_PROCESS ", "DHCP_DDNS_STARTED Kea DHCP-DDNS server version 2.7.3 started",
			"DCTL_SHUTDOWN_SIGNAL_RECV OS signal 15 received, starting shutdown",
			fmt.Sprintf("DCTL_SHUTDOWN DHCP-DDNS server has shut down, pid: %d, version: 2.7.3", os.Getpid()),
		}},
	} {
		t.Run("PL.1.20 "+tc.program.KeaName, func(t *testing.T) {
			dir := t.TempDir()
			i := launch(t, tc.program, tc.program.KeaName, dir, tc.cfg, "-d").serving()
			pid := filepath.Join(dir, "the.test."+tc.program.KeaName+".pid")
			if got := read(t, pid); got != fmt.Sprintf("%d\n", os.Getpid()) { // PL.1.8 D4.1.10
				t.Errorf("PID file has %q", got)
			}
			i.signal(unix.SIGTERM)
			if exit := i.ended(); exit != 0 {
				t.Errorf("exit status %d", exit)
			}
			if exists(pid) { // PL.1.13 FD.10.2
				t.Error("PID file is still there")
			}
			rest := i.stdout.String()
			for _, m := range tc.messages {
				before, after, found := strings.Cut(rest, m)
				if !found {
					t.Errorf("no %q in order in\n%s", m, i.stdout.String())
				}
				_, rest = before, after
			}
			if i.stderr.String() != "" {
				t.Errorf("stderr has %q", i.stderr.String())
			}
		})
	}
	t.Run("under the own name", func(t *testing.T) {
		dir := t.TempDir()
		i := launch(t, testDHCP4, "nestor-dhcp4", dir, `{"Dhcp4":{}}`).serving()
		if !exists(filepath.Join(dir, "the.test.nestor-dhcp4.pid")) {
			t.Error("no PID file of that name")
		}
		if i.app.env.Kea || i.app.env.Name != "nestor-dhcp4" || i.app.env.Version.Short != OwnVersion {
			t.Errorf("environment is %+v", i.app.env)
		}
		expect(t, "stdout", i.stdout.String(), "[kea-dhcp4.dhcp4/", "version "+OwnVersion+" started")
	})
}

func TestEnds(t *testing.T) {
	for _, tc := range []struct {
		name string
		end  func(i *instance)
		want int
	}{
		{"PL.1.16 D4.1.13 SIGTERM", func(i *instance) { i.signal(unix.SIGTERM) }, 0},
		{"PL.1.16 D4.1.13 SIGINT", func(i *instance) { i.signal(unix.SIGINT) }, 0},
		{"PL.1.16 PL.5.13 shutdown", func(i *instance) { i.command("shutdown", "") }, 0},
		{"PL.5.13 exit-value", func(i *instance) { i.command("shutdown", `{"exit-value":3}`) }, 3},
		{"the first exit-value counts", func(i *instance) {
			i.app.env.Shutdown(4)
			i.app.env.Shutdown(5)
		}, 4},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{}}`).serving()
			tc.end(i)
			if exit := i.ended(); exit != tc.want {
				t.Errorf("exit status %d, want %d", exit, tc.want)
			}
		})
	}
	t.Run("the service fails", func(t *testing.T) {
		i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{"crash":"no luck"}}`)
		if exit := i.ended(); exit != 1 {
			t.Errorf("exit status %d", exit)
		}
		expect(t, "stdout", i.stdout.String(), "FATAL [kea-dhcp4.dhcp4/", "DHCP4_SERVER_FAILED server failed: no luck")
		expect(t, "stderr", i.stderr.String(), "kea-dhcp4: no luck")
	})
}

func TestDoesNotStart(t *testing.T) {
	for _, tc := range []struct {
		name           string
		program        Program
		cfg            string
		stdout, stderr string
	}{
		{"PL.1.17 syntax", testDHCP4, `{"Dhcp4":{`, "FATAL [kea-dhcp4.dhcp4/", "kea-dhcp4: Fatal error during start up: "},
		{"PL.1.17 refused", testDHCP4, `{"Dhcp4":{"refuse":"bad subnet"}}`,
			"DHCP4_INIT_FAIL failed to initialize Kea server: configuration error using file '%s': bad subnet (with all details)\n", "bad subnet"},
		{"the reason is logged", testDHCP4, `{"Dhcp4":{"refuse":"bad subnet"}}`,
			"DHCP4_CONFIG_LOAD_FAIL configuration error using file: %s, reason: bad subnet (with all details)\n", "bad subnet"},
		{"several faults are one line", testDHCP4, `{"Dhcp4":{"refuse":"one\ntwo"}}`, "one; two (with all details)\n", "one\ntwo"},
		{"no top-level key", testDHCP4, `{"Dhcp6":{}}`, "DHCP4_INIT_FAIL", "Missing mandatory Dhcp4 element"},
		{"PL.1.17 other daemons", testDDNS, `{"DhcpDdns":{"refuse":"bad key"}}`,
			"DCTL_CONFIG_FILE_LOAD_FAIL DHCP-DDNS server reason: configuration file %s: bad key (with all details)\n", "bad key"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			i := launch(t, tc.program, tc.program.KeaName, dir, tc.cfg)
			if exit := i.ended(); exit != 1 { // FD.10.1
				t.Errorf("exit status %d", exit)
			}
			want := tc.stdout
			if strings.Contains(want, "%s") {
				want = fmt.Sprintf(want, i.file)
			}
			expect(t, "stdout", i.stdout.String(), want)
			expect(t, "stderr", i.stderr.String(), tc.stderr)
			if exists(filepath.Join(dir, "the.test."+tc.program.KeaName+".pid")) {
				t.Error("PID file is left")
			}
		})
	}
	t.Run("no file", func(t *testing.T) {
		dir := t.TempDir()
		exit, stdout, stderr := runOnce(t, testDHCP4, dir, "-c", filepath.Join(dir, "missing.conf"))
		if exit != 1 {
			t.Errorf("exit status %d", exit)
		}
		expect(t, "stdout", stdout, "DHCP4_INIT_FAIL", "missing.conf")
		expect(t, "stderr", stderr, "missing.conf")
	})
}

func TestPIDFileBlocks(t *testing.T) {
	for _, tc := range []struct {
		name    string
		program Program
		want    string
	}{
		{"PL.1.10 PL.1.11 D4.1.12 dhcp4", testDHCP4, "DHCP4_ALREADY_RUNNING kea-dhcp4 already running? "},
		{"PL.1.11 others", testDDNS, "DCTL_ALREADY_RUNNING DHCP-DDNS server already running? "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			dir := t.TempDir()
			pid := filepath.Join(dir, "x."+tc.program.KeaName+".pid")
			write(t, pid, fmt.Sprintf("%d\n", os.Getppid()))
			write(t, filepath.Join(dir, "x.conf"), "{}")
			exit, stdout, stderr := runOnce(t, tc.program, dir, "-c", filepath.Join(dir, "x.conf"))
			if exit != 1 { // FD.10.1
				t.Errorf("exit status %d", exit)
			}
			who := fmt.Sprintf("PID: %d exists, PID file: %s", os.Getppid(), pid)
			expect(t, "stdout", stdout, "FATAL ", tc.want, who)
			expect(t, "stderr", stderr, tc.program.KeaName+" already running? ", who)
			if got := read(t, pid); got != fmt.Sprintf("%d\n", os.Getppid()) {
				t.Errorf("PID file has %q", got)
			}
		})
	}
	t.Run("PL.1.13 not creatable", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "x.conf"), "{}")
		missing := filepath.Join(dir, "missing")
		exit, stdout, _ := runOnce(t, testDDNS, missing, "-c", filepath.Join(dir, "x.conf"))
		if exit != 1 {
			t.Errorf("exit status %d", exit)
		}
		expect(t, "stdout", stdout, "DCTL_PID_FILE_ERROR DHCP-DDNS server could not create a PID file: ", missing)
		exit, stdout, stderr := runOnce(t, testDHCP4, missing, "-c", filepath.Join(dir, "x.conf"))
		if exit != 1 {
			t.Errorf("exit status %d", exit)
		}
		expect(t, "stdout", stdout, "DHCP4_SERVER_FAILED server failed: could not create a PID file: ", missing)
		expect(t, "stderr", stderr, missing, "make the directory, or name another one with KEA_PIDFILE_DIR")
	})
	t.Run("PL.1.10 other file names coexist", func(t *testing.T) {
		dir := t.TempDir()
		a := launch(t, testDHCP4, "kea-dhcp4", dir, `{"Dhcp4":{}}`).serving()
		b := launch(t, testDDNS, "kea-dhcp-ddns", dir, `{"DhcpDdns":{}}`).serving()
		if !exists(filepath.Join(dir, "the.test.kea-dhcp4.pid")) || !exists(filepath.Join(dir, "the.test.kea-dhcp-ddns.pid")) {
			t.Error("not both PID files are there")
		}
		_, _ = a, b
	})
}

func TestMessagesOfTheFamilies(t *testing.T) {
	seen := map[string]*logging.Message{}
	for _, m := range logging.Messages() {
		seen[m.ID] = m
	}
	// PL.1.11 PL.1.20
	for id, text := range map[string]string{
		"DHCP6_ALREADY_RUNNING": "%1 already running? %2",
		"DHCP6_STARTING":        "Kea DHCPv6 server version %1 (%2) starting",
		"DHCP6_STARTED":         "Kea DHCPv6 server version %1 started",
	} {
		if m := seen[id]; m == nil || m.Text != text {
			t.Errorf("%s is %+v", id, m)
		}
	}
}
