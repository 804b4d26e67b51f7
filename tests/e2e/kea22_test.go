package e2e_test

import (
	"strings"
	"testing"
)

// kea22 lists where Debian's Kea, 2.2.0, does otherwise than the reference: the
// checklist id and what it does instead. The expected value is the reference's;
// these facts are tested with Nestor alone.
var kea22 = map[string]string{
	"D4.1.5":  "has no -T",
	"D4.1.6":  "has no -T",
	"D4.8.7":  "answers once for each address of the interface, as the reference does; Nestor answers once",
	"D4.8.12": "does not refuse raw sockets on the loopback when it checks a file",
	"FD.10.3": "gives its files what the umask that it was started with leaves",
	"FD.1.4":  "does not say which options make a reply too long",
	"FD.2.2":  "sends the frame to the client's address alone",
	"FD.2.3":  "sends the frame to the client's address alone, broadcast flag or not",
	"FD.2.4":  "sends the frame to the client's address alone, broadcast flag or not",
	"FD.2.9":  "understands the zero-length form, as Nestor does and the reference does not",
}

// fact runs a subtest whose name begins with the ids of the facts that it
// shows. Where Debian's Kea is known to differ there is none for it.
func (s suite) fact(t *testing.T, name string, test func(t *testing.T)) {
	t.Helper()
	if s.is22() {
		for _, id := range strings.Fields(name) {
			if _, differs := kea22[id]; differs {
				return
			}
		}
	}
	t.Run(name, test)
}
