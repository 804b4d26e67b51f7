package logging

import (
	"net"
	"path/filepath"
	"regexp"
	"testing"
	"time"
)

// listen is a syslog daemon at path.
func listen(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	conn, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: path, Net: "unixgram"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

func receive(t *testing.T, conn *net.UnixConn) string {
	t.Helper()
	conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	var buf [2048]byte
	n, err := conn.Read(buf[:])
	if err != nil {
		t.Fatal(err)
	}
	return string(buf[:n])
}

func TestSyslog(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	daemon := listen(t, path)
	for _, tc := range []struct {
		name, output string
		msg          *Message
		want         string
	}{
		{"PL.3.8 default pattern and facility", "syslog", testWarn,
			`^<132>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d kea-dhcp4: WARN  \[kea-dhcp4\.leases\.\d+\] TEST_WARN a warning$`},
		{"facility", "syslog:daemon", testFatal, `^<26>.* kea-dhcp4: FATAL `},
		{"facility in capitals", "syslog:LOCAL7", testError, `^<187>.*ERROR`},
		{"unknown facility", "syslog:nowhere", testInfo, `^<134>.*INFO`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := newConsole(t)
			c.syslogPath = path
			o := out(tc.output)
			o.Pattern = ""
			c.configure(t, false, entry("*", "INFO", o))
			if tc.msg == testInfo {
				// The configuration itself is complained about first.
				if got := receive(t, daemon); !regexp.MustCompile("LOG_BAD_DESTINATION.*syslog:nowhere").MatchString(got) {
					t.Errorf("got %q", got)
				}
			}
			c.Logger("leases").Log(tc.msg)
			if got := receive(t, daemon); !regexp.MustCompile(tc.want).MatchString(got) {
				t.Errorf("got %q, which does not match %s", got, tc.want)
			}
		})
	}
}

func TestSyslogRestarts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "log")
	c := newConsole(t)
	c.syslogPath = path
	c.configure(t, false, entry("*", "", out("syslog")))
	c.Logger("").Log(testWarn) // nobody listens
	first := listen(t, path)
	c.Logger("").Log(testError)
	receive(t, first)
	first.Close()
	second := listen(t, path+"2")
	c.outputs[outputKey{kind: toSyslog, facility: defaultFacility}].(*syslogOutput).path = path + "2"
	c.Logger("").Log(testFatal)
	if got := receive(t, second); !regexp.MustCompile("TEST_FATAL the end$").MatchString(got) {
		t.Errorf("got %q", got)
	}
}
