package daemons

import (
	"strings"
	"testing"
	"time"
)

// -d beats what the file says of loggers.
func TestDebugSwitch(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		run := func(more ...string) string {
			d := Launch(t, f.program, f.newApp, "-c", `"loggers": [ { "name": "kea-dhcp`+f.number+`", "severity": "WARN" } ], `+f.subnet, more...)
			for end := time.Now().Add(patience); !d.Has(f.of("kea-leasesN.csv")); time.Sleep(time.Millisecond) {
				if time.Now().After(end) {
					t.Fatalf("it does not start: %s", d.Stderr.String())
				}
			}
			d.Status()
			return d.Stdout.String()
		}
		if out := run("-d"); !strings.Contains(out, "DEBUG [kea-dhcp"+f.number) || !strings.Contains(out, "DHCP"+f.number+"_CONFIG_COMPLETE") {
			t.Errorf("D4.1.2 D6.1.2 with -d the output is\n%s", out)
		}
		if out := run(); strings.Contains(out, "DEBUG") || strings.Contains(out, "DHCP"+f.number+"_CONFIG_COMPLETE") {
			t.Errorf("D4.1.2 D6.1.2 without -d the output is\n%s", out)
		}
	})
}
