package leasefile

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Running reports the process that the PID file at path names, when it is alive.
// A file that is missing, torn or left by a process that is gone (or by an
// earlier process with our own id, as happens in containers) names nobody.
func Running(fsys FS, path string) (pid int, alive bool) {
	f, err := fsys.OpenFile(path, os.O_RDONLY)
	if err != nil {
		return 0, false
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, 32))
	if err != nil {
		return 0, false
	}
	digits, whole := bytes.CutSuffix(text, []byte("\n"))
	pid, err = strconv.Atoi(string(digits))
	if err != nil || !whole || pid <= 0 || pid == os.Getpid() {
		return 0, false
	}
	err = unix.Kill(pid, 0)
	return pid, err == nil || errors.Is(err, unix.EPERM)
}

// WritePID writes our process id to the PID file at path.
func WritePID(fsys FS, path string) error {
	f, err := fsys.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC)
	if err != nil {
		return err
	}
	_, err = f.Write(append(strconv.AppendInt(nil, int64(os.Getpid()), 10), '\n'))
	return errors.Join(err, f.Close())
}
