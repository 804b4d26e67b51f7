package servers

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"nestor/tests/netns"
)

// A Server is a DHCPv4 or a DHCPv6 server.
type Server struct {
	process
	family string // 4 or 6
}

// Server makes a server that is not configured yet and does not run. Servers that
// are to take over from each other are given the same directory.
func (m Make) Server(ns *netns.NS, dir string) *Server {
	return m.server(ns, dir, "4", m.DHCP4)
}

// Server6 is Server for a DHCPv6 server.
func (m Make) Server6(ns *netns.NS, dir string) *Server {
	return m.server(ns, dir, "6", m.DHCP6)
}

func (m Make) server(ns *netns.NS, dir, family string, program func(t testing.TB) string) *Server {
	return &Server{process{
		Make: m, NS: ns, Dir: dir, Config: "dhcp" + family + ".conf",
		program: program, name: "dhcp" + family + "-" + m.Name, started: "DHCP" + family + "_STARTED",
	}, family}
}

// UnderKeaName makes the server start by a link of Kea's name.
func (srv *Server) UnderKeaName(t testing.TB) {
	t.Helper()
	link := srv.File("bin/kea-dhcp" + srv.family)
	if err := os.Mkdir(filepath.Dir(link), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(srv.program(t), link); err != nil {
		t.Fatal(err)
	}
	srv.program = func(testing.TB) string { return link }
}

// Start runs a server in ns with the given Dhcp4 map (see Configure) until the end
// of the test.
func (m Make) Start(t testing.TB, ns *netns.NS, dhcp4 Object) *Server {
	t.Helper()
	srv := m.Server(ns, Dir(t))
	srv.Configure(t, dhcp4)
	srv.Run(t)
	return srv
}

// Start6 is Start for a DHCPv6 server.
func (m Make) Start6(t testing.TB, ns *netns.NS, dhcp6 Object) *Server {
	t.Helper()
	srv := m.Server6(ns, Dir(t))
	srv.Configure(t, dhcp6)
	srv.Run(t)
	return srv
}

// Configure writes the configuration file: the given Dhcp4 or Dhcp6 map, to which
// lease file, control socket and loggers are added where it has none, and for DHCPv6
// the directory of the server's identifier.
func (srv *Server) Configure(t testing.TB, config Object) {
	t.Helper()
	full := Object{
		"lease-database": Object{"type": "memfile", "name": srv.LeaseFile(), "lfc-interval": 0},
		"control-socket": Object{"socket-type": "unix", "socket-name": srv.Socket()},
		"loggers": List{Object{
			"name": "kea-dhcp" + srv.family, "severity": "DEBUG", "debuglevel": 99,
			"output_options": List{Object{"output": "stdout"}},
		}},
	}.With(config)
	if srv.family == "6" {
		full = Object{"data-directory": srv.Dir}.With(full)
	}
	text, err := json.MarshalIndent(Object{"Dhcp" + srv.family: full}, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	srv.Write(t, text)
}

// LeaseFile is the path of the memfile that Configure names.
func (srv *Server) LeaseFile() string { return srv.File("kea-leases" + srv.family + ".csv") }

// Socket is the path of the control socket that Configure names.
func (srv *Server) Socket() string { return srv.File("ctl") }

// Send sends any text to the control socket, closes that way, and returns all that
// comes back.
func (srv *Server) Send(t testing.TB, text string) string {
	t.Helper()
	conn, err := net.DialTimeout("unix", srv.Socket(), 5*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	conn.SetDeadline(time.Now().Add(15 * time.Second))
	if _, err := io.WriteString(conn, text); err != nil {
		t.Fatal(err)
	}
	if err := conn.(*net.UnixConn).CloseWrite(); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return string(answer)
}

// Call sends a command over the control socket and returns result, text and
// arguments of the answer.
func (srv *Server) Call(t testing.TB, command string, arguments any) (int, string, Object) {
	t.Helper()
	request := Object{"command": command}
	if arguments != nil {
		request["arguments"] = arguments
	}
	message, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	text := srv.Send(t, string(message))
	var answer struct {
		Result    int
		Text      string
		Arguments Object
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		t.Fatalf("%s: %v in %q", command, err, text)
	}
	return answer.Result, answer.Text, answer.Arguments
}

// Statistic returns the current value of an integer statistic; 0 when there is
// none of that name.
func (srv *Server) Statistic(t testing.TB, name string) int {
	t.Helper()
	_, _, arguments := srv.Call(t, "statistic-get", Object{"name": name})
	samples, _ := arguments[name].([]any)
	if len(samples) == 0 {
		return 0
	}
	newest, _ := samples[0].([]any)
	if len(newest) == 0 {
		return 0
	}
	value, _ := newest[0].(float64)
	return int(value)
}

// Leases returns the newest row of each address in the lease file: column → text.
func (srv *Server) Leases(t testing.TB) map[string]map[string]string {
	t.Helper()
	text, err := os.ReadFile(srv.LeaseFile())
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(text)), "\n")
	columns := strings.Split(lines[0], ",")
	rows := map[string]map[string]string{}
	for _, line := range lines[1:] {
		row := map[string]string{}
		for i, v := range strings.Split(line, ",") {
			if i < len(columns) {
				row[columns[i]] = v
			}
		}
		rows[row["address"]] = row
	}
	return rows
}

// Lease waits for a row of that address which passes the test.
func (srv *Server) Lease(t testing.TB, address string, what string, ok func(row map[string]string) bool) map[string]string {
	t.Helper()
	var row map[string]string
	Eventually(t, 10*time.Second, fmt.Sprintf("lease of %s: %s", address, what), func() bool {
		row = srv.Leases(t)[address]
		return row != nil && ok(row)
	})
	return row
}
