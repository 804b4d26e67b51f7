// Package install_test lays out installations in temporary directories and runs
// what is in them.
package install_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/tests/peers"
)

// An installation is the tree that scripts/install makes, its prefix a
// temporary directory, of programs that were built for that prefix.
type installation struct {
	t      *testing.T
	prefix string
	bin    string
}

// whole is one installation with Kea's names, for all tests that do not need one
// of their own. Its path is short, since that of a UNIX socket may have 107 bytes.
var whole = sync.OnceValues(func() (*installation, error) {
	prefix, err := os.MkdirTemp("", "nt")
	if err != nil {
		return nil, err
	}
	in := &installation{prefix: prefix, bin: filepath.Join(prefix, "built")}
	build := exec.Command("go", "build", "-buildvcs=false", "-o", in.bin+"/",
		"-ldflags", "-X nestor/lib/daemon.Prefix="+prefix, "./cmd/...")
	build.Dir = peers.Root()
	if out, err := build.CombinedOutput(); err != nil {
		return in, fmt.Errorf("build: %w\n%s", err, out)
	}
	return in, in.script("kea")
})

func TestMain(m *testing.M) {
	code := m.Run()
	if in, _ := whole(); in != nil {
		os.RemoveAll(in.prefix)
	}
	os.Exit(code)
}

func installed(t *testing.T) *installation {
	t.Helper()
	in, err := whole()
	if err != nil {
		t.Fatal(err)
	}
	return &installation{t: t, prefix: in.prefix, bin: in.bin}
}

// script runs scripts/install.
func (in *installation) script(compat string, more ...string) error {
	args := append([]string{"--bindir", in.bin, "--prefix", in.prefix, "--compat", compat}, more...)
	cmd := exec.Command(filepath.Join(peers.Root(), "scripts/install"), args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("scripts/install: %w\n%s", err, out)
	}
	return nil
}

func (in *installation) path(name string) string { return filepath.Join(in.prefix, name) }

