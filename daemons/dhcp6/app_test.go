package dhcp6

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/daemon"
	"nestor/lib/lease/leasefile"
)

// running is the whole daemon in the test's process, without interfaces.
type running struct {
	t      *testing.T
	dir    string
	config string
	stdout lockedBuffer
	stderr lockedBuffer
	end    context.CancelFunc
	exit   chan int
}

// lockedBuffer may be read while the daemon writes.
type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// launch runs the daemon with switch -c, -t or -T on a configuration, the content
// of Dhcp6 without braces; DIR in it stands for the daemon's directory.
func launch(t *testing.T, flag, conf string) *running {
	t.Helper()
	dir, err := os.MkdirTemp("", "d6") // short: there are sockets in it
	if err != nil {
		t.Fatal(err)
	}
	r := &running{t: t, dir: dir, config: filepath.Join(dir, "x.conf"), exit: make(chan int, 1)}
	r.write(conf)
	ctx, end := context.WithCancel(context.Background())
	r.end = end
	paths := daemon.Paths{PID: dir, Lock: "none", Socket: dir, Data: dir, Log: dir, LFC: "/bin/true"}
	go func() {
		r.exit <- daemon.Run(ctx, Program, NewApp, daemon.Invocation{
			Args: []string{"kea-dhcp6", flag, r.config}, Stdout: &r.stdout, Stderr: &r.stderr,
			Signals: make(chan os.Signal), Paths: &paths,
		})
	}()
	t.Cleanup(func() {
		r.status()
		os.RemoveAll(dir)
	})
	return r
}

func (r *running) write(conf string) {
	r.t.Helper()
	text := `{ "Dhcp6": { ` + strings.ReplaceAll(conf, "DIR", r.dir) + ` } }`
	if err := os.WriteFile(r.config, []byte(text), 0o640); err != nil {
		r.t.Fatal(err)
	}
}

// serving waits until the daemon serves.
func (r *running) serving() *running {
	r.t.Helper()
	for end := time.Now().Add(10 * time.Second); !strings.Contains(r.stdout.String(), "DHCP6_STARTED"); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			r.t.Fatalf("it does not start: %s%s", r.stdout.String(), r.stderr.String())
		}
	}
	return r
}

// ended waits until the daemon ends by itself and returns its exit status.
func (r *running) ended() int {
	r.t.Helper()
	select {
	case status := <-r.exit:
		r.exit <- status
		return status
	case <-time.After(10 * time.Second):
		r.t.Fatal("it does not end")
		return 0
	}
}

// status ends the daemon and returns its exit status.
func (r *running) status() int {
	r.end()
	return r.ended()
}

// has tells whether there is a file in the daemon's directory.
func (r *running) has(name string) bool {
	return leasefile.Exists(leasefile.OS, filepath.Join(r.dir, name))
}

// freePort finds a TCP port of the loopback.
func freePort(t *testing.T) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// post sends a command to an HTTP control socket and returns status and body.
func post(t *testing.T, port int, command string) (int, string) {
	t.Helper()
	resp, err := http.Post(fmt.Sprintf("http://127.0.0.1:%d/", port), "application/json", strings.NewReader(command))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestControlSockets(t *testing.T) {
	port := freePort(t)
	conf := fmt.Sprintf(`"control-sockets": [ { "socket-type": "unix", "socket-name": "DIR/ctl" },
		{ "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": %d } ], `, port) + twoPools
	r := launch(t, "-c", conf).serving()
	t.Run("D6.39.2 D6.39.7 unix socket: a bare answer", func(t *testing.T) {
		conn, err := net.Dial("unix", filepath.Join(r.dir, "ctl"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		io.WriteString(conn, `{ "command": "version-get" }`)
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), `{ "arguments": { "extended": `) {
			t.Errorf("answer is %s, %v", answer, err)
		}
	})
	t.Run("D6.39.3 D6.39.7 HTTP socket: the answer in a list", func(t *testing.T) {
		status, body := post(t, port, `{ "command": "version-get", "service": [ "dhcp6" ] }`)
		if status != http.StatusOK || !strings.HasPrefix(body, `[ { "arguments": { "extended": `) {
			t.Errorf("status %d, answer is %s", status, body)
		}
	})
	t.Run("D6.39.9 D6.39.10 commands of every daemon", func(t *testing.T) {
		for _, command := range []string{
			`"build-report"`, `"config-get"`, `"config-hash-get"`, `"config-reload"`, `"list-commands"`, `"status-get"`, `"version-get"`,
			`"config-test", "arguments": { "Dhcp6": {} }`, `"config-write", "arguments": { "filename": "written.conf" }`,
		} {
			if _, body := post(t, port, `{ "command": `+command+` }`); !strings.Contains(body, `"result": 0`) {
				t.Errorf("%s: %s", command, body)
			}
		}
	})
	t.Run("D6.39.11 D6.39.12 D6.39.13 D6.39.17 D6.38.3 answers", func(t *testing.T) {
		for _, c := range []struct{ command, want string }{
			{`"config-test", "arguments": { "Dhcp6": {} }`, "Configuration seems sane"},
			{`"config-test", "arguments": { "Dhcp4": {} }`, `"result": 1`},
			{`"config-test", "arguments": { "Dhcp6": {}, "Logging": {} }`, `"result": 1`},
			{`"config-set", "arguments": {}`, `"result": 1`},
			{`"config-get"`, `"hash": "`},
			{`"config-write", "arguments": { "filename": "written.conf" }`, `"filename": "`},
			{`"config-reload"`, `"text": "Configuration successful."`},
			{`"statistic-get", "arguments": { "name": "none" }`, `{ "arguments": {  }, "result": 0 }`},
			{`"statistic-reset", "arguments": { "name": "none" }`, `"result": 1`},
			{`"statistic-remove", "arguments": { "name": "none" }`, `"result": 1`},
			{`"statistic-get", "arguments": { "name": "pkt6-received" }`, `"pkt6-received": [ [ 0, "20`},
		} {
			if _, body := post(t, port, `{ "command": `+c.command+` }`); !strings.Contains(body, c.want) {
				t.Errorf("%s: %s", c.command, body)
			}
		}
	})
	t.Run("metrics", func(t *testing.T) {
		resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `subnet="2001:db8:1::/64"`) {
			t.Errorf("metrics are\n%s", body)
		}
	})
	t.Run("two servers at one address and port", func(t *testing.T) {
		other := launch(t, "-c", conf)
		if status := other.ended(); status != 1 || !strings.Contains(other.stderr.String(), "address already in use") {
			t.Errorf("exit status %d: %s", status, other.stderr.String())
		}
	})
	t.Run("D6.39.15 D6.1.10 shutdown", func(t *testing.T) {
		if _, body := post(t, port, `{ "command": "shutdown", "arguments": { "exit-value": 5 } }`); !strings.Contains(body, `"result": 0`) {
			t.Error(body)
		}
		if status := r.ended(); status != 5 {
			t.Errorf("exit status %d", status)
		}
		if r.has("ctl") || r.has("x.kea-dhcp6.pid") || !r.has("kea-leases6.csv") {
			t.Error("socket or PID file are left, or the lease file is not")
		}
	})
}

