package config

// dhcp4Scope is the map Dhcp4 (ARM 29.1).
var dhcp4Scope = (&scope{name: "Dhcp4", keywords: merge(
	networkKeywords,
	[]keyword{
		listOf("subnet4", subnet4Scope),
		listOf("shared-networks", sharedNetwork4Scope),
		listOf("option-def", optionDefScope),
		listOf("option-data", optionData4Scope),
		listOf("client-classes", class4Scope).notEmpty(),
		listOf("reservations", reservation4Scope),

		mapOf("interfaces-config", interfaces4Scope),
		mapOf("lease-database", leaseDatabaseScope),
		mapOf("hosts-database", hostsDatabaseScope),
		listOf("hosts-databases", hostsDatabaseScope),
		mapOf("expired-leases-processing", expiredLeasesScope),
		mapOf("control-socket", controlSocketScope),
		listOf("control-sockets", controlSocketScope),
		listOf("hooks-libraries", hookLibraryScope),
		listOf("loggers", loggerScope).notEmpty(),
		mapOf("multi-threading", multiThreadingScope),
		mapOf("dhcp-queue-control", queueControlScope),
		mapOf("dhcp-ddns", dhcpDDNSScope),
		mapOf("sanity-checks", sanityChecksScope),
		mapOf("config-control", configControlScope),
		mapOf("compatibility", compatibility4Scope),

		integer("decline-probation-period", int64(86400)),
		boolean("echo-client-id", true),
		boolean("stash-agent-options", false),
		boolean("early-global-reservations-lookup", false),
		boolean("reservations-lookup-first", false),
		boolean("ip-reservations-unique", true),
		{name: "host-reservation-identifiers", kind: kindStrings, oneOrMore: true,
			enum: identifierNames, def: []string{"hw-address", "duid", "circuit-id", "client-id"}},
		integer("statistic-default-sample-count", int64(20)),
		integer("statistic-default-sample-age", int64(0)),
		integer("parked-packet-limit", int64(256)),
		// The second port is the one after it.
		bounded("dhcp4o6-port", 0, maxUint16-1, int64(0)),
		text("server-tag", ""),
	},
	contextKeywords,
), choices: []choice{oneConflictMode, oneControlSocket}}).build()

var interfaces4Scope = (&scope{name: "interfaces-config", keywords: merge(
	[]keyword{
		texts("interfaces"),
		oneOf("dhcp-socket-type", "raw", "raw", "udp"),
		oneOf("outbound-interface", "same-as-inbound", "same-as-inbound", "use-routing"),
		boolean("re-detect", true),
		boolean("service-sockets-require-all", false),
		integer("service-sockets-max-retries", int64(0)),
		integer("service-sockets-retry-wait-time", int64(5000)),
	}, contextKeywords,
)}).build()

var expiredLeasesScope = (&scope{name: "expired-leases-processing", keywords: []keyword{
	bounded("reclaim-timer-wait-time", 0, maxUint16, int64(10)),
	bounded("flush-reclaimed-timer-wait-time", 0, maxUint16, int64(25)),
	integer("hold-reclaimed-time", int64(3600)),
	integer("max-reclaim-leases", int64(100)),
	bounded("max-reclaim-time", 0, 10000, int64(250)),
	bounded("unwarned-reclaim-cycles", 0, maxUint16, int64(5)),
}}).build()

var multiThreadingScope = (&scope{name: "multi-threading", keywords: merge(
	[]keyword{
		boolean("enable-multi-threading", true),
		bounded("thread-pool-size", 0, maxUint16, int64(0)),
		bounded("packet-queue-size", 0, maxUint16, int64(64)),
	}, contextKeywords,
)}).build()

// queueControlScope alone takes keys that nobody knows: they are for queues that
// hooks bring (ARM 12).
var queueControlScope = (&scope{name: "dhcp-queue-control", open: true, keywords: merge(
	[]keyword{
		boolean("enable-queue", false),
		text("queue-type", "kea-ring4"),
		integer("capacity", int64(64)),
	}, contextKeywords,
)}).build()

var dhcpDDNSScope = (&scope{name: "dhcp-ddns", keywords: merge(
	[]keyword{
		boolean("enable-updates", false).required(),
		text("server-ip", "127.0.0.1").like(formAddress),
		bounded("server-port", 0, maxUint16, int64(53001)),
		text("sender-ip", "").like(formSender),
		bounded("sender-port", 0, maxUint16, int64(0)),
		integer("max-queue-size", int64(1024)),
		{name: "ncr-protocol", kind: kindString, def: "UDP", anyCase: true, enum: []string{"UDP", "TCP"}},
		{name: "ncr-format", kind: kindString, def: "JSON", anyCase: true, enum: []string{"JSON"}},
	}, contextKeywords,
)}).build()

var sanityChecksScope = (&scope{name: "sanity-checks", keywords: []keyword{
	oneOf("lease-checks", "warn", "none", "warn", "fix", "fix-del", "del"),
	oneOf("extended-info-checks", "fix", "none", "fix", "strict", "pedantic"),
}}).build()

var compatibility4Scope = (&scope{name: "compatibility", keywords: []keyword{
	boolean("lenient-option-parsing", false),
	boolean("ignore-dhcp-server-identifier", false),
	boolean("ignore-rai-link-selection", false),
	boolean("exclude-first-last-24", false),
}}).build()
