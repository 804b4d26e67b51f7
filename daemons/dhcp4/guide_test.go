package dhcp4

import (
	"testing"

	"nestor/tests/guide"
)

// TestGuide makes the output in the guide anew and compares.
func TestGuide(t *testing.T) {
	e := guide.Explanation{
		Program: "nestor-dhcp4", Mark: "explain", Config: "dhcp4.conf", Words: 2, Run: runTool,
		Query: []string{
			"--interface", "eth0/192.0.2.1",
			"discover", "hw=02:00:00:00:00:02", "requested=192.0.2.160", "prl=1,3,6,15",
		},
	}
	e.Check(t)
}
