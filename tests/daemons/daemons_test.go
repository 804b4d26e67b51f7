package daemons

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/daemons/dhcp4"
	"nestor/daemons/dhcp6"
	"nestor/lib/daemon"
	"nestor/lib/lease/leasefile"
)

// family is one of the two DHCP daemons with what its tests need of it.
type family struct {
	program daemon.Program
	newApp  func(*daemon.Env) daemon.App
	number  string
	subnet  string // a configuration of one subnet
	prefix  string // its prefix
	badRow  string // of a lease file
	header  string // of a lease file
}

var families = map[string]family{
	"DHCPv4": {
		program: dhcp4.Program, newApp: dhcp4.NewApp, number: "4", prefix: "192.0.2.0/24",
		subnet: `"subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "pools": [ { "pool": "192.0.2.10-192.0.2.19" } ] } ]`,
		header: leasefile.Header(leasefile.V4), badRow: "not an address,,,,,,,,,,,\n",
	},
	"DHCPv6": {
		program: dhcp6.Program, newApp: dhcp6.NewApp, number: "6", prefix: "2001:db8:1::/64",
		subnet: `"subnet6": [ { "id": 1, "subnet": "2001:db8:1::/64", "pools": [ { "pool": "2001:db8:1::10-2001:db8:1::19" } ] } ]`,
		header: leasefile.Header(leasefile.V6), badRow: "not an address,,,,,,,,,,,,,,,,,\n",
	},
}

// eachFamily runs a test for both daemons.
func eachFamily(t *testing.T, test func(t *testing.T, f family)) {
	for name, f := range families {
		t.Run(name, func(t *testing.T) { test(t, f) })
	}
}

func (f family) launch(t *testing.T, flag, conf string) *Daemon {
	t.Helper()
	return Launch(t, f.program, f.newApp, flag, conf)
}

// of puts the number of the family in the place of N in a text.
func (f family) of(text string) string { return strings.ReplaceAll(text, "N", f.number) }

func httpSocket(port int) string {
	return fmt.Sprintf(`{ "socket-type": "http", "socket-address": "127.0.0.1", "socket-port": %d }`, port)
}

func TestControlSockets(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		port := FreePort(t)
		conf := `"control-sockets": [ { "socket-type": "unix", "socket-name": "DIR/ctl" }, ` + httpSocket(port) + ` ], ` + f.subnet
		d := f.launch(t, "-c", conf).Serving()
		t.Run("D4.48.1 D4.48.2 D6.39.2 D6.39.7 PL.4.11 unix socket: a bare answer", func(t *testing.T) {
			conn, err := net.Dial("unix", filepath.Join(d.Dir, "ctl"))
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			io.WriteString(conn, `{ "command": "version-get" }`)
			answer, err := io.ReadAll(conn)
			if err != nil || !strings.HasPrefix(string(answer), `{ "arguments": { "extended": `) {
				t.Errorf("answer is %s, %v", answer, err)
			}
		})
		t.Run("D4.48.3 D4.48.9 D6.39.3 D6.39.7 PL.4.30 HTTP socket: the answer in a list", func(t *testing.T) {
			status, body := Post(t, port, f.of(`{ "command": "version-get", "service": [ "dhcpN" ] }`))
			if status != http.StatusOK || !strings.HasPrefix(body, `[ { "arguments": { "extended": `) {
				t.Errorf("status %d, answer is %s", status, body)
			}
		})
		t.Run("D6.39.9 D6.39.10 commands of every daemon", func(t *testing.T) {
			for _, command := range []string{
				`"build-report"`, `"config-get"`, `"config-hash-get"`, `"config-reload"`, `"list-commands"`, `"status-get"`, `"version-get"`,
				f.of(`"config-test", "arguments": { "DhcpN": {} }`), `"config-write", "arguments": { "filename": "written.conf" }`,
			} {
				if _, body := Post(t, port, `{ "command": `+command+` }`); !strings.Contains(body, `"result": 0`) {
					t.Errorf("%s: %s", command, body)
				}
			}
		})
		t.Run("D6.39.11 D6.39.12 D6.39.13 D6.39.17 D6.38.3 answers", func(t *testing.T) { f.checkAnswers(t, port) })
		t.Run("metrics", func(t *testing.T) {
			resp, err := http.Get(fmt.Sprintf("http://127.0.0.1:%d/metrics", port))
			if err != nil {
				t.Fatal(err)
			}
			defer resp.Body.Close()
			if body, _ := io.ReadAll(resp.Body); !strings.Contains(string(body), `subnet="`+f.prefix+`"`) {
				t.Errorf("metrics are\n%s", body)
			}
		})
		t.Run("D4.48.9 two servers at one address and port", func(t *testing.T) {
			other := f.launch(t, "-c", conf)
			if status := other.Ended(); status != 1 || !strings.Contains(other.Stderr.String(), "address already in use") {
				t.Errorf("exit status %d: %s", status, other.Stderr.String())
			}
		})
		t.Run("FD.10.1 FD.10.2 D6.39.15 D6.1.10 shutdown", func(t *testing.T) {
			if _, body := Post(t, port, `{ "command": "shutdown", "arguments": { "exit-value": 5 } }`); !strings.Contains(body, `"result": 0`) {
				t.Error(body)
			}
			if status := d.Ended(); status != 5 {
				t.Errorf("exit status %d", status)
			}
			if d.Has("ctl") || d.Has(f.of("x.kea-dhcpN.pid")) || !d.Has(f.of("kea-leasesN.csv")) {
				t.Error("socket or PID file are left, or the lease file is not")
			}
		})
	})
}

