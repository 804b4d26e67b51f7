package dhcp4

import (
	"strings"
	"testing"

	"nestor/lib/element"
)

// What is told of threads is what there is, not the 0 that asks for it.
func TestShownThreads(t *testing.T) {
	for _, c := range []struct{ name, conf, status, logged string }{
		{"PL.5.15 automatic", ``, `"packet-queue-size": 64, "packet-queue-statistics": [ 0.0, 0.0, 0.0 ], "sockets": { "status": "ready" }, "thread-pool-size": 1 }`, "enabled: yes, number of threads: 1, queue size: 64"},
		{"PL.5.15 configured", `"multi-threading": { "enable-multi-threading": true, "thread-pool-size": 12, "packet-queue-size": 100 }, `,
			`"packet-queue-size": 100, "packet-queue-statistics": [ 0.0, 0.0, 0.0 ], "sockets": { "status": "ready" }, "thread-pool-size": 12 }`, "enabled: yes, number of threads: 12, queue size: 100"},
		{"PL.5.15 off", `"multi-threading": { "enable-multi-threading": false, "thread-pool-size": 12 }, `,
			`"multi-threading-enabled": false, "sockets": { "status": "ready" } }`, "enabled: no, number of threads: 0, queue size: 0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf+plain)
			status := element.NewMap()
			ts.srv.Status(status)
			if text := status.String(); !strings.Contains(text, c.status) {
				t.Errorf("status-get has %s, want %s", text, c.status)
			}
			if text := ts.log.String(); !strings.Contains(text, "DHCP4_MULTI_THREADING_INFO "+c.logged) {
				t.Errorf("the log is\n%s", text)
			}
		})
	}
}
