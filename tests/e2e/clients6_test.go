package e2e_test

import (
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"nestor/tests/netns"
	"nestor/tests/peers"
	"nestor/tests/servers"
)

// kinds6 are the makes of DHCPv6 clients; each asks for an address and a prefix.
var kinds6 = []kind{
	{
		name: "dhclient", path: peers.Dhclient,
		args: func(dir string) []string {
			return []string{"-6", "-N", "-P", "-d", "-v", "-sf", dir + "/script", "-cf", dir + "/conf", "-lf", dir + "/leases", "-pf", dir + "/pid", "eth0"}
		},
		release: func(t *testing.T, c *client) error {
			return c.again(t, append([]string{"-r"}, c.kind.args(c.dir)...)...)
		},
	},
	{
		name: "dhcpcd", path: peers.Dhcpcd,
		args: func(dir string) []string {
			return []string{"-6", "-B", "-d", "-f", dir + "/conf", "-c", dir + "/script", "eth0"}
		},
		renew:   syscall.SIGHUP,
		release: func(t *testing.T, c *client) error { return c.cmd.Process.Signal(syscall.SIGALRM) },
	},
	{
		name: "dhcp6c", path: peers.Dhcp6c,
		args: func(dir string) []string {
			return []string{"-f", "-D", "-c", dir + "/conf", "-p", dir + "/pid", "eth0"}
		},
		release: func(t *testing.T, c *client) error { return c.cmd.Process.Signal(syscall.SIGTERM) },
		t1:      18 * time.Second, t2: 30 * time.Second,
	},
}

// script6 is script for DHCPv6: a line for each address and prefix.
const script6 = `#!/bin/sh
address=${new_ip6_address:-$new_dhcp6_ia_na1_ia_addr1}
prefix=$new_ip6_prefix
[ -n "$new_dhcp6_ia_pd1_prefix1" ] && prefix=$new_dhcp6_ia_pd1_prefix1/$new_dhcp6_ia_pd1_prefix1_length
if [ KIND = dhcp6c ]; then # which tells neither
	reason=$REASON new_dhcp6_name_servers=$new_domain_name_servers
	address=$(ip -6 addr show dev eth0 scope global | sed -n 's|.*inet6 \([^/]*\)/.*|\1|p')
	prefix=$(sed -n 's/.*IA_PD prefix: \([^ ]*\) .*/\1/p' DIR/out | tail -n 1)
fi
case KIND$reason in # the other clients set the address themselves
dhclientBOUND6 | dhclientRENEW6 | dhclientREBIND6)
	[ -z "$address" ] || ip -6 addr replace "$address/128" dev eth0 nodad ;;
dhclientRELEASE6 | dhclientEXPIRE6 | dhclientSTOP6)
	ip -6 addr flush dev eth0 scope global ;;
esac
# conflict: what dhclient is told to decline
[ -n "$address" ] && [ "$address" = "$(cat DIR/conflict 2>/dev/null)" ] && [ "$reason" = BOUND6 ] && exit 3
echo "$reason address=$address prefix=$prefix dns=${new_dhcp6_name_servers}" >>DIR/events
`

var confs6 = map[string]string{
	"dhclient": "timeout 30; retry 1; select-timeout 0;\nrequest dhcp6.name-servers;\n",
	"dhcpcd": `duid
noipv4
noipv6rs
nodev
timeout 0
option dhcp6_name_servers
interface eth0
  ia_na 1
  ia_pd 2 -
`,
	"dhcp6c": `interface eth0 { send ia-na 1; send ia-pd 2; request domain-name-servers; script "DIR/script"; };
id-assoc na 1 { };
id-assoc pd 2 { };
`,
}

// start6 is start for a DHCPv6 client.
func (k kind) start6(t *testing.T, ns *netns.NS) *client {
	t.Helper()
	c := k.prepare6(t, ns)
	c.run(t)
	return c
}

