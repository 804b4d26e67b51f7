package daemon

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/control"
	"nestor/lib/element"
)

const startConfig = `{"Dhcp4":{"b":[1,2],"a":{"password":"clear"}}}`

// startHash is the SHA-256 of the text that Kea's printer makes of startConfig.
var startHash = fmt.Sprintf("%X", sha256.Sum256([]byte(`{ "Dhcp4": { "a": { "password": "clear" }, "b": [ 1, 2 ] } }`)))

func TestAnswers(t *testing.T) {
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), startConfig).serving()
	const sane = `{ "result": 0, "text": "Configuration seems sane. Control-socket, hook-libraries, and D2 configuration were sanity checked, but not applied." }`
	for _, tc := range []struct{ name, command, args, want string }{
		{"PL.5.11 D4.48.10 list-commands", "list-commands", "",
			`{ "arguments": [ "build-report", "config-get", "config-hash-get", "config-reload", "config-set", "config-test", "config-write",` +
				` "list-commands", "shutdown", "status-get", "version-get" ], "result": 0 }`},
		{"PL.5.2 D4.48.11 config-get", "config-get", "",
			`{ "arguments": { "Dhcp4": { "a": { "password": "clear" }, "b": [ 1, 2 ] }, "hash": "` + startHash + `" }, "result": 0 }`},
		{"PL.5.3 config-hash-get", "config-hash-get", "", `{ "arguments": { "hash": "` + startHash + `" }, "result": 0 }`},
		{"PL.5.5 config-test", "config-test", `{"Dhcp4":{}}`, sane},
		{"PL.5.5 config-test refuses", "config-test", `{"Dhcp4":{"refuse":"bad subnet"}}`, `{ "result": 1, "text": "bad subnet" }`},
		{"config-test without arguments", "config-test", "", `{ "result": 1, "text": "Missing mandatory 'arguments' parameter." }`},
		{"config-set without arguments", "config-set", "", `{ "result": 1, "text": "Missing mandatory 'arguments' parameter." }`},
		{"another server's", "config-test", `{"Dhcp6":{}}`, `{ "result": 1, "text": "Missing mandatory 'Dhcp4' parameter." }`},
		{"empty", "config-set", `{}`, `{ "result": 1, "text": "Missing mandatory 'Dhcp4' parameter." }`},
		{"no map", "config-set", `{"Dhcp4":[]}`, `{ "result": 1, "text": "'Dhcp4' parameter expected to be a map." }`},
		{"extra key", "config-test", `{"Dhcp4":{},"Dhcp6":{}}`, `{ "result": 1, "text": "Unsupported 'Dhcp6' parameter." }`},
		{"with the hash of config-get", "config-set", `{"Dhcp4":{},"hash":"x"}`, `{ "result": 1, "text": "Unsupported 'hash' parameter." }`},
		{"two extra keys", "config-set", `{"foo":1,"Dhcp4":{},"bar":2}`, `{ "result": 1, "text": "Unsupported 'bar' parameter (and 'foo')." }`},
		{"PL.5.6 FD.9.7 config-set refuses", "config-set", `{"Dhcp4":{"refuse":"bad subnet"}}`, `{ "result": 1, "text": "bad subnet" }`},
		{"PL.5.6 FD.9.7 the old configuration stays", "config-hash-get", "", `{ "arguments": { "hash": "` + startHash + `" }, "result": 0 }`},
		{"PL.5.13 exit-value of another type", "shutdown", `{"exit-value":"3"}`, `{ "result": 1, "text": "parameter 'exit-value' is not an integer" }`},
		{"shutdown with a list", "shutdown", `[3]`, `{ "result": 1, "text": "Argument must be a map" }`},
		{"unknown", "no-such", "", `{ "result": 2, "text": "'no-such' command not supported." }`},
		{"PL.5.13 shutdown", "shutdown", "", `{ "result": 0, "text": "Shutting down." }`},
	} {
		t.Run(tc.name, func(t *testing.T) {
			if got := i.command(tc.command, tc.args); got != tc.want {
				t.Errorf("answer is\n%s, want\n%s", got, tc.want)
			}
		})
	}
	expect(t, "stdout", i.stdout.String(), "DHCP4_CONFIG_UNSUPPORTED_OBJECT DHCPv4 server configuration includes an unsupported object: Dhcp6")
}

func TestConfigSet(t *testing.T) {
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), startConfig).serving()
	t.Run("PL.5.6 D4.48.12 applies and gives the hash", func(t *testing.T) {
		hash := fmt.Sprintf("%X", sha256.Sum256([]byte(`{ "Dhcp4": { "n": 2 } }`)))
		want := `{ "arguments": { "hash": "` + hash + `" }, "result": 0, "text": "Configuration successful." }`
		if got := i.command("config-set", `{"Dhcp4":{"n":2}}`); got != want {
			t.Errorf("answer is %s", got)
		}
		expect(t, "config-get", i.command("config-get", ""), `"Dhcp4": { "n": 2 }`, hash) // PL.5.3
	})
	t.Run("in memory only", func(t *testing.T) {
		if got := read(t, i.file); got != startConfig {
			t.Errorf("file has %s", got)
		}
	})
	t.Run("what config-get gave has the same hash", func(t *testing.T) {
		before := i.command("config-hash-get", "")
		i.command("config-set", `{"Dhcp4":{"n":2}}`)
		if got := i.command("config-hash-get", ""); got != before {
			t.Errorf("%s became %s", before, got)
		}
	})
	t.Run("PL.5.4 D4.48.13 config-reload goes back to the file", func(t *testing.T) {
		want := `{ "arguments": { "hash": "` + startHash + `" }, "result": 0, "text": "Configuration successful." }`
		if got := i.command("config-reload", ""); got != want {
			t.Errorf("answer is %s", got)
		}
	})
	t.Run("PL.5.4 FD.9.7 config-reload of a bad file keeps the configuration", func(t *testing.T) {
		write(t, i.file, `{"Dhcp4":{"refuse":"bad subnet"}}`)
		want := `{ "result": 1, "text": "Config reload failed: configuration error using file '` + i.file + `': bad subnet" }`
		if got := i.command("config-reload", ""); got != want {
			t.Errorf("answer is %s", got)
		}
		expect(t, "config-hash-get", i.command("config-hash-get", ""), startHash)
	})
	t.Run("the control agent gives no hash", func(t *testing.T) {
		a := launch(t, testAgent, "kea-ctrl-agent", t.TempDir(), `{"Control-agent":{}}`).serving()
		if got := a.command("config-set", `{"Control-agent":{"n":1}}`); got != `{ "result": 0, "text": "Configuration successful." }` {
			t.Errorf("answer is %s", got)
		}
		if got := a.command("config-test", `{"Control-agent":{}}`); got != `{ "result": 0, "text": "Configuration seems sane." }` {
			t.Errorf("answer is %s", got)
		}
	})
}

