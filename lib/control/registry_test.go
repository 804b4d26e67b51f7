package control

import (
	"bytes"
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/element"
	"nestor/lib/logging"
)

// logBuffer takes what a logging.System writes.
type logBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

// wants waits until the log holds a text: a line may be written after the answer
// that it is about.
func (l *logBuffer) wants(t *testing.T, text string) {
	t.Helper()
	for range 200 {
		if strings.Contains(l.String(), text) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("the log lacks %q:\n%s", text, l)
}

func newLogging(verbose bool) (*logging.System, *logBuffer) {
	var b logBuffer
	sys := logging.New("kea-dhcp4")
	sys.SetConsole(&b, &b)
	if verbose {
		sys.Early("none", true)
	}
	return sys, &b
}

// newRegistry has a few commands to play with.
func newRegistry(sys *logging.System) *Registry {
	r := NewRegistry(sys.Logger("commands"))
	r.Register("echo", func(_ context.Context, req *Request) Answer {
		return Answer{Text: "from " + req.Remote, Args: req.Args}
	})
	r.Register("bad", func(context.Context, *Request) Answer { return Answer{Result: Error, Text: "no good"} })
	r.Register("empty", func(context.Context, *Request) Answer { return Answer{Result: Empty, Text: "nothing"} })
	r.Register("conflict", func(context.Context, *Request) Answer { return Answer{Result: Conflict, Text: "taken"} })
	r.Register("panic", func(context.Context, *Request) Answer { panic("oops") })
	return r
}

func TestProcess(t *testing.T) {
	sys, _ := newLogging(false)
	r := newRegistry(sys)
	tests := []struct{ name, command, want string }{
		{"PL.4.1 PL.4.2 arguments are optional", `{ "command": "echo" }`, `{ "result": 0, "text": "from 10.0.0.1" }`},
		{"PL.4.1 PL.4.2 arguments", `{ "command": "echo", "arguments": { "b": 1, "a": [ ] } }`,
			`{ "arguments": { "a": [  ], "b": 1 }, "result": 0, "text": "from 10.0.0.1" }`},
		{"PL.4.1 PL.4.30 service is ignored", `{ "command": "echo", "service": [ "dhcp6" ] }`, `{ "result": 0, "text": "from 10.0.0.1" }`},
		{"PL.4.1 service of a wrong type is ignored", `{ "command": "echo", "service": 5 }`, `{ "result": 0, "text": "from 10.0.0.1" }`},
		{"PL.4.5 remote-address", `{ "command": "echo", "remote-address": "x" }`, `{ "result": 0, "text": "from 10.0.0.1" }`},
		{"PL.4.3 error", `{ "command": "bad" }`, `{ "result": 1, "text": "no good" }`},
		{"PL.4.3 PL.4.4 not supported", `{ "command": "subnet6-list" }`, `{ "result": 2, "text": "'subnet6-list' command not supported." }`},
		{"PL.4.3 nothing found", `{ "command": "empty" }`, `{ "result": 3, "text": "nothing" }`},
		{"PL.4.3 conflict", `{ "command": "conflict" }`, `{ "result": 4, "text": "taken" }`},
		{"PL.4.1 no map", `[ 1, 2 ]`, `{ "result": 1, "text": "Error during command processing: invalid command: expected toplevel entry to be a map, got list instead" }`},
		{"PL.4.1 no command", `{}`, `{ "result": 1, "text": "Error during command processing: invalid command: does not contain mandatory 'command'" }`},
		{"PL.4.1 command of a wrong type", `{ "command": 5 }`, `{ "result": 1, "text": "Error during command processing: invalid command: expected 'command' to be a string, got integer instead" }`},
		{"PL.4.5 unknown key", `{ "command": "echo", "foo": 1 }`, `{ "result": 1, "text": "Error during command processing: invalid command: unsupported parameter 'foo'" }`},
		{"PL.16.11 the longest name", `{ "command": "` + strings.Repeat("n", 256) + `" }`,
			`{ "result": 2, "text": "'` + strings.Repeat("n", 256) + `' command not supported." }`},
		{"PL.16.11 a longer name", `{ "command": "` + strings.Repeat("n", 257) + `" }`,
			`{ "result": 1, "text": "Error during command processing: invalid command: the name '` + strings.Repeat("n", 32) + `…' has 257 bytes, a command has at most 256" }`},
		{"PL.16.11 a long key", `{ "` + strings.Repeat("k", 257) + `": 1 }`,
			`{ "result": 1, "text": "Error during command processing: invalid command: unsupported parameter '` + strings.Repeat("k", 32) + `…'" }`},
		{"PL.4.5 the last of equal keys", `{ "command": "bad", "command": "empty" }`, `{ "result": 3, "text": "nothing" }`},
		{"a handler that panics", `{ "command": "panic" }`, `{ "result": 1, "text": "internal error in command 'panic': oops" }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			command, err := element.ParseWire([]byte(tt.command))
			if err != nil {
				t.Fatal(err)
			}
			if got := r.Process(t.Context(), command, "10.0.0.1").String(); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	if got, want := r.Process(t.Context(), nil, "").String(),
		`{ "result": 1, "text": "Command processing failed: NULL command parameter" }`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestProcessLogs(t *testing.T) {
	tests := []struct{ name, command, want string }{
		{"PL.4.7 each command at INFO", `{ "command": "echo" }`, "INFO  [kea-dhcp4.commands/"},
		{"PL.4.7 with its name", `{ "command": "nonesuch" }`, "COMMAND_RECEIVED Received command 'nonesuch'\n"},
		{"PL.4.6 a wrong envelope", `{}`, "COMMAND_PROCESS_ERROR2 Error while processing command: invalid command: does not contain mandatory 'command'\n"},
		{"PL.4.6 a failure while it runs", `{ "command": "panic" }`, "COMMAND_PROCESS_ERROR2 Error while processing command: panic panicked: oops\n"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sys, log := newLogging(false)
			command, err := element.ParseWire([]byte(tt.command))
			if err != nil {
				t.Fatal(err)
			}
			newRegistry(sys).Process(t.Context(), command, "")
			log.wants(t, tt.want)
		})
	}
}

// A name that is too long is not logged either.
func TestProcessLogsCutName(t *testing.T) {
	sys, log := newLogging(false)
	name := strings.Repeat("n", 1<<20)
	newRegistry(sys).Process(t.Context(), NewCommand(name, nil), "")
	log.wants(t, "invalid command: the name '"+name[:32]+"…' has 1048576 bytes")
	if n := len(log.String()); n > 1000 {
		t.Errorf("PL.16.11 the log has %d bytes", n)
	}
}

func TestRegister(t *testing.T) {
	sys, log := newLogging(true)
	r := newRegistry(sys)
	log.wants(t, "COMMAND_REGISTERED Command echo registered\n")
	if got, want := strings.Join(r.Names(), " "), "bad conflict echo empty panic"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	r.Deregister("echo")
	r.Deregister("echo")
	log.wants(t, "COMMAND_DEREGISTERED Command echo deregistered\n")
	if got := r.Call(t.Context(), &Request{Command: "echo"}); got.Result != Unsupported {
		t.Errorf("a command that was removed gives %+v", got)
	}
	defer func() {
		if recover() == nil {
			t.Error("two owners of one command went unnoticed")
		}
	}()
	r.Register("bad", func(context.Context, *Request) Answer { return Answer{} })
}
