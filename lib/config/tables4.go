package config

// dhcp4Scope is the map Dhcp4 (ARM 29.1).
var dhcp4Scope = (&scope{name: "Dhcp4", keywords: merge(
	network4Keywords,
	serverKeywords(controlSocketScope("127.0.0.1"), queueControlScope("kea-ring4")),
	[]keyword{
		listOf("subnet4", subnet4Scope),
		listOf("shared-networks", sharedNetwork4Scope),
		listOf("option-def", optionDef4Scope),
		listOf("option-data", optionData4Scope),
		listOf("client-classes", class4Scope).notEmpty(),
		listOf("reservations", reservation4Scope),
		mapOf("interfaces-config", interfaces4Scope),
		mapOf("compatibility", compatibility4Scope),

		boolean("echo-client-id", true),
		boolean("stash-agent-options", false),
		identifiers(identifierNames, "hw-address", "duid", "circuit-id", "client-id"),
	},
	contextKeywords,
), choices: []choice{oneConflictMode, oneControlSocket}}).build()

var interfaces4Scope = (&scope{name: "interfaces-config", keywords: merge(
	interfaceKeywords,
	[]keyword{
		oneOf("dhcp-socket-type", "raw", "raw", "udp"),
		oneOf("outbound-interface", "same-as-inbound", "same-as-inbound", "use-routing"),
	},
)}).build()

var compatibility4Scope = (&scope{name: "compatibility", keywords: []keyword{
	boolean("lenient-option-parsing", false),
	boolean("ignore-dhcp-server-identifier", false),
	boolean("ignore-rai-link-selection", false),
	boolean("exclude-first-last-24", false),
}}).build()

// network4Keywords are those of global scope, shared networks and subnets alike
// (ARM 8.2, 29.1).
var network4Keywords = merge(networkKeywords(false, 0.875), []keyword{
	oneOf("allocator", "iterative", "iterative", "random", "flq"),
	integer("offer-lifetime", nil), // 0 in effect; Kea does not show it as default
	boolean("match-client-id", true),
	boolean("authoritative", false),
	text("next-server", "0.0.0.0").like(formServer),
	text("server-hostname", ""),
	text("boot-file-name", ""),
})

var relay4Scope = relayScope(formIPv4)

var sharedNetwork4Scope = (&scope{name: "shared-networks", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		listOf("subnet4", subnet4Scope),
		listOf("option-data", optionData4Scope),
	},
	network4Keywords, guardKeywords, linkKeywords(relay4Scope), contextKeywords,
), choices: []choice{oneConflictMode, oneGuard}}).build()

var subnet4Scope = (&scope{name: "subnet4", keywords: merge(
	[]keyword{
		subnetID,
		text("subnet", nil).required().like(formSubnet4),
		listOf("pools", pool4Scope),
		listOf("option-data", optionData4Scope),
		listOf("reservations", reservation4Scope),
		text("4o6-interface", ""),
		text("4o6-interface-id", ""),
		text("4o6-subnet", "").like(formExcluded),
	},
	network4Keywords, guardKeywords, linkKeywords(relay4Scope), contextKeywords,
), choices: []choice{oneConflictMode, oneGuard}}).build()

var pool4Scope = poolScope(formPool4, optionData4Scope)

var reservation4Scope = (&scope{name: "reservations", mayBeEmpty: true, keywords: merge(
	hostKeywords(optionData4Scope, identifierNames...),
	[]keyword{
		text("ip-address", nil).like(formIPv4),
		text("next-server", "0.0.0.0").like(formServer),
		text("server-hostname", ""),
		text("boot-file-name", ""),
	},
), choices: []choice{oneIdentifier(identifierNames...)}}).build()

var class4Scope = (&scope{name: "client-classes", mayBeEmpty: true, keywords: merge(
	classKeywords(optionData4Scope),
	[]keyword{
		listOf("option-def", optionDef4Scope),
		text("next-server", "0.0.0.0").like(formServer),
		text("server-hostname", ""),
		text("boot-file-name", ""),
		integer("offer-lifetime", nil),
	},
), choices: []choice{oneTest}}).build()

var (
	optionDef4Scope  = optionDefScope("dhcp4", 255)
	optionData4Scope = optionDataScope("dhcp4", 255)
)
