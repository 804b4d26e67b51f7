package dhcp4

import (
	"strings"
	"testing"

	"github.com/insomniacslk/dhcp/dhcpv4"

	"nestor/lib/config"
	"nestor/lib/hostname"
)

// fqdn is option 81 with the flags and a name in wire form.
func fqdn(flags byte, name string) dhcpv4.Modifier {
	return opt(81, append([]byte{flags, 0, 0}, name...)...)
}

// sent is option 12.
func sent(name string) dhcpv4.Modifier { return opt(12, []byte(name)...) }

// named is what an answer says of the client's name: option 12, or option 81 as
// flags and name.
func named(r *sentReply) string {
	if o := r.Options[81]; o != nil {
		name, complete, err := hostname.ReadWire(o[3:])
		switch {
		case err != nil:
			name = "broken"
		case complete:
			name += "."
		}
		if r.Options[12] != nil {
			name += " and option 12"
		}
		return string('0'+rune(o[0]&fqdnN>>3)) + string('0'+rune(o[0]&fqdnS)) + string('0'+rune(o[0]&fqdnO>>1)) + " " + name
	}
	return string(r.Options[12])
}

const suffixed = `"ddns-qualifying-suffix": "example.com", `

func TestNameFlags(t *testing.T) {
	const host = "\x04host\x03org\x00"
	updating := `"dhcp-ddns": { "enable-updates": true }, `
	for _, c := range []struct {
		name, conf string
		client     byte
		want       string // N-S-O and the name
	}{
		{"D4.26.5 0-0", updating, 4, "000 host.org."},
		{"D4.26.6 0-1", updating, 5, "010 host.org."},
		{"D4.26.7 1-0", updating, 12, "100 host.org."},
		{"D4.26.8 D4.25.3 0-0 with ddns-override-client-update", updating + `"ddns-override-client-update": true, `, 4, "011 host.org."},
		{"D4.26.8 D4.25.2 1-0 with ddns-override-no-update", updating + `"ddns-override-no-update": true, `, 12, "011 host.org."},
		{"D4.26.6 0-1 with both", updating + `"ddns-override-client-update": true, "ddns-override-no-update": true, `, 5, "010 host.org."},
		{"0-1 without updates", "", 5, "101 host.org."},
		{"0-0 without updates of the scope", updating + `"ddns-send-updates": false, `, 4, "100 host.org."},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf+plain)
			r := ts.lease(1, fqdn(c.client, host))
			if got := named(r); got != c.want || r.Options[81][0]&fqdnE == 0 {
				t.Errorf("the answer has %s, flags %#x; want %s", got, r.Options[81][0], c.want)
			}
		})
	}
	t.Run("D4.26.9 1-1", func(t *testing.T) {
		ts := newTestServer(t, updating+plain)
		expectSilence(t, ts.one(from{}, query(discoverMsg, 1, fqdn(13, host))))
		if ts.stat("pkt4-parse-failed") != 1 || ts.stat("pkt4-receive-drop") != 1 {
			t.Errorf("%d failed, %d dropped", ts.stat("pkt4-parse-failed"), ts.stat("pkt4-receive-drop"))
		}
	})
	t.Run("D4.26.10 Host Name only, asked for or not", func(t *testing.T) {
		ts := newTestServer(t, updating+suffixed+plain)
		for n, mods := range [][]dhcpv4.Modifier{1: {sent("Host")}, 2: {sent("Host"), prl(1)}, 3: {sent("Host"), prl(12, 81)}} {
			if n == 0 {
				continue
			}
			if got := named(ts.lease(byte(n), mods...)); got != "host.example.com" {
				t.Errorf("client %d is named %q", n, got)
			}
		}
	})
}

