package config

import (
	"fmt"
	"strings"
	"testing"

	"nestor/lib/option"
)

// optionIn loads one option-data entry beside further parameters.
func optionIn(t *testing.T, entry string, more ...string) *OptionData {
	t.Helper()
	return mustLoad(t, strings.Join(append(more, `"option-data":[`+entry+`]`), ",")).Options[0]
}

func TestOptionData(t *testing.T) {
	entry := func(e string) string { return `"option-data":[` + e + `]` }
	t.Run("D4.12.1 in every scope", func(t *testing.T) {
		c := mustLoad(t, `"option-data":[{"code":3,"data":"192.0.2.1"}],
			"shared-networks":[{"name":"n","option-data":[{"code":3,"data":"192.0.2.2"}]}],
			"subnet4":[{"id":1,"subnet":"192.0.2.0/24","option-data":[{"code":3,"data":"192.0.2.3"}],
				"pools":[{"pool":"192.0.2.8/29","option-data":[{"code":3,"data":"192.0.2.4"}]}],
				"reservations":[{"duid":"01","option-data":[{"code":3,"data":"192.0.2.5"}]}]}],
			"client-classes":[{"name":"c","option-data":[{"code":3,"data":"192.0.2.6"}]}]`)
		s := c.Subnets[0]
		for i, opts := range [][]*OptionData{c.Options, c.SharedNetworks[0].Options, s.Options, s.Pools[0].Options, s.Reservations[0].Options, c.Classes[0].Options} {
			if len(opts) != 1 || opts[0].Name != "routers" || opts[0].Wire[3] != byte(i+1) {
				t.Errorf("scope %d has %+v", i, opts)
			}
		}
	})
	t.Run("D4.12.2 name or code", func(t *testing.T) {
		for _, e := range []string{`{"name":"routers","data":"192.0.2.1"}`, `{"code":3,"data":"192.0.2.1"}`,
			`{"code":3,"name":"routers","space":"dhcp4","data":"192.0.2.1"}`} {
			if o := optionIn(t, e); o.Code != 3 || o.Name != "routers" || o.Space != "dhcp4" || !o.CSV || string(o.Wire) != "\xc0\x00\x02\x01" {
				t.Errorf("%s is %+v", e, o)
			}
		}
		refused(t, entry(`{"data":"192.0.2.1"}`), "Dhcp4/option-data[0]: name or code is missing")
		refused(t, entry(`{"name":"router","data":"192.0.2.1"}`), "space dhcp4 has no option router", "did you mean routers?")
		refused(t, entry(`{"name":"domain-name","code":3,"data":"192.0.2.1"}`), "option 3 of space dhcp4 is routers, not domain-name")
		// A code without definition.
		refused(t, entry(`{"code":250,"data":"01"}`), "has no definition")
		refused(t, entry(`{"code":250,"csv-format":true,"data":"01"}`), "has no definition")
		if o := optionIn(t, `{"code":250,"csv-format":false,"data":"abc"}`); string(o.Wire) != "\x0a\xbc" || o.Name != "" {
			t.Errorf("%+v", o)
		}
		if o := optionIn(t, `{"code":1,"space":"mine","csv-format":false,"data":"01"}`); o.Space != "mine" || o.Code != 1 {
			t.Errorf("%+v", o)
		}
		refused(t, entry(`{"code":3,"space":"dhcp6","data":"01"}`), "dhcp6 is the space of DHCPv6 options")
		refused(t, entry(`{"code":3,"space":"a b","data":"01"}`), "cannot be the name of an option space")
	})
	t.Run("codes", func(t *testing.T) {
		for _, code := range []int{0, 255} {
			refused(t, entry(fmt.Sprintf(`{"code":%d,"csv-format":false,"data":"01"}`, code)), "reserved for padding and the end")
			accepted(t, entry(fmt.Sprintf(`{"code":%d,"space":"mine","csv-format":false,"data":"01"}`, code)))
		}
		refused(t, entry(`{"code":256,"csv-format":false,"data":"01"}`), "256 is out of range")
	})
	t.Run("D4.12.3 csv-format", func(t *testing.T) {
		a := optionIn(t, `{"name":"domain-name-servers","data":"192.0.2.1, 192.0.2.2"}`)
		b := optionIn(t, `{"name":"domain-name-servers","csv-format":false,"data":"C0000201C0000202"}`)
		if string(a.Wire) != string(b.Wire) || !a.CSV || b.CSV {
			t.Errorf("%x %x", a.Wire, b.Wire)
		}
		refused(t, entry(`{"name":"domain-name-servers","data":"192.0.2.1 192.0.2.2"}`), "Dhcp4/option-data[0]/data: ")
		refused(t, entry(`{"name":"domain-name-servers","csv-format":false,"data":"192.0.2.1"}`), "Dhcp4/option-data[0]/data: ")
		refused(t, entry(`{"name":"domain-name-servers","csv-format":false,"data":"C00002"}`), "option domain-name-servers (6)")
	})
	t.Run("D4.12.4 data is empty when absent", func(t *testing.T) {
		for _, e := range []string{`{"name":"vendor-encapsulated-options"}`, `{"code":43,"data":""}`, `{"code":250,"csv-format":false}`} {
			if o := optionIn(t, e); !o.HasData || o.Wire == nil || len(o.Wire) != 0 {
				t.Errorf("%s is %+v", e, o)
			}
		}
		for _, e := range []string{`{"name":"host-name"}`, `{"name":"host-name","data":""}`, `{"name":"boot-size"}`, `{"name":"boot-size","csv-format":false}`, `{"name":"vivso-suboptions"}`} {
			refused(t, entry(e), "no option value specified")
		}
	})
	t.Run("D4.12.5 D4.12.6 hexadecimal", func(t *testing.T) {
		for data, want := range map[string]string{"01:2:ff": "\x01\x02\xff", "01 2 ff": "\x01\x02\xff", "0x0102": "\x01\x02", "102": "\x01\x02", "'a b'": "a b"} {
			if o := optionIn(t, fmt.Sprintf(`{"code":250,"csv-format":false,"data":%q}`, data)); string(o.Wire) != want {
				t.Errorf("%q is %x", data, o.Wire)
			}
		}
		for _, data := range []string{"0x01:02", "0x01 02", "zz", "1:2:", "01:002"} {
			refused(t, entry(fmt.Sprintf(`{"code":250,"csv-format":false,"data":%q}`, data)), "Dhcp4/option-data[0]/data: ")
		}
	})
	t.Run("D4.12.7 a comma inside a text", func(t *testing.T) {
		if o := optionIn(t, `{"name":"host-name","data":"a\\,b"}`); string(o.Wire) != "a,b" || o.Data != `a\,b` {
			t.Errorf("%q from %q", o.Wire, o.Data)
		}
	})
	t.Run("D4.12.8 D4.12.9 flags", func(t *testing.T) {
		o := optionIn(t, `{"code":3,"data":"192.0.2.1"}`)
		if o.AlwaysSend || o.NeverSend {
			t.Errorf("by default %+v", o)
		}
		o = optionIn(t, `{"code":3,"data":"192.0.2.1","always-send":true,"never-send":true}`)
		if !o.AlwaysSend || !o.NeverSend {
			t.Errorf("set: %+v", o)
		}
	})
	t.Run("D4.12.12 a flag without data", func(t *testing.T) {
		for _, e := range []string{`{"name":"host-name","never-send":true}`, `{"name":"routers","never-send":true}`, `{"code":66,"always-send":true}`} {
			if o := optionIn(t, e); o.HasData || o.Wire != nil {
				t.Errorf("%s is %+v", e, o)
			}
		}
		if o := optionIn(t, `{"code":43,"always-send":true}`); !o.HasData || !o.AlwaysSend {
			t.Errorf("an option without value is %+v", o)
		}
	})
	t.Run("order and notation in config-get", func(t *testing.T) {
		c := mustLoad(t, `"option-def":[{"name":"sub","code":2,"space":"aa","type":"uint8"}],"option-data":[
			{"code":15,"data":"example.org"},{"code":1,"space":"vendor-4491","csv-format":false,"data":"ab"},{"code":9,"space":"zz","csv-format":false,"data":"0x1"},
			{"code":3,"data":"192.0.2.1"},{"code":2,"space":"aa","data":"7"},{"code":3,"data":"192.0.2.2,192.0.2.3"},{"name":"vendor-encapsulated-options"}]`)
		var got []string
		for _, o := range c.Element().Get("option-data").List {
			got = append(got, o.Get("space").Str+" "+o.Get("code").String()+" "+o.Get("csv-format").String()+" "+o.Get("data").Str)
		}
		want := []string{"aa 2 true 7", "dhcp4 15 true example.org", "dhcp4 3 true 192.0.2.1", "dhcp4 3 true 192.0.2.2,192.0.2.3",
			"dhcp4 43 false ", "zz 9 false 01", "vendor-4491 1 false AB"}
		if strings.Join(got, "; ") != strings.Join(want, "; ") {
			t.Errorf("got  %q\nwant %q", got, want)
		}
	})
}

