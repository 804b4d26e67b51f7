package config

import (
	"encoding/csv"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"nestor/lib/option"
)

// option6In loads one option-data entry of DHCPv6 beside further parameters.
func option6In(t *testing.T, entry string, more ...string) *OptionData {
	t.Helper()
	return mustLoad6(t, strings.Join(append(more, `"option-data":[`+entry+`]`), ",")).Options[0]
}

func TestOptionData6(t *testing.T) {
	entry := func(e string) string { return `"option-data":[` + e + `]` }
	t.Run("D6.11.1 in every scope", func(t *testing.T) {
		data := func(n int) string { return fmt.Sprintf(`"option-data":[{"code":7,"data":"%d"}]`, n) }
		c := mustLoad6(t, data(1)+`,"shared-networks":[{"name":"n",`+data(2)+`}],
			"subnet6":[{"id":1,"subnet":"2001:db8:1::/64",`+data(3)+`,"pools":[{"pool":"2001:db8:1::/96",`+data(4)+`}],
				"pd-pools":[{"prefix":"2001:db8:8000::","prefix-len":48,"delegated-len":64,`+data(5)+`}],
				"reservations":[{"duid":"01:02",`+data(6)+`}]}],
			"client-classes":[{"name":"c",`+data(7)+`}]`)
		s := c.Subnets[0]
		for i, opts := range [][]*OptionData{c.Options, c.SharedNetworks[0].Options, s.Options, s.Pools[0].Options, s.PDPools[0].Options, s.Reservations[0].Options, c.Classes[0].Options} {
			if len(opts) != 1 || opts[0].Name != "preference" || opts[0].Wire[0] != byte(i+1) {
				t.Errorf("scope %d has %+v", i, opts)
			}
		}
	})
	t.Run("D6.11.1 all keys", func(t *testing.T) {
		o := option6In(t, `{"name":"preference","code":7,"space":"dhcp6","csv-format":true,"data":"1","always-send":true,"never-send":true,"user-context":{"a":1},"comment":"x"}`)
		want := `{ "always-send": true, "code": 7, "csv-format": true, "data": "1", "name": "preference", "never-send": true, "space": "dhcp6", "user-context": { "a": 1, "comment": "x" } }`
		if got := o.Element().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
		refused6(t, entry(`{"name":"preference","data":"1","value":2}`), `got unexpected keyword "value" in option-data map.`)
		refused6(t, entry(`{"name":"preference","data":1}`), "unexpected integer")
	})
	t.Run("D6.11.5 csv-format", func(t *testing.T) {
		a := option6In(t, `{"name":"dns-servers","data":"2001:db8::1, 2001:db8::2"}`)
		b := option6In(t, `{"name":"dns-servers","csv-format":false,"data":"20010DB800000000000000000000000120010DB8000000000000000000000002"}`)
		if string(a.Wire) != string(b.Wire) || !a.CSV || b.CSV || len(a.Wire) != 32 {
			t.Errorf("%x %x", a.Wire, b.Wire)
		}
		refused6(t, entry(`{"name":"dns-servers","csv-format":false,"data":"2001:db8::1"}`), "Dhcp6/option-data[0]/data: ")
		refused6(t, entry(`{"name":"dns-servers","data":"20010DB8"}`), "Dhcp6/option-data[0]/data: ")
	})
	t.Run("D6.11.6 D6.11.7 hexadecimal and quoted text", func(t *testing.T) {
		for data, want := range map[string]string{"01:2:ff": "\x01\x02\xff", "01 2 ff": "\x01\x02\xff", "0x0102": "\x01\x02", "102": "\x01\x02",
			"'a b'": "a b", "'it has, commas'": "it has, commas"} {
			if o := option6In(t, fmt.Sprintf(`{"code":300,"csv-format":false,"data":%q}`, data)); string(o.Wire) != want {
				t.Errorf("%q is %x", data, o.Wire)
			}
		}
		for _, data := range []string{"0x01:02", "0x01 02", "zz", "1:2:", "01:002", "'a"} {
			refused6(t, entry(fmt.Sprintf(`{"code":300,"csv-format":false,"data":%q}`, data)), "Dhcp6/option-data[0]/data: ")
		}
		if o := option6In(t, `{"name":"bootfile-url","csv-format":false,"data":"'tftp://x'"}`); string(o.Wire) != "tftp://x" {
			t.Errorf("%q", o.Wire)
		}
	})
	t.Run("D6.11.8 no data", func(t *testing.T) {
		for _, e := range []string{`{"name":"s46-cont-mape"}`, `{"code":94,"data":""}`, `{"code":300,"csv-format":false}`} {
			if o := option6In(t, e); !o.HasData || o.Wire == nil || len(o.Wire) != 0 {
				t.Errorf("%s is %+v", e, o)
			}
		}
		for _, e := range []string{`{"name":"bootfile-url"}`, `{"name":"preference","data":""}`, `{"name":"preference","csv-format":false}`, `{"name":"vendor-opts"}`} {
			refused6(t, entry(e), "no option value specified")
		}
		refused6(t, entry(`{"name":"s46-cont-mape","data":"1"}`), "it has no value of its own")
	})
	t.Run("D6.11.9 a comma inside a text", func(t *testing.T) {
		if o := option6In(t, `{"name":"new-posix-timezone","data":"EST5EDT4\\,M3.2.0/02:00\\,M11.1.0/02:00"}`); string(o.Wire) != "EST5EDT4,M3.2.0/02:00,M11.1.0/02:00" {
			t.Errorf("%q from %q", o.Wire, o.Data)
		}
	})
	t.Run("D6.11.10 fields", func(t *testing.T) {
		const def = `"option-def":[{"name":"mixed","code":1000,"type":"record","record-types":"uint8, ipv6-address, fqdn","array":true}]`
		o := option6In(t, `{"name":"mixed","data":"7, 2001:db8::1, a, b"}`, def)
		if string(o.Wire) != "\x07\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01\x01a\x00\x01b\x00" {
			t.Errorf("%x", o.Wire)
		}
		for data, part := range map[string]string{
			"7, 2001:db8::1":        "field 3 (fqdn) is missing",
			"256, 2001:db8::1, a":   "from 0 to 255",
			"7, 192.0.2.1, a":       "not an IPv6 address",
			"7, 2001:db8::1, a, .b": "a label is empty",
		} {
			refused6(t, def+","+entry(`{"name":"mixed","data":"`+data+`"}`), part)
		}
	})
	t.Run("D6.11.11 an option twice", func(t *testing.T) {
		twice := func(e string) string { return entry(e + "," + e) }
		for body, want := range map[string][]string{
			twice(`{"name":"preference","data":"1"}`):                                          {"7", "Dhcp6"},
			subnet6(twice(`{"name":"preference","data":"1"}`)):                                 {"7", "2001:db8:1::/64"},
			entry(`{"name":"vendor-opts","data":"1"},{"name":"vendor-opts","data":"2"}`):       nil,
			entry(`{"name":"vendor-opts","data":"1"},{"name":"vendor-opts","data":"1"}`):       {"17", "Dhcp6"},
			entry(`{"name":"preference","data":"1"},{"name":"preference","always-send":true}`): nil,
		} {
			_, warnings, err := loadBody6(body)
			var args []string
			for _, w := range warnings {
				if w.ID == "DHCPSRV_CFGMGR_OPTION_DUPLICATE" {
					args = append(args, w.Args...)
				}
			}
			if err != nil || !slices.Equal(args, want) {
				t.Errorf("%s\nwarns of %q, error %v", body, warnings, err)
			}
		}
	})
	t.Run("D6.12.3 D6.12.4 sub-options in the containers they belong to", func(t *testing.T) {
		refused6(t, entry(`{"name":"s46-br","space":"s46-cont-mapt-options","data":"2001:db8::1"}`), "space s46-cont-mapt-options has no option s46-br")
		for _, space := range []string{"s46-cont-mape-options", "s46-cont-lw-options"} {
			accepted6(t, entry(`{"name":"s46-br","space":"`+space+`","data":"2001:db8::1"}`))
			refused6(t, entry(`{"name":"s46-dmr","space":"`+space+`","data":"2001:db8::/64"}`), "has no option s46-dmr")
		}
		accepted6(t, entry(`{"name":"s46-dmr","space":"s46-cont-mapt-options","data":"2001:db8::/64"}`))
	})
	t.Run("D6.12.2 D6.12.5 D6.12.6 in no other space", func(t *testing.T) {
		for name, data := range map[string]string{"s46-rule": "128, 0, 24, 192.0.2.0, 2001:db8::/64", "s46-v4v6bind": "192.0.2.1, 2001:db8::/64", "s46-portparams": "2, 3/4"} {
			refused6(t, entry(`{"name":"`+name+`","data":"`+data+`"}`), "space dhcp6 has no option "+name)
		}
		refused6(t, entry(`{"name":"s46-v4v6bind","space":"s46-cont-mape-options","data":"192.0.2.1, 2001:db8::/64"}`), "has no option s46-v4v6bind")
	})
	t.Run("D6.13.8 protocols of HTTP need a path", func(t *testing.T) {
		for value, told := range map[string]bool{
			"1, a., 2001:db8::1, alpn=dot\\\\,h2": true, "1, a., 2001:db8::1, alpn=h3 port=1": true,
			"1, a., 2001:db8::1, alpn=h2 dohpath=/q{?dns}": false, "1, a., 2001:db8::1, alpn=doq": false, "1, a.": false,
		} {
			_, warnings, err := loadBody6(entry(`{"name":"v6-dnr","data":"` + value + `"}`))
			if err != nil || (len(warnings) == 1 && strings.Contains(warnings[0].Text, "needs a dohpath")) != told {
				t.Errorf("%s: %v %v", value, warnings, err)
			}
		}
	})
	t.Run("D6.13.8 a resolver in hexadecimal", func(t *testing.T) {
		text := option6In(t, `{"name":"v6-dnr","data":"1, a., 2001:db8::1, alpn=h2 dohpath=/q"}`)
		if o := option6In(t, fmt.Sprintf(`{"name":"v6-dnr","csv-format":false,"data":"%x"}`, text.Wire)); string(o.Wire) != string(text.Wire) {
			t.Errorf("%x, as text %x", o.Wire, text.Wire)
		}
		refused6(t, entry(`{"name":"v6-dnr","csv-format":false,"data":"0001"}`), "cut short")
	})
}

