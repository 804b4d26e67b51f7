package control

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"nestor/lib/element"
)

// Client sends commands to other daemons over their unix sockets. The zero value is
// ready; its methods may be called concurrently.
type Client struct{}

// answerTime is how long a daemon may take for an answer when the caller sets no
// deadline of its own.
const answerTime = 60 * time.Second

// maxAnswer bounds an answer: that of a server with a hundred thousand subnets
// whose statistics hold all their samples.
const maxAnswer = 1 << 30

// Call sends a command to the socket at path and returns the answer. A daemon that
// does not run shows as an error that wraps syscall.ENOENT or ECONNREFUSED.
func (c Client) Call(ctx context.Context, path string, command *element.Value) (*element.Value, error) {
	text, err := c.Exchange(ctx, path, command.AppendJSON(nil))
	if err != nil {
		return nil, err
	}
	answer, err := element.ParseAnswer(text)
	if err != nil {
		return nil, fmt.Errorf("the answer from %s is malformed: %w", path, err)
	}
	return answer, nil
}

// Exchange is Call with command and answer as text, which is not looked at beyond
// its brackets.
func (Client) Exchange(ctx context.Context, path string, command []byte) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", path)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	answer, err := exchange(conn, command)
	switch {
	case err == nil:
		return answer, nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return nil, fmt.Errorf("no answer from %s in time: %w", path, ctx.Err())
	case ctx.Err() != nil:
		return nil, ctx.Err()
	}
	return nil, fmt.Errorf("no answer from %s: %w", path, err)
}

// exchange writes a command and reads until the answer is complete.
func exchange(conn net.Conn, command []byte) ([]byte, error) {
	if _, err := conn.Write(command); err != nil {
		return nil, err
	}
	answer := frame{limit: maxAnswer}
	buffer := make([]byte, chunk)
	for {
		n, err := conn.Read(buffer)
		complete, malformed := answer.feed(buffer[:n])
		switch {
		case malformed != nil:
			return nil, malformed
		case complete:
			return answer.text, nil
		case errors.Is(err, io.EOF):
			return nil, io.ErrUnexpectedEOF
		case err != nil:
			return nil, err
		}
	}
}