func (f family) checkAnswers(t *testing.T, port int) {
	for _, c := range []struct{ command, want string }{
		{f.of(`"config-test", "arguments": { "DhcpN": {} }`), "Configuration seems sane"},
		{`"config-test", "arguments": { "Dhcp9": {} }`, `"result": 1`},
		{f.of(`"config-test", "arguments": { "DhcpN": {}, "Logging": {} }`), `"result": 1`},
		{`"config-set", "arguments": {}`, `"result": 1`},
		{`"config-get"`, `"hash": "`},
		{`"config-write", "arguments": { "filename": "written.conf" }`, `"filename": "`},
		{`"config-reload"`, `"text": "Configuration successful."`},
		{`"statistic-get", "arguments": { "name": "none" }`, `{ "arguments": {  }, "result": 0 }`},
		{`"statistic-reset", "arguments": { "name": "none" }`, `"result": 1`},
		{`"statistic-remove", "arguments": { "name": "none" }`, `"result": 1`},
		{f.of(`"statistic-get", "arguments": { "name": "pktN-received" }`), f.of(`"pktN-received": [ [ 0, "20`)},
	} {
		if _, body := Post(t, port, `{ "command": `+c.command+` }`); !strings.Contains(body, c.want) {
			t.Errorf("%s: %s", c.command, body)
		}
	}
	for _, other := range families { // the configuration of the other daemon
		_, body := Post(t, port, other.of(`{ "command": "config-test", "arguments": { "DhcpN": {} } }`))
		if good := strings.Contains(body, `"result": 0`); good != (other.number == f.number) {
			t.Errorf("a configuration of Dhcp%s is answered %s", other.number, body)
		}
	}
}

// A reconfiguration that is refused takes nothing away and leaves nothing open.
func TestRefusedReload(t *testing.T) {
	eachFamily(t, func(t *testing.T, f family) {
		port, later := FreePort(t), FreePort(t)
		sockets := func(port int) string { return `"control-sockets": [ ` + httpSocket(port) + ` ], ` }
		d := f.launch(t, "-c", sockets(port)+f.subnet).Serving()
		d.Write(sockets(later) + `"lease-database": { "type": "memfile", "name": "DIR/none/l.csv" }, ` + f.subnet)
		if _, body := Post(t, port, `{ "command": "config-reload" }`); !strings.Contains(body, `"result": 1`) {
			t.Errorf("a bad configuration is answered %s", body)
		}
		if _, body := Post(t, port, `{ "command": "config-get" }`); !strings.Contains(body, fmt.Sprintf(`"socket-port": %d`, port)) {
			t.Errorf("config-get shows %s", body)
		}
		if conn, err := net.Dial("tcp", fmt.Sprintf("127.0.0.1:%d", later)); err == nil {
			conn.Close()
			t.Error("a socket of the refused configuration is open")
		}
		if status := d.Status(); status != 0 {
			t.Errorf("exit status %d", status)
		}
	})
}

func TestChecks(t *testing.T) {
	const bad = `"subnetN": [ { "id": 1 } ]`
	eachFamily(t, func(t *testing.T, f family) {
		for _, c := range []struct {
			name, flag, conf string
			status           int
			stdout, stderr   string
		}{
			{"D4.1.4 D6.1.4 -t of a good file", "-t", f.subnet, 0, "", ""},
			{"D4.1.5 D6.1.5 -T opens the leases in memory", "-T", f.subnet, 0,
				f.of("DHCPSRV_MEMFILE_DB opening memory file lease database: name=DIR/kea-leasesN.csv persist=false type=memfile universe=N"), ""},
			{"D4.1.4 D6.1.4 -t of a bad file", "-t", f.of(bad), 1, "", "missing parameter 'subnet'"},
			{"D4.1.5 D6.1.5 -T of a bad file", "-T", f.of(bad), 1, "", "missing parameter 'subnet'"},
		} {
			t.Run(c.name, func(t *testing.T) {
				d := f.launch(t, c.flag, c.conf)
				if status := d.Ended(); status != c.status {
					t.Errorf("exit status %d, want %d", status, c.status)
				}
				if !strings.Contains(d.Stdout.String(), strings.ReplaceAll(c.stdout, "DIR", d.Dir)) || c.flag == "-t" && strings.Contains(d.Stdout.String(), "MEMFILE") {
					t.Errorf("stdout is\n%s", d.Stdout.String())
				}
				if got := d.Stderr.String(); !strings.Contains(got, c.stderr) || c.stderr == "" && got != "" {
					t.Errorf("stderr is\n%s", got)
				}
				if entries, err := os.ReadDir(d.Dir); err != nil || len(entries) != 1 { // D4.1.6
					t.Errorf("files were made: %v %v", entries, err)
				}
			})
		}
	})
}

// A lease file with too many bad rows keeps the server from starting.
func TestTooManyRowErrors(t *testing.T) {
	// D4.5.6 D6.4.6 D6.4.7 PL.8.2
	eachFamily(t, func(t *testing.T, f family) {
		file := filepath.Join(t.TempDir(), "l.csv")
		if err := os.WriteFile(file, []byte(f.header+"\n"+f.badRow+f.badRow), 0o640); err != nil {
			t.Fatal(err)
		}
		d := f.launch(t, "-c", `"lease-database": { "type": "memfile", "name": "`+file+`", "max-row-errors": 1 }, `+f.subnet)
		if status := d.Ended(); status != 1 || !strings.Contains(d.Stdout.String(), "more than 1 bad rows (max-row-errors)") {
			t.Errorf("exit status %d, the log is\n%s", status, d.Stdout.String())
		}
	})
}
