package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"nestor/lib/ncr"
)

// namesInFlight is how many requests are kept waiting at a daemon.
const namesInFlight = 512

const namesSecret = "LSWXnfkKZjdPJI5QxlpnfQ=="

// names measures how many name change requests the DDNS daemons carry out in one
// BIND, each an added name and its pointer in zones of its own, signed.
func names(ctx context.Context, b *bench) error {
	daemons := []struct{ name, program string }{
		{nestor, filepath.Join(b.bin, "nestor-ddns")},
		{kea, peerProgram(b.root, "kea-dhcp-ddns")},
	}
	named := peerProgram(b.root, "named")
	for _, needed := range []string{named, daemons[0].program, daemons[1].program} {
		if !exists(needed) {
			fmt.Printf("not measured: there is no %s; run make build and scripts/test-deps\n", needed)
			return nil
		}
	}
	server, err := startNamed(named)
	if err != nil {
		return err
	}
	defer server.stop()
	found := map[string]*namesReading{}
	for i, d := range daemons {
		r, err := b.measureNames(ctx, d.name, d.program, i+1, server)
		if err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
		fmt.Printf("%-8s %8.0f requests/s, %6.1f CPU µs a request; BIND %6.1f CPU µs a request, on %.2f cores\n",
			d.name, r.rate(), micros(r.cpu)/float64(r.done), micros(r.named)/float64(r.done), r.named.Seconds()/r.wall.Seconds())
		found[d.name] = r
	}
	b.aim("name change requests/s, nestor : kea", found[nestor].rate(), found[kea].rate(), true, 2)
	b.aim("CPU a name change request, nestor : kea", float64(found[nestor].cpu)/float64(found[nestor].done),
		float64(found[kea].cpu)/float64(found[kea].done), false, 1.0/3)
	return nil
}

// namesReading is what one daemon did.
type namesReading struct {
	done             int
	wall, cpu, named time.Duration
}

func (r *namesReading) rate() float64 { return float64(r.done) / r.wall.Seconds() }

// peerProgram is a foreign program as scripts/test-deps leaves it.
func peerProgram(root, name string) string {
	cache := os.Getenv("NESTOR_CACHE")
	if cache == "" {
		cache = filepath.Join(root, ".cache")
	}
	return filepath.Join(cache, "bin", name)
}

// child is a program that runs beside the benchmark.
type child struct {
	process
	cmd  *exec.Cmd
	dir  string
	port int
}

func (c *child) stop() {
	_ = c.cmd.Process.Signal(syscall.SIGTERM)
	_ = c.cmd.Wait()
	os.RemoveAll(c.dir)
}

// run starts a program whose output goes to a file in its directory.
func (c *child) run(program string, args ...string) error {
	out, err := os.Create(filepath.Join(c.dir, "output"))
	if err != nil {
		return err
	}
	defer out.Close()
	c.cmd = exec.Command(program, args...)
	c.cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+c.dir, "KEA_LOCKFILE_DIR="+c.dir)
	c.cmd.Stdout, c.cmd.Stderr = out, out
	c.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := c.cmd.Start(); err != nil {
		return err
	}
	c.process = process(c.cmd.Process.Pid)
	return nil
}

