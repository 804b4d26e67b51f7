package config

import (
	"fmt"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestClassExpressions(t *testing.T) {
	classes := func(list string) string { return `"client-classes":[` + list + `]` }
	t.Run("CL.6.9 place and reason of a fault", func(t *testing.T) {
		_, _, err := loadText("{ \"Dhcp4\": { \"client-classes\": [\n  { \"name\": \"a\",\n    \"test\": \"option[1].hexx == 'a'\" } ] } }")
		want := "expression: [option[1].hexx == 'a'] error: <string>:1.11-14: hexx is not known: it is no keyword of expressions, and a text stands in single quotes (test.conf:3:24) [Dhcp4/client-classes[0]/test]"
		if err == nil || err.Error() != want {
			t.Errorf("%v\nwant %s", err, want)
		}
		// Backslashes before characters of the string count.
		refused(t, classes(`{"name":"a","test":"'\"' == '\\' and x"}`), "<string>:1.16: x is not known", "(test.conf:1:66)")
		refused(t, classes(`{"name":"a","test":"'a' ==\n 1 or"}`), "<string>:2.6: syntax error", "(test.conf:1:62)")
		// Otherwise the place is that of the string.
		refused(t, classes(`{"name":"a","test":"'\u0061' == x"}`), "<string>:1.8: x is not known", "(test.conf:1:48)")
	})
	t.Run("CL.6.9 of a command", func(t *testing.T) {
		v, err := element.ParseWire([]byte(`{"name":"a","test":"'a' == x"}`))
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = mustLoad(t, `"valid-lifetime":1000`).Fragment(Options{}).ClientClass(v)
		if err == nil || !strings.Contains(err.Error(), "(<wire>:0:27)") {
			t.Errorf("%v", err)
		}
	})
	t.Run("CL.7.19 a class that depends on itself", func(t *testing.T) {
		refused(t, classes(`{"name":"EXTERNAL_a","test":"member('EXTERNAL_a')"}`), "class EXTERNAL_a depends on itself (EXTERNAL_a)", "<string>:1.8-19")
		refused(t, classes(`{"name":"EXTERNAL_a","test":"member('ALL') and member('HA_b')"},{"name":"c","test":"member('EXTERNAL_a')"},{"name":"HA_b","test":"not member('c')"}`),
			"class HA_b depends on itself (c, which asks for EXTERNAL_a, which asks for HA_b)", "Dhcp4/client-classes[2]/test")
		accepted(t, classes(`{"name":"EXTERNAL_a","test":"member('HA_b')"},{"name":"HA_b","test":"option[60].exists"}`))
		// Many ways from class to class are no way back.
		list := `{"name":"c0"}`
		for i := range 40 {
			list += fmt.Sprintf(`,{"name":"c%d","test":"member('c%d') or not member('c%d')"}`, i+1, i, i)
		}
		accepted(t, classes(list+`,{"name":"EXTERNAL_c","test":"member('c40')"}`))
	})
	t.Run("CL.1.1 CL.1.2 CL.1.10 kinds of expressions", func(t *testing.T) {
		accepted(t, classes(`{"name":"a","test":"option[60].hex == 'v'"},{"name":"b","template-test":"option[60].hex"}`))
		refused(t, classes(`{"name":"a","test":"option[60].hex"}`), "1.1-14: the result is a string")
		refused(t, classes(`{"name":"a","template-test":"option[60].exists"}`), "1.1-17: the result is true or false", "Dhcp4/client-classes[0]/template-test")
	})
	t.Run("CL.3.23 CL.6.4 names of options, standard ones and those of the configuration", func(t *testing.T) {
		accepted(t, classes(`{"name":"a","test":"option[host-name].exists"}`))
		accepted(t, `"option-def":[{"name":"mine","code":230,"type":"string"}],`+classes(`{"name":"a","test":"option[mine].text == 'x'"}`))
		refused(t, classes(`{"name":"a","test":"option[mine].exists"}`), "1.8-11: option 'mine' is not defined")
		// Those of the class itself do not count.
		refused(t, classes(`{"name":"a","option-def":[{"name":"mine","code":230,"type":"string"}],"test":"option[mine].exists"}`), "option 'mine' is not defined")
	})
	t.Run("CL.6.7 CL.7.16 CL.7.17 CL.7.18 CL.9.6 CL.13.5 member of earlier classes and built-in ones", func(t *testing.T) {
		accepted(t, classes(`{"name":"a"},{"name":"b","test":"member('a')"},{"name":"c","template-test":"ifelse(member('b'), 'x', '')"}`))
		for _, name := range []string{"ALL", "KNOWN", "UNKNOWN", "BOOTP", "SKIP_DDNS", "VENDOR_CLASS_x", "HA_server1", "AFTER_x", "EXTERNAL_x"} {
			accepted(t, classes(`{"name":"a","test":"member('`+name+`')"}`))
		}
		for _, name := range []string{"b", "a", "DROP", "SPAWN_x_y", "all"} {
			refused(t, classes(`{"name":"a","test":"member('`+name+`')"},{"name":"b"}`), "Not defined client class '"+name+"': define it before this one")
		}
	})
	t.Run("CL.6.8 CL.7.2 CL.7.3 one expression, not an empty one, none on built-in classes", func(t *testing.T) {
		refused(t, classes(`{"name":"a","test":"member('ALL')","template-test":"'a'"}`), "the 'test' and 'template-test' are mutually exclusive")
		refused(t, classes(`{"name":"a","test":""}`), "the expression is empty")
		for _, name := range []string{"ALL", "KNOWN", "UNKNOWN", "BOOTP"} {
			refused(t, classes(`{"name":"`+name+`","test":"option[60].exists"}`), "class "+name+" is built in")
		}
		accepted(t, classes(`{"name":"DROP","test":"member('KNOWN')"}`))
	})
	t.Run("one mistake is one fault", func(t *testing.T) {
		refused(t, classes(`{"name":5},{"name":"b","test":"member('a')"}`), "unexpected integer")
		refused(t, `"option-def":[{"name":"mine","code":230,"type":"strange"}],`+classes(`{"name":"a","test":"option[mine].exists"}`), "strange")
	})
	t.Run("CL.7.16 a class of a command refers to those before it", func(t *testing.T) {
		f := mustLoad(t, classes(`{"name":"a"},{"name":"b"},{"name":"c"}`)).Fragment(Options{})
		for text, good := range map[string]bool{
			`{"name":"b","test":"member('a')"}`:   true,
			`{"name":"b","test":"member('b')"}`:   false,
			`{"name":"b","test":"member('c')"}`:   false,
			`{"name":"new","test":"member('c')"}`: true,
		} {
			v, err := element.ParseWire([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			_, _, err = f.ClientClass(v)
			if good != (err == nil) || err != nil && !strings.Contains(err.Error(), "Not defined client class") {
				t.Errorf("%s: %v", text, err)
			}
		}
	})
}
