package dhcp6

import (
	"testing"

	"nestor/tests/guide"
)

// TestGuide makes the output in the guide anew and compares.
func TestGuide(t *testing.T) {
	e := guide.Explanation{
		Program: "nestor-dhcp6", Mark: "explain6", Config: "dhcp6.conf", Words: 2, Run: runTool,
		Query: []string{
			"--interface", "eth0",
			"request", "client-id=00030001020000000001", "server-id=0002000009bf010203",
			"ia-na=1", "ia-pd=1,::/60", "oro=23,24", "relay=fe80::200:ff:fe00:1,2001:db8:1::1",
		},
	}
	e.Check(t)
}
