package dhcp6

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
	"nestor/lib/pkt6"
	"nestor/tests/daemons"
)

// runTool runs nestor-dhcp6 explain.
func runTool(t *testing.T, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exit = daemon.Run(t.Context(), Program, NewApp, daemon.Invocation{
		Args: append([]string{"nestor-dhcp6", "explain"}, args...), Stdout: &out, Stderr: &err,
	})
	return exit, out.String(), err.String()
}

// fixedID is what the test server's configuration has of its identifier.
const fixedID = `"server-id": { "type": "EN", "enterprise-id": 2495, "identifier": "010203", "persist": false }, `

// writeConf writes a configuration file, of the content of Dhcp6 without braces.
func writeConf(t *testing.T, conf string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "x.conf")
	if err := os.WriteFile(name, []byte(`{ "Dhcp6": { `+conf+` } }`), 0o640); err != nil {
		t.Fatal(err)
	}
	return name
}

// pcapOf is a capture of DHCP messages from 2001:db8:1::2 to ff05::1:3, both on port
// 547.
func pcapOf(messages ...[]byte) []byte {
	const rawIP = 101
	b := binary.LittleEndian.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 0)
	b = binary.LittleEndian.AppendUint32(b, rawIP)
	src, dst := ip("2001:db8:1::2"), ip("ff05::1:3")
	for _, m := range messages {
		n := 8 + len(m)
		b = append(b, make([]byte, 8)...)
		b = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(b, uint32(40+n)), uint32(40+n))
		b = append(b, 0x60, 0, 0, 0, byte(n>>8), byte(n), 17, 64)
		b = append(append(b, src[:]...), dst[:]...)
		b = append(b, 547>>8, 547&0xff, 547>>8, 547&0xff, byte(n>>8), byte(n), 0, 0)
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
	ts.lease(1, na(1))
	before := ts.condition()
	conf := writeConf(t, fixedID+plain)
	at := []string{"-c", conf, "--interface", "eth0"}
	with := func(more ...string) []string { return append(append([]string{}, at...), more...) }
	client := func(n string) string { return "client-id=0003000102000000000" + n }
	t.Run("leases of a server that runs", func(t *testing.T) {
		for _, leases := range []string{ts.dir, filepath.Join(ts.dir, "kea-leases6.csv")} {
			exit, out, errs := runTool(t, with("--leases", leases, "solicit", client("1"), "ia-na=1")...)
			if exit != 0 || errs != "" {
				t.Fatalf("exit status %d, %s", exit, errs)
			}
			has(t, out, "the leases in "+filepath.Join(ts.dir, "kea-leases6.csv")+", 1 of them",
				"allocators that have given no address yet; a server that runs goes on from where it is, and tells by the command explain6",
				"from fe80::ff:fe00:1 port 546 to ff02::1:2, interface eth0",
				"the client has the lease of 2001:db8:1::10 in subnet 1, IAID 1", "the client keeps 2001:db8:1::10",
				"The reply in hexadecimal digits:\n  02000000")
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
		_, out, _ := runTool(t, with("solicit "+client("2")+" ia-na=1 ia-pd=2")...)
		has(t, out, "no leases: to see what there is, give the directory of the lease file by --leases", "picks 2001:db8:1::10", "picks 2001:db8:8000::/56")
	})
	t.Run("identifier of the server", func(t *testing.T) {
		dir := t.TempDir()
		open := writeConf(t, plain)
		made := "made up: that of the server is in the file kea-dhcp6-serverid beside its leases"
		_, out, _ := runTool(t, "-c", open, "--interface", "eth0", "solicit", client("2"))
		has(t, out, made)
		if files, _ := os.ReadDir("."); slicesContainsName(files, "kea-dhcp6-serverid") {
			t.Error("the tool has written an identifier")
		}
		for name, content := range map[string]string{"kea-dhcp6-serverid": "00:01:00:01:2a:2a:2a:2a:02:00:00:00:00:09", "kea-leases6.csv": before.File} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
				t.Fatal(err)
			}
		}
		_, out, errs := runTool(t, "-c", open, "--interface", "eth0", "--leases", dir, "solicit", client("2"))
		has(t, out, "serverid (2): 000100012A2A2A2A020000000009, from the server")
		if strings.Contains(out, made) || errs != "" {
			t.Errorf("the identifier of the file is not known: %s\n%s", errs, out)
		}
	})
	t.Run("interfaces of another machine", func(t *testing.T) {
		there := writeConf(t, fixedID+`"interfaces-config": { "interfaces": [ "elsewhere0" ] }, `+strings.Replace(plain, `"interface": "eth0",`, "", 1))
		exit, out, errs := runTool(t, "-c", there, "solicit", client("2"), "ia-na=1", "relay=fe80::1,2001:db8:1::1")
		if exit != 0 || errs != "" {
			t.Fatalf("exit status %d, %s", exit, errs)
		}
		has(t, out, "from 2001:db8:1::1 port 547 to ff05::1:3, interface elsewhere0", "picks 2001:db8:1::10")
	})
	t.Run("several packets", func(t *testing.T) {
		raw := hex.EncodeToString(query(pkt6.MsgSolicit, 3, na(1)))
		_, out, _ := runTool(t, with(raw, "solicit", client("4"), "ia-na=1,2001:db8:1::15", "rapid-commit", "release", client("5"), "server-id=0002000009bf010203", "ia-na=1,2001:db8:1::10")...)
		if n := strings.Count(out, "== the argument\n"); n != 3 {
			t.Errorf("%d packets, 3 expected:\n%s", n, out)
		}
		has(t, out, "02:00:00:00:00:03", "the client gets 2001:db8:1::15", "there is no such lease of 2001:db8:1::10")
	})
	t.Run("capture", func(t *testing.T) {
		capture := filepath.Join(t.TempDir(), "lab.pcap")
		relayed := relay("2001:db8:1::1", query(pkt6.MsgSolicit, 6, na(1)))
		if err := os.WriteFile(capture, pcapOf(relayed, query(pkt6.MsgReply, 6)), 0o640); err != nil {
			t.Fatal(err)
		}
		_, out, _ := runTool(t, with(capture)...)
		has(t, out, "== "+capture+", frame 1\n", "from 2001:db8:1::2 port 547 to ff05::1:3", "by the prefix that the link address 2001:db8:1::1 lies in:",
			"== "+capture+", frame 2\n", "received unknown message (type 7) on interface eth0 (DHCP6_UNKNOWN_MSG_RECEIVED)")
	})
	t.Run("updates of the DNS", func(t *testing.T) {
		there := writeConf(t, fixedID+`"dhcp-ddns": { "enable-updates": true }, "ddns-qualifying-suffix": "example.org", `+plain)
		_, out, _ := runTool(t, "-c", there, "--interface", "eth0", "request", client("2"), "server-id=0002000009bf010203", "ia-na=1", "fqdn=Host")
		has(t, out, "forward and reverse entries of host.example.org. and 2001:db8:1::10 are to be made")
	})
	t.Run("for the DHCPv4 server", func(t *testing.T) {
		there := writeConf(t, fixedID+`"dhcp4o6-port": 7000, `+plain)
		raw := hex.EncodeToString(query(pkt6.MsgDHCPv4Query, 1, opt(pkt6.OptDHCPv4Message, make([]byte, 240)...)))
		_, out, _ := runTool(t, "-c", there, "--interface", "eth0", raw)
		has(t, out, "it is passed on to the DHCPv4 server of this host (dhcp4o6-port 7000), whose answer goes to the client", "there is no reply")
	})
	t.Run("hosts databases", func(t *testing.T) {
		there := writeConf(t, fixedID+`"hosts-database": { "type": "mysql", "name": "hosts", "host": "127.0.0.1" }, `+plain)
		_, out, errs := runTool(t, "-c", there, "--interface", "eth0", "solicit", client("2"))
		has(t, out+errs, "no reservations but those in the configuration; a server that runs asks the hosts databases as well, and tells by the command explain6")
	})
	t.Run("JSON", func(t *testing.T) {
		_, out, _ := runTool(t, with("--json", "solicit "+client("2"), "--source", "fe80::7")...)
		list, err := element.ParseWire([]byte(out))
		if err != nil || list.Kind != element.List || len(list.List) != 1 {
			t.Fatalf("%v: %s", err, out)
		}
		e := list.List[0]
		if got := e.Get("outcome").Str; got != "reply" {
			t.Errorf("outcome %q", got)
		}
		if got := e.Get("steps").List[2].Get("source").Str; got != "fe80::7" {
			t.Errorf("source %q", got)
		}
	})
	t.Run("help", func(t *testing.T) {
		exit, out, errs := runTool(t, "-h")
		if exit != 0 || errs != "" {
			t.Errorf("exit status %d, %s", exit, errs)
		}
		has(t, out, "Usage: nestor-dhcp6 explain -c file", "solicit client-id=", "-leases", "-json", "-interface", "-source", "-destination")
	})
	for _, c := range []struct {
		name string
		exit int
		args []string
		says string
	}{
		{"no configuration", 2, []string{"solicit"}, "nestor-dhcp6 explain: -c is missing: give the configuration file\n"},
		{"no packet", 2, at, "there is no packet: give a description such as 'solicit client-id="},
		{"unknown flag", 2, with("--all", "solicit"), "flag provided but not defined: -all"},
		{"no such configuration", 1, []string{"-c", "/none/x.conf", "solicit"}, "/none/x.conf"},
		{"bad configuration", 1, []string{"-c", writeConf(t, `"subnet": 1`), "solicit"}, "subnet"},
		{"no lease file", 1, with("--leases", t.TempDir(), "solicit"), "--leases: there is no lease file "},
		{"no lease directory", 1, with("--leases", "/none", "solicit"), "--leases: stat /none: no such file or directory"},
		{"bad packet", 1, with("solicit client-id=zz"), "packet: client-id: "},
		{"no such file", 1, with("/none/x.pcap"), "/none/x.pcap"},
		{"bad interface", 1, []string{"-c", conf, "--interface", "eth0/192.0.2.1", "solicit"}, `interface eth0/192.0.2.1: "192.0.2.1" is not an IPv6 address`},
	} {
		t.Run(c.name, func(t *testing.T) {
			exit, out, errs := runTool(t, c.args...)
			if exit != c.exit || out != "" || !strings.Contains(errs, c.says) {
				t.Errorf("exit status %d, stdout %q, stderr %q; want %d and %q", exit, out, errs, c.exit, c.says)
			}
		})
	}
}

