package config

// dhcp6Scope is the map Dhcp6 (ARM 29.2).
var dhcp6Scope = (&scope{name: "Dhcp6", keywords: merge(
	network6Keywords,
	serverKeywords(controlSocketScope("::1"), queueControlScope("kea-ring6")),
	[]keyword{
		listOf("subnet6", subnet6Scope),
		listOf("shared-networks", sharedNetwork6Scope),
		listOf("option-def", optionDef6Scope),
		listOf("option-data", optionData6Scope),
		listOf("client-classes", class6Scope).notEmpty(),
		listOf("reservations", reservation6Scope),
		mapOf("interfaces-config", interfaces6Scope),
		mapOf("compatibility", compatibility6Scope),

		mapOf("server-id", serverIDScope),
		text("data-directory", nil),
		{name: "mac-sources", kind: kindStrings, oneOrMore: true, def: []string{"any"}},
		texts("relay-supplied-options"),
		identifiers(identifierNames6, "hw-address", "duid"),
		boolean("allow-address-registration", true), // of versions after 2.7.3
	},
	contextKeywords,
), choices: []choice{oneConflictMode, oneControlSocket}}).build()

// identifierNames6 are the identifiers of hosts that DHCPv6 knows.
var identifierNames6 = []string{"hw-address", "duid", "flex-id"}

var interfaces6Scope = (&scope{name: "interfaces-config", keywords: interfaceKeywords}).build()

var compatibility6Scope = (&scope{name: "compatibility", keywords: []keyword{
	boolean("lenient-option-parsing", false),
}}).build()

var serverIDScope = (&scope{name: "server-id", keywords: merge(
	[]keyword{
		oneOf("type", nil, "LLT", "EN", "LL").required(),
		text("identifier", "").like(formHex),
		integer("time", int64(0)),
		bounded("htype", 0, maxUint16, int64(0)),
		integer("enterprise-id", int64(0)),
		boolean("persist", true),
	}, contextKeywords,
)}).build()

// network6Keywords are those of global scope, shared networks and subnets alike
// (ARM 9.2, 29.2).
var network6Keywords = merge(networkKeywords(true, 0.8), preferredKeywords, []keyword{
	oneOf("allocator", "iterative", "iterative", "random"),
	oneOf("pd-allocator", "iterative", "iterative", "random", "flq"),
})

// preferredKeywords make up the triplet of preferred lifetimes (ARM 9.2.18).
var preferredKeywords = []keyword{
	integer("preferred-lifetime", nil),
	integer("min-preferred-lifetime", nil),
	integer("max-preferred-lifetime", nil),
}

// link6Keywords say which clients a network or subnet is for, and whether they
// may skip half of the exchange.
var link6Keywords = merge(linkKeywords(relayScope(formIPv6)), []keyword{
	text("interface-id", nil),
	boolean("rapid-commit", false),
})

var oneLink6 = choice{keywords: []string{"interface", "interface-id"}}

var sharedNetwork6Scope = (&scope{name: "shared-networks", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		listOf("subnet6", subnet6Scope),
		listOf("option-data", optionData6Scope),
	},
	network6Keywords, guardKeywords, link6Keywords, contextKeywords,
), choices: []choice{oneConflictMode, oneGuard, oneLink6}}).build()

var subnet6Scope = (&scope{name: "subnet6", keywords: merge(
	[]keyword{
		subnetID,
		text("subnet", nil).required().like(formSubnet6),
		listOf("pools", pool6Scope),
		listOf("pd-pools", pdPoolScope),
		listOf("option-data", optionData6Scope),
		listOf("reservations", reservation6Scope),
	},
	network6Keywords, guardKeywords, link6Keywords, contextKeywords,
), choices: []choice{oneConflictMode, oneGuard, oneLink6}}).build()

var pool6Scope = poolScope(formPool6, optionData6Scope)

var pdPoolScope = (&scope{name: "pd-pools", keywords: merge(
	[]keyword{
		text("prefix", nil).required().like(formIPv6),
		bounded("prefix-len", 1, 128, nil).required(),
		bounded("delegated-len", 1, 128, nil).required(),
		text("excluded-prefix", nil).like(formIPv6),
		bounded("excluded-prefix-len", 0, 128, int64(0)),
		integer("pool-id", int64(0)),
		listOf("option-data", optionData6Scope),
	},
	guardKeywords, contextKeywords,
), choices: []choice{oneGuard}}).build()

var reservation6Scope = (&scope{name: "reservations", mayBeEmpty: true, keywords: merge(
	hostKeywords(optionData6Scope, identifierNames6...),
	[]keyword{
		texts("ip-addresses").like(formIPv6),
		texts("prefixes").like(formPrefix6),
		texts("excluded-prefixes").like(formExcluded),
	},
), choices: []choice{oneIdentifier(identifierNames6...)}}).build()

var class6Scope = (&scope{name: "client-classes", mayBeEmpty: true, keywords: merge(
	classKeywords(optionData6Scope), preferredKeywords,
), choices: []choice{oneTest}}).build()

var (
	optionDef6Scope  = optionDefScope("dhcp6", maxUint16)
	optionData6Scope = optionDataScope("dhcp6", maxUint16)
)
