package control

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/element"
	"nestor/lib/logging"
)

const (
	// silence is how long a client may say nothing, or leave the answer unread
	// (ARM 18). The time in which a command runs does not count.
	silence = 10 * time.Second
	// commandTime is how long a command may take to arrive, however it drips.
	commandTime = 60 * time.Second
	// chunk is how much is read or written at a time.
	chunk = 32768
)

// serve carries out the one command of a connection.
func (l *unixListener) serve(conn net.Conn) {
	name := connName(conn)
	l.log.Log(msgOpened, name)
	x := unixExchange{unixListener: l, conn: conn, name: name}
	if answer := x.answer(); answer != nil {
		l.connections.setIdle(conn, false)
		x.write(answer)
		finish(conn)
	}
	l.log.Log(msgClosed, name)
}

// unixExchange is one connection of a unix socket.
type unixExchange struct {
	*unixListener
	conn  net.Conn
	name  string // in log lines
	frame frame
}

// answer reads the command and carries it out. It returns nil when the client
// left or the socket was closed.
func (x *unixExchange) answer() []byte {
	buffer := make([]byte, chunk)
	last := time.Now().Add(commandTime)
	for {
		deadline := time.Now().Add(silence)
		if deadline.After(last) {
			deadline = last
		}
		x.connections.readUntil(x.conn, deadline)
		n, err := x.conn.Read(buffer)
		if n > 0 {
			if x.log.Enabled(msgRead) {
				x.log.Log(msgRead, n, x.name)
			}
			complete, err := x.frame.feed(buffer[:n])
			switch {
			case err != nil:
				return x.refuse(msgMalformed, err.Error())
			case complete:
				return x.carryOut()
			}
		}
		if err != nil {
			return x.interrupted(err)
		}
	}
}

// carryOut parses and processes the complete command.
func (x *unixExchange) carryOut() []byte {
	if !x.connections.setIdle(x.conn, false) {
		return nil
	}
	command, err := element.ParseWire(x.frame.text)
	if err != nil {
		return x.refuse(msgMalformed, err.Error())
	}
	x.frame.text = nil
	return x.commands.Process(x.ctx, command, "").AppendJSON(nil)
}

// refuse logs what is wrong and makes the answer that says so.
func (x *unixExchange) refuse(m *logging.Message, text string) []byte {
	x.log.Log(m, text)
	return Answer{Result: Error, Text: text}.Element().AppendJSON(nil)
}

// interrupted deals with a read that failed before the command was complete.
func (x *unixExchange) interrupted(err error) []byte {
	partial := ""
	if n := len(x.frame.text); n > 0 {
		partial = fmt.Sprintf(", discarded partial command of %d bytes", n)
	}
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		x.log.Log(msgTimeout, x.name)
		return Answer{Result: Error, Text: "Connection over control channel timed out" + partial}.Element().AppendJSON(nil)
	case errors.Is(err, io.EOF):
		if partial == "" {
			partial = ", no command received"
		}
		x.log.Log(msgForeignHost, x.name, partial[2:])
	case !errors.Is(err, net.ErrClosed):
		x.log.Log(msgReadFail, err, x.name)
	}
	return nil
}

// write sends the answer in chunks, each of which the client must take in time.
func (x *unixExchange) write(answer []byte) {
	for len(answer) > 0 {
		x.conn.SetWriteDeadline(time.Now().Add(silence))
		n, err := x.conn.Write(answer[:min(chunk, len(answer))])
		answer = answer[n:]
		if err != nil {
			x.log.Log(msgWriteFail, x.name, err)
			return
		}
		if x.log.Enabled(msgWrite) {
			x.log.Log(msgWrite, n, len(answer), x.name)
		}
	}
}

// finish shuts the sending side down and takes what the client sent behind its
// command: closing with unread bytes would show as a reset connection there.
func finish(conn net.Conn) {
	if c, ok := conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
	raw, ok := conn.(syscall.Conn)
	if !ok {
		return
	}
	c, err := raw.SyscallConn()
	if err != nil {
		return
	}
	buffer := make([]byte, chunk)
	c.Read(func(fd uintptr) bool {
		const most = 1 << 20 / chunk
		for range most {
			if n, err := unix.Read(int(fd), buffer); n <= 0 || err != nil {
				break
			}
		}
		return true
	})
}

// connName is what log lines call a connection: its descriptor, as in Kea.
func connName(conn net.Conn) string {
	raw, ok := conn.(syscall.Conn)
	if !ok {
		return conn.RemoteAddr().String()
	}
	c, err := raw.SyscallConn()
	if err != nil {
		return conn.RemoteAddr().String()
	}
	name := ""
	c.Control(func(fd uintptr) { name = strconv.Itoa(int(fd)) })
	return name
}