// await waits until the program's UDP port is open.
func (c *child) await() error {
	want := fmt.Sprintf(":%04X 00000000:0000", c.port)
	for range 400 {
		table, err := os.ReadFile("/proc/net/udp")
		if err != nil {
			return err
		}
		if strings.Contains(string(table), want) {
			return nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	text, _ := os.ReadFile(filepath.Join(c.dir, "output"))
	return fmt.Errorf("port %d is not open after 20 s: …%s", c.port, text[max(0, len(text)-1500):])
}

// startNamed starts BIND with two pairs of zones, in memory if possible: each update
// is synced to its journal, and disks differ.
func startNamed(program string) (*child, error) {
	place := "/dev/shm"
	if !exists(place) {
		place = ""
	}
	dir, err := os.MkdirTemp(place, "nestor-bench-named-")
	if err != nil {
		return nil, err
	}
	c := &child{dir: dir}
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	var conf bytes.Buffer
	fmt.Fprintf(&conf, `options { directory %q; pid-file "named.pid"; listen-on port %d { 127.0.0.1; }; listen-on-v6 { none; };
	recursion no; dnssec-validation no; empty-zones-enable no; session-keyfile none; notify no; managed-keys-directory %q; };
controls { };
logging { category default { null; }; category general { default_stderr; }; };
key "bench" { algorithm hmac-sha256; secret %q; };
`, dir, c.port, dir, namesSecret)
	for _, zone := range []string{"z1.test", "z2.test", "1.10.in-addr.arpa", "2.10.in-addr.arpa"} {
		fmt.Fprintf(&conf, "zone %q { type primary; file %q; allow-update { key bench; }; };\n", zone, zone)
		text := "$TTL 300\n@ IN SOA ns.test. root.test. 1 3600 600 86400 300\n@ IN NS ns.test.\n"
		if err := os.WriteFile(filepath.Join(dir, zone), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "named.conf"), conf.Bytes(), 0o644); err != nil {
		return nil, err
	}
	if err := c.run(program, "-g", "-c", filepath.Join(dir, "named.conf")); err != nil {
		return nil, err
	}
	if err := c.await(); err != nil {
		c.stop()
		return nil, err
	}
	for range 100 {
		if text, _ := os.ReadFile(filepath.Join(dir, "output")); bytes.Contains(text, []byte("all zones loaded")) {
			return c, nil
		}
		time.Sleep(50 * time.Millisecond)
	}
	c.stop()
	return nil, errors.New("BIND does not load its zones")
}

func freePort() (int, error) {
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port, nil
}

// measureNames runs a daemon, which has the zones of a number to itself.
func (b *bench) measureNames(ctx context.Context, name, program string, zone int, server *child) (*namesReading, error) {
	b.servers++
	c := &child{dir: filepath.Join(b.dir, fmt.Sprintf("%d", b.servers))}
	if err := os.Mkdir(c.dir, 0o750); err != nil {
		return nil, err
	}
	var err error
	if c.port, err = freePort(); err != nil {
		return nil, err
	}
	at := fmt.Sprintf(`"key-name": "bench", "dns-servers": [ { "ip-address": "127.0.0.1", "port": %d } ]`, server.port)
	conf := fmt.Sprintf(`{ "DhcpDdns": { "port": %d, "dns-server-timeout": 10000,
		"tsig-keys": [ { "name": "bench", "algorithm": "HMAC-SHA256", "secret": %q } ],
		"forward-ddns": { "ddns-domains": [ { "name": "z%d.test.", %s } ] },
		"reverse-ddns": { "ddns-domains": [ { "name": "%d.10.in-addr.arpa.", %s } ] },
		"loggers": [ { "name": "kea-dhcp-ddns", "severity": "INFO", "output_options": [ { "output": "%s/log", "maxsize": 0 } ] } ] } }`,
		c.port, namesSecret, zone, at, zone, at, c.dir)
	if err := os.WriteFile(filepath.Join(c.dir, "ddns.conf"), []byte(conf), 0o644); err != nil {
		return nil, err
	}
	if err := c.run(program, "-c", filepath.Join(c.dir, "ddns.conf")); err != nil {
		return nil, err
	}
	defer func() {
		_ = c.cmd.Process.Kill()
		_ = c.cmd.Wait()
	}()
	if err := c.await(); err != nil {
		return nil, err
	}
	l, err := newNamesLoad(c, zone)
	if err != nil {
		return nil, err
	}
	defer l.close()
	// A part of the time to warm up, then what is measured.
	if _, err := l.keep(ctx, b.window/3); err != nil {
		return nil, err
	}
	before, err := spent(c, server)
	if err != nil {
		return nil, err
	}
	r := &namesReading{}
	begun := time.Now()
	if r.done, err = l.keep(ctx, max(b.window, time.Second)); err != nil {
		return nil, err
	}
	r.wall = time.Since(begun)
	after, err := spent(c, server)
	if err != nil {
		return nil, err
	}
	r.cpu, r.named = after[0]-before[0], after[1]-before[1]
	return r, nil
}

// spent is the CPU time of both programs so far.
func spent(daemon, server *child) (cpu [2]time.Duration, err error) {
	if cpu[0], err = daemon.cpu(); err == nil {
		cpu[1], err = server.cpu()
	}
	return cpu, err
}

// namesLoad keeps a number of requests waiting at a daemon. Requests have no answers:
// the daemon's log tells of each that is done.
type namesLoad struct {
	conn       net.Conn
	log        *os.File
	zone       int
	sent, done int
	rest       []byte // of the log, an unfinished line
	buf        [1 << 16]byte
}

func newNamesLoad(c *child, zone int) (*namesLoad, error) {
	conn, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", c.port))
	if err != nil {
		return nil, err
	}
	log, err := os.Open(filepath.Join(c.dir, "log"))
	if err != nil {
		return nil, err
	}
	return &namesLoad{conn: conn, log: log, zone: zone}, nil
}

func (l *namesLoad) close() {
	l.conn.Close()
	l.log.Close()
}

// keep sends for a time and returns how many requests were done in it.
func (l *namesLoad) keep(ctx context.Context, window time.Duration) (done int, err error) {
	begun := l.done
	progress := time.Now()
	for end := time.Now().Add(window); time.Now().Before(end) && ctx.Err() == nil; {
		for l.sent-l.done < namesInFlight {
			if err := l.send(); err != nil {
				return 0, err
			}
		}
		before := l.done
		if err := l.read(); err != nil {
			return 0, err
		}
		if l.done > before {
			progress = time.Now()
		} else if time.Since(progress) > 5*time.Second {
			return 0, fmt.Errorf("nothing is done any more: %d requests sent, %d done", l.sent, l.done)
		}
		time.Sleep(2 * time.Millisecond)
	}
	return l.done - begun, ctx.Err()
}

func (l *namesLoad) send() error {
	l.sent++
	n := l.sent
	r := ncr.Request{
		Forward: true, Reverse: true, Name: fmt.Sprintf("host-%d.z%d.test.", n, l.zone),
		Addr:  netip.AddrFrom4([4]byte{10, byte(l.zone), byte(n >> 8), byte(n)}),
		DHCID: fmt.Appendf(make([]byte, 3), "%032d", n), Expires: time.Now(), TTL: 1200, Mode: ncr.CheckWithDHCID,
	}
	_, err := l.conn.Write(r.AppendTo(nil))
	return err
}

// read counts the requests that the log says are done.
func (l *namesLoad) read() error {
	for {
		n, err := l.log.Read(l.buf[:])
		text := append(l.rest, l.buf[:n]...)
		end := bytes.LastIndexByte(text, '\n') + 1
		l.done += bytes.Count(text[:end], []byte("DHCP_DDNS_ADD_SUCCEEDED"))
		if bytes.Contains(text[:end], []byte("DHCP_DDNS_ADD_FAILED")) {
			return fmt.Errorf("a request failed: %.500s", text[:end])
		}
		l.rest = append([]byte(nil), text[end:]...)
		if errors.Is(err, io.EOF) || n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
