package admin

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// run calls the program.
func run(args ...string) (status int, stdout, stderr string) {
	var out, err strings.Builder
	status = Main(append([]string{"/usr/sbin/nestor-admin"}, args...), "1.2.3", &out, &err)
	return status, out.String(), err.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return file
}

func TestCommandLine(t *testing.T) {
	for _, row := range []struct {
		args           string
		status         int
		stdout, stderr string
	}{
		{"-v", 0, "1.2.3\n", ""},
		{"--version", 0, "1.2.3\n", ""},
		{"-h", 0, "usage: nestor-admin COMMAND", ""},
		{"--help", 0, "  eval ", ""},
		{"", 1, "", "usage: nestor-admin COMMAND"},
		{"evla", 1, "", "nestor-admin: there is no command evla, only db-init, db-version, db-upgrade, lease-dump, lease-upload, stats-recount, eval; -h tells more\n"},
		{"eval -h", 0, "usage: nestor-admin eval [-4 | -6]", ""},
		{"eval", 1, "", "nestor-admin eval: the expression is missing; -h tells more\n"},
		{"eval member('ALL')", 1, "", "the message is missing"},
		{"eval -4 -6 member('ALL') discover", 1, "", "-4 and -6 exclude each other"},
		{"eval -6 -c x member('ALL') solicit", 1, "", "it excludes -6"},
		{"eval -x", 1, "", "-x"},
		{"eval member('ALL') nothing", 1, "", `"nothing" is neither the name of a file`},
		{"eval -c /nowhere/x.conf member('ALL') discover", 1, "", "/nowhere/x.conf"},
	} {
		t.Run(row.args, func(t *testing.T) {
			status, stdout, stderr := run(strings.Fields(row.args)...)
			if status != row.status || !strings.Contains(stdout, row.stdout) || !strings.Contains(stderr, row.stderr) || (stderr == "") != (row.stderr == "") {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
}

func TestEvaluate(t *testing.T) {
	conf := write(t, "nestor-dhcp4.conf", `{ "Dhcp4": { "option-def": [ { "name": "mine", "code": 230, "type": "string" } ], "client-classes": [ { "name": "gold" } ] } }`)
	broken := write(t, "broken.conf", `{ "Dhcp4": { "valid-lifetime": "x" } }`)
	for _, row := range []struct {
		name   string
		args   []string
		stdout string // all of it
		stderr string // a part
	}{
		{"steps of a test", []string{"substring(option[60].hex, 0, 6) == 'docsis'", "discover vendor-class=docsis3.0"},
			`  option         Pushing option 60 with value 0x646F63736973332E30
  string         Pushing text string '0'
  string         Pushing text string '6'
  substring      Popping length 6, start 0, string 0x646F63736973332E30 pushing result 0x646F63736973
  string         Pushing text string 'docsis'
  equal          Popping 0x646F63736973 and 0x646F63736973 pushing result 'true'
result: true
`, ""},
		{"false", []string{"option[60].exists", "discover"}, "  option         Pushing option 60 with value 'false'\nresult: false\n", ""},
		{"a template", []string{"option[12].hex", "discover hostname=pc"}, "  option         Pushing option 12 with value 0x7063\nresult: 'pc'\n", ""},
		{"bytes", []string{"option[61].hex", "discover client-id=01:02"}, "  option         Pushing option 61 with value 0x0102\nresult: 0x0102\n", ""},
		{"a description in words", []string{"pkt4.hlen == 1", "discover", "hw=0a", "hostname='a b'"}, "  pkt4           Pushing PKT4 field hlen with value 0x00000001\n" +
			"  string         Pushing text string 0x00000001\n  equal          Popping 0x00000001 and 0x00000001 pushing result 'true'\nresult: true\n", ""},
		{"classes", []string{"-m", "a", "-m", "b", "member('b') and member('ALL') and member('c')", "discover"}, `  member         Checking membership of 'b', pushing result 'true'
  member         Checking membership of 'ALL', pushing result 'true'
  member         Checking membership of 'c', pushing result 'false'
result: false
`, ""},
		{"DHCPv6", []string{"-6", "pkt6.msgtype == 1", "solicit"}, "  pkt6           Pushing PKT6 field msgtype with value 0x00000001\n" +
			"  string         Pushing text string 0x00000001\n  equal          Popping 0x00000001 and 0x00000001 pushing result 'true'\nresult: true\n", ""},
		{"definitions and classes of a configuration", []string{"-c", conf, "option[mine].text == '' or member('gold')", "discover option[mine]=x"},
			"  option         Pushing option 230 with value 'x'\n  string         Pushing text string ''\n  equal          Popping 0x and 0x78 pushing result 'false'\n" +
				"  member         Checking membership of 'gold', pushing result 'false'\nresult: false\n", ""},
		{"sub-options of private options", []string{"option[43].option[1].hex", "discover option[43]=0x010178"}, "  sub option     Pushing option 43 sub-option 1 with value 0x78\nresult: 'x'\n", ""},
		{"a step that fails", []string{"uint8totext(option[12].hex) == ''", "discover hostname=pc"},
			"  option         Pushing option 12 with value 0x7063\n  string         Pushing text string ''\n  equal          Popping 0x and 0x pushing result 'true'\n",
			"nestor-admin eval: uint8totext: the value has 2 bytes, it takes 1\n"},
		{"a fault of the expression", []string{"option[12].hex ==\n\toption[foo].hex", "discover"}, "",
			"nestor-admin eval: option 'foo' is not defined: give its code, or define it in the global option-def\n  \toption[foo].hex\n  \t       ^^^\n"},
		{"a fault at the end", []string{"'a' ==", "discover"}, "", "  'a' ==\n        ^\n"},
		{"an unknown class", []string{"-c", conf, "member('tin')", "discover"}, "", "defines no class 'tin'\n  member('tin')\n         ^^^^^\n"},
		{"a wrong configuration", []string{"-c", broken, "member('tin')", "discover"}, "", "valid-lifetime"},
	} {
		t.Run(row.name, func(t *testing.T) {
			status, stdout, stderr := run(append([]string{"eval"}, row.args...)...)
			if stdout != row.stdout || !strings.Contains(stderr, row.stderr) || (status != 0) != (row.stderr != "") || (stderr == "") != (row.stderr == "") {
				t.Errorf("status %d\n%s%s", status, stdout, stderr)
			}
		})
	}
}

func TestEvaluateCapture(t *testing.T) {
	// Two records of raw IP, each a message without options.
	message := strings.Repeat("\x00", 236) + "\x63\x82\x53\x63\xff"
	ip := "\x45\x00\x01\x0d\x00\x00\x00\x00\x40\x11\x00\x00\xc0\x00\x02\x01\xc0\x00\x02\x02\x00\x44\x00\x43\x00\xf9\x00\x00" + message
	record := "\x00\x00\x00\x00\x00\x00\x00\x00\x0d\x01\x00\x00\x0d\x01\x00\x00" + ip
	file := write(t, "x.pcap", "\xd4\xc3\xb2\xa1\x02\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\xff\xff\x00\x00\x65\x00\x00\x00"+record+record)
	status, stdout, stderr := run("eval", "pkt.src == 192.0.2.1", file)
	one := "  pkt            Pushing PKT meta data src with value 0xC0000201\n  ipaddress      Pushing IPAddress 0xC0000201\n" +
		"  equal          Popping 0xC0000201 and 0xC0000201 pushing result 'true'\nresult: true\n"
	if want := file + ", frame 1\n" + one + "\n" + file + ", frame 2\n" + one; status != 0 || stdout != want {
		t.Errorf("status %d\n%s%s", status, stdout, stderr)
	}
}
