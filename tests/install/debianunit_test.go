package install_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"nestor/tests/peers"
	"nestor/tests/require"
)

// TestDebianUnit installs Nestor below /usr under Kea's names and starts it as
// Debian's unit starts Kea, with the configuration that Debian ships, in a root
// directory of its own.
func TestDebianUnit(t *testing.T) {
	if os.Geteuid() != 0 {
		require.Skip(t, "needs root")
	}
	packages := filepath.Dir(filepath.Dir(peers.KeaHooks(t)))     // …/usr/lib/TRIPLET
	packages = filepath.Dir(filepath.Dir(filepath.Dir(packages))) // the packages' root
	unit := readUnit(t, packages)
	d := debianTree(t, packages, unit)
	d.start(t)
	defer d.cmd.Process.Kill()
	d.eventually(t, "the server has started and its lease file was cleaned", func() bool {
		_, err := os.Stat(filepath.Join(d.root, "var/lib/kea/kea-leases4.csv.2"))
		return err == nil && strings.Contains(d.read("var/log/kea/kea-dhcp4.log"), "DHCP4_STARTED")
	})
	t.Run("FD.10.8 user, capabilities, places", func(t *testing.T) {
		status := d.proc(t, "status")
		for _, want := range []string{"Name:\tkea-dhcp4\n", "Uid:\t65534\t65534\t65534\t65534", "CapEff:\t0000000000002400\n"} {
			if !strings.Contains(status, want) {
				t.Errorf("the process lacks %q:\n%s", want, status)
			}
		}
		for _, name := range []string{"run/kea/kea-dhcp4.kea-dhcp4.pid", "run/kea/kea4-ctrl-socket", "run/lock/kea/logger_lockfile", "var/lib/kea/kea-leases4.csv"} {
			if _, err := os.Lstat(filepath.Join(d.root, name)); err != nil {
				t.Error(err)
			}
		}
		if unit["Type"] != nil || strings.Contains(d.proc(t, "environ"), "NOTIFY_SOCKET") {
			t.Errorf("the unit is of type %q: this shows nothing about one without readiness", unit["Type"])
		}
	})
	t.Run("FD.10.9 every file is one that the AppArmor profile lets it write", func(t *testing.T) {
		allowed := writable(t, filepath.Join(packages, "etc/apparmor.d/usr.sbin.kea-dhcp4"))
		for _, name := range d.made(t) {
			if !allowed.MatchString(name) {
				t.Errorf("%s is outside the profile", name)
			}
		}
	})
	t.Run("FD.10.8 stops as systemd stops it", func(t *testing.T) {
		d.cmd.Process.Signal(syscall.SIGTERM)
		if err := d.cmd.Wait(); err != nil {
			t.Errorf("%v\n%s", err, d.read("out"))
		}
	})
}

// readUnit gives the settings of Debian's unit for the DHCPv4 server.
func readUnit(t *testing.T, packages string) map[string][]string {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(packages, "*/lib/systemd/system/kea-dhcp4-server.service"))
	more, _ := filepath.Glob(filepath.Join(packages, "lib/systemd/system/kea-dhcp4-server.service"))
	files = append(files, more...)
	if len(files) == 0 {
		require.Skip(t, "no kea-dhcp4-server.service below %s: run scripts/test-deps", packages)
	}
	text, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	unit := map[string][]string{}
	for _, m := range regexp.MustCompile(`(?m)^(\w+)=(.*)$`).FindAllStringSubmatch(string(text), -1) {
		unit[m[1]] = append(unit[m[1]], strings.Fields(m[2])...)
	}
	if len(unit["ExecStart"]) == 0 || len(unit["User"]) != 1 || unit["User"][0] == "root" {
		t.Fatalf("this is no unit that this test understands:\n%s", text)
	}
	return unit
}

// A debian is a root directory in which Debian's unit can start the server.
type debian struct {
	root   string
	unit   map[string][]string
	before map[string]bool // the files that were there before the start
	cmd    *exec.Cmd
}

// nobody stands for the unit's user.
const nobody = 65534

