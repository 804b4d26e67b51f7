package daemon

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// hangup sends SIGHUP and waits until it was dealt with: the second one is only
// taken then.
func (i *instance) hangup() {
	i.t.Helper()
	i.signal(unix.SIGHUP)
	i.signal(unix.SIGHUP)
}

func TestHangup(t *testing.T) {
	dir := t.TempDir()
	i := launch(t, testDHCP4, "kea-dhcp4", dir, `{"Dhcp4":{"n":1}}`).serving()
	config := func() string { return string(i.app.Config().AppendJSON(nil)) }
	t.Run("PL.1.14 D4.1.14 SIGHUP reads the file again", func(t *testing.T) {
		write(t, i.file, `{"Dhcp4":{"n":2,}}`)
		i.hangup()
		if got := config(); got != `{ "Dhcp4": { "n": 2 } }` {
			t.Errorf("configuration is %s", got)
		}
		expect(t, "stdout", i.stdout.String(),
			"DHCP4_DYNAMIC_RECONFIGURATION initiate server reconfiguration using file: "+i.file+", after receiving SIGHUP signal or config-reload command\n",
			"DHCP4_DYNAMIC_RECONFIGURATION_SUCCESS dynamic server reconfiguration succeeded with file: "+i.file+"\n",
			"WARN  ", "DHCP4_CONFIG_SYNTAX_WARNING configuration syntax warning: "+i.file+":1.")
	})
	for name, bad := range map[string]string{"syntax": `{"Dhcp4":`, "refused": `{"Dhcp4":{"refuse":"no"}}`, "other top": `{"Dhcp6":{}}`, "empty": ``} {
		t.Run("PL.1.15 D4.1.14 FD.9.7 a bad file leaves the old configuration serving: "+name, func(t *testing.T) {
			write(t, i.file, bad)
			i.hangup()
			if got := config(); got != `{ "Dhcp4": { "n": 2 } }` {
				t.Errorf("configuration is %s", got)
			}
			expect(t, "stdout", i.stdout.String(), "FATAL ", "DHCP4_DYNAMIC_RECONFIGURATION_FAIL dynamic server reconfiguration failed with file: "+i.file+"\n",
				"DHCP4_CONFIG_LOAD_FAIL configuration error using file: "+i.file+", reason: ")
			expect(t, "answer", i.command("config-get", ""), `"result": 0`)
		})
	}
	i.signal(unix.SIGTERM)
	if exit := i.ended(); exit != 0 {
		t.Errorf("exit status %d", exit)
	}
}

func TestHangupOfOthers(t *testing.T) {
	t.Run("PL.1.14 the DDNS daemon reloads", func(t *testing.T) {
		i := launch(t, testDDNS, "kea-dhcp-ddns", t.TempDir(), `{"DhcpDdns":{"n":1}}`).serving()
		write(t, i.file, `{"DhcpDdns":{"n":2}}`)
		i.hangup()
		if got := string(i.app.Config().AppendJSON(nil)); !strings.Contains(got, `"n": 2`) {
			t.Errorf("configuration is %s", got)
		}
		expect(t, "stdout", i.stdout.String(), "DCTL_CFG_FILE_RELOAD_SIGNAL_RECV OS signal 1 received, reloading configuration from file: "+i.file)
		write(t, i.file, `{"DhcpDdns":{"refuse":"no"}}`)
		i.hangup()
		expect(t, "stdout", i.stdout.String(), "ERROR ", "DCTL_CFG_FILE_RELOAD_ERROR configuration reload failed: "+i.file+": no (with all details), reverting to current configuration.")
	})
	t.Run("PL.1.14 the Netconf agent does not", func(t *testing.T) {
		i := launch(t, testNetconf, "kea-netconf", t.TempDir(), `{"Netconf":{"n":1}}`).serving()
		write(t, i.file, `{"Netconf":{"n":2}}`)
		i.hangup()
		if got := string(i.app.Config().AppendJSON(nil)); !strings.Contains(got, `"n": 1`) {
			t.Errorf("configuration is %s", got)
		}
	})
}

func TestHangupReopensLogs(t *testing.T) {
	for name, cfg := range map[string]string{"good file": "", "refused file": `{"Dhcp4":{"refuse":"no"}}`, "broken file": "{"} {
		t.Run("FD.10.4 "+name, func(t *testing.T) {
			dir := t.TempDir()
			log := filepath.Join(dir, "x.log")
			start := `{"Dhcp4":{"log":"` + log + `"}}`
			i := launch(t, testDHCP4, "kea-dhcp4", dir, start).serving()
			if err := os.Rename(log, log+".1"); err != nil {
				t.Fatal(err)
			}
			if cfg == "" {
				cfg = start
			}
			write(t, i.file, cfg)
			i.hangup()
			expect(t, "renamed file", read(t, log+".1"), "DHCP4_STARTED", "DHCP4_DYNAMIC_RECONFIGURATION ")
			expect(t, "new file", read(t, log), "DHCP4_DYNAMIC_RECONFIGURATION_")
		})
	}
}

func TestVerbose(t *testing.T) {
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{}}`, "-d").serving()
	if !i.app.env.Verbose || !strings.Contains(i.stdout.String(), "DEBUG ") { // D4.1.2
		t.Errorf("-d has no effect: %s", i.stdout.String())
	}
	quiet := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), `{"Dhcp4":{}}`).serving()
	if strings.Contains(quiet.stdout.String(), "DEBUG ") {
		t.Errorf("debug messages without -d: %s", quiet.stdout.String())
	}
}

func TestContextEnds(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.conf")
	write(t, file, `{"Dhcp4":{}}`)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var out syncBuffer
	exit := Run(ctx, testDHCP4, func(e *Env) App {
		a := &testApp{env: e, running: make(chan bool)}
		go func() { <-a.running; cancel() }()
		return a
	}, Invocation{Args: []string{"kea-dhcp4", "-c", file}, Stdout: &out, Stderr: &out, Signals: make(chan os.Signal), Paths: &Paths{PID: dir}})
	if exit != 0 {
		t.Errorf("exit status %d: %s", exit, out.String())
	}
}
