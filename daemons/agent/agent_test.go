package agent

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
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/lib/logging"
)

// instance is an agent that runs in the test's process.
type instance struct {
	url     string
	dir     string // short enough for sockets
	file    string
	signals chan os.Signal
	exit    chan int
	out     output
}

// output takes what the agent writes.
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

func (o *output) wants(t *testing.T, texts ...string) {
	t.Helper()
	for _, text := range texts {
		found := false
		for range 200 {
			if found = strings.Contains(o.String(), text); found {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !found {
			t.Errorf("the output lacks %q:\n%s", text, o)
		}
	}
}

func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "na")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func freePort(t *testing.T) int {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return ln.Addr().(*net.TCPAddr).Port
}

// launch starts an agent that forwards to the sockets dhcp4, dhcp6 and d2 in its
// directory. more stands in its configuration.
func launch(t *testing.T, more string, args ...string) *instance {
	t.Helper()
	i := &instance{dir: shortDir(t), signals: make(chan os.Signal), exit: make(chan int, 1)}
	i.file = filepath.Join(i.dir, "agent.conf")
	port := freePort(t)
	i.url = fmt.Sprintf("http://127.0.0.1:%d/", port)
	i.configure(t, port, more)
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan bool)
	go func() {
		defer close(done)
		i.exit <- daemon.Run(ctx, Program, NewApp, daemon.Invocation{
			Args:   append([]string{"kea-ctrl-agent", "-c", i.file}, args...),
			Stdout: &i.out, Stderr: &i.out, Signals: i.signals,
			Paths: &daemon.Paths{PID: i.dir, Lock: "none"},
		})
	}()
	t.Cleanup(func() { cancel(); <-done })
	i.out.wants(t, "CTRL_AGENT_STARTED")
	return i
}

