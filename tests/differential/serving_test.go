package differential_test

import (
	"encoding/json"
	"os"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"nestor/tests/servers"
)

// Time in which a server that serves has answered, and for which one that does not
// is listened to.
const (
	serves  = 5 * time.Second
	listens = 300 * time.Millisecond
)

func servingConfig() object {
	return object{
		"interfaces-config": object{"interfaces": list{"eth0"}},
		"multi-threading":   object{"enable-multi-threading": false},
		"subnet4":           list{object{"id": 1, "subnet": "10.0.0.0/16", "pools": list{object{"pool": "10.0.0.0/16"}}}},
	}
}

// twice is a configuration that is well-formed but refused: two subnets of one id.
func twice() object {
	return servingConfig().With(object{"subnet4": list{
		object{"id": 1, "subnet": "10.0.0.0/24"}, object{"id": 1, "subnet": "10.1.0.0/24"},
	}})
}

// What leaves a server serving, and what does not.
func TestRefusedConfiguration(t *testing.T) {
	for _, c := range []struct {
		name string
		give func(t *testing.T, s server)
		kea  bool // whether Kea goes on serving, too
	}{
		{"FD.9.7 D4.48.12 PL.5.6 config-set", func(t *testing.T, s server) {
			refused(t, s, "config-set", object{"Dhcp4": twice()})
		}, false},
		{"FD.9.7 D4.1.14 PL.5.4 config-reload", func(t *testing.T, s server) {
			s.Configure(t, twice())
			refused(t, s, "config-reload", nil)
		}, false},
		{"FD.9.7 D4.1.14 SIGHUP", func(t *testing.T, s server) {
			s.Configure(t, twice())
			s.Signal(syscall.SIGHUP)
			s.Logged(t, "DHCP4_DYNAMIC_RECONFIGURATION_FAIL")
		}, false},
		{"D4.1.14 PL.5.4 config-reload of a file with a syntax error", func(t *testing.T, s server) {
			s.Write(t, []byte(`{ "Dhcp4": { "subnet4": [ } }`))
			refused(t, s, "config-reload", nil)
		}, true},
		{"PL.5.5 D4.48.12 config-test", func(t *testing.T, s server) {
			refused(t, s, "config-test", object{"Dhcp4": twice()})
		}, true},
		{"D4.48.12 config-set without arguments and with too many", func(t *testing.T, s server) {
			refused(t, s, "config-set", nil)
			refused(t, s, "config-set", object{"Dhcp4": servingConfig(), "Dhcp6": object{}})
		}, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, m := range []servers.Make{servers.Nestor, servers.Kea} {
				s, r := startOnWire(t, m, servingConfig())
				if !r.responds(t, serves) {
					t.Fatalf("%s does not serve to begin with", m.Name)
				}
				c.give(t, s)
				want, limit := true, serves
				if m.Name == servers.Kea.Name && !c.kea {
					want, limit = false, listens
				}
				if got := r.responds(t, limit); got != want {
					t.Errorf("%s serves afterwards: %v, want %v", m.Name, got, want)
				}
				// The configuration that was refused is shown by neither.
				_, _, arguments := s.Call(t, "config-get", nil)
				if subnets := arguments["Dhcp4"].(map[string]any)["subnet4"].([]any); len(subnets) != 1 {
					t.Errorf("%s shows %d subnets", m.Name, len(subnets))
				}
			}
		})
	}
}

// refused gives a command that must fail.
func refused(t *testing.T, s server, command string, arguments any) {
	t.Helper()
	if code, text, _ := s.Call(t, command, arguments); code != 1 {
		t.Errorf("%s answers %s with %d %s", s.Make.Name, command, code, text)
	}
}

