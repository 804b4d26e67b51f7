package servers

import (
	"cmp"
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

// A process is a daemon that runs in a namespace and keeps its files in Dir.
type process struct {
	Make Make
	NS   *netns.NS
	// Dir holds configuration, control socket, PID file and output, and whatever
	// else the daemon writes where nothing else is configured.
	Dir string
	// PIDDir is where the PID file is in place of Dir.
	PIDDir string
	// Config is the name of the configuration file in Dir.
	Config string
	// Through is the command line, if any, that starts the program.
	Through []string
	// Flags are those beside -c.
	Flags []string
	// Locking gives it a logger lock file.
	Locking bool
	// Env is added to the environment.
	Env []string

	program func(t testing.TB) string
	name    string // of its output in Dir
	started string // message of the log that says it is ready
	cmd     *exec.Cmd
	exited  chan error
}

// File is the path of a file in Dir.
func (p *process) File(name string) string { return filepath.Join(p.Dir, name) }

// ConfigFile is the path of the configuration file.
func (p *process) ConfigFile() string { return p.File(p.Config) }

// LogFile is the path of the file with all output of the daemon.
func (p *process) LogFile() string { return p.File(p.name + ".out") }

// Log returns all that the daemon has written to stdout and stderr.
func (p *process) Log() string {
	text, _ := os.ReadFile(p.LogFile())
	return string(text)
}

// Logged waits for a message identifier (or other text) in the log.
func (p *process) Logged(t testing.TB, text string) {
	t.Helper()
	Eventually(t, 10*time.Second, "the server logs "+text, func() bool { return strings.Contains(p.Log(), text) })
}

// PID is the process id of the daemon that runs, or ran last.
func (p *process) PID() int { return p.cmd.Process.Pid }

// Environment points everything that the daemon would put elsewhere into Dir, which
// is in DIR.
func (p *process) Environment(t testing.TB) []string {
	// This variable, set to whatever, would change where answers go.
	env := slices.DeleteFunc(os.Environ(), func(v string) bool {
		return strings.HasPrefix(v, "KEA_TEST_SEND_RESPONSES_TO_SOURCE=")
	})
	for _, name := range []string{"CONTROL_SOCKET_DIR", "DHCP_DATA_DIR", "LOG_FILE_DIR"} {
		env = append(env, "KEA_"+name+"="+p.Dir)
	}
	locks := "none"
	if p.Locking {
		locks = p.Dir
	}
	env = append(env, "DIR="+p.Dir, "KEA_PIDFILE_DIR="+cmp.Or(p.PIDDir, p.Dir), "KEA_LOCKFILE_DIR="+locks,
		"KEA_LFC_EXECUTABLE="+p.Make.LFC(t))
	return append(env, p.Env...)
}

// Program is the path of the daemon's executable.
func (p *process) Program(t testing.TB) string { return p.program(t) }

// Command returns a command line of the daemon's program inside the namespace.
func (p *process) Command(t testing.TB, args ...string) *exec.Cmd {
	line := append(append(slices.Clone(p.Through), p.Program(t)), args...)
	cmd := p.NS.Command(line[0], line[1:]...)
	cmd.Env = p.Environment(t)
	return cmd
}

// Write puts a configuration into place; Run, SIGHUP and config-reload read it.
func (p *process) Write(t testing.TB, text []byte) {
	t.Helper()
	if err := os.WriteFile(p.ConfigFile(), text, 0o640); err != nil {
		t.Fatal(err)
	}
}

// Run starts the daemon with its configuration file and waits until it serves. It
// is stopped at the end of the test.
func (p *process) Run(t testing.TB) {
	t.Helper()
	out, err := os.OpenFile(p.LogFile(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o640)
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	begun := strings.Count(p.Log(), p.started)
	p.cmd = p.Command(t, append([]string{"-c", p.ConfigFile()}, p.Flags...)...)
	p.cmd.Stdout, p.cmd.Stderr = out, out
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	exited := make(chan error, 1)
	p.exited = exited
	go func(cmd *exec.Cmd) { exited <- cmd.Wait() }(p.cmd)
	t.Cleanup(func() { p.Stop(t) })
	Eventually(t, 20*time.Second, p.name+" of "+p.Make.Name+" starts", func() bool {
		select {
		case err := <-exited:
			exited <- err
			t.Fatalf("%s of %s ended at once: %v\n%s", p.name, p.Make.Name, err, p.Log())
		default:
		}
		return strings.Count(p.Log(), p.started) > begun
	})
}

// Stop ends the process with SIGTERM and returns its exit status. A process
// that has ended already is left alone.
func (p *process) Stop(t testing.TB) int {
	t.Helper()
	return p.SignalAndWait(t, syscall.SIGTERM)
}

// Signal sends a signal to the daemon.
func (p *process) Signal(sig syscall.Signal) { p.cmd.Process.Signal(sig) }

// SignalAndWait ends the process with a signal and returns its exit status, -1
// for one that was killed.
func (p *process) SignalAndWait(t testing.TB, sig syscall.Signal) int {
	t.Helper()
	p.Signal(sig)
	return p.Wait(t)
}

// Wait waits until the daemon ends and returns its exit status.
func (p *process) Wait(t testing.TB) int {
	t.Helper()
	select {
	case err := <-p.exited:
		p.exited <- err
	case <-time.After(15 * time.Second):
		p.cmd.Process.Kill()
		t.Errorf("%s of %s did not end within 15 s", p.name, p.Make.Name)
		p.exited <- <-p.exited
	}
	return p.cmd.ProcessState.ExitCode()
}

// Eventually fails the test when done does not become true in time.
func Eventually(t testing.TB, limit time.Duration, what string, done func() bool) {
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
