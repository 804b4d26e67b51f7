package differential_test

import (
	"encoding/json"
	"strings"
	"testing"
)

// A fault is something wrong in a configuration that config-test is given. Both
// servers must refuse it, unless why says for which reason Kea accepts it.
type fault struct {
	dhcp4 string // members of the map
	// names is what Nestor's text must hold: the path of the fault, or what clients
	// know from Kea.
	names string
	why   string
}

// Reasons for which Kea accepts what Nestor refuses.
const (
	noRange     = "(differ) D4.2.5: Kea checks no range of lifetimes"
	noType      = "(differ) D4.2.7: Kea lets wrong types of global parameters pass when nothing uses them"
	noPattern   = "(differ) D4.25.11: Kea does not refuse a broken expression here"
	unchecked   = "(differ) PL.5.5: Kea checks this in files only, or when it is used"
	newID       = "2.2.0 differs from 2.7: D4.58.5 subnets get an id when they have none"
	newHostBits = "2.2.0 differs from 2.7: FD.9.3 a pool may have host bits"
)

// Faults of configurations that come by command (those in files have other
// texts). Kea names the first fault by its position; Nestor all by path and
// position, but for texts that the manual or an observation of Kea gives.
func TestConfigurationFaults(t *testing.T) {
	p := startPair(t, commandsConfig())
	for _, group := range faultGroups {
		t.Run(group.name, func(t *testing.T) {
			for _, f := range group.faults {
				command := `{ "command": "config-test", "arguments": { "Dhcp4": { ` + f.dhcp4 + ` } } }`
				nestor, nestorText := result(t, p.nestor.answer(t, command))
				kea, keaText := result(t, p.kea.answer(t, command))
				if nestor != 1 || !strings.Contains(nestorText, f.names) {
					t.Errorf("%s\n  Nestor answers %d %s\n  want 1 with %s", f.dhcp4, nestor, nestorText, f.names)
				}
				if refused := f.why == ""; refused != (kea == 1) {
					t.Errorf("%s\n  Kea answers %d %s\n  reason for a difference: %q", f.dhcp4, kea, keaText, f.why)
				}
			}
		})
	}
}

// result takes an answer apart.
func result(t *testing.T, answer string) (int, string) {
	t.Helper()
	var a struct {
		Result int
		Text   string
	}
	if err := json.Unmarshal([]byte(answer), &a); err != nil {
		t.Fatalf("%v: %s", err, answer)
	}
	return a.Result, a.Text
}

// inSubnet is a configuration of one subnet with more members.
func inSubnet(members string) string {
	return `"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24", ` + members + ` } ]`
}

// reserved is a configuration of one subnet with reservations.
func reserved(reservations string) string {
	return inSubnet(`"reservations": [ ` + reservations + ` ]`)
}