func debianTree(t *testing.T, packages string, unit map[string][]string) *debian {
	t.Helper()
	d := &debian{root: t.TempDir(), unit: unit, before: map[string]bool{}}
	if err := os.Chmod(d.root, 0o755); err != nil {
		t.Fatal(err)
	}
	built := t.TempDir()
	const at = "-X nestor/lib/daemon."
	build := exec.Command("go", "build", "-buildvcs=false", "-o", built+"/", "-ldflags",
		at+"Prefix=/usr "+at+"SysconfDir=/etc "+at+"LocalStateDir=/var "+at+"RunStateDir=/run", "./cmd/...")
	build.Dir, build.Env = peers.Root(), append(os.Environ(), "CGO_ENABLED=0")
	d.must(t, build)
	d.must(t, exec.Command(filepath.Join(peers.Root(), "scripts/install"), "--bindir", built, "--destdir", d.root,
		"--prefix", "/usr", "--sysconfdir", "/etc", "--statedir", "/var", "--rundir", "/run", "--compat", "kea"))
	for _, line := range []string{"RuntimeDirectory=kea\n", "StateDirectory=kea\n", "LogsDirectory=kea\n"} {
		if !strings.Contains(d.read("usr/lib/systemd/system/kea-dhcp4.service"), line) {
			t.Errorf("our own unit for /usr lacks %s", line)
		}
	}
	for parent, setting := range map[string]string{"run": "RuntimeDirectory", "var/lib": "StateDirectory", "var/log": "LogsDirectory"} {
		for _, name := range unit[setting] {
			dir := filepath.Join(d.root, parent, name)
			if err := os.MkdirAll(dir, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.Chown(dir, nobody, nobody); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.write(t, "dev/null", "")
	d.write(t, "etc/kea/kea-dhcp4.conf", shippedConfig(t, packages))
	d.walk(t, func(name string) { d.before[name] = true })
	return d
}

// shippedConfig is Debian's, with what this test needs: the subnet's id, which
// Kea 2.2 still made itself, a log file, and frequent clean-ups.
func shippedConfig(t *testing.T, packages string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(packages, "etc/kea/kea-dhcp4.conf"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, edit := range [][2]string{
		{`"subnet": "192.0.2.0/24"`, `"id": 1, "subnet": "192.0.2.0/24"`},
		{`"output": "stdout"`, `"output": "/var/log/kea/kea-dhcp4.log"`},
		{`"lfc-interval": 3600`, `"lfc-interval": 1`},
	} {
		if !strings.Contains(text, edit[0]) {
			t.Fatalf("Debian's configuration lacks %s", edit[0])
		}
		text = strings.Replace(text, edit[0], edit[1], 1)
	}
	return text
}

// start does what the unit says, with its user, capabilities and environment.
func (d *debian) start(t *testing.T) {
	t.Helper()
	out, err := os.Create(filepath.Join(d.root, "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	d.before["/out"] = true
	line := d.unit["ExecStart"]
	d.cmd = exec.Command(line[0], line[1:]...)
	d.cmd.Dir, d.cmd.Stdout, d.cmd.Stderr = "/", out, out
	for _, setting := range d.unit["Environment"] {
		d.cmd.Env = append(d.cmd.Env, strings.Trim(setting, `"`))
	}
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Chroot: d.root, Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	known := map[string]uintptr{"CAP_NET_BIND_SERVICE": unix.CAP_NET_BIND_SERVICE, "CAP_NET_RAW": unix.CAP_NET_RAW}
	for _, name := range d.unit["AmbientCapabilities"] {
		number, ok := known[name]
		if !ok {
			t.Fatalf("the unit gives %s, which this test does not know", name)
		}
		d.cmd.SysProcAttr.AmbientCaps = append(d.cmd.SysProcAttr.AmbientCaps, number)
	}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
}

// made are the files that the server has made, as it sees their paths.
func (d *debian) made(t *testing.T) (names []string) {
	t.Helper()
	d.walk(t, func(name string) {
		if !d.before[name] {
			names = append(names, name)
		}
	})
	if len(names) < 5 {
		t.Errorf("the server has made %v only", names)
	}
	return names
}

func (d *debian) walk(t *testing.T, each func(name string)) {
	t.Helper()
	err := filepath.WalkDir(d.root, func(path string, e os.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			each(strings.TrimPrefix(path, d.root))
		}
		return nil // what vanished meanwhile is no fault
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (d *debian) write(t *testing.T, name, text string) {
	t.Helper()
	path := filepath.Join(d.root, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o666); err != nil {
		t.Fatal(err)
	}
}

func (d *debian) read(name string) string {
	text, _ := os.ReadFile(filepath.Join(d.root, name))
	return string(text)
}

func (d *debian) proc(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("/proc", d.pid(), file))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// pid is the server's, as its PID file has it.
func (d *debian) pid() string { return strings.TrimSpace(d.read("run/kea/kea-dhcp4.kea-dhcp4.pid")) }

func (d *debian) eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s:\n%s%s", what, d.read("out"), d.read("var/log/kea/kea-dhcp4.log"))
		}
	}
}

func (d *debian) must(t *testing.T, cmd *exec.Cmd) {
	t.Helper()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", cmd, err, out)
	}
}

// writable matches the paths that an AppArmor profile lets its program write to.
func writable(t *testing.T, profile string) *regexp.Regexp {
	t.Helper()
	text, err := os.ReadFile(profile)
	if err != nil {
		t.Fatal(err)
	}
	var patterns []string
	for _, rule := range regexp.MustCompile(`(?m)^\s*(?:owner )?(/\S+) ([a-zA-Z]+),$`).FindAllStringSubmatch(string(text), -1) {
		if strings.ContainsAny(rule[2], "wa") {
			patterns = append(patterns, strings.NewReplacer(
				".", `\.`, "{", "(", "}", ")", ",", "|", "**", ".*", "*", "[^/]*").Replace(rule[1]))
		}
	}
	if len(patterns) < 5 {
		t.Fatalf("this is no profile that this test understands:\n%s", text)
	}
	return regexp.MustCompile("^(" + strings.Join(patterns, "|") + ")$")
}
