// Package nestorctl_test shows what the control script does, under its own name
// and as keactrl, with stand-ins for the servers.
package nestorctl_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/peers"
)

// standIn is a server that does what the script relies on: it writes the PID
// file, notes the signals that it gets, removes the file when it is stopped. It
// ends by itself after a minute.
const standIn = `#!/bin/sh
case $1 in
-v) echo 2.7.3; exit ;;
-V) echo "2.7.3 extended"; exit ;;
esac
name=$(basename "$0")
pidfile=$PIDDIR/$(basename "$2" .conf).$name.pid
echo "$*" >>"$PIDDIR/$name.args"
echo "$KEA_LOGGER_DESTINATION" >>"$PIDDIR/$name.log-destination"
trap 'echo HUP >>"$PIDDIR/$name.signals"' HUP
trap 'rm -f "$pidfile"; exit 0' TERM
echo $$ >"$pidfile"
for i in $(seq 600); do sleep 0.1; done
`

// An installation is a tree with the script, stand-in servers and a
// configuration of the script.
type installation struct {
	t      *testing.T
	root   string
	me     string // nestorctl or keactrl
	suite  string // nestor or kea
	titles string // what status calls the suite
	names  map[string]string
}

var processNames = map[string]map[string]string{
	"nestor": {
		"dhcp4": "nestor-dhcp4", "dhcp6": "nestor-dhcp6", "dhcp_ddns": "nestor-ddns",
		"ctrl_agent": "nestor-agent", "netconf": "nestor-netconf",
	},
	"kea": {
		"dhcp4": "kea-dhcp4", "dhcp6": "kea-dhcp6", "dhcp_ddns": "kea-dhcp-ddns",
		"ctrl_agent": "kea-ctrl-agent", "netconf": "kea-netconf",
	},
}

// order is that of starting.
var order = []string{"dhcp4", "dhcp6", "dhcp_ddns", "ctrl_agent", "netconf"}

// install makes an installation whose servers are all but those named.
func install(t *testing.T, me string, without ...string) *installation {
	t.Helper()
	in := &installation{t: t, root: t.TempDir(), me: me, suite: "nestor", titles: "Nestor"}
	if me == "keactrl" {
		in.suite, in.titles = "kea", "Kea"
	}
	in.names = processNames[in.suite]
	script, err := os.ReadFile(filepath.Join(peers.Root(), "scripts", "nestorctl"))
	if err != nil {
		t.Fatal(err)
	}
	in.write("sbin/"+me, strings.NewReplacer(
		"@version@", "2.7.3-test", "@kea_version@", "2.7.3-test", "@sysconfdir@", in.path("etc"), "@localstatedir@", in.path("var"),
		"@rundir@", in.path("run"), "@sbindir@", in.path("sbin"),
	).Replace(string(script)))
	for word, name := range in.names {
		if !contains(without, word) {
			in.write("sbin/"+name, standIn)
		}
		in.write("etc/"+in.suite+"/"+name+".conf", "{}")
	}
	if err := os.MkdirAll(in.path("run", in.suite), 0o750); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(in.killAll)
	return in
}

func (in *installation) path(parts ...string) string {
	return filepath.Join(append([]string{in.root}, parts...)...)
}

func (in *installation) write(name, text string) {
	in.t.Helper()
	path := in.path(name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		in.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		in.t.Fatal(err)
	}
}

// configure writes the script's configuration: lines of shell.
func (in *installation) configure(lines ...string) {
	in.t.Helper()
	in.write("etc/"+in.suite+"/"+in.me+".conf", strings.Join(lines, "\n")+"\n")
}

// run starts the script and returns what it wrote and its exit status. The
// output goes through a file: servers started by it keep it open.
func (in *installation) run(args ...string) (string, int) {
	in.t.Helper()
	out, err := os.Create(in.path("out"))
	if err != nil {
		in.t.Fatal(err)
	}
	defer out.Close()
	cmd := exec.Command(in.path("sbin", in.me), args...)
	cmd.Stdout, cmd.Stderr = out, out
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR=", "PIDDIR="+in.path("run", in.suite))
	err = cmd.Run()
	var status *exec.ExitError
	if err != nil && !errors.As(err, &status) {
		in.t.Fatal(err)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		in.t.Fatal(err)
	}
	return string(text), cmd.ProcessState.ExitCode()
}

// want runs the script and compares its whole output; the exit status must be 0.
func (in *installation) want(args string, lines ...string) {
	in.t.Helper()
	got, status := in.run(strings.Fields(args)...)
	want := strings.Join(append(lines, ""), "\n")
	if got != want || status != 0 {
		in.t.Errorf("%s %s: status %d\ngot\n%swant\n%s", in.me, args, status, got, want)
	}
}

func (in *installation) pidFile(word string) string {
	name := in.names[word]
	return in.path("run", in.suite, name+"."+name+".pid")
}

func (in *installation) config(word string) string {
	return in.path("etc", in.suite, in.names[word]+".conf")
}

// pid waits until a server has written its PID file.
func (in *installation) pid(word string) int {
	in.t.Helper()
	var pid int
	in.eventually(in.names[word]+" writes "+in.pidFile(word), func() bool {
		text, err := os.ReadFile(in.pidFile(word))
		pid, _ = strconv.Atoi(string(bytes.TrimSpace(text)))
		return err == nil && pid > 0
	})
	return pid
}

// stopped waits until a server's PID file is gone.
func (in *installation) stopped(word string) {
	in.t.Helper()
	in.eventually(in.names[word]+" is stopped", func() bool { return !in.hasPIDFile(word) })
}

func (in *installation) hasPIDFile(word string) bool {
	_, err := os.Stat(in.pidFile(word))
	return err == nil
}

// noted returns what a stand-in wrote about itself: args, signals.
func (in *installation) noted(word, what string) string {
	text, _ := os.ReadFile(in.path("run", in.suite, in.names[word]+"."+what))
	return strings.TrimSpace(string(text))
}

func (in *installation) eventually(what string, done func() bool) {
	in.t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if done() {
			return
		}
	}
	in.t.Fatalf("not within 10 s: %s", what)
}

// killAll ends the stand-ins that a test has left running.
func (in *installation) killAll() {
	for word, name := range in.names {
		text, err := os.ReadFile(in.pidFile(word))
		if err != nil {
			continue
		}
		pid, err := strconv.Atoi(string(bytes.TrimSpace(text)))
		if err != nil {
			continue
		}
		line, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if strings.Contains(string(line), in.path("sbin", name)) {
			syscall.Kill(pid, syscall.SIGKILL)
		}
	}
}

func contains(words []string, word string) bool {
	for _, w := range words {
		if w == word {
			return true
		}
	}
	return false
}
