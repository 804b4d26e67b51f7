package dhcp4

import (
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// plain is a configuration with one subnet and a pool of ten addresses.
const plain = `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] } ]`

func TestLeaseFromDiscoverToRelease(t *testing.T) {
	ts := newTestServer(t, plain)
	ack := ts.lease(1)
	if got := ack.YourIPAddr.String(); got != "192.0.2.10" {
		t.Errorf("first address is %s, want that of the pool's start", got)
	}
	if l := ts.stored("192.0.2.10"); l == nil || l.ValidLft != 7200 || string(l.HWAddr) != string(mac(1)) {
		t.Errorf("stored lease is %+v", l)
	}
	if ts.one(from{src: ip("192.0.2.10"), dst: ip("192.0.2.1")}, query(dhcpv4.MessageTypeRelease, 1, ciaddr("192.0.2.10"))) != nil {
		t.Error("a release was answered")
	}
	if n := ts.stat("subnet[1].assigned-addresses"); n != 0 {
		t.Errorf("assigned-addresses is %d after the release", n)
	}
}