// run runs an installed program and returns what it wrote. Daemons that it
// leaves in the background keep the output, so that goes through a file.
func (in *installation) run(program string, args ...string) string {
	in.t.Helper()
	out, err := os.Create(filepath.Join(in.bin, "out"))
	if err != nil {
		in.t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(in.path("sbin/"+program), args...)
	cmd.Stdout, cmd.Stderr = out, out
	runErr := cmd.Run()
	text, err := os.ReadFile(out.Name())
	if err != nil {
		in.t.Fatal(err)
	}
	if runErr != nil {
		in.t.Fatalf("%s %s: %v\n%s", program, strings.Join(args, " "), runErr, text)
	}
	return string(text)
}

func (in *installation) read(name string) string {
	in.t.Helper()
	text, err := os.ReadFile(in.path(name))
	if err != nil {
		in.t.Fatal(err)
	}
	return string(text)
}

func TestLayout(t *testing.T) {
	in := installed(t)
	for _, name := range []string{
		"sbin/nestor-dhcp4", "sbin/nestor-ddns", "sbin/nestor-agent", "sbin/nestor-lfc", "sbin/nestor-perf", "sbin/nestor-admin", "sbin/nestorctl",
		"etc/nestor/nestor-dhcp4.conf", "etc/nestor/nestor-ddns.conf", "etc/nestor/nestor-agent.conf", "etc/nestor/nestorctl.conf",
		"etc/kea/kea-dhcp4.conf", "etc/kea/kea-dhcp-ddns.conf", "etc/kea/kea-ctrl-agent.conf", "etc/kea/keactrl.conf",
		"lib/kea/hooks/libdhcp_lease_cmds.so", "lib/kea/hooks/libdhcp_ha.so",
		"var/lib/nestor", "var/log/nestor", "var/run/nestor", "var/lib/kea", "var/log/kea", "var/run/kea",
		"share/doc/nestor/guide.md", "share/man/man8/nestor-dhcp4.8", "share/man/man8/nestor-admin.8", "share/doc/nestor/databases.md",
		"share/nestor/scripts/mysql/dhcpdb_create.mysql", "share/kea/scripts/pgsql/dhcpdb_create.pgsql", // PL.11.10
		"share/kea/scripts/mysql/dhcpdb_drop.mysql", "share/kea/scripts/pgsql/dhcpdb_drop.pgsql", "lib/sysusers.d/nestor-nestor.conf",
	} {
		if _, err := os.Stat(in.path(name)); err != nil {
			t.Error(err)
		}
	}
	for link, program := range map[string]string{
		"kea-dhcp4": "nestor-dhcp4", "kea-dhcp-ddns": "nestor-ddns", "kea-ctrl-agent": "nestor-agent", "kea-lfc": "nestor-lfc",
		"perfdhcp": "nestor-perf", "kea-admin": "nestor-admin", "keactrl": "nestorctl",
	} {
		if got, err := os.Readlink(in.path("sbin/" + link)); err != nil || got != program {
			t.Errorf("%s links to %q, want %q (%v)", link, got, program, err)
		}
	}
	for _, name := range []string{"etc/kea/keactrl.conf", "etc/kea/kea-dhcp4.conf", "etc/nestor/nestor-agent.conf", "sbin/nestorctl", "lib/systemd/system/kea-dhcp4.service"} {
		if word := regexp.MustCompile("@[a-z0-9_]+@").FindString(in.read(name)); word != "" {
			t.Errorf("%s: %s was not replaced", name, word)
		}
	}
}

func TestNamesDecide(t *testing.T) {
	in := installed(t)
	for _, program := range []string{"kea-dhcp4", "kea-ctrl-agent", "keactrl"} {
		if got := in.run(program, "-v"); got != "2.7.3\n" {
			t.Errorf("%s -v prints %q, want the version of Kea whose contract is kept", program, got)
		}
	}
	if kea, own := in.run("kea-dhcp4", "-V"), in.run("nestor-dhcp4", "-v"); !strings.Contains(kea, "Nestor") || own == "2.7.3\n" {
		t.Errorf("kea-dhcp4 -V prints %q, nestor-dhcp4 -v %q", kea, own)
	}
}

// The example configurations load as they are.
func TestExamplesLoad(t *testing.T) {
	in := installed(t)
	for program, file := range map[string]string{
		"nestor-dhcp4": "etc/nestor/nestor-dhcp4.conf", "nestor-agent": "etc/nestor/nestor-agent.conf",
		"nestor-ddns": "etc/nestor/nestor-ddns.conf", "kea-dhcp-ddns": "etc/kea/kea-dhcp-ddns.conf",
		"kea-dhcp4": "etc/kea/kea-dhcp4.conf", "kea-dhcp6": "etc/kea/kea-dhcp6.conf", "kea-ctrl-agent": "etc/kea/kea-ctrl-agent.conf",
	} {
		in.run(program, "-t", in.path(file))
	}
}

// The manual pages name every switch of the usage texts.
func TestManualPages(t *testing.T) {
	in := installed(t)
	for program, args := range map[string][]string{"nestor-dhcp4": nil, "nestor-dhcp6": nil, "nestor-ddns": nil, "nestor-agent": nil, "nestor-lfc": {"-h"}} {
		usage, _ := exec.Command(in.path("sbin/"+program), args...).CombinedOutput() // without -c it ends with 1
		page := in.read("share/man/man8/" + program + ".8")
		switches := regexp.MustCompile(`(?m)^  -([a-zA-Z0-9])\b`).FindAllSubmatch(usage, -1)
		if len(switches) < 6 {
			t.Errorf("%s shows no usage:\n%s", program, usage)
		}
		for _, s := range switches {
			if !regexp.MustCompile(`\bFl ` + string(s[1]) + `\b`).MatchString(page) {
				t.Errorf("%s.8 does not name -%s", program, s[1])
			}
		}
	}
}

// Installing anew leaves files alone that people have changed.
func TestConfigurationIsKept(t *testing.T) {
	in := installed(t)
	in.prefix = t.TempDir()
	again := func() {
		t.Helper()
		if err := in.script(""); err != nil {
			t.Fatal(err)
		}
	}
	again()
	if _, err := os.Stat(in.path("sbin/kea-dhcp4")); err == nil {
		t.Error("there are Kea's names without COMPAT=kea")
	}
	conf := in.path("etc/nestor/nestor-dhcp4.conf")
	if err := os.WriteFile(conf, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	again()
	if got := in.read("etc/nestor/nestor-dhcp4.conf"); got != "mine" {
		t.Errorf("the configuration was overwritten with %q", got)
	}
	if got := in.read("etc/nestor/nestor-dhcp4.conf.new"); !strings.Contains(got, "Dhcp4") {
		t.Error("the new configuration does not lie beside")
	}
	if _, err := os.Stat(in.path("etc/nestor/nestor-agent.conf.new")); err == nil {
		t.Error("a file that nobody changed has a .new beside it")
	}
}

// The control script starts and stops the real daemons as installed. They serve
// no interface as shipped.
func TestControl(t *testing.T) {
	for _, c := range []struct{ ctl, suite, dhcp4, agent string }{
		{"nestorctl", "nestor", "nestor-dhcp4", "nestor-agent"},
		{"keactrl", "kea", "kea-dhcp4", "kea-ctrl-agent"},
	} {
		t.Run(c.ctl, func(t *testing.T) {
			in := installed(t)
			agent := in.path("etc/" + c.suite + "/" + c.agent + ".conf")
			text := strings.Replace(in.read("etc/"+c.suite+"/"+c.agent+".conf"), `"http-port": 8000`, `"http-port": 18431`, 1)
			if err := os.WriteFile(agent, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { in.run(c.ctl, "stop") })
			in.run(c.ctl, "start")
			status := func(want string) {
				t.Helper()
				var got string
				for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
					if got = in.run(c.ctl, "status"); strings.HasPrefix(got, want) {
						return
					}
				}
				t.Fatalf("status is not\n%sbut\n%s", want, got)
			}
			status("DHCPv4 server: active\nDHCPv6 server: active\nDHCP DDNS: inactive\nControl Agent: active\n")
			log := "var/log/" + c.suite + "/" + c.dhcp4 + ".log"
			for end := time.Now().Add(10 * time.Second); !strings.Contains(in.read(log), "DHCP4_STARTED"); time.Sleep(50 * time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("the server does not start:\n%s", in.read(log))
				}
			}
			in.run(c.ctl, "stop")
			status("DHCPv4 server: inactive\nDHCPv6 server: inactive\nDHCP DDNS: inactive\nControl Agent: inactive\n")
		})
	}
}

