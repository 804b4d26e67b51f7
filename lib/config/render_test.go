package config

import (
	"crypto/sha256"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"nestor/lib/element"

	"pgregory.net/rapid"
)

// reload loads what config-get shows, as config-set would.
func reload(v *element.Value) (*Dhcp4, error) {
	w, err := element.ParseWire(v.AppendJSON(nil))
	if err != nil {
		return nil, err
	}
	c, _, err := LoadDhcp4(w, Options{})
	return c, err
}

// checkRoundTrip checks that setting what config-get shows changes nothing.
func checkRoundTrip(t interface{ Fatalf(string, ...any) }, c *Dhcp4) {
	shown := c.Arguments()
	again, err := reload(shown)
	if err != nil {
		t.Fatalf("config-get of\n%s\nis refused: %v", shown, err)
		return
	}
	if got := again.Arguments(); Hash(got) != Hash(shown) {
		t.Fatalf("config-get is\n%s\nand after config-set\n%s", shown, got)
	}
}

func TestConfigGet(t *testing.T) {
	text, err := os.ReadFile("testdata/large.conf")
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := loadText(string(text))
	if err != nil {
		t.Fatal(err)
	}
	t.Run("FD.9.2 setting it back gives the same hash", func(t *testing.T) {
		checkRoundTrip(t, c)
		checkRoundTrip(t, mustLoad(t, subnet("")))
	})
	t.Run("config-write's text loads to the same", func(t *testing.T) {
		again, _, err := loadText(string(c.Arguments().Pretty()))
		if err != nil || Hash(again.Arguments()) != Hash(c.Arguments()) {
			t.Errorf("%v", err)
		}
	})
	t.Run("D4.48.11 the hash is SHA-256 of the text", func(t *testing.T) {
		got := Hash(c.Arguments())
		if want := fmt.Sprintf("%X", sha256.Sum256([]byte(`{ "Dhcp4": `+c.Element().String()+` }`))); got != want || len(got) != 64 {
			t.Errorf("%s, want %s", got, want)
		}
	})
	t.Run("D4.43.5 inherited values are shown", func(t *testing.T) {
		for _, n := range c.Element().Get("shared-networks").List {
			for _, s := range n.Get("subnet4").List {
				for key, want := range map[string]string{"valid-lifetime": "4000", "min-valid-lifetime": "1000", "max-valid-lifetime": "8000",
					"rebind-timer": "1800", "cache-threshold": "0.25", "allocator": `"iterative"`, "store-extended-info": "false", "t2-percent": "0.875"} {
					if v := s.Get(key); v == nil || v.String() != want {
						t.Errorf("subnet %v has %s %v, want %s", s.Get("id"), key, v, want)
					}
				}
				for _, key := range []string{"authoritative", "match-client-id", "ddns-send-updates", "hostname-char-replacement", "next-server"} {
					if s.Get(key) != nil {
						t.Errorf("subnet %v has %s, which is not its own", s.Get("id"), key)
					}
				}
			}
		}
	})
	t.Run("rendering leaves the configuration alone", func(t *testing.T) {
		before := c.Element().String()
		clone := c.Element().Clone()
		everyMap(clone, func(m *element.Value) { m.Members = nil })
		if c.Element().String() != before {
			t.Error("it changed")
		}
	})
}

// drawBody draws a configuration from the tables of keywords.
func drawBody(t *rapid.T) string {
	members := func(scope, letter string) string {
		var rows []keywordCase
		for _, row := range scopeKeywords {
			if strings.Contains(row.scopes, letter) && !slices.Contains(notTogether, row.keyword) && row.value != "[]" {
				rows = append(rows, row)
			}
		}
		var out []string
		for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(rows)-1), 0, 8, rapid.ID[int]).Draw(t, scope) {
			out = append(out, fmt.Sprintf("%q:%s", rows[i].keyword, rows[i].value))
		}
		return strings.Join(out, ",")
	}
	join := func(parts ...string) string {
		return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ",")
	}
	host := func(id int) string {
		return "{" + join(fmt.Sprintf(`"flex-id":"%02x"`, id), strings.ReplaceAll(members("host", "R"), "192.0.2.77", fmt.Sprintf("192.0.%d.77", id))) + "}"
	}
	member := func(id int) string {
		return "{" + join(fmt.Sprintf(`"id":%d,"subnet":"192.0.%d.0/24"`, id, id), members("subnet", "S"),
			fmt.Sprintf(`"pools":[{%s}]`, join(fmt.Sprintf(`"pool":"192.0.%d.8/29"`, id), members("pool", "P"))),
			`"reservations":[`+host(id)+`]`) + "}"
	}
	return join(members("global", "G"),
		`"client-classes":[{`+join(`"name":"c"`, members("class", "C"))+`}]`,
		`"shared-networks":[{`+join(`"name":"n"`, members("network", "N"), `"subnet4":[`+member(5)+","+member(4)+`]`)+`}]`,
		`"subnet4":[`+member(2)+`]`, `"reservations":[`+host(9)+`]`)
}

// notTogether are keywords that exclude others.
var notTogether = []string{"evaluate-additional-classes", "only-in-additional-list", "ddns-use-conflict-resolution",
	"test", "template-test", "hosts-databases", "control-sockets", "min-valid-lifetime", "max-valid-lifetime"}

func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := drawBody(t)
		c, _, err := loadBody(body)
		if err != nil {
			t.Fatalf("%s\nis refused: %v", body, err)
		}
		checkRoundTrip(t, c)
	})
}

// FuzzLoadDhcp4 looks for texts that make the loader fail in another way than by
// an error, and for configurations that config-get does not show right.
func FuzzLoadDhcp4(f *testing.F) {
	for _, name := range []string{"testdata/large.conf", "testdata/empty.conf"} {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	for _, row := range scopeKeywords {
		for _, s := range scopeBodies {
			if strings.Contains(row.scopes, s.letter) {
				f.Add([]byte(`{"Dhcp4":{` + s.body(fmt.Sprintf("%q:%s", row.keyword, row.value)) + `}}`))
			}
		}
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := element.ParseWire(text)
		if err != nil {
			return
		}
		c, _, err := LoadDhcp4(v, Options{ReadFile: func(string) ([]byte, error) { return []byte("a:b"), nil }})
		if err != nil {
			if len(err.(Errors)) == 0 || err.Error() == "" {
				t.Fatalf("an error that says nothing: %#v", err)
			}
			return
		}
		shown := c.Arguments()
		w, err := element.ParseWire(shown.AppendJSON(nil))
		if err != nil {
			t.Fatalf("config-get is no JSON: %v\n%s", err, shown)
		}
		again, _, err := LoadDhcp4(w, Options{ReadFile: func(string) ([]byte, error) { return []byte("a:b"), nil }})
		if err != nil {
			t.Fatalf("config-get\n%s\nis refused: %v", shown, err)
		}
		if got := again.Arguments(); Hash(got) != Hash(shown) {
			t.Fatalf("config-get is\n%s\nand after config-set\n%s", shown, got)
		}
	})
}
