package e2e_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/netns"
)

// object is a JSON object of a configuration or a command.
type object map[string]any

type list []any

// A server is a running DHCPv4 server process in a namespace, with directories
// of its own for all that it writes.
type server struct {
	suite   suite
	ns      *netns.NS
	dir     string
	pidDir  string   // else dir
	config  string   // name of the configuration file
	through []string // what starts the program, if it is not started at once
	flags   []string // beside -c
	locking bool     // with a logger lock file
	cmd     *exec.Cmd
	exited  chan error
}

// start runs the suite's server in ns with the given Dhcp4 map, to which lease
// file, control socket and loggers are added where it has none, and waits until
// it serves. It is stopped at the end of the test.
func (s suite) start(t *testing.T, ns *netns.NS, dhcp4 object) *server {
	t.Helper()
	srv := s.prepare(t, ns)
	srv.configure(t, dhcp4)
	srv.run(t)
	return srv
}

// prepare makes the directory of a server that run will start.
func (s suite) prepare(t *testing.T, ns *netns.NS) *server {
	t.Helper()
	dir, err := os.MkdirTemp(workDir, "s")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o750); err != nil {
		t.Fatal(err)
	}
	return &server{suite: s, ns: ns, dir: dir, pidDir: dir, config: "dhcp4.conf"}
}

// configure writes the configuration file anew; run or SIGHUP read it.
func (srv *server) configure(t *testing.T, dhcp4 object) {
	t.Helper()
	full := object{
		"lease-database": object{"type": "memfile", "name": srv.leaseFile(), "lfc-interval": 0},
		"control-socket": object{"socket-type": "unix", "socket-name": srv.socket()},
		"loggers": list{object{
			"name": "kea-dhcp4", "severity": "DEBUG", "debuglevel": 99,
			"output_options": list{object{"output": "stdout"}},
		}},
	}
	for key, v := range dhcp4 {
		full[key] = v
	}
	text, err := json.MarshalIndent(object{"Dhcp4": full}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(srv.configFile(), text, 0o640); err != nil {
		t.Fatal(err)
	}
}

// file is the path of a file of the server's.
func (srv *server) file(name string) string { return filepath.Join(srv.dir, name) }

func (srv *server) configFile() string { return srv.file(srv.config) }
func (srv *server) leaseFile() string  { return srv.file("kea-leases4.csv") }
func (srv *server) socket() string     { return srv.file("ctl") }
func (srv *server) logFile() string    { return srv.file("out") }

// program is the path of the server's executable.
func (srv *server) program(t testing.TB) string {
	if link := srv.file("bin/kea-dhcp4"); exists(link) {
		return link
	}
	return srv.suite.dhcp4(t)
}

// underKeaName makes run start the program by a link of Kea's name.
func (srv *server) underKeaName(t *testing.T) {
	t.Helper()
	if err := os.Mkdir(srv.file("bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(srv.suite.dhcp4(t), srv.file("bin/kea-dhcp4")); err != nil {
		t.Fatal(err)
	}
}

// withPIDsOf lets a server use the PID directory of another one.
func (srv *server) withPIDsOf(other *server) *server {
	srv.pidDir = other.dir
	return srv
}

func exists(name string) bool {
	_, err := os.Stat(name)
	return err == nil
}

// environment points everything that the server would put elsewhere into dir.
func (srv *server) environment(t testing.TB) []string {
	// This variable, set to whatever, would change where answers go.
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "KEA_TEST_SEND_RESPONSES_TO_SOURCE=")
	})
	for _, name := range []string{"CONTROL_SOCKET_DIR", "DHCP_DATA_DIR", "LOG_FILE_DIR"} {
		env = append(env, "KEA_"+name+"="+srv.dir)
	}
	if srv.suite.lfc != nil {
		env = append(env, "KEA_LFC_EXECUTABLE="+srv.suite.lfc(t))
	}
	locks := "none"
	if srv.locking {
		locks = srv.dir
	}
	return append(env, "DIR="+srv.dir, "KEA_PIDFILE_DIR="+srv.pidDir, "KEA_LOCKFILE_DIR="+locks)
}

// command returns the server program's command line inside the namespace.
func (srv *server) command(t testing.TB, args ...string) *exec.Cmd {
	line := append(append(slices.Clone(srv.through), srv.program(t)), args...)
	cmd := srv.ns.Command(line[0], line[1:]...)
	cmd.Env = srv.environment(t)
	return cmd
}