// D6.11.5 D6.11.19: every standard option can be configured as text and in
// hexadecimal, with the same outcome, also those that the engine fills in (D6.11.21).
func TestEveryStandardOption6Configured(t *testing.T) {
	f, err := os.Open("../option/options6.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	texts := map[option.Type]string{
		option.Binary: "0102", option.Boolean: "true", option.Int32: "-7", option.Uint8: "7", option.Uint16: "77", option.Uint32: "777",
		option.IPv4Address: "192.0.2.1", option.IPv6Address: "2001:db8::1", option.IPv6Prefix: "2001:db8:1::/48", option.PSID: "3/4",
		option.String: `a\,b`, option.Tuple: `c\,d`, option.FQDN: "a.example.org.",
	}
	special := map[string]string{"v6-dnr": "100, a.example.org.", "vendor-class": "9, 0003666f6f"}
	for _, row := range rows[1:] {
		d := option.Standard6().ByName(row[0], row[2])
		var values []string
		for _, typ := range append(slices.Clone(d.Fields), d.Type) {
			if texts[typ] != "" {
				values = append(values, texts[typ])
			}
		}
		text := strings.Join(values, ", ")
		if special[d.Name] != "" {
			text = special[d.Name]
		}
		t.Run(d.Space+" "+d.Name, func(t *testing.T) {
			byText := option6In(t, fmt.Sprintf(`{ "name": %q, "space": %q, "data": %q }`, d.Name, d.Space, text))
			if len(byText.Wire) == 0 && d.Type != option.Empty {
				t.Fatalf("%q gives nothing", text)
			}
			for _, entry := range []string{
				fmt.Sprintf(`{ "code": %d, "space": %q, "csv-format": false, "data": "%X" }`, d.Code, d.Space, byText.Wire),
				fmt.Sprintf(`{ "name": %q, "space": %q, "csv-format": false, "data": "% x" }`, d.Name, d.Space, byText.Wire),
			} {
				if o := option6In(t, entry); string(o.Wire) != string(byText.Wire) || o.Code != d.Code || o.Name != d.Name {
					t.Errorf("%s is %+v, as text it is %x", entry, o, byText.Wire)
				}
			}
		})
	}
}
