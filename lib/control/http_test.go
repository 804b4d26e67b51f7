package control

import (
	"bufio"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"regexp"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"nestor/lib/config"
	"nestor/lib/element"
	"nestor/tests/require"
)

// openHTTP opens an HTTP listener on a free port and returns its address.
func openHTTP(t *testing.T, opts Options, change func(*config.ControlSocket)) (string, *logBuffer) {
	t.Helper()
	var address string
	opts.Started = func(_ bool, host string, port uint16) { address = net.JoinHostPort(host, fmt.Sprint(port)) }
	s, log := newServer(t, opts)
	socket := &config.ControlSocket{Type: "http", Address: "127.0.0.1"}
	if change != nil {
		change(socket)
	}
	apply(t, s, socket)
	return address, log
}

func dialTCP(t *testing.T, address string) *net.TCPConn {
	t.Helper()
	conn, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn.(*net.TCPConn)
}

// post is a request of HTTP/1.1 with a command.
func post(body string, headers ...string) string {
	return request("POST / HTTP/1.1", body, append([]string{"Content-Type: application/json"}, headers...)...)
}

// request is a request with a body, its length being added.
func request(line, body string, headers ...string) string {
	var b strings.Builder
	b.WriteString(line + "\r\n")
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	fmt.Fprintf(&b, "Content-Length: %d\r\n\r\n%s", len(body), body)
	return b.String()
}

var dateHeader = regexp.MustCompile(`Date: (Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z][a-z] \d{4} \d\d:\d\d:\d\d GMT\r\n`)

// exchangeHTTP sends a request and returns the response with its date, which must
// be well formed, replaced by a letter.
func exchangeHTTP(t *testing.T, conn net.Conn, text string) string {
	t.Helper()
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	return readResponse(t, conn)
}

// checkOpen sends another command over a connection that should be open, and reads
// the end of one that should not.
func checkOpen(t *testing.T, conn net.Conn, open bool, headers ...string) {
	t.Helper()
	if open {
		if got := exchangeHTTP(t, conn, post(echoCommand, headers...)); !strings.HasPrefix(got, "HTTP/1.1 ") {
			t.Errorf("the next request on the connection got %q", got)
		}
		return
	}
	if n, err := conn.Read(make([]byte, 1)); n > 0 || err != io.EOF {
		t.Errorf("the connection was not closed: %d bytes, %v", n, err)
	}
}

// readResponse reads one response as it is on the wire.
func readResponse(t *testing.T, conn net.Conn) string {
	t.Helper()
	r := bufio.NewReader(conn)
	var b strings.Builder
	length := 0
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			t.Fatalf("after %q: %v", b.String(), err)
		}
		fmt.Sscanf(line, "Content-Length: %d", &length)
		if dateHeader.MatchString(line) {
			line = "Date: D\r\n"
		}
		b.WriteString(line)
		if line == "\r\n" {
			break
		}
	}
	body := make([]byte, length)
	if _, err := io.ReadFull(r, body); err != nil {
		t.Fatal(err)
	}
	if r.Buffered() > 0 {
		t.Error("there is more than one response")
	}
	return b.String() + string(body)
}

// response is a response as it should be.
func response(line, body string, headers ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\r\nContent-Length: %d\r\nContent-Type: application/json\r\nDate: D\r\n", line, len(body))
	for _, h := range headers {
		b.WriteString(h + "\r\n")
	}
	return b.String() + "\r\n" + body
}

const (
	badBody     = `{ "result": 400, "text": "Bad Request" }`
	echoBody    = `[ { "result": 0, "text": "from 127.0.0.1" } ]`
	echoCommand = `{ "command": "echo" }`
)

