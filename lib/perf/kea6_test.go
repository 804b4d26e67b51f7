package perf

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

func TestMain(m *testing.M) { os.Exit(servers.Main(m)) }

// Debian's kea-dhcp6 answers all that the generator sends, and counts as many
// messages of each type as the generator does.
func TestKea6(t *testing.T) {
	a, b := netns.New(t), netns.New(t)
	netns.Veth(t, a, "eth0", "2001:db8:1::1/64", b, "eth0", "2001:db8:1::2/64")
	srv := servers.Kea.Start6(t, a, servers.Object{
		"interfaces-config": servers.Object{"interfaces": servers.List{"eth0/2001:db8:1::1"}},
		"lease-database":    servers.Object{"type": "memfile", "persist": false},
		"multi-threading":   servers.Object{"enable-multi-threading": false},
		"loggers":           servers.List{servers.Object{"name": "kea-dhcp6", "severity": "INFO", "output_options": servers.List{servers.Object{"output": "stdout"}}}},
		"subnet6": servers.List{servers.Object{
			"id": 1, "subnet": "2001:db8:1::/64", "interface": "eth0", "rapid-commit": true,
			"pools":    servers.List{servers.Object{"pool": "2001:db8:1::1:0:0/96"}},
			"pd-pools": servers.List{servers.Object{"prefix": "2001:db8:8000::", "prefix-len": 40, "delegated-len": 64}},
		}},
	})
	const exchanges = 40
	for i, c := range []struct {
		name, flags string
		stages      [kinds]int // messages sent, -1: some
		leases      [2]int     // addresses and prefixes a client
	}{
		{"PL.1.1 SARR of direct clients", "-l eth0", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"PL.1.1 -i is SA", "-l eth0 -i", [kinds]int{exchanges}, [2]int{}},
		{"PL.1.2 avalanche", "-l eth0 --scenario avalanche", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"rapid commit", "-l eth0 -c", [kinds]int{exchanges}, [2]int{1, 0}},
		{"-c and relayed prefixes", "-l eth0 -c -A 1 -e prefix-only", [kinds]int{exchanges}, [2]int{0, 1}},
		{"relayed", "-l eth0 -A 1", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"relayed to a unicast address", "-A 1 2001:db8:1::1", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"relayed by a closed loop", "-l 2001:db8:1::2 -A 1 --in-flight 8", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"32 relays, options of two of them", "-l eth0 -A 32 --or 38,6162 --or 7:37,0000000901", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"several addresses and prefixes", "-l eth0 -A 2 -e address-and-prefix --ias 3", [kinds]int{exchanges, exchanges}, [2]int{3, 3}},
		{"all that fit", "-l eth0 -e address-and-prefix --ias 8", [kinds]int{exchanges, exchanges}, [2]int{8, 8}},
		{"a DUID of the user's", "-l eth0 -b duid=000200000901aabbccddeeff000000", [kinds]int{exchanges, exchanges}, [2]int{1, 0}},
		{"renewals and releases", "-l eth0 -A 1 -e address-and-prefix -r 100 -f 50 -F 30 -W 300000", [kinds]int{exchanges, exchanges, -1, -1}, [2]int{-1, -1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			line := fmt.Sprintf("-6 %s -n %d -R %d -u -d 10", c.flags, exchanges, exchanges)
			if strings.Contains(c.flags, " -i") {
				line = strings.TrimSuffix(line, " -d 10")
			}
			if !strings.Contains(line, "duid=") {
				line += fmt.Sprintf(" -b mac=02:00:00:%02x:00:00", i)
			}
			srv.Call(t, "statistic-reset-all", nil)
			before := [2]int{srv.Statistic(t, "subnet[1].assigned-nas"), srv.Statistic(t, "subnet[1].assigned-pds")}
			r := runIn(t, b, line)
			counted := [kinds]string{"solicit", "request", "renew", "release"}
			for _, s := range r.Stages {
				k := kind(0)
				for stageNames6[k] != s.Name {
					k++
				}
				if want := c.stages[k]; int(s.Sent) != want && (want != -1 || s.Sent == 0) {
					t.Errorf("%s: %d sent, want %d", s.Name, s.Sent, want)
				}
				if s.Received != s.Sent || s.Drops+s.Rejected+s.NonUnique+s.Orphans > 0 {
					t.Errorf("%s: %+v", s.Name, s)
				}
				if got := srv.Statistic(t, "pkt6-"+counted[k]+"-received"); got != int(s.Sent) {
					t.Errorf("%s: the server counts %d queries, the generator %d", s.Name, got, s.Sent)
				}
			}
			if r.Completed != exchanges || r.Malformed+r.TooShort > 0 || r.Family != 6 {
				t.Errorf("%d of %d exchanges done: %+v", r.Completed, exchanges, r)
			}
			for j, name := range []string{"nas", "pds"} {
				got := srv.Statistic(t, "subnet[1].assigned-"+name) - before[j]
				if want := c.leases[j] * exchanges; want >= 0 && got != want {
					t.Errorf("the server leased %d assigned-%s, want %d", got, name, want)
				}
			}
		})
	}
}

// runIn runs a command line in a namespace.
func runIn(t *testing.T, ns *netns.NS, line string) (r *Report) {
	t.Helper()
	err := ns.Do(func() error {
		o, err := Parse(strings.Fields(line))
		if err != nil {
			return err
		}
		r, err = Run(t.Context(), o)
		return err
	})
	if err != nil {
		t.Fatalf("%s: %v", line, err)
	}
	return r
}
