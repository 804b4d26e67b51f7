package daemon

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/config"
	"nestor/lib/control"
	"nestor/lib/element"
	"nestor/lib/logging"
)

var (
	testDHCP4 = Program{
		Name: "nestor-dhcp4", KeaName: "kea-dhcp4", Title: "DHCPv4 server", TopLevel: "Dhcp4",
		Events: DHCPv4, DHCP: true, Backends: []string{"lease backends:", "- Memfile backend 3.0"},
	}
	testDDNS = Program{
		Name: "nestor-ddns", KeaName: "kea-dhcp-ddns", Title: "DHCP-DDNS server", TopLevel: "DhcpDdns",
		Events: Controller("dhcpddns", logging.Define("DHCP_DDNS_STARTED", logging.Info, 0, "Kea DHCP-DDNS server version %1 started"), nil, nil),
	}
	testAgent = Program{
		Name: "nestor-agent", KeaName: "kea-ctrl-agent", Title: "Control Agent", TopLevel: "Control-agent",
		Events: Controller("", nil, nil, nil), PlainAnswers: true,
	}
	testNetconf = Program{
		Name: "nestor-netconf", KeaName: "kea-netconf", Title: "Netconf agent", TopLevel: "Netconf",
		Events: Controller("", nil, nil, nil), IgnoreHangup: true,
	}
)

// testApp is an App that serves nothing. Of its configuration it knows "refuse",
// the text of an error; "log", a file; "crash", the error that Run ends with.
type testApp struct {
	env *Env

	mu  sync.Mutex
	cfg *element.Value

	running chan bool // closed when Run runs
	deep    bool      // of the last Test
}

func (a *testApp) body(cfg *element.Value) *element.Value { return cfg.Get(a.env.Program.TopLevel) }

func (a *testApp) Test(cfg *element.Value, deep bool) error {
	a.deep = deep
	if v := a.body(cfg).Get("refuse"); v != nil {
		return refusal(v.Str)
	}
	return nil
}

func (a *testApp) Configure(_ context.Context, cfg *element.Value) error {
	if err := a.Test(cfg, false); err != nil {
		return err
	}
	var loggers []*config.Logger
	if v := a.body(cfg).Get("log"); v != nil {
		loggers = []*config.Logger{{Name: "*", Outputs: []config.LogOutput{{Output: v.Str, Flush: true}}}}
	}
	a.mu.Lock()
	a.cfg = cfg
	a.mu.Unlock()
	return a.env.Logging.Configure(loggers, a.env.Verbose)
}

func (a *testApp) Config() *element.Value {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.cfg
}

func (a *testApp) Run(ctx context.Context) error {
	close(a.running)
	if v := a.body(a.Config()).Get("crash"); v != nil {
		return errors.New(v.Str)
	}
	<-ctx.Done()
	return ctx.Err()
}

func (a *testApp) Status(into *element.Value) { into.Add("extra", element.NewBool(true)) }

// refusal is an error that commands tell in another form.
type refusal string

func (r refusal) Error() string  { return string(r) + " (with all details)" }
func (r refusal) Answer() string { return string(r) }

// instance is a daemon that runs in the test's process.
type instance struct {
	t       *testing.T
	dir     string
	file    string // its configuration
	app     *testApp
	signals chan os.Signal
	stdout  syncBuffer
	stderr  syncBuffer
	exit    chan int
}

// syncBuffer is a buffer that may be read while the daemon writes.
type syncBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// launch runs a program with a configuration until it ends. args stand in front
// of -c FILE.
func launch(t *testing.T, p Program, name, dir, cfg string, args ...string) *instance {
	t.Helper()
	i := &instance{t: t, dir: dir, file: filepath.Join(dir, "the.test.conf"), signals: make(chan os.Signal), exit: make(chan int, 1)}
	write(t, i.file, cfg)
	ctx, cancel := context.WithCancel(context.Background())
	made := make(chan bool)
	go func() {
		defer close(made)
		i.exit <- Run(ctx, p, func(e *Env) App {
			i.app = &testApp{env: e, running: make(chan bool)}
			made <- true
			return i.app
		}, Invocation{
			Args: append(append([]string{"/usr/sbin/" + name}, args...), "-c", i.file), Stdout: &i.stdout, Stderr: &i.stderr,
			Signals: i.signals, Paths: &Paths{PID: dir, Lock: "none"},
		})
	}()
	<-made
	t.Cleanup(func() {
		cancel()
		for range made {
		}
	})
	return i
}

// serving waits until the daemon serves.
func (i *instance) serving() *instance {
	i.t.Helper()
	select {
	case <-i.app.running:
	case <-time.After(10 * time.Second):
		i.t.Fatalf("does not serve: %s%s", i.stdout.String(), i.stderr.String())
	}
	return i
}

// ended waits for the exit status.
func (i *instance) ended() int {
	i.t.Helper()
	select {
	case exit := <-i.exit:
		return exit
	case <-time.After(10 * time.Second):
		i.t.Fatalf("does not end: %s%s", i.stdout.String(), i.stderr.String())
		return -1
	}
}

// signal delivers a signal; a second one is only taken when the first is dealt
// with.
func (i *instance) signal(sig os.Signal) {
	i.t.Helper()
	select {
	case i.signals <- sig:
	case <-time.After(10 * time.Second):
		i.t.Fatalf("takes no signal: %s", i.stdout.String())
	}
}

// command gives the answer to a command, args being JSON or "".
func (i *instance) command(name, args string) string {
	i.t.Helper()
	var v *element.Value
	if args != "" {
		var err error
		if v, err = element.ParseWire([]byte(args)); err != nil {
			i.t.Fatal(err)
		}
	}
	return string(i.app.env.Commands.Process(context.Background(), control.NewCommand(name, v), "").AppendJSON(nil))
}

// expect fails unless what is there contains all of wanted.
func expect(t *testing.T, what, text string, wanted ...string) {
	t.Helper()
	for _, w := range wanted {
		if !strings.Contains(text, w) {
			t.Errorf("%s lacks %q:\n%s", what, w, text)
		}
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}
