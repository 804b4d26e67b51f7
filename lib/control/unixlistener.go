package control

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/logging"
)

// maxSocketPath is the longest path that the system takes for a unix socket.
const maxSocketPath = len(unix.RawSockaddrUnix{}.Path) - 1

// socketMode lets the daemon's group connect and nobody else.
const socketMode = 0o750

// unixListener serves commands on one unix socket.
type unixListener struct {
	path        string
	commands    *Registry
	log         *logging.Logger
	ctx         context.Context // of the commands
	socket      *net.UnixListener
	lock        *os.File
	connections connections
}

// listenUnix opens the socket. The file beside it that is locked meanwhile tells a
// socket in use from one that a dead daemon left, which is removed.
func listenUnix(ctx context.Context, s *Server, path string) (*unixListener, error) {
	if len(path) > maxSocketPath {
		return nil, fmt.Errorf("socket-name %s is longer than the %d bytes that a unix socket may have", path, maxSocketPath)
	}
	lock, err := lockSocket(path)
	if err != nil {
		return nil, err
	}
	socket, err := bindUnix(ctx, path)
	if err != nil {
		unlockSocket(lock)
		return nil, fmt.Errorf("unable to open control socket %s: %w", path, err)
	}
	l := &unixListener{path: path, commands: s.commands, log: s.log, ctx: s.ctx, socket: socket, lock: lock}
	l.connections.serving = &s.serving
	l.log.Log(msgAcceptorStart, path)
	go l.connections.accept(socket, l.serve, func(err error) { l.log.Log(msgAcceptFail, path, err) })
	return l, nil
}

// bindUnix binds the socket with its final mode, so that there is no moment at
// which others could connect.
func bindUnix(ctx context.Context, path string) (*net.UnixListener, error) {
	if err := removeStale(path); err != nil {
		return nil, err
	}
	config := net.ListenConfig{Control: func(_, _ string, c syscall.RawConn) error {
		var chmod error
		err := c.Control(func(fd uintptr) { chmod = unix.Fchmod(int(fd), socketMode) })
		return errors.Join(err, chmod)
	}}
	ln, err := config.Listen(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	// A strict umask took bits away from the mode.
	if err := os.Chmod(path, socketMode); err != nil {
		ln.Close()
		return nil, err
	}
	return ln.(*net.UnixListener), nil
}

// removeStale removes the socket that a dead daemon left. Other files stay: the
// path may be mistyped.
func removeStale(path string) error {
	info, err := os.Lstat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case info.Mode().Type() != fs.ModeSocket:
		return errors.New("there is a file of that name which is no socket")
	}
	return os.Remove(path)
}

// lockSocket takes the lock that belongs to a socket.
func lockSocket(path string) (*os.File, error) {
	name := path + ".lock"
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("unable to open the lock of control socket %s: %w", path, err)
	}
	err = unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB)
	if errors.Is(err, unix.EWOULDBLOCK) {
		err = errors.New("another process serves that socket")
	}
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("unable to lock %s: %w", name, err)
	}
	return f, nil
}

// unlockSocket gives the lock back and removes its file.
func unlockSocket(lock *os.File) {
	os.Remove(lock.Name())
	lock.Close()
}

// update has nothing to take over: all there is of a unix socket is its name.
func (l *unixListener) update(*config.ControlSocket) {}

// close removes the socket and stops accepting.
func (l *unixListener) close() {
	l.socket.Close()
	l.connections.close()
	unlockSocket(l.lock)
}
