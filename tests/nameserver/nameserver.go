// Package nameserver starts real DNS servers for tests, BIND and Knot, on ports of
// the loopback interface, each with a directory of its own that is gone after the
// test. They serve zones that can be updated, with TSIG keys or without.
package nameserver

import (
	"bytes"
	"cmp"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"nestor/tests/peers"
)

// A Key is a TSIG key. Algorithm is in the form of BIND and Knot: hmac-sha256;
// with BIND it may end in the number of bits of a cut signature: hmac-sha256-128.
type Key struct{ Name, Algorithm, Secret string }

// A Zone is one that the server is primary for.
type Zone struct {
	Name string // without final dot
	// Key is the name of the key that updates must be signed with, "" if anybody may
	// update the zone.
	Key string
	// Closed zones take no updates at all.
	Closed bool
}

// A Server is a DNS server that runs.
type Server struct {
	Addr netip.AddrPort
	Dir  string
	dig  string
	cmd  *exec.Cmd
	line []string
	out  *lockedBuffer
}

// BIND starts BIND 9 with the zones, until the end of the test.
func BIND(t testing.TB, keys []Key, zones ...Zone) *Server {
	t.Helper()
	s := prepare(t, "named", zones)
	var b strings.Builder
	fmt.Fprintf(&b, `options { directory %q; pid-file "named.pid"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
	recursion no; dnssec-validation no; empty-zones-enable no; session-keyfile none; notify no; managed-keys-directory %q;
	allow-query { any; }; allow-transfer { any; }; };
controls { };
`, s.Dir, s.Addr.Port(), s.Dir)
	for _, k := range keys {
		fmt.Fprintf(&b, "key %q { algorithm %s; secret %q; };\n", k.Name, k.Algorithm, k.Secret)
	}
	for _, z := range zones {
		who := "any"
		switch {
		case z.Closed:
			who = "none"
		case z.Key != "":
			who = fmt.Sprintf("key %q", z.Key)
		}
		fmt.Fprintf(&b, "zone %q { type primary; file %q; allow-update { %s; }; };\n", z.Name, z.Name+".zone", who)
	}
	s.write(t, "named.conf", b.String())
	s.line = append(s.line, "-g", "-n", "1", "-c", filepath.Join(s.Dir, "named.conf"))
	s.Start(t)
	return s
}

// Knot starts Knot DNS with the zones, until the end of the test.
func Knot(t testing.TB, keys []Key, zones ...Zone) *Server {
	t.Helper()
	s := prepare(t, "knotd", zones)
	var b strings.Builder
	fmt.Fprintf(&b, "server:\n    rundir: %q\n    listen: 127.0.0.1@%d\n", s.Dir, s.Addr.Port())
	fmt.Fprintf(&b, "log:\n  - target: stderr\n    any: info\ndatabase:\n    storage: %q\n", s.Dir)
	if len(keys) > 0 {
		b.WriteString("key:\n")
	}
	for _, k := range keys {
		fmt.Fprintf(&b, "  - id: %s\n    algorithm: %s\n    secret: %s\n", k.Name, k.Algorithm, k.Secret)
	}
	b.WriteString("acl:\n  - id: read\n    address: 127.0.0.1\n    action: transfer\n  - id: open\n    address: 127.0.0.1\n    action: update\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "  - id: by-%s\n    key: %s\n    action: update\n", k.Name, k.Name)
	}
	b.WriteString("zone:\n")
	for _, z := range zones {
		acl := "read"
		switch {
		case z.Key != "":
			acl += ", by-" + z.Key
		case !z.Closed:
			acl += ", open"
		}
		fmt.Fprintf(&b, "  - domain: %s\n    storage: %q\n    file: %s.zone\n    acl: [ %s ]\n    zonefile-sync: -1\n", z.Name, s.Dir, z.Name, acl)
	}
	s.write(t, "knot.conf", b.String())
	s.line = append(s.line, "-c", filepath.Join(s.Dir, "knot.conf"))
	s.Start(t)
	return s
}

