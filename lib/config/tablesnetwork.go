package config

// networkKeywords are those of global scope, shared networks and subnets alike
// (ARM 8.2, 29.1). A network or subnet without one takes it from around it, so
// the defaults are those of global scope.
var networkKeywords = merge(lifetimeKeywords, []keyword{
	integer("offer-lifetime", nil), // 0 in effect; Kea does not show it as default
	integer("renew-timer", nil),
	integer("rebind-timer", nil),
	boolean("calculate-tee-times", false),
	float("t1-percent", 0.5),
	float("t2-percent", 0.875),
	float("cache-threshold", nil),
	integer("cache-max-age", nil),
	boolean("match-client-id", true),
	boolean("authoritative", false),
	boolean("store-extended-info", false),
	oneOf("allocator", "iterative", "iterative", "random", "flq"),
	boolean("reservations-global", false),
	boolean("reservations-in-subnet", true),
	boolean("reservations-out-of-pool", false),
	text("next-server", "0.0.0.0").like(formServer),
	text("server-hostname", ""),
	text("boot-file-name", ""),
}, ddnsKeywords)

// lifetimeKeywords make up the triplet of lease lifetimes (ARM 8.2.1).
var lifetimeKeywords = []keyword{
	integer("valid-lifetime", int64(7200)),
	integer("min-valid-lifetime", nil),
	integer("max-valid-lifetime", nil),
}

// ddnsKeywords say how names are made and updated (ARM 8.2.20).
var ddnsKeywords = []keyword{
	boolean("ddns-send-updates", true),
	boolean("ddns-override-no-update", false),
	boolean("ddns-override-client-update", false),
	{name: "ddns-replace-client-name", kind: kindString, def: "never", anyCase: true,
		enum: []string{"never", "always", "when-present", "when-not-present"}},
	text("ddns-generated-prefix", "myhost"),
	text("ddns-qualifying-suffix", ""),
	boolean("ddns-update-on-renew", false),
	// The old form of the next one (ARM 8.2.20).
	boolean("ddns-use-conflict-resolution", nil),
	oneOf("ddns-conflict-resolution-mode", "check-with-dhcid",
		"check-with-dhcid", "no-check-with-dhcid", "check-exists-with-dhcid", "no-check-without-dhcid"),
	float("ddns-ttl-percent", nil),
	text("hostname-char-set", "[^A-Za-z0-9.-]"),
	text("hostname-char-replacement", ""),
}

// guardKeywords say whom a network, subnet or pool serves and which classes it
// adds. The plural forms are those of Kea 3.
var guardKeywords = []keyword{
	text("client-class", nil),
	texts("client-classes"),
	texts("require-client-classes").spelled("evaluate-additional-classes"),
}

var (
	oneGuard        = choice{keywords: []string{"client-class", "client-classes"}}
	oneConflictMode = choice{keywords: []string{"ddns-use-conflict-resolution", conflictMode}}
)

// linkKeywords say which clients a network or subnet is for.
var linkKeywords = []keyword{
	text("interface", nil),
	mapOf("relay", relayScope),
}

var relayScope = (&scope{name: "relay", keywords: []keyword{
	texts("ip-addresses").required().like(formIPv4),
}}).build()

var sharedNetwork4Scope = (&scope{name: "shared-networks", keywords: merge(
	[]keyword{
		text("name", nil).required(),
		listOf("subnet4", subnet4Scope),
		listOf("option-data", optionData4Scope),
	},
	networkKeywords, guardKeywords, linkKeywords, contextKeywords,
), choices: []choice{oneConflictMode, oneGuard}}).build()

var subnet4Scope = (&scope{name: "subnet4", keywords: merge(
	[]keyword{
		bounded("id", 1, maxUint32-1, nil).required(),
		text("subnet", nil).required().like(formSubnet4),
		listOf("pools", pool4Scope),
		listOf("option-data", optionData4Scope),
		listOf("reservations", reservation4Scope),
		text("4o6-interface", ""),
		text("4o6-interface-id", ""),
		text("4o6-subnet", "").like(form4o6Subnet),
	},
	networkKeywords, guardKeywords, linkKeywords, contextKeywords,
), choices: []choice{oneConflictMode, oneGuard}}).build()

var pool4Scope = (&scope{name: "pools", keywords: merge(
	[]keyword{
		text("pool", nil).required().like(formPool4),
		integer("pool-id", int64(0)),
		listOf("option-data", optionData4Scope),
	},
	guardKeywords, contextKeywords,
), choices: []choice{oneGuard}}).build()

var reservation4Scope = (&scope{name: "reservations", mayBeEmpty: true, keywords: merge(
	[]keyword{
		text("hw-address", nil).like(formIdentifier),
		text("duid", nil).like(formIdentifier),
		text("client-id", nil).like(formIdentifier),
		text("circuit-id", nil).like(formIdentifier),
		text("flex-id", nil).like(formIdentifier),
		text("ip-address", nil).like(formIPv4),
		text("hostname", ""),
		listOf("option-data", optionData4Scope),
		texts("client-classes"),
		text("next-server", "0.0.0.0").like(formServer),
		text("server-hostname", ""),
		text("boot-file-name", ""),
	}, contextKeywords,
), choices: []choice{{
	keywords: identifierNames,
	missing:  "one of the supported identifiers must be specified for host reservation: circuit-id, client-id, duid, flex-id, hw-address",
}}}).build()

var class4Scope = (&scope{name: "client-classes", mayBeEmpty: true, keywords: merge(
	[]keyword{
		text("name", nil).required(),
		text("test", nil),
		text("template-test", nil),
		boolean("only-if-required", false).spelled("only-in-additional-list"),
		listOf("option-def", optionDefScope),
		listOf("option-data", optionData4Scope),
		text("next-server", "0.0.0.0").like(formServer),
		text("server-hostname", ""),
		text("boot-file-name", ""),
		integer("valid-lifetime", nil),
		integer("min-valid-lifetime", nil),
		integer("max-valid-lifetime", nil),
		integer("offer-lifetime", nil),
	}, contextKeywords,
), choices: []choice{{keywords: []string{"test", "template-test"}}}}).build()

var optionDefScope = (&scope{name: "option-def", mayBeEmpty: true, keywords: merge(
	[]keyword{
		text("name", nil).required(),
		bounded("code", 0, 255, nil).required(),
		text("type", nil).required(),
		boolean("array", false),
		text("record-types", ""),
		text("space", "dhcp4"),
		text("encapsulate", ""),
	}, contextKeywords,
)}).build()

var optionData4Scope = (&scope{name: "option-data", mayBeEmpty: true, keywords: merge(
	[]keyword{
		text("name", nil),
		bounded("code", 0, 255, nil),
		text("space", "dhcp4"),
		text("data", ""),
		boolean("csv-format", nil),
		boolean("always-send", false),
		boolean("never-send", false),
		texts("client-classes"),
	}, contextKeywords,
), choices: []choice{{
	keywords: []string{"name", "code"},
	together: true,
	missing:  "name or code is missing: one of them has to say which option is meant",
}}}).build()