func TestHTTPExchange(t *testing.T) {
	address, log := openHTTP(t, Options{}, nil)
	const (
		ok        = "HTTP/1.1 200 OK"
		ok10      = "HTTP/1.0 200 OK"
		bad       = "HTTP/1.1 400 Bad Request"
		bad10     = "HTTP/1.0 400 Bad Request"
		jsonTyped = "Content-Type: application/json"
	)
	tests := []struct {
		name, request, want string
		open                bool
	}{
		{"PL.4.16 PL.4.17 PL.4.19 PL.4.20 D4.48.9 command", post(echoCommand), response(ok, echoBody), true},
		{"PL.4.16 any path", request("POST /a/b?c=d HTTP/1.1", echoCommand, jsonTyped), response(ok, echoBody), true},
		{"header names in any case", request("POST / HTTP/1.1", echoCommand, "CONTENT-type:application/json"), response(ok, echoBody), true},
		{"close", post(echoCommand, "Connection: close"), response(ok, echoBody), false},
		{"close in capitals", post(echoCommand, "Connection: Close"), response(ok, echoBody), false},
		{"1.0", request("POST / HTTP/1.0", echoCommand, jsonTyped), response(ok10, echoBody), false},
		{"1.0 kept", request("POST / HTTP/1.0", echoCommand, jsonTyped, "Connection: keep-alive"), response(ok10, echoBody), true},
		{"2.0", request("POST / HTTP/2.0", echoCommand, jsonTyped), response(ok10, echoBody), true},
		{"2.0 closed", request("POST / HTTP/2.0", echoCommand, jsonTyped, "Connection: close"), response(ok10, echoBody), false},
		{"method in lower case", request("post / HTTP/1.1", echoCommand, jsonTyped), response(ok, echoBody), true},
		{"PL.4.20 command that fails", post(`{ "command": "bad" }`), response(ok, `[ { "result": 1, "text": "no good" } ]`), true},
		{"PL.4.30 service", post(`{ "command": "empty", "service": [ "dhcp4" ] }`), response(ok, `[ { "result": 3, "text": "nothing" } ]`), true},
		{"unknown command", post(`{ "command": "x" }`), response(ok, `[ { "result": 2, "text": "'x' command not supported." } ]`), true},
		{"remote-address is the peer's", post(`{ "command": "echo", "remote-address": "192.0.2.1" }`), response(ok, echoBody), true},
		{"PL.4.16 empty body", post(""), response(ok, `[ { "result": 1, "text": "Command processing failed: NULL command parameter" } ]`), true},
		{"list", post("[ 1 ]"), response(ok, `[ { "result": 1, "text": "Error during command processing: invalid command: expected toplevel entry to be a map, got list instead" } ]`), true},
		{"PL.4.5 comments", post("{ # x\n \"command\": \"echo\" }"), response(ok, echoBody), true},
		{"PL.4.16 bad JSON", post(`{ "command": }`), response(bad, badBody), true},
		{"superfluous comma", post(`{ "command": "echo", }`), response(bad, badBody), true},
		{"two commands", post(echoCommand + echoCommand), response(bad, badBody), true},
		{"PL.16.11 nesting", post(strings.Repeat("[", 100_000)), response(bad, badBody), true},
		{"PL.4.16 GET", "GET / HTTP/1.1\r\n\r\n", response(bad, badBody), false},
		{"PL.4.16 PUT", request("PUT / HTTP/1.1", echoCommand, jsonTyped), response(bad, badBody), false},
		{"PL.4.16 HEAD", "HEAD / HTTP/1.1\r\n\r\n", response(bad, badBody), false},
		{"PL.4.16 OPTIONS", "OPTIONS * HTTP/1.1\r\n\r\n", response(bad, badBody), false},
		{"PL.4.16 no type", request("POST / HTTP/1.1", echoCommand), response(bad, badBody), false},
		{"PL.4.16 type with a parameter", request("POST / HTTP/1.1", echoCommand, jsonTyped+"; charset=utf-8"), response(bad, badBody), false},
		{"PL.4.16 other type", request("POST / HTTP/1.1", echoCommand, "Content-Type: text/plain"), response(bad, badBody), false},
		{"PL.4.16 no length", "POST / HTTP/1.1\r\n" + jsonTyped + "\r\n\r\n", response(bad, badBody), false},
		{"chunked", "POST / HTTP/1.1\r\n" + jsonTyped + "\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", response(bad, badBody), false},
		{"chunked with a length", post(echoCommand, "Transfer-Encoding: chunked"), response(bad, badBody), false},
		{"bad length", "POST / HTTP/1.1\r\n" + jsonTyped + "\r\nContent-Length: x\r\n\r\n{}", response(bad, badBody), false},
		{"negative length", "POST / HTTP/1.1\r\n" + jsonTyped + "\r\nContent-Length: -1\r\n\r\n{}", response(bad, badBody), false},
		{"two lengths", post("{}", "Content-Length: 1"), response(bad, badBody), false},
		{"garbage", "hello\r\n", response(bad10, badBody), false},
		{"binary garbage", "\x16\x03\x01\x02\r\n", response(bad10, badBody), false},
		{"no version", "POST /\r\n", response(bad10, badBody), false},
		{"line ends without CR", "POST / HTTP/1.1\n", response(bad10, badBody), false},
		{"header without colon", "POST / HTTP/1.1\r\nfoo\r\n", response(bad, badBody), false},
		{"blank before the colon", "POST / HTTP/1.1\r\nFoo : x\r\n", response(bad, badBody), false},
		{"folded header", "POST / HTTP/1.1\r\nFoo: x\r\n y\r\n", response(bad, badBody), false},
		{"NUL in a header", "POST / HTTP/1.1\r\nFoo: \x00\r\n", response(bad, badBody), false},
		{"endless header", "POST / HTTP/1.1\r\nFoo: " + strings.Repeat("x", 150_000), response(bad, badBody), false},
		{"endless request line", strings.Repeat("x", 150_000), response(bad10, badBody), false},
		{"100 MB", "POST / HTTP/1.1\r\n" + jsonTyped + "\r\nContent-Length: 104857600\r\n\r\n",
			response("HTTP/1.1 413 Request Entity Too Large", `{ "result": 413, "text": "Request Entity Too Large" }`), false},
		{"pipelined request is lost", post(echoCommand) + post(`{ "command": "bad" }`), response(ok, echoBody), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := dialTCP(t, address)
			if got := exchangeHTTP(t, conn, tt.request); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			checkOpen(t, conn, tt.open)
		})
	}
	t.Run("PL.4.16 bad requests are logged", func(t *testing.T) {
		log.wants(t, "HTTP_BAD_CLIENT_REQUEST_RECEIVED bad request received from 127.0.0.1:")
		log.wants(t, "method GET is not supported\n")
	})
	log.wants(t, "HTTP_CLIENT_REQUEST_RECEIVED received HTTP request from 127.0.0.1:")
	log.wants(t, "COMMAND_RECEIVED Received command 'echo'")
}