// PL.13.8: units run daemons in the foreground, with -c, as a user of their own,
// after the network; OpenRC's services have the same names.
func TestUnits(t *testing.T) {
	in := installed(t)
	for unit, want := range map[string][]string{
		"nestor-dhcp4.service":   {"/sbin/nestor-dhcp4 -c " + in.path("etc/nestor/nestor-dhcp4.conf"), "User=_nestor", "Group=_nestor"},
		"nestor-dhcp6.service":   {"/sbin/nestor-dhcp6 -c " + in.path("etc/nestor/nestor-dhcp6.conf"), "User=_nestor", "Group=_nestor"},
		"nestor-ddns.service":    {"/sbin/nestor-ddns -c " + in.path("etc/nestor/nestor-ddns.conf"), "User=_nestor", "Group=_nestor"},
		"kea-dhcp-ddns.service":  {"/sbin/kea-dhcp-ddns -c " + in.path("etc/kea/kea-dhcp-ddns.conf"), "User=_kea", "Group=_kea"},
		"nestor-agent.service":   {"/sbin/nestor-agent -c " + in.path("etc/nestor/nestor-agent.conf"), "User=_nestor", "Group=_nestor"},
		"kea-dhcp4.service":      {"/sbin/kea-dhcp4 -c " + in.path("etc/kea/kea-dhcp4.conf"), "User=_kea", "Group=_kea"},
		"kea-dhcp6.service":      {"/sbin/kea-dhcp6 -c " + in.path("etc/kea/kea-dhcp6.conf"), "User=_kea", "Group=_kea"},
		"kea-ctrl-agent.service": {"/sbin/kea-ctrl-agent -c " + in.path("etc/kea/kea-ctrl-agent.conf"), "User=_kea", "Group=_kea"},
	} {
		text := in.read("lib/systemd/system/" + unit)
		for _, line := range append(want, "After=network-online.target", "Type=notify") {
			if !strings.Contains(text, line) {
				t.Errorf("%s lacks %q", unit, line)
			}
		}
	}
	for unit, places := range map[string][]string{
		"nestor-dhcp4": {"run", "lib", "log"}, "nestor-ddns": {"run", "lib", "log"}, "nestor-agent": {"run", "log"},
	} {
		// systemd makes directories below /var and /run only; the programs were
		// built for others.
		text := in.read("lib/systemd/system/" + unit + ".service")
		for _, place := range places {
			dir := in.path("var/" + place + "/nestor")
			for _, line := range []string{"ReadWritePaths=-" + dir, "ExecStartPre=+/usr/bin/install -d -m 0750 " + dir, "ExecStartPre=+/bin/chown -hR _nestor:_nestor " + dir} {
				if !strings.Contains(text, "\n"+line+"\n") {
					t.Errorf("%s lacks %q", unit, line)
				}
			}
		}
		if strings.Contains(text, "Directory=") {
			t.Errorf("%s asks systemd for directories that the programs do not use:\n%s", unit, text)
		}
	}
	openrc := installed(t)
	openrc.prefix = t.TempDir()
	if err := openrc.script("kea", "--init", "openrc"); err != nil {
		t.Fatal(err)
	}
	for service, want := range map[string]string{
		"nestor-dhcp4": "etc/nestor/nestor-dhcp4.conf", "nestor-agent": "etc/nestor/nestor-agent.conf",
		"nestor-ddns": "etc/nestor/nestor-ddns.conf", "kea-dhcp-ddns": "etc/kea/kea-dhcp-ddns.conf",
		"kea-dhcp4": "etc/kea/kea-dhcp4.conf", "kea-dhcp6": "etc/kea/kea-dhcp6.conf", "kea-ctrl-agent": "etc/kea/kea-ctrl-agent.conf",
	} {
		text := openrc.read("etc/init.d/" + service)
		for _, line := range []string{"/sbin/" + service + `"`, `command_args="-c ` + openrc.path(want) + `"`, "need net"} {
			if !strings.Contains(text, line) {
				t.Errorf("OpenRC service %s lacks %q", service, line)
			}
		}
	}
	analyze, err := exec.LookPath("systemd-analyze")
	if err != nil {
		return // the check of the text above is all that can be had
	}
	for _, unit := range []string{"nestor-dhcp4", "nestor-ddns", "nestor-agent", "kea-dhcp4", "kea-dhcp-ddns", "kea-ctrl-agent"} {
		out, err := exec.Command(analyze, "verify", "--man=no", "--recursive-errors=no", in.path("lib/systemd/system/"+unit+".service")).CombinedOutput()
		if err != nil || strings.Contains(string(out), "Unknown") || strings.Contains(string(out), "Failed to parse") {
			t.Errorf("systemd-analyze verify %s: %v\n%s", unit, err, out)
		}
	}
}
