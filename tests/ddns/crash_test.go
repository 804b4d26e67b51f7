package ddns

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/lib/ncr"
	"nestor/tests/nameserver"
	"nestor/tests/servers"
)

// The daemon is killed again and again while requests come and wait. With the
// journal, each name that it was asked for is in DNS in the end.
func TestKilled(t *testing.T) {
	s := nameserver.BIND(t, []nameserver.Key{key}, zones...)
	d := newDDNS(t, nestor(t), s.Addr, `"ncr-journal": "DIR/journal",`)
	const rounds, each = 10, 150
	waited := 0
	for round := range rounds {
		d.start(t)
		hung := round%2 == 1
		if hung {
			s.Signal(syscall.SIGSTOP)
		}
		for k := range each {
			n := round*each + k
			r := req(false, fmt.Sprintf("h%d.example.org.", n), fmt.Sprintf("10.1.%d.%d", n/250, n%250), 0, ncr.CheckWithDHCID)
			r.DHCID = fmt.Appendf(nil, "client%d", n)
			d.send(t, r)
		}
		d.drained(t)
		d.kill()
		waited += pending(t, d.dir+"/journal")
		if hung {
			s.Signal(syscall.SIGCONT)
		}
	}
	if waited < each {
		t.Errorf("only %d requests were waiting when it was killed: this shows little", waited)
	}
	t.Logf("%d requests were waiting when the daemon was killed", waited)
	d.start(t)
	servers.Eventually(t, 60*time.Second, "all names are in DNS", func() bool {
		return len(s.Records(t, "example.org")) == 2*rounds*each && len(s.Records(t, "10.in-addr.arpa")) == 2*rounds*each
	})
	servers.Eventually(t, 10*time.Second, "the journal is empty", func() bool { return pending(t, d.dir+"/journal") == 0 })
	if strings.Contains(d.log(), "DHCP_DDNS_JOURNAL_CORRUPT") || strings.Contains(d.log(), "_FAILED") {
		t.Errorf("something went wrong:\n%.3000s", d.log())
	}
}

// drained waits until the daemon has read all that was sent to it. What it has not
// read is in no journal.
func (d *ddns) drained(t *testing.T) {
	t.Helper()
	servers.Eventually(t, 20*time.Second, "the socket is read", func() bool {
		table, err := os.ReadFile("/proc/net/udp")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(table)) {
			f := strings.Fields(line)
			if len(f) > 12 && f[1] == fmt.Sprintf("0100007F:%04X", d.port) {
				if f[12] != "0" {
					t.Fatalf("the kernel has dropped %s requests", f[12])
				}
				return strings.HasSuffix(f[4], ":00000000")
			}
		}
		return false
	})
	time.Sleep(10 * time.Millisecond) // from the socket into the journal
}

// pending is how many requests a journal has that are not done.
func pending(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		switch line[0] {
		case '+':
			n++
		case '-':
			n--
		}
	}
	return n
}