// A request that comes byte by byte, and an answer of some size.
func TestHTTPStream(t *testing.T) {
	address, _ := openHTTP(t, Options{}, nil)
	conn := dialTCP(t, address)
	text := post(echoCommand)
	for i := range len(text) - 1 {
		io.WriteString(conn, text[i:i+1])
	}
	if got := exchangeHTTP(t, conn, text[len(text)-1:]); got != response("HTTP/1.1 200 OK", echoBody) {
		t.Errorf("got %q", got)
	}
	big := `"` + strings.Repeat("x", 5<<20) + `"`
	got := exchangeHTTP(t, conn, post(`{ "command": "echo", "arguments": `+big+` }`))
	if want := response("HTTP/1.1 200 OK", `[ { "arguments": `+big+`, "result": 0, "text": "from 127.0.0.1" } ]`); got != want {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
	checkOpen(t, conn, true)

	t.Run("a client that asks before it sends", func(t *testing.T) {
		head, body, _ := strings.Cut(post(echoCommand, "Expect: 100-continue"), "\r\n\r\n")
		if got := exchangeHTTP(t, conn, head+"\r\n\r\n"); got != "HTTP/1.1 100 Continue\r\n\r\n" {
			t.Errorf("got %q", got)
		}
		if got := exchangeHTTP(t, conn, body); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
	})
}

func newHTTPPipe(t *testing.T) (net.Conn, *logBuffer) {
	sys, log := newLogging(true)
	s := NewServer(newRegistry(sys), sys, Options{})
	l := &httpListener{server: s, large: make(chan struct{}, maxLarge)}
	l.connections.serving = &s.serving
	l.setSettings(&config.ControlSocket{})
	return pipe(&l.connections, l.serve), log
}

func TestHTTPTimeouts(t *testing.T) {
	const timeoutBody = `{ "result": 408, "text": "Request Timeout" }`
	tests := []struct{ name, sent, version string }{
		{"PL.4.13 nothing at all", "", "HTTP/1.0"},
		{"half a request line", "POST / HT", "HTTP/1.0"},
		{"PL.4.19 PL.4.20 no headers", "POST / HTTP/1.1\r\n", "HTTP/1.1"},
		{"half a body", post(echoCommand)[:80], "HTTP/1.1"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				conn, log := newHTTPPipe(t)
				start := time.Now()
				for i := range len(tt.sent) { // slowly: that does not help
					time.Sleep(100 * time.Millisecond)
					io.WriteString(conn, tt.sent[i:i+1])
				}
				got := readResponse(t, conn)
				if want := response(tt.version+" 408 Request Timeout", timeoutBody); got != want {
					t.Errorf("got %q, want %q", got, want)
				}
				if took := time.Since(start); took != 10*time.Second {
					t.Errorf("after %v", took)
				}
				if rest, _ := readAll(conn); rest != "" {
					t.Errorf("the connection goes on with %q", rest)
				}
				if !strings.Contains(log.String(), "HTTP_CLIENT_REQUEST_TIMEOUT_OCCURRED ") {
					t.Errorf("the log: %s", log)
				}
			})
		})
	}
	t.Run("PL.16.11 a head that drips for ever", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, _ := newHTTPPipe(t)
			start := time.Now()
			io.WriteString(conn, "POST / HTTP/1.1\r\nA: ")
			stopped := make(chan bool)
			go func() {
				defer close(stopped)
				for {
					time.Sleep(700 * time.Millisecond)
					if _, err := io.WriteString(conn, "x"); err != nil {
						return // the server has had enough
					}
				}
			}()
			got := readResponse(t, conn)
			if want := response("HTTP/1.1 408 Request Timeout", timeoutBody); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			if took := time.Since(start); took != 10*time.Second {
				t.Errorf("after %v", took)
			}
			conn.Close()
			<-stopped
		})
	})
	t.Run("PL.4.19 idle connection", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, log := newHTTPPipe(t)
			for range 3 {
				io.WriteString(conn, post(echoCommand))
				readResponse(t, conn)
				time.Sleep(29 * time.Second)
			}
			io.WriteString(conn, post(echoCommand))
			readResponse(t, conn)
			rest, took := readAll(conn)
			if rest != "" || took != 30*time.Second {
				t.Errorf("%q after %v", rest, took)
			}
			if !strings.Contains(log.String(), "HTTP_IDLE_CONNECTION_TIMEOUT_OCCURRED closing persistent connection with pipe") {
				t.Errorf("the log: %s", log)
			}
		})
	})
	t.Run("part of a further request", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, _ := newHTTPPipe(t)
			io.WriteString(conn, post(echoCommand))
			readResponse(t, conn)
			io.WriteString(conn, "POST / HTTP/1.1\r\n")
			if got := readResponse(t, conn); !strings.HasPrefix(got, "HTTP/1.1 408 ") {
				t.Errorf("got %q", got)
			}
		})
	})
}