// configure writes the configuration file.
func (i *instance) configure(t *testing.T, port int, more string) {
	t.Helper()
	text := fmt.Sprintf(`{ "Control-agent": { "http-port": %d, %s "control-sockets": {
		"dhcp4": { "socket-type": "unix", "socket-name": "%[3]s/dhcp4" },
		"dhcp6": { "socket-type": "unix", "socket-name": "%[3]s/dhcp6" },
		"d2": { "socket-type": "unix", "socket-name": "%[3]s/d2" } } } }`, port, more, i.dir)
	if err := os.WriteFile(i.file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serve opens one of the sockets that the agent forwards to.
func (i *instance) serve(t *testing.T, service string, register func(*control.Registry)) {
	t.Helper()
	sys := logging.New("kea-" + service)
	sys.SetConsole(io.Discard, io.Discard)
	reg := control.NewRegistry(sys.Logger("commands"))
	register(reg)
	s := control.NewServer(reg, sys, control.Options{})
	if err := s.Apply(t.Context(), []*config.ControlSocket{{Type: "unix", Name: filepath.Join(i.dir, service)}}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(t.Context()) })
}

// post sends a command and returns the body of the response, which must have
// status 200.
func (i *instance) post(t *testing.T, command string) string {
	t.Helper()
	r, err := http.Post(i.url, "application/json", strings.NewReader(command))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	body, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != http.StatusOK {
		t.Fatalf("%s: %s %v", command, r.Status, err)
	}
	return string(body)
}

// raw answers with the command as it came.
func raw(service string) func(*control.Registry) {
	return func(r *control.Registry) {
		r.Register("raw", func(_ context.Context, req *control.Request) control.Answer {
			return control.Answer{Text: service, Args: req.Raw}
		})
	}
}

func TestForward(t *testing.T) {
	i := launch(t, "", "-d")
	i.serve(t, "dhcp4", raw("4"))
	i.serve(t, "d2", raw("2"))
	const offline = `{ "result": 1, "text": "unable to forward command to the dhcp6 service: No such file or directory. The server is likely to be offline" }`
	from := func(service, text string) string {
		return `{ "arguments": { "arguments": { "a": [ 1, 0.5 ] }, "command": "raw", "remote-address": "127.0.0.1", "service": ` + service + ` }, "result": 0, "text": "` + text + `" }`
	}
	tests := []struct{ name, command, want string }{
		{"PL.4.24 unchanged, service included", `{ "command": "raw", "service": [ "dhcp4" ], "arguments": { "a": [ 1, 0.5 ] } }`,
			"[ " + from(`[ "dhcp4" ]`, "4") + " ]"},
		{"PL.4.17 PL.4.24 several in the order asked", `{ "command": "raw", "service": [ "d2", "dhcp6", "dhcp4", "d2" ], "arguments": { "a": [ 1, 0.5 ] } }`,
			"[ " + from(`[ "d2", "dhcp6", "dhcp4", "d2" ]`, "2") + ", " + offline + ", " + from(`[ "d2", "dhcp6", "dhcp4", "d2" ]`, "4") +
				", " + from(`[ "d2", "dhcp6", "dhcp4", "d2" ]`, "2") + " ]"},
		{"PL.4.25 socket missing", `{ "command": "raw", "service": [ "dhcp6" ] }`, "[ " + offline + " ]"},
		{"PL.4.25 unknown service", `{ "command": "raw", "service": [ "zzz" ] }`,
			`[ { "result": 1, "text": "forwarding socket is not configured for the server type zzz" } ]`},
		{"a command the service lacks", `{ "command": "nope", "service": [ "dhcp4" ] }`,
			`[ { "result": 2, "text": "'nope' command not supported." } ]`},
		{"service is no list", `{ "command": "raw", "service": "dhcp4" }`, `[ { "result": 1, "text": "service value must be a list" } ]`},
		{"service holds no strings", `{ "command": "raw", "service": [ 4 ] }`, `[ { "result": 1, "text": "service value must be a list of strings" } ]`},
		{"wrong envelope is not forwarded", `{ "command": "raw", "service": [ "dhcp4" ], "x": 1 }`,
			`[ { "result": 1, "text": "Error during command processing: invalid command: unsupported parameter 'x'" } ]`},
		{"list", `[ 1 ]`, `[ { "result": 1, "text": "Error during command processing: invalid command: expected toplevel entry to be a map, got list instead" } ]`},
		{"nothing", ``, `[ { "result": 1, "text": "Command processing failed: NULL command parameter" } ]`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := i.post(t, tt.command); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	t.Run("PL.4.7 PL.4.25 logs", func(t *testing.T) {
		i.out.wants(t,
			"INFO  [kea-ctrl-agent.commands/", "COMMAND_RECEIVED Received command 'raw'\n",
			"CTRL_AGENT_COMMAND_RECEIVED command raw received from remote address 127.0.0.1\n",
			"CTRL_AGENT_COMMAND_FORWARD_BEGIN begin forwarding command raw to service dhcp4\n",
			"CTRL_AGENT_COMMAND_FORWARDED command raw successfully forwarded to the service dhcp4 from remote address 127.0.0.1\n",
			"CTRL_AGENT_COMMAND_FORWARD_FAILED failed forwarding command raw: forwarding socket is not configured for the server type zzz\n",
			"CTRL_AGENT_COMMAND_FORWARD_FAILED failed forwarding command raw: unable to forward command to the dhcp6 service: ")
	})
	t.Run("a socket that nobody serves", func(t *testing.T) {
		left, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(i.dir, "dhcp6")})
		if err != nil {
			t.Fatal(err)
		}
		left.SetUnlinkOnClose(false)
		left.Close()
		want := `[ { "result": 1, "text": "unable to forward command to the dhcp6 service: Connection refused. The server is likely to be offline" } ]`
		if got := i.post(t, `{ "command": "raw", "service": [ "dhcp6" ] }`); got != want {
			t.Errorf("got %s", got)
		}
	})
}

// One daemon that hangs holds up neither the others nor other clients.
func TestForwardIsConcurrent(t *testing.T) {
	i := launch(t, "")
	release := make(chan bool)
	started := make(chan bool, 2)
	wait := func(context.Context, *control.Request) control.Answer {
		started <- true
		<-release
		return control.Answer{}
	}
	i.serve(t, "dhcp4", func(r *control.Registry) { r.Register("wait", wait) })
	i.serve(t, "dhcp6", func(r *control.Registry) { r.Register("wait", wait) })
	answer := make(chan string)
	go func() {
		r, err := http.Post(i.url, "application/json", strings.NewReader(`{ "command": "wait", "service": [ "dhcp4", "dhcp6" ] }`))
		if err != nil {
			answer <- err.Error()
			return
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		answer <- string(body)
	}()
	<-started
	<-started // both at the same time
	if got := i.post(t, `{ "command": "version-get" }`); !strings.Contains(got, `"result": 0`) {
		t.Errorf("got %s", got)
	}
	close(release)
	if got, want := <-answer, `[ { "result": 0 }, { "result": 0 } ]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// A service that a request names again and again gets one connection at a time.
func TestForwardIsBounded(t *testing.T) {
	i := launch(t, "")
	var now, most atomic.Int32
	i.serve(t, "dhcp4", func(r *control.Registry) {
		r.Register("count", func(context.Context, *control.Request) control.Answer {
			defer now.Add(-1)
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Millisecond)
			return control.Answer{}
		})
	})
	const times = 100
	names := strings.TrimSuffix(strings.Repeat(`"dhcp4", `, times), ", ")
	body := i.post(t, `{ "command": "count", "service": [ `+names+` ] }`)
	if n := strings.Count(body, `"result": 0`); n != times || most.Load() != 1 {
		t.Errorf("%d answers, at most %d commands at a time: %s", n, most.Load(), body)
	}
}

func TestLocalCommands(t *testing.T) {
	i := launch(t, "")
	t.Run("PL.4.26 PL.5.11", func(t *testing.T) {
		want := `[ { "arguments": [ "build-report", "config-get", "config-hash-get", "config-reload", "config-set", "config-test", ` +
			`"config-write", "list-commands", "shutdown", "status-get", "version-get" ], "result": 0 } ]`
		for _, command := range []string{`{ "command": "list-commands" }`, `{ "command": "list-commands", "service": [ ] }`} {
			if got := i.post(t, command); got != want {
				t.Errorf("%s: got %s", command, got)
			}
		}
	})
	t.Run("a command that the agent lacks", func(t *testing.T) {
		got := i.post(t, `{ "command": "nope" }`)
		if !strings.HasPrefix(got, `[ { "result": 2, "text": "'nope' command not supported. You did not include a \"service\" parameter`) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("PL.5.14 PL.5.15 PL.5.17 status-get", func(t *testing.T) {
		status := parse(t, i.post(t, `{ "command": "status-get" }`)).List[0].Get("arguments")
		var keys []string
		for _, m := range status.Members {
			keys = append(keys, m.Key)
		}
		if got := strings.Join(keys, " "); got != "pid reload uptime" {
			t.Errorf("keys %s", got)
		}
		if got := status.Get("pid").Int; got != int64(os.Getpid()) {
			t.Errorf("pid %d", got)
		}
	})
	t.Run("PL.5.18 version-get", func(t *testing.T) {
		answer := parse(t, i.post(t, `{ "command": "version-get" }`)).List[0]
		if answer.Get("text") == nil || answer.Get("arguments").Get("extended") == nil {
			t.Errorf("got %s", answer)
		}
		// Only the servers have back ends to tell of.
		if extended := answer.Get("arguments").Get("extended").Str; strings.Contains(extended, "backends") {
			t.Errorf("got %s", extended)
		}
	})
}

func parse(t *testing.T, text string) *element.Value {
	t.Helper()
	v, err := element.ParseWire([]byte(text))
	if err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return v
}

func TestConfiguration(t *testing.T) {
	i := launch(t, "")
	i.serve(t, "dhcp4", raw("4"))
	got := i.post(t, `{ "command": "config-get" }`)
	answer := parse(t, got).List[0].Get("arguments")
	agent := answer.Get("Control-agent")
	t.Run("PL.5.2 PL.5.3 config-get and config-hash-get", func(t *testing.T) {
		if agent.Get("http-host").Str != "127.0.0.1" || agent.Get("control-sockets").Get("d2").Get("socket-name") == nil {
			t.Errorf("got %s", got)
		}
		hash := parse(t, i.post(t, `{ "command": "config-hash-get" }`)).List[0].Get("arguments").Get("hash")
		if !hash.Equal(answer.Get("hash")) || len(hash.Str) != 64 {
			t.Errorf("hashes %s and %s", hash, answer.Get("hash"))
		}
	})
	set := func(arguments *element.Value) string {
		return i.post(t, control.NewCommand("config-set", arguments).String())
	}
	t.Run("PL.5.6 what config-get gives is accepted by config-set", func(t *testing.T) {
		if got, want := set(element.NewMap().Set("Control-agent", agent)), `[ { "result": 0, "text": "Configuration successful." } ]`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if again := i.post(t, `{ "command": "config-get" }`); again != got {
			t.Errorf("it changed\n%s to\n%s", got, again)
		}
	})
	t.Run("PL.5.6 the answer arrives, the new configuration is in force", func(t *testing.T) {
		changed := agent.Clone()
		changed.Get("control-sockets").Delete("dhcp4")
		if got := set(element.NewMap().Set("Control-agent", changed)); !strings.Contains(got, "successful") {
			t.Errorf("got %s", got)
		}
		if got := i.post(t, `{ "command": "raw", "service": [ "dhcp4" ] }`); !strings.Contains(got, "not configured for the server type dhcp4") {
			t.Errorf("got %s", got)
		}
	})
	t.Run("PL.5.4 config-reload goes back to the file", func(t *testing.T) {
		if got := i.post(t, `{ "command": "config-reload" }`); !strings.Contains(got, `"result": 0`) {
			t.Errorf("got %s", got)
		}
		if got := i.post(t, `{ "command": "raw", "service": [ "dhcp4" ] }`); !strings.Contains(got, `"result": 0`) {
			t.Errorf("got %s", got)
		}
	})
	t.Run("PL.5.5 PL.5.6 a refused one changes nothing", func(t *testing.T) {
		for _, command := range []string{"config-test", "config-set"} {
			got := i.post(t, `{ "command": "`+command+`", "arguments": { "Control-agent": { "http-port": 99999 } } }`)
			if !strings.Contains(got, `"result": 1`) {
				t.Errorf("%s: got %s", command, got)
			}
		}
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		changed := agent.Clone().Set("http-port", element.NewInt(int64(taken.Addr().(*net.TCPAddr).Port)))
		if got := set(element.NewMap().Set("Control-agent", changed)); !strings.Contains(got, "address already in use") {
			t.Errorf("got %s", got)
		}
		if again := i.post(t, `{ "command": "config-get" }`); again != got {
			t.Errorf("it changed\n%s to\n%s", got, again)
		}
	})
	t.Run("PL.5.7 config-write", func(t *testing.T) {
		if got := i.post(t, `{ "command": "config-write", "arguments": { "filename": "`+i.dir+`/w.conf" } }`); !strings.Contains(got, `"result": 0`) {
			t.Fatalf("got %s", got)
		}
		if _, _, err := config.LoadAgentFile(filepath.Join(i.dir, "w.conf"), config.Options{}); err != nil {
			t.Errorf("it does not load again: %v", err)
		}
	})
	t.Run("PL.2.2 superfluous commas are warned of", func(t *testing.T) {
		text, err := os.ReadFile(i.file)
		if err != nil {
			t.Fatal(err)
		}
		at := bytes.LastIndex(text, []byte("} }"))
		text = append(text[:at:at], "}, }"...)
		if err := os.WriteFile(i.file, text, 0o600); err != nil {
			t.Fatal(err)
		}
		i.post(t, `{ "command": "config-reload" }`)
		i.out.wants(t, "CTRL_AGENT_CONFIG_SYNTAX_WARNING Control Agent configuration syntax warning: "+i.file+":4.")
	})
	t.Run("PL.1.14 SIGHUP", func(t *testing.T) {
		port := freePort(t)
		i.configure(t, port, "")
		i.signals <- unix.SIGHUP
		i.out.wants(t, fmt.Sprintf("CTRL_AGENT_HTTP_SERVICE_STARTED HTTP service bound to address 127.0.0.1:%d\n", port))
		i.url = fmt.Sprintf("http://127.0.0.1:%d/", port)
		if got := i.post(t, `{ "command": "version-get" }`); !strings.Contains(got, `"result": 0`) {
			t.Errorf("got %s", got)
		}
	})
}

func TestShutdown(t *testing.T) {
	i := launch(t, "")
	if got, want := i.post(t, `{ "command": "shutdown", "arguments": { "exit-value": 7 } }`), `[ { "result": 0, "text": "Shutting down." } ]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got := <-i.exit; got != 7 {
		t.Errorf("PL.5.13 exit status %d", got)
	}
}

func TestAuthenticationAndHeaders(t *testing.T) {
	i := launch(t, `"authentication": { "type": "basic", "clients": [ { "user": "admin", "password": "secret" } ] },
		"http-headers": [ { "name": "Strict-Transport-Security", "value": "max-age=1" } ],`)
	for _, path := range []string{"", "metrics"} {
		r, err := http.Get(i.url + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(r.Body)
		r.Body.Close()
		want := http.StatusBadRequest
		if path == "metrics" {
			want = http.StatusUnauthorized
			if got := r.Header.Get("WWW-Authenticate"); got != `Basic realm="kea-control-agent"` {
				t.Errorf("PL.4.20 challenge %s", got)
			}
		}
		if r.StatusCode != want || r.Header.Get("Strict-Transport-Security") != "max-age=1" {
			t.Errorf("%s: %s %v %s", path, r.Status, r.Header, body)
		}
	}
	req, err := http.NewRequest(http.MethodPost, i.url, strings.NewReader(`{ "command": "version-get" }`))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	req.SetBasicAuth("admin", "secret")
	r, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	r.Body.Close()
	if r.StatusCode != http.StatusOK {
		t.Errorf("got %s", r.Status)
	}
	i.out.wants(t, "INFO  [kea-ctrl-agent.auth/", "HTTP_CLIENT_REQUEST_AUTHORIZED received HTTP request authorized for 'admin'\n")
}
