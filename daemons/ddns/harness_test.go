package ddns

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/ncr"
)

// instance is a daemon that runs in the test's process.
type instance struct {
	dir, file string
	port      int
	signals   chan os.Signal
	exit      chan int
	out       output
	stop      func()
	conn      net.Conn
}

// output takes what the daemon writes.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// wants waits for texts in the output.
func (o *output) wants(t testing.TB, texts ...string) {
	t.Helper()
	for _, text := range texts {
		if !eventually(func() bool { return strings.Contains(o.String(), text) }) {
			t.Errorf("the output lacks %q:\n%s", text, o)
		}
	}
}

func eventually(done func() bool) bool {
	for range 1000 {
		if done() {
			return true
		}
		time.Sleep(10 * time.Millisecond)
	}
	return false
}

func freeUDPPort(t testing.TB) int {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return c.LocalAddr().(*net.UDPAddr).Port
}

// launch starts a daemon with a configuration in which body stands beside the port
// and the control socket.
func launch(t testing.TB, body string, args ...string) *instance {
	t.Helper()
	dir, err := os.MkdirTemp("", "nd")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	i := &instance{dir: dir, file: filepath.Join(dir, "ddns.conf"), port: freeUDPPort(t)}
	i.configure(t, body)
	i.start(t, args...)
	return i
}

func (i *instance) configure(t testing.TB, body string) {
	t.Helper()
	text := fmt.Sprintf(`{ "DhcpDdns": { "port": %d, "control-socket": { "socket-type": "unix", "socket-name": "%s/sock" }%s } }`,
		i.port, i.dir, comma(strings.ReplaceAll(body, "DIR", i.dir)))
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func comma(body string) string {
	if body == "" {
		return ""
	}
	return ", " + body
}

// start runs the daemon until the end of the test, or stop.
func (i *instance) start(t testing.TB, args ...string) {
	t.Helper()
	i.signals, i.exit = make(chan os.Signal), make(chan int, 1)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	begun := strings.Count(i.out.String(), "DHCP_DDNS_STARTED")
	go func() {
		defer close(done)
		i.exit <- daemon.Run(ctx, Program, NewApp, daemon.Invocation{
			Args:   append([]string{"kea-dhcp-ddns", "-c", i.file}, args...),
			Stdout: &i.out, Stderr: &i.out, Signals: i.signals,
			Paths: &daemon.Paths{PID: i.dir, Lock: "none", Data: i.dir},
		})
	}()
	i.stop = func() { cancel(); <-done }
	t.Cleanup(i.stop)
	if !eventually(func() bool { return strings.Count(i.out.String(), "DHCP_DDNS_STARTED") > begun }) {
		t.Fatalf("it does not start:\n%s", &i.out)
	}
	i.reconnect(t)
}

// reconnect sends to the port as it is now.
func (i *instance) reconnect(t testing.TB) {
	t.Helper()
	conn, err := net.Dial("udp", fmt.Sprintf("127.0.0.1:%d", i.port))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	i.conn = conn
}

// send sends a request as the DHCP servers do.
func (i *instance) send(t testing.TB, r ncr.Request) {
	t.Helper()
	if _, err := i.conn.Write(r.AppendTo(nil)); err != nil {
		t.Fatal(err)
	}
}

// does sends a request and waits until it is done, well or badly.
func (i *instance) does(t testing.TB, r ncr.Request) {
	t.Helper()
	outcomes := func() (n int) {
		text := i.out.String()
		for _, id := range []string{"ADD_SUCCEEDED", "REMOVE_SUCCEEDED", "ADD_FAILED", "REMOVE_FAILED", "MATCH_ERROR", "REQUEST_DROPPED"} {
			n += strings.Count(text, id)
		}
		return n
	}
	before := outcomes()
	i.send(t, r)
	if !eventually(func() bool { return outcomes() > before }) {
		t.Fatalf("%s\nis never done:\n%s", &r, &i.out)
	}
}

// command gives a command and returns the answer.
func (i *instance) command(t testing.TB, name string, args string) *element.Value {
	t.Helper()
	var arguments *element.Value
	if args != "" {
		var err error
		if arguments, err = element.ParseWire([]byte(args)); err != nil {
			t.Fatal(err)
		}
	}
	conn, err := net.Dial("unix", filepath.Join(i.dir, "sock"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if _, err := conn.Write(control.NewCommand(name, arguments).AppendJSON(nil)); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if _, err := b.ReadFrom(conn); err != nil {
		t.Fatal(err)
	}
	v, err := element.ParseWire(b.Bytes())
	if err != nil {
		t.Fatalf("%s: %v in %q", name, err, b.String())
	}
	return v
}

// statistic is the value of a statistic, -1 if there is none.
func (i *instance) statistic(t testing.TB, name string) int64 {
	t.Helper()
	v := i.command(t, "statistic-get", `{ "name": "`+name+`" }`).Get("arguments").Get(name)
	if v == nil || len(v.List) == 0 {
		return -1
	}
	return v.List[0].List[0].Int
}

// domains are forward and reverse domains that are all served at one place.
func domains(server netip.AddrPort, key string, forward, reverse []string) string {
	list := func(names []string) string {
		var out []string
		for _, n := range names {
			out = append(out, fmt.Sprintf(`{ "name": %q, "key-name": %q, "dns-servers": [ { "ip-address": %q, "port": %d } ] }`,
				n, key, server.Addr(), server.Port()))
		}
		return `{ "ddns-domains": [ ` + strings.Join(out, ", ") + ` ] }`
	}
	return `"forward-ddns": ` + list(forward) + `, "reverse-ddns": ` + list(reverse)
}

// request makes a request about a host.
func request(remove bool, name, addr string, dhcid byte, mode ncr.Mode) ncr.Request {
	id := make([]byte, 35)
	id[1], id[2], id[34] = 1, 1, dhcid
	return ncr.Request{
		Remove: remove, Forward: true, Reverse: true, Name: name, Addr: netip.MustParseAddr(addr),
		DHCID: id, Expires: time.Now(), TTL: 1200, Mode: mode,
	}
}

// reset forgets what was written.
func (o *output) reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b.Reset()
}
