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

// A configuration is one of either server.
type configuration interface {
	Arguments() *element.Value
}

func load4(v *element.Value, opts Options) (configuration, []Warning, error) {
	return LoadDhcp4(v, opts)
}

func load6(v *element.Value, opts Options) (configuration, []Warning, error) {
	return LoadDhcp6(v, opts)
}

// checkRoundTrip checks that setting what config-get shows changes nothing.
func checkRoundTrip(t interface{ Fatalf(string, ...any) }, c configuration) {
	shown := c.Arguments()
	v, err := element.ParseWire(shown.AppendJSON(nil))
	if err != nil {
		t.Fatalf("config-get of\n%s\nis no JSON: %v", shown, err)
		return
	}
	load := load4
	if _, v6 := c.(*Dhcp6); v6 {
		load = load6
	}
	again, _, err := load(v, Options{ReadFile: credentials})
	if err != nil {
		t.Fatalf("config-get of\n%s\nis refused: %v", shown, err)
		return
	}
	if got := again.Arguments(); Hash(got) != Hash(shown) {
		t.Fatalf("config-get is\n%s\nand after config-set\n%s", shown, got)
	}
}

// credentials reads any credential file.
func credentials(string) ([]byte, error) { return []byte("a:b"), nil }

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

// drawMembers draws keywords of the scope with that letter, none of apart.
func drawMembers(t *rapid.T, table []keywordCase, apart []string, scope, letter string) string {
	var rows []keywordCase
	for _, row := range table {
		if strings.Contains(row.scopes, letter) && !slices.Contains(apart, row.keyword) && row.value != "[]" {
			rows = append(rows, row)
		}
	}
	var out []string
	for _, i := range rapid.SliceOfNDistinct(rapid.IntRange(0, len(rows)-1), 0, 8, rapid.ID[int]).Draw(t, scope) {
		out = append(out, fmt.Sprintf("%q:%s", rows[i].keyword, rows[i].value))
	}
	return strings.Join(out, ",")
}

// joined puts members together, leaving out what is empty.
func joined(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), ",")
}

// drawBody draws a configuration from the tables of keywords.
func drawBody(t *rapid.T) string {
	members := func(scope, letter string) string { return drawMembers(t, scopeKeywords, notTogether, scope, letter) }
	host := func(id int) string {
		return "{" + joined(fmt.Sprintf(`"flex-id":"%02x"`, id), strings.ReplaceAll(members("host", "R"), "192.0.2.77", fmt.Sprintf("192.0.%d.77", id))) + "}"
	}
	member := func(id int) string {
		return "{" + joined(fmt.Sprintf(`"id":%d,"subnet":"192.0.%d.0/24"`, id, id), members("subnet", "S"),
			fmt.Sprintf(`"pools":[{%s}]`, joined(fmt.Sprintf(`"pool":"192.0.%d.8/29"`, id), members("pool", "P"))),
			`"reservations":[`+host(id)+`]`) + "}"
	}
	return joined(members("global", "G"),
		`"client-classes":[{`+joined(`"name":"c"`, members("class", "C"))+`}]`,
		`"shared-networks":[{`+joined(`"name":"n"`, members("network", "N"), `"subnet4":[`+member(5)+","+member(4)+`]`)+`}]`,
		`"subnet4":[`+member(2)+`]`, `"reservations":[`+host(9)+`]`)
}

// drawBody6 is drawBody for DHCPv6.
func drawBody6(t *rapid.T) string {
	members := func(scope, letter string) string { return drawMembers(t, scopeKeywords6, notTogether6, scope, letter) }
	host := func(id int) string {
		return "{" + joined(fmt.Sprintf(`"flex-id":"%02x"`, id), strings.ReplaceAll(members("host", "R"), "2001:db8:1:", fmt.Sprintf("2001:db8:%d:", id))) + "}"
	}
	member := func(id int) string {
		return "{" + joined(fmt.Sprintf(`"id":%d,"subnet":"2001:db8:%d::/64"`, id, id), members("subnet", "S"),
			fmt.Sprintf(`"pools":[{%s}]`, joined(fmt.Sprintf(`"pool":"2001:db8:%d::/80"`, id), members("pool", "P"))),
			fmt.Sprintf(`"pd-pools":[{%s}]`, joined(`"prefix":"2001:db8:8000::","prefix-len":48,"delegated-len":64`, members("pd-pool", "D"))),
			`"reservations":[`+host(id)+`]`) + "}"
	}
	return joined(members("global", "G"),
		`"client-classes":[{`+joined(`"name":"c"`, members("class", "C"))+`}]`,
		`"shared-networks":[{`+joined(`"name":"n"`, members("network", "N"), `"subnet6":[`+member(5)+`]`)+`}]`,
		`"subnet6":[`+member(2)+`]`, `"reservations":[`+host(9)+`]`)
}

// notTogether are keywords that exclude others.
var notTogether = []string{"evaluate-additional-classes", "only-in-additional-list", "ddns-use-conflict-resolution",
	"test", "template-test", "hosts-databases", "control-sockets", "min-valid-lifetime", "max-valid-lifetime"}

// notTogether6 are those of DHCPv6.
var notTogether6 = append([]string{"interface-id", "min-preferred-lifetime", "max-preferred-lifetime"}, notTogether...)

func TestRoundTripProperty(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body, body6 := drawBody(t), drawBody6(t)
		c, _, err := loadBody(body)
		if err != nil {
			t.Fatalf("%s\nis refused: %v", body, err)
		}
		checkRoundTrip(t, c)
		c6, _, err := loadBody6(body6)
		if err != nil {
			t.Fatalf("%s\nis refused: %v", body6, err)
		}
		checkRoundTrip(t, c6)
	})
}

// fuzzLoad looks for texts that make the loader fail in another way than by an
// error, and for configurations that config-get does not show right.
func fuzzLoad(f *testing.F, load func(*element.Value, Options) (configuration, []Warning, error), files ...string) {
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		v, err := element.ParseWire(text)
		if err != nil {
			return
		}
		c, _, err := load(v, Options{ReadFile: credentials})
		if err != nil {
			if len(err.(Errors)) == 0 || err.Error() == "" {
				t.Fatalf("an error that says nothing: %#v", err)
			}
			return
		}
		checkRoundTrip(t, c)
	})
}

func FuzzLoadDhcp4(f *testing.F) {
	for _, row := range scopeKeywords {
		for _, s := range scopeBodies {
			if strings.Contains(row.scopes, s.letter) {
				f.Add([]byte(whole(s.body(fmt.Sprintf("%q:%s", row.keyword, row.value)))))
			}
		}
	}
	fuzzLoad(f, load4, "testdata/large.conf", "testdata/empty.conf")
}

func FuzzLoadDhcp6(f *testing.F) {
	for _, row := range scopeKeywords6 {
		for _, s := range scopeBodies6 {
			if strings.Contains(row.scopes, s.letter) {
				f.Add([]byte(whole6(s.body(fmt.Sprintf("%q:%s", row.keyword, row.value)))))
			}
		}
	}
	fuzzLoad(f, load6, "testdata/large6.conf", "testdata/empty6.conf")
}