func TestOptionDefinitions(t *testing.T) {
	def := func(d string) string { return `"option-def":[` + d + `]` }
	t.Run("D4.17.2 required and optional", func(t *testing.T) {
		c := mustLoad(t, def(`{"name":"foo","code":222,"type":"uint8"}`))
		d := c.OptionDefs[0]
		if d.Space != "dhcp4" || d.Array || d.Encapsulates != "" || d.Fields != nil || d.Type != option.Uint8 || c.Definitions.ByName("dhcp4", "foo") != d {
			t.Errorf("%+v", d)
		}
		for _, key := range []string{"name", "code", "type"} {
			e := map[string]string{"name": `"foo"`, "code": "222", "type": `"uint8"`}
			delete(e, key)
			var members []string
			for k, v := range e {
				members = append(members, fmt.Sprintf("%q:%s", k, v))
			}
			refused(t, def("{"+strings.Join(members, ",")+"}"), "missing parameter '"+key+"' (test.conf:1:", "Dhcp4/option-def[0]")
		}
	})
	t.Run("D4.17.1 D4.17.6 a format and no value", func(t *testing.T) {
		c := mustLoad(t, def(`{"name":"foo","code":222,"type":"uint8","encapsulate":"inner"}`)+`,"client-classes":[{"name":"c","option-def":[{"name":"bar","code":230,"type":"uint8"}]}]`)
		if c.OptionDefs[0].Encapsulates != "inner" || len(c.Classes[0].OptionDefs) != 1 || len(c.Options) != 0 || len(c.Classes[0].Options) != 0 {
			t.Errorf("%+v %v %v", c.OptionDefs[0], c.Options, c.Classes[0])
		}
		refused(t, subnet(`"option-def":[]`), "unexpected keyword")
	})
	t.Run("types of a form of their own", func(t *testing.T) {
		if o := optionIn(t, `{"code":125,"data":"4491"}`); string(o.Wire) != "\x00\x00\x11\x8b" {
			t.Errorf("option 125 is %x", o.Wire)
		}
		if o := optionIn(t, `{"name":"classless-static-route","data":"10.0.0.0/8 - 192.0.2.1"}`); string(o.Wire) != "\x08\x0a\xc0\x00\x02\x01" {
			t.Errorf("the route is %x", o.Wire)
		}
	})
	t.Run("D4.17.3 record-types", func(t *testing.T) {
		d := mustLoad(t, def(`{"name":"foo","code":222,"type":"record","record-types":"uint8 , string"}`)).OptionDefs[0]
		if len(d.Fields) != 2 || d.Fields[0] != option.Uint8 || d.Fields[1] != option.String {
			t.Errorf("%+v", d)
		}
		for _, bad := range []string{`"type":"record"`, `"type":"uint8","record-types":"uint8,uint8"`, `"type":"record","record-types":"uint8"`,
			`"type":"record","record-types":"uint8,foo"`, `"type":"record","record-types":"string,uint8"`, `"type":"foo"`, `"type":"internal"`,
			`"type":"string","array":true`, `"type":"uint8","encapsulate":"dhcp4"`, `"type":"uint8","space":"a b"`} {
			refused(t, def(`{"name":"foo","code":222,`+bad+`}`), "Dhcp4/option-def[0]")
		}
	})
	t.Run("D4.12.15 standard options are not redefined", func(t *testing.T) {
		refused(t, def(`{"name":"mine","code":3,"type":"uint8"}`), "Dhcp4/option-def[0]: option 3 of space dhcp4 is routers by its built-in definition")
		accepted(t, def(`{"name":"mine","code":105,"type":"uint8"}`))
		accepted(t, def(`{"name":"mine","code":43,"type":"binary","comment":"x"}`))
	})
	t.Run("each bad definition is told at its place", func(t *testing.T) {
		_, _, err := loadBody(def(`{"name":"a","code":222,"type":"uint8"},{"name":"b","code":222,"type":"uint8"},{"name":"c","code":3,"type":"uint8"},{"name":"d","code":223,"type":"uint8"}`) + `,"option-data":[{"name":"d","data":"5"}]`)
		faults, ok := err.(Errors)
		if !ok || len(faults) != 2 || faults[0].Path != "Dhcp4/option-def[1]" || faults[1].Path != "Dhcp4/option-def[2]" {
			t.Errorf("got %v", err)
		}
	})
	t.Run("D4.18.2 definitions in classes", func(t *testing.T) {
		class := func(d string) string { return `"client-classes":[{"name":"c","option-def":[` + d + `]}]` }
		for _, code := range []int{43, 224, 254} {
			accepted(t, class(fmt.Sprintf(`{"name":"mine","code":%d,"type":"uint8"}`, code)))
		}
		for _, d := range []string{`{"name":"mine","code":223,"type":"uint8"}`, `{"name":"mine","code":99,"type":"uint8"}`, `{"name":"mine","code":230,"space":"x","type":"uint8"}`} {
			refused(t, class(d), "Dhcp4/client-classes[0]/option-def[0]", "cannot be defined in a client class")
		}
		c := mustLoad(t, `"client-classes":[{"name":"c","option-def":[{"name":"mine","code":230,"type":"uint8"}],"option-data":[{"name":"mine","data":"7"}]}]`)
		if o := c.Classes[0].Options[0]; o.Code != 230 || string(o.Wire) != "\x07" || o.Name != "" {
			t.Errorf("%+v", o)
		}
		refused(t, `"client-classes":[{"name":"c","option-def":[{"name":"mine","code":230,"type":"uint8"}]}],"option-data":[{"name":"mine","data":"7"}]`, "has no option mine")
	})
}