// prepare makes the directory and the zone files of a server.
func prepare(t testing.TB, program string, zones []Zone) *Server {
	t.Helper()
	s := &Server{line: []string{peers.Program(t, program)}, dig: peers.Program(t, "dig"), Addr: freePort(t)}
	dir, err := os.MkdirTemp("", "ns")
	if err != nil {
		t.Fatal(err)
	}
	s.Dir = dir
	t.Cleanup(func() { os.RemoveAll(dir) })
	for _, z := range zones {
		s.write(t, z.Name+".zone", fmt.Sprintf("$TTL 300\n@ IN SOA ns.%[1]s. root.%[1]s. 1 3600 600 86400 300\n@ IN NS ns.%[1]s.\nns IN A 127.0.0.1\n", z.Name))
	}
	return s
}

func (s *Server) write(t testing.TB, name, text string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// freePort finds an address of the loopback interface that is free for UDP and TCP.
func freePort(t testing.TB) netip.AddrPort {
	t.Helper()
	for range 50 {
		tcp, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		addr := tcp.Addr().(*net.TCPAddr).AddrPort()
		udp, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(addr))
		tcp.Close()
		if err == nil {
			udp.Close()
			return addr
		}
	}
	t.Fatal("no port is free for both UDP and TCP")
	return netip.AddrPort{}
}

// Start runs the server, after Stop or Kill too, and waits until it answers.
func (s *Server) Start(t testing.TB) {
	t.Helper()
	s.out = &lockedBuffer{}
	s.cmd = exec.Command(s.line[0], s.line[1:]...)
	s.cmd.Stdout, s.cmd.Stderr = s.out, s.out
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := s.cmd
	stop := sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGCONT)
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		if out, err := s.digs("+tries=1", "+time=1", ".", "SOA"); err == nil && strings.Contains(out, "status:") {
			return
		}
		if time.Now().After(end) {
			stop()
			t.Fatalf("%s does not answer:\n%s", s.line[0], s.out)
		}
	}
}

// PID is the process id of the server.
func (s *Server) PID() int { return s.cmd.Process.Pid }

// Signal sends a signal to the server: SIGSTOP lets it hang, SIGCONT go on.
func (s *Server) Signal(sig syscall.Signal) { _ = s.cmd.Process.Signal(sig) }

// Stop ends the server.
func (s *Server) Stop() {
	_ = s.cmd.Process.Signal(syscall.SIGTERM)
	_ = s.cmd.Wait()
}

// Log is what the server wrote.
func (s *Server) Log() string { return s.out.String() }

func (s *Server) digs(args ...string) (string, error) {
	out, err := exec.Command(s.dig, append([]string{"@127.0.0.1", "-p", fmt.Sprint(s.Addr.Port())}, args...)...).CombinedOutput()
	return string(out), err
}

// Dig asks the server and returns the answers, sorted, one a line.
func (s *Server) Dig(t testing.TB, name, rtype string) string {
	t.Helper()
	out, err := s.digs("+norecurse", "+short", name, rtype)
	if err != nil {
		t.Fatalf("dig %s %s: %v\n%s", name, rtype, err, out)
	}
	lines := strings.Fields(strings.ReplaceAll(out, " ", ""))
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Records are all records of a zone but those that it began with, sorted: name, TTL,
// type and data, as dig shows them.
func (s *Server) Records(t testing.TB, zone string) []string {
	t.Helper()
	out, err := s.digs("+noall", "+answer", "+onesoa", zone, "AXFR")
	if err != nil || strings.Contains(out, "Transfer failed") {
		t.Fatalf("transfer of %s: %v\n%s", zone, err, out)
	}
	var records []string
	for line := range strings.Lines(out) {
		f := strings.Fields(line)
		if len(f) < 5 || f[3] == "SOA" || f[3] == "NS" || strings.HasPrefix(f[0], "ns.") {
			continue
		}
		// Long data may be shown in pieces.
		records = append(records, strings.Join([]string{f[0], f[1], f[3], strings.Join(f[4:], "")}, " "))
	}
	slices.SortFunc(records, cmp.Compare[string])
	return records
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
