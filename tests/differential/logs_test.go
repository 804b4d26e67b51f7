package differential_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// logFields are severity, logger, identifier and text of a line.
var logFields = regexp.MustCompile(`^\S+ \S+ +(\w+) +\[([\w.-]+)/[\d.]+\] (\w+) (.*)$`)

// otherLogs are messages that the servers cannot have alike, with the reasons. DHCPN
// stands for both families.
var otherLogs = map[string]string{
	"DHCPN_STARTING":             ownProgram,
	"DHCPN_STARTED":              ownProgram,
	"DHCPN_DEVELOPMENT_VERSION":  "2.2.0 is a stable version, 2.7 is not",
	"DHCPN_MULTI_THREADING_INFO": "2.2.0 differs from 2.7: it is a warning there",
	"DHCPN_SHUTDOWN":             "2.2.0 differs from 2.7: it is of INFO there, ARM 26 has it at debug level 40",
	"DHCPSRV_MEMFILE_DB":         "2.2.0 differs from 2.7: it shows no default values",
}

// onReload are messages that Kea has of each reconfiguration, for which it opens its
// lease file again.
var onReload = []string{"DHCPSRV_MEMFILE_DB", "DHCPSRV_MEMFILE_LEASE_FILE_LOAD"}

// TestLogs compares what both servers log, from INFO on, when they start, are given a
// configuration again, and end (D6.40.5, PL.3.10).
func TestLogs(t *testing.T) {
	networks := func(family, address, prefix string, subnet object) object {
		return object{
			"interfaces-config": object{"interfaces": list{"eth0"}}, "multi-threading": object{"enable-multi-threading": false},
			"renew-timer": 1000, "rebind-timer": 2000, "valid-lifetime": 4000,
			"shared-networks": list{object{"name": "n", "subnet" + family: list{object{"id": 2, "subnet": prefix}.With(subnet)}}},
			"subnet" + family: list{object{"id": 1, "subnet": address, "valid-lifetime": 5000, "min-valid-lifetime": 4000, "pools": list{object{"pool": address}}}},
			"loggers":         list{object{"name": "kea-dhcp" + family, "severity": "INFO", "output_options": list{object{"output": "stdout"}}}},
		}
	}
	for family, conf := range map[string]object{
		"4": networks("4", "10.1.0.0/16", "10.2.0.0/16", nil).With(object{"interfaces-config": object{"interfaces": list{"eth0"}, "dhcp-socket-type": "udp"}}),
		"6": networks("6", "2001:db8:5::/64", "2001:db8:2::/64", object{"rapid-commit": true}).With(object{
			"interfaces-config": object{"interfaces": list{"eth0", "eth0/" + server6Addr}}, "preferred-lifetime": 3000,
			"server-id": object{"type": "EN", "enterprise-id": 2495, "identifier": "010203", "persist": false},
		}),
	} {
		t.Run("D6.40.5 PL.3.10 DHCPv"+family, func(t *testing.T) {
			t.Parallel()
			nestor, kea := logOf(t, servers.Nestor, family, conf), logOf(t, servers.Kea, family, conf)
			for _, line := range kea {
				if !slices.Contains(nestor, line) {
					t.Errorf("Kea alone has\n%s", line)
				}
			}
			for _, line := range nestor {
				if !slices.Contains(kea, line) {
					t.Errorf("Nestor alone has\n%s", line)
				}
			}
			if len(kea) < 10 {
				t.Errorf("there are only %d lines to compare", len(kea))
			}
		})
	}
}

// logOf is what a server logs from its start over a reconfiguration to its end: the
// lines that can be compared, without times and directories, each once.
func logOf(t *testing.T, m servers.Make, family string, conf object) (lines []string) {
	ns, client := netns.New(t), netns.New(t)
	var srv *servers.Server
	if family == "4" {
		netns.Veth(t, ns, "eth0", "192.0.2.1/24", client, "eth0", "192.0.2.2/24")
		srv = m.Start(t, ns, conf)
	} else {
		netns.Veth(t, ns, "eth0", server6Addr+"/64", client, "eth0", client6Addr+"/64")
		srv = m.Start6(t, ns, conf)
	}
	srv.Signal(syscall.SIGHUP)
	servers.Eventually(t, 10*time.Second, "the server is configured again", func() bool {
		return strings.Contains(srv.Log(), "_DYNAMIC_RECONFIGURATION_SUCCESS")
	})
	srv.Stop(t)
	reloaded := false
	for line := range strings.Lines(srv.Log()) {
		f := logFields.FindStringSubmatch(strings.TrimSpace(line))
		if f == nil {
			continue
		}
		id := strings.Replace(f[3], "DHCP"+family+"_", "DHCPN_", 1)
		reloaded = reloaded || id == "DHCPN_DYNAMIC_RECONFIGURATION"
		if otherLogs[id] != "" || reloaded && slices.Contains(onReload, id) {
			continue
		}
		text := strings.ReplaceAll(f[4], srv.Dir, "DIR")
		if again := fmt.Sprintf("%s [%s] %s %s", f[1], f[2], f[3], strings.TrimRight(text, " ")); !slices.Contains(lines, again) {
			lines = append(lines, again)
		}
	}
	return lines
}
