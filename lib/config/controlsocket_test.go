package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"nestor/lib/element"
)

func TestControlSockets(t *testing.T) {
	t.Run("D4.48.1 PL.2.23 PL.4.8 none, a list, or one map", func(t *testing.T) {
		if c := mustLoad(t, subnet("")); c.ControlSockets != nil || c.Element().Get("control-sockets") != nil {
			t.Errorf("sockets by default: %v", c.ControlSockets)
		}
		one := mustLoad(t, `"control-socket":{"socket-type":"unix","socket-name":"/run/kea/kea4.sock"}`)
		list := mustLoad(t, `"control-sockets":[{"socket-type":"unix","socket-name":"/run/kea/kea4.sock"}]`)
		if len(one.ControlSockets) != 1 || one.ControlSockets[0].Name != "/run/kea/kea4.sock" || Hash(one.Arguments()) != Hash(list.Arguments()) {
			t.Errorf("the map is %v, the list %v", one.ControlSockets, list.ControlSockets)
		}
		refused(t, `"control-socket":{"socket-type":"unix","socket-name":"/a"},"control-sockets":[]`, "give one of them")
	})
	t.Run("D4.48.2 types and paths", func(t *testing.T) {
		refused(t, `"control-socket":{"socket-name":"/a"}`, "missing parameter 'socket-type'")
		refused(t, `"control-socket":{"socket-type":"tcp","socket-name":"/a"}`, "expecting unix or http or https")
		refused(t, `"control-socket":{"socket-type":"unix"}`, "Dhcp4/control-socket: socket-name is missing")
		path := "/" + strings.Repeat("s", 106)
		accepted(t, `"control-socket":{"socket-type":"unix","socket-name":"`+path+`"}`)
		refused(t, `"control-socket":{"socket-type":"unix","socket-name":"`+path+`s"}`, "the path has 108 octets, the system takes 107")
		refused(t, `"control-socket":{"socket-type":"unix","socket-name":"/a","socket-port":8000}`, "it is for http and https")
		refused(t, `"control-socket":{"socket-type":"http","socket-name":"/a"}`, "it is for unix sockets")
	})
	t.Run("PL.4.10 a socket may be anywhere", func(t *testing.T) {
		accepted(t, `"control-socket":{"socket-type":"unix","socket-name":"/tmp/kea4-ctrl-socket"}`)
	})
	t.Run("D4.48.3 D4.48.4 address, port, TLS", func(t *testing.T) {
		s := mustLoad(t, `"control-sockets":[{"socket-type":"http"}]`).ControlSockets[0]
		if s.Address != "127.0.0.1" || s.Port != 8000 || !s.CertRequired || s.Auth != nil {
			t.Errorf("%+v", s)
		}
		for _, body := range []string{`"socket-type":"https"`, `"socket-type":"http","cert-file":"a"`, `"socket-type":"https","trust-anchor":"a","key-file":"b"`} {
			_, _, err := loadBody(`"control-sockets":[{` + body + `}]`)
			if err == nil || !strings.Contains(err.Error(), "trust-anchor, cert-file and key-file") {
				t.Errorf("%s: %v", body, err)
			}
		}
		s = mustLoad(t, `"control-sockets":[{"socket-type":"https","trust-anchor":"a","cert-file":"b","key-file":"c","cert-required":false,"socket-address":"::1","socket-port":9000}]`).ControlSockets[0]
		if s.TrustAnchor != "a" || s.CertFile != "b" || s.KeyFile != "c" || s.CertRequired || s.Address != "::1" || s.Port != 9000 {
			t.Errorf("%+v", s)
		}
		refused(t, `"control-sockets":[{"socket-type":"http","socket-address":"x"}]`, "x is not an IP address")
		refused(t, `"control-sockets":[{"socket-type":"http","socket-port":65536}]`, "out of range")
	})
	t.Run("http-headers", func(t *testing.T) {
		s := mustLoad(t, `"control-sockets":[{"socket-type":"http","http-headers":[{"name":"Strict-Transport-Security","value":"max-age=31536000"}]}]`).ControlSockets[0]
		if len(s.Headers) != 1 || s.Headers[0].Name != "Strict-Transport-Security" || s.Headers[0].Value != "max-age=31536000" {
			t.Errorf("%+v", s.Headers)
		}
		refused(t, `"control-sockets":[{"socket-type":"http","http-headers":[{"name":"a b","value":"x"}]}]`, "cannot be the name of a header")
		refused(t, `"control-sockets":[{"socket-type":"http","http-headers":[{"name":"a","value":"x\r\ny"}]}]`, "has to be one line")
	})
}

