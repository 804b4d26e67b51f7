package config

import (
	"context"
	"encoding/json"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
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
			kea := askKea(t, c.kea(t), dir, "config-get")

			v, _, err := ParseFile(filepath.Join(dir, "kea.conf"))
			if err != nil {
				t.Fatal(err)
			}
			loaded, _, err := c.load(v, Options{})
			if err != nil {
				t.Fatal(err)
			}
			// Parsed again, so that reals are those that the text has.
			ours, err := element.ParseWire([]byte(loaded.Arguments().Get(c.top).String()))
			if err != nil {
				t.Fatal(err)
			}
			if c.top == "Dhcp6" {
				ours = preferred220(ours)
			}
			compare(t, c.top, as220(ours), kea.Get("arguments").Get(c.top))
		})
	}
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
	for _, g := range v.Get("loggers").List {
		if o := g.Get("output-options"); o != nil {
			g.Set("output_options", o).Delete("output-options")
		}
	}
	everyMap(v, func(m *element.Value) {
		switch {
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

// askKea starts a server of Debian's with the kea.conf in dir and gives it a command.
func askKea(t *testing.T, program, dir, command string) *element.Value {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	var log strings.Builder
	cmd := exec.CommandContext(ctx, program, "-c", filepath.Join(dir, "kea.conf"))
	cmd.Env = append(os.Environ(), "KEA_PIDFILE_DIR="+dir, "KEA_LOCKFILE_DIR=none")
	cmd.Stdout, cmd.Stderr = &log, &log
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	}()
	conn, err := dial(ctx, filepath.Join(dir, "sock"))
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		t.Fatalf("%v\n%s", err, log.String())
	}
	defer conn.Close()
	request, _ := json.Marshal(map[string]string{"command": command})
	if _, err := conn.Write(request); err != nil {
		t.Fatal(err)
	}
	answer, err := io.ReadAll(conn)
	if err != nil {
		t.Fatal(err)
	}
	v, err := element.ParseWire(answer)
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
