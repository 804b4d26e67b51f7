package config

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/element"
	"nestor/tests/peers"
)

func loadDDNS(body string) (*DDNS, []Warning, error) {
	v, _, err := ParseText("test.conf", []byte(`{"DhcpDdns":{`+body+`}}`))
	if err != nil {
		return nil, nil, err
	}
	return LoadDDNS(v, Options{ReadFile: func(name string) ([]byte, error) {
		if name != "/k" {
			return nil, os.ErrNotExist
		}
		return []byte("LSWXnfkKZjdPJI5QxlpnfQ==\n"), nil
	}})
}

// wholeDDNS uses every keyword; SOCK is the control socket.
const wholeDDNS = `"ip-address":"::1","port":53902,"dns-server-timeout":700,"ncr-protocol":"udp","ncr-format":"json",
	"tsig-keys":[
		{"name":"key.example.","algorithm":"hmac-md5","secret":"LSWXnfkKZjdPJI5QxlpnfQ==","user-context":{"a":1}},
		{"name":"Bits","algorithm":"HMAC-SHA256","digest-bits":128,"secret":"bZEG70w80gAUPfLWV3aAUQ=="}],
	"forward-ddns":{"ddns-domains":[
		{"name":"four.example.com.","key-name":"key.example.","dns-servers":[
			{"ip-address":"172.16.1.5"},
			{"hostname":"","ip-address":"2001:db8::5","port":5300,"key-name":"Bits","user-context":{"b":2}}],"user-context":{"c":3}},
		{"name":"*","dns-servers":[{"ip-address":"172.16.2.5"}]}]},
	"reverse-ddns":{"ddns-domains":[{"name":"8.B.D.0.1.0.0.2.ip6.arpa.","dns-servers":[{"ip-address":"172.16.2.5"}]}]},
	"control-socket":{"socket-type":"unix","socket-name":"SOCK"},
	"hooks-libraries":[],"loggers":[{"name":"kea-dhcp-ddns","severity":"WARN"}],"user-context":{"d":4}`

