package dhcp6

import (
	"strings"
	"testing"

	"nestor/lib/control"
	"nestor/lib/stats"
)

// D6.38.2 D6.8.3 PL.6.1: totals beyond 64 bits are plain numbers in answers, those of
// Kea's big integers.
func TestBigTotals(t *testing.T) {
	const big = `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/48", "pools": [ { "pool": "2001:db8:1:1::/64" }, { "pool": "2001:db8:1:2::/64", "pool-id": 7 } ],
		"pd-pools": [ { "prefix": "2001:db8:8000::", "prefix-len": 33, "delegated-len": 128 } ] } ]`
	l := newLife(t, big)
	commands := control.NewRegistry(l.srv.log.dhcp6)
	stats.RegisterCommands(commands, l.srv.Statistics())
	answer := func(name string) string {
		t.Helper()
		var found string
		a := commands.Call(t.Context(), &control.Request{Command: "statistic-get-all"})
		if samples := a.Args.Get(name); samples != nil && len(samples.List) > 0 {
			found = samples.List[0].List[0].String()
		}
		return found
	}
	for name, want := range map[string]string{
		"subnet[1].total-nas":            "36893488147419103232",
		"subnet[1].pool[0].total-nas":    "18446744073709551616",
		"subnet[1].pool[7].total-nas":    "18446744073709551616",
		"subnet[1].total-pds":            "39614081257132168796771975168",
		"subnet[1].pd-pool[0].total-pds": "39614081257132168796771975168",
		"subnet[1].assigned-nas":         "0",
	} {
		if got := answer(name); got != want {
			t.Errorf("PL.6.1 %s is %s, want %s", name, got, want)
		}
	}
	for name, value := range l.srv.Statistics().Values() {
		if strings.HasSuffix(name, "].total-nas") && value < 1e19 {
			t.Errorf("%s is %g to Prometheus", name, value)
		}
	}
	l.configure(twoPools)
	if got := answer("subnet[1].total-nas"); got != "10" {
		t.Errorf("after another configuration the total is %s", got)
	}
}