// A reconfiguration that is refused takes nothing away and leaves nothing open.
func TestRefusedReload(t *testing.T) {
	port, later := freePort(t), freePort(t)
	sockets := func(port int) string {
		return fmt.Sprintf(`"control-sockets": [ { "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": %d } ], `, port)
	}
	r := launch(t, "-c", sockets(port)+twoPools).serving()
	r.write(sockets(later) + `"lease-database": { "type": "memfile", "name": "DIR/none/l.csv" }, ` + twoPools)
	if _, body := post(t, port, `{ "command": "config-reload" }`); !strings.Contains(body, `"result": 1`) {
		t.Errorf("a bad configuration is answered %s", body)
	}
	if _, body := post(t, port, `{ "command": "config-get" }`); !strings.Contains(body, fmt.Sprintf(`"socket-port": %d`, port)) {
		t.Errorf("config-get shows %s", body)
	}
	if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", later)); err == nil {
		conn.Close()
		t.Error("a socket of the refused configuration is open")
	}
	if status := r.status(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

func TestChecks(t *testing.T) {
	for _, c := range []struct {
		name, flag, conf string
		status           int
		stdout, stderr   string
	}{
		{"D6.1.4 -t of a good file", "-t", twoPools, 0, "", ""},
		{"D6.1.5 -T opens the leases in memory", "-T", twoPools, 0, "DHCPSRV_MEMFILE_DB opening memory file lease database: name=DIR/kea-leases6.csv persist=false type=memfile universe=6", ""},
		{"D6.1.4 -t of a bad file", "-t", `"subnet6": [ { "id": 1 } ]`, 1, "", "missing parameter 'subnet'"},
		{"D6.1.5 -T of a bad file", "-T", `"subnet6": [ { "id": 1 } ]`, 1, "", "missing parameter 'subnet'"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := launch(t, c.flag, c.conf)
			if status := r.ended(); status != c.status {
				t.Errorf("exit status %d, want %d", status, c.status)
			}
			if !strings.Contains(r.stdout.String(), strings.ReplaceAll(c.stdout, "DIR", r.dir)) || c.flag == "-t" && strings.Contains(r.stdout.String(), "MEMFILE") {
				t.Errorf("stdout is\n%s", r.stdout.String())
			}
			if got := r.stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
				t.Errorf("stderr is\n%s", got)
			}
			if entries, err := os.ReadDir(r.dir); err != nil || len(entries) != 1 {
				t.Errorf("files were made: %v %v", entries, err)
			}
		})
	}
}

// badRows is a lease file with two bad rows.
var badRows = leasefile.Header(leasefile.V6) + "\nnot an address,,,,,,,,,,,,,,,,,\nnor this,,,,,,,,,,,,,,,,,\n"

// A lease file with too many bad rows keeps the server from starting.
func TestTooManyRowErrors(t *testing.T) {
	// D6.4.6 D6.4.7
	file := filepath.Join(t.TempDir(), "l.csv")
	if err := os.WriteFile(file, []byte(badRows), 0o640); err != nil {
		t.Fatal(err)
	}
	conf := `"lease-database": { "type": "memfile", "name": "` + file + `", "max-row-errors": 1 }, ` + twoPools
	r := launch(t, "-c", conf)
	if status := r.ended(); status != 1 || !strings.Contains(r.stdout.String(), "more than 1 bad rows (max-row-errors)") {
		t.Errorf("exit status %d, the log is\n%s", status, r.stdout.String())
	}
}
