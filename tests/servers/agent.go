package servers

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"testing"
	"time"
)

// An Agent is a control agent at 127.0.0.1:8000 of a server's namespace.
type Agent struct{ process }

// StartAgent runs the control agent of the server's make beside it until the end
// of the test. Service dhcp4 is the server, dhcp6 a socket that is not there.
func (srv *Server) StartAgent(t testing.TB) *Agent {
	t.Helper()
	a := &Agent{process{
		Make: srv.Make, NS: srv.NS, Dir: srv.Dir,
		program: srv.Make.Agent, name: "agent", started: "CTRL_AGENT_STARTED",
	}}
	a.Write(t, fmt.Appendf(nil, `{ "Control-agent": {
  "http-host": "127.0.0.1", "http-port": 8000,
  "control-sockets": {
    "dhcp4": { "socket-type": "unix", "socket-name": %q },
    "dhcp6": { "socket-type": "unix", "socket-name": %q } },
  "loggers": [ { "name": "kea-ctrl-agent", "severity": "DEBUG", "debuglevel": 99, "output_options": [ { "output": "stdout" } ] } ]
} }`, srv.Socket(), srv.Socket()+"6"))
	a.Run(t)
	return a
}

// A Response is what came back over HTTP.
type Response struct {
	Status int
	Header http.Header
	Body   string
	// Open says that the server left the connection open.
	Open bool
}

// Post sends a command as HTTP clients of the API do.
func (a *Agent) Post(t testing.TB, body string) Response {
	t.Helper()
	return a.Send(t, fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(body), body))
}

// Send sends the whole text of a request over a connection of its own.
func (a *Agent) Send(t testing.TB, request string) Response {
	t.Helper()
	var conn net.Conn
	err := a.NS.Do(func() (err error) {
		conn, err = net.DialTimeout("tcp", "127.0.0.1:8000", 5*time.Second)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	conn.SetDeadline(time.Now().Add(200 * time.Millisecond))
	_, err = r.ReadByte()
	return Response{response.StatusCode, response.Header, string(body), err != io.EOF}
}