// PL.16.11: clients that never finish do not keep others out.
func TestHTTPSlowClients(t *testing.T) {
	address, _ := openHTTP(t, Options{}, nil)
	for range 100 {
		io.WriteString(dialTCP(t, address), "POST / HTTP/1.1\r\nFoo: ")
	}
	for range 2 * maxLarge { // more announced large bodies than there are places
		io.WriteString(dialTCP(t, address), "POST / HTTP/1.1\r\nContent-Type: application/json\r\nContent-Length: 2000000\r\n\r\n{")
	}
	if got := exchangeHTTP(t, dialTCP(t, address), post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
		t.Errorf("PL.16.11 got %q", got)
	}
}

// A listener that is full of connections without a request serves a further one,
// for which the one that waits longest is closed.
func TestHTTPFull(t *testing.T) {
	address, _ := openHTTP(t, Options{}, nil)
	first := dialTCP(t, address)
	io.WriteString(first, "POST / HTTP/1.1\r\n")
	for range maxConnections - 1 {
		dialTCP(t, address)
	}
	started := time.Now()
	if got := exchangeHTTP(t, dialTCP(t, address), post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
		t.Errorf("PL.16.11 the further client got %q", got)
	}
	if took := time.Since(started); took > requestTime/2 {
		t.Errorf("the further client waited %v", took)
	}
	if got := readResponse(t, first); !strings.HasPrefix(got, "HTTP/1.1 408 ") {
		t.Errorf("the first client got %q", got)
	}
}

