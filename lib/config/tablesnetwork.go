package config

import (
	"slices"
	"strings"
)

// The keywords here are those of networks and what is in them, as both protocols
// have them.

// networkKeywords are those of global scope, shared networks and subnets alike. A
// network or subnet without one takes it from around it, so the defaults are those
// of global scope.
func networkKeywords(calculateTee bool, t2 float64) []keyword {
	return merge(lifetimeKeywords, []keyword{
		integer("renew-timer", nil),
		integer("rebind-timer", nil),
		boolean("calculate-tee-times", calculateTee),
		float("t1-percent", 0.5),
		float("t2-percent", t2),
		float("cache-threshold", nil),
		integer("cache-max-age", nil),
		boolean("store-extended-info", false),
		boolean("reservations-global", false),
		boolean("reservations-in-subnet", true),
		boolean("reservations-out-of-pool", false),
	}, ddnsKeywords)
}

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
func linkKeywords(relay *scope) []keyword {
	return []keyword{text("interface", nil), mapOf("relay", relay)}
}

func relayScope(address *form) *scope {
	return (&scope{name: "relay", keywords: []keyword{
		texts("ip-addresses").required().like(address),
	}}).build()
}

var subnetID = bounded("id", 1, maxUint32-1, nil).required()

func poolScope(pool *form, optionData *scope) *scope {
	return (&scope{name: "pools", keywords: merge(
		[]keyword{
			text("pool", nil).required().like(pool),
			integer("pool-id", int64(0)),
			listOf("option-data", optionData),
		},
		guardKeywords, contextKeywords,
	), choices: []choice{oneGuard}}).build()
}

// hostKeywords are those of reservations; names are the identifiers that there are.
func hostKeywords(optionData *scope, names ...string) []keyword {
	var out []keyword
	for _, name := range names {
		out = append(out, text(name, nil).like(formIdentifier))
	}
	return merge(out, []keyword{
		text("hostname", ""),
		listOf("option-data", optionData),
		texts("client-classes"),
	}, contextKeywords)
}

func oneIdentifier(names ...string) choice {
	sorted := slices.Sorted(slices.Values(names))
	return choice{keywords: names, missing: "one of the supported identifiers must be specified for host reservation: " +
		strings.Join(sorted, ", ")}
}

// classKeywords are those of client classes.
func classKeywords(optionData *scope) []keyword {
	return merge([]keyword{
		text("name", nil).required(),
		text("test", nil),
		text("template-test", nil),
		boolean("only-if-required", false).spelled("only-in-additional-list"),
		listOf("option-data", optionData),
		integer("valid-lifetime", nil),
		integer("min-valid-lifetime", nil),
		integer("max-valid-lifetime", nil),
	}, contextKeywords)
}

var oneTest = choice{keywords: []string{"test", "template-test"}}

func optionDefScope(space string, maxCode int64) *scope {
	return (&scope{name: "option-def", mayBeEmpty: true, keywords: merge(
		[]keyword{
			text("name", nil).required(),
			bounded("code", 0, maxCode, nil).required(),
			text("type", nil).required(),
			boolean("array", false),
			text("record-types", ""),
			text("space", space),
			text("encapsulate", ""),
		}, contextKeywords,
	)}).build()
}

func optionDataScope(space string, maxCode int64) *scope {
	return (&scope{name: "option-data", mayBeEmpty: true, keywords: merge(
		[]keyword{
			text("name", nil),
			bounded("code", 0, maxCode, nil),
			text("space", space),
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
}