// prepare6 is prepare for a DHCPv6 client.
func (k kind) prepare6(t *testing.T, ns *netns.NS) *client {
	t.Helper()
	c := &client{kind: k, ns: ns, dir: servers.Dir(t)}
	c.write(t, "script", strings.NewReplacer("DIR", c.dir, "KIND", k.name).Replace(script6))
	c.write(t, "conf", strings.ReplaceAll(confs6[k.name], "DIR", c.dir))
	return c
}

// bound6 waits until the client has an address and a prefix.
func (c *client) bound6(t *testing.T) (address, prefix string) {
	t.Helper()
	servers.Eventually(t, 30*time.Second, c.kind.name+" gets an address and a prefix", func() bool {
		address, prefix = c.told("address"), c.told("prefix")
		return address != "" && prefix != ""
	})
	return address, prefix
}

// addressesOnly is a client that asks for no prefix.
func (k kind) addressesOnly() kind {
	all := k.args
	k.args = func(dir string) []string {
		return slices.DeleteFunc(all(dir), func(arg string) bool { return arg == "-P" })
	}
	return k
}

// boundTo waits until the client has an address that begins so.
func (c *client) boundTo(t *testing.T, prefix string) (address string) {
	t.Helper()
	servers.Eventually(t, 30*time.Second, c.kind.name+" gets an address of "+prefix+"/64", func() bool {
		address = c.told("address")
		return strings.HasPrefix(address, prefix)
	})
	return address
}

// told is the last of what the script noted under a name.
func (c *client) told(name string) (value string) {
	for _, line := range c.events() {
		for _, field := range strings.Fields(line) {
			if of, v, _ := strings.Cut(field, "="); of == name && v != "" {
				value = v
			}
		}
	}
	return value
}

// extended waits until the lease of an address or prefix expires later than before,
// which takes at most so long and a while.
func extended(t *testing.T, srv *server, what string, before int, limit time.Duration) {
	t.Helper()
	servers.Eventually(t, limit+10*time.Second, "the lease of "+what+" expires later", func() bool {
		row := srv.Leases(t)[what]
		return row != nil && expiry(t, row) > before
	})
}

// A site is where a client is tested with a server.
type site struct {
	suite
	srv       *server
	config    object    // of the server
	ns        *netns.NS // of the client
	subnet    int       // that it belongs to
	prefix    string    // of its addresses
	delegated string    // what its prefixes begin with
	place     object    // what a subnet is recognised by there
}

// eachSite6 runs a test with each server and each of some makes of DHCPv6 clients,
// directly connected or behind a relay.
func eachSite6(t *testing.T, makes []string, test func(t *testing.T, k kind, at *site)) {
	t.Helper()
	t.Parallel()
	eachSuite(t, func(t *testing.T, s suite) {
		t.Parallel()
		for _, k := range kinds6 {
			if !slices.Contains(makes, k.name) {
				continue
			}
			for _, relayed := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s relayed %t", k.name, relayed), func(t *testing.T) {
					t.Parallel()
					test(t, k, newSite6(t, s, relayed))
				})
			}
		}
	})
}

func newSite6(t *testing.T, s suite, relayed bool) *site {
	t.Helper()
	l := newLAN6(t)
	config := lanConfig6()
	config["subnet6"] = append(config["subnet6"].(list), subnet6(8, farPrefix6, farDelegated))
	srv := s.Start6(t, l.server, config)
	if relayed {
		return &site{s, srv, config, startRelay6(t, l), 8, farPrefix6, farDelegated, object{"relay": object{"ip-addresses": list{farPrefix6 + "1"}}}}
	}
	return &site{s, srv, config, l.station6(t), 7, lanPrefix6, lanDelegated, object{"interface": "eth0"}}
}

// everyMake6 is all makes of DHCPv6 clients.
var everyMake6 = []string{"dhclient", "dhcpcd", "dhcp6c"}