func TestNames(t *testing.T) {
	with := func(params string) string { return suffixed + params + plain }
	filter := `"hostname-char-set": "[^A-Za-z0-9.-]", "hostname-char-replacement": "x", `
	host, partial := fqdn(5, "\x04host\x03org\x00"), fqdn(5, "\x04host")
	for _, c := range []struct {
		name, conf string
		query      []dhcpv4.Modifier
		want       string
	}{
		{"D4.27.1 the FQDN is taken", with(""), []dhcpv4.Modifier{sent("other"), host}, "101 host.org."},
		{"D4.27.1 else the host name", with(""), []dhcpv4.Modifier{sent("other")}, "other.example.com"},
		{"D4.27.2 a partial name gets the suffix", with(""), []dhcpv4.Modifier{partial}, "101 host.example.com."},
		{"D4.27.2 a full one does not", with(""), []dhcpv4.Modifier{sent("host.org")}, "host.org"},
		{"D4.27.2 an empty one is generated", with(""), []dhcpv4.Modifier{fqdn(5, "")}, "101 myhost-192-0-2-10.example.com."},
		{"D4.25.5 another prefix", with(`"ddns-generated-prefix": "pc", `), []dhcpv4.Modifier{fqdn(5, "")}, "101 pc-192-0-2-10.example.com."},
		{"D4.25.5 no suffix", plain, []dhcpv4.Modifier{fqdn(5, "")}, "101 myhost-192-0-2-10."},
		{"D4.25.4 D4.27.3 never is the default", with(""), nil, ""},
		{"D4.27.3 never", with(`"ddns-replace-client-name": "never", `), []dhcpv4.Modifier{sent("host")}, "host.example.com"},
		{"D4.25.4 D4.27.3 always, sent", with(`"ddns-replace-client-name": "always", `), []dhcpv4.Modifier{host}, "101 myhost-192-0-2-10.example.com."},
		{"D4.25.4 D4.27.3 always, not sent", with(`"ddns-replace-client-name": "always", `), nil, "myhost-192-0-2-10.example.com"},
		{"D4.25.4 D4.27.3 when-present, sent", with(`"ddns-replace-client-name": "when-present", `), []dhcpv4.Modifier{sent("host")}, "myhost-192-0-2-10.example.com"},
		{"D4.25.4 D4.27.3 when-present, not sent", with(`"ddns-replace-client-name": "when-present", `), nil, ""},
		{"D4.25.4 D4.27.3 when-not-present, sent", with(`"ddns-replace-client-name": "when-not-present", `), []dhcpv4.Modifier{host}, "101 host.org."},
		{"D4.25.4 D4.27.3 when-not-present, not sent", with(`"ddns-replace-client-name": "when-not-present", `), nil, "myhost-192-0-2-10.example.com"},
		{"D4.27.4 the suffix is not sanitised", `"ddns-qualifying-suffix": "e_x.com", ` + filter + plain, []dhcpv4.Modifier{sent("a_b")}, "axb.e_x.com"},
		{"D4.27.4 nor is a generated name", with(`"ddns-generated-prefix": "my_host", "ddns-replace-client-name": "always", ` + filter), []dhcpv4.Modifier{sent("a_b")}, "my_host-192-0-2-10.example.com"},
		{"D4.27.5 each character by one", filter + plain, []dhcpv4.Modifier{sent("myhost-$[123.org")}, "myhost-xx123.org"},
		{"D4.27.5 NUL without a set", `"hostname-char-set": "", "hostname-char-replacement": "x", ` + plain, []dhcpv4.Modifier{sent("a\x00b")}, "axb"},
		{"D4.27.6 dots of a host name are not allowed", `"hostname-char-set": "[^A-Za-z0-9-]", "hostname-char-replacement": "x", ` + plain, []dhcpv4.Modifier{sent("a.b")}, "axb"},
		{"D4.27.6 dots of a FQDN stay", `"hostname-char-set": "[^A-Za-z0-9-]", "hostname-char-replacement": "x", ` + plain, []dhcpv4.Modifier{fqdn(5, "\x03a_b\x01c\x00")}, "101 axb.c."},
		{"D4.27.7 a name that loses a label is no name any more", plain, []dhcpv4.Modifier{sent("a._.b")}, ""},
		{"D4.25.12 without dhcp-ddns and ddns-send-updates", with(`"ddns-send-updates": false, "ddns-generated-prefix": "pc", "ddns-replace-client-name": "when-not-present", ` + filter),
			[]dhcpv4.Modifier{sent("a_b")}, "axb.example.com"},
		{"D4.25.12 generated without updates", with(`"ddns-send-updates": false, "ddns-generated-prefix": "pc", "ddns-replace-client-name": "when-not-present", `), nil, "pc-192-0-2-10.example.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			r := expect(t, ts.lease(1, c.query...), ackMsg, "192.0.2.10")
			if got := named(r); got != c.want {
				t.Errorf("the answer has %q, want %q", got, c.want)
			}
			_, name, ok := strings.Cut(c.want, " ")
			if !ok {
				name = c.want
			}
			if got := string(ts.stored("192.0.2.10").Hostname); got != name {
				t.Errorf("the lease has %q, want %q", got, name)
			}
		})
	}
	for _, value := range []string{`true`, `false`, `"sometimes"`} {
		t.Run("D4.25.4 refused is "+value, func(t *testing.T) {
			doc := newTestServer(t, plain).document(`"ddns-replace-client-name": ` + value + `, ` + plain)
			if _, _, err := config.LoadDhcp4(doc, config.Options{}); err == nil || !strings.Contains(err.Error(), "ddns-replace-client-name") {
				t.Errorf("error is %v", err)
			}
		})
	}
}

