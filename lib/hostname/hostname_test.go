package hostname_test

import (
	"testing"

	"nestor/lib/config"
	"nestor/lib/hostname"
)

func TestAnswer(t *testing.T) {
	type flags = hostname.Flags
	override := config.DDNSParams{SendUpdates: true, OverrideNoUpdate: true, OverrideClientUpdate: true}
	for _, c := range []struct {
		what    string
		client  flags
		enabled bool
		d       config.DDNSParams
		want    flags
	}{
		{"updates are off", flags{Server: true}, false, override, flags{None: true, Override: true}},
		{"updates are not sent", flags{}, true, config.DDNSParams{}, flags{None: true}},
		{"the server is asked to", flags{Server: true}, true, config.DDNSParams{SendUpdates: true}, flags{Server: true}},
		{"the client does", flags{}, true, config.DDNSParams{SendUpdates: true}, flags{}},
		{"nobody is to", flags{None: true}, true, config.DDNSParams{SendUpdates: true}, flags{None: true}},
		{"nobody is to, overridden", flags{None: true}, true, override, flags{Server: true, Override: true}},
		{"the client does, overridden", flags{}, true, override, flags{Server: true, Override: true}},
	} {
		if got := c.client.Answer(c.enabled, &c.d); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.what, got, c.want)
		}
	}
}

func TestOwn(t *testing.T) {
	f, err := hostname.NewFilter("[^A-Za-z0-9.-]", "")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name     string
		complete bool
		suffix   string
		want     string
	}{
		{"Host", false, "example.org", "host.example.org."},
		{"Host", true, "example.org", "host."},
		{"a_b.c", false, "", "ab.c."},
		{"_", false, "", "."},
		{"_", false, "example.org", ""},
		{"a._.b", true, "", ""},
		{"host.example.org", false, "example.org.", "host.example.org."},
	} {
		if got := f.Own(c.name, c.complete, c.suffix); got != c.want {
			t.Errorf("%q with suffix %q is %q, want %q", c.name, c.suffix, got, c.want)
		}
	}
}

func TestEscape(t *testing.T) {
	for name, want := range map[string]string{"a.b-c_d.": "a.b-c_d.", "a b": `a\032b`, "a;b": `a\;b`, "\xff\x00": `\255\000`, "": "", `a\b`: `a\\b`} {
		if got := hostname.Escape(name); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}

func TestWire(t *testing.T) {
	for _, c := range []struct {
		wire, name string
		complete   bool
	}{
		{"\x01a\x02bc\x00", "a.bc", true}, {"\x01a\x02bc", "a.bc", false}, {"", "", false}, {"\x00", "", true},
	} {
		name, complete, err := hostname.ReadWire([]byte(c.wire))
		if err != nil || name != c.name || complete != c.complete {
			t.Errorf("%q reads as %q, %t, %v", c.wire, name, complete, err)
		}
		if complete {
			name += "."
		}
		if got := string(hostname.AppendWire(nil, name)); got != c.wire {
			t.Errorf("%q is written as %q, want %q", name, got, c.wire)
		}
	}
	for _, bad := range []string{"\x05a", "\x40" + "0123456789012345678901234567890123456789012345678901234567890123"} {
		if name, _, err := hostname.ReadWire([]byte(bad)); err == nil {
			t.Errorf("%q reads as %q", bad, name)
		}
	}
}