func TestVersionAndReport(t *testing.T) {
	i := launch(t, testDHCP4, "kea-dhcp4", t.TempDir(), startConfig).serving()
	show := func(flag string) string {
		var out bytes.Buffer
		Run(context.Background(), testDHCP4, nil, Invocation{Args: []string{"kea-dhcp4", flag}, Stdout: &out, Stderr: &out})
		return strings.TrimSuffix(out.String(), "\n")
	}
	var answer struct {
		Result    int
		Text      string
		Arguments struct{ Extended string }
	}
	get := func(t *testing.T, command string) {
		t.Helper()
		if err := json.Unmarshal([]byte(i.command(command, "")), &answer); err != nil || answer.Result != 0 {
			t.Fatalf("%+v, %v", answer, err)
		}
	}
	t.Run("PL.5.18 D4.48.10 version-get is -v and -V", func(t *testing.T) {
		get(t, "version-get")
		if answer.Text != show("-v") || answer.Arguments.Extended != show("-V") {
			t.Errorf("answer is %+v", answer)
		}
	})
	t.Run("PL.1.21 PL.5.1 D4.48.10 build-report is -W", func(t *testing.T) {
		get(t, "build-report")
		if answer.Text != show("-W") || answer.Text == "" {
			t.Errorf("answer is %+v", answer)
		}
	})
}

func TestStatus(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.conf")
	write(t, file, `{"Dhcp4":{}}`)
	var mu sync.Mutex
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	advance := func(d time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		now = now.Add(d)
	}
	var app *testApp
	var out syncBuffer
	ctx, cancel := context.WithCancel(context.Background())
	running, done := make(chan bool), make(chan int)
	go func() {
		done <- Run(ctx, testDHCP4, func(e *Env) App { app = &testApp{env: e, running: running}; return app }, Invocation{
			Args: []string{"kea-dhcp4", "-c", file}, Stdout: &out, Stderr: &out, Signals: make(chan os.Signal), Paths: &Paths{PID: dir},
			Clock: func() time.Time { mu.Lock(); defer mu.Unlock(); return now },
		})
	}()
	<-running
	command := func(name, args string) string {
		var v *element.Value
		if args != "" {
			var err error
			if v, err = element.ParseWire([]byte(args)); err != nil {
				t.Fatal(err)
			}
		}
		return string(app.env.Commands.Process(ctx, control.NewCommand(name, v), "").AppendJSON(nil))
	}
	check := func(when string, reload, uptime int) {
		t.Helper()
		want := fmt.Sprintf(`{ "arguments": { "extra": true, "pid": %d, "reload": %d, "uptime": %d }, "result": 0 }`, os.Getpid(), reload, uptime)
		if got := command("status-get", ""); got != want { // PL.5.14
			t.Errorf("%s: status is %s, want %s", when, got, want)
		}
	}
	advance(19 * time.Second)
	check("after the start", 19, 19)
	command("config-set", `{"Dhcp4":{"refuse":"no"}}`)
	check("after a refused configuration", 19, 19)
	command("config-set", `{"Dhcp4":{}}`)
	check("after a new configuration", 0, 19)
	advance(time.Second + time.Second/2)
	check("later", 1, 20)
	cancel()
	if exit := <-done; exit != 0 {
		t.Errorf("exit status %d", exit)
	}
}

func TestAppKeepsItsOwnCommand(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "x.conf")
	write(t, file, `{"DhcpDdns":{}}`)
	answer := make(chan string, 1)
	exit := Run(context.Background(), testDDNS, func(e *Env) App {
		e.Commands.Register("shutdown", func(context.Context, *control.Request) control.Answer {
			e.Shutdown(7)
			return control.Answer{Text: "mine"}
		})
		a := &testApp{env: e, running: make(chan bool)}
		go func() {
			<-a.running
			answer <- string(e.Commands.Process(context.Background(), control.NewCommand("shutdown", nil), "").AppendJSON(nil))
		}()
		return a
	}, Invocation{Args: []string{"nestor-ddns", "-c", file}, Stdout: &syncBuffer{}, Stderr: &syncBuffer{}, Signals: make(chan os.Signal), Paths: &Paths{PID: dir}})
	if got := <-answer; exit != 7 || got != `{ "result": 0, "text": "mine" }` {
		t.Errorf("exit status %d, answer %s", exit, got)
	}
}
