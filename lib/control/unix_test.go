package control

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"golang.org/x/sys/unix"

	"nestor/lib/config"
	"nestor/lib/element"
)

// socketPath is a path short enough for a socket; those of t.TempDir may not be.
func socketPath(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "nc")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// newServer returns a server with the commands of newRegistry, closed at the end
// of the test.
func newServer(t *testing.T, opts Options) (*Server, *logBuffer) {
	t.Helper()
	sys, log := newLogging(true)
	s := NewServer(newRegistry(sys), sys, opts)
	t.Cleanup(func() { s.Close(t.Context()) })
	return s, log
}

// openUnix opens a unix socket and returns its path.
func openUnix(t *testing.T) (string, *logBuffer) {
	t.Helper()
	s, log := newServer(t, Options{})
	path := socketPath(t)
	apply(t, s, &config.ControlSocket{Type: "unix", Name: path})
	return path, log
}

func apply(t *testing.T, s *Server, sockets ...*config.ControlSocket) {
	t.Helper()
	if err := s.Apply(t.Context(), sockets); err != nil {
		t.Fatal(err)
	}
}

func dialUnix(t *testing.T, path string) *net.UnixConn {
	t.Helper()
	conn, err := net.Dial("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(20 * time.Second))
	return conn.(*net.UnixConn)
}

// say writes pieces and returns all that comes back until the server closes.
func say(t *testing.T, conn net.Conn, pieces ...string) string {
	t.Helper()
	for _, p := range pieces {
		if _, err := io.WriteString(conn, p); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Errorf("the connection was not closed in order: %v", err)
	}
	return string(answer)
}

func TestUnixAnswers(t *testing.T) {
	path, log := openUnix(t)
	const echo = `{ "result": 0, "text": "from " }`
	tests := []struct {
		name   string
		pieces []string
		want   string
	}{
		{"PL.4.11 one map there, one back, no list around it", []string{`{ "command": "echo" }`}, echo},
		{"PL.4.12 in several writes", []string{`{ "com`, `mand":`, ` "echo"`, ` }`}, echo},
		{"PL.4.12 what follows is ignored", []string{`{ "command": "echo" } { "command": "bad" }` + "\n\n"}, echo},
		{"PL.4.5 comments", []string{"# }\n// ]\n/* { */{ \"command\": # \"\n \"echo\" /* } */ }"}, echo},
		{"PL.4.5 superfluous comma", []string{`{ "command": "echo", }`}, `{ "result": 1, "text": "String expected in <wire>:0:22" }`},
		{"PL.4.5 include", []string{`{ <?include "/etc/passwd"?> }`}, `{ "result": 1, "text": "String expected in <wire>:0:3" }`},
		{"PL.4.6 malformed JSON", []string{`{ "command": }`}, `{ "result": 1, "text": "error: unexpected character } in <wire>:0:14" }`},
		{"PL.4.6 no JSON", []string{"hello"}, `{ "result": 1, "text": "invalid first character h" }`},
		{"list", []string{"[ 1, 2 ]"}, `{ "result": 1, "text": "Error during command processing: invalid command: expected toplevel entry to be a map, got list instead" }`},
		{"PL.4.30 service", []string{`{ "command": "echo", "service": [ "dhcp4" ] }`}, echo},
		{"PL.4.4 unknown command", []string{`{ "command": "lease6-get" }`}, `{ "result": 2, "text": "'lease6-get' command not supported." }`},
		{"PL.16.11 nesting", []string{`{ "command": ` + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + "}"},
			`{ "result": 1, "text": "error: nested more than 128 levels deep in <wire>:0:140" }`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := say(t, dialUnix(t, path), tt.pieces...); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
	log.wants(t, "COMMAND_ACCEPTOR_START Starting to accept connections via unix domain socket bound to "+path)
	t.Run("PL.4.6 malformed JSON is logged", func(t *testing.T) {
		log.wants(t, "COMMAND_PROCESS_ERROR1 Error while processing command: error: unexpected character } in <wire>:0:14\n")
	})
}

func TestUnixHalfClose(t *testing.T) {
	path, log := openUnix(t)
	t.Run("after a complete command the answer is sent", func(t *testing.T) {
		conn := dialUnix(t, path)
		io.WriteString(conn, `{ "command": "bad" }`)
		conn.CloseWrite()
		if got, want := say(t, conn), `{ "result": 1, "text": "no good" }`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("PL.4.12 PL.4.14 before that there is none", func(t *testing.T) {
		conn := dialUnix(t, path)
		io.WriteString(conn, `{ "command"`)
		conn.CloseWrite()
		if got := say(t, conn); got != "" {
			t.Errorf("got %s", got)
		}
		log.wants(t, " by foreign host, discarded partial command of 11 bytes\n")
		log.wants(t, "COMMAND_SOCKET_CLOSED_BY_FOREIGN_HOST Closed command socket ")
	})
}

// A large answer arrives whole, in chunks.
func TestUnixLargeAnswer(t *testing.T) {
	path, _ := openUnix(t)
	text := strings.Repeat("x", 10<<20)
	got := say(t, dialUnix(t, path), `{ "command": "echo", "arguments": { "a": "`+text+`" } }`)
	if want := `{ "arguments": { "a": "` + text + `" }, "result": 0, "text": "from " }`; got != want {
		t.Errorf("%d bytes came back, want %d", len(got), len(want))
	}
}

// PL.16.11: commands that are too long, or that never end, leave the daemon well.
func TestUnixHostile(t *testing.T) {
	path, _ := openUnix(t)
	for name, text := range map[string][2]string{
		"endless string":  {`{ "command": "`, strings.Repeat("x", 1<<20)},
		"endless nesting": {`{ "command": `, strings.Repeat("[", 1<<20)},
	} {
		t.Run("PL.16.11 "+name, func(t *testing.T) {
			begin, piece := text[0], text[1]
			conn := dialUnix(t, path)
			io.WriteString(conn, begin)
			for range 2 * element.MaxWireSize / len(piece) {
				if _, err := io.WriteString(conn, piece); err != nil {
					break // the server has had enough
				}
			}
			answer, _ := io.ReadAll(conn)
			if want := `{ "result": 1, "text": "the command is longer than 67108864 bytes" }`; string(answer) != want {
				t.Errorf("got %s, want %s", answer, want)
			}
		})
	}
	if got := say(t, dialUnix(t, path), `{ "command": "echo" }`); got != `{ "result": 0, "text": "from " }` {
		t.Errorf("afterwards: %s", got)
	}
}

func TestUnixFile(t *testing.T) {
	old := unix.Umask(0o077)
	defer unix.Umask(old)
	s, _ := newServer(t, Options{})
	path := socketPath(t)
	left, err := net.ListenUnix("unix", &net.UnixAddr{Name: path})
	if err != nil {
		t.Fatal(err)
	}
	left.SetUnlinkOnClose(false)
	left.Close()

	socket := &config.ControlSocket{Type: "unix", Name: path}
	apply(t, s, socket) // a stale socket is no obstacle
	t.Run("PL.4.15 FD.10.3 mode", func(t *testing.T) {
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got, want := info.Mode(), fs.ModeSocket|0o750; got != want {
			t.Errorf("got %v, want %v", got, want)
		}
		if info, err = os.Stat(path + ".lock"); err != nil || info.Mode() != 0o600 {
			t.Errorf("the lock: %v %v", info, err)
		}
	})
	t.Run("a socket in use is not taken over", func(t *testing.T) {
		other, _ := newServer(t, Options{})
		err := other.Apply(t.Context(), []*config.ControlSocket{socket})
		if want := "unable to lock " + path + ".lock: another process serves that socket"; err == nil || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
		if got := say(t, dialUnix(t, path), `{ "command": "echo" }`); got == "" {
			t.Error("the first one does not answer any more")
		}
	})
	t.Run("FD.10.2 nothing is left behind", func(t *testing.T) {
		if err := s.Close(t.Context()); err != nil {
			t.Error(err)
		}
		for _, name := range []string{path, path + ".lock"} {
			if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
	t.Run("a file that is no socket stays", func(t *testing.T) {
		if err := os.WriteFile(path, []byte("precious"), 0o600); err != nil {
			t.Fatal(err)
		}
		other, _ := newServer(t, Options{})
		if err := other.Apply(t.Context(), []*config.ControlSocket{socket}); err == nil {
			t.Error("a file was overwritten")
		}
		if text, _ := os.ReadFile(path); string(text) != "precious" {
			t.Errorf("the file holds %q", text)
		}
	})
	t.Run("PL.4.10 length", func(t *testing.T) {
		other, _ := newServer(t, Options{})
		long := "/tmp/" + strings.Repeat("x", 103)
		err := other.Apply(t.Context(), []*config.ControlSocket{{Type: "unix", Name: long}})
		if err == nil || !strings.Contains(err.Error(), "longer than the 107 bytes") {
			t.Errorf("got %v", err)
		}
	})
}

// pipe serves one end of a connection as l does with those it accepts and returns
// the other. Over pipes time-outs run on the clock of a synctest bubble.
func pipe(c *connections, serve func(net.Conn)) net.Conn {
	client, server := net.Pipe()
	c.add(server)
	go func() {
		defer c.remove(server)
		defer server.Close()
		serve(server)
	}()
	return client
}

// readAll reads until the connection is closed and tells how long that took.
func readAll(conn net.Conn) (string, time.Duration) {
	start := time.Now()
	b, _ := io.ReadAll(conn)
	return string(b), time.Since(start)
}

func newUnixPipe(t *testing.T) (net.Conn, *logBuffer) {
	sys, log := newLogging(true)
	s := NewServer(newRegistry(sys), sys, Options{})
	l := &unixListener{commands: s.commands, log: s.log, ctx: s.ctx}
	l.connections.serving = &s.serving
	return pipe(&l.connections, l.serve), log
}

func TestUnixTimeouts(t *testing.T) {
	t.Run("nothing at all", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, _ := newUnixPipe(t)
			got, took := readAll(conn)
			if want := `{ "result": 1, "text": "Connection over control channel timed out" }`; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if took != 10*time.Second {
				t.Errorf("after %v", took)
			}
		})
	})
	t.Run("PL.4.13 D4.48.9 D6.39.8 part of a command", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, log := newUnixPipe(t)
			io.WriteString(conn, `{ "comma`)
			time.Sleep(9 * time.Second)
			io.WriteString(conn, `nd`) // the clock starts again
			got, took := readAll(conn)
			want := `{ "result": 1, "text": "Connection over control channel timed out, discarded partial command of 10 bytes" }`
			if got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if took != 10*time.Second {
				t.Errorf("after %v", took)
			}
			if !strings.Contains(log.String(), "COMMAND_SOCKET_CONNECTION_TIMEOUT Timeout occurred for connection over socket ") {
				t.Errorf("the log: %s", log)
			}
		})
	})
	t.Run("PL.16.11 a command that drips", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, _ := newUnixPipe(t)
			start := time.Now()
			stopped := make(chan bool)
			go func() {
				defer close(stopped)
				for {
					if _, err := io.WriteString(conn, "{"); err != nil {
						return // the server has had enough
					}
					time.Sleep(9 * time.Second)
				}
			}()
			got, _ := readAll(conn)
			want := `{ "result": 1, "text": "Connection over control channel timed out, discarded partial command of 7 bytes" }`
			if took := time.Since(start); got != want || took != time.Minute {
				t.Errorf("got %s after %v, want %s", got, took, want)
			}
			conn.Close()
			<-stopped
		})
	})
	t.Run("a client that does not take its answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			conn, log := newUnixPipe(t)
			io.WriteString(conn, `{ "command": "bad" }`)
			time.Sleep(11 * time.Second)
			if got, _ := readAll(conn); got != "" {
				t.Errorf("got %s", got)
			}
			if !strings.Contains(log.String(), "COMMAND_SOCKET_WRITE_FAIL ") {
				t.Errorf("the log: %s", log)
			}
		})
	})
}

