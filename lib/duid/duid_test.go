package duid

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var (
	now   = epoch.Add(0x01020304 * time.Second)
	eth   = Link{HType: 1, Addr: []byte{2, 0, 0, 0, 0, 1}, Up: true}
	links = []Link{
		{HType: 772, Addr: make([]byte, 6), Loopback: true, Up: true},
		{HType: 1, Addr: []byte{2, 0, 0, 0, 0, 9}},            // down
		{HType: 1, Addr: make([]byte, 6), Up: true},           // zero
		{HType: 65534, Addr: []byte{1, 2, 3, 4}, Up: true},    // short
		{HType: 32, Addr: []byte{9, 8, 7, 6, 5, 4}, Up: true}, // Infiniband
		eth, {HType: 1, Addr: []byte{2, 0, 0, 0, 0, 2}, Up: true},
	}
)

func server(t *testing.T, spec Spec, path string, links []Link) string {
	t.Helper()
	c, err := Choose(spec, path, links, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Store(); err != nil {
		t.Fatal(err)
	}
	return Text(c.ID)
}

func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "kea-dhcp6-serverid")
	if content != "" {
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func content(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return string(b)
}

func TestServer(t *testing.T) {
	const (
		generated = "00:01:00:01:01:02:03:04:02:00:00:00:00:01"
		storedLLT = "00:01:00:08:00:00:00:07:0a:0b:0c:0d:0e:0f"
		storedEN  = "00:02:00:00:00:05:aa:bb"
		storedLL  = "00:03:00:08:0a:0b:0c:0d:0e:0f"
	)
	for _, c := range []struct {
		name, stored string
		spec         Spec
		want         string
	}{
		{"D6.34.1 the default is LLT of an interface", "", Spec{}, generated},
		{"D6.34.1 the stored one is used again", storedLLT, Spec{}, storedLLT},
		{"D6.34.3 a stored one of another type does not count", storedEN, Spec{}, generated},
		{"D6.34.3 a value that differs replaces the stored one", storedLLT, Spec{Time: 9}, "00:01:00:08:00:00:00:09:0a:0b:0c:0d:0e:0f"},
		{"D6.34.3 enterprise from the file", storedEN, Spec{Type: EN, Identifier: []byte{1}}, "00:02:00:00:00:05:01"},
		{"D6.34.3 identifier from the file", storedEN, Spec{Type: EN, Enterprise: 6}, "00:02:00:00:00:06:aa:bb"},
		{"D6.34.3 LL from the file", storedLL, Spec{Type: LL}, storedLL},
		{"D6.34.4 time is ignored for LL", "", Spec{Type: LL, Time: 77}, "00:03:00:01:02:00:00:00:00:01"},
		{"D6.34.5 LLT", "", Spec{Type: LLT, HType: 8, Time: 2518920166, Identifier: []byte{0xa6, 0x5d, 0xc7, 0x41, 0x0f, 5}}, "00:01:00:08:96:23:ab:e6:a6:5d:c7:41:0f:05"},
		{"D6.34.5 EN", "", Spec{Type: EN, Enterprise: 2495, Identifier: []byte{0x87, 0xab, 0xef, 0x7a, 0x5b, 0xb5, 0x45}}, "00:02:00:00:09:bf:87:ab:ef:7a:5b:b5:45"},
		{"D6.34.5 LL", "", Spec{Type: LL, HType: 8, Identifier: []byte{0xa6, 0x5d, 0xc7, 0x41, 0x0f, 5}}, "00:03:00:08:a6:5d:c7:41:0f:05"},
		{"D6.34.9 corrupt file", "00:01:zz", Spec{}, generated},
		{"D6.34.9 file of a truncated LLT", "00:01:00:01:00:00", Spec{}, generated},
		{"D6.34.9 huge file", strings.Repeat("00:", 1000), Spec{}, generated},
		{"D6.34.9 empty file", " ", Spec{}, generated},
		{"white space in the file", " 00:01:00:08:00:00:00:07:\n0a:0b:0c:0d:0e:0f\n", Spec{}, storedLLT},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := file(t, c.stored)
			if got := server(t, c.spec, path, links); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if got := strings.Join(strings.Fields(content(t, path)), ""); got != c.want {
				t.Errorf("the file has %q, want %q", got, c.want)
			}
		})
	}
}

