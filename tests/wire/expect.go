package wire

import (
	"net"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"
)

// WantType fails the test when an answer is of another type.
func (f *Frame) WantType(t testing.TB, want dhcpv4.MessageType) {
	t.Helper()
	if got := f.Msg.MessageType(); got != want {
		t.Errorf("answered with %s, want %s: %s", got, want, f)
	}
}

// WantTo fails the test when an answer went elsewhere: IP destination with port,
// and link-layer destination.
func (f *Frame) WantTo(t testing.TB, dst string, mac net.HardwareAddr) {
	t.Helper()
	if f.Dst.String() != dst || f.To.String() != mac.String() {
		t.Errorf("the answer went to %s at %s, want %s at %s", f.Dst, f.To, dst, mac)
	}
}

// Codes are the codes of the options in the order of the packet, without END.
func (f *Frame) Codes(t testing.TB) []uint8 {
	t.Helper()
	var codes []uint8
	for rest := f.Payload[240:]; len(rest) > 0 && rest[0] != 255; {
		if rest[0] == 0 {
			rest = rest[1:]
			continue
		}
		if len(rest) < 2 || len(rest) < 2+int(rest[1]) {
			t.Fatalf("option %d is cut short", rest[0])
		}
		codes = append(codes, rest[0])
		rest = rest[2+int(rest[1]):]
	}
	return codes
}
