package config

import (
	"os"
	"testing"
)

func TestConfigGet6(t *testing.T) {
	text, err := os.ReadFile("testdata/large6.conf")
	if err != nil {
		t.Fatal(err)
	}
	v, _, err := ParseText("large6.conf", text)
	if err != nil {
		t.Fatal(err)
	}
	c, _, err := LoadDhcp6(v, Options{})
	if err != nil {
		t.Fatal(err)
	}
	checkSchema(t, validator6(), string(text), nil)
	checkSchema(t, validator6(), c.Arguments().String(), nil)
	t.Run("FD.9.2 setting it back gives the same hash", func(t *testing.T) {
		checkRoundTrip(t, c)
		checkRoundTrip(t, mustLoad6(t, subnet6("")))
	})
	t.Run("inherited values are shown", func(t *testing.T) {
		for _, n := range c.Element().Get("shared-networks").List {
			for _, s := range n.Get("subnet6").List {
				for key, want := range map[string]string{"valid-lifetime": "4000", "preferred-lifetime": "3000", "max-preferred-lifetime": "3500",
					"rebind-timer": "1800", "pd-allocator": `"iterative"`, "t2-percent": "0.8"} {
					if v := s.Get(key); v == nil || v.String() != want {
						t.Errorf("subnet %v has %s %v, want %s", s.Get("id"), key, v, want)
					}
				}
				for _, key := range []string{"ddns-send-updates", "hostname-char-replacement", "interface", "rapid-commit"} {
					if s.Get(key) != nil {
						t.Errorf("subnet %v has %s, which is not its own", s.Get("id"), key)
					}
				}
			}
		}
	})
}