func TestServerRandom(t *testing.T) {
	t.Run("D6.34.3 EN with the default enterprise and six random bytes, then from the file", func(t *testing.T) {
		path := file(t, "")
		first := server(t, Spec{Type: EN}, path, nil)
		if !strings.HasPrefix(first, "00:02:00:00:09:bf:") || len(first) != 3*12-1 {
			t.Errorf("got %s", first)
		}
		if second := server(t, Spec{Type: EN}, path, nil); second != first {
			t.Errorf("then %s, before %s", second, first)
		}
		if other := server(t, Spec{Type: EN}, file(t, ""), nil); other == first {
			t.Error("two servers have the same random bytes")
		}
	})
	t.Run("D6.34.6 not persistent", func(t *testing.T) {
		path := file(t, "00:02:00:00:00:05:aa:bb")
		first := server(t, Spec{Type: EN, Transient: true}, path, nil)
		if second := server(t, Spec{Type: EN, Transient: true}, path, nil); second == first || second == "00:02:00:00:00:05:aa:bb" {
			t.Errorf("first %s, then %s", first, second)
		}
		full := Spec{Type: EN, Enterprise: 1, Identifier: []byte{1}, Transient: true}
		if got := server(t, full, path, nil); got != "00:02:00:00:00:01:01" {
			t.Errorf("specified in full: %s", got)
		}
		if got := content(t, path); got != "00:02:00:00:00:05:aa:bb" {
			t.Errorf("the file was written: %q", got)
		}
	})
	t.Run("without a suitable interface", func(t *testing.T) {
		if got := server(t, Spec{}, file(t, ""), links[:4]); !strings.HasPrefix(got, "00:02:00:00:09:bf:") {
			t.Errorf("LLT became %s, want an EN identifier", got)
		}
		if _, err := Choose(Spec{Type: LL}, file(t, ""), links[:4], now); !errors.Is(err, ErrNoLink) {
			t.Errorf("LL: %v, want ErrNoLink", err)
		}
		if got := server(t, Spec{Type: LL}, file(t, ""), links[:5]); got != "00:03:00:20:09:08:07:06:05:04" {
			t.Errorf("LL of an interface that is no Ethernet: %s", got)
		}
	})
}

func TestServerCannotWrite(t *testing.T) {
	path := filepath.Join(t.TempDir(), "missing", "kea-dhcp6-serverid")
	c, err := Choose(Spec{}, path, links, now)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Store(); err == nil || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the file", err)
	}
}

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"": "not a pair", "00:1:02": "not a pair", "000102": "not a pair", "00:01:0g": "not a pair",
		"00:01": "has 2 bytes", strings.TrimSuffix(strings.Repeat("00:", 131), ":"): "has 131 bytes",
	} {
		if id, err := Parse(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %x, %v; want %q", text, id, err, want)
		}
	}
}

func TestLinkLayer(t *testing.T) {
	for text, want := range map[string]string{
		"00:01:00:01:00:00:00:00:02:00:00:00:00:01": "02:00:00:00:00:01",
		"00:03:00:01:02:00:00:00:00:01":             "02:00:00:00:00:01",
		"00:02:00:00:00:05:aa:bb":                   "",
		"00:01:00:01:00:00:00:00":                   "",
		"00:03:00:01":                               "",
	} {
		id, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if _, addr, _ := LinkLayer(id); Text(addr) != want {
			t.Errorf("%s has the address %q, want %q", text, Text(addr), want)
		}
	}
}
