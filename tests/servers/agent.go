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
		Make: srv.Make, NS: srv.NS, Dir: srv.Dir, Config: "agent.conf",
		program: srv.Make.Agent, name: "agent-" + srv.Make.Name, started: "CTRL_AGENT_STARTED",
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
}

// Post sends a command as HTTP clients of the API do.
func (a *Agent) Post(t testing.TB, body string) Response {
	t.Helper()
	conn := a.dial(t)
	defer conn.Close()
	request := fmt.Sprintf("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s",
		len(body), body)
	return exchange(t, conn, bufio.NewReader(conn), request)
}

// Send sends the whole text of a request over a connection of its own. It also
// reports whether the agent left the connection open.
func (a *Agent) Send(t testing.TB, request string) (response Response, open bool) {
	t.Helper()
	conn := a.dial(t)
	defer conn.Close()
	r := bufio.NewReader(conn)
	response = exchange(t, conn, r, request)
	conn.SetDeadline(time.Now().Add(100 * time.Millisecond))
	_, err := r.ReadByte()
	return response, err != io.EOF
}

func (a *Agent) dial(t testing.TB) (conn net.Conn) {
	t.Helper()
	err := a.NS.Do(func() (err error) {
		conn, err = net.DialTimeout("tcp", "127.0.0.1:8000", 5*time.Second)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn
}

func exchange(t testing.TB, conn net.Conn, r *bufio.Reader, request string) Response {
	t.Helper()
	if _, err := io.WriteString(conn, request); err != nil {
		t.Fatal(err)
	}
	response, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatalf("%q: %v", request, err)
	}
	return Response{response.StatusCode, response.Header, string(body)}
}
