package torture_test

import (
	"strings"
	"syscall"
	"testing"

	"nestor/tests/netns"
	"nestor/tests/servers"
)

// Two servers on one lease file would give addresses twice: the second one is
// refused, at its start and when it is reconfigured, until the first one is gone.
func TestTwoWriters(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		config := func(file string) servers.Object {
			return servers.Object{"lease-database": servers.Object{"type": "memfile", "name": file, "lfc-interval": 0}}
		}
		first := f.server(servers.Nestor, netns.New(t), servers.Dir(t))
		first.Configure(t, config(first.LeaseFile()))
		first.Run(t)
		second := f.server(servers.Nestor, netns.New(t), servers.Dir(t))
		second.Configure(t, config(first.LeaseFile()))
		out, err := second.Command(t, "-c", second.ConfigFile()).CombinedOutput()
		if err == nil || !strings.Contains(string(out), "the lease file "+first.LeaseFile()+" belongs to another server that is running") {
			t.Errorf("the second server ends with %v\n%s", err, out)
		}

		second.Configure(t, config(second.LeaseFile()))
		second.Run(t)
		second.Configure(t, config(first.LeaseFile()))
		if result, text, _ := second.Call(t, "config-reload", nil); result != 1 || !strings.Contains(text, "belongs to another server") {
			t.Errorf("config-reload onto the file answers %d %s", result, text)
		}
		if result, text, _ := second.Call(t, "leases-reclaim", servers.Object{"remove": false}); result != 0 {
			t.Errorf("after the refusal leases-reclaim answers %d %s", result, text)
		}
		first.SignalAndWait(t, syscall.SIGKILL)
		if result, text, _ := second.Call(t, "config-reload", nil); result != 0 {
			t.Errorf("with the first server gone config-reload answers %d %s", result, text)
		}
	})
}
