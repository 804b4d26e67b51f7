package logging

import (
	"strings"
	"testing"

	"nestor/lib/config"
)

// What a client or a command has sent neither begins a line of its own in the log
// nor reaches the terminal as an escape sequence.
func TestOneLineAMessage(t *testing.T) {
	m := Define("ONE_LINE", Info, 0, "received %1")
	var console strings.Builder
	sys := New("oneline")
	sys.SetConsole(&console, &console)
	defer sys.Close()
	out := config.LogOutput{Output: "stdout", Pattern: "%m%n", Flush: true}
	if err := sys.Configure([]*config.Logger{{Name: "oneline", Severity: "INFO", Outputs: []config.LogOutput{out}}}, false); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ sent, want string }{
		{"plain, µs and \\n", "plain, µs and \\n"},
		{"x\n2026-11-21 16:39:58.835 FATAL [forged/1.1] NOTHING", `x\n2026-11-21 16:39:58.835 FATAL [forged/1.1] NOTHING`},
		{"\x1b[2J\r\x00\t\x7f", `\x1b[2J\x0d\x00\t\x7f`},
	} {
		console.Reset()
		sys.Logger("").Log(m, c.sent)
		if got := console.String(); got != "ONE_LINE received "+c.want+"\n" {
			t.Errorf("got %q for %q", got, c.sent)
		}
	}
}