func TestReservedNames(t *testing.T) {
	reserving := func(name, params string) string {
		return params + subnetWith(`"reservations": [ { "hw-address": "02:00:00:00:00:01", "hostname": "`+name+`" } ]`)
	}
	generating := `"ddns-replace-client-name": "always", `
	for _, c := range []struct {
		name, conf string
		query      []dhcpv4.Modifier
		want       string
	}{
		{"D4.42.1 nothing sent or asked for", reserving("Alice", ""), nil, "alice"},
		{"D4.42.1 asked for", reserving("Alice", ""), []dhcpv4.Modifier{prl(12)}, "alice"},
		{"D4.42.1 Host Name sent", reserving("Alice", ""), []dhcpv4.Modifier{sent("bob")}, "alice"},
		{"D4.42.1 FQDN sent", reserving("Alice", ""), []dhcpv4.Modifier{fqdn(5, "\x03bob\x00"), prl(12)}, "101 alice."},
		{"D4.42.1 beats generated names", reserving("Alice", generating), nil, "alice"},
		{"D4.42.1 beats generated names, sent", reserving("Alice", generating), []dhcpv4.Modifier{sent("bob")}, "alice"},
		{"D4.42.1 beats generated names, FQDN", reserving("Alice", generating), []dhcpv4.Modifier{fqdn(5, "\x03bob\x00")}, "101 alice."},
		{"D4.42.1 with updates on", reserving("alice", `"dhcp-ddns": { "enable-updates": true }, `), nil, "alice"},
		{"D4.42.2 qualified", reserving("alice", suffixed), nil, "alice.example.com"},
		{"D4.42.2 qualified in the FQDN", reserving("alice", suffixed), []dhcpv4.Modifier{fqdn(5, "\x03bob\x00")}, "101 alice.example.com."},
		{"D4.42.2 a suffix that ends with a dot", reserving("alice", `"ddns-qualifying-suffix": "example.com.", `), nil, "alice.example.com"},
		{"D4.42.2 full without a suffix", reserving("alice.example.org.", ""), nil, "alice.example.org"},
		{"D4.42.2 full without a suffix, FQDN", reserving("alice.example.org.", ""), []dhcpv4.Modifier{fqdn(5, "\x03bob\x00")}, "101 alice.example.org."},
	} {
		t.Run(c.name, func(t *testing.T) {
			ts := newTestServer(t, c.conf)
			offer := expect(t, ts.one(from{}, query(discoverMsg, 1, c.query...)), offerMsg, "192.0.2.10")
			ack := ts.lease(1, c.query...)
			renewed := expect(t, ts.renew(1, "192.0.2.10", c.query...), ackMsg, "192.0.2.10")
			for _, r := range []*sentReply{offer, ack, renewed} {
				if got := named(r); got != c.want {
					t.Errorf("%v has %q, want %q", r.MessageType(), got, c.want)
				}
			}
		})
	}
}
