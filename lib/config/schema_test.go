package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"nestor/lib/element"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// validator compiles a schema with a library that knows nothing of ours.
func validator(text []byte) *jsonschema.Schema {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		panic(err)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		panic(err)
	}
	return c.MustCompile("schema.json")
}

var (
	validator4     = sync.OnceValue(func() *jsonschema.Schema { return validator(Schema4()) })
	validator6     = sync.OnceValue(func() *jsonschema.Schema { return validator(Schema6()) })
	validatorAgent = sync.OnceValue(func() *jsonschema.Schema { return validator(SchemaAgent()) })
	validatorDDNS  = sync.OnceValue(func() *jsonschema.Schema { return validator(SchemaDDNS()) })
)

// checkSchema checks that the schema says of a file what the load said, as far as
// a schema can.
func checkSchema(t *testing.T, schema *jsonschema.Schema, file string, loaded error) {
	t.Helper()
	v, _, err := element.ParseText("test.conf", []byte(file), element.FileOptions{})
	if err != nil {
		return // no JSON at all
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(v.AppendJSON(nil)))
	if err != nil {
		t.Fatal(err)
	}
	err = schema.Validate(doc)
	switch {
	case loaded == nil && err != nil:
		t.Errorf("%s\nloads, but the schema refuses it: %v", file, err)
	case err == nil && isStructural(loaded):
		t.Errorf("the schema takes\n%s\nwhich is refused: %v", file, loaded)
	}
}

// isStructural reports whether a schema has to find one of the faults.
func isStructural(err error) bool {
	var faults Errors
	if !errors.As(err, &faults) {
		return false
	}
	for _, e := range faults {
		// JSON does not tell 1 from 1.0.
		number := strings.HasSuffix(e.Kea, "unexpected floating point, expecting integer") ||
			strings.HasSuffix(e.Kea, "unexpected integer, expecting floating point")
		if (e.grammar || e.unread || strings.Contains(e.Text, "mutually exclusive")) && !number {
			return true
		}
	}
	return false
}

func TestSchema(t *testing.T) {
	t.Run("each scope has one definition, with a sentence for each keyword", func(t *testing.T) {
		used := make(map[string]bool)
		for _, daemon := range []struct {
			top    *scope
			schema []byte
		}{{dhcp4Scope, Schema4()}, {dhcp6Scope, Schema6()}, {agentScope, SchemaAgent()}, {ddnsScope, SchemaDDNS()}} {
			var root struct {
				Defs map[string]struct {
					Properties map[string]struct{ Description string }
				} `json:"$defs"`
			}
			if err := json.Unmarshal(daemon.schema, &root); err != nil {
				t.Fatal(err)
			}
			scopes := 0
			everyScopeBelow(daemon.top, make(map[*scope]bool), func(s *scope) {
				scopes++
				def := root.Defs[s.name]
				for i := range s.keywords {
					key := s.keywords[i].name
					d := def.Properties[key].Description
					if d == "" || !strings.HasSuffix(d, ".") || strings.Contains(d, ". ") {
						t.Errorf("%s/%s is described by %q, which is no sentence", s.name, key, d)
					}
					if _, own := docs[s.name+"/"+key]; own {
						key = s.name + "/" + key
					}
					used[key] = true
				}
			})
			if len(root.Defs) != scopes {
				t.Errorf("%s: %d definitions for %d scopes", daemon.top.name, len(root.Defs), scopes)
			}
		}
		for key := range docs {
			if !used[key] {
				t.Errorf("there is no keyword %s", key)
			}
		}
	})
	t.Run("whole configurations", func(t *testing.T) {
		for _, name := range []string{"testdata/large.conf", "testdata/empty.conf", "../../etc/nestor-dhcp4.conf"} {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			c, _, err := loadText(string(text))
			checkSchema(t, validator4(), string(text), err)
			if err != nil {
				t.Fatal(err)
			}
			checkSchema(t, validator4(), c.Arguments().String(), nil)
		}
		text, err := os.ReadFile("../../etc/nestor-agent.conf")
		if err != nil {
			t.Fatal(err)
		}
		checkSchema(t, validatorAgent(), string(text), nil)
	})
	t.Run("examples of the manual", func(t *testing.T) {
		files, err := filepath.Glob("../../tests/manual/testdata/*.json")
		if err != nil || len(files) == 0 {
			t.Fatalf("no examples: %v", err)
		}
		for _, name := range files {
			all, _, err := element.ParseFile(name, element.FileOptions{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range all.Members {
				text := m.Value.String()
				switch v, _, _ := ParseText("test.conf", []byte(text)); {
				case v.Get("Dhcp4") != nil:
					_, _, err := LoadDhcp4(v, Options{})
					checkSchema(t, validator4(), text, err)
				case v.Get("Dhcp6") != nil:
					_, _, err := LoadDhcp6(v, Options{})
					checkSchema(t, validator6(), text, err)
				case v.Get("Control-agent") != nil:
					_, _, err := LoadAgent(v, Options{})
					checkSchema(t, validatorAgent(), text, err)
				case v.Get("DhcpDdns") != nil:
					_, _, err := LoadDDNS(v, Options{})
					checkSchema(t, validatorDDNS(), text, err)
				}
			}
		}
	})
	t.Run("texts", func(t *testing.T) {
		for _, c := range []struct {
			form *form
			good string
			bad  string
		}{
			{formIPv4, "192.0.2.1", "192.0.2.256"},
			{formAddress, "2001:db8::1", "localhost"},
			{formAddress, "::ffff:192.0.2.1", "192.0.2"},
			{formSender, "", "x"},
			{formServer, "", "::1"},
			{formSubnet4, " 192.0.2.0 / 24", "192.0.2.0/33"},
			{formPool4, "192.0.2.1 - 192.0.2.9", "192.0.2.1"},
			{formPool4, "192.0.2.0/28", "192.0.2.0/28-192.0.2.1"},
			{formExcluded, "2001:db8::/128", "2001:db8::/129"},
			{formIPv6, "2001:db8::1", "192.0.2.1"},
			{formSubnet6, "2001:db8:1::/64", "2001:db8:1::/129"},
			{formPool6, "2001:db8::1 - 2001:db8::ff", "192.0.2.1-192.0.2.9"},
			{formPool6, "2001:db8::/80", "2001:db8::1"},
			{formPrefix6, "2001:db8::/48", "2001:db8::"},
			{formHex, "A65DC7410F05", "A65"},
			{formIdentifier, "01:02:3", "01:zz"},
			{formIdentifier, "'host a'", "''"},
			{formIdentifier, "0x0102", ""},
		} {
			k := text("text", nil).like(c.form)
			schema, err := json.Marshal(textOf(&k))
			if err != nil {
				t.Fatal(err)
			}
			v := validator(schema)
			if err := v.Validate(c.good); err != nil {
				t.Errorf("%q is refused: %v", c.good, err)
			}
			if v.Validate(c.bad) == nil {
				t.Errorf("%q is accepted by %s", c.bad, schema)
			}
		}
	})
}