var faultGroups = []struct {
	name   string
	faults []fault
}{
	{"PL.5.5 D4.2.6 keywords and types", []fault{
		{`"foo": 1`, `unsupported global configuration parameter: foo (<wire>:0:`, ""},
		{`"valid-lifetime": "x"`, `intValue() called on non-integer Element in (<wire>:0:`, ""},
		{`"valid-lifetime": 1.5`, `intValue() called on non-integer Element in (<wire>:0:`, ""},
		{`"valid-lifetime": -1`, `Dhcp4/valid-lifetime: -1 is out of range`, noRange},
		{`"valid-lifetime": 4294967296`, `Dhcp4/valid-lifetime: 4294967296 is out of range`, noRange},
		{`"authoritative": "x"`, `boolValue() called on non-Boolean Element in (<wire>:0:`, noType},
		{`"next-server": 1`, `stringValue() called on non-string Element in (<wire>:0:`, noType},
		{`"next-server": "x"`, `Dhcp4/next-server: x is not an IPv4 address`, noType},
		{`"subnet4": 1`, `called on non-list Element in (<wire>:0:`, ""},
		{`"subnet4": [ 1 ]`, `called on non-map Element in (<wire>:0:`, ""},
		{inSubnet(`"foo": 1`), `spurious 'foo' parameter`, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06", "foo": 1 }`), `spurious 'foo' parameter`, ""},
		{`"option-data": [ { "name": "routers", "data": "10.0.0.1", "foo": 1 } ]`, `spurious 'foo' parameter`, ""},
		{`"expired-leases-processing": { "foo": 1 }`, `spurious 'foo' parameter`, unchecked},
	}},
	{"D4.3.2 lifetimes", []fault{
		{`"min-valid-lifetime": 100, "max-valid-lifetime": 50`, `Dhcp4/min-valid-lifetime: `, ""},
		{`"valid-lifetime": 100, "min-valid-lifetime": 200`, `Dhcp4/min-valid-lifetime: `, ""},
		{`"min-valid-lifetime": 8000`, `Dhcp4/min-valid-lifetime: `, ""},
		{`"max-valid-lifetime": 100`, `Dhcp4/max-valid-lifetime: `, ""},
		{`"min-valid-lifetime": 100, "max-valid-lifetime": 200, "subnet4": [ { "id": 1, "subnet": "192.0.2.0/24", "valid-lifetime": 150 } ]`,
			`Dhcp4/max-valid-lifetime: `, ""},
	}},
	{"D4.58.5 FD.9.3 subnets", []fault{
		{`"subnet4": [ { "subnet": "10.0.0.0/24" } ]`, `subnet configuration failed: missing parameter 'id' (<wire>:0:`, newID},
		{`"subnet4": [ { "id": 1 } ]`, `subnet configuration failed: missing parameter 'subnet'`, ""},
		{`"subnet4": [ { "id": 0, "subnet": "10.0.0.0/24" } ]`, `Dhcp4/subnet4[0]/id: 0 is out of range`, newID},
		{`"subnet4": [ { "id": 4294967295, "subnet": "10.0.0.0/24" } ]`, `Dhcp4/subnet4[0]/id: `, ""},
		{`"subnet4": [ { "id": "1", "subnet": "10.0.0.0/24" } ]`, `intValue() called on non-integer Element in (<wire>:0:`, ""},
		{`"subnet4": [ { "id": 1, "subnet": "10.0.0.0" } ]`, `Dhcp4/subnet4[0]/subnet: `, ""},
		{`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/33" } ]`, `Dhcp4/subnet4[0]/subnet: `, ""},
		{`"subnet4": [ { "id": 1, "subnet": "x" } ]`, `Dhcp4/subnet4[0]/subnet: `, ""},
		{`"subnet4": [ { "id": 1, "subnet": "2001:db8::/32" } ]`, `Dhcp4/subnet4[0]/subnet: `, ""},
		{`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" }, { "id": 1, "subnet": "10.1.0.0/24" } ]`, `1`, ""},
		{`"subnet4": [ { "id": 1, "subnet": "10.0.0.0/24" }, { "id": 2, "subnet": "10.0.0.0/24" } ]`, `10.0.0.0/24`, ""},
		{inSubnet(`"interface": "eth9"`), `Specified network interface name eth9 for subnet 10.0.0.0/24 is not present in the system`, ""},
		{inSubnet(`"relay": { "ip-addresses": [ "x" ] }`), `Dhcp4/subnet4[0]/relay/ip-addresses[0]: `, ""},
	}},
	{"FD.9.3 pools", []fault{
		{inSubnet(`"pools": [ { } ]`), `missing parameter 'pool' (<wire>:0:`, ""},
		{inSubnet(`"pools": [ { "pool": "x" } ]`), `Dhcp4/subnet4[0]/pools[0]/pool: `, ""},
		{inSubnet(`"pools": [ { "pool": "10.0.0.9-10.0.0.3" } ]`), `Dhcp4/subnet4[0]/pools[0]/pool: `, ""},
		{inSubnet(`"pools": [ { "pool": "10.0.0.9/28" } ]`), `Dhcp4/subnet4[0]/pools[0]/pool: `, newHostBits},
		{inSubnet(`"pools": [ { "pool": "10.0.0.16/33" } ]`), `Dhcp4/subnet4[0]/pools[0]/pool: `, ""},
		{inSubnet(`"pools": [ { "pool": "10.1.0.3-10.1.0.9" } ]`), `Dhcp4/subnet4[0]/pools[0]/pool: `, ""},
		{inSubnet(`"pools": [ { "pool": "10.0.0.3-10.0.0.9" }, { "pool": "10.0.0.5-10.0.0.19" } ]`), `Dhcp4/subnet4[0]/pools: `, ""},
	}},
	{"FD.9.5 reservations", []fault{
		{reserved(`{ }`), `one of the supported identifiers must be specified for host reservation: circuit-id, client-id, duid, flex-id, hw-address`, ""},
		{reserved(`{ "ip-address": "10.0.0.5" }`), `one of the supported identifiers must be specified for host reservation: circuit-id, client-id, duid, flex-id, hw-address`, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06", "duid": "01:02:03" }`), `the 'hw-address' and 'duid' are mutually exclusive`, ""},
		{reserved(`{ "hw-address": "01-02-03-04-05-06" }`), `invalid host identifier value '01-02-03-04-05-06'`, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06", "ip-address": "10.9.0.5" }`), `specified reservation '10.9.0.5' is not within the IPv4 subnet '10.0.0.0/24'`, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06", "ip-address": "10.0.0.5" }, { "hw-address": "01:02:03:04:05:07", "ip-address": "10.0.0.5" }`), `Dhcp4/subnet4[0]/reservations[1]/ip-address: `, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06" }, { "hw-address": "01:02:03:04:05:06" }`), `Dhcp4/subnet4[0]/reservations[1]`, ""},
		{reserved(`{ "hw-address": "01:02:03:04:05:06", "ip-address": "0.0.0.0" }`), `Dhcp4/subnet4[0]/reservations[0]/ip-address: `, ""},
		{`"host-reservation-identifiers": [ "zz" ]`, `Dhcp4/host-reservation-identifiers[0]: `, ""},
	}},
	{"D4.12.2 D4.12.15 options", []fault{
		{`"option-data": [ { } ]`, `Dhcp4/option-data[0]: `, ""},
		{`"option-data": [ { "name": "nope", "data": "1" } ]`, `Dhcp4/option-data[0]/name: `, ""},
		{`"option-data": [ { "code": 0, "data": "1" } ]`, `Dhcp4/option-data[0]/code: `, ""},
		{`"option-data": [ { "code": 256, "data": "1" } ]`, `Dhcp4/option-data[0]/code: `, ""},
		{`"option-data": [ { "name": "routers", "data": "x" } ]`, `Dhcp4/option-data[0]/data: `, ""},
		{`"option-data": [ { "name": "routers", "data": "zz", "csv-format": false } ]`, `Dhcp4/option-data[0]/data: `, ""},
		{`"option-def": [ { "name": "foo", "code": 222 } ]`, `missing parameter 'type'`, ""},
		{`"option-def": [ { "name": "foo", "code": 222, "type": "zz" } ]`, `Dhcp4/option-def[0]/type: `, ""},
		{`"option-def": [ { "name": "foo", "code": 3, "type": "uint8" } ]`, `Dhcp4/option-def[0]: `, ""},
		{`"option-def": [ { "name": "foo", "code": 222, "type": "record" } ]`, `Dhcp4/option-def[0]: `, ""},
	}},
	{"PL.5.5 classes and shared networks", []fault{
		{`"client-classes": [ { } ]`, `missing parameter 'name'`, ""},
		{`"client-classes": [ { "name": "a" }, { "name": "a" } ]`, `Dhcp4/client-classes[1]/name: `, ""},
		{`"shared-networks": [ { } ]`, `missing parameter 'name'`, ""},
		{`"shared-networks": [ { "name": "" } ]`, `Dhcp4/shared-networks[0]/name: `, ""},
		{`"shared-networks": [ { "name": "a" }, { "name": "a" } ]`, `Dhcp4/shared-networks[1]/name: `, ""},
	}},
	{"D4.58.7 PL.5.5 services of the server", []fault{
		{`"interfaces-config": { "interfaces": [ "nope0" ] }`, `"nope0" does not exist`, ""},
		{`"interfaces-config": { "interfaces": [ "eth0", "eth0" ] }`, `Dhcp4/interfaces-config/interfaces[1]: `, ""},
		{`"interfaces-config": { "dhcp-socket-type": "zz" }`, `Dhcp4/interfaces-config/dhcp-socket-type: `, ""},
		{`"lease-database": { "type": "zz" }`, `Dhcp4/lease-database/type: `, ""},
		{`"lease-database": { }`, `missing parameter 'type'`, ""},
		{`"lease-database": { "type": "memfile", "lfc-interval": "x" }`, `intValue() called on non-integer Element in (<wire>:0:`, ""},
		{`"hooks-libraries": [ { } ]`, `missing parameter 'library'`, ""},
		{`"hooks-libraries": [ { "library": "/nope/libdhcp_nope.so" } ]`, `Dhcp4/hooks-libraries[0]/library: `, ""},
		{`"expired-leases-processing": { "reclaim-timer-wait-time": -1 }`, `Dhcp4/expired-leases-processing/reclaim-timer-wait-time: `, ""},
		{`"multi-threading": { "thread-pool-size": -1 }`, `Dhcp4/multi-threading/thread-pool-size: `, ""},
		{`"loggers": [ { } ]`, `missing parameter 'name'`, unchecked},
		{`"control-socket": { "socket-type": "zz", "socket-name": "x" }`, `Dhcp4/control-socket/socket-type: `, unchecked},
		{`"dhcp-ddns": { "enable-updates": true, "server-port": 99999 }`, `Dhcp4/dhcp-ddns/server-port: `, unchecked},
		{`"dhcp-ddns": { "ncr-protocol": "TCP" }`, `TCP is not supported`, ""},
		{`"ddns-replace-client-name": "zz"`, `Dhcp4/ddns-replace-client-name: `, unchecked},
		{`"hostname-char-set": "["`, `Dhcp4/hostname-char-set: `, noPattern},
	}},
}