// PL.16.11: when connections that give no command fill the listener, the one that
// waits longest makes room, and no other.
func TestUnixFull(t *testing.T) {
	path, _ := openUnix(t)
	waiting := make([]net.Conn, maxConnections)
	for i := range waiting {
		waiting[i] = dialUnix(t, path)
	}
	started := time.Now()
	if got, want := say(t, dialUnix(t, path), `{ "command": "echo" }`), `{ "result": 0, "text": "from " }`; got != want {
		t.Errorf("PL.16.11 the further client got %s, want %s", got, want)
	}
	if took := time.Since(started); took > silence/2 {
		t.Errorf("the further client waited %v", took)
	}
	want := `{ "result": 1, "text": "Connection over control channel timed out" }`
	if got := say(t, waiting[0]); got != want {
		t.Errorf("the first client got %s, want %s", got, want)
	}
	for i, conn := range waiting[1:] {
		conn.SetReadDeadline(time.Now().Add(time.Millisecond))
		if n, err := conn.Read(make([]byte, 1)); !errors.Is(err, os.ErrDeadlineExceeded) {
			t.Errorf("client %d was closed as well: %d bytes, %v", i+1, n, err)
		}
	}
}

func TestClient(t *testing.T) {
	path, _ := openUnix(t)
	var client Client
	t.Run("answer", func(t *testing.T) {
		args := element.NewMap().Set("a", element.NewList(element.NewReal(0.5)))
		answer, err := client.Call(t.Context(), path, NewCommand("echo", args))
		if err != nil {
			t.Fatal(err)
		}
		if got, want := answer.String(), `{ "arguments": { "a": [ 0.5 ] }, "result": 0, "text": "from " }`; got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	})
	t.Run("no daemon", func(t *testing.T) {
		if _, err := client.Call(t.Context(), path+"x", NewCommand("echo", nil)); !errors.Is(err, syscall.ENOENT) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("no answer", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ours, theirs := net.Pipe()
			go io.Copy(io.Discard, theirs)
			ours.SetDeadline(time.Now().Add(time.Second))
			if _, err := exchange(ours, []byte("{}")); !errors.Is(err, os.ErrDeadlineExceeded) {
				t.Errorf("got %v", err)
			}
			theirs.Close()
		})
	})
	for name, answer := range map[string]string{"half an answer": `{ "result"`, "no JSON": "hello", "nothing": ""} {
		t.Run(name, func(t *testing.T) {
			other := socketPath(t)
			ln, err := net.Listen("unix", other)
			if err != nil {
				t.Fatal(err)
			}
			defer ln.Close()
			go func() {
				conn, err := ln.Accept()
				if err != nil {
					return
				}
				conn.Read(make([]byte, 100))
				io.Copy(conn, bytes.NewReader([]byte(answer)))
				conn.Close()
			}()
			if v, err := client.Call(t.Context(), other, NewCommand("echo", nil)); err == nil || !strings.Contains(err.Error(), other) {
				t.Errorf("got %v %v", v, err)
			}
		})
	}
}