// Service is off and on again for both alike.
func TestDisabledService(t *testing.T) {
	for _, m := range []servers.Make{servers.Nestor, servers.Kea} {
		t.Run("PL.5.8 PL.5.9 D4.48.14 "+m.Name, func(t *testing.T) {
			t.Parallel()
			s, r := startOnWire(t, m, servingConfig())
			for _, step := range []struct {
				command   string
				arguments any
				serves    bool
			}{
				{"dhcp-disable", nil, false},
				{"dhcp-enable", object{"origin": "ha-partner"}, false},
				{"dhcp-enable", nil, true},
				{"dhcp-disable", object{"origin": "ha-partner"}, false},
				{"dhcp-enable", nil, false},
				{"dhcp-enable", object{"origin": "ha-partner"}, true},
				{"dhcp-disable", object{"max-period": 1}, false},
			} {
				if code, text, _ := s.Call(t, step.command, step.arguments); code != 0 {
					t.Fatalf("%s %v: %s", step.command, step.arguments, text)
				}
				limit := listens
				if step.serves {
					limit = serves
				}
				if got := r.responds(t, limit); got != step.serves {
					t.Errorf("after %s %v it serves: %v", step.command, step.arguments, got)
				}
			}
			servers.Eventually(t, 5*time.Second, "service comes back after max-period", func() bool { return r.responds(t, listens) })
		})
	}
}

// shutdown gives the process its exit status.
func TestShutdown(t *testing.T) {
	for _, m := range []servers.Make{servers.Nestor, servers.Kea} {
		t.Run("PL.5.13 D4.48.16 "+m.Name, func(t *testing.T) {
			t.Parallel()
			for _, c := range []struct {
				arguments any
				want      int
			}{{nil, 0}, {object{"exit-value": 7}, 7}} {
				s, _ := startOnWire(t, m, servingConfig())
				if code, text, _ := s.Call(t, "shutdown", c.arguments); code != 0 || text != "Shutting down." {
					t.Errorf("shutdown %v answers %d %q", c.arguments, code, text)
				}
				if got := s.Wait(t); got != c.want {
					t.Errorf("exit status %d after shutdown %v, want %d", got, c.arguments, c.want)
				}
			}
		})
	}
}

// leases-reclaim keeps or deletes what has run out.
func TestReclaim(t *testing.T) {
	for _, remove := range []bool{false, true} {
		name := map[bool]string{false: "kept", true: "removed"}[remove]
		t.Run("PL.5.10 D4.48.15 "+name, func(t *testing.T) {
			t.Parallel()
			var rows [2][]string
			for i, m := range []servers.Make{servers.Kea, servers.Nestor} {
				s, r := startOnWire(t, m, servingConfig().With(object{
					"valid-lifetime":            1,
					"expired-leases-processing": object{"reclaim-timer-wait-time": 0},
				}))
				d := &dialogue{number: 1, yiaddr: anyAddr}
				for range 3 {
					offer := r.exchange(t, build(d, discover(text(12, "name"))))
					d.yiaddr = offer.yiaddr()
					r.exchange(t, build(d, selecting(text(12, "name"))))
					d.number++
				}
				time.Sleep(2100 * time.Millisecond) // leases are timed in seconds
				if code, text, _ := s.Call(t, "leases-reclaim", object{"remove": remove}); code != 0 {
					t.Fatal(text)
				}
				if got := s.Statistic(t, "reclaimed-leases"); got != 3 {
					t.Errorf("%s has reclaimed %d leases", m.Name, got)
				}
				s.Stop(t)
				rows[i] = slices.Sorted(slices.Values(leaseRows(t, s.LeaseFile())))
			}
			if diff := cmp.Diff(rows[0], rows[1]); diff != "" {
				t.Errorf("rows of Kea (-) and Nestor (+):\n%s", diff)
			}
		})
	}
}

// The file that config-write makes is loaded by the server that made it.
func TestConfigWrite(t *testing.T) {
	for _, m := range []servers.Make{servers.Nestor, servers.Kea} {
		t.Run("PL.5.7 D4.48.13 "+m.Name, func(t *testing.T) {
			t.Parallel()
			s, _ := startOnWire(t, m, servingConfig())
			_, _, before := s.Call(t, "config-get", nil)
			if code, text, _ := s.Call(t, "config-write", nil); code != 0 {
				t.Fatal(text)
			}
			written, err := os.ReadFile(s.ConfigFile())
			if err != nil || !json.Valid(written) {
				t.Errorf("config-write leaves no JSON: %v", err)
			}
			if code, text, _ := s.Call(t, "config-reload", nil); code != 0 {
				t.Fatal(text)
			}
			if _, _, after := s.Call(t, "config-get", nil); !cmp.Equal(before, after) {
				t.Errorf("the configuration is another one:\n%s", cmp.Diff(before, after))
			}
		})
	}
}
