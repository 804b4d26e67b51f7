package control

import (
	"context"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	"nestor/lib/config"
)

// freePort is a TCP port that nobody listens on.
func freePort(t *testing.T) uint32 {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer ln.Close()
	return uint32(ln.Addr().(*net.TCPAddr).Port)
}

func httpSocket(port uint32) *config.ControlSocket {
	return &config.ControlSocket{Type: "http", Address: "127.0.0.1", Port: port}
}

func addressOf(s *config.ControlSocket) string { return fmt.Sprintf("%s:%d", s.Address, s.Port) }

// The answer to a command that changes the sockets arrives over the one that the
// command came by, whether that stays or goes.
func TestApplyDuringCommand(t *testing.T) {
	for name, kept := range map[string]bool{"D6.39.18 socket stays": true, "socket goes": false} {
		t.Run(name, func(t *testing.T) {
			s, _ := newServer(t, Options{})
			path, other := socketPath(t), socketPath(t)
			web := httpSocket(freePort(t))
			before := []*config.ControlSocket{{Type: "unix", Name: path}, web}
			after := []*config.ControlSocket{{Type: "unix", Name: other}}
			if kept {
				after = append(after, before...)
			}
			s.commands.Register("config-set", func(ctx context.Context, _ *Request) Answer {
				if err := s.Apply(ctx, after); err != nil {
					return Answer{Result: Error, Text: err.Error()}
				}
				return Answer{Text: "Configuration successful."}
			})
			const command = `{ "command": "config-set" }`
			apply(t, s, before...)
			if got, want := say(t, dialUnix(t, path), command), `{ "result": 0, "text": "Configuration successful." }`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			apply(t, s, before...)
			conn := dialTCP(t, addressOf(web))
			want := response("HTTP/1.1 200 OK", `[ { "result": 0, "text": "Configuration successful." } ]`)
			if got := exchangeHTTP(t, conn, post(command)); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
			checkOpen(t, conn, kept)
			if got := say(t, dialUnix(t, other), `{ "command": "echo" }`); got == "" {
				t.Error("the new socket does not answer")
			}
			if _, err := net.Dial("unix", path); (err == nil) != kept {
				t.Errorf("the old socket: %v", err)
			}
		})
	}
}

// An idle connection ends with its socket.
func TestApplyClosesIdleConnections(t *testing.T) {
	s, _ := newServer(t, Options{})
	path, web := socketPath(t), httpSocket(freePort(t))
	apply(t, s, &config.ControlSocket{Type: "unix", Name: path}, web)
	idle, kept := dialUnix(t, path), dialTCP(t, addressOf(web))
	exchangeHTTP(t, kept, post(echoCommand))
	apply(t, s)
	checkOpen(t, kept, false)
	if got, err := io.ReadAll(idle); len(got) > 0 || err != nil {
		t.Errorf("%s %v", got, err)
	}
}

func TestApplyChanges(t *testing.T) {
	s, log := newServer(t, Options{})
	t.Run("PL.4.8 PL.16.7 D4.48.1 no socket by default", func(t *testing.T) {
		apply(t, s)
		if len(s.listeners) != 0 {
			t.Errorf("%d sockets", len(s.listeners))
		}
	})
	web := httpSocket(freePort(t))
	apply(t, s, web)
	conn := dialTCP(t, addressOf(web))
	exchangeHTTP(t, conn, post(echoCommand))
	log.wants(t, fmt.Sprintf("HTTP_COMMAND_MGR_SERVICE_STARTED started HTTP service bound to address 127.0.0.1 port %d\n", web.Port))

	t.Run("authentication and headers change on open connections", func(t *testing.T) {
		changed := *web
		changed.Auth = &config.Authentication{Realm: "r", Clients: []config.AuthClient{{User: "u", Secret: "u:p"}}}
		changed.Headers = []config.HTTPHeader{{Name: "A", Value: "b"}}
		apply(t, s, &changed)
		got := exchangeHTTP(t, conn, post(echoCommand))
		if !strings.HasPrefix(got, "HTTP/1.1 401 ") || !strings.Contains(got, "\r\nA: b\r\n") {
			t.Errorf("got %q", got)
		}
		apply(t, s, web)
		if got := exchangeHTTP(t, conn, post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("PL.4.9 TLS does not", func(t *testing.T) {
		ours := newAuthority(t, "ours")
		changed := *web
		changed.TrustAnchor = ours.file
		changed.CertFile, changed.KeyFile = ours.issue(t, "server")
		apply(t, s, &changed)
		if got := exchangeHTTP(t, conn, post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
		log.wants(t, "WARN  [kea-dhcp4.http/")
		log.wants(t, "HTTP_COMMAND_MGR_IGNORED_TLS_SETUP_CHANGES ignore a change in TLS setup of the http control socket\n")
	})
	t.Run("cert-required without TLS is no change", func(t *testing.T) {
		lines := strings.Count(log.String(), "IGNORED_TLS")
		apply(t, s, web)
		changed := *web
		changed.CertRequired = true
		apply(t, s, &changed)
		if strings.Count(log.String(), "IGNORED_TLS") != lines {
			t.Error("a warning was logged")
		}
	})
	t.Run("after an error all is as before", func(t *testing.T) {
		taken, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer taken.Close()
		path := socketPath(t)
		err = s.Apply(t.Context(), []*config.ControlSocket{
			{Type: "unix", Name: path}, httpSocket(uint32(taken.Addr().(*net.TCPAddr).Port)),
		})
		if err == nil || !strings.Contains(err.Error(), "address already in use") {
			t.Errorf("got %v", err)
		}
		if _, err := net.Dial("unix", path); err == nil {
			t.Error("a socket of the refused configuration is open")
		}
		if got := exchangeHTTP(t, conn, post(echoCommand)); got != response("HTTP/1.1 200 OK", echoBody) {
			t.Errorf("got %q", got)
		}
	})
	t.Run("D4.48.9 two sockets at one address", func(t *testing.T) {
		err := s.Apply(t.Context(), []*config.ControlSocket{web, httpSocket(web.Port)})
		if want := "two control sockets are at " + addressOf(web); err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	})
}

// Close lets an answer go out, and waits for it no longer than it may.
func TestClose(t *testing.T) {
	sys, _ := newLogging(false)
	s := NewServer(newRegistry(sys), sys, Options{})
	started, release := make(chan bool), make(chan bool)
	s.commands.Register("slow", func(context.Context, *Request) Answer {
		started <- true
		<-release
		return Answer{Text: "done"}
	})
	path := socketPath(t)
	apply(t, s, &config.ControlSocket{Type: "unix", Name: path})
	conn := dialUnix(t, path)
	io.WriteString(conn, `{ "command": "slow" }`)
	<-started
	short, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	if err := s.Close(short); err != context.DeadlineExceeded {
		t.Errorf("got %v", err)
	}
	if err := s.Apply(t.Context(), nil); err == nil {
		t.Error("a closed server can be used")
	}
	closed := make(chan error)
	go func() { closed <- s.Close(context.Background()) }()
	release <- true
	if got, want := say(t, conn), `{ "result": 0, "text": "done" }`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if err := <-closed; err != nil {
		t.Error(err)
	}
}