func slicesContainsName(files []os.DirEntry, name string) bool {
	for _, f := range files {
		if f.Name() == name {
			return true
		}
	}
	return false
}

// TestExplainCommand asks a running daemon over its control socket.
func TestExplainCommand(t *testing.T) {
	r := daemons.Launch(t, Program, NewApp, "-c", fixedID+`"control-sockets": [ { "socket-type": "unix", "socket-name": "DIR/ctl" } ], `+strings.Replace(plain, `"interface": "eth0",`, "", 1)).Serving()
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
	has(t, call(`{ "command": "list-commands" }`).String(), `"explain6"`)
	statistics := call(`{ "command": "statistic-get-all" }`).String()
	for range 2 { // the allocators are only asked: what they give stays the same
		a := call(`{ "command": "explain6", "arguments": { "packet": "solicit client-id=00030001020000000001 ia-na=1 ia-na=2 ia-pd=3 relay=fe80::1,2001:db8:1::1", "interface": "eth0/fe80::1" } }`)
		if a.Get("result").Int != control.Success {
			t.Fatal(a.String())
		}
		if got, want := a.Get("text").Str, "the server would answer with an ADVERTISE to 2001:db8:1::1, address 2001:db8:1::10, address 2001:db8:1::11, prefix 2001:db8:8000::/56"; got != want {
			t.Errorf("text %q, want %q", got, want)
		}
		args := a.Get("arguments")
		has(t, args.Get("text").Str, "the client gets 2001:db8:1::11")
		has(t, args.Get("reply").String(), `"message-type": "ADVERTISE"`, `"destination": "2001:db8:1::1"`, `"hex": "0d00`)
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
	a := call(`{ "command": "explain6", "arguments": { "packet": "request client-id=00030001020000000001 server-id=0002000009bf010203 ia-na=1,2001:db8:1::12 ia-pd=3 relay=fe80::1,2001:db8:1::1", "interface": "eth0/fe80::1" } }`)
	leases := a.Get("arguments").Get("leases")
	if len(leases.List) != 2 {
		t.Fatal(a.String())
	}
	has(t, leases.List[0].String(), `"action": "write"`, `"type": "IA_NA"`, `"ip-address": "2001:db8:1::12"`, `"iaid": 1`, `"duid": "00:03:00:01:02:00:00:00:00:01"`, `"valid-lft": 7200`)
	has(t, leases.List[1].String(), `"type": "IA_PD"`, `"ip-address": "2001:db8:8000::"`, `"prefix-len": 56`, `"iaid": 3`)
	if after := call(`{ "command": "statistic-get-all" }`).String(); after != statistics {
		t.Errorf("statistics changed:\n%s\n%s", statistics, after)
	}
	if out := r.Stdout.String(); strings.Contains(out, "DHCP6_LEASE") || strings.Contains(out, "DHCP6_PACKET") {
		t.Errorf("the log tells of queries that never were:\n%s", out)
	}
	rows, err := os.ReadFile(filepath.Join(r.Dir, "kea-leases6.csv"))
	if err != nil || bytes.Count(rows, []byte("\n")) != 1 {
		t.Errorf("lease file: %v, %q", err, rows)
	}
}
