package dhcp4

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/control"
	"nestor/lib/daemon"
	"nestor/lib/element"
	"nestor/tests/daemons"
)

// runTool runs nestor-dhcp4 explain.
func runTool(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exit = daemon.Run(t.Context(), Program, NewApp, daemon.Invocation{
		Args: append([]string{"nestor-dhcp4", "explain"}, args...), Stdout: &out, Stderr: &err,
	})
	return exit, out.String(), err.String()
}

// writeConf writes a configuration file, of the content of Dhcp4 without braces.
func writeConf(t *testing.T, conf string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.conf")
	if err := os.WriteFile(name, []byte(`{ "Dhcp4": { `+conf+` } }`), 0o640); err != nil {
		t.Fatal(err)
	}
	return name
}

// pcapOf is a capture of DHCP messages from 192.0.2.200 to 192.0.2.1, both on port 67.
func pcapOf(messages ...[]byte) []byte {
	const rawIP = 101
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
	b = binary.LittleEndian.AppendUint32(b, rawIP)
	for _, m := range messages {
		n := 28 + len(m)
		b = append(b, make([]byte, 8)...)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, uint32(n)), uint32(n))
		b = append(b, 0x45, 0, byte(n>>8), byte(n), 0, 0, 0, 0, 64, 17, 0, 0, 192, 0, 2, 200, 192, 0, 2, 1)
		b = append(b, 0, 67, 0, 67, byte((n-20)>>8), byte(n-20), 0, 0)
		b = append(b, m...)
	}
	return b
}

func has(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if !strings.Contains(text, p) {
			t.Errorf("%q is not in:\n%s", p, text)
		}
	}
}

// TestExplainTool explains queries from the command line, beside a server that has
// the lease file.
func TestExplainTool(t *testing.T) {
	ts := newTestServer(t, plain)
	ts.lease(1)
	before := ts.condition()
	conf := writeConf(t, plain)
	at := []string{"-c", conf, "--interface", "eth0/192.0.2.1"}
	with := func(more ...string) []string { return append(append([]string{}, at...), more...) }
	t.Run("leases of a server that runs", func(t *testing.T) {
		for _, leases := range []string{ts.dir, filepath.Join(ts.dir, "kea-leases4.csv")} {
			exit, out, errs := runTool(t, with("--leases", leases, "discover", "hw=02:00:00:00:00:01")...)
			if exit != 0 || errs != "" {
				t.Fatalf("exit status %d, %s", exit, errs)
			}
			has(t, out, "the leases in "+filepath.Join(ts.dir, "kea-leases4.csv")+", 1 of them",
				"allocators that have given no address yet; a server that runs goes on from where it is",
				"the client has the lease of 192.0.2.10 in subnet 1, found by its hardware address", "the client keeps 192.0.2.10",
				"The reply in hexadecimal digits:\n  0201060000000000")
		}
		if after := ts.condition(); after.File != before.File {
			t.Error("the lease file changed")
		}
		files, err := os.ReadDir(ts.dir)
		if err != nil || len(files) != 2 { // the leases and their lock
			t.Errorf("files: %v, %v", files, err)
		}
	})
	t.Run("without leases", func(t *testing.T) {
		_, out, _ := runTool(t, with("discover hw=02:00:00:00:00:02")...)
		has(t, out, "no leases: to see what there is, give the directory of the lease file by --leases", "picks 192.0.2.10")
	})
	t.Run("interfaces of another machine", func(t *testing.T) {
		for interfaces, want := range map[string]string{
			`"elsewhere0"`:           "the interface elsewhere0 without its address, which this machine does not have",
			`"elsewhere0/192.0.2.1"`: "interface elsewhere0 with address 192.0.2.1",
		} {
			there := writeConf(t, `"interfaces-config": { "interfaces": [ `+interfaces+` ] }, `+plain)
			exit, out, errs := runTool(t, "-c", there, "discover", "hw=02:00:00:00:00:02", "giaddr=192.0.2.200")
			if exit != 0 || errs != "" {
				t.Fatalf("%s: exit status %d, %s", interfaces, exit, errs)
			}
			has(t, out, want, "picks 192.0.2.10")
		}
	})
	t.Run("several packets", func(t *testing.T) {
		raw := hex.EncodeToString(query(discoverMsg, 3).ToBytes())
		_, out, _ := runTool(t, with(raw, "discover", "hw=02:00:00:00:00:04", "broadcast", "release", "hw=02:00:00:00:00:05", "ciaddr=192.0.2.10", "server-id=192.0.2.1")...)
		if n := strings.Count(out, "== the argument\n"); n != 3 {
			t.Errorf("%d packets, 3 expected:\n%s", n, out)
		}
		has(t, out, "02:00:00:00:00:03", "by broadcast:", "there is no lease of 192.0.2.10 to release")
	})
	t.Run("capture", func(t *testing.T) {
		capture := filepath.Join(t.TempDir(), "lab.pcap")
		relayed := query(discoverMsg, 6, giaddr("192.0.2.200")).ToBytes()
		if err := os.WriteFile(capture, pcapOf(relayed, query(offerMsg, 6).ToBytes()), 0o640); err != nil {
			t.Fatal(err)
		}
		_, out, _ := runTool(t, with(capture)...)
		has(t, out, "== "+capture+", frame 1\n", "from 192.0.2.200 port 67 to 192.0.2.1", "by the prefix that giaddr 192.0.2.200 lies in:",
			"== "+capture+", frame 2\n", "the server drops it: unsupported DHCPv4 message type 2 (DHCP4_PACKET_DROP_0006)")
	})
	t.Run("JSON", func(t *testing.T) {
		_, out, _ := runTool(t, with("--json", "discover hw=02:00:00:00:00:02", "--source", "192.0.2.99")...)
		list, err := element.ParseWire([]byte(out))
		if err != nil || list.Kind != element.List || len(list.List) != 1 {
			t.Fatalf("%v: %s", err, out)
		}
		e := list.List[0]
		if got := e.Get("outcome").Str; got != "reply" {
			t.Errorf("outcome %q", got)
		}
		if got := e.Get("steps").List[2].Get("source").Str; got != "192.0.2.99" {
			t.Errorf("source %q", got)
		}
	})
	t.Run("help", func(t *testing.T) {
		exit, out, errs := runTool(t, "-h")
		if exit != 0 || errs != "" {
			t.Errorf("exit status %d, %s", exit, errs)
		}
		has(t, out, "Usage: nestor-dhcp4 explain -c file", "-leases", "-json", "-interface", "-source", "-destination")
	})
	for _, c := range []struct {
		name string
		exit int
		args []string
		says string
	}{
		{"no configuration", 2, []string{"discover"}, "nestor-dhcp4 explain: -c is missing: give the configuration file\n"},
		{"no packet", 2, at, "there is no packet: give a description"},
		{"unknown flag", 2, with("--all", "discover"), "flag provided but not defined: -all"},
		{"no such configuration", 1, []string{"-c", "/none/x.conf", "discover"}, "/none/x.conf"},
		{"bad configuration", 1, []string{"-c", writeConf(t, `"subnet": 1`), "discover"}, "subnet"},
		{"no lease file", 1, with("--leases", t.TempDir(), "discover"), "--leases: there is no lease file "},
		{"no lease directory", 1, with("--leases", "/none", "discover"), "--leases: stat /none: no such file or directory"},
		{"bad packet", 1, with("discover hw=zz"), "packet: hw: "},
		{"no such file", 1, with("/none/x.pcap"), "/none/x.pcap"},
		{"unknown interface", 1, []string{"-c", conf, "--interface", "none0", "discover"}, "interface none0: the server has no open socket on it"},
	} {
		t.Run(c.name, func(t *testing.T) {
			exit, out, errs := runTool(t, c.args...)
			if exit != c.exit || out != "" || !strings.Contains(errs, c.says) {
				t.Errorf("exit status %d, stdout %q, stderr %q; want %d and %q", exit, out, errs, c.exit, c.says)
			}
		})
	}
}

