package daemon

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"nestor/lib/element"
)

// runOnce runs a program to its end with dir as its PID directory.
func runOnce(t *testing.T, p Program, dir string, args ...string) (exit int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	exit = Run(context.Background(), p, func(e *Env) App { return &testApp{env: e, running: make(chan bool)} }, Invocation{
		Args: append([]string{p.KeaName}, args...), Stdout: &out, Stderr: &err, Signals: make(chan os.Signal),
		Paths: &Paths{PID: dir, Lock: dir},
	})
	return exit, out.String(), err.String()
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		name, cfg string
		exit      int
		stderr    []string // its beginning on each line; nil: silence
	}{
		{"D4.1.4 good", `{"Dhcp4":{}}`, 0, nil},
		{"D4.1.4 syntax", "{\n\"Dhcp4\":{\"a\" 1}\n}", 1, []string{"Syntax check failed with: "}},
		{"D4.1.4 refused", `{"Dhcp4":{"refuse":"bad subnet"}}`, 1, []string{"Error encountered: bad subnet (with all details)"}},
		{"every fault on its line", `{"Dhcp4":{"refuse":"one\ntwo"}}`, 1, []string{"Error encountered: one", "Error encountered: two"}},
		{"no top-level key", `{"Dhcp6":{}}`, 1, []string{"Missing mandatory Dhcp4 element"}},
	} {
		for _, flag := range []string{"-t", "-T"} {
			t.Run(tc.name+" "+flag, func(t *testing.T) {
				dir := t.TempDir()
				file := filepath.Join(dir, "x.conf")
				write(t, file, tc.cfg)
				exit, stdout, stderr := runOnce(t, testDHCP4, dir, flag, file)
				if exit != tc.exit {
					t.Errorf("exit status %d, want %d", exit, tc.exit)
				}
				lines := bytes.Split(bytes.TrimSuffix([]byte(stderr), []byte("\n")), []byte("\n"))
				if tc.stderr == nil {
					if stderr != "" || stdout != "" {
						t.Errorf("stdout %q, stderr %q, want silence", stdout, stderr)
					}
				} else if len(lines) != len(tc.stderr) {
					t.Errorf("stderr is %q, want %q", stderr, tc.stderr)
				} else {
					for n, want := range tc.stderr {
						if !bytes.HasPrefix(lines[n], []byte(want)) {
							t.Errorf("line %d is %q, want %q", n, lines[n], want)
						}
					}
				}
				// No PID file, no lock file.
				if files, _ := os.ReadDir(dir); len(files) != 1 {
					t.Errorf("files are %v", files)
				}
			})
		}
	}
	t.Run("PL.1.18 log lines on standard output", func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "x.conf")
		write(t, file, `{"Dhcp4":{"refuse":"no",}}`)
		exit, stdout, stderr := runOnce(t, testDHCP4, dir, "-d", "-t", file)
		if exit != 1 || stderr != "Syntax check OK\nError encountered: no (with all details)\n" {
			t.Errorf("exit status %d, stderr %q", exit, stderr)
		}
		expect(t, "stdout", stdout, "DHCP4_CONFIG_SYNTAX_WARNING")
	})
	t.Run("-T checks more than -t", func(t *testing.T) {
		dir := t.TempDir()
		file := filepath.Join(dir, "x.conf")
		write(t, file, `{"Dhcp4":{}}`)
		for flag, deep := range map[string]bool{"-t": false, "-T": true} {
			var app *testApp
			Run(context.Background(), testDHCP4, func(e *Env) App { app = &testApp{env: e}; return app }, Invocation{
				Args: []string{"kea-dhcp4", flag, file}, Stdout: os.Stdout, Stderr: os.Stderr, Paths: &Paths{},
			})
			if app.deep != deep {
				t.Errorf("%s checks deep: %v", flag, app.deep)
			}
		}
	})
	t.Run("no file", func(t *testing.T) {
		exit, _, stderr := runOnce(t, testDHCP4, t.TempDir(), "-t", "/nonexistent/x.conf")
		if exit != 1 {
			t.Errorf("exit status %d", exit)
		}
		expect(t, "stderr", stderr, "/nonexistent/x.conf")
	})
}

func TestIsSyntax(t *testing.T) {
	for _, tc := range []struct {
		err  error
		want bool
	}{
		{nil, false},
		{errors.New("x"), false},
		{element.SyntaxErrors{{Text: "x"}}, true},
		{grammarError(true), true},
		{grammarError(false), false},
		{errors.Join(grammarError(true)), true},
	} {
		if got := isSyntax(tc.err); got != tc.want {
			t.Errorf("%v is syntax: %v", tc.err, got)
		}
	}
}

type grammarError bool

func (grammarError) Error() string  { return "got unexpected keyword" }
func (g grammarError) Syntax() bool { return bool(g) }