func TestHTTPAuthentication(t *testing.T) {
	address, log := openHTTP(t, Options{}, func(s *config.ControlSocket) {
		s.Auth = &config.Authentication{Type: "basic", Realm: "kea-dhcpv4-server", Clients: []config.AuthClient{
			{User: "admin", Secret: "admin:pass:word"}, {User: "user", Secret: "user:"}, {User: "é", Secret: "\xc3\xa9:\xc3\xbc"},
		}}
		s.Headers = []config.HTTPHeader{{Name: "Strict-Transport-Security", Value: "max-age=31536000"}, {Name: "Foo", Value: "bar"}}
	})
	headers := []string{"Strict-Transport-Security: max-age=31536000", "Foo: bar"}
	refused := response("HTTP/1.1 401 Unauthorized", `{ "result": 401, "text": "Unauthorized" }`,
		append(headers, `WWW-Authenticate: Basic realm="kea-dhcpv4-server"`)...)
	accepted := response("HTTP/1.1 200 OK", echoBody, headers...)
	basic := func(s string) string { return "Basic " + base64.StdEncoding.EncodeToString([]byte(s)) }
	tests := []struct{ name, header, want, log string }{
		{"PL.4.22 PL.16.8 right", basic("admin:pass:word"), accepted, "INFO  [kea-dhcp4.auth/"},
		{"PL.4.22 user is logged", basic("admin:pass:word"), accepted, "HTTP_CLIENT_REQUEST_AUTHORIZED received HTTP request authorized for 'admin'\n"},
		{"empty password", basic("user:"), accepted, "authorized for 'user'\n"},
		{"D4.48.8 UTF-8", basic("é:ü"), accepted, "authorized for 'é'\n"},
		{"PL.4.18 PL.4.20 none", "", refused, "HTTP_CLIENT_REQUEST_NOT_AUTHORIZED received HTTP request with not matching authentication header\n"},
		{"PL.4.22 wrong password", basic("admin:password"), refused, "HTTP_CLIENT_REQUEST_NOT_AUTHORIZED "},
		{"unknown user", basic("root:x"), refused, "HTTP_CLIENT_REQUEST_NOT_AUTHORIZED "},
		{"PL.4.22 other scheme", "Bearer abc", refused, "HTTP_CLIENT_REQUEST_BAD_AUTH_HEADER received HTTP request with malformed authentication header: header content doesn't begin with 'Basic '\n"},
		{"scheme in lower case", strings.ToLower(basic("user:")[:5]) + basic("user:")[5:], refused, "HTTP_CLIENT_REQUEST_BAD_AUTH_HEADER "},
		{"PL.4.22 no base64", "Basic %%%", refused, "malformed authentication header: the credentials are not in base64"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := dialTCP(t, address)
			var header []string
			if tt.header != "" {
				header = []string{"Authorization: " + tt.header}
			}
			for range 2 { // the connection is kept, whatever the outcome
				if got := exchangeHTTP(t, conn, post(echoCommand, header...)); got != tt.want {
					t.Errorf("got  %q\nwant %q", got, tt.want)
				}
			}
			log.wants(t, tt.log)
		})
	}
	t.Run("configured headers are on errors, too", func(t *testing.T) {
		got := exchangeHTTP(t, dialTCP(t, address), "GET / HTTP/1.1\r\n\r\n")
		if want := response("HTTP/1.1 400 Bad Request", badBody, headers...); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("an empty list of clients lets everybody in", func(t *testing.T) {
		address, _ := openHTTP(t, Options{}, func(s *config.ControlSocket) { s.Auth = &config.Authentication{Type: "basic", Realm: "x"} })
		if got := exchangeHTTP(t, dialTCP(t, address), post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
	})
}

func TestHTTPPermit(t *testing.T) {
	address, _ := openHTTP(t, Options{Permit: func(command string) bool { return command == "echo" }}, nil)
	conn := dialTCP(t, address)
	got := exchangeHTTP(t, conn, post(`{ "command": "bad" }`))
	if want := response("HTTP/1.1 403 Forbidden", `{ "result": 403, "text": "Forbidden" }`); got != want {
		t.Errorf("PL.4.18 PL.4.20: got %q, want %q", got, want)
	}
	if got := exchangeHTTP(t, conn, post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
		t.Errorf("got %q", got)
	}
}

func TestHTTPPages(t *testing.T) {
	page := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		w.Header().Set("X-Query", r.URL.RawQuery)
		if r.URL.RawQuery == "teapot" {
			w.WriteHeader(http.StatusTeapot)
		}
		fmt.Fprintf(w, "%s %s", r.Method, r.Header.Get("Accept"))
	})
	address, _ := openHTTP(t, Options{Pages: map[string]http.Handler{"/metrics": page}}, func(s *config.ControlSocket) {
		s.Auth = &config.Authentication{Realm: "r", Clients: []config.AuthClient{{User: "u", Secret: "u:p"}}}
	})
	const authorized = "Authorization: Basic dTpw\r\n"
	tests := []struct {
		name, request, want string
		open                bool
	}{
		{"page", "GET /metrics?a=b HTTP/1.1\r\nAccept: x\r\n" + authorized + "\r\n",
			"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\nDate: D\r\nX-Query: a=b\r\n\r\nGET x", true},
		{"status of its own", "GET /metrics?teapot HTTP/1.0\r\n" + authorized + "\r\n",
			"HTTP/1.0 418 I'm a teapot\r\nContent-Length: 4\r\nContent-Type: text/plain\r\nDate: D\r\nX-Query: teapot\r\n\r\nGET ", false},
		{"without credentials", "GET /metrics HTTP/1.1\r\n\r\n",
			response("HTTP/1.1 401 Unauthorized", `{ "result": 401, "text": "Unauthorized" }`, `WWW-Authenticate: Basic realm="r"`), true},
		{"other path", "GET /other HTTP/1.1\r\n" + authorized + "\r\n", response("HTTP/1.1 400 Bad Request", badBody), false},
		{"bad path", "GET metrics HTTP/1.1\r\n" + authorized + "\r\n", response("HTTP/1.1 400 Bad Request", badBody), false},
		{"a command may be posted to any path", request("POST /metrics HTTP/1.1", echoCommand, "Content-Type: application/json", authorized[:len(authorized)-2]),
			response("HTTP/1.1 200 OK", echoBody), true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			conn := dialTCP(t, address)
			if got := exchangeHTTP(t, conn, tt.request); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
			checkOpen(t, conn, tt.open)
		})
	}
}