// TestExplainCommand asks a running daemon over its control socket.
func TestExplainCommand(t *testing.T) {
	r := daemons.Launch(t, Program, NewApp, "-c", `"control-sockets": [ { "socket-type": "unix", "socket-name": "DIR/ctl" } ], `+plain).Serving()
	call := func(command string) *element.Value {
		t.Helper()
		doc, err := element.ParseWire([]byte(command))
		if err != nil {
			t.Fatal(err)
		}
		answer, err := control.Client{}.Call(t.Context(), filepath.Join(r.Dir, "ctl"), doc)
		if err != nil {
			t.Fatal(err)
		}
		return answer
	}
	has(t, call(`{ "command": "list-commands" }`).String(), `"explain4"`)
	statistics := call(`{ "command": "statistic-get-all" }`).String()
	for range 2 { // the allocator is only asked: the address stays the same
		a := call(`{ "command": "explain4", "arguments": { "packet": "discover hw=02:00:00:00:00:01", "interface": "eth0/192.0.2.1" } }`)
		if a.Get("result").Int != control.Success {
			t.Fatal(a.String())
		}
		if got, want := a.Get("text").Str, "the server would answer with a DHCPOFFER to 192.0.2.10, address 192.0.2.10"; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
		args := a.Get("arguments")
		has(t, args.Get("text").Str, "the client gets 192.0.2.10")
		has(t, args.Get("reply").String(), `"message-type": "DHCPOFFER"`, `"destination": "192.0.2.10"`, `"hex": "0201`)
		if len(args.Get("leases").List) != 0 || args.Get("outcome").Str != "reply" {
			t.Error(args.String())
		}
		for _, s := range args.Get("steps").List {
			for _, key := range []string{"step", "decision", "text"} {
				if v := s.Get(key); v == nil || v.Str == "" {
					t.Errorf("a step has no %s: %s", key, s)
				}
			}
		}
	}
	a := call(`{ "command": "explain4", "arguments": { "packet": "request hw=02:00:00:00:00:01 requested=192.0.2.12 server-id=192.0.2.1", "interface": "eth0/192.0.2.1" } }`)
	leases := a.Get("arguments").Get("leases")
	if len(leases.List) != 1 {
		t.Fatal(a.String())
	}
	has(t, leases.String(), `"action": "write"`, `"ip-address": "192.0.2.12"`, `"hw-address": "02:00:00:00:00:01"`, `"valid-lft": 7200`)
	if after := call(`{ "command": "statistic-get-all" }`).String(); after != statistics {
		t.Errorf("statistics changed:\n%s\n%s", statistics, after)
	}
	if out := r.Stdout.String(); strings.Contains(out, "DHCP4_LEASE") || strings.Contains(out, "DHCP4_PACKET") {
		t.Errorf("the log tells of queries that never were:\n%s", out)
	}
	rows, err := os.ReadFile(filepath.Join(r.Dir, "kea-leases4.csv"))
	if err != nil || bytes.Count(rows, []byte("\n")) != 1 {
		t.Errorf("lease file: %v, %q", err, rows)
	}
}
