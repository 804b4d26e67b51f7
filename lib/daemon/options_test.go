package daemon

import (
	"bytes"
	"context"
	"regexp"
	"strings"
	"testing"
)

func TestOptions(t *testing.T) {
	for _, tc := range []struct {
		args string
		want options
	}{
		{"-c f", options{file: "f"}},
		{"-cf", options{file: "f"}},
		{"-d -c f", options{file: "f", verbose: true}},
		{"-dc f", options{file: "f", verbose: true}},
		{"-c f -d", options{file: "f", verbose: true}},
		{"-c f --", options{file: "f"}},
		{"-c f -p 6767 -P 6868", options{file: "f", serverPort: 6767, clientPort: 6868}},
		{"-c f -p1 -P65535", options{file: "f", serverPort: 1, clientPort: 65535}},
		{"-t f", options{file: "f", mode: checkSyntax}},
		{"-T f", options{file: "f", mode: checkDeep}},
		{"-v", options{mode: showVersion}},
		{"-V", options{mode: showExtended}},
		{"-W", options{mode: showReport}},
		{"schema", options{mode: showSchema}},
		{"-v -t f", options{mode: showVersion, file: "f"}},
		{"-t f -v", options{mode: showVersion, file: "f"}},
	} {
		t.Run(tc.args, func(t *testing.T) {
			got, err := parseOptions(strings.Fields(tc.args), true)
			if err != nil || got != tc.want {
				t.Errorf("got %+v, %v, want %+v", got, err, tc.want)
			}
		})
	}
}

func TestUsageErrors(t *testing.T) {
	const dhcpUsage = "Usage: kea-dhcp4 -[v|V|W] [-d] [-{c|t|T} cfgfile] [-p number] [-P number]"
	const otherUsage = "Usage: kea-dhcp-ddns -[v|V|W] [-d] [-{c|t} cfgfile]"
	for _, tc := range []struct {
		name, args string
		program    Program
		says       string
	}{
		{"D4.1.1 no arguments", "", testDHCP4, "Configuration file not specified."},
		{"D4.1.1 no file", "-d", testDHCP4, "Configuration file not specified."},
		{"FD.10.1 unknown flag", "-x", testDHCP4, "invalid option -- 'x'"},
		{"long flag", "--config f", testDHCP4, "invalid option -- '-'"},
		{"missing argument", "-c", testDHCP4, "option requires an argument -- 'c'"},
		{"schema with more", "schema -d", testDHCP4, "unexpected argument: schema"},
		{"stray argument", "-c f g", testDHCP4, "unexpected argument: g"},
		{"stray argument after the end", "-c f -- g", testDHCP4, "unexpected argument: --"},
		{"port 0", "-c f -p 0", testDHCP4, "Failed to parse server port number: [0], 1-65535 allowed."},
		{"port too large", "-c f -P 65536", testDHCP4, "Failed to parse client port number: [65536], 1-65535 allowed."},
		{"port no number", "-c f -p x", testDHCP4, "Failed to parse server port number: [x], 1-65535 allowed."},
		{"-p outside DHCP", "-c f -p 67", testDDNS, "invalid option -- 'p'"},
		{"-T outside DHCP", "-T f", testDDNS, "invalid option -- 'T'"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var out, err bytes.Buffer
			exit := Run(context.Background(), tc.program, nil, Invocation{
				Args: append([]string{tc.program.KeaName}, strings.Fields(tc.args)...), Stdout: &out, Stderr: &err,
			})
			if exit != 1 || out.Len() > 0 {
				t.Errorf("exit status %d, stdout %q", exit, out.String())
			}
			usage := dhcpUsage
			if !tc.program.DHCP {
				usage = otherUsage
			}
			expect(t, "stderr", err.String(), tc.says+"\n", usage)
		})
	}
}

func TestVersions(t *testing.T) {
	show := func(t *testing.T, p Program, name, flag string) string {
		t.Helper()
		var out, err bytes.Buffer
		if exit := Run(context.Background(), p, nil, Invocation{Args: []string{name, flag}, Stdout: &out, Stderr: &err}); exit != 0 || err.Len() > 0 {
			t.Errorf("exit status %d, stderr %q", exit, err.String())
		}
		return out.String()
	}
	t.Run("D4.1.7 -v under the Kea name", func(t *testing.T) {
		if got := show(t, testDHCP4, "/usr/sbin/kea-dhcp4", "-v"); got != "2.7.3\n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("D4.1.7 -v under the own name", func(t *testing.T) {
		for _, name := range []string{"nestor-dhcp4", "anything"} {
			if got := show(t, testDHCP4, name, "-v"); got != OwnVersion+"\n" {
				t.Errorf("got %q", got)
			}
		}
	})
	t.Run("D4.1.7 -V", func(t *testing.T) {
		want := regexp.MustCompile(`^2\.7\.3 \(Nestor [0-9.]+\)\npremium: no\nlinked with:\n- log/slog \S+\n- crypto/tls \S+\nlease backends:\n- Memfile backend 3\.0\n$`)
		if got := show(t, testDHCP4, "kea-dhcp4", "-V"); !want.MatchString(got) {
			t.Errorf("got %q", got)
		}
		want = regexp.MustCompile(`^[0-9.]+ \(Nestor, compatible with Kea 2\.7\.3\)\npremium: no\nlinked with:\n- log/slog \S+\n- crypto/tls \S+\n$`)
		if got := show(t, testDDNS, "nestor-ddns", "-V"); !want.MatchString(got) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("schema", func(t *testing.T) {
		p := testDHCP4
		p.Schema = func() []byte { return []byte("{}\n") }
		if got := show(t, p, "nestor-dhcp4", "schema"); got != "{}\n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("D4.1.8 -W", func(t *testing.T) {
		got := show(t, testDHCP4, "kea-dhcp4", "-W")
		expect(t, "report", got, "Name:              nestor\n", "Version:           "+OwnVersion+"\n", "Prefix:", "LOG4CPLUS_VERSION", "Build settings:")
	})
}

func TestDevelopmentVersion(t *testing.T) {
	for version, want := range map[string]bool{"2.7.3": true, "2.6.1": false, "0.1.0": true, "1.0.0": false, "3": false, "x.y": false} {
		if got := (Version{Short: version}).development(); got != want {
			t.Errorf("%s is a development version: %v", version, got)
		}
	}
}
