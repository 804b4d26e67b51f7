package logging

import (
	"bytes"
	"net"
	"strconv"
	"strings"
	"sync"
	"time"
)

// facilities are the syslog facilities by name, in the order of their codes
// (RFC 3164, 4.1.1; those without a common name are left out).
var facilities = map[string]int{
	"kern": 0, "user": 1, "mail": 2, "daemon": 3, "auth": 4, "security": 4, "syslog": 5, "lpr": 6,
	"news": 7, "uucp": 8, "cron": 9, "authpriv": 10, "ftp": 11, "local0": 16, "local1": 17,
	"local2": 18, "local3": 19, "local4": 20, "local5": 21, "local6": 22, "local7": 23,
}

const defaultFacility = 16 // local0, ARM 19.1.3

// facilityCode finds a facility in any case; "" is the default.
func facilityCode(name string) (code int, ok bool) {
	if name == "" {
		return defaultFacility, true
	}
	code, ok = facilities[strings.TrimPrefix(strings.ToLower(name), "log_")]
	if !ok {
		return defaultFacility, false
	}
	return code, true
}

// syslogSeverity is the syslog severity of a line (RFC 3164, 4.1.1).
func syslogSeverity(s Severity) int {
	switch s {
	case Debug:
		return 7
	case Info:
		return 6
	case Warn:
		return 4
	case Error:
		return 3
	}
	return 2
}

// syslogOutput sends lines to the local syslog daemon, one datagram each. The
// daemon may come and go: each line that finds no connection tries to make one.
type syslogOutput struct {
	path     string
	facility int
	ident    string

	mu      sync.Mutex
	conn    net.Conn
	buf     []byte
	trouble troubles
}

func newSyslogOutput(s *System, d destination) *syslogOutput {
	return &syslogOutput{
		path: s.syslogPath, facility: d.facility, ident: s.root,
		trouble: troubles{to: s.stderr, what: "syslog"},
	}
}

func (o *syslogOutput) write(now time.Time, sev Severity, line []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.buf = append(o.buf[:0], '<')
	o.buf = strconv.AppendInt(o.buf, int64(o.facility*8+syslogSeverity(sev)), 10)
	o.buf = append(o.buf, '>')
	o.buf = now.AppendFormat(o.buf, time.Stamp)
	o.buf = append(o.buf, ' ')
	o.buf = append(o.buf, o.ident...)
	o.buf = append(o.buf, ": "...)
	o.buf = append(o.buf, bytes.TrimRight(line, "\n")...)
	if err := o.send(); err != nil {
		o.trouble.report(now, err)
	}
}

// send writes the datagram, once more on a fresh connection when the old one
// turns out to be dead.
func (o *syslogOutput) send() error {
	if o.conn != nil {
		if _, err := o.conn.Write(o.buf); err == nil {
			return nil
		}
		o.conn.Close()
		o.conn = nil
	}
	conn, err := net.Dial("unixgram", o.path)
	if err != nil {
		return err
	}
	o.conn = conn
	_, err = conn.Write(o.buf)
	return err
}

// release does nothing: each line is a datagram of its own.
func (o *syslogOutput) release(time.Time) {}

func (o *syslogOutput) reopen() error { return o.close() }

func (o *syslogOutput) close() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.conn == nil {
		return nil
	}
	err := o.conn.Close()
	o.conn = nil
	return err
}
