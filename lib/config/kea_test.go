package config

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"nestor/lib/element"
	"nestor/tests/peers"
)

// TestAgainstKea compares what config-get shows with a real Kea 2.2.0, whose
// differences to 2.7.3 are taken out first.
func TestAgainstKea(t *testing.T) {
	for _, c := range []struct {
		name, top string
		kea       func(testing.TB) string
		load      func(*element.Value, Options) (configuration, []Warning, error)
	}{
		{"large.conf", "Dhcp4", peers.Kea4, load4},
		{"empty.conf", "Dhcp4", peers.Kea4, load4},
		{"large6.conf", "Dhcp6", peers.Kea6, load6},
		{"empty6.conf", "Dhcp6", peers.Kea6, load6},
	} {
		t.Run("FD.9.1 D4.48.11 config-get of "+c.name, func(t *testing.T) {
			dir := t.TempDir()
			text, err := os.ReadFile(filepath.Join("testdata", c.name))
			if err != nil {
				t.Fatal(err)
			}
			conf := strings.ReplaceAll(string(text), "/nonexistent.d", dir)
			conf = strings.ReplaceAll(conf, "/nonexistent", filepath.Join(dir, "sock"))
			write(t, filepath.Join(dir, "kea.conf"), conf)
			kea := startKea(t, c.kea(t), dir).call(t, "config-get", nil)

			v, _, err := ParseFile(filepath.Join(dir, "kea.conf"))
			if err != nil {
				t.Fatal(err)
			}
			loaded, _, err := c.load(v, Options{})
			if err != nil {
				t.Fatal(err)
			}
			compareShown(t, c.top, loaded, kea)
		})
	}
}

// ofServer are keywords that change the server which the test talks to, or what a
// machine without their databases and hooks cannot do.
var ofServer = []string{"control-socket", "control-sockets", "lease-database", "hosts-database", "hosts-databases", "config-control",
	"multi-threading", "data-directory", "loggers"}

// not220 are keywords that Kea 2.2.0 does not know yet or takes in another way.
var not220 = map[string]string{
	"allocator":                     "of 2.3, D4.53.1",
	"pd-allocator":                  "of 2.3, D6.37.2",
	"pool-id":                       "of 2.5, D4.11.2",
	"offer-lifetime":                "of 2.3",
	"template-test":                 "of 2.3, D4.23.8",
	"stash-agent-options":           "of 2.5, D4.34.1",
	"excluded-prefixes":             "of 2.5, D6.30.6",
	"ddns-conflict-resolution-mode": "of 2.5, D4.25.9",
	"ddns-use-conflict-resolution":  "shown under its new name, D4.25.9",
	"ddns-ttl-percent":              "of 2.3",
	"compatibility":                 "not shown, D4.52.1",
	"comment":                       "moved into the user-context in files only",
	"evaluate-additional-classes":   "of 3.0",
	"allow-address-registration":    "of 3.0, FD.8.10",
	"only-in-additional-list":       "of 3.0",
}

// TestKeywordsAgainstKea sets each keyword in each of its scopes and compares what
// config-get shows.
func TestKeywordsAgainstKea(t *testing.T) {
	for _, c := range []struct {
		top    string
		kea    func(testing.TB) string
		load   func(*element.Value, Options) (configuration, []Warning, error)
		rows   []keywordCase
		scopes []scopeBody
		base   string
	}{
		{"Dhcp4", peers.Kea4, load4, scopeKeywords, scopeBodies, ""},
		{"Dhcp6", peers.Kea6, load6, scopeKeywords6, scopeBodies6, `,"preferred-lifetime":3600`},
	} {
		dir := t.TempDir()
		base := fmt.Sprintf(`"control-socket":{"socket-type":"unix","socket-name":"%s/sock"},"lease-database":{"type":"memfile","persist":false},
			"multi-threading":{"enable-multi-threading":false}`, dir) + c.base
		if c.top == "Dhcp6" {
			base += fmt.Sprintf(`,"data-directory":%q,"server-id":{"type":"EN","persist":false}`, dir)
		}
		write(t, filepath.Join(dir, "kea.conf"), fmt.Sprintf(`{"%s":{%s}}`, c.top, base))
		kea := startKea(t, c.kea(t), dir)
		for _, row := range c.rows {
			if slices.Contains(ofServer, row.keyword) || not220[row.keyword] != "" {
				continue
			}
			for _, scope := range c.scopes {
				if !strings.Contains(row.scopes, scope.letter) {
					continue
				}
				t.Run(row.keyword+" in "+scope.name, func(t *testing.T) {
					member := strings.ReplaceAll(fmt.Sprintf("%q:%s", row.keyword, row.value), `"eth0"`, `"lo"`)
					if scope.letter == "R" && row.keyword != "hostname" {
						member += `,"hostname":"h"` // 2.2.0 wants something reserved
					}
					compareSet(t, kea, c.top, c.load, fmt.Sprintf(`{"%s":{%s,%s}}`, c.top, base, scope.body(member)))
				})
			}
		}
	}
}