// run starts the process with its configuration file.
func (srv *server) run(t *testing.T) {
	t.Helper()
	out, err := os.OpenFile(srv.logFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	begun := strings.Count(srv.log(), "DHCP4_STARTED")
	srv.cmd = srv.command(t, append([]string{"-c", srv.configFile()}, srv.flags...)...)
	srv.cmd.Stdout, srv.cmd.Stderr = out, out
	if err := srv.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	srv.exited = exited
	go func(cmd *exec.Cmd) { exited <- cmd.Wait() }(srv.cmd)
	t.Cleanup(func() { srv.stop(t) })
	eventually(t, 20*time.Second, "the server starts", func() bool {
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("%s ended at once: %v\n%s", srv.suite.name, err, srv.log())
		default:
		}
		return strings.Count(srv.log(), "DHCP4_STARTED") > begun
	})
}

// stop ends the process with SIGTERM and returns its exit status. A process
// that has ended already is left alone.
func (srv *server) stop(t *testing.T) int {
	t.Helper()
	return srv.signalAndWait(t, syscall.SIGTERM)
}

// signalAndWait ends the process with a signal and returns its exit status, -1
// for one that was killed.
func (srv *server) signalAndWait(t *testing.T, sig syscall.Signal) int {
	t.Helper()
	srv.cmd.Process.Signal(sig)
	return srv.wait(t)
}

// wait waits for the end of the process and returns its exit status.
func (srv *server) wait(t *testing.T) int {
	t.Helper()
	select {
	case err := <-srv.exited:
		srv.exited <- err
	case <-time.After(15 * time.Second):
		srv.cmd.Process.Kill()
		t.Errorf("%s did not end within 15 s", srv.suite.name)
		srv.exited <- <-srv.exited
	}
	return srv.cmd.ProcessState.ExitCode()
}

// log returns all that the server has written to stdout and stderr.
func (srv *server) log() string {
	text, _ := os.ReadFile(srv.logFile())
	return string(text)
}

// logged waits for a message identifier (or other text) in the log.
func (srv *server) logged(t *testing.T, text string) {
	t.Helper()
	eventually(t, 10*time.Second, "the server logs "+text, func() bool { return strings.Contains(srv.log(), text) })
}

// call sends a command over the control socket and returns result, text and
// arguments of the answer.
func (srv *server) call(t *testing.T, command string, arguments any) (int, string, object) {
	t.Helper()
	request := object{"command": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	message, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := net.DialTimeout("unix", srv.socket(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(10 * time.Second))
	if _, err := conn.Write(message); err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%s: %v", command, err)
	}
	var answer struct {
		Result    int
		Text      string
		Arguments object
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		t.Fatalf("%s: %v in %q", command, err, text)
	}
	return answer.Result, answer.Text, answer.Arguments
}

// statistic returns the current value of an integer statistic; 0 when there is
// none of that name.
func (srv *server) statistic(t *testing.T, name string) int {
	t.Helper()
	_, _, arguments := srv.call(t, "statistic-get", object{"name": name})
	samples, _ := arguments[name].([]any)
	if len(samples) == 0 {
		return 0
	}
	newest, _ := samples[0].([]any)
	if len(newest) == 0 {
		return 0
	}
	value, _ := newest[0].(float64)
	return int(value)
}

// leases returns the newest row of each address in the lease file: column → text.
func (srv *server) leases(t testing.TB) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(srv.leaseFile())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(bytes.TrimSpace(text)), "\n"), "\n")
	columns := strings.Split(lines[0], ",")
	rows := map[string]map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, v := range strings.Split(line, ",") {
			if i < len(columns) {
				row[columns[i]] = v
			}
		}
		rows[row["address"]] = row
	}
	return rows
}

// lease waits for a row of that address which passes the test.
func (srv *server) lease(t *testing.T, address string, what string, ok func(row map[string]string) bool) map[string]string {
	t.Helper()
	var row map[string]string
	eventually(t, 10*time.Second, fmt.Sprintf("lease of %s: %s", address, what), func() bool {
		row = srv.leases(t)[address]
		return row != nil && ok(row)
	})
	return row
}

// retryLimit bounds waiting for what a server does by timers of its own.
const retryLimit = 10 * time.Second

// exitStatus is the exit status of a command that has ended by itself.
func exitStatus(err error) (int, bool) {
	var status *exec.ExitError
	switch {
	case err == nil:
		return 0, true
	case errors.As(err, &status) && status.Exited():
		return status.ExitCode(), true
	}
	return 0, false
}

// eventually fails the test when done does not become true in time.
func eventually(t testing.TB, limit time.Duration, what string, done func() bool) {
	t.Helper()
	for end := time.Now().Add(limit); ; time.Sleep(20 * time.Millisecond) {
		if done() {
			return
		}
		if time.Now().After(end) {
			t.Fatalf("not within %v: %s", limit, what)
		}
	}
}
