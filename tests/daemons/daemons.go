// Package daemons runs the DHCP daemons as a whole, in the test's process and without
// interfaces: command line, configuration file, control sockets, log, end.
package daemons

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

// Daemon is a daemon that runs, or has run.
type Daemon struct {
	Dir            string // where it has all of its files
	Config         string // its configuration file
	Stdout, Stderr Output
	t              testing.TB
	program        daemon.Program
	end            context.CancelFunc
	exit           chan int
}

// Output may be read while the daemon writes.
type Output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// Reset empties it.
func (o *Output) Reset() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.b.Reset()
}

// Launch runs a daemon with switch -c, -t or -T, and perhaps more switches, on a
// configuration, the content of its top level without braces; DIR in it stands for the daemon's directory. It ends with
// the test at the latest.
func Launch(t testing.TB, p daemon.Program, newApp func(*daemon.Env) daemon.App, flag, conf string, more ...string) *Daemon {
	t.Helper()
	dir, err := os.MkdirTemp("", "d") // short: there are sockets in it
	if err != nil {
		t.Fatal(err)
	}
	ctx, end := context.WithCancel(context.Background())
	d := &Daemon{t: t, program: p, Dir: dir, Config: filepath.Join(dir, "x.conf"), end: end, exit: make(chan int, 1)}
	d.Write(conf)
	paths := daemon.Paths{PID: dir, Lock: "none", Socket: dir, Data: dir, Log: dir, LFC: "/bin/true"}
	go func() {
		d.exit <- daemon.Run(ctx, p, newApp, daemon.Invocation{
			Args: append([]string{p.KeaName, flag, d.Config}, more...), Stdout: &d.Stdout, Stderr: &d.Stderr,
			Signals: make(chan os.Signal), Paths: &paths,
		})
	}()
	t.Cleanup(func() {
		d.Status()
		os.RemoveAll(dir)
	})
	return d
}

// Write writes the configuration file, as Launch does.
func (d *Daemon) Write(conf string) {
	d.t.Helper()
	text := `{ "` + d.program.TopLevel + `": { ` + strings.ReplaceAll(conf, "DIR", d.Dir) + ` } }`
	if err := os.WriteFile(d.Config, []byte(text), 0o640); err != nil {
		d.t.Fatal(err)
	}
}

// patience is how long a daemon has for what it does.
const patience = 10 * time.Second

// Serving waits until the daemon serves.
func (d *Daemon) Serving() *Daemon {
	d.t.Helper()
	started := strings.ToUpper(d.program.TopLevel) + "_STARTED"
	for end := time.Now().Add(patience); !strings.Contains(d.Stdout.String(), started); time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			d.t.Fatalf("it does not start: %s%s", d.Stdout.String(), d.Stderr.String())
		}
	}
	return d
}

// Ended waits until the daemon ends by itself and returns its exit status.
func (d *Daemon) Ended() int {
	d.t.Helper()
	select {
	case status := <-d.exit:
		d.exit <- status
		return status
	case <-time.After(patience):
		d.t.Fatal("it does not end")
		return 0
	}
}

// Status ends the daemon and returns its exit status.
func (d *Daemon) Status() int {
	d.end()
	return d.Ended()
}

// Has tells whether there is a file in the daemon's directory.
func (d *Daemon) Has(name string) bool {
	return leasefile.Exists(leasefile.OS, filepath.Join(d.Dir, name))
}

// FreePort finds a TCP port of the loopback.
func FreePort(t testing.TB) int {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port
}

// Post sends a command to an HTTP control socket and returns status and body.
func Post(t testing.TB, port int, command string) (int, string) {
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