// compareSet gives a configuration to Kea and compares what it shows then with what
// we do.
func compareSet(t *testing.T, kea keaServer, top string, load func(*element.Value, Options) (configuration, []Warning, error), text string) {
	v, err := element.ParseWire([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	loaded, _, err := load(v, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if a := kea.call(t, "config-set", v); a.Get("result").Int != 0 {
		t.Fatalf("Kea refuses %s: %s", text, a.Get("text").Str)
	}
	compareShown(t, top, loaded, kea.call(t, "config-get", nil))
}

// compareShown compares a configuration with the answer to config-get.
func compareShown(t *testing.T, top string, loaded configuration, answer *element.Value) {
	// Parsed again, so that reals are those that the text has.
	ours, err := element.ParseWire([]byte(loaded.Arguments().Get(top).String()))
	if err != nil {
		t.Fatal(err)
	}
	if top == "Dhcp6" {
		ours = preferred220(ours)
	}
	compare(t, top, as220(ours), answer.Get("arguments").Get(top))
}

// preferred220 adds the preferred lifetime that Kea 2.2.0 has by default
// (D6.16.1), and takes out the allocator of prefixes, of 2.3 (D6.37.2).
func preferred220(v *element.Value) *element.Value {
	v = v.Clone()
	if v.Get("preferred-lifetime") == nil {
		v.Add("preferred-lifetime", element.NewInt(3600))
	}
	everyMap(v, func(m *element.Value) { m.Delete("pd-allocator") })
	return v
}

// as220 changes a rendered configuration to what Kea 2.2.0 would show.
func as220(v *element.Value) *element.Value {
	v = v.Clone()
	v.Delete("stash-agent-options") // D4.34.1, of 2.5
	v.Delete("allocator")           // D4.53.1, of 2.3
	v.Get("sanity-checks").Delete("extended-info-checks")
	v.Set("ddns-use-conflict-resolution", element.NewBool(true)).Delete("ddns-conflict-resolution-mode") // D4.25.9
	if sockets := v.Get("control-sockets"); sockets != nil {
		v.Set("control-socket", sockets.List[0]).Delete("control-sockets") // D4.48.1
	}
	everyMap(v, func(m *element.Value) {
		switch {
		case m.Get("output-options") != nil:
			m.Set("output_options", m.Get("output-options")).Delete("output-options")
		case m.Get("csv-format") != nil:
			m.Delete("never-send") // D4.12.9
		case m.Get("t1-percent") != nil && m.Get("hooks-libraries") == nil:
			m.Delete("allocator")
		}
	})
	return v
}

func everyMap(v *element.Value, fn func(*element.Value)) {
	for _, item := range v.List {
		everyMap(item, fn)
	}
	for _, m := range v.Members {
		everyMap(m.Value, fn)
	}
	if v.Kind == element.Map {
		fn(v)
	}
}

// compare reports each value that differs.
func compare(t *testing.T, path string, ours, kea *element.Value) {
	t.Helper()
	switch {
	case ours == nil || kea == nil || ours.Kind != kea.Kind || ours.Kind == element.List && len(ours.List) != len(kea.List):
		t.Errorf("%s: ours %v, Kea's %v", path, ours, kea)
	case ours.Kind == element.Map:
		for _, m := range ours.Members {
			compare(t, path+"/"+m.Key, m.Value, kea.Get(m.Key))
		}
		for _, m := range kea.Members {
			if ours.Get(m.Key) == nil {
				t.Errorf("%s/%s: only Kea has it, %v", path, m.Key, m.Value)
			}
		}
	case ours.Kind == element.List:
		for i := range ours.List {
			compare(t, path+"["+string(rune('0'+i))+"]", ours.List[i], kea.List[i])
		}
	case ours.String() != kea.String():
		t.Errorf("%s: ours %v, Kea's %v", path, ours, kea)
	}
}

// keaServer is a server of Debian's, by its control socket.
type keaServer string

// startKea starts a server with the kea.conf in dir, whose socket is sock there,
// for the length of the test.
func startKea(t *testing.T, program, dir string) keaServer {
	t.Helper()
	var log strings.Builder
	cmd := exec.Command(program, "-c", filepath.Join(dir, "kea.conf"))
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR=none")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := sync.OnceFunc(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	sock := filepath.Join(dir, "sock")
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := dial(ctx, sock)
	if err != nil {
		stop()
		t.Fatalf("%v\n%s", err, log.String())
	}
	conn.Close()
	return keaServer(sock)
}

// call gives the server a command.
func (s keaServer) call(t *testing.T, command string, arguments *element.Value) *element.Value {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	conn, err := dial(ctx, string(s))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	request := element.NewMap().Add("command", element.NewString(command))
	if arguments != nil {
		request.Add("arguments", arguments)
	}
	if _, err := conn.Write(request.AppendJSON(nil)); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	v, err := element.ParseAnswer(answer)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// dial connects to a unix socket as soon as there is one.
func dial(ctx context.Context, name string) (net.Conn, error) {
	for {
		conn, err := (&net.Dialer{}).DialContext(ctx, "unix", name)
		if err == nil || ctx.Err() != nil {
			return conn, err
		}
		time.Sleep(20 * time.Millisecond)
	}
}
