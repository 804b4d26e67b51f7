package config

import "nestor/lib/option"

// family is what differs between DHCPv4 and DHCPv6 where the same rules hold.
type family struct {
	top     string // the map of the server, Dhcp4
	subnets string // the keyword of subnets, subnet4
	ip      string // IPv4
	bits    int
	realm   string // of HTTP authentication when none is configured
	// address, prefix and poolText are examples of the notation.
	address, prefix, poolText string
	// looseHost: a pool that is written as a prefix begins at the address of it,
	// also if that is not its lowest one. Where not, such a pool is refused.
	looseHost bool

	global, network, subnet, pool, class *scope
	interfaces, optionDef, optionData    *scope
	// defaults are the parameters that hold where a configuration says nothing.
	defaults    *NetworkParams
	definitions func() *option.Definitions
}

var (
	family4 = &family{
		top: "Dhcp4", subnets: "subnet4", ip: "IPv4", bits: 32,
		realm: "kea-dhcpv4-server", address: "192.0.2.1", prefix: "192.0.2.0/24", poolText: "192.0.2.10-192.0.2.99 or 192.0.2.64/26",
		global: dhcp4Scope, network: sharedNetwork4Scope, subnet: subnet4Scope, pool: pool4Scope, class: class4Scope,
		interfaces: interfaces4Scope, optionDef: optionDef4Scope, optionData: optionData4Scope,
		defaults: globalParams(dhcp4Scope), definitions: option.Standard4,
	}
	family6 = &family{
		top: "Dhcp6", subnets: "subnet6", ip: "IPv6", bits: 128,
		realm: "kea-dhcpv6-server", address: "2001:db8::1", prefix: "2001:db8:1::/64", poolText: "2001:db8:1::10-2001:db8:1::99 or 2001:db8:1::/80",
		looseHost: true,
		global:    dhcp6Scope, network: sharedNetwork6Scope, subnet: subnet6Scope, pool: pool6Scope, class: class6Scope,
		interfaces: interfaces6Scope, optionDef: optionDef6Scope, optionData: optionData6Scope,
		defaults: globalParams(dhcp6Scope), definitions: option.Standard6,
	}
)
