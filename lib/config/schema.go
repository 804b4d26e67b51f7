package config

import (
	"encoding/json"
	"fmt"
	"strings"
)

// schema is one node of a JSON Schema, draft 2020-12.
type schema struct {
	Dialect     string             `json:"$schema,omitempty"`
	Title       string             `json:"title,omitempty"`
	Description string             `json:"description,omitempty"`
	Ref         string             `json:"$ref,omitempty"`
	Type        string             `json:"type,omitempty"`
	Format      string             `json:"format,omitempty"`
	Pattern     string             `json:"pattern,omitempty"`
	Enum        []string           `json:"enum,omitempty"`
	Minimum     *int64             `json:"minimum,omitempty"`
	Maximum     *int64             `json:"maximum,omitempty"`
	Default     any                `json:"default,omitempty"`
	Properties  map[string]*schema `json:"properties,omitempty"`
	Additional  *bool              `json:"additionalProperties,omitempty"`
	MinProps    int                `json:"minProperties,omitempty"`
	Required    []string           `json:"required,omitempty"`
	Items       *schema            `json:"items,omitempty"`
	MinItems    int                `json:"minItems,omitempty"`
	AllOf       []*schema          `json:"allOf,omitempty"`
	AnyOf       []*schema          `json:"anyOf,omitempty"`
	Not         *schema            `json:"not,omitempty"`
	Defs        map[string]*schema `json:"$defs,omitempty"`
}

// Schema4 returns the JSON Schema of the DHCPv4 server's configuration, for
// editors and validators: every map with its keywords, their types, ranges,
// values and defaults. What takes more than one value to see, such as that a
// pool lies in its subnet, only a load finds; and since JSON does not tell 1
// from 1.0, so is the type of a number that has to be written with a point.
func Schema4() []byte { return schemaOf(dhcp4Scope, "DHCPv4 server") }

// Schema6 is Schema4 for the DHCPv6 server.
func Schema6() []byte { return schemaOf(dhcp6Scope, "DHCPv6 server") }

// SchemaAgent is Schema4 for the control agent.
func SchemaAgent() []byte { return schemaOf(agentScope, "control agent") }

// SchemaDDNS is Schema4 for the DDNS daemon.
func SchemaDDNS() []byte { return schemaOf(ddnsScope, "DDNS daemon") }

// schemaOf describes files with one map, that of the scope.
func schemaOf(top *scope, daemon string) []byte {
	b := schemaBuilder{top, make(map[string]*schema)}
	root := closed(map[string]*schema{top.name: b.reference(top)})
	root.Dialect = "https://json-schema.org/draft/2020-12/schema"
	root.Title = "Configuration of the " + daemon
	root.Required = []string{top.name}
	root.Defs = b.defs
	text, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		panic(fmt.Sprintf("schema of %s: %v", top.name, err)) // texts and numbers always have a form
	}
	return append(text, '\n')
}

// schemaBuilder collects the definition of each scope once, under its name.
type schemaBuilder struct {
	top  *scope
	defs map[string]*schema
}

// reference points to the definition of a scope, which it makes if need be.
func (b schemaBuilder) reference(s *scope) *schema {
	if b.defs[s.name] == nil {
		b.defs[s.name] = b.mapOf(s)
	}
	return &schema{Ref: "#/$defs/" + s.name}
}

// closed is a map that has these members and no others.
func closed(properties map[string]*schema) *schema {
	return &schema{Type: "object", Properties: properties, Additional: new(bool)}
}

func (b schemaBuilder) mapOf(s *scope) *schema {
	m := closed(make(map[string]*schema, len(s.index)))
	if s.open {
		m.Additional = nil
	}
	if !s.mayBeEmpty {
		m.MinProps = 1
	}
	for i := range s.keywords {
		k := &s.keywords[i]
		v := b.value(k)
		v.Description = s.doc(k.name)
		if _, inherited := networkBits[k.name]; !inherited || s == b.top {
			v.Default = k.def
		}
		m.Properties[k.name] = v
		for _, spelling := range k.also {
			m.Properties[spelling] = v
		}
		if k.mandatory {
			m.Required = append(m.Required, k.name)
		}
		m.AllOf = append(m.AllOf, excluding(append([]string{k.name}, k.also...))...)
	}
	for _, c := range s.choices {
		if !c.together {
			m.AllOf = append(m.AllOf, excluding(c.keywords)...)
		}
		if c.missing != "" {
			m.AllOf = append(m.AllOf, &schema{AnyOf: requiring(c.keywords)})
		}
	}
	return m
}

// requiring wants, each for itself, that one of the keywords is there.
func requiring(keywords []string) []*schema {
	var out []*schema
	for _, k := range keywords {
		out = append(out, &schema{Required: []string{k}})
	}
	return out
}

// excluding refuses any two of the keywords.
func excluding(keywords []string) []*schema {
	var out []*schema
	for i, first := range keywords {
		for _, second := range keywords[i+1:] {
			out = append(out, &schema{Not: &schema{Required: []string{first, second}}})
		}
	}
	return out
}

// value describes the value of a keyword.
func (b schemaBuilder) value(k *keyword) *schema {
	switch k.kind {
	case kindInt:
		return &schema{Type: "integer", Minimum: &k.min, Maximum: &k.max}
	case kindFloat:
		return &schema{Type: "number"}
	case kindBool:
		return &schema{Type: "boolean"}
	case kindString:
		return textOf(k)
	case kindStrings:
		return &schema{Type: "array", Items: textOf(k), MinItems: atLeast(k)}
	case kindMaps:
		return &schema{Type: "array", Items: b.reference(k.scope), MinItems: atLeast(k)}
	case kindMap:
		return b.reference(k.scope)
	}
	return &schema{Type: "object"}
}

func atLeast(k *keyword) int {
	if k.oneOrMore {
		return 1
	}
	return 0
}

// textOf describes a text by its enumeration or form.
func textOf(k *keyword) *schema {
	switch f := k.form; {
	case k.anyCase:
		// The enumeration is what an editor offers.
		return &schema{Type: "string", AnyOf: []*schema{{Enum: k.enum}, {Pattern: anyCase(k.enum)}}}
	case k.enum != nil:
		return &schema{Type: "string", Enum: k.enum}
	case f == nil:
		return &schema{Type: "string"}
	case f.orEmpty:
		return &schema{Type: "string", AnyOf: []*schema{{Enum: []string{""}}, {Format: f.format, Pattern: f.pattern}}}
	default:
		return &schema{Type: "string", Format: f.format, Pattern: f.pattern}
	}
}

// anyCase is the pattern of the texts in capitals and small letters.
func anyCase(texts []string) string {
	var b strings.Builder
	for _, t := range texts {
		if b.Len() > 0 {
			b.WriteByte('|')
		}
		for _, c := range t {
			small, capital := strings.ToLower(string(c)), strings.ToUpper(string(c))
			if small == capital {
				b.WriteString(small)
			} else {
				b.WriteString("[" + small + capital + "]")
			}
		}
	}
	return "^(" + b.String() + ")$"
}