func TestAuthentication(t *testing.T) {
	clients := func(c string) string { return authentication(`"clients":[` + c + `]`) }
	t.Run("D4.48.5 type, realm, directory", func(t *testing.T) {
		a := mustLoad(t, authentication(`"clients":[]`)).ControlSockets[0].Auth
		if a.Type != "basic" || a.Realm != "kea-dhcpv4-server" || a.Directory != "" || len(a.Clients) != 0 {
			t.Errorf("%+v", a)
		}
		if a := mustLoad(t, authentication(`"realm":"mine"`)).ControlSockets[0].Auth; a.Realm != "mine" {
			t.Errorf("%+v", a)
		}
		refused(t, `"control-sockets":[{"socket-type":"http","authentication":{"realm":"x"}}]`, "missing parameter 'type'")
		refused(t, `"control-sockets":[{"socket-type":"http","authentication":{"type":"digest"}}]`, "expecting basic")
	})
	t.Run("D4.48.6 clients", func(t *testing.T) {
		a := mustLoad(t, clients(`{"user":"admin","password":"s3cret:x"},{"user":"other"}`)).ControlSockets[0].Auth
		if a.Clients[0].Secret != "admin:s3cret:x" || a.Clients[1].Secret != "other:" {
			t.Errorf("%+v", a.Clients)
		}
		refused(t, clients(`{"user":""}`), "the user is empty")
		refused(t, clients(`{"user":"a:b"}`), "has a colon")
		refused(t, clients(`{"password":"x"}`), "user or user-file is missing")
		refused(t, clients(`{"user":"a","user-file":"b"}`), "give one of them")
		for _, p := range []string{"1234", "*****", "keatest"} {
			refused(t, clients(`{"user":"a","password":"`+p+`"}`), "the password of an example")
			refused(t, `"lease-database":{"type":"mysql","password":"`+p+`"}`, "the password of an example")
		}
	})
	t.Run("D4.48.7 PL.4.21 credential files are read at load", func(t *testing.T) {
		dir := t.TempDir()
		write(t, filepath.Join(dir, "user"), "admin\n")
		write(t, filepath.Join(dir, "password"), "s3 cret")
		write(t, filepath.Join(dir, "both"), "root:t0p\r\n")
		write(t, filepath.Join(dir, "nocolon"), "root")
		in := func(c string) string {
			return authentication(fmt.Sprintf(`"directory":%q,"clients":[%s]`, dir, c))
		}
		a := mustLoad(t, in(`{"user-file":"user","password-file":"password"},{"user":"x","password-file":"password"},{"password-file":"both"}`)).ControlSockets[0].Auth
		for i, want := range []string{"admin:s3 cret", "x:s3 cret", "root:t0p"} {
			if a.Clients[i].Secret != want {
				t.Errorf("client %d has %q, want %q", i, a.Clients[i].Secret, want)
			}
		}
		refused(t, in(`{"user":"x","password-file":"gone"}`), "Dhcp4/control-sockets[0]/authentication/clients[0]/password-file", "no such file")
		refused(t, in(`{"user-file":"gone"}`), "no such file")
		refused(t, in(`{"password-file":"nocolon"}`), "has to hold user:password")
		accepted(t, clients(fmt.Sprintf(`{"password-file":%q}`, filepath.Join(dir, "both"))))
	})
	t.Run("reading is asked of Options", func(t *testing.T) {
		v, _, _ := ParseText("test.conf", []byte(`{"Dhcp4":{`+clients(`{"user":"a","password-file":"p"}`)+`}}`))
		_, _, err := LoadDhcp4(v, Options{ReadFile: func(name string) ([]byte, error) { return nil, os.ErrPermission }})
		if err == nil || !errors.Is(err, err.(Errors).First()) || !strings.Contains(err.Error(), "permission denied") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("config-get shows passwords", func(t *testing.T) {
		got := mustLoad(t, clients(`{"user":"a","password":"b","comment":"c"}`)).ControlSockets[0].Auth.element().String()
		want := `{ "clients": [ { "password": "b", "user": "a", "user-context": { "comment": "c" } } ], "directory": "", "realm": "kea-dhcpv4-server", "type": "basic" }`
		if got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	})
}

func TestUserContext(t *testing.T) {
	t.Run("D4.49.1 PL.2.15 PL.2.16 is kept as it is", func(t *testing.T) {
		context := `{ "a": [ 1, { "b": null }, 2.5 ], "é": "x" }`
		c := mustLoad(t, `"user-context":`+context+`,"option-data":[{"code":3,"data":"192.0.2.1","user-context":`+context+`}],
			"option-def":[{"name":"a","code":240,"type":"uint8","user-context":`+context+`}],
			"client-classes":[{"name":"c","user-context":`+context+`}],
			"interfaces-config":{"interfaces":[],"user-context":`+context+`},
			"control-sockets":[{"socket-type":"unix","socket-name":"/s","user-context":`+context+`}],
			"dhcp-ddns":{"enable-updates":false,"user-context":`+context+`},
			"loggers":[{"name":"kea-dhcp4","user-context":`+context+`}],
			"multi-threading":{"thread-pool-size":1,"user-context":`+context+`},
			"dhcp-queue-control":{"capacity":1,"user-context":`+context+`},
			"shared-networks":[{"name":"n","user-context":`+context+`}],
			"subnet4":[{"id":1,"subnet":"192.0.2.0/24","user-context":`+context+`,
				"pools":[{"pool":"192.0.2.8/29","user-context":`+context+`}],
				"reservations":[{"duid":"01","user-context":`+context+`}]}]`)
		if got := strings.Count(c.Arguments().String(), `"user-context": `+context); got != 14 {
			t.Errorf("config-get shows %d contexts of 14: %s", got, c.Arguments())
		}
		refused(t, `"user-context":[]`, "expecting {")
		refused(t, `"user-context":"x"`, "expecting {")
	})
	t.Run("D4.49.2 PL.2.14 comment becomes part of it", func(t *testing.T) {
		got := mustLoad(t, `"comment":"top",`+subnet(`"comment":"here","user-context":{"a":1}`)).Element()
		if s := got.Get("user-context").String(); s != `{ "comment": "top" }` {
			t.Errorf("global %s", s)
		}
		if s := got.Get("subnet4").List[0].Get("user-context").String(); s != `{ "a": 1, "comment": "here" }` {
			t.Errorf("subnet %s", s)
		}
		if got.Get("comment") != nil {
			t.Error("comment is still there")
		}
		refused(t, `"user-context":{"comment":"a"},"comment":"b"`, "user-context has a comment already")
	})
	t.Run("what was loaded is not changed", func(t *testing.T) {
		v, err := element.ParseWire([]byte(`{"Dhcp4":{"comment":"a","user-context":{"x":1}}}`))
		if err != nil {
			t.Fatal(err)
		}
		before := v.String()
		if _, _, err := LoadDhcp4(v, Options{}); err != nil || v.String() != before {
			t.Errorf("%v, %s", err, v)
		}
	})
}
