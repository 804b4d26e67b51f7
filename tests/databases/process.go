package databases

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"nestor/tests/peers"
)

// process is a running server program.
type process struct {
	cmd  *exec.Cmd
	done chan struct{} // closed when it has ended
}

// spawn starts a program of scripts/test-deps, its output going to dir/log.
//
// The kernel kills it when this process ends, however that happens: the wish is
// bound to the thread that started the program, so a thread is kept for it.
func spawn(dir, program string, args ...string) (*process, error) {
	log, err := os.OpenFile(filepath.Join(dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	p := &process{cmd: exec.Command(path(program), args...), done: make(chan struct{})}
	p.cmd.Dir, p.cmd.Stdout, p.cmd.Stderr = dir, log, log
	p.cmd.Env = append(os.Environ(), "PATH="+wsrepPrograms()+":"+os.Getenv("PATH")) // a node of a cluster runs programs
	p.cmd.SysProcAttr = notRoot()
	p.cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	p.cmd.SysProcAttr.Setpgid = true
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		started <- p.cmd.Start()
		if p.cmd.Process != nil {
			p.cmd.Wait()
		}
		close(p.done)
	}()
	return p, <-started
}

// over tells whether the program has ended.
func (p *process) over() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// stop asks it to end (for both servers, without waiting for clients) and waits.
func (p *process) stop() error {
	p.signalAll(syscall.SIGCONT)
	signal := syscall.SIGTERM
	if strings.HasSuffix(p.cmd.Path, "postgres") {
		signal = syscall.SIGINT // fast: SIGTERM would wait for clients
	}
	p.cmd.Process.Signal(signal)
	select {
	case <-p.done:
		return nil
	case <-time.After(60 * time.Second):
		p.kill()
		return errors.New("the database server did not stop in a minute")
	}
}

// kill ends it and its processes.
func (p *process) kill() {
	if p == nil {
		return
	}
	syscall.Kill(-p.cmd.Process.Pid, syscall.SIGKILL)
	for _, pid := range p.children() {
		syscall.Kill(pid, syscall.SIGKILL)
	}
	<-p.done
}

// signalAll signals it and its processes: those of PostgreSQL lead groups of their own.
func (p *process) signalAll(signal syscall.Signal) {
	if p.over() {
		return
	}
	for _, pid := range append(p.children(), p.cmd.Process.Pid) {
		syscall.Kill(pid, signal)
	}
}

// stands reports whether all its threads and those of its processes are stopped, as
// SIGSTOP has it some time after it was sent.
func (p *process) stands() bool {
	for _, pid := range append(p.children(), p.cmd.Process.Pid) {
		tasks, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
		for _, task := range tasks {
			text, err := os.ReadFile(task)
			_, state, _ := strings.Cut(string(text), ") ") // behind the name
			if err == nil && !strings.HasPrefix(state, "T") {
				return false
			}
		}
	}
	return true
}

// children are the processes that it has started.
func (p *process) children() []int {
	pid := p.cmd.Process.Pid
	text, _ := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", pid, pid))
	var pids []int
	for _, word := range strings.Fields(string(text)) {
		if child, err := strconv.Atoi(word); err == nil {
			pids = append(pids, child)
		}
	}
	return pids
}

// notRoot gives a process that root starts another user id, since PostgreSQL
// insists on it: that of a user namespace, outside of which it is still root and
// may read the checkout and write to the test's directory; where namespaces are
// forbidden, nobody's, for whom the checkout must be readable then.
func notRoot() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return &syscall.SysProcAttr{}
	}
	if haveNamespaces() {
		return namespaced()
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

const nobody = 65534

func namespaced() *syscall.SysProcAttr {
	const inside = 1000
	return &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: 0, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: inside, HostID: 0, Size: 1}},
	}
}

var haveNamespaces = sync.OnceValue(func() bool {
	c := exec.Command("true")
	c.SysProcAttr = namespaced()
	return c.Run() == nil
})

// serverDir makes a directory for a server. Its name is short, since a socket's
// path may have some hundred bytes only.
func serverDir() (string, error) {
	base, err := baseDir()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp(base, "")
	if err == nil && os.Getuid() == 0 && !haveNamespaces() {
		err = os.Chown(dir, nobody, nobody)
	}
	return dir, err
}

// baseDir makes the directory of this process, once, and has it removed when the
// process has ended: a shell waits for the end of its standard input, which only
// this process holds open.
var baseDir = sync.OnceValues(func() (string, error) {
	base, err := os.MkdirTemp("/tmp", "nestor-db-")
	if err != nil {
		return "", err
	}
	if err := os.Chmod(base, 0o711); err != nil {
		return "", err
	}
	janitor := exec.Command("/bin/sh", "-c", `cat >/dev/null; for i in 1 2 3 4 5 6 7 8 9; do rm -rf "$1" && exit; sleep 0.2; done`, "sh", base)
	janitor.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	var pipe [2]int // the end to write to stays open: it is a number, not to be collected
	if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
		return "", err
	}
	end := os.NewFile(uintptr(pipe[0]), "pipe")
	defer end.Close()
	janitor.Stdin = end
	return base, janitor.Start()
})

// runProgram runs a program of scripts/test-deps to its end.
func runProgram(s *Server, stdin, program string, args ...string) error {
	c := exec.Command(path(program), args...)
	c.Dir, c.Stdin = s.Dir, strings.NewReader(stdin)
	c.SysProcAttr = notRoot()
	if out, err := c.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", program, err, out)
	}
	return nil
}

// path finds a program; the test has been skipped where there is none.
func path(program string) string { return peers.Path(program) }