// A real client: curl as people use it.
func TestHTTPCurl(t *testing.T) {
	curl, err := exec.LookPath("curl")
	if err != nil {
		require.Skip(t, "no curl in PATH")
	}
	address, _ := openHTTP(t, Options{}, func(s *config.ControlSocket) {
		s.Auth = &config.Authentication{Realm: "r", Clients: []config.AuthClient{{User: "u", Secret: "u:p"}}}
	})
	run := func(args ...string) string {
		args = append([]string{"--silent", "--show-error", "--max-time", "20", "-H", "Content-Type: application/json"}, args...)
		out, err := exec.Command(curl, append(args, "http://"+address+"/")...).Output()
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	if got := run("-u", "u:p", "-d", echoCommand); got != echoBody {
		t.Errorf("got %s", got)
	}
	if got := run("-w", " %{http_code}", "-d", echoCommand); got != `{ "result": 401, "text": "Unauthorized" } 401` {
		t.Errorf("got %s", got)
	}
	// curl asks before it sends a body of more than a megabyte, and waits.
	text := strings.Repeat("x", 2<<20)
	cmd := exec.Command(curl, "--silent", "--max-time", "20", "-H", "Content-Type: application/json", "-u", "u:p", "-d", "@-", "http://"+address+"/")
	cmd.Stdin = strings.NewReader(NewCommand("echo", element.NewString(text)).String())
	out, err := cmd.Output()
	if err != nil || len(out) < len(text) {
		t.Errorf("%d bytes, %v", len(out), err)
	}
}