func TestDDNS(t *testing.T) {
	refusedDDNS := func(t *testing.T, body string, parts ...string) {
		t.Helper()
		_, _, err := loadDDNS(body)
		checkRefused(t, body, err, parts)
		checkSchema(t, validatorDDNS(), `{"DhcpDdns":{`+body+`}}`, err)
	}
	mustLoad := func(t *testing.T, body string) *DDNS {
		t.Helper()
		d, _, err := loadDDNS(body)
		if err != nil {
			t.Fatalf("%s\nis refused: %v", body, err)
		}
		checkSchema(t, validatorDDNS(), `{"DhcpDdns":{`+body+`}}`, nil)
		return d
	}
	server := `"dns-servers":[{"ip-address":"127.0.0.1"}]`
	domain := func(more string) string { return `"forward-ddns":{"ddns-domains":[{` + more + `}]}` }
	key := func(more string) string {
		return `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA256","secret":"LSWXnfkKZjdPJI5QxlpnfQ=="` + more + `}]`
	}
	t.Run("defaults of section 7.1", func(t *testing.T) {
		d := mustLoad(t, `"reverse-ddns":{}`)
		want := `{ "dns-server-timeout": 500, "forward-ddns": { "ddns-domains": [  ] }, "hooks-libraries": [  ], "ip-address": "127.0.0.1", ` +
			`"ncr-format": "JSON", "ncr-protocol": "UDP", "port": 53001, "reverse-ddns": { "ddns-domains": [  ] }, "tsig-keys": [  ] }`
		if got := d.Element().String(); got != want {
			t.Errorf("config-get\n%s, want\n%s", got, want)
		}
		if d := mustLoad(t, domain(`"name":"a.",`+server)); d.Forward[0].Servers[0].Port != 53 {
			t.Errorf("%+v", d.Forward[0].Servers[0])
		}
	})
	t.Run("PL.7.5 the key of a server", func(t *testing.T) {
		d := mustLoad(t, wholeDDNS)
		four := d.Forward[1] // after *
		if a, b := four.Servers[0].Key, four.Servers[1].Key; a == nil || a.Name != "key.example." || b == nil || b.Name != "Bits" {
			t.Errorf("keys %+v, %+v", a, b)
		}
		if k := d.Reverse[0].Servers[0].Key; k != nil {
			t.Errorf("a key from nowhere: %+v", k)
		}
	})
	t.Run("what config-get shows loads again", func(t *testing.T) {
		d := mustLoad(t, wholeDDNS+`,"ncr-journal":"/j"`)
		v, err := element.ParseWire(d.Arguments().AppendJSON(nil))
		if err != nil {
			t.Fatal(err)
		}
		again, _, err := LoadDDNS(v, Options{})
		if err != nil || Hash(again.Arguments()) != Hash(d.Arguments()) {
			t.Errorf("%v\n%s\n%s", err, d.Arguments(), again.Arguments())
		}
	})
	t.Run("the secret from a file", func(t *testing.T) {
		const body = `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1","secret-file":"/k"}]`
		if k := mustLoad(t, body).Keys[0]; len(k.Secret) != 16 || k.element().Get("secret-file").Str != "/k" || k.element().Get("secret") != nil {
			t.Errorf("%+v", k)
		}
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1","secret-file":"/none"}]`, "DhcpDdns/tsig-keys[0]/secret-file: file does not exist")
		refusedDDNS(t, key(`,"secret-file":"/k"`), "'secret' and 'secret-file' are mutually exclusive")
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1"}]`, "give secret or secret-file")
	})
	t.Run("PL.20.1 digest-bits", func(t *testing.T) {
		for _, c := range []struct {
			algorithm string
			good, bad []int
		}{
			{"HMAC-MD5", []int{0, 80, 128}, []int{72, 81, 136}},
			{"HMAC-SHA1", []int{80, 160}, []int{72, 168}},
			{"HMAC-SHA224", []int{112, 224}, []int{104}},
			{"HMAC-SHA256", []int{128, 256}, []int{120, 264}},
			{"HMAC-SHA384", []int{192, 384}, []int{184}},
			{"HMAC-SHA512", []int{256, 512}, []int{248}},
		} {
			text := `"tsig-keys":[{"name":"k","algorithm":"` + c.algorithm + `","secret":"AAAA","digest-bits":%d}]`
			for _, n := range c.good {
				mustLoad(t, fmt.Sprintf(text, n))
			}
			for _, n := range c.bad {
				refusedDDNS(t, fmt.Sprintf(text, n), fmt.Sprintf("%d cannot be the digest-bits of %s", n, c.algorithm))
			}
		}
	})
	t.Run("faults", func(t *testing.T) {
		refusedDDNS(t, `"bogus":1`, `test.conf:1.14-20: got unexpected keyword "bogus" in DhcpDdns map.`)
		refusedDDNS(t, `"ncr-protocol":"TCP"`, "TCP is not yet supported")
		refusedDDNS(t, `"ncr-format":"XML"`, "expecting JSON")
		refusedDDNS(t, `"port":0`, "0 is out of range")
		refusedDDNS(t, `"dns-server-timeout":0`, "0 is out of range")
		refusedDDNS(t, `"ip-address":"x"`, "x is not an IP address")
		refusedDDNS(t, `"tsig-keys":[{"name":"","algorithm":"HMAC-SHA1","secret":"AAAA"}]`, "the name is empty")
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA3","secret":"AAAA"}]`, `"HMAC-SHA3" is not known here`)
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1","secret":"!"}]`, "is not base64")
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1","secret":""}]`, "is empty")
		refusedDDNS(t, `"tsig-keys":[{"name":"k","algorithm":"HMAC-SHA1","secret":"AAAA"},{"name":"k","algorithm":"HMAC-SHA1","secret":"AAAA"}]`, "Duplicate key name")
		refusedDDNS(t, domain(`"name":"a.","key-name":"zz",`+server), "DdnsDomain : specifies an undefined key: zz (test.conf")
		refusedDDNS(t, domain(`"name":"a.","dns-servers":[{"ip-address":"127.0.0.1","key-name":"zz"}]`), "Dns Server : specifies an undefined key: zz")
		refusedDDNS(t, domain(`"name":"a.","dns-servers":[{"ip-address":"127.0.0.1","hostname":"x"}]`), "leave hostname out")
		refusedDDNS(t, domain(`"name":"a.","dns-servers":[{"port":5}]`), "missing parameter 'ip-address'")
		refusedDDNS(t, domain(`"name":"a..b",`+server), "is not a domain name")
		refusedDDNS(t, domain(`"name":"a.",`+server+`},{"name":"a.",`+server), "Duplicate domain specified:a.")
		refusedDDNS(t, domain(`"name":"a.",`+server+`},{"name":"A",`+server), "A is the same domain as a.")
		refusedDDNS(t, `"control-socket":{"socket-type":"unix","socket-name":"/a"},"control-sockets":[]`, "mutually exclusive")
	})
	t.Run("PL.2.19 PL.2.20 what must not be empty", func(t *testing.T) {
		refusedDDNS(t, ``, "syntax error, unexpected }")
		refusedDDNS(t, `"tsig-keys":[{}]`, "syntax error, unexpected }")
		refusedDDNS(t, domain(``), "syntax error, unexpected }")
		refusedDDNS(t, domain(`"name":"a.","dns-servers":[]`), "syntax error, unexpected ]")
		refusedDDNS(t, domain(`"name":"a.","dns-servers":[{}]`), "syntax error, unexpected }")
		refusedDDNS(t, `"loggers":[]`, "syntax error, unexpected ]")
	})
	t.Run("a domain without servers is warned of", func(t *testing.T) {
		_, warnings, err := loadDDNS(domain(`"name":"a."`))
		if err != nil || len(warnings) != 1 || !strings.Contains(warnings[0].String(), "DhcpDdns/forward-ddns/ddns-domains[0]: the domain has no dns-servers") {
			t.Errorf("%v %v", err, warnings)
		}
	})
	t.Run("the realm of HTTP authentication", func(t *testing.T) {
		d := mustLoad(t, `"control-sockets":[{"socket-type":"http","authentication":{"type":"basic","clients":[{"user":"a"}]}}]`)
		if s := d.ControlSockets[0]; s.Auth.Realm != "kea-dhcp-ddns-server" || s.Address != "127.0.0.1" || s.Port != 8000 {
			t.Errorf("%+v", s)
		}
	})
}

// What Debian's Kea shows of the same file.
func TestDDNSAgainstKea(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "kea.conf"), `{"DhcpDdns":{`+strings.ReplaceAll(wholeDDNS, "SOCK", filepath.Join(dir, "sock"))+`}}`)
	kea := startKea(t, peers.Program(t, "kea-dhcp-ddns"), dir).call(t, "config-get", nil)
	ours, _, err := LoadDDNSFile(filepath.Join(dir, "kea.conf"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	v, err := element.ParseWire([]byte(ours.Element().String()))
	if err != nil {
		t.Fatal(err)
	}
	v.Set("control-socket", v.Get("control-sockets").List[0]).Delete("control-sockets") // D4.48.1
	compare(t, "DhcpDdns", v, kea.Get("arguments").Get("DhcpDdns"))
}
